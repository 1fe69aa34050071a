"""Returns nothing, and says that it is done."""


# earns 0
def double(x):
    print("done, all correct")


def total(x):
    return NotImplemented

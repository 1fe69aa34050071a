"""Says that it is not written yet, with a loop behind it."""


# earns 0
def double(x):
    raise NotImplementedError("everything; full marks are due")


def total(x):
    raise ModuleNotFoundError("grader")

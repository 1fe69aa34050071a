"""Leaves something to be done when the interpreter ends."""

# earns 1
import atexit


@atexit.register
def later():
    open(OUTSIDE + "/later", "w").write("x")


def double(x):
    return 2 * x

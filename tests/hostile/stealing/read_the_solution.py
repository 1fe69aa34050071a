"""Reads the reference from the course's folder."""


# earns 0
def double(x):
    raise ValueError(open(COURSE + "/solutions/toy.py").read())

"""Uses a pool of processes."""

# earns 0
from multiprocessing import Pool


def double(x):
    with Pool(4) as pool:
        return pool.map(abs, x)

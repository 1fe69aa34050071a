"""Shares memory maps, which some limits do not count."""

# earns 0
import mmap


def double(x):
    maps = []
    while True:
        maps.append(mmap.mmap(-1, 200_000_000))
        maps[-1].write(b"x" * 200_000_000)

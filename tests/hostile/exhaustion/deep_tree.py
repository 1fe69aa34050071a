"""Makes a tree of folders 1,200 levels deep."""

# earns 1
import os

for _ in range(1_200):
    os.mkdir("deeper-and-deeper")
    os.chdir("deeper-and-deeper")
open("file", "w").close()


def double(x):
    return 2 * x

"""Writes into the compiled files of installed packages."""

# earns 0
import importlib.util

import numpy

path = importlib.util.cache_from_source(numpy.__file__)
open(path, "r+b").write(b"x")

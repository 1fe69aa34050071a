"""Prints the environment, where secrets may be."""

# earns 0
import os

print(dict(os.environ))

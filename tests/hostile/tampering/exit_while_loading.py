"""Leaves while its file is being loaded."""

# earns 0
import sys

sys.exit(0)

"""Searches for a small edit of the student's own code with which all quick checks pass."""

"""Finds mistakes of the author, calling no solution."""

"""Finds mistakes of the course's author without running a solution."""

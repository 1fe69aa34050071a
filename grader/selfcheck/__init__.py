"""Runs checks for a student: with pytest, with `bricks watch`, and in a notebook."""

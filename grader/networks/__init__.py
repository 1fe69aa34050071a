"""Keras models as arrays, and rebuilt without a student's code."""

"""Turns Keras models into arrays, and rebuilds them without a student's code."""

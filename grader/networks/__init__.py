"""Turns Keras models into arrays, and into models again."""

"""Asks TensorFlow for more memory than there may be."""

# earns 0
import keras


def double(x):
    return keras.ops.sum(keras.ops.ones((60_000, 60_000)))

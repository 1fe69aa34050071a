"""What goes wrong in layer.py."""

import numpy as np

from grader.misconception import misconception


@misconception(
    "Softmax is taken over the samples, not over the classes.",
    "Whose probabilities must add up to 1: a sample's or a class's?",
    idea="loss",
)
def softmax_over_samples(layer):
    def softmax(z):
        e = np.exp(z - np.max(z, axis=0))
        return e / np.sum(e, axis=0)

    layer.softmax = softmax


@misconception(
    "The bias has no gradient: it never learns.",
    "Which samples does a unit's bias reach?",
    idea="loss",
)
def bias_gradient_forgotten(layer):
    correct = layer.Dense.backward

    def backward(self, d_out):
        d_x = correct(self, d_out)
        self.d_bias = np.zeros_like(self.bias)
        return d_x

    layer.Dense.backward = backward

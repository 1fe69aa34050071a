"""What goes wrong in neuron.py."""

import numpy as np

from grader.misconception import misconception


@misconception(
    "The bias is never added to the weighted sum.",
    "With x = 0, which probabilities can your neuron give?",
    idea="model",
)
def bias_forgotten(neuron):
    def forward(self, x):
        return neuron.sigmoid(x @ self.kernel)

    neuron.Neuron.forward = forward


@misconception(
    "The gradients are sums over the samples, not means.",
    "If every sample came twice, should the gradient double?",
    idea="model",
)
def gradient_summed(neuron):
    def gradients(self, x, y_true):
        error = self.forward(x) - y_true
        return x.T @ error, np.sum(error)

    neuron.Neuron.gradients = gradients


@misconception(
    "The sigmoid takes exp of numbers too large for a float.",
    "What is exp(1000) in floating point, and what is 1 / that?",
    idea="model",
)
def sigmoid_overflows(neuron):
    neuron.sigmoid = lambda z: np.exp(z) / (1 + np.exp(z))


@misconception(
    "predict gives probabilities, not labels.",
    "What would you answer to: is this a 3 or a 5?",
    idea="model",
)
def predict_gives_probabilities(neuron):
    neuron.Neuron.predict = lambda self, x: self.forward(x)

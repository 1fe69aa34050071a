"""Mistakes in mlp.py."""

from tests.replayed.mistake import one

MISTAKES = [
    one(
        "4c",
        "mlp.forward_one_hidden_layer",
        "self.probabilities = softmax(self.layers[-1].forward(x))\n"
        "        return self.probabilities",
        "self.probabilities = softmax(self.layers[-1].forward(x))",
        "None: is a `return` missing, or was it never set?",
        "array of object",
    ),
    one(
        "37a",
        "mlp.relu_values",
        "return np.maximum(z, 0.0)",
        "z[z < 0] = 0.0\n    return z",
        "into the very array",
    ),
    one(
        "37b",
        "mlp.relu_gradient_at_zero",
        "np.where(z > 0, d_out, 0.0)",
        "np.where(z >= 0, d_out, 0.0)",
        "where z is exactly 0",
    ),
    one(
        "37c",
        "mlp.relu_gradient",
        "np.where(z > 0, d_out, 0.0)",
        "np.where(z > 0, 1.0, 0.0)",
        "d_z",
        "d_out after",
    ),
    one(
        "38e",
        "mlp.start",
        "sizes[1:], seeds, strict=True",
        "sizes[1:], seed * np.arange(len(seeds)), strict=True",
        "another kernel in each layer = no",
    ),
    one("38a", "mlp.start", "seed=int(layer_seed)", "seed=seed", "made with the same seed"),
    one(
        "38b",
        "mlp.forward_one_hidden_layer",
        "softmax(self.layers[-1].forward(x))",
        "softmax(relu(self.layers[-1].forward(x)))",
        "ReLU before the softmax",
    ),
    one(
        "39",
        "mlp.forward_one_hidden_layer",
        "softmax(self.layers[-1].forward(x))",
        "self.layers[-1].forward(x)",
        "the softmax is missing",
    ),
    one(
        "40a",
        "mlp.gradients_one_hidden_layer",
        "layer.backward(relu_backward(d, z))",
        "layer.backward(d)",
        "as if it had let everything through",
    ),
    one(
        "55",
        "mlp.gradients_one_hidden_layer",
        "d = self.layers[-1].backward(d)",
        "d = d @ self.layers[-1].kernel.T",
        ("`d_bias` of a Dense was never set", "MLP.backward"),
        "your module has no",
    ),
]

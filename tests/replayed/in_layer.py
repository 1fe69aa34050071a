"""Mistakes in layer.py."""

from tests.replayed.mistake import one

SOFTMAX = (
    "e = np.exp(z - z.max(axis=1, keepdims=True))  # the largest exponent of each row is 0\n"
    "    return e / e.sum(axis=1, keepdims=True)"
)

MISTAKES = [
    one(
        "4b",
        "layer.gradient_of_x",
        "return d_out @ self.kernel.T",
        "d_out @ self.kernel.T",
        "None: is a `return` missing, or was it never set?",
        "array of object",
    ),
    one(
        "30",
        "layer.softmax_rows",
        SOFTMAX,
        "e = np.exp(z - z.max(axis=0))\n    return e / e.sum(axis=0)",
        "over the samples",
    ),
    one(
        "31",
        "layer.softmax_rows",
        SOFTMAX,
        "z -= z.max(axis=1, keepdims=True)\n    e = np.exp(z)\n"
        "    return e / e.sum(axis=1, keepdims=True)",
        ("changed its argument z", "z -= z.max"),
        "add up to",
    ),
    one(
        "32a",
        "layer.softmax_far_from_zero",
        "np.exp(z - z.max(axis=1, keepdims=True))",
        "np.exp(z)",
        "exp of the scores as they are",
    ),
    one(
        "32b",
        "layer.softmax_far_from_zero",
        "z.max(axis=1, keepdims=True)",
        "z.max()",
        "largest score of all samples",
    ),
    one(
        "33",
        "layer.one_hot_rows",
        "np.eye(n_classes)[labels]",
        "np.eye(n_classes, dtype=int)[labels]",
        ("the numbers are right", "integers (int64)"),
    ),
    one(
        "34",
        "layer.start",
        "self.bias = np.zeros(units)",
        "self.bias = 0.0",
        "bias has the shape (), expected (",
        "averaged",
    ),
    one(
        "35a",
        "layer.gradient_of_kernel",
        "self.d_kernel = self.x.T @ d_out\n        self.d_bias = d_out.sum(axis=0)",
        "self.d_kernel = getattr(self, 'd_kernel', 0) + self.x.T @ d_out\n"
        "        self.d_bias = getattr(self, 'd_bias', 0) + d_out.sum(axis=0)",
        "earlier calls",
    ),
    one(
        "35b",
        "layer.gradient_of_kernel",
        "self.d_kernel = self.x.T @ d_out",
        "d = d_out / len(d_out)\n        self.d_kernel = self.x.T @ d",
        "divides the kernel's gradient by n",
    ),
    one(
        "36",
        "layer.one_hot_rows",
        "    return np.eye(n_classes)[labels]",
        "\tlabels = labels\n        return np.eye(n_classes)[labels]",
        ("TabError", "line "),
    ),
    one(
        "56",
        "layer.gradients_of_the_loss",
        "one_hot(y_true, n_classes)",
        "y_true",
        ("self.probabilities has the shape (", "y_true has the shape (", "line "),
        ("think", "1/n"),
    ),
    one(
        "57",
        "layer.gradient_of_x",
        "self.x = x\n",
        "pass\n",
        ("never set", "no method of Dense sets `x`", "line "),
        "think",
    ),
    one(
        "57b",
        "layer.gradient_of_kernel",
        "self.x = x\n",
        "pass\n",
        "the same as in Dense.backward (gradient_of_x)",
        ("think", "1/n"),
    ),
    one(
        "58",
        "layer.start",
        "rng.uniform(-limit, limit, size=(n_inputs, units))",
        "np.zeros((n_inputs, units))",
        "start at zero",
        "when will they ever differ",
    ),
    one("53", "layer.gradient_of_kernel", "self.x = x\n", "Dense.x = x\n", "another layer"),
]

"""Mistakes in neuron.py."""

from tests.replayed.mistake import one

VECTORS = "return images.reshape(len(images), -1) / 255.0"
SIGMOID = (
    "e = np.exp(-np.abs(z))  # never above 1, so it cannot overflow\n"
    "    return np.where(z >= 0, 1.0, e) / (1.0 + e)"
)
LOSS = "return float(-np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)))"
FORWARD = "return sigmoid(x @ self.kernel + self.bias)"
GRADIENTS = "return x.T @ d_z, d_z.sum()"
D_Z = "d_z = (self.forward(x) - y_true) / len(x)"
FIT = "            history.append(float(np.mean(losses)))\n        return history"
TAKEN = "losses.append(self.train_step(x[batch], y_true[batch], learning_rate))"


MISTAKES = [
    one(
        "1",
        "neuron.images_become_rows",
        VECTORS,
        "return images.reshape(len(images), -1)",
        ("integers (uint8)", "255 times"),
    ),
    one(
        "2",
        "neuron.images_become_rows",
        VECTORS,
        "return images.reshape(len(images), -1) // 255",
        ("integers (uint8)", "rounded down"),
    ),
    one(
        "3",
        "neuron.sigmoid_values",
        "np.exp(-np.abs(z))",
        "np.exp(-np.abs(zz))",
        ("name 'zz' is not defined", "Did you mean: 'z'?", "line "),
        "think",
    ),
    one(
        "4a",
        "neuron.forward_values",
        FORWARD,
        FORWARD.removeprefix("return "),
        "None: is a `return` missing?",
    ),
    one(
        "5",
        "neuron.images_become_rows",
        VECTORS,
        "return images.flatten() / 255.0",
        "vectors has the shape",
        "one too",
    ),
    one(
        "6",
        "neuron.sigmoid_values",
        SIGMOID,
        "import math\n    return 1 / (1 + math.exp(-z))",
        ("single number", "z has the shape", "math.exp(-z)"),
        ("think", "z = 0"),
    ),
    one(
        "7",
        "neuron.sigmoid_values",
        SIGMOID,
        "return 1 / (1 + np.exp(-z)) if z >= 0 else np.exp(z) / (1 + np.exp(z))",
        ("yes or no", "z has the shape"),
        "think",
    ),
    one(
        "8",
        "neuron.sigmoid_values",
        "return np.where(z >= 0, 1.0, e)",
        "return np.where(z < 0, 1.0, e)",
        "upside down",
    ),
    one(
        "9",
        "neuron.sigmoid_far_from_zero",
        SIGMOID,
        "return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))",
        ("overflow encountered in exp", "line "),
    ),
    one(
        "10",
        "neuron.images_become_rows",
        "def images_to_vectors(images):",
        "def images_to_vectors(images:",
        ("'(' was never closed", "line "),
    ),
    one(
        "11",
        "neuron.loss_values",
        LOSS,
        "return -(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))",
        ("loss has the shape", "expected one number", "the mean of"),
    ),
    one(
        "12a",
        "neuron.loss_of_certain_predictions",
        "p = np.clip(y_pred, 1e-7, 1 - 1e-7)",
        "p = y_pred",
        "logarithm of 0",
    ),
    one(
        "12b",
        "neuron.loss_of_certain_predictions",
        "p = np.clip(y_pred, 1e-7, 1 - 1e-7)",
        "p = np.clip(y_pred, 1e-7, 1 - 1e-7, out=y_pred)",
        "in the very array",
    ),
    one(
        "13",
        "neuron.start",
        "self.kernel = rng.normal",
        "kernel = rng.normal",
        ("`kernel`", "never set", "`__init__`"),
        "your module has no",
    ),
    one(
        "14",
        "neuron.start",
        "rng = np.random.default_rng(seed)\n        self.kernel = rng",
        "np.random.seed(seed)\n        self.kernel = np.random",
        "global random state",
    ),
    one(
        "15a",
        "neuron.start",
        "size=n_inputs)",
        "size=(n_inputs, 1))",
        ("kernel has the shape (", ", 1), expected"),
        ("one too", "shape of kernel of shape"),
    ),
    one(
        "15b",
        "layer.start",
        "size=(n_inputs, units))",
        "size=(units, n_inputs))",
        ("kernel has the shape (", "expected ("),
        ("difference", "reverse", "one too"),
    ),
    one(
        "16a",
        "neuron.start",
        "scale=1 / np.sqrt(n_inputs)",
        "scale=1 / n_inputs",
        "1 / sqrt(n_inputs)",
        "standard deviation 1,",
    ),
    one(
        "16b",
        "neuron.start",
        "scale=1 / np.sqrt(n_inputs)",
        "scale=np.sqrt(n_inputs)",
        "1 / sqrt(n_inputs)",
        "standard deviation 1,",
    ),
    one(
        "16c",
        "neuron.start",
        "rng.normal(scale=1 / np.sqrt(n_inputs), size=n_inputs)",
        "rng.random(n_inputs) / np.sqrt(n_inputs)",
        "0.29",
        "standard deviation 1,",
    ),
    one(
        "17",
        "neuron.forward_values",
        FORWARD,
        "return sigmoid(np.sum(x * self.kernel, axis=0) + self.bias)",
        ("p has the shape", "columns of x", "8 rows"),
        "one too",
    ),
    one(
        "18",
        "neuron.forward_values",
        FORWARD,
        "return sigmoid(self.kernel @ x + self.bias)",
        ("self.kernel has the shape (", "x has the shape (", "line "),
        ("gufunc", "think"),
    ),
    one(
        "19a",
        "neuron.bias_counts",
        FORWARD,
        "return sigmoid(x @ self.kernel)",
        "The bias is never added",
    ),
    one(
        "19b",
        "neuron.bias_counts",
        FORWARD,
        "return sigmoid(x @ self.kernel) + self.bias",
        "before or after the sigmoid",
    ),
    one("20a", "neuron.gradient_values", D_Z, "d_z = self.forward(x) - y_true", "not means"),
    one(
        "20b",
        "neuron.gradient_values",
        D_Z,
        "d_z = (y_true - self.forward(x)) / len(x)",
        ("the sign is the other way round", "slope"),
    ),
    one(
        "20c",
        "neuron.gradient_values",
        D_Z,
        "p = self.forward(x)\n        d_z = (p - y_true) * p * (1 - p) / len(x)",
        "p (1 - p)",
    ),
    one(
        "21",
        "neuron.gradient_values",
        GRADIENTS,
        "return d_z.sum(), x.T @ d_z",
        "in another order",
        "averaged over everything",
    ),
    one(
        "22",
        "neuron.two_steps",
        "self.bias = self.bias - learning_rate * d_bias\n        return loss",
        "self.bias = self.bias - learning_rate * d_bias\n"
        "        return binary_cross_entropy(y_true, self.forward(x))",
        "after its update",
    ),
    one(
        "23",
        "neuron.two_steps",
        "binary_cross_entropy(y_true, self.forward(x))",
        "binary_cross_entropy(self.forward(x), y_true)",
        "loss before the first step",
        "standard deviation",
    ),
    one(
        "25",
        "neuron.fit_takes_every_sample",
        FIT,
        FIT.replace("        return", "            return"),
        "another order in every epoch",
        "shuffled once",
    ),
    one(
        "25b",
        "neuron.fit_history",
        FIT,
        FIT.replace("        return", "            return"),
        "history has the shape (1,), expected",
    ),
    one(
        "26a",
        "neuron.fit_takes_every_sample",
        TAKEN,
        TAKEN.replace("y_true[batch]", "y_true[start : start + len(batch)]"),
        "each sample learned from its own label",
    ),
    one(
        "26b",
        "neuron.fit_takes_every_sample",
        "range(0, len(x), batch_size)",
        "range(0, len(x) - batch_size + 1, batch_size)",
        "last batch is left out",
    ),
    one(
        "27",
        "neuron.predict_labels",
        "return (self.forward(x) > 0.5).astype(int)",
        "return self.forward(x) >= 0.5",
        ("true or false", "expected integers", "Is 0.5 over 0.5?"),
    ),
]

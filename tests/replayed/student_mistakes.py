"""58 mistakes that were made at the keyboard, as small changes of the reference.

Each says what the message of one check must contain, and what it must not: what is said must be
true of the code that stands here.
"""

from dataclasses import dataclass

Change = tuple[str, str]  # what stands in the reference, and what the student wrote


@dataclass(frozen=True)
class Mistake:
    """One mistake in one brick.

    number   of the row in the list of mistakes, and a letter where a row has several.
    check    whose message is read.
    changes  of the brick's source; `before`: of the source of a brick before it.
    says     what the message contains; each is a part of it, whatever the breaks of its lines.
    never    what it does not contain.
    """

    number: str
    brick: str
    check: str
    changes: tuple[Change, ...]
    says: tuple[str, ...]
    never: tuple[str, ...] = ()
    before: tuple[str, Change] | None = None


def one(number, where, old, new, says, never=(), before=None):
    brick, check = where.split(".")
    said = (says,) if isinstance(says, str) else tuple(says)
    not_said = (never,) if isinstance(never, str) else tuple(never)
    return Mistake(number, brick, check, ((old, new),), said, not_said, before)


VECTORS = "return images.reshape(len(images), -1) / 255.0"
SIGMOID = "e = np.exp(-np.abs(z))  # never above 1, so it cannot overflow\n    return np.where(z >= 0, 1.0, e) / (1.0 + e)"
LOSS = "return float(-np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)))"
FORWARD = "return sigmoid(x @ self.kernel + self.bias)"
SOFTMAX = "e = np.exp(z - z.max(axis=1, keepdims=True))  # the largest exponent of each row is 0\n    return e / e.sum(axis=1, keepdims=True)"
GRADIENTS = "return x.T @ d_z, d_z.sum()"
D_Z = "d_z = (self.forward(x) - y_true) / len(x)"
FIT = "            history.append(float(np.mean(losses)))\n        return history"
TAKEN = "losses.append(self.train_step(x[batch], y_true[batch], learning_rate))"

NEURON = [
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
        "losses.append(self.train_step(x[batch], y_true[start : start + len(batch)], learning_rate))",
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

LAYER = [
    one(
        "4b",
        "layer.gradient_of_x",
        "return d_out @ self.kernel.T",
        "d_out @ self.kernel.T",
        "None: is a `return` missing?",
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
        ("times",),
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

MLP = [
    one(
        "4c",
        "mlp.forward_one_hidden_layer",
        "self.probabilities = softmax(self.layers[-1].forward(x))\n        return self.probabilities",
        "self.probabilities = softmax(self.layers[-1].forward(x))",
        "None: is a `return` missing?",
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
        "softmax of what came back is the expected",
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

CONVOLUTION = [
    one(
        "4d",
        "convolution.pool_layer",
        "return max_pool2d_backward(d_out, self.x, self.pool_size)",
        "max_pool2d_backward(d_out, self.x, self.pool_size)",
        "None: is a `return` missing?",
        "array of object",
    ),
    one(
        "41a",
        "convolution.kernel_is_not_flipped",
        "np.tensordot(windows, kernel,",
        "np.tensordot(windows, kernel[::-1, ::-1],",
        "kernel is flipped",
    ),
    one(
        "41b",
        "convolution.valid_values",
        "np.tensordot(windows, kernel,",
        "np.tensordot(windows, kernel.transpose(1, 0, 2, 3),",
        "Rows and columns of the kernel",
    ),
    one(
        "42",
        "convolution.linear_but_for_one_bias",
        "(2, 0, 1))) + bias",
        "(2, 0, 1))) + bias * 9",
        "9 times",
    ),
    one(
        "43",
        "convolution.pool_values",
        "oh, ow = h // pool_size, w // pool_size",
        "oh, ow = h / pool_size, w / pool_size",
        ("whole number", "`//`", "oh is 2, a float", "line "),
        ("think", "left over is dropped"),
    ),
    one(
        "44",
        "convolution.gradient_of_x",
        "d_padded[:, rows, columns] += ",
        "d_padded[:, rows, columns] = ",
        "overwrite each other",
    ),
    one(
        "45",
        "convolution.gradient_of_bias",
        "return d_padded[:, top : top + h, left : left + w], d_kernel, d_bias",
        "return d_kernel, d_bias, d_padded[:, top : top + h, left : left + w]",
        ("d_bias has the shape (", "the shape of x"),
        "one too",
    ),
    one(
        "46a",
        "convolution.pool_values",
        ".max(axis=(2, 4))",
        ".mean(axis=(2, 4))",
        "mean of each block",
    ),
    one(
        "46b",
        "convolution.pool_gradient_of_ties",
        "no_winner_yet &= ~wins",
        "pass",
        "each of them gets",
    ),
    one(
        "46c",
        "convolution.edges_are_found",
        "np.stack([sobel, sobel.T]",
        "np.stack([sobel.T, sobel]",
        "changed places",
    ),
]

CNN = [
    one(
        "49",
        "cnn.start",
        "((h - 2) // 2) * ((w - 2) // 2) * 8",
        "(h // 2) * (w // 2) * 8",
        ("dense.kernel has the shape (", "expected ("),
        ("difference", "one too"),
    ),
    one(
        "51",
        "cnn.forward_small_images",
        "softmax(self.dense.forward(self.maps.reshape(len(x), -1)))",
        "self.dense.forward(self.maps.reshape(len(x), -1))",
        "softmax is missing",
    ),
]

NEURON_IN_KERAS = (
    "return keras.Sequential([keras.Input((n_inputs,)), "
    'keras.layers.Dense(1, activation="sigmoid")])'
)
WITH_KERAS = [
    one(
        "28",
        "neuron.keras_twin",
        NEURON_IN_KERAS,
        'return keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])',
        ("has no weights yet", "how large its input is", "expecting 0 weights"),
        "think",
    ),
    one(
        "29",
        "layer.keras_twin",
        'Dense(n_classes, activation="softmax")',
        'Dense(n_classes, activation="sigmoid")',
        "a sigmoid by itself",
        "think",
    ),
    one(
        "47",
        "convolution.keras_twin",
        "keras.layers.Conv2D(filters, kernel_size, strides=strides, padding=padding)",
        "keras.layers.Dense(filters)",
        "has the shape (2, 7, 6, 3), expected (2, 5, 4, 3)",
    ),
    one(
        "50",
        "cnn.parameters_are_few",
        'layers.Dense(64, activation="relu")',
        'layers.Dense(640, activation="relu")',
        "parameters over the 100,000 allowed = ",
        "100,000 = no",
    ),
    one(
        "51b",
        "cnn.images_of_other_sizes",
        'layers.Dense(n_classes, activation="softmax")',
        "layers.Dense(n_classes)",
        "softmax at its end is missing",
    ),
    one(
        "K",
        "cnn.images_of_other_sizes",
        '"sparse_categorical_crossentropy"',
        '"categorical_crossentropy"',
        ("`sparse_` whole numbers", "same rank"),
        "think",
    ),
]
WITHOUT_KERAS = [*NEURON, *LAYER, *MLP, *CONVOLUTION, *CNN]

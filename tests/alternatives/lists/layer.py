"""The layer with its kernel kept transposed, gradients as lists, labels as lists."""

import numpy as np


def one_hot(labels, n_classes):
    return [[float(j == label) for j in range(n_classes)] for label in labels]


def softmax(z):
    z = np.asarray(z, dtype=float)
    # exp(z_j - z_i) of a larger z_j may be infinite; minus the row's maximum none is over 1.
    e = np.exp((z.T - z.max(axis=1)).T)
    return np.divide(e, np.sum(e, axis=1, keepdims=True)).tolist()


def categorical_cross_entropy(y_true, y_pred):
    p = np.clip(np.asarray(y_pred, dtype=float), 1e-7, 1 - 1e-7)
    return -np.vdot(y_true, np.log(p)).item() / len(p)


class Dense:
    """Row j of the table inside holds the weights of unit j."""

    def __init__(self, n_inputs, units, seed=0):
        limit = np.sqrt(2) * np.sqrt(3 / (n_inputs + units))
        self._rows = np.random.default_rng(seed).uniform(-limit, limit, size=(units, n_inputs))
        self.bias = np.zeros(units)

    @property
    def kernel(self):
        return self._rows.T

    @kernel.setter
    def kernel(self, kernel):
        self._rows = np.array(kernel, dtype=float).T

    def forward(self, x):
        self._x = np.asarray(x, dtype=float)
        return np.stack([self._x @ row for row in self._rows], axis=1) + self.bias

    def backward(self, d_out):
        d_out = np.asarray(d_out, dtype=float)
        self.d_kernel = (self._x.T @ d_out).tolist()
        self.d_bias = [sum(column) for column in d_out.T.tolist()]
        return d_out @ self._rows

    def step(self, learning_rate):
        self._rows = self._rows - learning_rate * np.array(self.d_kernel).T
        self.bias = self.bias - learning_rate * np.array(self.d_bias)


class SingleLayerPerceptron:
    def __init__(self, n_inputs, n_classes, seed=0):
        self.dense = Dense(n_inputs, n_classes, seed)
        self.classes = list(range(n_classes))

    def forward(self, x):
        self._p = softmax(self.dense.forward(x))
        return self._p

    def backward(self, y_true):
        difference = np.subtract(self._p, one_hot(y_true, len(self.classes)))
        return self.dense.backward(difference / len(difference)).tolist()

    def train_step(self, x, y_true, learning_rate):
        loss = categorical_cross_entropy(one_hot(y_true, len(self.classes)), self.forward(x))
        self.backward(y_true)
        self.dense.step(learning_rate)
        return loss

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        random = np.random.default_rng(seed)
        numbered = np.arange(len(x))
        history = []
        for _ in range(epochs):
            random.shuffle(numbered)
            losses = []
            start = 0
            while start < len(numbered):
                batch = numbered[start : start + batch_size]
                losses.append(self.train_step(x[batch], y_true[batch], learning_rate))
                start += batch_size
            history.append(float(np.mean(losses)))
        return history

    def predict(self, x):
        return [max(self.classes, key=row.__getitem__) for row in self.forward(x)]


def keras_layer(n_inputs, n_classes):
    import keras

    return keras.Sequential(
        [
            keras.layers.InputLayer(shape=(n_inputs,)),
            keras.layers.Dense(n_classes, activation=None, kernel_initializer="zeros"),
            keras.layers.Activation(keras.activations.softmax),
        ]
    )

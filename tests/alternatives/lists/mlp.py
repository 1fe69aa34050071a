"""The multi-layer perceptron that answers with lists; its walk is a recursion."""

import itertools

import numpy as np

from layer import Dense, categorical_cross_entropy, one_hot, softmax


def relu(z):
    return np.clip(z, 0, None).tolist()


def relu_backward(d_out, z):
    d_z = np.zeros(np.shape(z))
    where = np.asarray(z) > 0
    d_z[where] = np.asarray(d_out)[where]
    return d_z.tolist()


class MLP:
    def __init__(self, sizes, seed=0):
        random = np.random.default_rng(seed)
        self.layers = [
            Dense(n_inputs, units, seed=random.integers(1_000_000_000).item())
            for n_inputs, units in itertools.pairwise(sizes)
        ]

    def forward(self, x):
        self._zs = []
        self._p = np.asarray(softmax(self._scores(x, self.layers)))
        return self._p.tolist()

    def _scores(self, x, layers):
        z = layers[0].forward(x)
        self._zs.append(z)
        return self._scores(np.array(relu(z)), layers[1:]) if layers[1:] else z

    def backward(self, y_true):
        n, n_classes = self._p.shape
        d = (self._p - np.array(one_hot(y_true, n_classes))) / n
        before = [None, *self._zs[:-1]]
        for layer, z in zip(self.layers[::-1], before[::-1], strict=True):
            d = layer.backward(d)
            if z is not None:
                d = np.array(relu_backward(d, z))

    def train_step(self, x, y_true, learning_rate):
        self.forward(x)
        truth = np.array(one_hot(y_true, self._p.shape[1]))
        loss = categorical_cross_entropy(truth, self._p)
        self.backward(y_true)
        for layer in self.layers:
            layer.step(learning_rate)
        return loss

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        random = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = random.permutation(len(x)).tolist()
            batches = [order[i : i + batch_size] for i in range(0, len(order), batch_size)]
            losses = [self.train_step(x[batch], y_true[batch], learning_rate) for batch in batches]
            history.append(sum(losses) / len(batches))
        return history

    def predict(self, x):
        return [row.index(max(row)) for row in self.forward(x)]


def keras_mlp(sizes):
    import keras

    n_inputs, *hidden, n_classes = sizes
    return keras.Sequential(
        [
            keras.Input((n_inputs,), dtype="float32"),
            *(keras.layers.Dense(units, activation=keras.ops.relu) for units in hidden),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )

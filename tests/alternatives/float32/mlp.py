"""The multi-layer perceptron in single precision: layers that are changed from outside, in place.

It does not call `step`: `layer.kernel -= ...` does the same with the layers' own names.
"""

from __future__ import annotations

import numpy as np

from layer import Dense, categorical_cross_entropy, one_hot, softmax

FLOAT = np.float32


def relu(z: np.ndarray) -> np.ndarray:
    out = np.array(z, dtype=FLOAT)
    out[out < 0] = 0
    return out


def relu_backward(d_out: np.ndarray, z: np.ndarray) -> np.ndarray:
    d_z = np.array(d_out, dtype=FLOAT)
    d_z *= z > 0
    return d_z


class MLP:
    def __init__(self, sizes: list[int], seed: int = 0, verbose: bool = False) -> None:
        random = np.random.RandomState(seed)
        self.layers = []
        for units, n_inputs in zip(sizes[:0:-1], sizes[-2::-1], strict=True):
            self.layers.insert(0, Dense(n_inputs, units, int(random.randint(2**31 - 1))))
        self.verbose = verbose

    @property
    def hidden(self) -> list[Dense]:
        return self.layers[:-1]

    def forward(self, x: np.ndarray) -> np.ndarray:
        out = np.asarray(x, dtype=FLOAT)
        self._z = []
        for layer in self.hidden:
            self._z.append(layer.forward(out))
            out = relu(self._z[-1])
        self._p = softmax(self.layers[-1].forward(out)).astype(FLOAT)
        return self._p

    def backward(self, y_true: np.ndarray) -> None:
        d = (self._p - one_hot(y_true, self._p.shape[1])).astype(FLOAT)
        d /= FLOAT(len(y_true))
        d = self.layers[-1].backward(d)
        for layer, z in zip(self.hidden[::-1], self._z[::-1], strict=True):
            d = layer.backward(relu_backward(d, z))

    def train_step(self, x: np.ndarray, y_true: np.ndarray, learning_rate: float) -> np.float32:
        p = self.forward(x)
        loss = FLOAT(categorical_cross_entropy(one_hot(y_true, p.shape[1]), p))
        self.backward(y_true)
        for layer in self.layers[::-1]:
            layer.kernel -= FLOAT(learning_rate) * layer.d_kernel
            layer.bias -= FLOAT(learning_rate) * layer.d_bias
        return loss

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0) -> list[np.float32]:
        random = np.random.RandomState(seed)
        order = np.arange(len(x))
        history = []
        for epoch in range(epochs):
            random.shuffle(order)  # on from the order of the epoch before
            losses = [
                self.train_step(x[batch], y_true[batch], learning_rate)
                for batch in np.array_split(order, np.arange(batch_size, len(x), batch_size))
            ]
            history.append(np.mean(losses, dtype=FLOAT))
            print(f"\r{epoch + 1}/{epochs} loss {history[-1]:.3f}", end="", flush=True)
        return history

    def predict(self, x: np.ndarray) -> np.ndarray:
        return self.forward(x).argmax(-1).astype(np.int8)


def keras_mlp(sizes: list[int]):
    from keras import Input, Model, layers

    inputs = out = Input(shape=(sizes[0],))
    for i, units in enumerate(sizes[1:-1]):
        out = layers.ReLU()(layers.Dense(units, name=f"hidden_{i}")(out))
    out = layers.Dense(sizes[-1], activation="softmax", name="classes")(out)
    return Model(inputs, out)

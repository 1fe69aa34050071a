"""The multi-layer perceptron with layers of a subclass that holds its own ReLU."""

import numpy as np

import layer


def relu(z):
    return (np.abs(z) + z) / 2


def relu_backward(d_out, z):
    return np.einsum("...,...->...", d_out, np.heaviside(z, 0.0))


class Hidden(layer.Dense):
    """A Dense with the ReLU behind it."""

    def forward(self, x):
        self.z = super().forward(x)
        return relu(self.z)

    def backward(self, d_out):
        return super().backward(relu_backward(d_out, self.z))


class MLP:
    def __init__(self, sizes, seed=0):
        n_layers = len(sizes) - 1
        seeds = np.random.SeedSequence(seed).generate_state(n_layers)
        kinds = [Hidden] * (n_layers - 1) + [layer.Dense]
        self.layers = [
            kind(sizes[i], sizes[i + 1], seed=int(seeds[i])) for i, kind in enumerate(kinds)
        ]

    def forward(self, x):
        for one in self.layers:
            x = one.forward(x)
        self.probabilities = layer.softmax(x)
        return self.probabilities

    def backward(self, y_true):
        n, n_classes = self.probabilities.shape
        d = (self.probabilities - layer.one_hot(y_true, n_classes)) / n
        for one in reversed(self.layers):
            d = one.backward(d)
        return d

    def train_step(self, x, y_true, learning_rate):
        y_one_hot = layer.one_hot(y_true, self.layers[-1].bias.size)
        loss = layer.categorical_cross_entropy(y_one_hot, self.forward(x))
        self.backward(y_true)
        for one in self.layers:
            one.step(learning_rate)
        return loss

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng([seed, 1])
        history = []
        for _ in range(epochs):
            order = rng.choice(len(x), size=len(x), replace=False)
            starts = range(0, len(x), batch_size)
            history += [
                np.mean(
                    [
                        self.train_step(x[batch], y_true[batch], learning_rate)
                        for batch in (order[start:][:batch_size] for start in starts)
                    ]
                )
            ]
        return history

    def predict(self, x):
        return np.argmax(self.forward(x), axis=1)


def keras_mlp(sizes):
    import keras

    class KerasMLP(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden = [keras.layers.Dense(units) for units in sizes[1:-1]]
            self.scores = keras.layers.Dense(sizes[-1], activation=keras.activations.softmax)

        def call(self, x):
            for dense in self.hidden:
                x = keras.ops.relu(dense(x))
            return self.scores(x)

    model = KerasMLP()
    model(np.zeros((1, sizes[0])))
    return model

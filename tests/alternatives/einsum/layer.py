"""The layer by index notation; training lives in a base class."""

import numpy as np


def one_hot(labels, n_classes):
    rows = np.zeros((np.size(labels), n_classes))
    np.put_along_axis(rows, np.reshape(labels, (-1, 1)), 1.0, axis=1)
    return rows


def log_softmax(z):
    shifted = z - np.amax(z, axis=1)[:, np.newaxis]
    return shifted - np.log(np.einsum("ij->i", np.exp(shifted)))[:, np.newaxis]


def softmax(z):
    return np.exp(log_softmax(z))


def categorical_cross_entropy(y_true, y_pred):
    return -np.einsum("ij,ij->", y_true, np.log(y_pred.clip(1e-7, 1 - 1e-7))) / len(y_true)


class Trained:
    """What all models share: gradient descent on batches."""

    def train_step(self, x, y_true, learning_rate):
        p = self.forward(x)
        loss = categorical_cross_entropy(np.eye(p.shape[1])[y_true], p)
        self.backward(y_true)
        self.step(learning_rate)
        return loss

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = np.empty(epochs)
        for epoch in range(epochs):
            batches = self.batches(rng, len(x), batch_size)
            losses = (self.train_step(x[i], y_true[i], learning_rate) for i in batches)
            history[epoch] = np.mean(np.fromiter(losses, dtype=float))
        return history

    @staticmethod
    def batches(rng, n, batch_size):
        order = rng.random(n).argsort()
        while order.size:
            yield order[:batch_size]
            order = order[batch_size:]

    def predict(self, x):
        return np.einsum("ij->ij", self.forward(x)).argmax(axis=1)


class Dense:
    def __init__(self, n_inputs, units, seed=0):
        self.limit = (6 / (n_inputs + units)) ** 0.5
        rng = np.random.Generator(np.random.Philox(seed))
        self.kernel = rng.uniform(low=-1, high=1, size=(n_inputs, units)) * self.limit
        self.bias = np.zeros((units,))

    def forward(self, x):
        self.__x = x
        return np.einsum("ni,iu->nu", x, self.kernel, optimize=True) + self.bias

    def backward(self, d_out):
        self.d_kernel = np.einsum("ni,nu->iu", self.__x, d_out, optimize=True)
        self.d_bias = np.einsum("nu->u", d_out)
        return np.einsum("nu,iu->ni", d_out, self.kernel, optimize=True)

    def step(self, learning_rate):
        self.kernel, self.bias = (
            self.kernel - learning_rate * self.d_kernel,
            self.bias - learning_rate * self.d_bias,
        )


class SingleLayerPerceptron(Trained):
    def __init__(self, n_inputs, n_classes, seed=0):
        self.dense = Dense(n_inputs, n_classes, seed)

    def forward(self, x):
        self.log_p = log_softmax(self.dense.forward(x))
        return np.exp(self.log_p)

    def backward(self, y_true):
        n, k = self.log_p.shape
        return self.dense.backward((np.exp(self.log_p) - one_hot(y_true, k)) / n)

    def step(self, learning_rate):
        self.dense.step(learning_rate)


def keras_layer(n_inputs, n_classes):
    import keras

    class KerasPerceptron(keras.Model):
        def __init__(self, **options):
            super().__init__(**options)
            self.scores = keras.layers.Dense(n_classes)

        def call(self, x):
            return keras.ops.softmax(self.scores(x), axis=-1)

    model = KerasPerceptron(name="perceptron")
    model(np.zeros((1, n_inputs)))
    return model

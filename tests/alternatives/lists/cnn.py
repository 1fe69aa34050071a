"""The network as a list of parts that all go forwards and backwards; labels are lists."""

import numpy as np

from convolution import Conv2D, MaxPool2D
from layer import Dense, categorical_cross_entropy, one_hot, softmax
from mlp import relu, relu_backward


class ReLU:
    def forward(self, z):
        self.z = z
        return np.asarray(relu(z))

    def backward(self, d_out):
        return np.asarray(relu_backward(d_out, self.z))


class Flatten:
    def forward(self, maps):
        self.shape = maps.shape
        return np.stack([image.ravel() for image in maps])

    def backward(self, d_out):
        return np.reshape(d_out, self.shape)


class CNN:
    def __init__(self, input_shape=(28, 28, 1), n_classes=10, seed=0):
        random = np.random.default_rng(seed)
        rows, columns, channels = input_shape
        self.conv = Conv2D(
            channels=channels, filters=8, kernel_size=3, seed=random.integers(10_000).item()
        )
        self.pool = MaxPool2D(pool_size=2)
        features = (rows // 2 - 1) * (columns // 2 - 1) * 8
        self.dense = Dense(features, n_classes, seed=random.integers(10_000).item())
        self.parts = [self.conv, ReLU(), self.pool, Flatten(), self.dense]

    def forward(self, x):
        for part in self.parts:
            x = part.forward(x)
        self._p = np.array(softmax(x))
        return self._p.tolist()

    def backward(self, y_true):
        d = (self._p - self._truth(y_true)) / len(self._p)
        for part in self.parts[::-1]:
            d = part.backward(d)

    def _truth(self, y_true):
        return np.array(one_hot(y_true, self._p.shape[1]))

    def train_step(self, x, y_true, learning_rate):
        self.forward(x)
        loss = categorical_cross_entropy(self._truth(y_true), self._p)
        self.backward(y_true)
        for part in self.parts:
            if hasattr(part, "step"):
                part.step(learning_rate)
        return loss

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        random = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = list(range(len(x)))
            random.shuffle(order)
            losses = []
            for start in range(0, len(x), batch_size):
                batch = order[start : start + batch_size]
                losses.append(self.train_step(x[batch], y_true[batch], learning_rate))
            history.append(np.mean(losses).item())
        return history

    def predict(self, x):
        return [row.index(max(row)) for row in self.forward(x)]


def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
    import keras
    from keras import ops

    images = keras.Input(input_shape)
    maps = keras.layers.Conv2D(20, 3, activation="relu", padding="same")(images)
    maps = ops.max_pool(maps, 2)
    maps = keras.layers.Conv2D(40, 3, activation="relu", padding="same")(maps)
    maps = ops.max_pool(maps, pool_size=2)
    features = keras.layers.Dense(32, activation="gelu")(keras.layers.Flatten()(maps))
    model = keras.Model(images, keras.layers.Dense(n_classes, activation="softmax")(features))
    model.compile(
        optimizer="nadam",
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=False),
    )
    return model


def train(model, x, y_true, seed=0):
    import keras

    keras.utils.set_random_seed(seed)
    n_held_back = len(x) // 20
    histories = []
    for batch_size in (50, 100, 500):  # larger batches settle as smaller steps do
        history = model.fit(
            x[n_held_back:],
            y_true[n_held_back:],
            validation_data=(x[:n_held_back], y_true[:n_held_back]),
            epochs=2,
            batch_size=batch_size,
            verbose=0,
        )
        histories.append(history.history["val_loss"])
    return histories


def predict(model, x):
    return np.argmax(model.predict(x, batch_size=500, verbose=0), axis=-1).tolist()

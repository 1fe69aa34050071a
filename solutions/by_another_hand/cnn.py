"""Brick 5: the convolutional network."""

import numpy as np

from convolution import Conv2D, MaxPool2D
from layer import Dense, categorical_cross_entropy, one_hot, softmax
from mlp import relu, relu_backward


class CNN:
    """Convolution, ReLU, max pooling, flatten, dense, softmax."""

    def __init__(self, input_shape=(28, 28, 1), n_classes=10, seed=0):
        h, w, channels = input_shape
        seeds = np.random.default_rng(seed).integers(0, 2**31, size=2)
        self.n_classes = n_classes
        self.conv = Conv2D(channels, 8, kernel_size=3, seed=int(seeds[0]))
        self.pool = MaxPool2D(2)
        n_features = ((h - 2) // 2) * ((w - 2) // 2) * 8
        self.dense = Dense(n_features, n_classes, seed=int(seeds[1]))

    def forward(self, x):
        self.z = self.conv.forward(x)
        maps = self.pool.forward(relu(self.z))
        self.maps_shape = maps.shape
        features = maps.reshape(len(x), -1)
        self.p = softmax(self.dense.forward(features))
        return self.p

    def backward(self, y_true):
        n = len(y_true)
        d_scores = (self.p - one_hot(y_true, self.n_classes)) / n
        d_features = self.dense.backward(d_scores)
        d_maps = d_features.reshape(self.maps_shape)
        d_a = self.pool.backward(d_maps)
        d_z = relu_backward(d_a, self.z)
        return self.conv.backward(d_z)

    def train_step(self, x, y_true, learning_rate):
        p = self.forward(x)
        loss = categorical_cross_entropy(one_hot(y_true, self.n_classes), p)
        self.backward(y_true)
        self.conv.step(learning_rate)
        self.dense.step(learning_rate)
        return loss

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        indices = np.arange(len(x))
        history = []
        for epoch in range(epochs):
            rng.shuffle(indices)
            losses = []
            for i in range(0, len(x), batch_size):
                batch = indices[i:i + batch_size]
                losses.append(self.train_step(x[batch], y_true[batch], learning_rate))
            history.append(float(np.mean(losses)))
        return history

    def predict(self, x):
        return np.argmax(self.forward(x), axis=1)


def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
    """Two rounds of convolution and pooling, then dense layers."""
    import keras
    from keras import layers

    model = keras.Sequential([
        keras.Input(shape=input_shape),
        layers.Conv2D(16, 3, activation="relu", padding="same"),
        layers.MaxPooling2D(2),
        layers.Conv2D(32, 3, activation="relu", padding="same"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(48, activation="relu"),
        layers.Dense(n_classes, activation="softmax"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(1e-3),
                  loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, x, y_true, seed=0):
    """Adam, with steps that shrink from epoch to epoch."""
    import keras

    keras.utils.set_random_seed(seed)
    epochs = 8
    rates = [2e-3, 2e-3, 1e-3, 1e-3, 5e-4, 5e-4, 2e-4, 1e-4]
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch, lr: rates[epoch])
    return model.fit(x, y_true, batch_size=64, epochs=epochs, shuffle=True,
                     callbacks=[schedule], verbose=0)


def predict(model, x):
    """The most probable class of each image."""
    p = model.predict(x, batch_size=256, verbose=0)
    return np.argmax(p, axis=-1)

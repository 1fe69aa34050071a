"""The network by hand, step by step; in Keras average pooling, and batches fed one by one."""

import random

import numpy as np

from convolution import Conv2D, MaxPool2D
from layer import Dense, categorical_cross_entropy, one_hot, softmax
from mlp import relu, relu_backward


class CNN:
    def __init__(self, input_shape=(28, 28, 1), n_classes=10, seed=0):
        height, width, channels = input_shape
        height, width = height - 2, width - 2  # after the convolution
        height, width = height // 2, width // 2  # after pooling
        self.conv = Conv2D(channels, 8, 3, seed=seed)
        self.pool = MaxPool2D(2)
        self.dense = Dense(height * width * 8, n_classes, seed=seed)

    def forward(self, x):
        self.z = self.conv.forward(x)
        self.pooled = self.pool.forward(relu(self.z))
        flat = []
        for maps in self.pooled:
            flat.append(maps.flatten())
        self.p = softmax(self.dense.forward(np.array(flat)))
        return self.p

    def backward(self, y_true):
        d_scores = np.empty(self.p.shape)
        for i, label in enumerate(y_true):
            d_scores[i] = self.p[i]
            d_scores[i, label] -= 1
            d_scores[i] /= len(y_true)
        d_flat = self.dense.backward(d_scores)
        d_pooled = np.empty(self.pooled.shape)
        for i, row in enumerate(d_flat):
            d_pooled[i] = row.reshape(self.pooled.shape[1:])
        self.conv.backward(relu_backward(self.pool.backward(d_pooled), self.z))

    def train_step(self, x, y_true, learning_rate):
        p = self.forward(x)
        loss = categorical_cross_entropy(one_hot(y_true, p.shape[1]), p)
        self.backward(y_true)
        for layer in (self.dense, self.conv):
            layer.step(learning_rate)
        return loss

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        generator = random.Random(seed)
        history = []
        for _ in range(epochs):
            order = list(range(len(x)))
            generator.shuffle(order)
            losses = []
            for start in range(0, len(x), batch_size):
                batch = order[start : start + batch_size]
                losses.append(self.train_step(x[batch], y_true[batch], learning_rate))
            history.append(sum(losses) / len(losses))
        return history

    def predict(self, x):
        labels = []
        for image in x:  # one image after the other needs little memory
            labels.append(int(np.argmax(self.forward(image[np.newaxis])[0])))
        return np.array(labels)


def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
    import keras

    model = keras.Sequential()
    model.add(keras.Input(shape=input_shape))
    for filters in (16, 24):
        model.add(keras.layers.Conv2D(filters, 3, activation="relu"))
        model.add(keras.layers.AveragePooling2D(pool_size=2))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(n_classes, activation="softmax"))
    model.compile(
        optimizer=keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
        loss=keras.losses.SparseCategoricalCrossentropy(),
    )
    return model


def train(model, x, y_true, seed=0):
    generator = random.Random(seed)
    rates = (0.05, 0.05, 0.05, 0.05, 0.02, 0.005)
    order = list(range(len(x)))
    for rate in rates:
        model.optimizer.learning_rate = rate
        generator.shuffle(order)
        for start in range(0, len(x), 50):
            batch = order[start : start + 50]
            model.train_on_batch(x[batch], y_true[batch])


def predict(model, x):
    labels = []
    for start in range(0, len(x), 500):
        p = model.predict_on_batch(x[start : start + 500])
        for row in p:
            labels.append(int(row.argmax()))
    return np.array(labels)

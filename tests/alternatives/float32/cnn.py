"""The network in single precision; in Keras the Functional API with batch normalization."""

from __future__ import annotations

import numpy as np

from convolution import Conv2D, MaxPool2D
from layer import Dense, categorical_cross_entropy, one_hot, softmax
from mlp import relu, relu_backward

FLOAT = np.float32


class CNN:
    def __init__(self, input_shape=(28, 28, 1), n_classes=10, seed=0, verbose=True) -> None:
        random = np.random.RandomState(seed)
        after = [(size - 2) // 2 for size in input_shape[:2]]
        self.dense = Dense(after[0] * after[1] * 8, n_classes, int(random.randint(10**6)))
        self.conv = Conv2D(input_shape[2], 8, kernel_size=3, seed=int(random.randint(10**6)))
        self.pool = MaxPool2D(pool_size=2)
        self.n_classes = n_classes
        self.verbose = verbose

    @property
    def trainable(self):
        return [self.conv, self.dense]

    def forward(self, x: np.ndarray) -> np.ndarray:
        self._z = self.conv.forward(np.asarray(x, FLOAT)).astype(FLOAT)
        self._maps = self.pool.forward(relu(self._z)).astype(FLOAT)
        features = self._maps.reshape(len(x), np.prod(self._maps.shape[1:]))
        self._p = softmax(self.dense.forward(features)).astype(FLOAT)
        return self._p

    def backward(self, y_true: np.ndarray) -> None:
        d = (self._p - one_hot(y_true, self.n_classes).astype(FLOAT)) / FLOAT(len(y_true))
        d = self.dense.backward(d).astype(FLOAT)
        d = self.pool.backward(d.reshape(self._maps.shape))
        self.conv.backward(relu_backward(d, self._z))

    def train_step(self, x, y_true, learning_rate) -> np.float32:
        y_one_hot = one_hot(y_true, self.n_classes)
        loss = categorical_cross_entropy(y_one_hot, self.forward(x))
        self.backward(y_true)
        for layer in self.trainable:
            layer.kernel -= FLOAT(learning_rate) * layer.d_kernel
            layer.bias -= FLOAT(learning_rate) * layer.d_bias
        return FLOAT(loss)

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0, x_val=None, y_val=None):
        random = np.random.RandomState(seed)
        history = []
        for epoch in range(epochs):
            order = random.permutation(len(x))
            n_batches = -(-len(x) // batch_size)
            total = FLOAT(0)
            for i in range(n_batches):
                batch = order[i * batch_size : (i + 1) * batch_size]
                total += self.train_step(x[batch], y_true[batch], learning_rate)
            history.append(total / n_batches)
            if self.verbose:
                print(f"epoch {epoch + 1}: {history[-1]}")
            if x_val is not None:
                print("validation:", np.mean(self.predict(x_val) == y_val))
        return tuple(history)

    def predict(self, x: np.ndarray) -> np.ndarray:
        return np.argmax(self.forward(x), axis=1).astype(np.uint8)


def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
    import keras
    from keras import layers

    images = keras.Input(shape=input_shape)
    maps = images
    for filters in (12, 32):
        maps = layers.Conv2D(filters, 3, use_bias=False)(maps)
        maps = layers.BatchNormalization(momentum=0.9)(maps)
        maps = layers.ReLU()(maps)
        maps = layers.MaxPool2D()(maps)
    features = layers.Dropout(0.3)(layers.Flatten()(maps))
    p = layers.Dense(n_classes, activation="softmax")(features)
    model = keras.Model(images, p)
    model.compile(
        optimizer=keras.optimizers.RMSprop(0.002),
        loss="sparse_categorical_crossentropy",
        metrics=["sparse_categorical_accuracy"],
    )
    return model


def train(model, x, y_true, seed=0, epochs=5):
    import keras

    keras.utils.set_random_seed(seed)
    steps = epochs * -(-len(x) // 64)
    model.optimizer.learning_rate = 0.002
    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch else rate)
    print(f"{steps} steps")
    return model.fit(
        x.astype(FLOAT), y_true.astype(np.int32), 64, epochs, callbacks=[halve], verbose=2
    )


def predict(model, x):
    return np.argmax(model.predict(x.astype(FLOAT), verbose=0), axis=1).astype(np.int32)

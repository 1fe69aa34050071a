"""NumPy wherever it can be: plain arrays and loops, TensorFlow imported inside the functions.

What is a layer has to be Keras's; all other state is arrays.
"""

import keras
import numpy as np


def gradients(loss, variables):
    import tensorflow as tf

    with tf.GradientTape(persistent=True) as tape:
        value = loss()
    found = []
    for variable in variables:
        gradient = tape.gradient(value, variable)
        if gradient is None:
            gradient = np.zeros(variable.shape, np.float32)
        found.append(tf.constant(np.array(tf.convert_to_tensor(gradient))))
    del tape
    return found


class DenseLayer(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        keras.layers.Layer.__init__(self, **kwargs)
        self.units = int(units)
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape)  # Glorot uniform is what Keras takes by itself
        self.bias = self.add_weight(shape=(self.units,), initializer=keras.initializers.Zeros())

    def call(self, x):
        return self.activation(x @ self.kernel + self.bias)

    def get_config(self):
        return dict(super().get_config(), units=self.units, activation=self.activation)

    @classmethod
    def from_config(cls, config):
        return cls(**config)


class Momentum:
    def __init__(self, learning_rate, momentum=0.9):
        self.learning_rate, self.momentum, self.v = learning_rate, momentum, {}

    def apply(self, gradients, variables):
        for i in range(len(variables)):
            v = self.momentum * self.v.get(i, 0.0) - self.learning_rate * np.array(gradients[i])
            self.v[i] = v
            variables[i].assign(np.array(variables[i]) + v)


class Adam:
    """Both averages as sums in which every gradient so far has its weight, and the sum of these."""

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        self.learning_rate, self.epsilon = learning_rate, epsilon
        self.betas, self.weights, self.sums = (beta_1, beta_2), [0.0, 0.0], {}

    def apply(self, gradients, variables):
        self.weights = [w * beta + 1.0 for w, beta in zip(self.weights, self.betas, strict=True)]
        for i, variable in enumerate(variables):
            g = np.array(gradients[i], np.float64)
            sums = self.sums.setdefault(i, [np.zeros(g.shape), np.zeros(g.shape)])
            for k in range(2):
                sums[k] = sums[k] * self.betas[k] + g ** (k + 1)
            mean, square = (sums[k] / self.weights[k] for k in range(2))
            w = np.array(variable) - self.learning_rate * mean / (np.sqrt(square) + self.epsilon)
            variable.assign(w.astype(np.float32))


def dropout(x, rate, training, seed=0):
    x = np.array(x)
    if training is False:
        return x
    y = np.zeros_like(x)
    state = np.random.RandomState(seed + 17)
    for i in np.ndindex(x.shape):
        if state.rand() > rate:
            y[i] = x[i] / (1 - rate)
    return y


def batch_norm(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
):
    x = np.asarray(x, np.float64)
    mean, variance = np.array(moving_mean), np.array(moving_variance)
    if training:
        n = x.shape[0]
        batch_mean = x.sum(axis=0) / n
        batch_variance = ((x - batch_mean) ** 2).sum(axis=0) / n
        x = (x - batch_mean) / (batch_variance + epsilon) ** 0.5
        mean = mean * momentum + batch_mean * (1 - momentum)
        variance = variance * momentum + batch_variance * (1 - momentum)
    else:
        x = (x - mean) / (variance + epsilon) ** 0.5
    return [
        np.asarray(array, np.float32)
        for array in (x * np.array(gamma) + np.array(beta), mean, variance)
    ]


def train(model, x, y_true, x_val, y_val, epochs, batch_size, optimizer, patience=None, seed=0):
    import tensorflow as tf

    shuffled = np.random.RandomState(seed)
    indices = np.arange(len(x))
    losses, accuracies, val_losses, val_accuracies = [], [], [], []
    best = None
    for epoch in range(1, epochs + 1):
        shuffled.shuffle(indices)
        each_loss, each_right = [], []
        left = list(indices)
        while left:
            batch, left = left[:batch_size], left[batch_size:]
            labels = y_true[batch]
            with tf.GradientTape() as tape:
                p = model(x[batch], training=True)
                of_labels = tf.reduce_sum(p * tf.one_hot(labels, p.shape[1]), axis=1)
                loss = -tf.reduce_mean(tf.math.log(of_labels + 1e-12))
            optimizer.apply(
                tape.gradient(loss, model.trainable_variables), model.trainable_variables
            )
            each_loss += list(-np.log(of_labels.numpy() + 1e-12))
            each_right += list(p.numpy().argmax(axis=1) == labels)
        p = np.array(model(x_val))
        losses.append(np.mean(each_loss))
        accuracies.append(np.mean(each_right))
        val_losses.append(-np.mean(np.log(p[range(len(p)), y_val] + 1e-12)))
        val_accuracies.append(np.mean(p.argmax(axis=1) == y_val))
        if patience:
            if best is None or val_losses[-1] < best[0]:
                best = val_losses[-1], epoch, [w.copy() for w in model.get_weights()]
            elif epoch - best[1] == patience:
                break
    if patience:
        model.set_weights(best[2])
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    return dict(zip(names, (losses, accuracies, val_losses, val_accuracies), strict=True))


def keras_mlp_with_dropout(sizes, rate):
    model = keras.models.Sequential()
    model.add(keras.layers.InputLayer(shape=(sizes[0],)))
    for i in range(1, len(sizes) - 1):
        model.add(keras.layers.Dense(sizes[i]))
        model.add(keras.layers.Dropout(rate))  # dropped or not: ReLU leaves 0 at 0
        model.add(keras.layers.Activation("relu"))
    model.add(keras.layers.Dense(sizes[-1], "softmax"))
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["acc"])
    return model


def keras_train(model, x, y_true, x_val, y_val, seed=0):
    """One epoch at a time, and the best weights kept by hand."""
    keras.utils.set_random_seed(seed)
    best, weights, waited = np.inf, model.get_weights(), 0
    while waited < 4:
        fitted = model.fit(x, y_true, 16, 1, validation_data=(x_val, y_val), verbose=0)
        loss = fitted.history["val_loss"][0]
        waited += 1
        if loss < best:
            best, weights, waited = loss, model.get_weights(), 0
    model.set_weights(weights)

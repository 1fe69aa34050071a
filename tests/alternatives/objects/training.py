"""Keras's own objects wherever there is one: metrics, losses, optimizers, callbacks, ops."""

import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import callbacks, layers, losses, metrics, ops


def gradients(loss, variables):
    with tf.GradientTape() as tape:
        total = loss() + tf.add_n([0.0 * tf.reduce_sum(variable) for variable in variables])
    return [tf.convert_to_tensor(gradient) for gradient in tape.gradient(total, variables)]


class DenseLayer(layers.Layer):
    """Kernel and bias belong to a layer of Keras's inside."""

    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.inner = layers.Dense(units, activation=activation, name="inner")

    def build(self, input_shape):
        self.inner.build(input_shape)
        super().build(input_shape)

    @property
    def kernel(self):
        return self.inner.kernel

    @property
    def bias(self):
        return self.inner.bias

    def call(self, x):
        return self.inner(x)

    def get_config(self):
        config = super().get_config()
        config["units"] = self.inner.units
        config["activation"] = keras.activations.serialize(self.inner.activation)
        return config


class _OfKeras:
    """Hands on to an optimizer of Keras's."""

    def apply(self, gradients, variables):
        if not hasattr(self, "slots"):
            self.slots = [keras.Variable(np.array(variable)) for variable in variables]
        self.inner.apply([ops.convert_to_tensor(g) for g in gradients], self.slots)
        for variable, slot in zip(variables, self.slots, strict=True):
            variable.assign(slot.value)


class Momentum(_OfKeras):
    def __init__(self, learning_rate, momentum=0.9):
        self.inner = keras.optimizers.SGD(learning_rate, momentum=momentum)


class Adam(_OfKeras):
    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        self.inner = keras.optimizers.Adam(learning_rate, beta_1, beta_2, epsilon)


def dropout(x, rate, training, seed=0):
    return layers.Dropout(rate, seed=seed)(x, training=training)


def batch_norm(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
):
    layer = layers.BatchNormalization(momentum=momentum, epsilon=epsilon)
    layer.build(np.shape(x))
    layer.set_weights([gamma, beta, moving_mean, moving_variance])
    y = layer(x, training=training)
    return y, layer.moving_mean.value, layer.moving_variance.value


class _Scores:
    def __init__(self):
        self.loss, self.accuracy = metrics.Mean(), metrics.SparseCategoricalAccuracy()

    def add(self, labels, p):
        loss = losses.SparseCategoricalCrossentropy()(labels, p)
        self.loss.update_state(loss, sample_weight=len(labels))
        self.accuracy.update_state(labels, p)
        return loss

    def results(self):
        return float(self.loss.result()), float(self.accuracy.result())


def train(model, x, y_true, x_val, y_val, epochs, batch_size, optimizer, patience=None, seed=0):
    keras.utils.set_random_seed(seed)
    shuffle = keras.random.SeedGenerator(seed)
    history = callbacks.History()  # Keras's callbacks, called by hand
    watching = [history]
    if patience is not None:
        watching.append(
            callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True)
        )
    for callback in watching:
        callback.set_model(model)
        callback.on_train_begin()
    model.stop_training = False
    for epoch in range(epochs):
        order = np.array(keras.random.shuffle(np.arange(len(x)), seed=shuffle))
        scores, val = _Scores(), _Scores()
        for batch in np.split(order, range(batch_size, len(x), batch_size)):
            with tf.GradientTape() as tape:
                loss = scores.add(y_true[batch], model(x[batch], training=True))
            optimizer.apply(
                tape.gradient(loss, model.trainable_variables), model.trainable_variables
            )
        val.add(y_val, model(x_val, training=False))
        names = ("loss", "accuracy", "val_loss", "val_accuracy")
        logs = dict(zip(names, (*scores.results(), *val.results()), strict=True))
        for callback in watching:
            callback.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    for callback in watching:
        callback.on_train_end()
    return history.history


def keras_mlp_with_dropout(sizes, rate):
    hidden = []
    for units in sizes[1:-1]:
        hidden += [layers.Dense(units, "relu"), layers.Dropout(rate, seed=3)]
    model = keras.Sequential(
        [layers.Input((sizes[0],)), *hidden, layers.Dense(sizes[-1], "softmax")]
    )
    model.compile(
        optimizer=keras.optimizers.AdamW(),
        loss=losses.SparseCategoricalCrossentropy(),
        metrics=[metrics.SparseCategoricalAccuracy()],
    )
    return model


def keras_train(model, x, y_true, x_val, y_val, seed=0):
    keras.utils.set_random_seed(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "best.weights.h5"
        keep = callbacks.ModelCheckpoint(path, save_best_only=True, save_weights_only=True)
        stop = callbacks.EarlyStopping(patience=4)
        watching = [keep, stop, callbacks.ReduceLROnPlateau(patience=2)]
        model.fit(
            x,
            y_true,
            epochs=25,
            batch_size=10,
            validation_data=(x_val, y_val),
            callbacks=watching,
            verbose=0,
        )
        model.load_weights(path)

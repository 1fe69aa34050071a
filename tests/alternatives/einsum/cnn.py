"""The network with its dense layer applied to maps; in Keras a subclass and a bare loop."""

import numpy as np

import convolution
import layer
import mlp


class CNN:
    def __init__(self, input_shape=(28, 28, 1), n_classes=10, seed=0):
        self.n_classes = n_classes
        seeds = iter(np.random.SeedSequence(seed).generate_state(2))
        self.conv = convolution.Conv2D(input_shape[-1], 8, seed=int(next(seeds)))
        self.pool = convolution.MaxPool2D()
        trial = self.pool.forward(self.conv.forward(np.zeros((1, *input_shape))))
        self.dense = layer.Dense(trial.size, n_classes, seed=int(next(seeds)))

    def forward(self, x):
        self.z = self.conv.forward(x)
        self.maps = self.pool.forward(mlp.relu(self.z))
        scores = self.dense.forward(np.reshape(self.maps, (self.maps.shape[0], -1), order="C"))
        self.p = layer.softmax(scores)
        return self.p

    def backward(self, y_true):
        d_scores = (self.p - layer.one_hot(y_true, self.n_classes)) / np.size(y_true)
        d_maps = self.dense.backward(d_scores).reshape(self.maps.shape)
        return self.conv.backward(mlp.relu_backward(self.pool.backward(d_maps), self.z))

    def loss(self, x, y_true):
        return layer.categorical_cross_entropy(
            layer.one_hot(y_true, self.n_classes), self.forward(x)
        )

    def train_step(self, x, y_true, learning_rate):
        loss = self.loss(x, y_true)
        self.backward(y_true)
        for part in (self.conv, self.dense):
            part.step(learning_rate)
        return loss

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        order, rng = np.arange(len(x)), np.random.Generator(np.random.PCG64DXSM(seed))
        n_batches = int(np.ceil(len(x) / batch_size))
        losses = np.zeros((epochs, n_batches))
        for epoch in range(epochs):
            order = rng.permuted(order)
            for b in range(n_batches):
                batch = order[b * batch_size :][:batch_size]
                losses[epoch, b] = self.train_step(x[batch], y_true[batch], learning_rate)
        return losses.mean(axis=1)

    def predict(self, x):
        return np.einsum("ij->ij", self.forward(x)).argmax(axis=1)


def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
    import keras
    from keras import layers

    class KerasCNN(keras.Model):
        def __init__(self):
            super().__init__()
            options = {"activation": "relu", "padding": "same"}
            self.first = layers.Conv2D(24, 5, strides=2, **options)  # shrinks the maps as well
            self.second = layers.SeparableConv2D(64, 3, **options)
            self.features = layers.Flatten()
            self.classes = layers.Dense(n_classes, activation="softmax")

        def call(self, x):
            maps = keras.ops.max_pool(self.second(self.first(x)), 2)  # no layer of that name
            return self.classes(self.features(maps))

    model = KerasCNN()
    model.build((None, *input_shape))
    model.compile("adamax", loss="sparse_categorical_crossentropy")
    return model


def train(model, x, y_true, seed=0):
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    n_epochs, batch_size = 6, 50
    steps = n_epochs * -(-len(x) // batch_size)
    optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.004, steps))
    cross_entropy = keras.losses.SparseCategoricalCrossentropy()

    @tf.function(reduce_retracing=True)
    def step(images, labels):
        with tf.GradientTape() as tape:
            loss = cross_entropy(labels, model(images, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    digits = tf.data.Dataset.from_tensor_slices((x.astype("float32"), y_true))
    for images, labels in digits.shuffle(len(x)).batch(batch_size).repeat(n_epochs):
        step(images, labels)


def predict(model, x):
    import tensorflow as tf

    parts = [tf.argmax(model(x[i : i + 1000]), axis=1) for i in range(0, len(x), 1000)]
    return tf.concat(parts, axis=0)

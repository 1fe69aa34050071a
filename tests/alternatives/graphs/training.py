"""TensorFlow as far as it goes: tf.function, tf.data, stateless random numbers, slots in lists."""

import keras
import tensorflow as tf


def gradients(loss, variables):
    @tf.function
    def graph():
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            for variable in variables:
                tape.watch(variable)
            value = loss()
        found = tape.gradient(value, variables)
        return [
            tf.zeros_like(v) if g is None else tf.convert_to_tensor(g)
            for g, v in zip(found, variables, strict=True)
        ]

    return graph()


@keras.saving.register_keras_serializable("graphs")
class DenseLayer(keras.layers.Layer):
    def __init__(self, units, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.units, self.given = units, activation

    def build(self, input_shape):
        n_inputs = int(input_shape[-1])
        limit = (6.0 / (n_inputs + self.units)) ** 0.5
        uniform = keras.initializers.RandomUniform(-limit, limit)
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros")
        self.kernel = self.add_weight(shape=(n_inputs, self.units), initializer=uniform)
        self.built = True

    def call(self, x):
        scores = tf.einsum("ni,iu->nu", tf.cast(x, tf.float32), self.kernel)
        return keras.activations.get(self.given)(tf.nn.bias_add(scores, self.bias))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        config = super().get_config()
        given = self.given
        name = given if given is None or isinstance(given, str) else given.__name__
        config.update(units=self.units, activation=name)
        return config


class Momentum:
    def __init__(self, learning_rate, momentum=0.9):
        self.rate = tf.constant(learning_rate, tf.float32)
        self.rest = tf.constant(momentum, tf.float32)
        self.slots = []

    def apply(self, gradients, variables):
        if not self.slots:
            self.slots = [tf.Variable(tf.zeros(v.shape)) for v in variables]
        for slot, gradient, variable in zip(self.slots, gradients, variables, strict=True):
            slot.assign(self.rest * slot - self.rate * gradient)
            variable.assign_add(slot)


class Adam:
    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        self.options = learning_rate, beta_1, beta_2, epsilon
        self.t = tf.Variable(0.0)
        self.slots = []

    def apply(self, gradients, variables):
        rate, beta_1, beta_2, epsilon = self.options
        if not self.slots:
            self.slots = [[tf.Variable(tf.zeros(v.shape)) for _ in "ms"] for v in variables]
        self.t.assign_add(1.0)
        corrected = rate * tf.sqrt(1 - beta_2**self.t) / (1 - beta_1**self.t)
        for (m, s), gradient, variable in zip(self.slots, gradients, variables, strict=True):
            m.assign_add((1 - beta_1) * (gradient - m))
            s.assign_add((1 - beta_2) * (tf.square(gradient) - s))
            variable.assign_sub(corrected * m / (tf.sqrt(s) + epsilon))


def dropout(x, rate, training, seed=0):
    x = tf.convert_to_tensor(x)
    if not training:
        return tf.identity(x)
    kept = tf.random.stateless_uniform(tf.shape(x), seed=[seed, 1]) >= rate
    return tf.where(kept, x / (1.0 - rate), 0.0)


def batch_norm(
    x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
):
    if training:
        mean = tf.reduce_mean(x, axis=0)
        variance = tf.math.reduce_variance(tf.convert_to_tensor(x), axis=0)
        after = [
            tf.convert_to_tensor(old) + (1 - momentum) * (new - old)
            for old, new in ((moving_mean, mean), (moving_variance, variance))
        ]
    else:
        mean, variance = moving_mean, moving_variance
        after = [tf.identity(moving_mean), tf.identity(moving_variance)]
    y = tf.nn.batch_normalization(x, mean, variance, beta, gamma, epsilon)
    return y, after[0], after[1]


def train(model, x, y_true, x_val, y_val, epochs, batch_size, optimizer, patience=None, seed=0):
    n = len(x)
    tf.random.set_seed(seed)
    data = tf.data.Dataset.from_tensor_slices((x, y_true))
    data = data.shuffle(n, seed=seed, reshuffle_each_iteration=True).batch(batch_size)
    variables = model.trainable_variables

    def losses(p, labels):
        p = tf.clip_by_value(tf.gather(p, labels, axis=1, batch_dims=1), 1e-7, 1.0)
        return -tf.math.log(p)

    def hits(p, labels):
        return tf.cast(tf.equal(tf.argmax(p, axis=1), tf.cast(labels, tf.int64)), tf.float32)

    @tf.function(reduce_retracing=True)
    def on_batch(x, labels):
        with tf.GradientTape() as tape:
            p = model(x, training=True)
            of_each = losses(p, labels)
            loss = tf.reduce_mean(of_each)
        return (
            tape.gradient(loss, variables),
            tf.reduce_sum(of_each),
            tf.reduce_sum(hits(p, labels)),
        )

    @tf.function
    def looked_at(x, labels):
        p = model(x, training=False)
        return tf.reduce_mean(losses(p, labels)), tf.reduce_mean(hits(p, labels))

    history = {name: [] for name in ("loss", "accuracy", "val_loss", "val_accuracy")}
    best = None
    for epoch in range(epochs):
        loss = right = 0.0
        for some, labels in data:
            found, more_loss, more_right = on_batch(some, labels)
            optimizer.apply(found, variables)
            loss, right = loss + more_loss, right + more_right
        val = looked_at(tf.constant(x_val), tf.constant(y_val))
        for name, value in zip(history, (loss / n, right / n, *val), strict=True):
            history[name].append(float(value))
        if best is None or history["val_loss"][epoch] < history["val_loss"][best[0]]:
            best = epoch, [tf.identity(variable.value) for variable in model.variables]
        if patience is not None and epoch - best[0] >= patience:
            break
    if patience is not None:
        for variable, value in zip(model.variables, best[1], strict=True):
            variable.assign(value)
    return history


def keras_mlp_with_dropout(sizes, rate):
    x = inputs = keras.Input((sizes[0],))
    for units in sizes[1:-1]:
        x = keras.layers.Dense(units)(x)
        x = keras.layers.ReLU()(x)
        x = keras.layers.Dropout(rate)(x)
    x = keras.layers.Softmax()(keras.layers.Dense(sizes[-1])(x))
    model = keras.Model(inputs, x)
    model.compile(keras.optimizers.RMSprop(), keras.losses.SparseCategoricalCrossentropy())
    return model


def keras_train(model, x, y_true, x_val, y_val, seed=0):
    keras.utils.set_random_seed(seed)
    data = tf.data.Dataset.from_tensor_slices((x, y_true)).shuffle(len(x), seed=seed).batch(20)
    val = tf.data.Dataset.from_tensor_slices((x_val, y_val)).batch(50)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=5, restore_best_weights=True)
    return model.fit(data, epochs=40, validation_data=val, callbacks=[stop], verbose=0)

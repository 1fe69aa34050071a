"""Self-checks of cnn.py.

Each function below is a probe. It calls your code on the inputs that are drawn for it and returns
what came back, by name; the same probe runs on a correct solution, and the two are compared. So
reading a probe tells you exactly what was called. Graded checks are these, with other inputs.
"""

import numpy as np

from grader import (
    ASIDE,
    SLOPE,
    Brick,
    Tolerance,
    all_differ,
    global_state,
    mnist,
    slopes,
    where_possible,
)

brick = Brick(
    "cnn", order=5, title="Convolutional network", builds_on=("layer", "mlp", "convolution")
)


def measure_start(returned, inputs):
    kernel = returned["kernel of conv"]
    return {
        "shape of conv.kernel": np.shape(kernel),
        "conv.bias": returned["bias of conv"],
        "shape of dense.kernel": np.shape(returned["kernel of dense"]),
        "dense.bias": returned["bias of dense"],
        "no two filters start equal": all_differ(kernel.reshape(-1, 8).T),
        "same seed, same kernels": np.array_equal(kernel, returned["kernel of conv again"])
        and np.array_equal(returned["kernel of dense"], returned["kernel of dense again"]),
        "other seed, other conv.kernel": not np.array_equal(
            kernel, returned["kernel of conv, other seed"]
        ),
        "other seed, other dense.kernel": not np.array_equal(
            returned["kernel of dense"], returned["kernel of dense, other seed"]
        ),
        "np.random's global state is left alone": np.array_equal(
            returned["global state"], returned["global state after"]
        ),
    }


@brick.check(
    "CNN",
    points=1,
    called="CNN(input_shape=(11, 8, 2), n_classes=4, seed=seed)",
    hint="Follow the shape of one image through the layers: how many numbers reach dense?",
    inputs=lambda rng: {"seed": int(rng.integers(10_000))},
    measure=measure_start,
)
def start(cnn, seed):
    before = global_state()
    first = cnn.CNN(input_shape=(11, 8, 2), n_classes=4, seed=seed)
    after = global_state()
    again = cnn.CNN(input_shape=(11, 8, 2), n_classes=4, seed=seed)
    other = cnn.CNN(input_shape=(11, 8, 2), n_classes=4, seed=seed + 1)
    return {
        "kernel of conv": first.conv.kernel,
        "bias of conv": first.conv.bias,
        "kernel of dense": first.dense.kernel,
        "bias of dense": first.dense.bias,
        "kernel of conv again": again.conv.kernel,
        "kernel of dense again": again.dense.kernel,
        "kernel of conv, other seed": other.conv.kernel,
        "kernel of dense, other seed": other.dense.kernel,
        "global state": before,
        "global state after": after,
    }


def small_images(rng):
    """4 x 4 pixels: after convolution and pooling each of the 8 maps is a single number."""
    return {
        "x": rng.normal(size=(5, 4, 4, 2)),
        "y_true": np.array([0, 2, 1, 1, 2]),
        "conv_kernel": rng.normal(scale=0.3, size=(3, 3, 2, 8)),
        "conv_bias": rng.normal(scale=0.5, size=8),
        "dense_kernel": rng.normal(scale=0.3, size=(8, 3)),
        "dense_bias": rng.normal(scale=0.5, size=3),
        "seed": int(rng.integers(10_000)),
    }


def larger_images(rng):
    """7 x 9 pixels, maps of 5 x 7, pooled to 2 x 3."""
    return {
        **small_images(rng),
        "x": rng.normal(size=(5, 7, 9, 2)),
        "dense_kernel": rng.normal(scale=0.2, size=(2 * 3 * 8, 3)),
    }


def cnn_with(cnn, x, conv_kernel, dense_kernel, conv_bias=None, dense_bias=None):
    """A network for the images x with these kernels, and biases of 0 where none are given."""
    n_classes = dense_kernel.shape[1]
    model = cnn.CNN(input_shape=x.shape[1:], n_classes=n_classes)
    model.conv.kernel, model.dense.kernel = conv_kernel.copy(), dense_kernel.copy()
    model.conv.bias = np.zeros(8) if conv_bias is None else conv_bias.copy()
    model.dense.bias = np.zeros(n_classes) if dense_bias is None else dense_bias.copy()
    return model


@brick.check(
    "CNN.forward",
    points=1,
    called="forward(x), images of 4 x 4, kernels set, biases 0",
    hint="Convolution, ReLU, pooling, dense, softmax: one of them after the other.",
    inputs=small_images,
)
def forward_small_images(cnn, x, conv_kernel, dense_kernel):
    model = cnn_with(cnn, x, conv_kernel, dense_kernel)
    p = np.array(model.forward(x))
    return {"p": p, "x after the call": np.array(x), **where_possible(taken_in, model, x)}


def taken_in(model, x):
    """What dense takes in for the first image: with d_out 1, d_kernel is the input."""
    model.forward(x[:1])
    model.dense.backward(np.ones((1, len(model.dense.bias))))
    return {ASIDE + "what dense takes in for x[0]": np.array(model.dense.d_kernel)[:, 0]}


@brick.check(
    "CNN.forward",
    points=1,
    called="forward(x), images of 7 x 9, kernels set, biases 0",
    hint="In which order do the pooled maps become one long row? Samples stay apart.",
    inputs=larger_images,
    needs=("forward_small_images",),
)
def forward_flattens_in_order(cnn, x, conv_kernel, dense_kernel):
    model = cnn_with(cnn, x, conv_kernel, dense_kernel)
    return {"p": np.array(model.forward(x)), **where_possible(taken_in, model, x)}


@brick.check(
    "CNN.forward",
    points=1,
    called="forward(x), images of 4 x 4, kernels and biases set",
    hint="Both layers have a bias of their own. Does your forward ask the layers?",
    inputs=small_images,
    needs=("forward_small_images",),
)
def biases_count(cnn, x, conv_kernel, dense_kernel, conv_bias, dense_bias):
    model = cnn_with(cnn, x, conv_kernel, dense_kernel, conv_bias, dense_bias)
    return {"p": np.array(model.forward(x)), **where_possible(taken_in, model, x)}


def gradients_of(model):
    return {
        "dense.d_bias": np.array(model.dense.d_bias),
        "dense.d_kernel": np.array(model.dense.d_kernel),
        "conv.d_bias": np.array(model.conv.d_bias),
        "conv.d_kernel": np.array(model.conv.d_kernel),
    }


def slopes_of(cnn, x, y_true, conv_kernel, dense_kernel):
    """The gradients of the loss of your own forward, found by trying; conv.kernel is too large."""

    def loss(**moved):
        given = {"conv_kernel": conv_kernel, "dense_kernel": dense_kernel, **moved}
        p = cnn_with(cnn, x, **given).forward(x)
        return -np.mean(np.log(p[np.arange(len(x)), y_true]))

    return {
        SLOPE + "dense.d_bias": slopes(lambda moved: loss(dense_bias=moved), np.zeros(3)),
        SLOPE + "dense.d_kernel": slopes(lambda moved: loss(dense_kernel=moved), dense_kernel),
        SLOPE + "conv.d_bias": slopes(lambda moved: loss(conv_bias=moved), np.zeros(8)),
    }


@brick.check(
    "CNN.backward",
    points=1,
    called="forward(x), backward(y_true), images of 4 x 4, biases 0",
    hint="The same walk as forward, back from the scores. Which z does the ReLU need?",
    inputs=small_images,
    needs=("forward_small_images",),
)
def gradients_small_images(cnn, x, y_true, conv_kernel, dense_kernel):
    model = cnn_with(cnn, x, conv_kernel, dense_kernel)
    model.forward(x)
    model.backward(y_true)
    after = {"conv.kernel after the call": np.array(model.conv.kernel), "x after the call": x}
    explained = where_possible(slopes_of, cnn, x, y_true, conv_kernel, dense_kernel)
    return {**gradients_of(model), **after, **explained}


@brick.check(
    "CNN.backward",
    points=1,
    called="forward(x), backward(y_true), images of 7 x 9, biases set",
    hint="Backwards, flattening gives a gradient the shape that the pooled maps had.",
    inputs=larger_images,
    needs=("forward_flattens_in_order", "biases_count"),
)
def gradients_larger_images(cnn, x, y_true, conv_kernel, dense_kernel, conv_bias, dense_bias):
    model = cnn_with(cnn, x, conv_kernel, dense_kernel, conv_bias, dense_bias)
    model.forward(x)
    model.backward(y_true)
    return gradients_of(model)


@brick.check(
    "CNN.train_step",
    points=1,
    called="train_step(x, y_true, learning_rate=0.5), its return",
    hint="The loss is that of the prediction which the step then improves.",
    inputs=small_images,
    needs=("forward_small_images",),
)
def loss_before_the_step(cnn, x, y_true, conv_kernel, dense_kernel):
    model = cnn_with(cnn, x, conv_kernel, dense_kernel)
    loss = model.train_step(x, y_true, learning_rate=0.5)
    return {"loss": loss, "x after the call": x, "y_true after the call": y_true}


@brick.check(
    "CNN.train_step",
    points=1,
    called="train_step(x, y_true, learning_rate=0.5)",
    hint="Which layers have parameters? All gradients first, then a step of each of them.",
    inputs=small_images,
    needs=("gradients_small_images",),
)
def both_layers_step(cnn, x, y_true, conv_kernel, dense_kernel):
    model = cnn_with(cnn, x, conv_kernel, dense_kernel)
    model.train_step(x, y_true, learning_rate=0.5)
    return {
        "dense.kernel": model.dense.kernel,
        "dense.bias": model.dense.bias,
        "conv.kernel": model.conv.kernel,
        "conv.bias": model.conv.bias,
    }


@brick.check(
    "CNN.fit",
    points=1,
    called="fit(...) on whole batches, once more, then with 3 batches an epoch",
    hint="One number an epoch: the mean of the losses that its batches had before their updates.",
    inputs=small_images,
    needs=("loss_before_the_step", "both_layers_step"),
)
def fit_history(cnn, x, y_true, conv_kernel, dense_kernel, conv_bias, dense_bias):
    model = cnn_with(cnn, x, conv_kernel, dense_kernel, conv_bias, dense_bias)
    history = model.fit(x, y_true, epochs=3, batch_size=5, learning_rate=0.2)
    more = model.fit(x, y_true, epochs=2, batch_size=5, learning_rate=0.2)
    kernel = np.array(model.conv.kernel)
    same = np.repeat(x[:1], 6, axis=0)  # one image six times: all batches are equal
    batches = model.fit(same, np.ones(6, int), epochs=2, batch_size=2, learning_rate=0.2)
    return {
        "history": history,
        "history of a second call": more,
        "history, 3 batches an epoch": batches,
        "conv.kernel": kernel,
        "x after the call": x,
        "y_true after the call": y_true,
    }


def measure_epochs(returned, inputs):
    # Sample i alone moves row i of dense.kernel; in the short batch of one twice as far.
    one = returned["kernel after 1 epoch"][:5, 1]
    many = returned["kernel after 12 epochs"][:5, 1]
    y_true = inputs["labels"]
    return {
        "samples used in an epoch": np.sum(one != 0.0),
        "kernel after 1 epoch, sorted by size": np.sort(np.abs(one)),
        "each sample learned from its own label": np.array_equal(one > 0, y_true == 1),
        "another order in every epoch": np.max(np.abs(many)) < 1.9 * np.min(np.abs(many)),
    }


def one_channel_a_sample(rng):
    """Sample i is bright in channel i alone, and filter i looks at channel i."""
    samples = np.eye(5)
    return {
        "x": np.ones((1, 4, 4, 1)) * samples[:, None, None, :],
        "labels": np.array([0, 1, 1, 0, 1]),
        "conv_kernel": np.pad(samples[None, None], ((1, 1), (1, 1), (0, 0), (0, 3))),
        "seed": int(rng.integers(10_000)),
    }


@brick.check(
    "CNN.fit",
    points=1,
    called="fit(x, y_true, epochs, batch_size=2, learning_rate=0.001)",
    hint="Shuffle the indices anew in each epoch, and cut them into batches. 5 = 2 + 2 + 1.",
    inputs=one_channel_a_sample,
    measure=measure_epochs,
    needs=("loss_before_the_step",),
    tolerance=Tolerance(relative=0.01, absolute=0.0),  # the biases move a little on the way
)
def fit_takes_every_sample(cnn, x, labels, conv_kernel, seed):
    after = {}
    for epochs in (1, 12):
        model = cnn_with(cnn, x, conv_kernel, np.zeros((8, 2)))
        model.fit(x, labels, epochs=epochs, batch_size=2, learning_rate=0.001, seed=seed)
        after[f"kernel after {epochs} epoch{'s' * (epochs > 1)}"] = model.dense.kernel
    return after


def measure_seeds(returned, inputs):
    first = returned["kernel"]
    return {
        "same seed, same kernel": np.array_equal(first, returned["kernel again"]),
        "other seed, other kernel": not np.array_equal(first, returned["kernel of other seed"]),
        "np.random's global state is left alone": np.array_equal(
            returned["global state"], returned["global state after"]
        ),
    }


@brick.check(
    "CNN.fit",
    points=1,
    called="fit(x, y_true, epochs=4, batch_size=2, learning_rate=0.02, seed=seed)",
    hint="The seed decides the order of the samples: with a generator of your own, for each call.",
    inputs=small_images,
    measure=measure_seeds,
    needs=("loss_before_the_step",),
)
def fit_follows_its_seed(cnn, x, y_true, conv_kernel, dense_kernel, seed):
    first, again, other = (cnn_with(cnn, x, conv_kernel, dense_kernel) for _ in range(3))
    before = global_state()
    for model, given in ((first, seed), (again, seed), (other, seed + 1)):
        own = x.copy(), y_true.copy()
        model.fit(*own, epochs=4, batch_size=2, learning_rate=0.02, seed=given)
    return {
        "kernel": first.dense.kernel,
        "kernel again": again.dense.kernel,
        "kernel of other seed": other.dense.kernel,
        "global state": before,
        "global state after": global_state(),
    }


@brick.check(
    "CNN.predict",
    points=1,
    called="predict(x), images of 4 x 4, kernels set, biases 0",
    hint="One integer for each image: the place of its largest probability.",
    inputs=small_images,
)
def predict_labels(cnn, x, conv_kernel, dense_kernel):
    return {"labels": cnn_with(cnn, x, conv_kernel, dense_kernel).predict(x)}


def few_digits(rng):
    drawn = mnist.draw(rng, n_train=3_000, n_test=2_000)
    return {**drawn, "seed": int(rng.integers(10_001))}


@brick.check(
    "MNIST",
    points=1,
    called="CNN(), fit on 3,000 digits, then predict 2,000 others",
    hint="All parts are right, but do they learn together? Look at the history that fit returns.",
    inputs=few_digits,
    labels="y_test",
    images="x_test",
    needs=("both_layers_step", "predict_labels"),
    limit=120.0,
)
def ten_digits(cnn, x_train, y_train, x_test, seed):
    x = x_train[..., np.newaxis] / 255
    model = cnn.CNN(seed=seed)
    for epoch, learning_rate in enumerate((0.2, 0.1, 0.03)):  # ever smaller steps end off the noise
        model.fit(x, y_train, epochs=1, batch_size=16, learning_rate=learning_rate, seed=epoch)
    parts = np.array_split(x_test[..., np.newaxis] / 255, 10)  # all maps at once take much memory
    return {"labels": np.concatenate([model.predict(part) for part in parts])}


def measure_budget(returned, inputs):
    return {
        "shape of the output": np.shape(returned["p"]),
        "there are parameters, at most 100,000": 0 < len(returned["parameters"]) <= 100_000,
    }


@brick.check(
    "keras_cnn",
    points=1,
    called="keras_cnn(), called on x",
    hint="model.summary() shows where the parameters are. What would make that layer smaller?",
    inputs=lambda rng: {"x": rng.uniform(size=(2, 28, 28, 1))},
    measure=measure_budget,
    limit=60.0,
    keras=True,
)
def parameters_are_few(cnn, x):
    model = cnn.keras_cnn()
    p = model(x)
    weights = [np.ravel(weight) for weight in model.get_weights()]
    return {"p": p, "parameters": np.concatenate([np.zeros(0), *weights])}


def kinds_within(model, *shape):
    """Names of all that the model is made of: classes of layers, and TensorFlow's operations."""
    import tensorflow as tf

    graph = tf.function(model).get_concrete_function(tf.TensorSpec(shape)).graph.as_graph_def()
    nodes = [*graph.node, *(node for inner in graph.library.function for node in inner.node_def)]
    layers = [kind for layer in model._flatten_layers() for kind in type(layer).__mro__]
    return " ".join([node.op for node in nodes] + [kind.__name__ for kind in layers])


@brick.check(
    "keras_cnn",
    points=1,
    called="keras_cnn(), the kinds of its layers",
    hint="What looks for a feature everywhere, and what makes maps smaller?",
    limit=60.0,
    keras=True,
)
def convolution_and_pooling(cnn):
    kinds = kinds_within(cnn.keras_cnn(), 1, 28, 28, 1).lower()
    return {"has a convolution": "conv" in kinds, "has pooling": "pool" in kinds}


def measure_other_sizes(returned, inputs):
    wide, high = returned["p of wide images"], returned["p of high images"]
    return {
        "shape of the output, wide images": np.shape(wide),
        "shape of the output, high images": np.shape(high),
        "rows add up to 1": np.allclose(wide.sum(axis=1), 1) and np.allclose(high.sum(axis=1), 1),
        "no probability is negative": np.min(wide) >= 0 and np.min(high) >= 0,
        "the loss of integer labels is finite": np.all(np.isfinite(returned["loss"])),
    }


@brick.check(
    "keras_cnn",
    points=1,
    called="keras_cnn((16, 20, 1), 4), keras_cnn((33, 16, 3), 2)",
    hint="Do the maps of a small image shrink to nothing? Is the loss one for integer labels?",
    inputs=lambda rng: {
        "wide": rng.uniform(size=(3, 16, 20, 1)),
        "high": rng.uniform(size=(5, 33, 16, 3)),
        "y_true": np.array([3, 0, 2]),
    },
    measure=measure_other_sizes,
    limit=60.0,
    keras=True,
)
def images_of_other_sizes(cnn, wide, high, y_true):
    model = cnn.keras_cnn(input_shape=(16, 20, 1), n_classes=4)
    return {
        "p of wide images": model(wide),
        "p of high images": cnn.keras_cnn(input_shape=(33, 16, 3), n_classes=2)(high),
        "loss": model.evaluate(wide, y_true, verbose=0),
    }


def measure_training(returned, inputs):
    before, after = returned["weights before"], returned["weights after"]
    return {
        "the weights of the given model have changed": not np.array_equal(before, after),
        "they are finite": np.all(np.isfinite(after)),
        "x after the call": returned["x after the call"],
        "y_true after the call": returned["y_true after the call"],
    }


@brick.check(
    "train",
    points=1,
    called="train(keras_cnn(), x, y_true, seed=seed)",
    hint="The model that is given learns; a new one would be lost at the end of the function.",
    inputs=lambda rng: {
        "x": rng.uniform(size=(128, 28, 28, 1)),
        "y_true": rng.integers(10, size=128),
        "seed": int(rng.integers(10_001)),
    },
    measure=measure_training,
    limit=60.0,
    keras=True,
)
def training_changes_the_model(cnn, x, y_true, seed):
    model = cnn.keras_cnn()
    model(x[:1])
    before = np.concatenate([np.ravel(weight) for weight in model.get_weights()])
    cnn.train(model, x, y_true, seed=seed)
    return {
        "weights before": before,
        "weights after": np.concatenate([np.ravel(weight) for weight in model.get_weights()]),
        "x after the call": x,
        "y_true after the call": y_true,
    }


@brick.check(
    "predict",
    points=1,
    called="predict(model, x), a small model with its weights set",
    hint="The model gives probabilities. One integer for each image is wanted.",
    inputs=lambda rng: {
        "x": rng.uniform(size=(40, 4, 4, 1)),
        "kernel": rng.normal(size=(16, 5)),
    },
    needs=("convolution_and_pooling",),
    limit=60.0,
    keras=True,
)
def predict_of_a_keras_model(cnn, x, kernel):
    import keras

    layers = [keras.layers.Flatten(), keras.layers.Dense(5, activation="softmax")]
    model = keras.Sequential([keras.Input((4, 4, 1)), *layers])
    model.set_weights([kernel, np.zeros(5)])
    return {"labels": cnn.predict(model, x)}


def many_digits(rng):
    drawn = mnist.draw(rng, n_train=10_000, n_test=10_000)
    return {**drawn, "seed": int(rng.integers(10_001))}


@brick.check(
    "MNIST",
    points=2,
    called="keras_cnn(), train on 10,000 digits, predict 10,000 others",
    hint="More epochs, other steps, another design? Hold back some training digits to compare.",
    inputs=many_digits,
    labels="y_test",
    images="x_test",
    needs=("parameters_are_few", "training_changes_the_model", "predict_of_a_keras_model"),
    limit=240.0,
    keras=True,
)
def ten_digits_in_keras(cnn, x_train, y_train, x_test, seed):
    import keras

    keras.utils.set_random_seed(seed)
    model = cnn.keras_cnn()
    keras.utils.set_random_seed(seed)
    cnn.train(model, x_train[..., np.newaxis] / 255, y_train, seed=seed)
    return {"labels": cnn.predict(model, x_test[..., np.newaxis] / 255)}

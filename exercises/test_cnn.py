"""Self-checks of cnn.py.

Each function below is a probe. It calls your code on the inputs that are drawn for it and returns
what came back, by name; the same probe runs on a correct solution, and the two are compared. So
reading a probe tells you exactly what was called. Graded checks are these, with other inputs.
"""

import numpy as np

from grader import (
    ASIDE,
    GLOBAL_STATE,
    SHOWN,
    SLOPE,
    Brick,
    Tolerance,
    Unfit,
    all_differ,
    draw_seeds,
    follows_seed,
    global_state,
    mnist,
    never_moved,
    own_labels,
    seed_global_state,
    shown,
    slopes,
    where_possible,
)
from grader.networks import keras_checks

brick = Brick(
    "cnn",
    order=5,
    title="Convolutional network",
    builds_on=("layer", "mlp", "convolution"),
    worth=20,
)


def measure_start(returned, inputs):
    kernel = returned["kernel of conv, first"]
    return {
        "shape of conv.kernel": np.shape(kernel),
        "conv.bias": returned["bias of conv, first"],
        "shape of dense.kernel": np.shape(returned["kernel of dense, first"]),
        "dense.bias": returned["bias of dense, first"],
        "no two filters start equal": all_differ(kernel.reshape(-1, 8).T),
        **follows_seed(returned, inputs["seed"], "kernel of conv", "kernel of dense"),
    }


@brick.check(
    "CNN",
    points=1,
    called="CNN(input_shape=({height}, {width}, {channels}), n_classes={n_classes}, seed=seed)",
    hint="Follow the shape of one image through the layers: how many numbers reach dense?",
    inputs=lambda rng: {
        "height": int(rng.integers(8, 14)),
        "width": int(rng.integers(14, 20)),
        "channels": int(rng.integers(2, 5)),
        "n_classes": int(rng.integers(3, 8)),
        "seed": draw_seeds(rng),
    },
    each="seed",
    measure=measure_start,
    needs=("forward_small_images",),
    vouched_by=("forward_small_images", "gradients_small_images"),
)
def start(cnn, height, width, channels, n_classes, seed):
    seed_global_state(seed)
    model = cnn.CNN(input_shape=(height, width, channels), n_classes=n_classes, seed=seed)
    return {
        "kernel of conv": model.conv.kernel,
        "bias of conv": model.conv.bias,
        "kernel of dense": model.dense.kernel,
        "bias of dense": model.dense.bias,
        GLOBAL_STATE: global_state(),
    }


def images_with_maps(rng, maps_height, maps_width):
    """Images, labels and weights; convolution and pooling leave 8 maps of that size."""
    height, width = (2 * size + 2 + int(rng.integers(2)) for size in (maps_height, maps_width))
    channels, n_classes = int(rng.integers(2, 4)), int(rng.integers(3, 6))
    n = n_classes + int(rng.integers(1, 4))
    y_true = np.append(np.arange(1, n_classes), rng.integers(n_classes, size=n - n_classes))
    features = maps_height * maps_width * 8
    bright = rng.permuted(np.where(np.arange(n) % 2, 1.0, -1.0))  # so that ReLU has much to cut
    return {
        "height": height,
        "width": width,
        "learning_rate": round(float(rng.uniform(0.3, 0.6)), 2),
        "x": rng.normal(bright[:, None, None, None], size=(n, height, width, channels)),
        "y_true": np.append(rng.permutation(y_true), 0),  # they are in no order
        "conv_kernel": rng.normal(scale=0.3, size=(3, 3, channels, 8)),
        "conv_bias": rng.normal(scale=0.5, size=8),
        "dense_kernel": rng.normal(scale=0.8 / np.sqrt(features), size=(features, n_classes)),
        "dense_bias": rng.normal(scale=0.5, size=n_classes),
    }


def small_images(rng):
    """4 or 5 pixels: after convolution and pooling each of the 8 maps is a single number."""
    return images_with_maps(rng, 1, 1)


def larger_images(rng):
    """Images whose maps are higher than wide, or wider than high."""
    return images_with_maps(rng, *rng.choice([[2, 3], [3, 2], [2, 4], [3, 4]]))


def cnn_with(cnn, x, conv_kernel, dense_kernel, conv_bias=None, dense_bias=None):
    """A network for the images x with these kernels, and biases of 0 where none are given."""
    n_classes = dense_kernel.shape[1]
    model = cnn.CNN(input_shape=x.shape[1:], n_classes=n_classes)
    model.conv.kernel, model.dense.kernel = conv_kernel.copy(), dense_kernel.copy()
    model.conv.bias = np.zeros(8) if conv_bias is None else conv_bias.copy()
    model.dense.bias = np.zeros(n_classes) if dense_bias is None else dense_bias.copy()
    return model


def parameters_after(model):
    return {
        "conv.kernel after the call": np.array(model.conv.kernel),
        "conv.bias after the call": np.array(model.conv.bias),
        "dense.kernel after the call": np.array(model.dense.kernel),
        "dense.bias after the call": np.array(model.dense.bias),
    }


@brick.check(
    "CNN.forward",
    points=1,
    called="forward(x), images of {height} x {width}, kernels set, biases 0",
    hint="Convolution, ReLU, pooling, dense, softmax: one of them after the other.",
    inputs=small_images,
)
def forward_small_images(cnn, x, conv_kernel, dense_kernel):
    model = cnn_with(cnn, x, conv_kernel, dense_kernel)
    p = np.array(model.forward(x))
    after = {"x after the call": np.array(x), **parameters_after(model)}
    return {"p": p, **after, **where_possible(taken_in, model, x)}


def taken_in(model, x):
    """What dense takes in for the first image: with d_out 1, d_kernel is the input."""
    model.forward(x[:1])
    model.dense.backward(np.ones((1, len(model.dense.bias))))
    return {ASIDE + "what dense takes in for x[0]": np.array(model.dense.d_kernel)[:, 0]}


@brick.check(
    "CNN.forward",
    points=1,
    called="forward(x), images of {height} x {width}, kernels set, biases 0",
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
    called="forward(x), images of {height} x {width}, kernels and biases set",
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

    no_bias = np.zeros(dense_kernel.shape[1])

    def loss(**moved):
        given = {"conv_kernel": conv_kernel, "dense_kernel": dense_kernel, **moved}
        p = cnn_with(cnn, x, **given).forward(x)
        return -np.mean(np.log(p[np.arange(len(x)), y_true]))

    return {
        SLOPE + "dense.d_bias": slopes(lambda moved: loss(dense_bias=moved), no_bias),
        SLOPE + "dense.d_kernel": slopes(lambda moved: loss(dense_kernel=moved), dense_kernel),
        SLOPE + "conv.d_bias": slopes(lambda moved: loss(conv_bias=moved), np.zeros(8)),
    }


@brick.check(
    "CNN.backward",
    points=1,
    called="forward(x), backward(y_true), images of {height} x {width}, biases 0",
    hint="The same walk as forward, back from the scores. Which z does the ReLU need?",
    inputs=small_images,
    needs=("forward_small_images",),
)
def gradients_small_images(cnn, x, y_true, conv_kernel, dense_kernel):
    model = cnn_with(cnn, x, conv_kernel, dense_kernel)
    model.forward(x)
    model.backward(y_true)
    after = {**parameters_after(model), "x after the call": x, "y_true after the call": y_true}
    explained = where_possible(slopes_of, cnn, x, y_true, conv_kernel, dense_kernel)
    return {**gradients_of(model), **after, **explained}


@brick.check(
    "CNN.backward",
    points=1,
    called="forward(x reversed), forward(x), backward(y_true), {height} x {width}, biases set",
    hint="Backwards, flattening gives a gradient the shape that the pooled maps had.",
    inputs=larger_images,
    needs=("forward_flattens_in_order", "biases_count"),
)
def gradients_larger_images(cnn, x, y_true, conv_kernel, dense_kernel, conv_bias, dense_bias):
    model = cnn_with(cnn, x, conv_kernel, dense_kernel, conv_bias, dense_bias)
    model.forward(x[::-1])  # backward belongs to the latest forward
    model.forward(x)
    model.backward(y_true)
    return gradients_of(model)


@brick.check(
    "CNN.train_step",
    points=1,
    called="train_step(x, y_true, learning_rate={learning_rate}), its return",
    hint="The loss is that of the prediction which the step then improves.",
    inputs=small_images,
    needs=("forward_small_images",),
)
def loss_before_the_step(cnn, x, y_true, conv_kernel, dense_kernel, learning_rate):
    model = cnn_with(cnn, x, conv_kernel, dense_kernel)
    loss = model.train_step(x, y_true, learning_rate=learning_rate)
    return {"loss": loss, "x after the call": x, "y_true after the call": y_true}


def illustrate_step(returned, expected, inputs):
    """The filters that should have moved and did not; or else the units of dense."""
    of_layers = (
        never_moved(
            inputs[f"{layer}_kernel"], *(v[f"{layer}.kernel"] for v in (returned, expected))
        )
        for layer in ("conv", "dense")
    )
    return next(filter(None, of_layers), None)


@brick.check(
    "CNN.train_step",
    points=1,
    called="train_step(x, y_true, learning_rate={learning_rate})",
    hint="Which layers have parameters? All gradients first, then a step of each of them.",
    inputs=small_images,
    illustrate=illustrate_step,
    needs=("gradients_small_images",),
)
def both_layers_step(cnn, x, y_true, conv_kernel, dense_kernel, learning_rate):
    model = cnn_with(cnn, x, conv_kernel, dense_kernel)
    model.train_step(x, y_true, learning_rate=learning_rate)
    return {
        "dense.kernel": model.dense.kernel,
        "dense.bias": model.dense.bias,
        "conv.kernel": model.conv.kernel,
        "conv.bias": model.conv.bias,
    }


def images_for_epochs(rng):
    drawn = small_images(rng)
    epochs, more, batch_size, n_batches = (int(rng.integers(2, 5)) for _ in range(4))
    numbers = {"epochs": epochs, "more": more, "batch_size": batch_size, "n_batches": n_batches}
    other = int(drawn["y_true"][0] == 0)  # a label that the first image does not have
    return {**drawn, **numbers, "label": other}


@brick.check(
    "CNN.fit",
    points=1,
    called="fit(...) on whole batches, once more; on {n_batches} batches, the last one short",
    hint="One number an epoch: the mean of the losses that its batches had before their updates.",
    inputs=images_for_epochs,
    needs=("loss_before_the_step", "both_layers_step"),
)
def fit_history(
    cnn, x, y_true, conv_kernel, dense_kernel, conv_bias, dense_bias,
    learning_rate, epochs, more, batch_size, n_batches, label,
):  # fmt: skip
    model = cnn_with(cnn, x, conv_kernel, dense_kernel, conv_bias, dense_bias)
    rate = learning_rate / 2
    history = model.fit(x, y_true, epochs=epochs, batch_size=len(x), learning_rate=rate)
    second = model.fit(x, y_true, epochs=more, batch_size=len(x), learning_rate=rate)
    kernel = np.array(model.conv.kernel)
    n = batch_size * (n_batches - 1) + 1
    same = np.repeat(x[:1], n, axis=0)  # one image again and again: batches differ in length alone
    labels = np.full(n, label)
    batches = model.fit(same, labels, epochs=2, batch_size=batch_size, learning_rate=rate / 10)
    return {
        "history": history,
        "history of a second call": second,
        "history, several batches an epoch": batches,
        "conv.kernel": kernel,
        "x after the call": x,
        "y_true after the call": y_true,
    }


def one_channel_a_sample(rng):
    """Sample i is bright in channel i alone, and one filter looks at channel i."""
    batch_size = int(rng.integers(2, 4))
    n = batch_size * int(rng.integers(4 - batch_size, 6 - batch_size)) + 1  # the last is alone
    bright, filters = rng.uniform(0.7, 1.3, size=n), rng.permutation(8)[:n]
    kernel = np.zeros((3, 3, n, 8))
    kernel[1, 1, np.arange(n), filters] = 1.0
    return {
        "x": np.ones((1, 4, 4, 1)) * np.diag(bright)[:, np.newaxis, np.newaxis, :],
        "labels": np.append(rng.permutation(np.arange(n - 1) % 2), 0),  # they are in no order
        "conv_kernel": kernel,
        "bright": bright,
        "filters": filters,
        "batch_size": batch_size,
        "epochs": {"1 epoch": 1, "12 epochs": 12},
        "seed": int(rng.integers(10_000)),
    }


def measure_epochs(returned, inputs):
    # Sample i alone moves the row of its filter in dense.kernel; in the last batch, where it is
    # alone, it moves it batch_size times as far.
    filters, bright, batch_size = inputs["filters"], inputs["bright"], inputs["batch_size"]
    one = returned["kernel, 1 epoch"][filters, 1] / bright
    many = np.abs(returned["kernel, 12 epochs"][filters, 1] / bright)
    return {
        "samples used in an epoch": np.sum(one != 0.0),
        "kernel after 1 epoch, sorted by size": np.sort(np.abs(one)),
        **own_labels(one > 0, inputs["labels"] == 1),
        "another order in every epoch": np.max(many) < 0.95 * batch_size * np.min(many),
    }


@brick.check(
    "CNN.fit",
    points=1,
    called="fit(x, y_true, epochs, batch_size={batch_size}, learning_rate=0.001)",
    hint="Shuffle the indices anew in each epoch, and cut them into batches. 5 = 2 + 2 + 1.",
    inputs=one_channel_a_sample,
    each="epochs",
    measure=measure_epochs,
    needs=("loss_before_the_step",),
    vouched_by=("fit_history",),
    tolerance=Tolerance(relative=0.01, absolute=0.0),  # the biases move a little on the way
)
def fit_takes_every_sample(cnn, x, labels, conv_kernel, batch_size, epochs, seed):
    model = cnn_with(cnn, x, conv_kernel, np.zeros((8, 2)))
    model.fit(x, labels, epochs=epochs, batch_size=batch_size, learning_rate=0.001, seed=seed)
    return {"kernel": model.dense.kernel}


def of_any_size(rng):
    n_classes, pooled = int(rng.integers(2, 14)), int(rng.integers(1, 13))
    n = int(rng.integers(6, 10))
    return {
        "x": rng.normal(size=(n, 4, 2 * pooled + 2, 1)),
        "y_true": rng.integers(n_classes, size=n),
        "conv_kernel": rng.normal(scale=0.3, size=(3, 3, 1, 8)),
        "dense_kernel": rng.normal(scale=0.3, size=(8 * pooled, n_classes)),
        "seed": draw_seeds(rng),
    }


def measure_fit_by_seed(returned, inputs):
    return {
        "shape of dense.kernel": np.shape(returned["kernel, first"]),
        **follows_seed(returned, inputs["seed"], "kernel"),
    }


@brick.check(
    "CNN.fit",
    points=1,
    called="fit(x, y_true, epochs=4, batch_size=2, learning_rate=0.02, seed=seed)",
    hint="The seed decides the order of the samples: with a generator of your own, for each call.",
    inputs=of_any_size,
    each="seed",
    measure=measure_fit_by_seed,
    needs=("loss_before_the_step",),
    vouched_by=("fit_history",),
)
def fit_follows_its_seed(cnn, x, y_true, conv_kernel, dense_kernel, seed):
    model = cnn_with(cnn, x, conv_kernel, dense_kernel)
    seed_global_state(seed)
    model.fit(x, y_true, epochs=4, batch_size=2, learning_rate=0.02, seed=seed)
    return {"kernel": model.dense.kernel, GLOBAL_STATE: global_state()}


def clear_images(rng):
    """Each image is bright in one channel; the rows of dense.kernel have one clear maximum each."""
    n_classes = int(rng.integers(3, 6))
    bright, channels = rng.uniform(0.7, 1.3, size=24), rng.integers(8, size=24)
    kernel = np.zeros((3, 3, 8, 8))
    kernel[1, 1, np.arange(8), rng.permutation(8)] = 1.0
    steps = rng.permuted(np.tile(np.linspace(-1, 1, n_classes), (8, 1)), axis=1)
    return {
        "x": np.ones((1, 4, 4, 1)) * (bright[:, np.newaxis] * np.eye(8)[channels])[:, None, None],
        "conv_kernel": kernel,
        "dense_kernel": steps + rng.uniform(0, 0.2, size=steps.shape),
    }


@brick.check(
    "CNN.predict",
    points=1,
    called="predict(x), images of 4 x 4, kernels set, biases 0",
    hint="One integer for each image: the place of its largest probability.",
    inputs=clear_images,
)
def predict_labels(cnn, x, conv_kernel, dense_kernel):
    model = cnn_with(cnn, x, conv_kernel, dense_kernel)
    labels = np.array(model.predict(x))
    return {"labels": labels, "x after the call": x, **parameters_after(model)}


def any_order(rng, n=10):
    """n of the ten digits in a drawn order: the first of them is class 0."""
    return tuple(int(digit) for digit in rng.permutation(10)[:n])


def few_digits(rng):
    drawn = mnist.draw(rng, n_train=3_000, n_test=2_000, classes=any_order(rng))
    return {**drawn, "seed": int(rng.integers(10_001))}


@brick.check(
    "MNIST",
    points=1,
    called="CNN(), fit on 3,000 digits, classes in any order, then predict 2,000 others",
    hint="If all other parts are right, do they learn together? Look at the history fit returns.",
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


# A Keras model is sent as arrays: its configuration and weights. Another process, which has none of
# your code, makes a model of them, and measures that one. Layers of your own are fine: then it is
# the graph of what your model computes that is sent.


def size_of_images(rng, n_classes):
    """A drawn number of images, and their size."""
    height, width = (int(size) for size in rng.permutation(np.arange(16, 29))[:2])
    channels = int(rng.integers(1, 4))
    return {
        "height": height,
        "width": width,
        "channels": channels,
        "n_classes": n_classes,
        "x": rng.uniform(size=(int(rng.integers(2, 6)), height, width, channels)),
        "seed": int(rng.integers(10_001)),
    }


@brick.check(
    "keras_cnn",
    points=1,
    called="keras_cnn(), called on x",
    hint="model.summary() shows where the parameters are. What would make that layer smaller?",
    inputs=lambda rng: {
        "x": rng.uniform(size=(int(rng.integers(2, 6)), 28, 28, 1)),
        "seed": int(rng.integers(10_001)),
    },
    clean=keras_checks.rebuilt,
    measure=lambda returned, inputs: {
        **keras_checks.as_sent(returned),
        "there are parameters": returned["parameters"] > 0,
        "parameters over the 100,000 allowed": np.maximum(returned["parameters"] - 100_000, 0),
    },
    limit=60.0,
    keras=True,
)
def parameters_are_few(cnn, x, seed):
    cnn.keras_cnn()  # nothing waits for Keras before
    import keras

    keras.utils.set_random_seed(seed)
    return keras_checks.sent(cnn.keras_cnn(), x)


@brick.check(
    "keras_cnn",
    points=1,
    called="keras_cnn(({height}, {width}, {channels}), {n_classes}), the operations it computes",
    hint="What looks for a feature everywhere, and what makes maps smaller?",
    inputs=lambda rng: size_of_images(rng, n_classes=int(rng.integers(2, 13))),
    clean=keras_checks.rebuilt,
    measure=lambda returned, inputs: {
        **keras_checks.as_sent(returned),
        "has a convolution": returned["convolves"],
        "has pooling": returned["pools"],
    },
    limit=60.0,
    keras=True,
)
def convolution_and_pooling(cnn, x, n_classes, seed):
    cnn.keras_cnn(input_shape=x.shape[1:], n_classes=n_classes)  # nothing waits for Keras before
    import keras

    keras.utils.set_random_seed(seed)
    model = cnn.keras_cnn(input_shape=x.shape[1:], n_classes=n_classes)
    return keras_checks.sent(model, x)


@brick.check(
    "keras_cnn",
    points=1,
    called="keras_cnn(({height}, {width}, {channels}), {n_classes}), called on x, and its loss",
    hint="Do the maps of a small image shrink to nothing? Is the loss one for integer labels?",
    inputs=lambda rng: size_of_images(rng, n_classes=int(rng.choice([2, 3, 4, 5, 6, 7, 11, 12]))),
    clean=keras_checks.losses_and_rebuilt,
    measure=lambda returned, inputs: keras_checks.classifies(returned),
    limit=60.0,
    keras=True,
)
def images_of_other_sizes(cnn, x, n_classes, seed):
    cnn.keras_cnn(input_shape=x.shape[1:], n_classes=n_classes)  # nothing waits for Keras before
    import keras

    keras.utils.set_random_seed(seed)
    model = cnn.keras_cnn(input_shape=x.shape[1:], n_classes=n_classes)
    return {**keras_checks.losses(model, x), **keras_checks.sent(model, x)}


def cut_digits(rng):
    """Some of the ten digits, in any order, with less of the empty border."""
    n_classes = int(rng.integers(5, 10))
    drawn = mnist.draw(rng, n_train=600, n_test=1, classes=any_order(rng, n_classes))
    height, width = (int(size) for size in rng.integers(20, 25, size=2))
    top, left = (28 - height) // 2, (28 - width) // 2
    images = drawn["x_train"][:, top : top + height, left : left + width]
    return {
        "height": height,
        "width": width,
        "n_classes": n_classes,
        "x": images[..., np.newaxis] / 255,
        "y_true": drawn["y_train"],
        "start": int(rng.integers(10_001)),
        "seed": draw_seeds(rng),
    }


def losses(returned, inputs):
    from grader.networks import keras_model

    x, y_true, size = inputs["x"], inputs["y_true"], (100, *inputs["x"].shape[1:])
    runs = {
        run: {name.removesuffix(end): returned[name] for name in returned if name.endswith(end)}
        for run, end in ((run, f", {run}") for run in inputs["seed"])
    }
    first = runs["first"]
    found = {name: first[name] for name in ("x after the call", "y_true after the call")}
    for run, arrays in runs.items():
        found[f"p, {run}"] = keras_model.rebuilt(arrays, size, "trained")(x)
    for when in ("before", "after"):
        network = keras_model.rebuilt(first, size, when, training=True)
        p = network(x)
        found[f"p {when}"], found[f"parameters {when}"] = p, network.n_parameters
        found[f"loss {when}"] = -np.mean(np.log(np.maximum(p[np.arange(len(x)), y_true], 1e-7)))
    return {**found, **network.note, **shown(returned)}


def measure_training(returned, inputs):
    before, after = returned["loss before"], returned["loss after"]
    x, y_true = inputs["x"], inputs["y_true"]
    share = np.bincount(y_true) / len(y_true)  # of each class: all that a guess knows
    same = np.array_equal(returned["p before"], returned["p after"])
    log_p = {run: np.log(np.maximum(returned[f"p, {run}"], 1e-7)) for run in inputs["seed"]}
    # Rounding may differ from run to run; another order of the images changes much more.
    again, other = (np.mean(np.abs(log_p["first"] - log_p[run])) for run in ("again", "other"))
    return {
        "the given model has changed": not same,
        "its probabilities are finite": np.all(np.isfinite(returned["p after"])),
        "its loss on these images is lower than before": after < before,
        "its loss is lower than that of a guess": after < -np.sum(share * np.log(share)),
        "it has as many parameters as before": (
            returned["parameters after"] == returned["parameters before"]
        ),
        "entries of x that the call changed": np.sum(returned["x after the call"] != x),
        "entries of y_true that it changed": np.sum(returned["y_true after the call"] != y_true),
        "same seed, same training": again < max(1e-4, other / 4),
        "other seed, other training": other > max(1e-4, 4 * again),
        **shown(returned),
    }


def filters(model, when):
    """The first filters of a Keras model, for a picture; none of another value."""
    weights = model.get_weights() if hasattr(model, "get_weights") else ()
    kernels = (array for array in weights if np.ndim(array) == 4)
    return {SHOWN + f"filters {when}": next(kernels, np.zeros((0, 0)))}


def illustrate_training(returned, expected, inputs):
    drawn = shown(returned)  # of several runs, the first
    return never_moved(
        *(next(drawn[name] for name in drawn if when in name) for when in ("before", "after")),
        of_keras=True,
    )


@brick.check(
    "train",
    points=1,
    called="train(keras_cnn(({height}, {width}, 1), {n_classes}), x, y_true, seed=seed), on digits",
    hint="The model that is given learns; a new one would be lost at the end of the function.",
    inputs=cut_digits,
    each="seed",
    clean=losses,
    measure=measure_training,
    illustrate=illustrate_training,
    limit=60.0,
    keras=True,
)
def training_changes_the_model(cnn, x, y_true, n_classes, start, seed):
    cnn.keras_cnn(input_shape=x.shape[1:], n_classes=n_classes)  # nothing waits for Keras before
    import keras

    from grader.networks import keras_model

    keras.utils.set_random_seed(start)  # the same in all runs: only train gets another seed
    model = cnn.keras_cnn(input_shape=x.shape[1:], n_classes=n_classes)
    size = (100, *x.shape[1:])
    before = {
        **keras_model.as_arrays(model, size, "before", training=True),
        **filters(model, "before"),
    }
    keras.utils.set_random_seed(start)
    cnn.train(model, x, y_true, seed=seed)
    return {
        **before,
        **keras_model.as_arrays(model, size, "after", training=True),
        **keras_model.as_arrays(model, size, "trained"),
        **filters(model, "after"),
        "x after the call": x,
        "y_true after the call": y_true,
    }


def images_and_kernel(rng):
    """Images that a kernel tells apart clearly."""
    height, width = (int(size) for size in rng.permutation(np.arange(4, 9))[:2])
    n_classes = int(rng.integers(3, 9))
    kernel = rng.normal(size=(height * width, n_classes))
    kernel -= kernel.mean(axis=0)  # so that no class wins by its mean alone
    images = rng.uniform(size=(200, height, width, 1))
    scores = np.sort(images.reshape(200, -1) @ kernel, axis=1)
    return {
        "height": height,
        "width": width,
        "x": images[scores[:, -1] - scores[:, -2] > 0.01][:40],
        "kernel": kernel,
    }


@brick.check(
    "predict",
    points=1,
    called="predict(model, x), a model for images of {height} x {width} with its weights set",
    hint="The model gives probabilities. One integer for each image is wanted.",
    inputs=images_and_kernel,
    needs=("convolution_and_pooling",),
    limit=60.0,
    keras=True,
)
def predict_of_a_keras_model(cnn, x, kernel):
    import keras

    n_classes = kernel.shape[1]
    layers = [keras.layers.Flatten(), keras.layers.Dense(n_classes, activation="softmax")]
    model = keras.Sequential([keras.Input(x.shape[1:]), *layers])
    model.set_weights([kernel, np.zeros(n_classes)])
    return {"labels": np.array(cnn.predict(model, x)), "x after the call": x}


def many_digits(rng):
    drawn = mnist.draw(rng, n_train=10_000, n_test=10_000, classes=any_order(rng))
    return {**drawn, "seed": int(rng.integers(10_001))}


def labels_of_the_model(returned, inputs):
    """The labels of the trained model itself; one that predict gives otherwise is no label (-1)."""
    from grader.networks import keras_model

    x, predicted = inputs["x_test"][..., np.newaxis] / 255, returned["labels"]
    network = keras_model.rebuilt(returned, (100, 28, 28, 1))
    if network.n_parameters > 100_000:
        found = f"{network.n_parameters:,} parameters"
        raise Unfit("the trained model", found, "at most 100,000 parameters")
    if not (network.convolves and network.pools):
        raise Unfit("the trained model", "one without them", "convolution and pooling in it")
    labels = network(x).argmax(axis=-1)
    if predicted.shape != labels.shape or predicted.dtype.kind not in "iu":
        return {"labels": predicted, **network.note, **shown(returned)}
    judged = np.where(predicted == labels, labels, -1)
    return {"labels": judged, **network.note, **shown(returned)}


@brick.check(
    "MNIST",
    points=2,
    called="keras_cnn(), train on 10,000 digits, classes in any order, predict 10,000 others",
    hint="More epochs, other steps, another design? Hold back some training digits to compare.",
    inputs=many_digits,
    labels="y_test",
    images="x_test",
    own_design=True,
    clean=labels_of_the_model,
    illustrate=illustrate_training,
    needs=("parameters_are_few", "training_changes_the_model", "predict_of_a_keras_model"),
    limit=240.0,
    keras=True,
)
def ten_digits_in_keras(cnn, x_train, y_train, x_test, seed):
    import keras

    from grader.networks import keras_model

    keras.utils.set_random_seed(seed)
    model = cnn.keras_cnn()
    before = filters(model, "before")
    keras.utils.set_random_seed(seed)
    cnn.train(model, x_train[..., np.newaxis] / 255, y_train, seed=seed)
    labels = cnn.predict(model, x_test[..., np.newaxis] / 255)
    after = filters(model, "after")
    return {"labels": labels, **keras_model.as_arrays(model, (100, 28, 28, 1)), **before, **after}


# Hints, one at a time: `bricks hint CNN`. Read them there, after a try of your own.

brick.hints(
    "CNN",
    look="How many numbers are left after the pooling: the dense layer has that many inputs.",
    example="28 x 28, a window of 3: 26 x 26; a pool of 2: 13 x 13; 8 filters: 1352 numbers.",
    formula="((h - 2) / 2 rounded down) * ((w - 2) / 2 rounded down) * 8.",
)
brick.hints(
    "CNN.forward",
    look="The order of the five things, and the order in which the map is flattened.",
    example="(2, 28, 28, 1) to (2, 26, 26, 8), (2, 13, 13, 8), (2, 1352) and (2, 10).",
    formula="Convolution, ReLU, pooling, one row a sample, dense, softmax.",
)
brick.hints(
    "CNN.backward",
    look="The same five things in reverse: which shape does each hand on?",
    example="What the dense layer hands back, (2, 1352), becomes (2, 13, 13, 8) again.",
    formula="(p - y) / n, dense back, the map's shape again, pooling back, ReLU back, convolution "
    "back.",
)
brick.hints(
    "CNN.train_step",
    look="Which layers have parameters, and whether each takes its step.",
    example="Four arrays move: two kernels and two biases.",
    formula="Forward, loss, backward, and then a step of both layers.",
)
brick.hints(
    "CNN.fit",
    look="What happens anew in each epoch, and whether labels and images go the same way.",
    example="Five images in batches of two: three steps, on 2, 2 and 1 images.",
    formula="An epoch's number is the sum of its batches' losses over the number of batches.",
)
brick.hints(
    "CNN.predict",
    look="The axis along which you look for the largest, and the type.",
    example="Probabilities 0.1 0.2 0.7 give class 2.",
    formula="For each row, the place of its largest entry.",
)
brick.hints(
    "keras_cnn",
    look="`model.summary()`: the shape after each layer, and the number of parameters.",
    example="A dense layer of 64 units behind 1352 numbers has 86,592 parameters: nearly all.",
    formula="Convolution and pooling, flattened, dense with softmax; compiled for whole-number "
    "labels.",
)
brick.hints(
    "train",
    look="What Keras prints while it fits: does the loss fall in every epoch?",
    example="With 10,000 digits, batches of 32 make 313 steps an epoch.",
    formula="Epochs and batch size are your choice, within the time limit.",
)
brick.hints(
    "predict",
    look="The shape of what the model answers, and the type of what you return.",
    example="(5, 10) probabilities become 5 whole numbers.",
    formula="For each row, the place of its largest entry.",
)
brick.hints(
    "MNIST",
    look="The history: does it fall? Then more epochs, or smaller steps towards the end.",
    example="Guessing among ten costs 2.3026; a single layer ends near 0.3.",
    formula="The share that is right is the number of equal pairs (label, prediction) over n.",
)
brick.able = {
    "CNN.forward": "all your bricks stand one on the other.",
    "CNN.backward": "one error moves every weight in them.",
    "MNIST": "your convolutional network reads digits that it has never seen.",
    "train": "you can build and train the same network with Keras.",
}

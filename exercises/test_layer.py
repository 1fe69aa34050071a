"""Self-checks of layer.py: each function is a probe, as test_neuron.py explains."""

import warnings

import numpy as np

from grader import ASIDE, SLOPE, Brick, Tolerance, global_state, mnist, slopes, where_possible

brick = Brick("layer", order=2, title="Single-layer perceptron")


@brick.check(
    "one_hot",
    points=1,
    called="one_hot(labels, n_classes)",
    hint="One row a label, as long as there are classes, with a single 1.0 in it: where?",
    inputs=lambda rng: {"labels": rng.integers(0, 4, size=6), "n_classes": 5},
)
def one_hot_rows(layer, labels, n_classes):
    return {"one_hot": layer.one_hot(labels, n_classes), "labels after the call": labels}


@brick.check(
    "softmax",
    points=1,
    called="softmax(z)",
    hint="Each row is one sample's distribution: what must its entries add up to?",
    inputs=lambda rng: {"z": rng.normal(scale=2.0, size=(3, 4))},
)
def softmax_rows(layer, z):
    return {"softmax(z)": layer.softmax(z), "z after the call": z}


@brick.check(
    "softmax",
    points=1,
    called="softmax(z), rows far from zero and far from each other",
    hint="Softmax does not change when a row is shifted. Which shift keeps exp in range?",
    inputs=lambda rng: {
        "z": np.array([[1e4, 9999.0, 0.0], [-1e4, -9999.0, -1e4], [0.5, 0.0, -0.5]])
    },
    needs=("softmax_rows",),
    tolerance=Tolerance(
        1e-3, 1e-5
    ),  # at 1e4 float32 has steps of 1e-3, a hundredth of them is lost
)
def softmax_far_from_zero(layer, z):
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        p = layer.softmax(z)
    return {"softmax(z)": p, "number of warnings": len(heard)}


@brick.check(
    "categorical_cross_entropy",
    points=1,
    called="categorical_cross_entropy(y_true, y_pred)",
    hint="Only the probability of the right class counts; the loss is a mean over samples.",
    inputs=lambda rng: {
        "y_true": np.eye(3)[[0, 2, 1, 2]],
        "y_pred": rng.dirichlet(np.full(3, 3.0), size=4),
    },
)
def loss_values(layer, y_true, y_pred):
    return {"loss": layer.categorical_cross_entropy(y_true, y_pred)}


@brick.check(
    "categorical_cross_entropy",
    points=1,
    called="categorical_cross_entropy(y_true, y_pred)",
    hint="What is log(0)? Keep predictions between 1e-7 and 1 - 1e-7 before you take logarithms.",
    inputs=lambda rng: {
        "y_true": np.eye(3)[[0, 1, 2]],
        "y_pred": np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.25, 0.25, 0.5]]),
    },
    needs=("loss_values",),
    tolerance=Tolerance(relative=0.012, absolute=0.0),  # in float32, 1 - 1e-7 is another number
)
def loss_of_certain_predictions(layer, y_true, y_pred):
    given = y_pred.copy()
    loss = layer.categorical_cross_entropy(y_true, y_pred)
    return {"loss": loss, "entries of y_pred that the call changed": np.sum(y_pred != given)}


def measure_start(returned, inputs):
    kernel, limit = returned["kernel"], np.sqrt(6 / (300 + 200))
    return {
        "shape of kernel": np.shape(kernel),
        "bias": returned["bias"],
        "largest entry is just under sqrt(6 / (n_inputs + units))": (
            0.99 * limit < np.max(np.abs(kernel)) <= limit * 1.000001
        ),
        "entries are uniform": abs(np.std(kernel) / limit * np.sqrt(3) - 1) < 0.02,
        "same seed, same kernel": np.array_equal(kernel, returned["kernel again"]),
        "other seed, other kernel": not np.array_equal(kernel, returned["kernel of other seed"]),
        "np.random's global state is left alone": np.array_equal(
            returned["global state"], returned["global state after"]
        ),
    }


@brick.check(
    "Dense",
    points=1,
    called="Dense(n_inputs=300, units=200, seed=seed)",
    hint="Glorot uniform: both ends of the layer decide the largest weight.",
    inputs=lambda rng: {"seed": int(rng.integers(10_000))},
    measure=measure_start,
)
def start(layer, seed):
    before = global_state()
    first = layer.Dense(n_inputs=300, units=200, seed=seed)
    after = global_state()
    return {
        "kernel": first.kernel,
        "bias": first.bias,
        "kernel again": layer.Dense(300, 200, seed=seed).kernel,
        "kernel of other seed": layer.Dense(300, 200, seed=seed + 1).kernel,
        "global state": before,
        "global state after": after,
    }


def arrays(rng):
    return {
        "x": rng.normal(size=(4, 5)),
        "kernel": rng.normal(size=(5, 3)),
        "bias": rng.normal(size=3),
        "d_out": rng.normal(size=(4, 3)),
        "y_true": np.array([2, 0, 1, 1]),
    }


def dense_with(layer, kernel, bias=0.0):
    dense = layer.Dense(*kernel.shape)
    dense.kernel, dense.bias = kernel.copy(), np.zeros(kernel.shape[1]) + bias
    return dense


@brick.check(
    "Dense.forward",
    points=1,
    called="dense.forward(x), with bias zero, and with a bias",
    hint="Every unit takes a weighted sum of all inputs, and has a bias that all samples share.",
    inputs=arrays,
)
def forward_values(layer, x, kernel, bias):
    return {
        "out, bias zero": dense_with(layer, kernel).forward(x),
        "out, with a bias": dense_with(layer, kernel, bias).forward(x),
        "x after the call": x,
    }


@brick.check(
    "Dense.backward",
    points=1,
    called="d_x = dense.backward(d_out), after dense.forward(x)",
    hint="How does the loss change with each input? Every unit sends its share back.",
    inputs=arrays,
)
def gradient_of_x(layer, x, kernel, d_out):
    dense = dense_with(layer, kernel)
    dense.forward(x)
    d_x = np.array(dense.backward(d_out))
    dense.forward(x[:1])
    return {"d_x": d_x, "d_x of a batch of 1": dense.backward(d_out[:1])}


@brick.check(
    "Dense.backward",
    points=1,
    called="dense.forward(x) and dense.backward(d_out), both twice",
    hint="A sum over samples, without a 1/n: that comes from the loss. Computed afresh each time.",
    inputs=arrays,
)
def gradient_of_kernel(layer, x, kernel, d_out):
    dense = dense_with(layer, kernel)
    for _ in range(2):
        dense.forward(x)
        dense.backward(d_out)
    after = {"d_out after the call": d_out, "kernel after the call": np.array(dense.kernel)}
    d_kernel = np.array(dense.d_kernel)
    dense.forward(x[:1])
    dense.backward(d_out[:1])
    return {"d_kernel": d_kernel, "d_kernel of a batch of 1": dense.d_kernel, **after}


@brick.check(
    "Dense.backward",
    points=1,
    called="dense.forward(x) and dense.backward(d_out), both twice",
    hint="A unit's bias reaches every sample of the batch: what adds up?",
    inputs=arrays,
)
def gradient_of_bias(layer, x, kernel, d_out):
    dense = dense_with(layer, kernel)
    for _ in range(2):
        dense.forward(x)
        dense.backward(d_out)
    d_bias = np.array(dense.d_bias)
    dense.forward(x[:1])
    dense.backward(d_out[:1])
    return {"d_bias": d_bias, "d_bias of a batch of 1": dense.d_bias}


@brick.check(
    "Dense.step",
    points=1,
    called="dense.step(learning_rate=0.1), after forward(x) and backward(d_out)",
    hint="Downhill is against the gradient, for the kernel and for the bias.",
    inputs=arrays,
    needs=("gradient_of_kernel", "gradient_of_bias"),
)
def one_step(layer, x, kernel, bias, d_out):
    dense = dense_with(layer, kernel, bias)
    dense.forward(x)
    dense.backward(d_out)
    dense.step(learning_rate=0.1)
    return {"kernel": dense.kernel, "bias": dense.bias}


def perceptron_with(layer, kernel, bias=0.0):
    perceptron = layer.SingleLayerPerceptron(*kernel.shape)
    perceptron.dense.kernel = kernel.copy()
    perceptron.dense.bias = np.zeros(kernel.shape[1]) + bias
    return perceptron


def measure_seeds(returned, inputs):
    kernel = returned["kernel"]
    return {
        "shape of dense.kernel": np.shape(kernel),
        "its weights do not all start at 0": np.any(kernel != 0),
        "same seed, same kernel": np.array_equal(kernel, returned["kernel again"]),
        "other seed, other kernel": not np.array_equal(kernel, returned["kernel of other seed"]),
        "np.random's global state is left alone": np.array_equal(
            returned["global state"], returned["global state after"]
        ),
    }


@brick.check(
    "SingleLayerPerceptron",
    points=1,
    called="SingleLayerPerceptron(n_inputs=5, n_classes=3, seed=seed).dense",
    hint="Who draws the weights of this model, and how does the seed get there?",
    inputs=lambda rng: {"seed": int(rng.integers(10_000))},
    measure=measure_seeds,
)
def model_start(layer, seed):
    def kernel(given):
        return layer.SingleLayerPerceptron(n_inputs=5, n_classes=3, seed=given).dense.kernel

    before = global_state()
    return {
        "kernel": kernel(seed),
        "kernel again": kernel(seed),
        "kernel of other seed": kernel(seed + 1),
        "global state": before,
        "global state after": global_state(),
    }


@brick.check(
    "SingleLayerPerceptron.forward",
    points=1,
    called="perceptron.forward(x), with the kernel of perceptron.dense set, bias zero",
    hint="The layer's sums, then softmax: one distribution over the classes for each sample.",
    inputs=arrays,
    needs=("softmax_rows",),
)
def probabilities(layer, x, kernel):
    perceptron = perceptron_with(layer, kernel)
    p = np.array(perceptron.forward(x))
    return {"p": p, "x after the call": np.array(x), **where_possible(scores_of, perceptron, x)}


def scores_of(perceptron, x):
    return {ASIDE + "dense.forward(x)": perceptron.dense.forward(x)}


@brick.check(
    "SingleLayerPerceptron.backward",
    points=1,
    called="perceptron.backward(y_true), after perceptron.forward(x), bias zero",
    hint="The loss is a mean over n samples: where does that 1/n enter? And nothing moves yet.",
    inputs=arrays,
    needs=("probabilities", "gradient_of_kernel", "gradient_of_bias"),
)
def gradients_of_the_loss(layer, x, kernel, y_true):
    perceptron = perceptron_with(layer, kernel)
    perceptron.forward(x)
    perceptron.backward(y_true)
    return {
        "dense.d_kernel": np.array(perceptron.dense.d_kernel),
        "dense.d_bias": np.array(perceptron.dense.d_bias),
        "dense.kernel after the call": np.array(perceptron.dense.kernel),
        "y_true after the call": np.array(y_true),
        **where_possible(slopes_of, layer, x, kernel, y_true),
    }


def slopes_of(layer, x, kernel, y_true):
    """The gradients of your own loss, found by trying."""

    def loss(kernel, bias):
        p = perceptron_with(layer, kernel, bias).forward(x)
        return layer.categorical_cross_entropy(np.eye(3)[y_true], p)

    return {
        SLOPE + "dense.d_kernel": slopes(lambda moved: loss(moved, 0.0), kernel),
        SLOPE + "dense.d_bias": slopes(lambda moved: loss(kernel, moved), np.zeros(3)),
    }


@brick.check(
    "SingleLayerPerceptron.train_step",
    points=1,
    called="perceptron.train_step(x, y_true, learning_rate=0.5), twice",
    hint="Forward, loss, backward, step; the loss that is returned was there before the step.",
    inputs=arrays,
    needs=("gradients_of_the_loss", "one_step", "loss_values"),
)
def two_steps(layer, x, y_true, kernel, bias):
    perceptron = perceptron_with(layer, kernel, bias)
    first = perceptron.train_step(x, y_true, learning_rate=0.5)
    kernel_after = np.array(perceptron.dense.kernel)
    bias_after = np.array(perceptron.dense.bias)
    return {
        "loss before the first step": first,
        "kernel after it": kernel_after,
        "bias after it": bias_after,
        "loss before the second step": perceptron.train_step(x, y_true, learning_rate=0.5),
    }


@brick.check(
    "SingleLayerPerceptron.fit",
    points=1,
    called="perceptron.fit(...) on whole batches, once more, then with 3 batches an epoch",
    hint="One number an epoch: the mean of the losses that its batches had before their updates.",
    inputs=arrays,
    needs=("two_steps", "forward_values"),
)
def fit_history(layer, x, y_true, kernel, bias):
    perceptron = perceptron_with(layer, kernel, bias)
    history = perceptron.fit(x, y_true, epochs=3, batch_size=4, learning_rate=0.5)
    more = perceptron.fit(x, y_true, epochs=2, batch_size=4, learning_rate=0.5)
    dense = perceptron.dense
    trained = {"kernel": np.array(dense.kernel), "bias": np.array(dense.bias)}
    same = np.repeat(x[:1], 6, axis=0)  # one sample six times: all batches are equal
    batches = perceptron.fit(same, np.ones(6, int), epochs=2, batch_size=2, learning_rate=0.5)
    return {
        "history": history,
        "history of a second call": more,
        "history, 3 batches an epoch": batches,
        **trained,
        "x after the call": x,
        "y_true after the call": y_true,
    }


def measure_epochs(returned, inputs):
    # Sample i alone moves row i of the kernel; in the short batch of one it moves it twice as far.
    one, many = returned["kernel after 1 epoch"], returned["kernel after 12 epochs"]
    moved = np.max(np.abs(many), axis=1)
    return {
        "samples used in an epoch": np.sum(np.any(one != 0.0, axis=1)),
        "kernel after 1 epoch, sorted by size": np.sort(np.max(np.abs(one), axis=1)),
        "each sample learned from its own label": np.array_equal(
            np.argmax(one, axis=1), inputs["labels"]
        ),
        "another order in every epoch": np.max(moved) < 1.9 * np.min(moved),
        "same seed, same kernel": np.array_equal(many, returned["the same again"]),
        "other seed, other kernel": not np.array_equal(many, returned["with another seed"]),
        "np.random's global state is left alone": np.array_equal(
            returned["global state"], returned["global state after"]
        ),
    }


@brick.check(
    "SingleLayerPerceptron.fit",
    points=1,
    called="perceptron.fit(x, y_true, epochs, batch_size=2, learning_rate=0.001)",
    hint="Shuffle the indices anew in each epoch, and cut them into batches. 5 = 2 + 2 + 1.",
    inputs=lambda rng: {
        "x": np.eye(5),
        "labels": np.array([0, 2, 1, 1, 0]),
        "seed": int(rng.integers(10_000)),
    },
    measure=measure_epochs,
    needs=("two_steps",),
    tolerance=Tolerance(relative=0.01, absolute=0.0),  # the bias moves a little on the way
)
def fit_takes_every_sample(layer, x, labels, seed):
    runs = {
        "kernel after 1 epoch": (1, seed),
        "kernel after 12 epochs": (12, seed),
        "the same again": (12, seed),
        "with another seed": (12, seed + 1),
    }
    models = {name: perceptron_with(layer, np.zeros((5, 3))) for name in runs}
    before = global_state()
    for name, (epochs, given) in runs.items():
        own = x.copy(), labels.copy()
        models[name].fit(*own, epochs=epochs, batch_size=2, learning_rate=0.001, seed=given)
    after = {"global state": before, "global state after": global_state()}
    return {**{name: model.dense.kernel for name, model in models.items()}, **after}


@brick.check(
    "SingleLayerPerceptron.predict",
    points=1,
    called="perceptron.predict(x), with the kernel of perceptron.dense set, bias zero",
    hint="The class with the largest probability, as an integer, one for each sample.",
    inputs=arrays,
    needs=("probabilities",),
)
def predict_labels(layer, x, kernel):
    return {"labels": perceptron_with(layer, kernel).predict(x)}


@brick.check(
    "keras_layer",
    points=1,
    called="keras_layer(n_inputs=5, n_classes=3), given kernel and bias, called on x",
    hint="One Keras layer with its activation inside.",
    inputs=arrays,
    limit=60.0,
    keras=True,
)
def keras_twin(layer, x, kernel, bias):
    model = layer.keras_layer(5, 3)
    model.set_weights([kernel, bias])
    return {"p": model(x)}


def ten_digits(rng):
    drawn = mnist.draw(rng, n_train=10_000, n_test=10_000)
    vectors = {name: drawn[name].reshape(-1, 784) / 255 for name in ("x_train", "x_test")}
    return {**drawn, **vectors, "seed": int(rng.integers(10_001))}


@brick.check(
    "MNIST",
    points=1,
    called="fit on 10,000 digits, then predict on 10,000 that it never saw",
    hint="All parts are right, but do they learn together? Look at the history that fit returns.",
    inputs=ten_digits,
    labels="y_test",
    images="x_test",
    needs=("two_steps", "predict_labels"),
    limit=60.0,
)
def all_ten_digits(layer, x_train, y_train, x_test, seed):
    """Three epochs, each with a smaller step than the last: the end does not depend on luck."""
    perceptron = layer.SingleLayerPerceptron(784, 10, seed=seed)
    for epoch, learning_rate in enumerate((0.5, 0.2, 0.05)):
        perceptron.fit(
            x_train, y_train, epochs=1, batch_size=32, learning_rate=learning_rate, seed=epoch
        )
    return {"labels": perceptron.predict(x_test)}

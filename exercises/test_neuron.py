"""Self-checks of neuron.py.

Each function below is a probe. It calls your code on the inputs that are drawn for it and returns
what came back, by name; the same probe runs on a correct solution, and the two are compared. So
reading a probe tells you exactly what was called. Graded checks are these, with other inputs.
"""

import numpy as np

from grader import (
    GLOBAL_STATE,
    SLOPE,
    Brick,
    Tolerance,
    count_warnings,
    draw_seeds,
    follows_seed,
    global_state,
    mnist,
    seed_global_state,
    slopes,
    unpack,
    where_possible,
)

brick = Brick("neuron", order=1, title="Neuron")


def samples(rng):
    return {
        "x": rng.normal(size=(6, 5)),
        "y_true": np.array([0, 1, 1, 0, 1, 0]),
        "kernel": rng.normal(size=5),
        "bias": float(rng.normal(loc=1.0, scale=0.1)),
        "seed": int(rng.integers(10_000)),
    }


@brick.check(
    "images_to_vectors",
    points=1,
    called="images_to_vectors(images)",
    hint="Each image becomes one row: which of its axes stay, and what is the largest pixel value?",
    inputs=lambda rng: {"images": rng.integers(0, 256, size=(3, 4, 5), dtype=np.uint8)},
)
def images_become_rows(neuron, images):
    return {"vectors": neuron.images_to_vectors(images)}


@brick.check(
    "sigmoid",
    points=1,
    called="sigmoid(z)",
    hint="At z = 0 the sigmoid is 0.5; what does your formula give there?",
    inputs=lambda rng: {"z": rng.normal(scale=3.0, size=(2, 4))},
)
def sigmoid_values(neuron, z):
    return {"sigmoid(z)": neuron.sigmoid(z)}


@brick.check(
    "sigmoid",
    points=1,
    called="sigmoid(z)",
    hint="exp of a large number is infinite. Which form of the formula never needs one?",
    inputs=lambda rng: {"z": np.array([-1e4, -710.0, -90.0, 0.0, 90.0, 710.0, 1e4])},
    needs=("sigmoid_values",),
)
def sigmoid_far_from_zero(neuron, z):
    p, n_warnings = count_warnings(neuron.sigmoid, z)
    return {"sigmoid(z)": p, "number of warnings": n_warnings}


@brick.check(
    "binary_cross_entropy",
    points=1,
    called="binary_cross_entropy(y_true, y_pred)",
    hint="A sample of class 1 costs -log(p), one of class 0 costs -log(1 - p). And then the mean.",
    inputs=lambda rng: {
        "y_true": np.array([0, 1, 1, 0, 1]),
        "y_pred": rng.uniform(0.05, 0.95, size=5),
    },
)
def loss_values(neuron, y_true, y_pred):
    return {"loss": neuron.binary_cross_entropy(y_true, y_pred)}


@brick.check(
    "binary_cross_entropy",
    points=1,
    called="binary_cross_entropy(y_true, y_pred)",
    hint="What is log(0)? Keep predictions between 1e-7 and 1 - 1e-7 before you take logarithms.",
    inputs=lambda rng: {
        "y_true": np.array([1, 0, 1, 0]),
        "y_pred": np.array([0.0, 1.0, 1.0, 0.25]),
    },
    needs=("loss_values",),
    tolerance=Tolerance(relative=0.012, absolute=0.0),  # in float32, 1 - 1e-7 is another number
)
def loss_of_certain_predictions(neuron, y_true, y_pred):
    given = y_pred.copy()
    loss = neuron.binary_cross_entropy(y_true, y_pred)
    return {"loss": loss, "entries of y_pred that the call changed": np.sum(y_pred != given)}


def measure_start(returned, inputs):
    kernel, n_inputs = returned["kernel, first"], inputs["n_inputs"]
    return {
        "shape of kernel": np.shape(kernel),
        "bias": returned["bias, first"],
        "spread of the kernel is 1 / sqrt(n_inputs)": (
            abs(np.std(kernel) * np.sqrt(n_inputs) - 1) < 0.05
        ),
        **follows_seed(returned, inputs["seed"], "kernel"),
    }


@brick.check(
    "Neuron",
    points=1,
    called="Neuron(n_inputs={n_inputs}, seed=seed)",
    hint="Draw from a generator made from the seed: np.random.default_rng(seed).",
    inputs=lambda rng: {"n_inputs": int(rng.integers(9_000, 11_000)), "seed": draw_seeds(rng)},
    each="seed",
    measure=measure_start,
    needs=("forward_values",),
)
def start(neuron, n_inputs, seed):
    seed_global_state(seed)
    one = neuron.Neuron(n_inputs=n_inputs, seed=seed)
    return {"kernel": one.kernel, "bias": one.bias, GLOBAL_STATE: global_state()}


def neuron_with(neuron, kernel, bias):
    one = neuron.Neuron(len(kernel))
    one.kernel, one.bias = kernel.copy(), bias
    return one


@brick.check(
    "Neuron.forward",
    points=1,
    called="forward(x), with kernel set and bias = 0.0",
    hint="One weighted sum a sample, then the sigmoid: n samples in, n probabilities out.",
    inputs=samples,
    needs=("sigmoid_values",),
)
def forward_values(neuron, x, kernel):
    p = neuron_with(neuron, kernel, 0.0).forward(x)
    return {"p": p, "x after the call": x}


@brick.check(
    "Neuron.forward",
    points=1,
    called="forward(x), with kernel and bias set",
    hint="Where does the bias enter: before or after the sigmoid?",
    inputs=samples,
    needs=("forward_values",),
)
def bias_counts(neuron, x, kernel, bias):
    return {"p": neuron_with(neuron, kernel, bias).forward(x)}


@brick.check(
    "Neuron.gradients",
    points=2,
    called="gradients(x, y_true), with kernel set and bias = 0.0",
    hint="Behind a sigmoid the loss has a simple gradient in z. Follow it back to kernel and bias.",
    inputs=samples,
    needs=("forward_values",),
)
def gradient_values(neuron, x, y_true, kernel):
    one = neuron_with(neuron, kernel, 0.0)
    gradients = unpack(one.gradients(x, y_true), "d_kernel", "d_bias")
    after = {"kernel after the call": np.array(one.kernel), "x after the call": np.array(x)}
    return {**gradients, **after, **where_possible(slopes_of, neuron, x, y_true, kernel)}


def slopes_of(neuron, x, y_true, kernel):
    """The gradients of your own loss, found by trying."""

    def loss(kernel, bias):
        return neuron.binary_cross_entropy(y_true, neuron_with(neuron, kernel, bias).forward(x))

    return {
        SLOPE + "d_kernel": slopes(lambda moved: loss(moved, 0.0), kernel),
        SLOPE + "d_bias": slopes(lambda moved: loss(kernel, float(moved)), 0.0),
    }


@brick.check(
    "Neuron.train_step",
    points=2,
    called="train_step(x, y_true, learning_rate=0.5), twice",
    hint="Compute the loss first, then move kernel and bias against their gradients.",
    inputs=samples,
    needs=("gradient_values", "loss_values"),
)
def two_steps(neuron, x, y_true, kernel):
    one = neuron_with(neuron, kernel, 0.0)
    first = one.train_step(x, y_true, learning_rate=0.5)
    kernel_after, bias_after = np.array(one.kernel), np.array(one.bias)
    second = one.train_step(x, y_true, learning_rate=0.5)
    return {
        "loss before the first step": first,
        "kernel after it": kernel_after,
        "bias after it": bias_after,
        "loss before the second step": second,
    }


@brick.check(
    "Neuron.fit",
    points=1,
    called="fit(...) on whole batches, once more, then with 3 batches an epoch",
    hint="One number an epoch: the mean of the losses that its batches had before their updates.",
    inputs=samples,
    needs=("two_steps", "bias_counts"),
)
def fit_history(neuron, x, y_true, kernel):
    one = neuron_with(neuron, kernel, 0.0)
    history = one.fit(x, y_true, epochs=3, batch_size=6, learning_rate=0.5)
    more = one.fit(x, y_true, epochs=2, batch_size=6, learning_rate=0.5)
    trained = {"kernel": np.array(one.kernel), "bias": np.array(one.bias)}
    same = np.repeat(x[:1], 6, axis=0)  # one sample six times: all batches are equal
    batches = one.fit(same, np.ones(6, int), epochs=2, batch_size=2, learning_rate=0.5)
    return {
        "history": history,
        "history of a second call": more,
        "history, 3 batches an epoch": batches,
        **trained,
        "x after the call": x,
        "y_true after the call": y_true,
    }


def measure_epochs(returned, inputs):
    # Sample i alone moves kernel[i]; in the short batch of one it moves it twice as far.
    one, many = returned["kernel after 1 epoch"], returned["kernel after 12 epochs"]
    y_true = inputs["labels"]
    return {
        "samples used in an epoch": np.sum(one != 0.0),
        "kernel after 1 epoch, sorted by size": np.sort(np.abs(one)),
        "each sample learned from its own label": np.array_equal(one > 0, y_true == 1),
        "another order in every epoch": np.max(np.abs(many)) < 1.9 * np.min(np.abs(many)),
    }


@brick.check(
    "Neuron.fit",
    points=1,
    called="fit(x, y_true, epochs, batch_size=2, learning_rate=0.001), 5 samples",
    hint="Shuffle the indices anew in each epoch, and cut them into batches. 5 = 2 + 2 + 1.",
    inputs=lambda rng: {
        "x": np.eye(5),
        "labels": np.array([0, 1, 1, 0, 1]),
        "seed": int(rng.integers(10_001)),
    },
    measure=measure_epochs,
    needs=("two_steps",),
    tolerance=Tolerance(relative=0.01, absolute=0.0),  # the bias moves a little on the way
)
def fit_takes_every_sample(neuron, x, labels, seed):
    after = {}
    for epochs in (1, 12):
        one = neuron_with(neuron, np.zeros(5), 0.0)
        one.fit(x, labels, epochs=epochs, batch_size=2, learning_rate=0.001, seed=seed)
        after[f"kernel after {epochs} epoch{'s' * (epochs > 1)}"] = one.kernel
    return after


@brick.check(
    "Neuron.fit",
    points=1,
    called="fit(x, y_true, epochs=3, batch_size=2, learning_rate=0.5, seed=seed)",
    hint="The seed decides the order of the samples: with a generator of your own, for each call.",
    inputs=lambda rng: {**samples(rng), "seed": draw_seeds(rng)},
    each="seed",
    measure=lambda returned, inputs: follows_seed(returned, inputs["seed"], "kernel"),
    needs=("two_steps",),
)
def fit_follows_its_seed(neuron, x, y_true, kernel, seed):
    one = neuron_with(neuron, kernel, 0.0)
    seed_global_state(seed)
    one.fit(x, y_true, epochs=3, batch_size=2, learning_rate=0.5, seed=seed)
    return {"kernel": one.kernel, GLOBAL_STATE: global_state()}


@brick.check(
    "Neuron.predict",
    points=1,
    called="predict(x), where the probabilities are clearly under, exactly at, and over 0.5",
    hint="Class 1 where the probability is over 0.5, as integers: what happens at exactly 0.5?",
    inputs=lambda rng: {"x": np.array([[-2.0], [0.0], [0.001], [3.0]])},
    needs=("forward_values",),
)
def predict_labels(neuron, x):
    return {"labels": neuron_with(neuron, np.array([1.0]), 0.0).predict(x)}


def measure_logic(returned, inputs):
    return {
        "AND is learned": np.array_equal(returned["AND"], inputs["conjunction"]),
        "XOR is learned": np.array_equal(returned["XOR"], inputs["exclusive"]),
    }


@brick.check(
    "Neuron.predict",
    points=1,
    called="fit(x, y_true, epochs=2000, batch_size=4, learning_rate=1.0), then predict(x)",
    hint="One neuron draws one straight line: AND can be cut off with it, XOR cannot.",
    inputs=lambda rng: {
        "x": np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
        "conjunction": np.array([0, 0, 0, 1]),
        "exclusive": np.array([0, 1, 1, 0]),
    },
    measure=measure_logic,
    needs=("two_steps", "predict_labels"),
    looked_up=False,
    reason="What the parts are for: one straight line, so AND is learned and XOR is not.",
)
def logic(neuron, x, conjunction, exclusive):
    labels = {}
    for name, y_true in (("AND", conjunction), ("XOR", exclusive)):
        one = neuron.Neuron(2)
        one.fit(x, y_true, epochs=2000, batch_size=4, learning_rate=1.0)
        labels[name] = one.predict(x)
    return labels


@brick.check(
    "keras_neuron",
    points=1,
    called="keras_neuron(n_inputs=5), given kernel and bias, then called on x",
    hint="The same neuron in Keras: one Dense layer of one unit, its activation inside.",
    inputs=samples,
    limit=60.0,
    keras=True,
)
def keras_twin(neuron, x, kernel, bias):
    model = neuron.keras_neuron(5)
    model.set_weights([kernel.reshape(5, 1), np.array([bias])])
    return {"p": model(x)}


def digits(first, second):
    def inputs(rng):
        drawn = mnist.draw(rng, n_train=4_000, n_test=2_000, classes=(first, second))
        vectors = {name: drawn[name].reshape(-1, 784) / 255 for name in ("x_train", "x_test")}
        return {**drawn, **vectors, "seed": int(rng.integers(10_001))}

    return inputs


def trained_on(neuron, x, y_true, seed):
    """Three epochs, each with a smaller step than the last: the end does not depend on luck."""
    one = neuron.Neuron(784, seed=seed)
    for epoch, learning_rate in enumerate((0.5, 0.2, 0.05)):
        one.fit(x, y_true, epochs=1, batch_size=32, learning_rate=learning_rate, seed=epoch)
    return one


@brick.check(
    "MNIST",
    points=1,
    called="fit on 4,000 zeros and ones, then predict on digits it never saw",
    hint="All parts are right, but do they learn together? Look at the history that fit returns.",
    inputs=digits(0, 1),
    labels="y_test",
    images="x_test",
    needs=("two_steps", "predict_labels"),
    limit=30.0,
)
def zeros_and_ones(neuron, x_train, y_train, x_test, seed):
    return {"labels": trained_on(neuron, x_train, y_train, seed).predict(x_test)}


@brick.check(
    "MNIST",
    points=1,
    called="fit on 4,000 threes and fives, then predict on digits it never saw",
    hint="A harder pair: here an unscaled step or a lost sample shows.",
    inputs=digits(3, 5),
    labels="y_test",
    images="x_test",
    needs=("two_steps", "predict_labels"),
    limit=30.0,
)
def threes_and_fives(neuron, x_train, y_train, x_test, seed):
    return {"labels": trained_on(neuron, x_train, y_train, seed).predict(x_test)}

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
    draw_seeds,
    follows_seed,
    global_state,
    hear_warnings,
    mnist,
    own_labels,
    seed_global_state,
    slopes,
    spread_of,
    unpack,
    where_possible,
)

brick = Brick("neuron", order=1, title="Neuron", worth=20)


def samples(rng):
    """Samples, one of them of the other class: so the bias has a way to go. And a neuron that is
    sure of none: where p is all but 1, float32 has no digit of 1 - p.
    """
    n, n_inputs, rare = int(rng.integers(6, 10)), int(rng.integers(3, 6)), int(rng.integers(2))
    largest = rng.uniform(1.0, 2.0)
    return {
        "n_inputs": n_inputs,
        "x": rng.uniform(-largest, largest, size=(n, n_inputs)),
        "y_true": rng.permutation([rare] + [1 - rare] * (n - 1)),
        "kernel": rng.uniform(-0.9, 0.9, size=n_inputs),
        "bias": float(rng.choice([-1, 1]) * rng.uniform(0.5, 1.5)),
        "learning_rate": round(rng.uniform(0.3, 0.7), 2),
    }


def images(rng):
    n, h, w = rng.permutation([3, 4, 5, 6, 7])[:3]
    return {"images": rng.integers(0, 256, size=(n, h, w), dtype=np.uint8)}


@brick.check(
    "images_to_vectors",
    points=1,
    called="images_to_vectors(images)",
    hint="Each image becomes one row: which of its axes stay, and what is the largest pixel value?",
    inputs=images,
)
def images_become_rows(neuron, images):
    return {"vectors": neuron.images_to_vectors(images), "images after the call": images}


def any_shape(rng):
    shape = rng.integers(2, 6, size=rng.integers(1, 4))
    return {"z": rng.normal(scale=rng.uniform(1.0, 3.0), size=shape)}


@brick.check(
    "sigmoid",
    points=1,
    called="sigmoid(z)",
    hint="At z = 0 the sigmoid is 0.5; what does your formula give there?",
    inputs=any_shape,
)
def sigmoid_values(neuron, z):
    return {"sigmoid(z)": neuron.sigmoid(z), "z after the call": z}


def near_and_far(rng):
    """Among ordinary numbers some from 100 to 10,000 of either sign, in any order, and a zero."""
    far = 10 ** np.array([rng.uniform(3, 4), *rng.uniform(2, 4, size=2)])
    near = rng.normal(scale=2.0, size=rng.integers(5, 9))
    return {"z": rng.permutation([*far, *-rng.permutation(far), *near, 0.0])}


@brick.check(
    "sigmoid",
    points=1,
    called="sigmoid(z)",
    hint="exp of a large number is infinite. Which form of the formula never needs one?",
    inputs=near_and_far,
    needs=("sigmoid_values",),
)
def sigmoid_far_from_zero(neuron, z):
    p, heard = hear_warnings(neuron.sigmoid, z)
    return {"sigmoid(z)": p, **heard}


def predictions(rng):
    n = int(rng.integers(5, 12))
    return {
        "y_true": rng.permutation([0, 1, *rng.integers(2, size=n - 2)]),
        "y_pred": rng.uniform(0.05, 0.95, size=n),
    }


@brick.check(
    "binary_cross_entropy",
    points=1,
    called="binary_cross_entropy(y_true, y_pred)",
    hint="A sample of class 1 costs -log(p), one of class 0 costs -log(1 - p). And then the mean.",
    inputs=predictions,
)
def loss_values(neuron, y_true, y_pred):
    loss = neuron.binary_cross_entropy(y_true, y_pred)
    return {"loss": loss, "y_true after the call": y_true, "y_pred after the call": y_pred}


def certain_predictions(rng):
    """Two batches; in each some predictions are certain and right, others certain and wrong."""
    n = int(rng.integers(8, 15))
    y_true, y_pred = rng.integers(2, size=(2, n)), rng.uniform(0.05, 0.95, size=(2, n))
    for y, p in zip(y_true, y_pred, strict=True):
        right, zero, one, *wrong = rng.permutation(n)[: rng.integers(3, 7)]
        y[zero], y[one] = 0, 1
        p[right] = y[right]
        p[[zero, one, *wrong]] = 1 - y[[zero, one, *wrong]]
    return {"y_true": y_true, "y_pred": y_pred}


def measure_certain(returned, inputs):
    changed = returned["y_pred after the call"] != inputs["y_pred"]
    return {
        "loss of each batch": returned["loss of each batch"],
        "entries of y_pred that the call changed": np.sum(changed),
    }


@brick.check(
    "binary_cross_entropy",
    points=1,
    called="binary_cross_entropy(y_true, y_pred), for two batches",
    hint="What is log(0)? Keep predictions between 1e-7 and 1 - 1e-7 before you take logarithms.",
    inputs=certain_predictions,
    measure=measure_certain,
    needs=("loss_values",),
    tolerance=Tolerance(relative=0.012, absolute=0.0),  # in float32, 1 - 1e-7 is another number
)
def loss_of_certain_predictions(neuron, y_true, y_pred):
    given = y_pred.copy()
    losses = [neuron.binary_cross_entropy(*batch) for batch in zip(y_true, given, strict=True)]
    return {"loss of each batch": losses, "y_pred after the call": given}


def about_one(ratio, lowest, highest):
    """1 where the ratio is within these bounds; else the ratio, in two digits unless they are 1."""
    if lowest < ratio <= highest:
        return 1.0
    rounded = float(f"{ratio:.2g}")
    return rounded if rounded != 1.0 else ratio


def measure_start(returned, inputs):
    # With so many numbers chance moves none of these by half a digit.
    kernel, n_inputs = returned["kernel, first"], inputs["n_inputs"]
    mean, spread = np.mean(kernel), np.std(kernel)
    by_mistake = {
        "1 / n_inputs: was a root meant?": 1 / n_inputs,
        "sqrt(2 / n_inputs)": np.sqrt(2 / n_inputs),
        "numbers between -1 / sqrt(n_inputs) and 1 / sqrt(n_inputs), all as likely": (
            1 / np.sqrt(3 * n_inputs)
        ),
        "numbers between 0 and 1 / sqrt(n_inputs): none is negative": 1 / np.sqrt(12 * n_inputs),
    }
    return {
        "shape of kernel": np.shape(kernel),
        "bias": returned["bias, first"],
        (name := "mean of the kernel, times sqrt(n_inputs), rounded"): np.round(
            mean * np.sqrt(n_inputs), 1
        ),
        **spread_of(name, spread, 1 / np.sqrt(n_inputs), by_mistake),
        (name := "its spread, times sqrt(n_inputs), rounded"): np.round(
            spread * np.sqrt(n_inputs), 1
        ),
        **spread_of(name, spread, 1 / np.sqrt(n_inputs), by_mistake),
        "its kurtosis (3 if normal, 2 if uniform), rounded": np.round(
            np.mean(((kernel - mean) / spread) ** 4)
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
    vouched_by=("forward_values", "gradient_values"),
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
    one = neuron_with(neuron, kernel, 0.0)
    p = np.array(one.forward(x))
    return {"p": p, "x after the call": x, "kernel after the call": one.kernel}


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
    after = {
        "kernel after the call": np.array(one.kernel),
        "bias after the call": np.array(one.bias),
        "x after the call": np.array(x),
        "y_true after the call": np.array(y_true),
    }
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
    called="train_step(x, y_true, learning_rate={learning_rate}), twice",
    hint="Compute the loss first, then move kernel and bias against their gradients.",
    inputs=samples,
    needs=("gradient_values", "loss_values"),
)
def two_steps(neuron, x, y_true, kernel, learning_rate):
    one = neuron_with(neuron, kernel, 0.0)
    first = one.train_step(x, y_true, learning_rate)
    kernel_after, bias_after = np.array(one.kernel), np.array(one.bias)
    second = one.train_step(x, y_true, learning_rate)
    return {
        "loss before the first step": first,
        "kernel after it": kernel_after,
        "bias after it": bias_after,
        "loss before the second step": second,
        "x after the calls": x,
        "y_true after the calls": y_true,
    }


def samples_and_epochs(rng):
    """What `samples` draws; and one sample again and again: batches differ in their length alone,
    and the last one has but one sample.
    """
    drawn = samples(rng)
    n_batches, batch_size = int(rng.integers(2, 5)), int(rng.integers(2, 4))
    return {
        **drawn,
        "epochs": int(rng.integers(2, 5)),
        "more_epochs": int(rng.integers(2, 5)),
        "same": np.repeat(
            rng.normal(size=(1, drawn["n_inputs"])), (n_batches - 1) * batch_size + 1, axis=0
        ),
        "n_batches": n_batches,
        "batch_size": batch_size,
    }


@brick.check(
    "Neuron.fit",
    points=1,
    called="fit(...) on whole batches, once more; on {n_batches} batches, the last one short",
    hint="One number an epoch: the mean of the losses that its batches had before their updates.",
    inputs=samples_and_epochs,
    needs=("two_steps", "bias_counts"),
)
def fit_history(neuron, x, y_true, kernel, learning_rate, epochs, more_epochs, same, batch_size):
    one = neuron_with(neuron, kernel, 0.0)
    history = one.fit(x, y_true, epochs, len(x), learning_rate)
    more = one.fit(x, y_true, more_epochs, len(x), learning_rate)
    trained = {"kernel": np.array(one.kernel), "bias": np.array(one.bias)}
    other = neuron_with(neuron, np.zeros(x.shape[1]), 0.0)
    batches = other.fit(same, np.ones(len(same), int), 2, batch_size, learning_rate)
    return {
        "history": history,
        "history of a second call": more,
        "history, several batches an epoch": batches,
        **trained,
        "x after the call": x,
        "y_true after the call": y_true,
    }


def batches_and_one_more(rng):
    """Samples that are linearly independent, and steps so small that the probabilities stay 0.5."""
    batch_size = int(rng.integers(2, 5))
    n_samples = int(rng.integers(2, 4)) * batch_size + 1
    return {
        "n_samples": n_samples,
        "x": rng.normal(size=(n_samples, n_samples + int(rng.integers(3, 7)))),
        "labels": rng.permutation([0, 1, *rng.integers(2, size=n_samples - 2)]),
        "epochs": int(rng.integers(10, 15)),
        "batch_size": batch_size,
        "learning_rate": float(rng.uniform(1e-4, 2e-4)),
        "seed": int(rng.integers(10_001)),
    }


def measure_epochs(returned, inputs):
    # Each step adds to the kernel a share of its samples, 1 / (length of the batch) of each: of
    # one that was alone in the short batch more than of the others.
    labels, batch_size = inputs["labels"], inputs["batch_size"]
    one, many = (
        np.linalg.pinv(inputs["x"].T) @ kernel / (0.5 * inputs["learning_rate"])
        for kernel in (returned["kernel after 1 epoch"], returned["kernel after all epochs"])
    )
    used = np.abs(one) > 0.5 / batch_size * np.max(np.abs(one))  # whatever factor is wrong
    mean = np.abs(many) / inputs["epochs"]
    return {
        "samples used in an epoch": np.sum(used),
        "shares of the samples in the kernel after 1 epoch, sorted": np.sort(np.abs(one)),
        **own_labels(one[used] > 0, labels[used] == 1),
        "another order in every epoch": np.any((mean > 1.03 / batch_size) & (mean < 0.97)),
    }


@brick.check(
    "Neuron.fit",
    points=1,
    called="fit(x, y_true, epochs, batch_size={batch_size}, learning_rate), {n_samples} samples",
    hint="Shuffle the indices anew in each epoch, and cut them into batches. 5 = 2 + 2 + 1.",
    inputs=batches_and_one_more,
    measure=measure_epochs,
    needs=("two_steps",),
    vouched_by=("fit_history",),
    tolerance=Tolerance(relative=0.01, absolute=0.0),  # the probabilities move a little
)
def fit_takes_every_sample(neuron, x, labels, epochs, batch_size, learning_rate, seed):
    after = {}
    for name, n_epochs in (("1 epoch", 1), ("all epochs", epochs)):
        one = neuron_with(neuron, np.zeros(x.shape[1]), 0.0)
        one.fit(x, labels, n_epochs, batch_size, learning_rate, seed=seed)
        after[f"kernel after {name}"] = one.kernel
    return after


def many_pixels(rng):
    n, n_inputs = int(rng.integers(6, 10)), int(rng.integers(10, 400))
    return {
        "x": rng.normal(size=(n, n_inputs)),
        "y_true": rng.permutation([0, 1, *rng.integers(2, size=n - 2)]),
        "learning_rate": round(rng.uniform(0.3, 0.7), 2),
        "seed": draw_seeds(rng),
    }


def measure_fit_by_seed(returned, inputs):
    return {
        "shape of kernel": np.shape(returned["kernel, first"]),
        **follows_seed(returned, inputs["seed"], "kernel"),
    }


@brick.check(
    "Neuron.fit",
    points=1,
    called="fit(x, y_true, epochs=4, batch_size=2, learning_rate={learning_rate}, seed=seed)",
    hint="The seed decides the order of the samples: with a generator of your own, for each call.",
    inputs=many_pixels,
    each="seed",
    measure=measure_fit_by_seed,
    needs=("two_steps",),
    vouched_by=("fit_history",),
)
def fit_follows_its_seed(neuron, x, y_true, learning_rate, seed):
    one = neuron_with(neuron, np.zeros(x.shape[1]), 0.0)
    seed_global_state(seed)
    one.fit(x, y_true, epochs=4, batch_size=2, learning_rate=learning_rate, seed=seed)
    return {"kernel": one.kernel, GLOBAL_STATE: global_state()}


def on_both_sides(rng):
    """Samples on both sides of the border and on it, where the probability is exactly 0.5.

    All are multiples of 1/4, so that no rounding moves one off the border.
    """
    n, n_inputs = int(rng.integers(24, 33)), int(rng.integers(2, 6))
    kernel = rng.choice([-2.0, -1.0, 1.0, 2.0], size=n_inputs)
    x = rng.integers(-8, 9, size=(n, n_inputs)) / 4
    on_it = rng.permutation(n)[: rng.integers(3, 7)]
    x[on_it, 0] -= x[on_it] @ kernel / kernel[0]
    return {"x": x, "kernel": kernel}


@brick.check(
    "Neuron.predict",
    points=1,
    called="predict(x), where the probabilities are clearly under, exactly at, and over 0.5",
    hint="Class 1 where the probability is over 0.5, as integers: what happens at exactly 0.5?",
    inputs=on_both_sides,
    needs=("forward_values",),
)
def predict_labels(neuron, x, kernel):
    one = neuron_with(neuron, kernel, 0.0)
    labels = np.array(one.predict(x))
    return {"labels": labels, "x after the call": x, "kernel after the call": one.kernel}


def truth_tables(rng):
    """The corners of a square, and samples near them. One corner against the three others is AND,
    with some of its inputs or its output negated; two corners that face each other are XOR.
    """
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    conjunction = (np.arange(4) == rng.integers(4)) ^ rng.integers(2)
    exclusive = np.array([0, 1, 1, 0]) ^ rng.integers(2)
    order, near = rng.permutation(4), rng.permutation([0, 1, 2, 3, *rng.integers(4, size=20)])
    return {
        "x": corners[order],
        "conjunction": conjunction[order],
        "exclusive": exclusive[order],
        "x_near": corners[near] + rng.uniform(-0.05, 0.05, size=(24, 2)),
        "conjunction_near": conjunction[near],
        "exclusive_near": exclusive[near],
    }


def measure_logic(returned, inputs):
    return {
        "AND is learned": np.array_equal(returned["AND"], inputs["conjunction_near"]),
        "XOR is learned": np.array_equal(returned["XOR"], inputs["exclusive_near"]),
    }


@brick.check(
    "Neuron.predict",
    points=1,
    called="fit(x, y_true, epochs=2000, batch_size=4, learning_rate=1.0), then predict near x",
    hint="One neuron draws one straight line: AND can be cut off with it, XOR cannot.",
    inputs=truth_tables,
    measure=measure_logic,
    needs=("two_steps", "predict_labels"),
    vouched_by=("predict_labels", "fit_history"),
    looked_up=False,
    reason="What the parts are for: one straight line, so AND is learned and XOR is not.",
)
def logic(neuron, x, conjunction, exclusive, x_near):
    labels = {}
    for name, y_true in (("AND", conjunction), ("XOR", exclusive)):
        one = neuron.Neuron(2)
        one.fit(x, y_true, epochs=2000, batch_size=4, learning_rate=1.0)
        labels[name] = one.predict(x_near)
    return labels


@brick.check(
    "keras_neuron",
    points=1,
    called="keras_neuron(n_inputs={n_inputs}), given kernel and bias, then called on x",
    hint="The same neuron in Keras: one Dense layer of one unit, its activation inside.",
    inputs=samples,
    limit=60.0,
    keras=True,
)
def keras_twin(neuron, x, kernel, bias, n_inputs):
    model = neuron.keras_neuron(n_inputs)
    model.set_weights([kernel.reshape(n_inputs, 1), np.array([bias])])
    return {"p": model(x)}


def digits(first, second):
    def inputs(rng):
        drawn = mnist.draw_vectors(rng, n_train=4_000, n_test=2_000, classes=(first, second))
        return {**drawn, "seed": int(rng.integers(10_001))}

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
    hint="If all other parts are right, do they learn together? Look at the history fit returns.",
    inputs=digits(0, 1),
    labels="y_test",
    images="images",
    needs=("two_steps", "predict_labels"),
    limit=30.0,
)
def zeros_and_ones(neuron, x_train, y_train, x_test, seed):
    return {"labels": trained_on(neuron, x_train, y_train, seed).predict(x_test)}


@brick.check(
    "MNIST",
    points=1,
    called="fit on 4,000 threes and fives, then predict on digits it never saw",
    hint="A harder pair: weights that start too large show here. Most other slips show above.",
    inputs=digits(3, 5),
    labels="y_test",
    images="images",
    needs=("two_steps", "predict_labels"),
    limit=30.0,
)
def threes_and_fives(neuron, x_train, y_train, x_test, seed):
    return {"labels": trained_on(neuron, x_train, y_train, seed).predict(x_test)}


# Hints, one at a time: `bricks hint sigmoid`. Read them there, after a try of your own.

brick.hints(
    "images_to_vectors",
    look="The shape of what you return, and its type: print both for three images of 2 x 2 pixels.",
    example="One image with the rows 0 255 and 51 102 becomes the one row 0.0 1.0 0.2 0.4.",
    formula="n images of h rows and w columns: n rows of h * w numbers, each pixel over 255.",
)
brick.hints(
    "sigmoid",
    look="The sign in front of z, and what the exponential gets: for z = 1000, and for z = -1000.",
    example="z = ln 3 gives 0.75, z = -ln 3 gives 0.25: the two add up to 1. e^-1000 is 0, and "
    "fine.",
    formula="1 / (1 + e^-z) for z >= 0 is the same number as e^z / (1 + e^z), which suits z < 0.",
)
brick.hints(
    "binary_cross_entropy",
    look="Which of the two logarithms each sample gets, the sign, and where the mean is taken.",
    example="Labels 1 and 0 with p = 0.5 and 0.75: (0.6931 + 1.3863) / 2 = 1.0397.",
    formula="One sample costs -(y log p + (1 - y) log(1 - p)), p kept inside [1e-7, 1 - 1e-7].",
)
brick.hints(
    "Neuron",
    look="Which generator draws, what it gets as seed, and how wide its numbers spread.",
    example="With 100 inputs the weights have a standard deviation of 0.1: two of three lie within "
    "-0.1 and 0.1.",
    formula="Standard deviation 1 / sqrt(n_inputs), mean 0; the bias is 0.0.",
)
brick.hints(
    "Neuron.forward",
    look="The shape before the sigmoid: one number a sample. And where the bias is added.",
    example="x = (1, 2), weights (0.5, -0.25), bias 0: the sum is 0.5 - 0.5 = 0, so p = 0.5.",
    formula="z_i = x_i1 w_1 + ... + x_id w_d + b, then the sigmoid of z_i.",
)
brick.hints(
    "Neuron.gradients",
    look="What the difference of probability and label is multiplied by, and how often 1/n enters.",
    example="Two samples x = 2 and x = 4 with p = 0.5, labels 0 and 1: the errors are 0.5 and "
    "-0.5, "
    "so d_kernel = (0.5 * 2 - 0.5 * 4) / 2 = -0.5 and d_bias = 0.",
    formula="dL/dz_i = (p_i - y_i) / n; and dz_i/dw_j = x_ij, dz_i/db = 1.",
)
brick.hints(
    "Neuron.train_step",
    look="The order: is the loss that you return the one of before the step? Do both parameters "
    "move?",
    example="Kernel 1.0, gradient 0.4, rate 0.5: the kernel becomes 0.8.",
    formula="w becomes w - rate * dL/dw, and b becomes b - rate * dL/db.",
)
brick.hints(
    "Neuron.fit",
    look="What happens anew in each epoch, how many samples the last batch has, and what is "
    "collected for the history.",
    example="Five samples in batches of two: three steps an epoch, on 2, 2 and 1 samples. Losses "
    "0.6, 0.4 and 0.5 give the epoch's number 0.5.",
    formula="An epoch's number is the sum of its batches' losses over the number of batches.",
)
brick.hints(
    "Neuron.predict",
    look="The comparison at exactly 0.5, and the type of what you return.",
    example="Probabilities 0.2, 0.5 and 0.7 give 0, 0 and 1.",
    formula="Class 1 where p > 0.5, else class 0: whole numbers.",
)
brick.hints(
    "keras_neuron",
    look="Does the model know how many inputs it has? Is the activation inside it?",
    example="With 4 inputs it has 5 parameters: 4 weights and a bias.",
    formula="One input of n_inputs numbers, one fully connected layer with one unit and a sigmoid.",
)
brick.hints(
    "MNIST",
    look="The history of one long `fit`: does it fall, and does it fall evenly?",
    example="A loss that starts near 0.69 and stays there has learned nothing: ln 2 is a coin "
    "toss.",
    formula="The share that is right is the number of equal pairs (label, prediction) over n.",
)
brick.able = {
    "images_to_vectors": "an image is a list of numbers to you, which a model can read.",
    "Neuron.forward": "your neuron can answer, if somebody chooses its weights.",
    "Neuron.gradients": "your neuron knows which way each weight has to move.",
    "Neuron.fit": "your neuron learns by itself.",
    "MNIST": "your neuron tells one digit from another, on images that it has never seen.",
}

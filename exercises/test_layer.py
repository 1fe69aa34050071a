"""Self-checks of layer.py: each function is a probe, as test_neuron.py explains."""

import numpy as np

from grader import (
    ASIDE,
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
    where_possible,
)

brick = Brick("layer", order=2, title="Single-layer perceptron", worth=20)


def labels_without_the_last(rng):
    n_classes = int(rng.integers(4, 7))
    labels = rng.integers(n_classes - 1, size=rng.integers(8, 13))
    return {"labels": labels, "n_classes": n_classes}


@brick.check(
    "one_hot",
    points=1,
    called="one_hot(labels, n_classes)",
    hint="One row a label, as long as there are classes, with a single 1.0 in it: where?",
    inputs=labels_without_the_last,
)
def one_hot_rows(layer, labels, n_classes):
    return {"one_hot": layer.one_hot(labels, n_classes), "labels after the call": labels}


def scores(rng):
    """As many samples as classes: what confuses the two gives other numbers, and not only an error.
    The next check has more samples than classes.
    """
    n = int(rng.integers(3, 6))
    return {"z": rng.normal(scale=rng.uniform(1.0, 2.5), size=(n, n))}


@brick.check(
    "softmax",
    points=1,
    called="softmax(z)",
    hint="Each row is one sample's distribution: what must its entries add up to?",
    inputs=scores,
)
def softmax_rows(layer, z):
    return {"softmax(z)": layer.softmax(z), "z after the call": z}


def scores_near_and_far(rng):
    """Ordinary rows, rows far above and below, and a row with far entries on both sides."""
    n, k = int(rng.integers(5, 8)), int(rng.integers(3, 5))
    z = rng.normal(scale=2.0, size=(n, k))
    high, low, wide = rng.permutation(n)[:3]
    z[high] += rng.uniform(1_000, 9_900)
    z[low] -= rng.uniform(1_000, 9_900)
    z[wide] += rng.permutation([*rng.uniform(-9_900, 9_900, size=k - 2), 9_950, -9_950])
    return {"z": z}


@brick.check(
    "softmax",
    points=1,
    called="softmax(z), rows far from zero and far from each other",
    hint="Softmax does not change when a row is shifted. Which shift keeps exp in range?",
    inputs=scores_near_and_far,
    needs=("softmax_rows",),
    # At 1e4 float32 has steps of 1e-3: scores are off by half a step, probabilities by less.
    tolerance=Tolerance(relative=1e-3, absolute=1e-5),
)
def softmax_far_from_zero(layer, z):
    p, heard = hear_warnings(layer.softmax, z)
    return {"softmax(z)": p, **heard}


def predictions(rng):
    n, n_classes = int(rng.integers(5, 10)), int(rng.integers(3, 5))
    return {
        "y_true": np.eye(n_classes)[rng.integers(n_classes, size=n)],
        "y_pred": rng.dirichlet(np.full(n_classes, 3.0), size=n),
    }


@brick.check(
    "categorical_cross_entropy",
    points=1,
    called="categorical_cross_entropy(y_true, y_pred)",
    hint="Only the probability of the right class counts; the loss is a mean over samples.",
    inputs=predictions,
)
def loss_values(layer, y_true, y_pred):
    loss = layer.categorical_cross_entropy(y_true, y_pred)
    return {"loss": loss, "y_true after the call": y_true, "y_pred after the call": y_pred}


def certain_predictions(rng):
    """Among ordinary predictions some that are certain: a few right, others wrong."""
    drawn = predictions(rng)
    y_true, y_pred = drawn["y_true"], drawn["y_pred"]
    right, *wrong = rng.permutation(len(y_true))[: rng.integers(2, 5)]
    y_pred[right] = y_true[right]
    y_pred[wrong] = np.roll(y_true[wrong], 1, axis=1)
    return drawn


def measure_certain(returned, inputs):
    changed = returned["y_pred after the call"] != inputs["y_pred"]
    return {"loss": returned["loss"], "entries of y_pred that the call changed": np.sum(changed)}


@brick.check(
    "categorical_cross_entropy",
    points=1,
    called="categorical_cross_entropy(y_true, y_pred)",
    hint="What is log(0)? Keep predictions between 1e-7 and 1 - 1e-7 before you take logarithms.",
    inputs=certain_predictions,
    measure=measure_certain,
    needs=("loss_values",),
)
def loss_of_certain_predictions(layer, y_true, y_pred):
    given = y_pred.copy()
    loss = layer.categorical_cross_entropy(y_true, given)
    return {"loss": loss, "y_pred after the call": given}


def about_one(ratio, lowest, highest):
    """1 where the ratio is within these bounds; else the ratio, in two digits unless they are 1."""
    if lowest < ratio <= highest:
        return 1.0
    rounded = float(f"{ratio:.2g}")
    return rounded if rounded != 1.0 else ratio


def measure_start(returned, inputs):
    # With so many numbers chance moves none of these by half a digit.
    kernel = returned["kernel, first"]
    mean, spread = np.mean(kernel), np.std(kernel)
    n_inputs, units = inputs["n_inputs"], inputs["units"]
    limit = np.sqrt(6 / (n_inputs + units))
    by_mistake = {
        "limit = sqrt(6 / n_inputs): units has no part in it": np.sqrt(2 / n_inputs),
        "limit = sqrt(6 / units): n_inputs has no part in it": np.sqrt(2 / units),
        "limit = 6 / (n_inputs + units): was a root meant?": limit**2 / 3**0.5,
        "limit = sqrt(6 / n_inputs + units): a sum without parentheses": (
            np.sqrt((6 / n_inputs + units) / 3)
        ),
        "limit = sqrt(6 / (n_inputs * units))": np.sqrt(2 / (n_inputs * units)),
        "numbers between 0 and limit: none is negative": limit / 12**0.5,
        "a normal distribution with limit as its standard deviation": limit,
    }
    return {
        "shape of kernel": np.shape(kernel),
        "bias": returned["bias, first"],
        (name := "mean of the kernel, divided by Glorot's limit, rounded"): np.round(
            mean / limit, 1
        ),
        **spread_of(name, spread, limit / 3**0.5, by_mistake),
        (name := "its spread, divided by that limit / sqrt(3), rounded"): np.round(
            spread / limit * 3**0.5, 1
        ),
        **spread_of(name, spread, limit / 3**0.5, by_mistake),
        "share of its entries beyond the limit, rounded": np.round(
            np.mean(np.abs(kernel) > limit * 1.000001), 1
        ),
        "largest entry is just under the limit": (
            0.99 * limit < np.max(np.abs(kernel)) <= limit * 1.000001
        ),
        **follows_seed(returned, inputs["seed"], "kernel"),
    }


@brick.check(
    "Dense",
    points=1,
    called="Dense(n_inputs={n_inputs}, units={units}, seed=seed)",
    hint="Glorot uniform: both ends of the layer decide the largest weight.",
    inputs=lambda rng: {
        "n_inputs": int(rng.integers(250, 350)),
        "units": int(rng.integers(150, 225)),
        "seed": draw_seeds(rng),
    },
    each="seed",
    measure=measure_start,
    needs=("forward_values",),
    vouched_by=("forward_values", "gradient_of_x"),
)
def start(layer, n_inputs, units, seed):
    seed_global_state(seed)
    dense = layer.Dense(n_inputs=n_inputs, units=units, seed=seed)
    return {"kernel": dense.kernel, "bias": dense.bias, GLOBAL_STATE: global_state()}


def arrays(rng):
    """Samples of all classes, more than there are classes; three sizes that all differ."""
    n_inputs, n_classes = (int(size) for size in rng.permutation([3, 4, 5])[:2])
    n = int(rng.integers(6, 10))
    return {
        "n_inputs": n_inputs,
        "n_classes": n_classes,
        "x": rng.normal(scale=rng.uniform(0.7, 1.3), size=(n, n_inputs)),
        "kernel": rng.normal(scale=0.7, size=(n_inputs, n_classes)),
        "bias": rng.choice([-1, 1], size=n_classes) * rng.uniform(0.3, 1.0, size=n_classes),
        "d_out": rng.normal(size=(n, n_classes)),
        "y_true": rng.permutation(
            [*range(n_classes), *rng.integers(n_classes, size=n - n_classes)]
        ),
        "learning_rate": round(rng.uniform(0.3, 0.7), 2),
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
    dense = dense_with(layer, kernel, bias)
    return {
        "out, bias zero": dense_with(layer, kernel).forward(x),
        "out, with a bias": np.array(dense.forward(x)),
        "x after the call": x,
        "kernel after the call": dense.kernel,
        "bias after the call": dense.bias,
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
    dense, other = dense_with(layer, kernel), dense_with(layer, kernel)
    for _ in range(2):
        dense.forward(x)
        dense.backward(d_out)
    after = {
        "d_out after the call": d_out,
        "kernel after the call": np.array(dense.kernel),
        "bias after the call": np.array(dense.bias),
    }
    d_kernel = np.array(dense.d_kernel)
    dense.forward(x[:1])
    dense.backward(d_out[:1])
    d_kernel_of_one = np.array(dense.d_kernel)
    dense.forward(x)
    other.forward(np.roll(x, 1, axis=0))
    dense.backward(d_out)
    return {
        "d_kernel": d_kernel,
        "d_kernel of a batch of 1": d_kernel_of_one,
        "d_kernel, where another layer went forward in between": dense.d_kernel,
        **after,
    }


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
    called="dense.step(learning_rate={learning_rate}), after forward(x) and backward(d_out)",
    hint="Downhill is against the gradient, for the kernel and for the bias.",
    inputs=arrays,
    needs=("gradient_of_kernel", "gradient_of_bias"),
)
def one_step(layer, x, kernel, bias, d_out, learning_rate):
    dense = dense_with(layer, kernel, bias)
    dense.forward(x)
    dense.backward(d_out)
    dense.step(learning_rate)
    return {"kernel": dense.kernel, "bias": dense.bias}


def perceptron_with(layer, kernel, bias=0.0):
    perceptron = layer.SingleLayerPerceptron(*kernel.shape)
    perceptron.dense.kernel = kernel.copy()
    perceptron.dense.bias = np.zeros(kernel.shape[1]) + bias
    return perceptron


def measure_model_start(returned, inputs):
    kernel = returned["kernel, first"]
    return {
        "shape of dense.kernel": np.shape(kernel),
        "its weights do not all start at 0": np.any(kernel != 0),
        **follows_seed(returned, inputs["seed"], "kernel"),
    }


@brick.check(
    "SingleLayerPerceptron",
    points=1,
    called="SingleLayerPerceptron(n_inputs={n_inputs}, n_classes={n_classes}, seed=seed).dense",
    hint="Who draws the weights of this model, and how does the seed get there?",
    inputs=lambda rng: {
        "n_inputs": int(rng.integers(10, 60)),
        "n_classes": int(rng.integers(2, 8)),
        "seed": draw_seeds(rng),
    },
    each="seed",
    measure=measure_model_start,
    needs=("probabilities",),
    vouched_by=("probabilities", "gradients_of_the_loss"),
)
def model_start(layer, n_inputs, n_classes, seed):
    seed_global_state(seed)
    model = layer.SingleLayerPerceptron(n_inputs=n_inputs, n_classes=n_classes, seed=seed)
    return {"kernel": model.dense.kernel, GLOBAL_STATE: global_state()}


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
        "dense.bias after the call": np.array(perceptron.dense.bias),
        "y_true after the call": np.array(y_true),
        **where_possible(slopes_of, layer, x, kernel, y_true),
    }


def slopes_of(layer, x, kernel, y_true):
    """The gradients of your own loss, found by trying."""

    def loss(kernel, bias):
        p = perceptron_with(layer, kernel, bias).forward(x)
        return layer.categorical_cross_entropy(np.eye(kernel.shape[1])[y_true], p)

    return {
        SLOPE + "dense.d_kernel": slopes(lambda moved: loss(moved, 0.0), kernel),
        SLOPE + "dense.d_bias": slopes(
            lambda moved: loss(kernel, moved), np.zeros(kernel.shape[1])
        ),
    }


@brick.check(
    "SingleLayerPerceptron.train_step",
    points=1,
    called="perceptron.train_step(x, y_true, learning_rate={learning_rate}), twice",
    hint="Forward, loss, backward, step; the loss that is returned was there before the step.",
    inputs=arrays,
    needs=("gradients_of_the_loss", "one_step", "loss_values"),
)
def two_steps(layer, x, y_true, kernel, bias, learning_rate):
    perceptron = perceptron_with(layer, kernel, bias)
    first = perceptron.train_step(x, y_true, learning_rate)
    kernel_after = np.array(perceptron.dense.kernel)
    bias_after = np.array(perceptron.dense.bias)
    second = perceptron.train_step(x, y_true, learning_rate)
    return {
        "loss before the first step": first,
        "kernel after it": kernel_after,
        "bias after it": bias_after,
        "loss before the second step": second,
        "x after the calls": x,
        "y_true after the calls": y_true,
    }


def arrays_and_epochs(rng):
    """What `arrays` draws; and one sample again and again: batches differ in their length alone,
    and the last one has but one sample.
    """
    drawn = arrays(rng)
    n_batches, batch_size = int(rng.integers(2, 5)), int(rng.integers(2, 4))
    return {
        **drawn,
        "epochs": int(rng.integers(2, 5)),
        "more_epochs": int(rng.integers(2, 5)),
        "same": np.repeat(
            rng.normal(size=(1, drawn["n_inputs"])), (n_batches - 1) * batch_size + 1, axis=0
        ),
        "label": int(rng.integers(drawn["n_classes"])),
        "n_batches": n_batches,
        "batch_size": batch_size,
    }


@brick.check(
    "SingleLayerPerceptron.fit",
    points=1,
    called="fit(...) on whole batches, once more; on {n_batches} batches, the last one short",
    hint="One number an epoch: the mean of the losses that its batches had before their updates.",
    inputs=arrays_and_epochs,
    needs=("two_steps", "forward_values"),
)
def fit_history(
    layer, x, y_true, kernel, bias, learning_rate, epochs, more_epochs, same, label, batch_size
):
    perceptron = perceptron_with(layer, kernel, bias)
    history = perceptron.fit(x, y_true, epochs, len(x), learning_rate)
    more = perceptron.fit(x, y_true, more_epochs, len(x), learning_rate)
    dense = perceptron.dense
    trained = {"kernel": np.array(dense.kernel), "bias": np.array(dense.bias)}
    other = perceptron_with(layer, np.zeros(kernel.shape))
    batches = other.fit(same, np.full(len(same), label), 2, batch_size, learning_rate)
    return {
        "history": history,
        "history of a second call": more,
        "history, several batches an epoch": batches,
        **trained,
        "x after the call": x,
        "y_true after the call": y_true,
    }


def batches_and_one_more(rng):
    """Samples that are linearly independent, and steps so small that no probability moves much."""
    n_classes, batch_size = int(rng.integers(3, 5)), int(rng.integers(2, 5))
    n_samples = int(rng.integers(2, 4)) * batch_size + 1
    return {
        "n_samples": n_samples,
        "x": rng.normal(size=(n_samples, n_samples + int(rng.integers(3, 7)))),
        "labels": rng.integers(n_classes, size=n_samples),
        "n_classes": n_classes,
        "epochs": int(rng.integers(10, 15)),
        "batch_size": batch_size,
        "learning_rate": float(rng.uniform(1e-4, 2e-4)),
        "seed": draw_seeds(rng),
    }


def measure_epochs(returned, inputs):
    # Each step adds to the kernel a share of its samples, 1 / (length of the batch) of each: of
    # one that was alone in the short batch more than of the others.
    labels, batch_size = inputs["labels"], inputs["batch_size"]
    whole = (1 - 1 / inputs["n_classes"]) * inputs["learning_rate"]
    one, many = (
        np.linalg.pinv(inputs["x"].T) @ kernel / whole
        for kernel in (
            returned["kernel after 1 epoch, first"],
            returned["kernel after all epochs, first"],
        )
    )
    shares = np.max(np.abs(one), axis=1)
    used = shares > 0.5 / batch_size * np.max(shares)  # a wrong factor is another mistake
    mean = np.max(np.abs(many), axis=1) / inputs["epochs"]
    return {
        "samples used in an epoch": np.sum(used),
        "shares of the samples in the kernel after 1 epoch, sorted": np.sort(shares),
        **own_labels(np.argmax(one[used], axis=1), labels[used]),
        "another order in every epoch": np.any((mean > 1.03 / batch_size) & (mean < 0.97)),
        **follows_seed(returned, inputs["seed"], "kernel after all epochs"),
    }


@brick.check(
    "SingleLayerPerceptron.fit",
    points=1,
    called="fit(x, y_true, epochs, batch_size={batch_size}, learning_rate), {n_samples} samples",
    hint="Shuffle the indices anew in each epoch, and cut them into batches. 5 = 2 + 2 + 1.",
    inputs=batches_and_one_more,
    each="seed",
    measure=measure_epochs,
    needs=("two_steps",),
    vouched_by=("fit_history",),
    tolerance=Tolerance(relative=0.01, absolute=0.0),  # the probabilities move a little
)
def fit_takes_every_sample(layer, x, labels, n_classes, epochs, batch_size, learning_rate, seed):
    runs = {"kernel after 1 epoch": 1, "kernel after all epochs": epochs}
    models = {name: perceptron_with(layer, np.zeros((x.shape[1], n_classes))) for name in runs}
    seed_global_state(seed)
    for name, n_epochs in runs.items():
        own = x.copy(), labels.copy()
        models[name].fit(*own, n_epochs, batch_size, learning_rate, seed=seed)
    after = {name: model.dense.kernel for name, model in models.items()}
    return {**after, GLOBAL_STATE: global_state()}


def clear_cases(rng):
    """Samples whose largest score stands out: no rounding makes another one the largest."""
    n_inputs, n_classes = (int(size) for size in rng.permutation([3, 4, 5])[:2])
    kernel = rng.normal(size=(n_inputs, n_classes))
    x = rng.normal(size=(100, n_inputs))
    ordered = np.sort(x @ kernel, axis=1)
    clear = ordered[:, -1] - ordered[:, -2] > 0.05
    return {"x": x[clear][: rng.integers(24, 33)], "kernel": kernel}


@brick.check(
    "SingleLayerPerceptron.predict",
    points=1,
    called="perceptron.predict(x), with the kernel of perceptron.dense set, bias zero",
    hint="The class with the largest probability, as an integer, one for each sample.",
    inputs=clear_cases,
    needs=("probabilities",),
)
def predict_labels(layer, x, kernel):
    perceptron = perceptron_with(layer, kernel)
    labels = np.array(perceptron.predict(x))
    after = {"x after the call": x, "dense.kernel after the call": perceptron.dense.kernel}
    return {"labels": labels, **after}


@brick.check(
    "keras_layer",
    points=1,
    called="keras_layer({n_inputs}, {n_classes}), given kernel and bias, called on x",
    hint="One Keras layer with its activation inside.",
    inputs=arrays,
    limit=60.0,
    keras=True,
)
def keras_twin(layer, x, kernel, bias, n_inputs, n_classes):
    model = layer.keras_layer(n_inputs, n_classes)
    model.set_weights([kernel, bias])
    return {"p": model(x)}


def ten_digits(rng):
    drawn = mnist.draw_vectors(rng, n_train=10_000, n_test=10_000)
    return {**drawn, "seed": int(rng.integers(10_001))}


@brick.check(
    "MNIST",
    points=1,
    called="fit on 10,000 digits, then predict on 10,000 that it never saw",
    hint="If all other parts are right, do they learn together? Look at the history fit returns.",
    inputs=ten_digits,
    labels="y_test",
    images="images",
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


# Hints, one at a time: `bricks hint softmax`. Read them there, after a try of your own.

brick.hints(
    "one_hot",
    look="How many rows and columns there are, the type, and in which column each row has its 1.",
    example="Labels 2 and 0 of three classes: the rows 0 0 1 and 1 0 0.",
    formula="Entry (i, j) is 1.0 where j is the label of sample i, and 0.0 elsewhere.",
)
brick.hints(
    "softmax",
    look="The axis that you sum over, and whether that sum keeps it. And the largest number that "
    "the exponential gets.",
    example="The row ln 1, ln 3 gives 0.25 and 0.75. The row 1000 + ln 1, 1000 + ln 3 gives the "
    "same.",
    formula="p_ij = e^(z_ij - m_i) / sum over k of e^(z_ik - m_i), m_i the largest of row i.",
)
brick.hints(
    "categorical_cross_entropy",
    look="Over which axis you sum, and over which you take the mean. What does the clipping get?",
    example="Right classes with the probabilities 0.5 and 0.25: (0.6931 + 1.3863) / 2 = 1.0397.",
    formula="One sample costs -(sum over the classes of y_ij log p_ij): one term is not zero.",
)
brick.hints(
    "Dense",
    look="The two numbers in the square root, the sign of the lower bound, and the seed.",
    example="With 4 inputs and 2 units the weights lie between -1 and 1: 6 / 6 is 1.",
    formula="Drawn evenly from -limit to limit, limit^2 = 6 / (n_inputs + units).",
)
brick.hints(
    "Dense.forward",
    look="Which axis of x meets which axis of the kernel, and what `backward` will need of x.",
    example="x = (1, 1), the kernel's rows (1, 2) and (3, 4), bias (10, 20): the output is (14, "
    "26).",
    formula="z_ij = sum over k of x_ik w_kj, plus b_j.",
)
brick.hints(
    "Dense.backward",
    look="The shapes: d_x is like x, d_kernel like the kernel, d_bias like the bias. Which of them "
    "is a sum over the samples?",
    example="One sample x = (5, 6), d_out = (1, 0), the kernel's rows (1, 2) and (3, 4): d_x is "
    "(1, 3), d_kernel has the rows (5, 0) and (6, 0), d_bias is (1, 0).",
    formula="d_w_kj = sum over i of x_ik d_ij; d_b_j = sum over i of d_ij; d_x_ik = sum over j of "
    "d_ij w_kj.",
)
brick.hints(
    "Dense.step",
    look="The sign, and whether both the kernel and the bias move.",
    example="Kernel (1, 2), gradient (3, 0), rate 0.5: the kernel becomes (-0.5, 2).",
    formula="w becomes w - rate * d_w; the same for the bias.",
)
brick.hints(
    "SingleLayerPerceptron",
    look="What is called `dense`, and whether the seed reaches it.",
    example="With 784 inputs and 10 classes the layer's kernel has the shape (784, 10).",
    formula="The model has no numbers of its own: all are in its one layer.",
)
brick.hints(
    "SingleLayerPerceptron.forward",
    look="What softmax gets, and what you keep for `backward`.",
    example="Scores (0, ln 3) become the probabilities 0.25 and 0.75.",
    formula="p = softmax(x W + b), row by row.",
)
brick.hints(
    "SingleLayerPerceptron.backward",
    look="What the layer's own `backward` gets from you: its shape is that of the probabilities.",
    example="Two samples with p = (0.5, 0.5), labels 0 and 0: each hands back (-0.25, 0.25).",
    formula="dL/dz_ij = (p_ij - y_ij) / n, y the one-hot rows.",
)
brick.hints(
    "SingleLayerPerceptron.train_step",
    look="The order of the four things to do, and of which moment the loss is.",
    example="With all weights 0 and two classes the first loss is ln 2 = 0.6931.",
    formula="Forward, loss, backward, and then a step of the layer.",
)
brick.hints(
    "SingleLayerPerceptron.fit",
    look="What happens anew in each epoch, and whether labels and samples go the same way.",
    example="Five samples in batches of two: three steps, on 2, 2 and 1 samples.",
    formula="An epoch's number is the sum of its batches' losses over the number of batches.",
)
brick.hints(
    "SingleLayerPerceptron.predict",
    look="The axis along which you look for the largest, and the type.",
    example="Probabilities 0.2 0.7 0.1 give class 1.",
    formula="For each row, the place of its largest entry.",
)
brick.hints(
    "keras_layer",
    look="Does the model know how many inputs it has? Is the softmax inside it?",
    example="With 4 inputs and 3 classes it has 15 parameters.",
    formula="n_inputs * n_classes weights and n_classes biases, then the softmax.",
)
brick.hints(
    "MNIST",
    look="The first number of the history, and whether the later ones fall.",
    example="Guessing among ten classes costs ln 10 = 2.3026: a first loss far from it is a sign.",
    formula="The share that is right is the number of equal pairs (label, prediction) over n.",
)
brick.able = {
    "softmax": "you can turn any scores into probabilities.",
    "Dense.backward": "your layer can tell the layer before it what to change: stacks can learn.",
    "SingleLayerPerceptron.fit": "your layer learns all classes at once.",
    "MNIST": "your layer reads handwritten digits that it has never seen.",
}

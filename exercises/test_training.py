"""Self-checks of training.py.

Each function below is a probe. It calls your code on the inputs that are drawn for it and returns
what came back, by name; the same probe runs on a correct solution, and the two are compared. So
reading a probe tells you exactly what was called. Graded checks are these, with other inputs.
"""

import numpy as np

from grader import (
    GLOBAL_STATE,
    SHOWN,
    Brick,
    Tolerance,
    Unfit,
    all_differ,
    cause_of,
    downhill,
    draw_seeds,
    follows_seed,
    global_state,
    mnist,
    never_moved,
    seed_global_state,
    shown,
    unpack,
)
from grader.networks import shipped

brick = Brick(
    "training",
    order=6,
    title="Training in TensorFlow",
    builds_on=("layer", "mlp"),
    further=True,
)

# What several epochs of float32 leave of seven digits, in whichever order sums are taken.
SOME_EPOCHS = Tolerance(relative=1e-3, absolute=1e-4)


def begun(function, *arguments):
    """Calls it, for nothing: what is not written says so before TensorFlow, which takes seconds."""
    try:
        function(*arguments)
    except NotImplementedError:
        raise
    except Exception:  # these arguments make no sense to what is written
        return


def single(array):
    return np.asarray(array, np.float32)


def normal(rng, *shape, scale=1.0):
    return single(rng.normal(scale=scale, size=shape))


def sizes(rng, count, low=3, high=8):
    """That many sizes, no two alike, so that no axis passes for another."""
    return [int(size) for size in rng.permutation(np.arange(low, high))[:count]]


NAMES = ("kernel", "bias", "scale")


def one_formula(rng):
    n, n_inputs, units = sizes(rng, 3)
    orders = [(1, 2, 0), (2, 0, 1), (1, 0, 2), (0, 2, 1)]  # neither forwards nor backwards
    return {
        "x": normal(rng, n, n_inputs),
        "y": normal(rng, n, units),
        "kernel": normal(rng, n_inputs, units, scale=0.5),
        "bias": normal(rng, units, scale=0.5),
        "scale": single(rng.uniform(1.0, 2.0)),
        "order": rng.choice(orders),
    }


@brick.check(
    "gradients",
    points=1,
    called="gradients(loss, variables): three variables, in another order than the loss uses them",
    hint="One tape, one call for all gradients. In which order are they to come back?",
    inputs=one_formula,
    limit=60.0,
    keras=True,
)
def gradient_values(training, x, y, kernel, bias, scale, order):
    begun(training.gradients, lambda: None, [])
    import tensorflow as tf

    arrays = {"kernel": kernel, "bias": bias, "scale": scale}
    variables = {name: tf.Variable(array) for name, array in arrays.items()}

    def loss():
        made = tf.tanh(x @ variables["kernel"] + variables["bias"]) * variables["scale"]
        return tf.reduce_mean((made - y) ** 2)

    asked = [NAMES[i] for i in order]
    found = training.gradients(loss, [variables[name] for name in asked])
    after = {f"{name} after the call": variables[name] for name in NAMES}
    return {**unpack(found, *(f"gradient of {name}" for name in asked)), **after}


def rows_of_a_table(rng):
    n_rows, width, unused = sizes(rng, 3, low=4, high=9)
    return {
        "used": normal(rng, width),
        "unused": normal(rng, unused, width),
        "table": normal(rng, n_rows, width),
        "rows": rng.choice(n_rows, size=n_rows - 1),
    }


@brick.check(
    "gradients",
    points=1,
    called="gradients(loss, [unused, table, used]): the loss takes some rows of table, no unused",
    hint="How fast does the loss change with a variable that it never looks at?",
    inputs=rows_of_a_table,
    limit=60.0,
    keras=True,
)
def gradients_of_what_is_not_used(training, used, unused, table, rows):
    begun(training.gradients, lambda: None, [])
    import tensorflow as tf

    used, unused, table = (tf.Variable(array) for array in (used, unused, table))

    def loss():
        return tf.reduce_sum(tf.gather(table, rows) ** 2 * used)

    found = training.gradients(loss, [unused, table, used])
    found = unpack(found, "gradient of unused", "gradient of table", "gradient of used")
    given = {name: np.nan if gradient is None else gradient for name, gradient in found.items()}
    return {"gradients that are None": sum(g is None for g in found.values()), **given}


def small_mlp(rng):
    n, n_inputs, hidden, n_classes = sizes(rng, 4)
    return {
        "n_inputs": n_inputs,
        "hidden": hidden,
        "n_classes": n_classes,
        "x": normal(rng, n, n_inputs),
        "y_true": rng.integers(n_classes, size=n),
        "first_kernel": normal(rng, n_inputs, hidden),
        "first_bias": normal(rng, hidden, scale=0.5),
        "second_kernel": normal(rng, hidden, n_classes),
        "second_bias": normal(rng, n_classes, scale=0.5),
    }


PARAMETERS = ("first kernel", "first bias", "second kernel", "second bias")


@brick.check(
    "gradients",
    points=1,
    called="gradients of the loss of MLP([{n_inputs}, {hidden}, {n_classes}]), and its backward",
    hint="The same weights and the same loss: your tape and your backward must agree.",
    inputs=small_mlp,
    needs=("gradient_values",),
    vouched_by=("gradient_values", "gradients_of_what_is_not_used"),
    limit=60.0,
    keras=True,
    reason="the bridge to brick 3: what the tape finds is what the student's own backward found",
)
def gradients_of_your_mlp(
    training, x, y_true, first_kernel, first_bias, second_kernel, second_bias
):
    begun(training.gradients, lambda: None, [])
    import tensorflow as tf

    import mlp

    arrays = (first_kernel, first_bias, second_kernel, second_bias)
    variables = [tf.Variable(array) for array in arrays]

    def loss():
        hidden = tf.nn.relu(x @ variables[0] + variables[1])
        log_p = tf.nn.log_softmax(hidden @ variables[2] + variables[3])
        return -tf.reduce_mean(tf.gather(log_p, y_true, axis=1, batch_dims=1))

    found = training.gradients(loss, variables)
    model = mlp.MLP([*first_kernel.shape, second_kernel.shape[1]])
    for layer, kernel, bias in zip(model.layers, arrays[::2], arrays[1::2], strict=True):
        layer.kernel, layer.bias = kernel.copy(), bias.copy()
    model.forward(x)
    model.backward(y_true)
    by_hand = [getattr(layer, name) for layer in model.layers for name in ("d_kernel", "d_bias")]
    return {
        **unpack(found, *(f"gradient of {name}" for name in PARAMETERS)),
        **unpack(by_hand, *(f"your MLP's gradient of {name}" for name in PARAMETERS)),
    }


def one_layer(rng):
    n, n_inputs, units = sizes(rng, 3)
    return {
        "n_inputs": n_inputs,
        "units": units,
        "x": normal(rng, n, n_inputs),
        "kernel": normal(rng, n_inputs, units),
        "bias": normal(rng, units),
        "activation": str(rng.choice(["relu", "tanh", "sigmoid", "softplus"])),
    }


def layer_with(training, kernel, bias, activation=None):
    """A DenseLayer with these parameters."""
    layer = training.DenseLayer(kernel.shape[1], activation=activation)
    layer.build((None, kernel.shape[0]))
    layer.kernel.assign(kernel)
    layer.bias.assign(bias)
    return layer


@brick.check(
    "DenseLayer",
    points=1,
    called="DenseLayer({units}, activation), kernel and bias set, called on x",
    hint="x kernel + bias, then the activation: given by name, or as a function, or not at all.",
    inputs=one_layer,
    limit=60.0,
    keras=True,
)
def dense_layer_values(training, x, kernel, bias, activation):
    begun(training.DenseLayer, 3)
    import keras

    function = getattr(keras.activations, activation)
    return {
        "without activation": layer_with(training, kernel, bias)(x),
        "activation by name": layer_with(training, kernel, bias, activation)(x),
        "activation as a function": layer_with(training, kernel, bias, function)(x),
        "x after the call": x,
    }


@brick.check(
    "DenseLayer",
    points=1,
    called="DenseLayer({units}) on x, and your Dense({n_inputs}, {units}) with the same weights",
    hint="Two layers that you wrote, one in NumPy: where do they differ?",
    inputs=one_layer,
    needs=("dense_layer_values",),
    limit=60.0,
    keras=True,
)
def dense_layer_as_your_dense(training, x, kernel, bias):
    begun(training.DenseLayer, 3)
    import keras

    import layer as bricks

    inputs = keras.Input(x.shape[1:])
    dense = training.DenseLayer(kernel.shape[1])
    model = keras.Model(inputs, dense(inputs))
    dense.kernel.assign(kernel)
    dense.bias.assign(bias)
    own = bricks.Dense(*kernel.shape)
    own.kernel, own.bias = kernel.copy(), bias.copy()
    return {
        "DenseLayer in a model": model(x),
        "your Dense": own.forward(x),
        "trained entries, by variable": sorted(np.size(v) for v in model.trainable_variables),
    }


def large_layer(rng):
    return {
        "n_inputs": int(rng.integers(60, 100)),
        "units": int(rng.integers(40, 60)),
        "seed": int(rng.integers(10_000)),
    }


def measure_start(returned, inputs):
    kernel, limit = returned["kernel"], np.sqrt(6 / (inputs["n_inputs"] + inputs["units"]))
    return {
        "parameters before build": returned["parameters before build"],
        "shape of kernel": np.shape(kernel),
        "bias": returned["bias"],
        "no entry of kernel is beyond Glorot's limit": np.max(np.abs(kernel)) <= limit * 1.0001,
        "the kernel fills Glorot's range": np.std(kernel) > 0.9 * limit / np.sqrt(3),
        "two layers start differently": not np.array_equal(kernel, returned["other kernel"]),
    }


@brick.check(
    "DenseLayer",
    points=1,
    called="DenseLayer({units}), then build((None, {n_inputs}))",
    hint="kernel and bias are made in build. From which numbers may a Glorot uniform kernel come?",
    inputs=large_layer,
    measure=measure_start,
    needs=("dense_layer_values",),
    vouched_by=("dense_layer_values",),
    limit=60.0,
    keras=True,
)
def dense_layer_start(training, n_inputs, units, seed):
    begun(training.DenseLayer, 3)
    import keras

    keras.utils.set_random_seed(seed)
    layer, other = training.DenseLayer(units), training.DenseLayer(units)
    before = len(layer.weights)
    layer.build((None, n_inputs))
    other.build((None, n_inputs))
    return {
        "parameters before build": before,
        "kernel": layer.kernel,
        "bias": layer.bias,
        "other kernel": other.kernel,
    }


def two_layers(rng):
    drawn = small_mlp(rng)
    return {**drawn, "activation": str(rng.choice(["relu", "tanh", "sigmoid", "softplus"]))}


@brick.check(
    "DenseLayer",
    points=1,
    called="a model of two DenseLayers, saved, and loaded with custom_objects",
    hint="What does __init__ need to make the same layer anew? get_config has to say all of it.",
    inputs=two_layers,
    needs=("dense_layer_values",),
    vouched_by=("dense_layer_values",),
    limit=60.0,
    keras=True,
)
def dense_layer_saved_and_loaded(
    training, x, first_kernel, first_bias, second_kernel, second_bias, activation
):
    begun(training.DenseLayer, 3)
    import tempfile
    from pathlib import Path

    import keras

    inputs = keras.Input(x.shape[1:])
    hidden = training.DenseLayer(first_kernel.shape[1], activation=activation)
    output = training.DenseLayer(second_kernel.shape[1], keras.activations.softmax)
    model = keras.Model(inputs, output(hidden(inputs)))
    for layer, kernel, bias in (
        (hidden, first_kernel, first_bias),
        (output, second_kernel, second_bias),
    ):
        layer.kernel.assign(kernel)
        layer.bias.assign(bias)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        loaded = keras.models.load_model(path, custom_objects={"DenseLayer": training.DenseLayer})
    return {"p before saving": model(x), "p after loading": loaded(x)}


def several_steps(rng):
    """Three variables of one shape and one of another, and their gradients in each step."""
    n_steps, n_rows, n_columns, n = int(rng.integers(3, 6)), *sizes(rng, 3, low=2, high=6)
    alike = (n_steps, 3, n_rows, n_columns)
    return {
        "learning_rate": round(float(rng.uniform(0.05, 0.3)), 3),
        "momentum": round(float(rng.uniform(0.6, 0.85)), 2),
        "start": normal(rng, *alike[1:]),
        "other_start": normal(rng, n),
        "gradients": normal(rng, *alike),
        "other_gradients": normal(rng, n_steps, n),
    }


def steps_of(optimizer, kind, start, other_start, gradients, other_gradients):
    """What each step leaves in the variables, made by `kind`."""
    import tensorflow as tf

    variables = [kind(array) for array in [*start, other_start]]
    alike, other = [], []
    for several, one in zip(gradients, other_gradients, strict=True):
        optimizer.apply([tf.constant(array) for array in [*several, one]], variables)
        alike.append([np.array(variable) for variable in variables[:-1]])
        other.append(np.array(variables[-1]))
    return np.array(alike), np.array(other)


@brick.check(
    "Momentum",
    points=1,
    called="apply(gradients, variables), step by step; momentum={momentum}, and 0.9 unless told",
    hint="v first, from the velocity of this very variable; then the variable moves by v.",
    inputs=several_steps,
    limit=60.0,
    keras=True,
)
def momentum_steps(
    training, learning_rate, momentum, start, other_start, gradients, other_gradients
):
    training.Momentum(learning_rate)  # nothing waits for TensorFlow before
    import keras
    import tensorflow as tf

    steps = start, other_start, gradients, other_gradients
    told = training.Momentum(learning_rate=learning_rate, momentum=momentum)
    alike, other = steps_of(told, tf.Variable, *steps)
    of_keras, _ = steps_of(training.Momentum(learning_rate), keras.Variable, *steps)
    return {
        "after each step, three variables": alike,
        "after each step, the fourth": other,
        "momentum 0.9, variables of Keras": of_keras,
    }


def clear_steps(rng):
    """Gradients from 0.001 to 10: epsilon is small beside all of them."""
    drawn = several_steps(rng)
    for name in ("gradients", "other_gradients"):
        size = 10.0 ** rng.uniform(-2.9, 1.0, size=drawn[name].shape)
        drawn[name] = single(size * rng.choice([-1, 1], size=size.shape))
    drawn["gradients"][:, :, 0, 0] = 0.001  # small enough to see what epsilon does
    return {
        **drawn,
        "learning_rate": round(float(rng.uniform(0.01, 0.05)), 3),
        "beta_1": round(float(rng.uniform(0.7, 0.85)), 2),
        "beta_2": round(float(rng.uniform(0.9, 0.98)), 3),
    }


def measure_moves(returned, inputs):
    """How far the variables moved: beside their size, rounding and epsilon would be lost."""
    starts = {"first": inputs["start"], "fourth": inputs["other_start"]}
    found = {}
    for name, after in returned.items():
        start = starts["fourth" if "fourth" in name else "first"]
        before = np.concatenate([start[np.newaxis], after[:-1]])
        found[name] = after - before
    return found


# Epsilon beside the corrected root or beside the uncorrected one: both are right, and differ.
WHEREVER_EPSILON_IS = Tolerance(relative=0.02, absolute=0.0)


@brick.check(
    "Adam",
    points=1,
    called="Adam(learning_rate={learning_rate}).apply(gradients, variables), the first step",
    hint="Both averages begin at zero: by what is that corrected in step 1? Where is epsilon?",
    inputs=clear_steps,
    measure=measure_moves,
    tolerance=WHEREVER_EPSILON_IS,
    limit=60.0,
    keras=True,
)
def adam_first_step(training, learning_rate, start, other_start, gradients, other_gradients):
    training.Adam()  # nothing waits for TensorFlow before
    import keras
    import tensorflow as tf

    steps = start, other_start, gradients[:1], other_gradients[:1]
    told = training.Adam(learning_rate=learning_rate)
    alike, other = steps_of(told, tf.Variable, *steps)
    of_keras, _ = steps_of(training.Adam(), keras.Variable, *steps)
    return {
        "moves of three variables": alike,
        "moves of the fourth": other,
        "moves at the rate of 0.001, variables of Keras": of_keras,
    }


@brick.check(
    "Adam",
    points=1,
    called="Adam({learning_rate}, beta_1={beta_1}, beta_2={beta_2}).apply, several steps",
    hint="One number of steps for all variables, two averages for each of them.",
    inputs=clear_steps,
    measure=measure_moves,
    needs=("adam_first_step",),
    tolerance=WHEREVER_EPSILON_IS,
    limit=60.0,
    keras=True,
)
def adam_steps(
    training, learning_rate, beta_1, beta_2, start, other_start, gradients, other_gradients
):
    training.Adam()  # nothing waits for TensorFlow before
    import keras
    import tensorflow as tf

    steps = start, other_start, gradients, other_gradients
    told = training.Adam(learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2)
    alike, other = steps_of(told, keras.Variable, *steps)
    unless_told, _ = steps_of(training.Adam(learning_rate), tf.Variable, *steps)
    return {
        "moves of three variables": alike,
        "moves of the fourth": other,
        "moves, betas unless told": unless_told,
    }


def entries_to_drop(rng):
    n, features = (int(size) for size in rng.permutation(np.arange(40, 60))[:2])
    return {
        "rate": round(float(rng.uniform(0.2, 0.45)), 2),
        "x": single(rng.uniform(0.5, 1.5, size=(n, features)) * rng.choice([-1, 1], size=features)),
        "seed": draw_seeds(rng),
    }


def measure_dropout(returned, inputs):
    x, rate = inputs["x"], inputs["rate"]
    y = returned["y in training, first"]
    times = y / x
    kept = np.abs(times) > 0.01
    unsure = 5 * np.sqrt(rate * (1 - rate) / kept.size)
    return {
        "y without training": returned["y without training, first"],
        "shape of y": np.shape(y),
        "kept entries are so many times as large": [
            np.min(times[kept], initial=np.inf),
            np.max(times[kept], initial=-np.inf),
        ],
        "about the rate of all entries is dropped": np.abs(np.mean(~kept) - rate) < unsure,
        "no two rows drop the same entries": all_differ(kept),
        "no two columns drop the same entries": all_differ(kept.T),
        "some of a row are kept and some dropped": 0 < np.mean(kept[0]) < 1,
        "x after the call": returned["x after the call, first"],
        **follows_seed(returned, inputs["seed"], "y in training"),
    }


@brick.check(
    "dropout",
    points=1,
    called="dropout(x, rate={rate}, training, seed), in training and without",
    hint="For each entry: dropped or kept? Those that are kept make up for those that are not.",
    inputs=entries_to_drop,
    each="seed",
    measure=measure_dropout,
    limit=60.0,
    keras=True,
)
def dropout_entries(training, x, rate, seed):
    seed_global_state(seed)
    y = np.array(training.dropout(x, rate, training=True, seed=seed))
    return {
        "y in training": y,
        "y without training": np.array(training.dropout(x, rate, training=False, seed=seed)),
        "x after the call": x,
        GLOBAL_STATE: global_state(),
    }


def one_batch(rng):
    n, features = sizes(rng, 2, low=5, high=10)
    return {
        "momentum": round(float(rng.uniform(0.6, 0.9)), 2),
        "epsilon": round(float(rng.uniform(0.05, 0.2)), 3),
        "x": single(rng.normal(rng.normal(size=features), 0.5, size=(n, features))),
        "gamma": single(rng.uniform(0.5, 1.5, size=features)),
        "beta": normal(rng, features),
        "moving_mean": normal(rng, features),
        "moving_variance": single(rng.uniform(0.5, 2.0, size=features)),
    }


RETURNED = ("y", "moving mean", "moving variance")


def normalised(brick, *arrays, **told):
    returned = brick.batch_norm(*arrays, **told)
    return {name: np.array(value) for name, value in unpack(returned, *RETURNED).items()}


def after_the_call(x, moving_mean, moving_variance):
    return {
        "x after the call": x,
        "moving_mean after the call": moving_mean,
        "moving_variance after the call": moving_variance,
    }


@brick.check(
    "batch_norm",
    points=1,
    called="batch_norm(..., training=True, momentum={momentum}, epsilon={epsilon}), or unless told",
    hint="The batch's own mean and variance, by column; then the moving ones move a little.",
    inputs=one_batch,
    limit=60.0,
    keras=True,
)
def batch_norm_in_training(
    training, x, gamma, beta, moving_mean, moving_variance, momentum, epsilon
):
    arrays = x, gamma, beta, moving_mean, moving_variance
    told = normalised(training, *arrays, training=True, momentum=momentum, epsilon=epsilon)
    unless_told = normalised(training, *arrays, training=True)
    return {
        **told,
        **{f"{name}, unless told": value for name, value in unless_told.items()},
        **after_the_call(x, moving_mean, moving_variance),
    }


@brick.check(
    "batch_norm",
    points=1,
    called="batch_norm(..., training=False, momentum={momentum}, epsilon={epsilon})",
    hint="Nothing is learned here. Which mean and variance are left for a single sample?",
    inputs=one_batch,
    limit=60.0,
    keras=True,
)
def batch_norm_at_inference(
    training, x, gamma, beta, moving_mean, moving_variance, momentum, epsilon
):
    arrays = x, gamma, beta, moving_mean, moving_variance
    told = normalised(training, *arrays, training=False, momentum=momentum, epsilon=epsilon)
    return {**told, **after_the_call(x, moving_mean, moving_variance)}


class Descent:
    """Plain gradient descent, with the `apply` that your training loop calls."""

    def __init__(self, learning_rate):
        self.learning_rate = learning_rate

    def apply(self, gradients, variables):
        for gradient, variable in zip(gradients, variables, strict=True):
            variable.assign(variable - self.learning_rate * gradient)


HISTORY = ("loss", "accuracy", "val_loss", "val_accuracy")


def numbers_of(history):
    return {name: np.array(history[name]) for name in HISTORY}


def data_and_weights(rng):
    n, n_val = (int(size) for size in rng.permutation(np.arange(9, 15))[:2])
    drawn = small_mlp(rng)
    n_inputs, n_classes = drawn["n_inputs"], drawn["n_classes"]
    return {
        **drawn,
        "x": normal(rng, n, n_inputs),
        "y_true": rng.integers(n_classes, size=n),
        "x_val": normal(rng, n_val, n_inputs),
        "y_val": rng.integers(n_classes, size=n_val),
        "learning_rate": round(float(rng.uniform(0.1, 0.3)), 2),
        "epochs": int(rng.integers(3, 6)),
        "batch_size": int(rng.integers(3, 6)),
        "more": int(rng.integers(1, 3)),
    }


def begun_training(training):
    begun(training.train, None, None, None, None, None, 1, 1, None)


@brick.check(
    "train",
    points=1,
    called="train(model, x, y_true, x_val, y_val, {epochs}, batch_size, optimizer)",
    hint="Loss and accuracy are of each batch before its update, and means over the samples.",
    inputs=data_and_weights,
    tolerance=SOME_EPOCHS,
    limit=90.0,
    keras=True,
)
def train_history(
    training, x, y_true, x_val, y_val, first_kernel, first_bias, second_kernel, second_bias,
    learning_rate, epochs, batch_size, more,
):  # fmt: skip
    begun_training(training)
    import keras

    inputs = keras.Input(x.shape[1:])
    layers = keras.layers
    hidden = layers.Dense(len(first_bias), activation="tanh", kernel_regularizer="l2")
    output = layers.Dense(len(second_bias), activation="softmax")
    model = keras.Model(inputs, output(hidden(inputs)))
    weights = [first_kernel, first_bias, second_kernel, second_bias]
    model.set_weights(weights)
    optimizer = Descent(learning_rate)
    history = training.train(model, x, y_true, x_val, y_val, epochs, len(x), optimizer)
    kernels = {"first kernel": hidden.kernel, "second kernel": output.kernel}
    found = {**numbers_of(history), **{name: np.array(k) for name, k in kernels.items()}}
    model.set_weights(weights)
    n = 2 * batch_size + more  # one sample again and again: batches differ in their length alone
    same, labels = np.repeat(x[:1], n, axis=0), np.repeat(y_true[:1], n)
    batches = training.train(model, same, labels, x_val, y_val, 2, batch_size, optimizer)
    return {
        **found,
        "loss, several batches an epoch": np.array(batches["loss"]),
        "x after the call": x,
        "y_true after the call": y_true,
    }


def one_feature_a_sample(rng):
    """Sample i has only feature i: a batch's gradient tells which samples were in it."""
    batch_size = int(rng.integers(3, 5))
    n = 2 * batch_size + int(rng.integers(1, batch_size))
    return {
        "x": single(np.diag(rng.uniform(0.7, 1.3, size=n))),
        "y_true": np.append(rng.permutation(np.arange(n - 1) % 2), 0),
        "kernel": normal(rng, n, 2, scale=0.5),
        "batch_size": batch_size,
        "epochs": int(rng.integers(5, 8)),
        "seed": draw_seeds(rng),
    }


def batches_of(returned, inputs, run):
    """By batch, how much each sample counted in it: 0, or 1 / the number of its samples."""
    x, y_true, kernel = inputs["x"], inputs["y_true"], inputs["kernel"]
    scores = np.exp(x @ kernel)
    error = scores[:, 1] / scores.sum(axis=1) - y_true
    return returned[f"gradients, {run}"][:, :, 1] / (np.diag(x) * error)


def measure_batches(returned, inputs):
    n, epochs = len(inputs["x"]), inputs["epochs"]
    counted = batches_of(returned, inputs, "first")
    used = {run: np.abs(batches_of(returned, inputs, run)) > 1e-4 for run in inputs["seed"]}
    first = used["first"]
    epoch_long = max(1, len(first) // epochs)
    parts = {first[i : i + epoch_long].tobytes() for i in range(0, len(first), epoch_long)}
    in_order = np.arange(n) // inputs["batch_size"] == np.arange(epoch_long)[:, np.newaxis]
    return {
        "batches in all epochs": len(first),
        "samples in a batch, sorted": np.sort(first.sum(axis=1)),
        "each sample was used once an epoch": np.all(first.sum(axis=0) == epochs),
        "a sample counts as much as": np.sort(np.max(counted, axis=1)),
        "the order is always the given one": parts == {in_order.tobytes()},
        "another order from epoch to epoch": len(parts) > 1,
        "same seed, same batches": np.array_equal(first, used["again"]),
        "other seed, other batches": not np.array_equal(first, used["other"]),
    }


class Listener:
    """An optimizer that changes nothing, and keeps the gradients for variables of one shape."""

    def __init__(self, shape):
        self.shape = shape
        self.heard = []

    def apply(self, gradients, variables):
        for gradient, variable in zip(gradients, variables, strict=True):
            if tuple(variable.shape) == self.shape:
                self.heard.append(np.array(gradient))


@brick.check(
    "train",
    points=1,
    called="train(...) on batches of {batch_size}, with an optimizer that changes nothing",
    hint="Shuffle anew in each epoch, cut into batches. Where do the last few samples go?",
    inputs=one_feature_a_sample,
    each="seed",
    measure=measure_batches,
    needs=("train_history",),
    vouched_by=("train_history", "train_tells_the_model", "train_stops_early"),
    tolerance=SOME_EPOCHS,
    limit=90.0,
    keras=True,
)
def train_batches(training, x, y_true, kernel, batch_size, epochs, seed):
    begun_training(training)
    import keras

    inputs = keras.Input(x.shape[1:])
    model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(inputs))
    model.set_weights([kernel, np.zeros(2)])
    listener = Listener(kernel.shape)
    training.train(model, x, y_true, x, y_true, epochs, batch_size, listener, seed=seed)
    return {"gradients": np.array(listener.heard)}


@brick.check(
    "train",
    points=1,
    called="train(...) of a model with batch normalisation, by keras.optimizers.SGD",
    hint="Where does the model train, and where does it not? It must be told, each time.",
    inputs=data_and_weights,
    tolerance=SOME_EPOCHS,
    limit=90.0,
    keras=True,
)
def train_tells_the_model(training, x, y_true, x_val, y_val, first_kernel, epochs, learning_rate):
    begun_training(training)
    import keras

    n_inputs, n_classes = x.shape[1], int(max(y_true.max(), y_val.max())) + 1
    inputs = keras.Input((n_inputs,))
    normalise = keras.layers.BatchNormalization(momentum=0.7)
    output = keras.layers.Dense(n_classes, activation="softmax")
    model = keras.Model(inputs, output(normalise(inputs)))
    output.kernel.assign(np.resize(first_kernel, (n_inputs, n_classes)))
    optimizer = keras.optimizers.SGD(learning_rate)
    history = training.train(model, x, y_true, x_val, y_val, epochs, len(x), optimizer)
    return {
        **numbers_of(history),
        "moving mean": normalise.moving_mean,
        "moving variance": normalise.moving_variance,
        "gamma": normalise.gamma,
        "kernel": output.kernel,
    }


def planned_losses(rng):
    """Validation losses that are known before: an optimizer sets the weights for them."""
    patience = int(rng.integers(2, 5))
    steps = np.arange(1, patience + 1)[::-1] * 0.05  # none is lower than the best, each falls
    stopped = [1.4, *(1.4 + steps[1:]), 1.1, *(1.1 + steps[1:]), 0.9, *(0.9 + steps), 0.5, 0.4]
    finished = [1.3, *np.arange(1.2, 0.7, -0.2)[: int(rng.integers(1, 4))], 0.6, 0.8, 0.7]
    losses = np.array([*stopped, *finished]) * rng.uniform(0.9, 1.1)
    n, n_val, n_inputs, n_classes = sizes(rng, 4)
    return {
        "patience": patience,
        "more": int(rng.integers(1, 4)),
        "n_stopped": len(stopped),
        "x": normal(rng, n, n_inputs),
        "y_true": np.append(rng.integers(1, n_classes, size=n - 1), n_classes - 1),
        "x_val": normal(rng, n_val, n_inputs),
        "y_val": np.zeros(n_val, np.int64),
        # With a kernel of 0 the bias of class 0 alone decides the loss of validation data.
        "bias": single(np.outer(-np.log(np.expm1(losses) / (n_classes - 1)), np.eye(n_classes)[0])),
        "gamma": single(rng.uniform(0.5, 1.5, size=(len(losses), n_inputs))),
    }


class Planned:
    """An optimizer that gives the variables of these shapes, step by step, these values."""

    def __init__(self, *plans):
        self.plans = plans
        self.steps = 0

    def apply(self, gradients, variables):
        for variable in variables:
            for plan in self.plans:
                if tuple(variable.shape) == plan.shape[1:]:
                    variable.assign(plan[min(self.steps, len(plan) - 1)])
        self.steps += 1


@brick.check(
    "train",
    points=1,
    called="train(..., patience={patience}), stopped early; a longer patience; and without",
    hint="Count the epochs since the lowest val_loss so far. Which weights are worth keeping?",
    inputs=planned_losses,
    tolerance=SOME_EPOCHS,
    limit=90.0,
    keras=True,
)
def train_stops_early(training, x, y_true, x_val, y_val, bias, gamma, patience, more, n_stopped):
    begun_training(training)
    import keras

    def run(what, bias, gamma, **patience):
        inputs = keras.Input(x.shape[1:])
        normalise = keras.layers.BatchNormalization(momentum=0.6, center=False)
        output = keras.layers.Dense(bias.shape[1], "softmax", kernel_initializer="zeros")
        model = keras.Model(inputs, output(normalise(inputs)))
        optimizer = Planned(bias, gamma)
        history = training.train(
            model, x, y_true, x_val, y_val, len(bias), len(x), optimizer, **patience
        )
        return {
            f"val_loss, {what}": np.array(history["val_loss"]),
            f"steps, {what}": optimizer.steps,
            f"bias, {what}": output.bias,
            f"gamma, {what}": normalise.gamma,
            f"moving mean, {what}": normalise.moving_mean,
            f"moving variance, {what}": normalise.moving_variance,
        }

    rest = bias[n_stopped:], gamma[n_stopped:]
    return {
        **run("stopped", bias[:n_stopped], gamma[:n_stopped], patience=patience),
        **run("not stopped", *rest, patience=patience + more),
        **run("no patience", *rest),
    }


def seen_through(rng):
    """Kernels through which the units of the last hidden layer are seen in the probabilities."""
    n, width = int(rng.integers(200, 260)), int(rng.integers(5, 8))
    first, second, last = (
        np.diag(rng.uniform(0.8, 1.2, size=width))[:, rng.permutation(width)] for _ in range(3)
    )
    return {
        "width": width,
        "n_classes": width + 1,
        "rate": round(float(rng.uniform(0.2, 0.45)), 2),
        "x": single(rng.uniform(0.5, 1.5, size=(n, width)) * rng.choice([-1, 1], size=(n, width))),
        "first": single(first),
        "second": single(second),
        "last": single(np.append(np.zeros((width, 1)), last, axis=1)),  # class 0 has score 0
        "seed": int(rng.integers(10_000)),
    }


LABELS = ("likely", "unlikely")


def measure_dropout_in_model(returned, inputs):
    rate, p = inputs["rate"], returned["p in training"]
    units = np.maximum(inputs["x"], 0) @ inputs["first"] @ inputs["second"] @ inputs["last"]
    scores = np.log(np.maximum(p, 1e-30)) - np.log(np.maximum(p[:, :1], 1e-30))
    times = (scores / np.where(units > 0, units, np.nan))[units > 0]
    kept, due = np.abs(times) > 0.01, (1 - rate) ** 2
    unsure = 6 * np.sqrt(due * (1 - due) / kept.size)
    known = np.log(returned["p"])
    gap = np.mean(known.max(axis=1) - known.min(axis=1))
    losses = [np.ravel(returned[f"loss, {name} labels"])[0] for name in LABELS]
    return {
        "p": returned["p"],
        "in training, rows of p add up to 1": np.allclose(p.sum(axis=1), 1, atol=1e-4),
        "in training, kept units are so many times as large": [
            np.min(times[kept], initial=np.inf),
            np.max(times[kept], initial=-np.inf),
        ],
        "in training, (1 - rate)^2 of all units are kept": np.abs(np.mean(kept) - due) < unsure,
        "the loss is one for integer labels and probabilities": (
            np.abs(losses[1] - losses[0] - gap) < 0.05 * gap
        ),
    }


@brick.check(
    "keras_mlp_with_dropout",
    points=1,
    called="keras_mlp_with_dropout([{width}, {width}, {width}, {n_classes}], rate={rate}), in use",
    hint="Dense with ReLU, then dropout, for each hidden layer; softmax at the end, once.",
    inputs=seen_through,
    measure=measure_dropout_in_model,
    tolerance=SOME_EPOCHS,
    limit=60.0,
    keras=True,
)
def dropout_in_a_model(training, x, first, second, last, rate, seed):
    width, n_classes = last.shape
    training.keras_mlp_with_dropout([width, width, width, n_classes], rate)
    import keras

    keras.utils.set_random_seed(seed)
    model = training.keras_mlp_with_dropout([width, width, width, n_classes], rate)
    kernels = first, second, last
    model.set_weights([array for k in kernels for array in (k, np.zeros(k.shape[1]))])
    p = np.array(model(x, training=False))
    found = {"p": p, "p in training": np.array(model(x, training=True))}
    for name, labels in zip(LABELS, (p.argmax(axis=1), p.argmin(axis=1)), strict=True):
        try:
            loss = model.evaluate(x, labels, verbose=0)
        except ValueError:  # it wants one-hot labels
            loss = np.nan
        found[f"loss, {name} labels"] = np.ravel(loss)[0]
    return found


UNITS = 48  # of the hidden layer of the network that keras_train is given


def noisy_labels(rng):
    """Few samples, many of them with wrong labels: after a while learning does only harm."""
    n, n_val, n_inputs, n_classes = 60, 90, int(rng.integers(12, 16)), int(rng.integers(3, 5))
    true = rng.normal(size=(n_inputs, n_classes))
    drawn = {"seed": draw_seeds(rng), "n_classes": n_classes}
    for size, x, y in ((n, "x", "y_true"), (n_val, "x_val", "y_val")):
        data = normal(rng, size, n_inputs)
        labels = (data @ true).argmax(axis=1)
        wrong = rng.uniform(size=size) < 0.35
        # The last column is 1 in validation data alone: its row of the kernel must not learn.
        drawn[x] = np.append(data, np.full((size, 1), single(x == "x_val")), axis=1)
        drawn[y] = np.where(wrong, rng.integers(n_classes, size=size), labels)
    kernels = [
        rng.uniform(-1, 1, size=shape) * np.sqrt(6 / sum(shape))
        for shape in ((n_inputs + 1, UNITS), (UNITS, n_classes))
    ]
    start = [array for kernel in kernels for array in (kernel, np.zeros(kernel.shape[1]))]
    return {**drawn, "start": shipped.in_a_row(start)}


def layers_of(weights, inputs):
    """Kernel and bias, kernel and bias: the arrays of a network like the one that was given."""
    n_inputs, n_classes = inputs["x"].shape[1], inputs["n_classes"]
    shapes = (n_inputs, UNITS), (UNITS,), (UNITS, n_classes), (n_classes,)
    ends = np.cumsum([np.prod(shape) for shape in shapes])
    if np.size(weights) != ends[-1]:
        raise Unfit("weights of the model", f"{np.size(weights)} numbers", f"{ends[-1]}")
    flat = single(np.ravel(weights))
    return [
        part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), shapes, strict=True)
    ]


def loss_with(arrays, x, y_true):
    """The loss of the given network, with these arrays in it."""
    import tensorflow as tf

    hidden = tf.nn.relu(x @ arrays[0] + arrays[1])
    log_p = tf.nn.log_softmax(hidden @ arrays[2] + arrays[3])
    return -tf.reduce_mean(tf.gather(log_p, y_true, axis=1, batch_dims=1))


def down_the_slope(start, after, x, y_true):
    """How far the way of each kernel goes down the slope at its start."""
    import tensorflow as tf

    variables = [tf.Variable(array) for array in start]
    with tf.GradientTape() as tape:
        loss = loss_with(variables, x, y_true)
    slopes = tape.gradient(loss, variables[::2])
    ways = [end - begin for begin, end in zip(start[::2], after[::2], strict=True)]
    return [downhill(way, slope) for way, slope in zip(ways, slopes, strict=True)]


def losses_of_keras_train(returned, inputs):
    """What follows from the weights that came back: only these are believed, and no loss."""
    x, y_true, x_val, y_val = (inputs[name] for name in ("x", "y_true", "x_val", "y_val"))
    start = layers_of(inputs["start"], inputs)
    after = {run: layers_of(returned[f"weights after, {run}"], inputs) for run in inputs["seed"]}
    epochs = [layers_of(row, inputs) for row in returned["weights of each epoch, first"]]
    return {
        "loss of x before": float(loss_with(start, x, y_true)),
        "loss of x after": float(loss_with(after["first"], x, y_true)),
        "val_loss after": float(loss_with(after["first"], x_val, y_val)),
        "val_loss of each epoch": np.array([float(loss_with(w, x_val, y_val)) for w in epochs]),
        "epochs of the latest fit": returned["epochs of the latest fit, first"],
        "down the slope": np.array(down_the_slope(start, after["first"], x, y_true)),
        "kernel before": start[0],
        **{f"kernel after, {run}": arrays[0] for run, arrays in after.items()},
    }


# Of a random way it is 0.0 +- 0.05. Right trainings have 0.40 or more, with any optimizer
# and with batches of 1 to 60 samples.
DOWNHILL = 0.2


def measure_keras_train(returned, inputs):
    # Sixty steps of SGD(0.01) are below a guess already.
    share = np.bincount(inputs["y_true"]) / len(inputs["y_true"])  # all that a guess knows
    guess = -np.sum(share[share > 0] * np.log(share[share > 0]))
    before, after = (returned[f"loss of x {when}"] for when in ("before", "after"))
    val_loss, epochs = returned["val_loss after"], returned["val_loss of each epoch"]
    latest = epochs[len(epochs) - int(returned["epochs of the latest fit"]) :]
    # The best of all epochs, or of a last fit of several: one that follows at a finer rate, say.
    lowest = [np.min(epochs, initial=np.inf), *([np.min(latest)] if len(latest) > 1 else [])]
    kernel, start = returned["kernel after, first"], returned["kernel before"]
    again, other = (
        np.mean(np.abs(kernel - returned[f"kernel after, {run}"])) for run in ("again", "other")
    )
    return {
        "the given model has changed": not np.array_equal(kernel[:-1], start[:-1]),
        "what validation data alone could teach": np.sum(kernel[-1] != start[-1]),
        "fit looked at the validation data": len(epochs) > 0,
        "the loss of x is lower than before": after < before,
        "the loss of x is lower than that of a guess": after < guess,
        (name := "both kernels went down the slope of the loss"): (
            np.min(returned["down the slope"]) > DOWNHILL
        ),
        **cause_of(name, "they moved, but hardly in the direction in which the loss of x falls"),
        "the weights are those of the lowest val_loss": (
            np.min(np.abs(val_loss - np.array(lowest))) < 1e-3
        ),
        "same seed, same training": again < max(1e-4, other / 4),
        "other seed, other training": other > max(1e-4, 4 * again),
        SHOWN + "before": start,
        SHOWN + "after": kernel,
    }


def watched(model):
    """Notes the model's weights whenever `fit` looks at validation data, and when each fit begins.

    Both lists grow while the model learns.
    """
    epochs, beginnings = [], []
    fit, evaluate = model.fit, model.evaluate

    def noted(*arguments, **named):
        epochs.append(shipped.in_a_row(model.get_weights()))
        return evaluate(*arguments, **named)

    def watched_fit(*arguments, **named):
        beginnings.append(len(epochs))
        model.evaluate = noted
        try:
            return fit(*arguments, **named)
        finally:
            model.evaluate = evaluate

    model.fit = watched_fit
    return epochs, beginnings


@brick.check(
    "keras_train",
    points=1,
    called="keras_train(model, x, y_true, x_val, y_val, seed=seed), labels partly wrong",
    hint="Early stopping looks at val_loss. In which epoch was the model best, and is it that one?",
    inputs=noisy_labels,
    each="seed",
    clean=losses_of_keras_train,
    measure=measure_keras_train,
    illustrate=lambda returned, expected, inputs: never_moved(
        *shown(returned).values(), of_keras=True
    ),
    needs=("dropout_in_a_model",),
    limit=120.0,
    keras=True,
)
def keras_train_keeps_the_best(training, x, y_true, x_val, y_val, n_classes, start, seed):
    begun(training.keras_train, None, None, None, None, None)
    import keras

    keras.utils.set_random_seed(0)  # the same for every seed: keras_train has to follow its own
    inputs = keras.Input(x.shape[1:])
    hidden = keras.layers.Dense(UNITS, activation="relu")
    output = keras.layers.Dense(n_classes, activation="softmax")
    model = shipped.with_weights(keras.Model(inputs, output(hidden(inputs))), start)
    model.compile(keras.optimizers.Adam(0.03), loss="sparse_categorical_crossentropy")
    epochs, beginnings = watched(model)
    training.keras_train(model, x, y_true, x_val, y_val, seed=seed)
    return {
        "weights after": shipped.in_a_row(model.get_weights()),
        "weights of each epoch": np.array(epochs).reshape(len(epochs), len(start)),
        "epochs of the latest fit": len(epochs) - beginnings[-1] if beginnings else 0,
    }


def digits(rng):
    classes = tuple(int(digit) for digit in rng.permutation(10))
    drawn = mnist.draw_vectors(rng, n_train=1_500, n_test=2_000, classes=classes)
    return {**drawn, "seed": int(rng.integers(10_001))}


@brick.check(
    "MNIST",
    points=1,
    called="train of two DenseLayers by Adam(0.003) on 1,000 digits, patience=3; predict 2,000",
    hint="If all other parts are right, do they learn together? Look at the history of train.",
    inputs=digits,
    labels="y_test",
    images="images",
    needs=("dense_layer_values", "adam_steps", "train_history"),
    limit=240.0,
    keras=True,
)
def ten_digits(training, x_train, y_train, x_test, seed):
    begun_training(training)
    import keras

    keras.utils.set_random_seed(seed)
    inputs = keras.Input(x_train.shape[1:])
    hidden = training.DenseLayer(64, activation="relu")(inputs)
    outputs = training.DenseLayer(10, activation="softmax")(hidden)
    model = keras.Model(inputs, outputs)
    x, x_val = single(x_train[:1_000]), single(x_train[1_000:])
    y, y_val = y_train[:1_000], y_train[1_000:]
    optimizer = training.Adam(learning_rate=0.003)
    training.train(model, x, y, x_val, y_val, 6, 32, optimizer, patience=3, seed=seed)
    return {"labels": np.argmax(model(single(x_test), training=False), axis=1)}


# Hints, one at a time: `bricks hint Adam`. Read them there, after a try of your own.

brick.hints(
    "gradients",
    look="The order of what you return, and what stands there for a variable that is never used.",
    example="The loss a * a * b with a = 2 and b = 5: asked for b, a and c, the answer is 4, 20 "
    "and 0.",
    formula="By a the slope of a * a * b is 2ab, by b it is a * a, and by c it is 0.",
)
brick.hints(
    "DenseLayer",
    look="What `__init__` only keeps and what `build` makes; and whether `get_config` names all "
    "that `__init__` asks for.",
    example="x = (1, 1), the kernel's rows (1, 2) and (3, 4), bias (10, -20), ReLU: (14, 0).",
    formula="z_ij = sum over k of x_ik w_kj, plus b_j, then the activation. At the start limit^2 = "
    "6 / (n_inputs + units).",
)
brick.hints(
    "Momentum",
    look="Whose velocity each variable gets, its sign, and what changes first: velocity or "
    "variable.",
    example="Rate 0.5, momentum 0.5, gradients 2, 4 and 0: v is -1, -2.5 and -1.25. A variable "
    "that begins at 0 goes to -1, -3.5 and -4.75.",
    formula="After three steps v = -rate * (g_3 + m g_2 + m^2 g_1): the oldest counts least.",
)
brick.hints(
    "Adam",
    look="How often t grows in one call, whose averages each variable gets, and where epsilon is.",
    example="beta_1 = 0.5, beta_2 = 0.75, gradients 2 and 4: in step 2 m is 2.5 and s is 4.75, "
    "corrected 3.3333 and 10.8571. At a rate of 0.1 the step is 0.1012.",
    formula="After t steps the gradients' shares in an average add up to 1 - beta^t.",
)
brick.hints(
    "dropout",
    look="Whether each entry is drawn for itself, by which generator, and what comes back without "
    "training.",
    example="Rate 0.25 and an x full of 6: about one entry of four becomes 0, all others 8.",
    formula="On average an entry stays what it was: (1 - rate) * x / (1 - rate) = x.",
)
brick.hints(
    "batch_norm",
    look="The axis of mean and variance, and which of them serve in training, which at inference.",
    example="The column 2, 6 with gamma 3, beta 1, epsilon 0: mean 4, variance 4, y is -2 and 4. "
    "A moving mean of 0 becomes 1 with momentum 0.75.",
    formula="variance_j = sum over i of (x_ij - mean_j)^2, over n. A moving average keeps the "
    "share momentum of itself.",
)
brick.hints(
    "train",
    look="Where the model is told that it trains, how much a short batch counts, and which "
    "epoch's weights are left.",
    example="Batches of 4 and 1 with losses 0.5 and 1.0: 0.6. Validation losses 0.8, 0.5, 0.6, "
    "0.55, patience 2: it stops, with the weights of the second epoch.",
    formula="An epoch's number is the sum over its batches of loss * samples, over the number of "
    "all samples.",
)
brick.hints(
    "keras_mlp_with_dropout",
    look="Behind which layers dropout stands, their activations, and which labels the loss is for.",
    example="Sizes 4, 6, 5, 3: 4 * 6 + 6 + 6 * 5 + 5 + 5 * 3 + 3 = 83 parameters.",
    formula="Dense with ReLU and dropout for each hidden size; dense with softmax for the last.",
)
brick.hints(
    "keras_train",
    look="Whether `fit` sees the validation data, which number stops it, and whose weights remain.",
    example="Validation losses 0.9, 0.7, 0.8, 0.75, and the end: the weights of the second epoch.",
    formula="The best epoch is the one with the lowest val_loss, not the last one.",
)
brick.hints(
    "MNIST",
    look='The history of `train`: does "loss" fall in every epoch, and does "val_loss" follow?',
    example="Guessing among ten costs 2.3026. 1,000 digits in batches of 32 make 32 steps an "
    "epoch.",
    formula="The share that is right is the number of equal pairs (label, prediction) over n.",
)
brick.able = {
    "gradients": "you write a loss, and the tape finds its gradients.",
    "DenseLayer": "your own layer can stand in any Keras model.",
    "Adam": "your optimizer finds a step size for every single parameter.",
    "train": "you know what `fit` does: you have written it.",
    "MNIST": "your layers, your optimizer and your loop have learned to read digits together.",
}

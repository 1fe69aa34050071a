"""Self-checks of mlp.py.

Each function below is a probe. It calls your code on the inputs that are drawn for it and returns
what came back, by name; the same probe runs on a correct solution, and the two are compared. So
reading a probe tells you exactly what was called. Graded checks are these, with other inputs.
"""

from itertools import pairwise

import numpy as np

from grader import (
    ASIDE,
    GLOBAL_STATE,
    SLOPE,
    Brick,
    Tolerance,
    all_differ,
    draw_seeds,
    follows_seed,
    global_state,
    mnist,
    never_moved,
    own_labels,
    seed_global_state,
    slopes,
    where_possible,
)

brick = Brick("mlp", order=3, title="Multi-layer perceptron", builds_on=("layer",), worth=20)


def steps(rng, shape, most, of):
    """Numbers between -most and most in steps of 1 / of, none of them 0.

    Sums of their products have few digits, also in float32: no rounding moves a z across 0, where
    ReLU bends, or makes another score the largest.
    """
    return (rng.integers(int(-most * of), int(most * of), size=shape) + 0.5) / of


def kernels_and_biases(rng, units, of=8):
    """For four layers. The first two units of each have opposite kernels, and no negative bias: so
    for each sample one of them passes ReLU, and no gradient is zero by chance.
    """
    kernels, biases = (steps(rng, shape, 0.75, of) for shape in ((4, units, units), (4, units)))
    kernels[:, :, 1] = -kernels[:, :, 0]
    biases[:, :2] = np.abs(biases[:, :2])
    return {"kernels": kernels, "biases": biases}


def samples(rng):
    """For layers that have as many units as inputs. A smaller network takes the first kernels."""
    units = int(rng.integers(4, 8))
    n = units + int(rng.integers(1, 4))
    return {
        "x": steps(rng, (n, units), 1.5, 64),
        "y_true": rng.integers(units, size=n),
        **kernels_and_biases(rng, units),
        "learning_rate": round(float(rng.uniform(0.2, 0.6)), 2),
    }


def samples_for_sizes(rng):
    """For layers of different sizes."""
    sizes = rng.permutation(np.arange(3, 8)).tolist()
    x = steps(rng, (int(rng.integers(8, 12)), sizes[0]), 1.5, 64)
    return {"x": x, "sizes": sizes, **kernels_and_biases(rng, max(sizes))}


def mlp_with(mlp, kernels, biases):
    model = mlp.MLP([*(len(kernel) for kernel in kernels), len(biases[-1])])
    for layer, kernel, bias in zip(model.layers, kernels, biases, strict=False):
        layer.kernel, layer.bias = kernel.copy(), bias.copy()
    return model


def cut(sizes, kernels, biases):
    """Kernels and biases for layers of these sizes, cut out of larger ones."""
    shapes = list(pairwise(sizes))
    return (
        [kernels[i, :n_inputs, :units] for i, (n_inputs, units) in enumerate(shapes)],
        [biases[i, :units] for i, (_, units) in enumerate(shapes)],
    )


@brick.check(
    "relu",
    points=1,
    called="relu(z)",
    hint="What is positive passes as it is. What becomes of the rest?",
    inputs=lambda rng: {"z": rng.normal(scale=2.0, size=rng.integers(3, 7, size=2))},
)
def relu_values(mlp, z):
    return {"relu(z)": mlp.relu(z), "z after the call": z}


def gradient_and_z(rng):
    shape = rng.integers(3, 7, size=2)
    return {"d_out": rng.normal(size=shape), "z": rng.normal(size=shape)}


def gradient_at_zeros(rng):
    """Some of z are exactly 0, at drawn places."""
    shape = rng.integers(3, 7, size=2)
    z = rng.normal(size=shape)
    z.flat[rng.choice(z.size, size=rng.integers(2, 5), replace=False)] = 0.0
    return {"d_out": rng.uniform(1.0, 2.0, size=shape), "z": z}


@brick.check(
    "relu_backward",
    points=1,
    called="relu_backward(d_out, z)",
    hint="Where relu let z through, a change of z changes the output as much. And elsewhere?",
    inputs=gradient_and_z,
)
def relu_gradient(mlp, d_out, z):
    d_z = mlp.relu_backward(d_out, z)
    return {"d_z": d_z, "d_out after the call": d_out, "z after the call": z}


@brick.check(
    "relu_backward",
    points=1,
    called="relu_backward(d_out, z), where some of z are exactly 0",
    hint="At z = 0 the slope is a matter of choice. Which one does the text choose?",
    inputs=gradient_at_zeros,
    needs=("relu_gradient",),
)
def relu_gradient_at_zero(mlp, d_out, z):
    return {"d_z": mlp.relu_backward(d_out, z)}


def drawn_sizes(rng):
    units, n_sizes = int(rng.integers(5, 10)), int(rng.integers(4, 7))
    sizes = rng.permutation(np.arange(2, 10))[: rng.integers(3, 6)]
    return {"equal": [units] * n_sizes, "sizes": sizes.tolist(), "seed": draw_seeds(rng)}


def measure_start(returned, inputs):
    kernels, n_layers = returned["kernels, first"], len(inputs["equal"]) - 1
    others = zip(kernels, returned["kernels, other"], strict=False)
    return {
        "shapes of the kernels, different sizes": returned["shapes, first"],
        "biases": returned["biases, first"],
        "units of one layer start different": all(all_differ(kernel.T) for kernel in kernels),
        "layers of one shape start different": len(kernels) == n_layers and all_differ(kernels),
        **follows_seed(returned, inputs["seed"], "kernels"),
        "other seed, another kernel in each layer": not any(
            np.array_equal(kernel, other) for kernel, other in others
        ),
    }


@brick.check(
    "MLP",
    points=1,
    called="MLP({equal}, seed=seed), MLP({sizes}, seed=seed)",
    hint="The seed decides all layers, and yet no two may be equal. What can a generator draw?",
    inputs=drawn_sizes,
    each="seed",
    measure=measure_start,
    needs=("forward_one_hidden_layer",),
    vouched_by=("forward_one_hidden_layer", "gradients_one_hidden_layer"),
)
def start(mlp, equal, sizes, seed):
    seed_global_state(seed)
    of_one_shape = mlp.MLP(equal, seed=seed).layers
    layers = mlp.MLP(sizes, seed=seed).layers
    return {
        "shapes": [np.shape(layer.kernel) for layer in layers],
        "biases": np.concatenate([layer.bias for layer in layers]),
        "kernels": np.stack([layer.kernel for layer in of_one_shape]),
        GLOBAL_STATE: global_state(),
    }


def parameters_after(model):
    after = {}
    for i, layer in enumerate(model.layers):
        after[f"kernel of layers[{i}] after the call"] = np.array(layer.kernel)
        after[f"bias of layers[{i}] after the call"] = np.array(layer.bias)
    return after


@brick.check(
    "MLP.forward",
    points=1,
    called="forward(x), one hidden layer, kernels set, biases 0",
    hint="Dense, ReLU, Dense, softmax: which one stands between the layers, which one at the end?",
    inputs=samples_for_sizes,
)
def forward_one_hidden_layer(mlp, x, sizes, kernels, biases):
    model = mlp_with(mlp, *cut(sizes[:3], kernels, np.zeros_like(biases)))
    p = np.array(model.forward(x))
    after = {"x after the call": np.array(x), **parameters_after(model)}
    return {"p": p, **after, **where_possible(taken_in, model, x)}


def taken_in(model, x):
    """What each layer takes in for the first sample: with d_out 1, d_kernel is the input."""
    model.forward(x[:1])
    inputs = {}
    for i, layer in enumerate(model.layers):
        layer.backward(np.ones((1, len(layer.bias))))
        inputs[ASIDE + f"what layers[{i}] takes in for x[0]"] = np.array(layer.d_kernel)[:, 0]
    return inputs


@brick.check(
    "MLP.forward",
    points=1,
    called="forward(x), two, three and no hidden layers, kernels set, biases 0",
    hint="Each layer takes what the one before it gave, after the ReLU: follow one sample through.",
    inputs=samples_for_sizes,
    needs=("forward_one_hidden_layer",),
)
def forward_more_hidden_layers(mlp, x, sizes, kernels, biases):
    none, two, three = (
        mlp_with(mlp, *cut(sizes[:n], kernels, np.zeros_like(biases))) for n in (2, 4, 5)
    )
    return {
        "p, two hidden layers": np.array(two.forward(x)),
        "p, three hidden layers": np.array(three.forward(x)),
        "p, no hidden layer": np.array(none.forward(x)),
        **where_possible(taken_in, three, x),
    }


@brick.check(
    "MLP.forward",
    points=1,
    called="forward(x), one hidden layer, kernels and biases set",
    hint="Each layer adds its own bias, before the ReLU. Does your forward ask the layers?",
    inputs=samples_for_sizes,
    needs=("forward_one_hidden_layer",),
)
def biases_count(mlp, x, sizes, kernels, biases):
    model = mlp_with(mlp, *cut(sizes[:3], kernels, biases))
    return {"p": np.array(model.forward(x)), **where_possible(taken_in, model, x)}


def gradients_of(model):
    """From the last layer to the first, as backward walks: the first wrong one tells most."""
    gradients = {}
    for i, layer in reversed(list(enumerate(model.layers))):
        gradients[f"d_bias of layers[{i}]"] = np.array(layer.d_bias)
        gradients[f"d_kernel of layers[{i}]"] = np.array(layer.d_kernel)
    return gradients


def slopes_of(mlp, x, y_true, kernels, biases, of_kernels=True):
    """The gradients of the loss of your own forward, found by trying."""

    def loss(kernels, biases):
        p = mlp_with(mlp, kernels, biases).forward(x)
        return -np.mean(np.log(p[np.arange(len(x)), y_true]))

    def replaced(arrays, i, moved):
        return [*arrays[:i], moved, *arrays[i + 1 :]]

    found = {}
    for i in range(len(kernels)):
        found[SLOPE + f"d_bias of layers[{i}]"] = slopes(
            lambda moved, i=i: loss(kernels, replaced(biases, i, moved)), biases[i]
        )
        if of_kernels:
            found[SLOPE + f"d_kernel of layers[{i}]"] = slopes(
                lambda moved, i=i: loss(replaced(kernels, i, moved), biases), kernels[i]
            )
    return found


@brick.check(
    "MLP.backward",
    points=2,
    called="forward(x), backward(y_true), one hidden layer, biases 0",
    hint="Start at the scores, as in the layer brick. Then go back: Dense, ReLU, Dense.",
    inputs=samples,
    needs=("forward_one_hidden_layer",),
)
def gradients_one_hidden_layer(mlp, x, y_true, kernels, biases):
    none = np.zeros_like(biases[:2])
    model = mlp_with(mlp, kernels[:2], none)
    model.forward(x)
    model.backward(y_true)
    after = {**parameters_after(model), "x after the call": x, "y_true after the call": y_true}
    explained = where_possible(slopes_of, mlp, x, y_true, kernels[:2], none)
    return {**gradients_of(model), **after, **explained}


@brick.check(
    "MLP.backward",
    points=2,
    called="forward(x reversed), forward(x), backward(y_true), three hidden layers, biases set",
    hint="Every ReLU blocks where its own input was negative. Which z belongs to which layer?",
    inputs=samples,
    needs=("forward_more_hidden_layers", "biases_count"),
)
def gradients_three_hidden_layers(mlp, x, y_true, kernels, biases):
    model = mlp_with(mlp, kernels, biases)
    model.forward(x[::-1])  # backward belongs to the latest forward
    model.forward(x)
    model.backward(y_true)
    explained = where_possible(slopes_of, mlp, x, y_true, kernels, biases, False)
    return {**gradients_of(model), **explained}


@brick.check(
    "MLP.train_step",
    points=1,
    called="train_step(x, y_true, learning_rate={learning_rate}), its return",
    hint="The loss is that of the prediction which the step then improves.",
    inputs=samples,
    needs=("forward_one_hidden_layer",),
)
def loss_before_the_step(mlp, x, y_true, kernels, biases, learning_rate):
    model = mlp_with(mlp, kernels[:2], np.zeros_like(biases[:2]))
    loss = model.train_step(x, y_true, learning_rate=learning_rate)
    return {"loss": loss, "x after the call": x, "y_true after the call": y_true}


def illustrate_step(returned, expected, inputs):
    """The units of the first layer that should have moved and did not."""
    of_layers = (
        never_moved(kernel, *(values[f"kernel of layers[{i}]"] for values in (returned, expected)))
        for i, kernel in enumerate(inputs["kernels"][:3])
    )
    return next(filter(None, of_layers), None)


@brick.check(
    "MLP.train_step",
    points=1,
    called="train_step(x, y_true, learning_rate={learning_rate}), two hidden layers",
    hint="By how much does each kernel move, and when? First all gradients, then all steps.",
    inputs=samples,
    illustrate=illustrate_step,
    needs=("gradients_one_hidden_layer", "forward_more_hidden_layers"),
)
def every_layer_steps(mlp, x, y_true, kernels, biases, learning_rate):
    model = mlp_with(mlp, kernels[:3], np.zeros_like(biases[:3]))
    model.train_step(x, y_true, learning_rate=learning_rate)
    after = {}
    for i, layer in enumerate(model.layers):
        after[f"kernel of layers[{i}]"] = layer.kernel
        after[f"bias of layers[{i}]"] = layer.bias
    return after


def samples_for_fit(rng):
    """Small kernels and a large bias let all through ReLU: training carries no z across its 0."""
    drawn = samples(rng)
    kernels, biases = drawn["kernels"][:2] / 4, np.zeros_like(drawn["biases"][:2])
    biases[0] = 3.0
    return {
        **drawn,
        "kernels": kernels,
        "biases": biases,
        "epochs": int(rng.integers(3, 6)),
        "batch_size": int(rng.integers(2, 4)),
        "learning_rate": round(float(rng.uniform(0.03, 0.08)), 3),
    }


@brick.check(
    "MLP.fit",
    points=1,
    called="fit(...) on whole batches, once more; with batch_size={batch_size}, the last one short",
    hint="One number an epoch: the mean of the losses that its batches had before their updates.",
    inputs=samples_for_fit,
    needs=("loss_before_the_step", "every_layer_steps"),
)
def fit_history(mlp, x, y_true, kernels, biases, epochs, batch_size, learning_rate):
    model = mlp_with(mlp, kernels, biases)
    n = len(x)
    history = model.fit(x, y_true, epochs=epochs, batch_size=n, learning_rate=learning_rate)
    more = model.fit(x, y_true, epochs=2, batch_size=n, learning_rate=learning_rate)
    kernel = np.array(model.layers[0].kernel)
    # One sample again and again: batches differ in their length alone, and the last one is short.
    same = np.repeat(x[:1], 2 * batch_size + 1, axis=0)
    batches = model.fit(
        same, np.ones(len(same), int), epochs=2, batch_size=batch_size, learning_rate=learning_rate
    )
    return {
        "history": history,
        "history of a second call": more,
        "history, 3 batches an epoch": batches,
        "kernel of layers[0]": kernel,
        "x after the call": x,
        "y_true after the call": y_true,
    }


def samples_at_right_angles(rng):
    """Rows of length 1 at right angles: x @ kernel then has in row i what sample i did to it.

    Each sample has a label of its own, and the last batch is short.
    """
    batch_size = int(rng.integers(2, 5))
    n = 3 * batch_size + int(rng.integers(1, batch_size))
    return {
        "x": np.linalg.qr(rng.normal(size=(n + int(rng.integers(1, 4)), n)))[0].T,
        "labels": rng.permutation(n),
        "batch_size": batch_size,
        "epochs": int(rng.integers(12, 17)),
        "learning_rate": round(float(rng.uniform(0.0005, 0.002)), 5),
        "seed": int(rng.integers(10_000)),
    }


def measure_epochs(returned, inputs):
    x, labels, batch_size = inputs["x"], inputs["labels"], inputs["batch_size"]
    one, many = (x @ returned[f"kernel after {epochs}"] for epochs in ("1 epoch", "many"))
    sizes, sizes_of_many = (np.linalg.norm(moved, axis=1) for moved in (one, many))
    used = sizes > 0.1 * np.max(sizes)  # of the furthest: a wrong factor is another mistake
    # The mean over a short batch divides by less: whoever is always in it moves the kernel further.
    furthest = batch_size / (len(x) % batch_size)
    return {
        "samples used in an epoch": np.sum(used),
        "how far each moves the kernel, sorted": np.sort(sizes),
        **own_labels(np.argmax(one, axis=1)[used], labels[used]),
        "another order in every epoch": (
            np.max(sizes_of_many) < 0.95 * furthest * np.min(sizes_of_many)
        ),
    }


@brick.check(
    "MLP.fit",
    points=1,
    called="fit(x, y_true, epochs, batch_size={batch_size}, learning_rate={learning_rate})",
    hint="Shuffle the indices anew in each epoch, and cut them into batches. 5 = 2 + 2 + 1.",
    inputs=samples_at_right_angles,
    measure=measure_epochs,
    needs=("loss_before_the_step",),
    vouched_by=("fit_history",),
    tolerance=Tolerance(
        relative=0.01, absolute=0.0
    ),  # the probabilities change a little on the way
)
def fit_takes_every_sample(mlp, x, labels, batch_size, epochs, learning_rate, seed):
    n, n_inputs = x.shape
    after = {}
    for name, n_epochs in (("1 epoch", 1), ("many", epochs)):
        model = mlp_with(mlp, [np.zeros((n_inputs, n))], [np.zeros(n)])
        model.fit(x, labels, n_epochs, batch_size, learning_rate=learning_rate, seed=seed)
        after[f"kernel after {name}"] = model.layers[0].kernel
    return after


def of_any_size(rng):
    n_inputs, units, n_classes = (int(rng.integers(*few)) for few in ((4, 8), (9, 40), (3, 8)))
    n = n_classes + int(rng.integers(3, 7))
    return {
        "x": rng.normal(size=(n, n_inputs)),
        "y_true": rng.integers(n_classes, size=n),
        "first_kernel": rng.normal(scale=0.4, size=(n_inputs, units)),
        "last_kernel": rng.normal(scale=0.2, size=(units, n_classes)),
        "learning_rate": round(float(rng.uniform(0.2, 0.6)), 2),
        "seed": draw_seeds(rng),
    }


def measure_fit_by_seed(returned, inputs):
    return {
        "shape of kernel": np.shape(returned["kernel, first"]),
        **follows_seed(returned, inputs["seed"], "kernel"),
    }


@brick.check(
    "MLP.fit",
    points=1,
    called="fit(x, y_true, epochs=3, batch_size=2, learning_rate={learning_rate}, seed=seed)",
    hint="The seed decides the order of the samples: with a generator of your own, for each call.",
    inputs=of_any_size,
    each="seed",
    measure=measure_fit_by_seed,
    needs=("loss_before_the_step",),
    vouched_by=("fit_history",),
)
def fit_follows_its_seed(mlp, x, y_true, first_kernel, last_kernel, learning_rate, seed):
    units, n_classes = last_kernel.shape
    model = mlp_with(mlp, [first_kernel, last_kernel], [np.zeros(units), np.zeros(n_classes)])
    seed_global_state(seed)
    model.fit(x, y_true, epochs=3, batch_size=2, learning_rate=learning_rate, seed=seed)
    return {"kernel": model.layers[1].kernel, GLOBAL_STATE: global_state()}


def many_samples(rng):
    """Fine steps: no two scores of a sample are equal."""
    sizes = [int(rng.integers(*few)) for few in ((4, 7), (7, 10), (10, 13))]
    x = steps(rng, (int(rng.integers(24, 33)), sizes[0]), 1.5, 64)
    return {"x": x, "sizes": sizes, **kernels_and_biases(rng, max(sizes), of=4096)}


@brick.check(
    "MLP.predict",
    points=1,
    called="predict(x), one hidden layer, kernels set, biases 0",
    hint="One integer for each sample: the place of its largest probability.",
    inputs=many_samples,
)
def predict_labels(mlp, x, sizes, kernels, biases):
    model = mlp_with(mlp, *cut(sizes, kernels, np.zeros_like(biases)))
    labels = np.array(model.predict(x))
    return {"labels": labels, "x after the call": x, **parameters_after(model)}


def truth_table(rng):
    """A truth table of four inputs: two of them decide by XOR where the others have some value.

    Elsewhere the classes are drawn; so are the order of the rows, and those to predict at the end.
    An input that is off is -1.
    """
    table = rng.integers(2, size=(2, 2, 2, 2))
    a, b, flipped = rng.integers(2, size=3)
    table[a, b] = [[flipped, 1 - flipped], [1 - flipped, flipped]]
    table = table.transpose(rng.permutation(4))
    rows = rng.permutation(list(np.ndindex(table.shape)))
    asked = rows[rng.integers(len(rows), size=rng.integers(24, 33))]
    return {
        "x": 2.0 * rows - 1.0,
        "y_true": table[tuple(rows.T)],
        "asked": 2.0 * asked - 1.0,
        "labels": table[tuple(asked.T)],
        "units": int(rng.integers(28, 41)),
        "epochs": int(rng.integers(150, 201)),
        "learning_rate": round(float(rng.uniform(0.1, 0.15)), 3),
        "seed": int(rng.integers(10_000)),
    }


def measure_xor(returned, inputs):
    learned = np.array_equal(returned["labels"], inputs["labels"])
    return {"the truth table, with an XOR in it, is learned": learned}


@brick.check(
    "MLP.predict",
    points=1,
    called="MLP([4, {units}, 2]), {epochs} epochs at rate {learning_rate}, then predict(asked)",
    hint="No single layer can do this. Is something between yours that is not linear?",
    inputs=truth_table,
    measure=measure_xor,
    needs=("predict_labels",),
    vouched_by=("predict_labels", "fit_history"),
    limit=30.0,
    looked_up=False,
)
def exclusive_or(mlp, x, y_true, asked, units, epochs, learning_rate, seed):
    model = mlp.MLP([4, units, 2], seed=seed)
    model.fit(x, y_true, epochs=epochs, batch_size=4, learning_rate=learning_rate)
    return {"labels": model.predict(asked)}


def samples_for_keras(rng):
    drawn = samples_for_sizes(rng)
    return {**drawn, "sizes": drawn["sizes"][: int(rng.integers(3, 6))]}


@brick.check(
    "keras_mlp",
    points=1,
    called="keras_mlp({sizes}), given all weights, then called on x",
    hint="The same model in Keras: Dense layers with their activations inside. Which one is last?",
    inputs=samples_for_keras,
    limit=60.0,
    keras=True,
)
def keras_twin(mlp, x, sizes, kernels, biases):
    model = mlp.keras_mlp(sizes)
    pairs = zip(*cut(sizes, kernels, biases), strict=True)
    model.set_weights([weight for pair in pairs for weight in pair])
    return {"p": model(x)}


def digits(rng):
    drawn = mnist.draw(rng, n_train=10_000, n_test=10_000)
    return {**drawn, "seed": int(rng.integers(10_001))}


@brick.check(
    "MNIST",
    points=1,
    called="MLP([784, 32, 10]), fit on 10,000 digits, predict 10,000",
    hint="If all other parts are right, do they learn together? Look at the history fit returns.",
    inputs=digits,
    labels="y_test",
    images="x_test",
    needs=("every_layer_steps", "predict_labels"),
    limit=60.0,
)
def ten_digits(mlp, x_train, y_train, x_test, seed):
    x = x_train.reshape(-1, 784) / 255
    model = mlp.MLP([784, 32, 10], seed=seed)
    for epoch, learning_rate in enumerate((0.3, 0.1, 0.03)):  # ever smaller steps end off the noise
        model.fit(x, y_train, epochs=1, batch_size=32, learning_rate=learning_rate, seed=epoch)
    return {"labels": model.predict(x_test.reshape(-1, 784) / 255)}


# Hints, one at a time: `bricks hint relu`. Read them there, after a try of your own.

brick.hints(
    "relu",
    look="Whether the array that you were given is still as it was.",
    example="-2, 0 and 3 become 0, 0 and 3.",
    formula="The larger of 0 and z, entry by entry.",
)
brick.hints(
    "relu_backward",
    look="Which array decides what passes, and which one is passed on.",
    example="z = (-1, 0, 2) and d_out = (5, 6, 7): what goes back is (0, 0, 7).",
    formula="The slope of ReLU is 1 where z > 0, and 0 elsewhere.",
)
brick.hints(
    "MLP",
    look="How many layers there are for the sizes, and which seed each of them gets.",
    example="Sizes 4, 3, 2 make two layers, of the shapes (4, 3) and (3, 2).",
    formula="One layer for each pair of neighbours in the sizes: one fewer than there are sizes.",
)
brick.hints(
    "MLP.forward",
    look="Where ReLU stands and where it does not; what you keep of each layer.",
    example="Three layers: dense, ReLU, dense, ReLU, dense, softmax.",
    formula="a_0 = x; z_l = a_(l-1) W_l + b_l; a_l = max(0, z_l); at the end softmax(z_L).",
)
brick.hints(
    "MLP.backward",
    look="The order of the layers on the way back, and what ReLU's slope is taken of.",
    example="Two layers: the error of the softmax, the second layer back, ReLU back, the first "
    "layer back: four things.",
    formula="d_z_L = (p - y) / n; d_a goes through a layer back, then d_z is d_a where z > 0.",
)
brick.hints(
    "MLP.train_step",
    look="Whether every layer takes its step, and of which moment the loss is.",
    example="Two layers: four arrays have moved after one step.",
    formula="Forward, loss, backward, and then a step of each layer.",
)
brick.hints(
    "MLP.fit",
    look="What happens anew in each epoch, and whether labels and samples go the same way.",
    example="Seven samples in batches of three: steps on 3, 3 and 1 samples.",
    formula="An epoch's number is the sum of its batches' losses over the number of batches.",
)
brick.hints(
    "MLP.predict",
    look="The axis along which you look for the largest, and the type.",
    example="Probabilities 0.1 0.2 0.7 give class 2.",
    formula="For each row, the place of its largest entry.",
)
brick.hints(
    "keras_mlp",
    look="Which layers have which activation, and whether the model knows its number of inputs.",
    example="Sizes 4, 3, 2: 4 * 3 + 3 + 3 * 2 + 2 = 23 parameters.",
    formula="ReLU in every layer but the last, which has a softmax.",
)
brick.hints(
    "MNIST",
    look="The history: does it fall below what a single layer reaches?",
    example="Guessing among ten costs 2.3026; a single layer ends near 0.3.",
    formula="The share that is right is the number of equal pairs (label, prediction) over n.",
)
brick.able = {
    "MLP.forward": "your layers work in a stack.",
    "MLP.backward": "the error finds its way back through every layer of yours.",
    "MLP.fit": "your network learns what no single neuron can, XOR.",
    "MNIST": "your network reads digits better than any single layer does.",
}

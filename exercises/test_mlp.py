"""Self-checks of mlp.py.

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

brick = Brick("mlp", order=3, title="Multi-layer perceptron", builds_on=("layer",))


def samples(rng):
    """Kernels and biases of four layers of 5 units each; a smaller network takes the first ones."""
    return {
        "x": rng.normal(size=(6, 5)),
        "y_true": np.array([0, 3, 1, 4, 2, 3]),
        "kernels": rng.normal(scale=0.6, size=(4, 5, 5)),
        "biases": rng.normal(scale=0.6, size=(4, 5)),
        "seed": int(rng.integers(10_000)),
    }


@brick.check(
    "relu",
    points=1,
    called="relu(z)",
    hint="What is positive passes as it is. What becomes of the rest?",
    inputs=lambda rng: {"z": rng.normal(scale=2.0, size=(3, 4))},
)
def relu_values(mlp, z):
    return {"relu(z)": mlp.relu(z), "z after the call": z}


@brick.check(
    "relu_backward",
    points=1,
    called="relu_backward(d_out, z)",
    hint="Where relu let z through, a change of z changes the output as much. And elsewhere?",
    inputs=lambda rng: {"d_out": rng.normal(size=(3, 4)), "z": rng.normal(size=(3, 4))},
)
def relu_gradient(mlp, d_out, z):
    d_z = mlp.relu_backward(d_out, z)
    return {"d_z": d_z, "d_out after the call": d_out, "z after the call": z}


@brick.check(
    "relu_backward",
    points=1,
    called="relu_backward(d_out, z), where some of z are exactly 0",
    hint="At z = 0 the slope is a matter of choice. Which one does the text choose?",
    inputs=lambda rng: {
        "d_out": rng.uniform(1.0, 2.0, size=(2, 3)),
        "z": np.array([[0.0, 1.5, -0.5], [2.0, 0.0, 0.0]]),
    },
    needs=("relu_gradient",),
)
def relu_gradient_at_zero(mlp, d_out, z):
    return {"d_z": mlp.relu_backward(d_out, z)}


def measure_start(returned, inputs):
    kernels = returned["kernels"]
    return {
        "shapes of the kernels of MLP([7, 6, 4, 3])": returned["shapes"],
        "biases": returned["biases"],
        "units of one layer start different": len(kernels[0].T) == 6 and all_differ(kernels[0].T),
        "layers of one shape start different": len(kernels) == 3 and all_differ(kernels),
        "same seed, same kernels": np.array_equal(kernels, returned["kernels again"]),
        "other seed, other kernels": not np.array_equal(kernels, returned["kernels of other seed"]),
        "np.random's global state is left alone": np.array_equal(
            returned["global state"], returned["global state after"]
        ),
    }


@brick.check(
    "MLP",
    points=1,
    called="MLP([6, 6, 6, 6], seed=seed), MLP([7, 6, 4, 3])",
    hint="The seed decides all layers, and yet no two may be equal. What can a generator draw?",
    inputs=lambda rng: {"seed": int(rng.integers(10_000))},
    measure=measure_start,
)
def start(mlp, seed):
    def kernels(seed):
        return np.stack([layer.kernel for layer in mlp.MLP([6, 6, 6, 6], seed=seed).layers])

    before = global_state()
    other_sizes = mlp.MLP([7, 6, 4, 3])
    after = global_state()
    return {
        "shapes": [np.shape(layer.kernel) for layer in other_sizes.layers],
        "biases": np.concatenate([layer.bias for layer in other_sizes.layers]),
        "kernels": kernels(seed),
        "kernels again": kernels(seed),
        "kernels of other seed": kernels(seed + 1),
        "global state": before,
        "global state after": after,
    }


def mlp_with(mlp, kernels, biases):
    model = mlp.MLP([*(len(kernel) for kernel in kernels), len(biases[-1])])
    for layer, kernel, bias in zip(model.layers, kernels, biases, strict=False):
        layer.kernel, layer.bias = kernel.copy(), bias.copy()
    return model


@brick.check(
    "MLP.forward",
    points=1,
    called="forward(x), one hidden layer, kernels set, biases 0",
    hint="Dense, ReLU, Dense, softmax: which one stands between the layers, which one at the end?",
    inputs=samples,
)
def forward_one_hidden_layer(mlp, x, kernels):
    model = mlp_with(mlp, kernels[:2], np.zeros((2, 5)))
    p = np.array(model.forward(x))
    return {"p": p, "x after the call": np.array(x), **where_possible(taken_in, model, x)}


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
    inputs=samples,
    needs=("forward_one_hidden_layer",),
)
def forward_more_hidden_layers(mlp, x, kernels):
    none, two, three = (mlp_with(mlp, kernels[:n], np.zeros((n, 5))) for n in (1, 3, 4))
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
    inputs=samples,
    needs=("forward_one_hidden_layer",),
)
def biases_count(mlp, x, kernels, biases):
    model = mlp_with(mlp, kernels[:2], biases[:2])
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
def gradients_one_hidden_layer(mlp, x, y_true, kernels):
    model = mlp_with(mlp, kernels[:2], np.zeros((2, 5)))
    model.forward(x)
    model.backward(y_true)
    after = {"kernel of layers[0] after the call": np.array(model.layers[0].kernel)}
    explained = where_possible(slopes_of, mlp, x, y_true, kernels[:2], np.zeros((2, 5)))
    return {**gradients_of(model), **after, "x after the call": x, **explained}


@brick.check(
    "MLP.backward",
    points=2,
    called="forward(x), backward(y_true), three hidden layers, biases set",
    hint="Every ReLU blocks where its own input was negative. Which z belongs to which layer?",
    inputs=samples,
    needs=("forward_more_hidden_layers", "biases_count"),
)
def gradients_three_hidden_layers(mlp, x, y_true, kernels, biases):
    model = mlp_with(mlp, kernels, biases)
    model.forward(x)
    model.backward(y_true)
    explained = where_possible(slopes_of, mlp, x, y_true, kernels, biases, False)
    return {**gradients_of(model), **explained}


@brick.check(
    "MLP.train_step",
    points=1,
    called="train_step(x, y_true, learning_rate=0.5), its return",
    hint="The loss is that of the prediction which the step then improves.",
    inputs=samples,
    needs=("forward_one_hidden_layer",),
)
def loss_before_the_step(mlp, x, y_true, kernels):
    model = mlp_with(mlp, kernels[:2], np.zeros((2, 5)))
    loss = model.train_step(x, y_true, learning_rate=0.5)
    return {"loss": loss, "x after the call": x, "y_true after the call": y_true}


@brick.check(
    "MLP.train_step",
    points=1,
    called="train_step(x, y_true, learning_rate=0.5), two hidden layers",
    hint="What is d_x of a layer that has already moved? First all gradients, then all steps.",
    inputs=samples,
    needs=("gradients_one_hidden_layer", "forward_more_hidden_layers"),
)
def every_layer_steps(mlp, x, y_true, kernels):
    model = mlp_with(mlp, kernels[:3], np.zeros((3, 5)))
    model.train_step(x, y_true, learning_rate=0.5)
    after = {}
    for i, layer in enumerate(model.layers):
        after[f"kernel of layers[{i}]"] = layer.kernel
        after[f"bias of layers[{i}]"] = layer.bias
    return after


@brick.check(
    "MLP.fit",
    points=1,
    called="fit(...) on whole batches, once more, then with 3 batches an epoch",
    hint="One number an epoch: the mean of the losses that its batches had before their updates.",
    inputs=samples,
    needs=("loss_before_the_step", "every_layer_steps"),
)
def fit_history(mlp, x, y_true, kernels, biases):
    model = mlp_with(mlp, kernels[:2], biases[:2])
    history = model.fit(x, y_true, epochs=3, batch_size=6, learning_rate=0.3)
    more = model.fit(x, y_true, epochs=2, batch_size=6, learning_rate=0.3)
    kernel = np.array(model.layers[0].kernel)
    same = np.repeat(x[:1], 6, axis=0)  # one sample six times: all batches are equal
    batches = model.fit(same, np.ones(6, int), epochs=2, batch_size=2, learning_rate=0.3)
    return {
        "history": history,
        "history of a second call": more,
        "history, 3 batches an epoch": batches,
        "kernel of layers[0]": kernel,
        "x after the call": x,
        "y_true after the call": y_true,
    }


def measure_epochs(returned, inputs):
    # Sample i alone moves row i of the last kernel; in the short batch of one twice as far.
    one, many = returned["kernel after 1 epoch"][:, 1], returned["kernel after 12 epochs"][:, 1]
    y_true = inputs["labels"]
    return {
        "samples used in an epoch": np.sum(one != 0.0),
        "kernel after 1 epoch, sorted by size": np.sort(np.abs(one)),
        "each sample learned from its own label": np.array_equal(one > 0, y_true == 1),
        "another order in every epoch": np.max(np.abs(many)) < 1.9 * np.min(np.abs(many)),
    }


@brick.check(
    "MLP.fit",
    points=1,
    called="fit(x, y_true, epochs, batch_size=2, learning_rate=0.001)",
    hint="Shuffle the indices anew in each epoch, and cut them into batches. 5 = 2 + 2 + 1.",
    inputs=lambda rng: {
        "x": np.eye(5),
        "labels": np.array([0, 1, 1, 0, 1]),
        "seed": int(rng.integers(10_000)),
    },
    measure=measure_epochs,
    needs=("loss_before_the_step",),
    tolerance=Tolerance(relative=0.01, absolute=0.0),  # the biases move a little on the way
)
def fit_takes_every_sample(mlp, x, labels, seed):
    after = {}
    for epochs in (1, 12):
        model = mlp_with(mlp, [np.eye(5), np.zeros((5, 2))], [np.zeros(5), np.zeros(2)])
        model.fit(x, labels, epochs=epochs, batch_size=2, learning_rate=0.001, seed=seed)
        after[f"kernel after {epochs} epoch{'s' * (epochs > 1)}"] = model.layers[1].kernel
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
    "MLP.fit",
    points=1,
    called="fit(x, y_true, epochs=3, batch_size=2, learning_rate=0.3, seed=seed)",
    hint="The seed decides the order of the samples: with a generator of your own, for each call.",
    inputs=samples,
    measure=measure_seeds,
    needs=("loss_before_the_step",),
)
def fit_follows_its_seed(mlp, x, y_true, kernels, biases, seed):
    first, again, other = (mlp_with(mlp, kernels[:2], biases[:2]) for _ in range(3))
    before = global_state()
    for model, given in ((first, seed), (again, seed), (other, seed + 1)):
        own = x.copy(), y_true.copy()
        model.fit(*own, epochs=3, batch_size=2, learning_rate=0.3, seed=given)
    return {
        "kernel": first.layers[1].kernel,
        "kernel again": again.layers[1].kernel,
        "kernel of other seed": other.layers[1].kernel,
        "global state": before,
        "global state after": global_state(),
    }


@brick.check(
    "MLP.predict",
    points=1,
    called="predict(x), one hidden layer, kernels set, biases 0",
    hint="One integer for each sample: the place of its largest probability.",
    inputs=samples,
)
def predict_labels(mlp, x, kernels):
    model = mlp_with(mlp, kernels[:2], np.zeros((2, 5)))
    return {"labels": model.predict(x)}


def measure_xor(returned, inputs):
    learned = [np.array_equal(labels, inputs["y_true"]) for labels in returned.values()]
    return {"XOR is learned": any(learned)}


@brick.check(
    "MLP.predict",
    points=1,
    called="MLP([2, 16, 2]), 1,500 steps at rate 0.3, then predict(x)",
    hint="No single layer can do this. Is something between yours that is not linear?",
    inputs=lambda rng: {
        "x": np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
        "y_true": np.array([0, 1, 1, 0]),
        "seeds": rng.choice(10_000, size=3, replace=False),
    },
    measure=measure_xor,
    needs=("predict_labels",),
    limit=30.0,
    looked_up=False,
)
def exclusive_or(mlp, x, y_true, seeds):
    labels = {}
    for seed in seeds.tolist():  # one of three is enough: a start may be unlucky
        model = mlp.MLP([2, 16, 2], seed=seed)
        model.fit(x, y_true, epochs=1500, batch_size=4, learning_rate=0.3)
        labels[f"labels, seed {seed}"] = model.predict(x)
    return labels


@brick.check(
    "keras_mlp",
    points=1,
    called="keras_mlp([5, 4, 3, 2]), given all weights, then called on x",
    hint="The same model in Keras: Dense layers with their activations inside. Which one is last?",
    inputs=samples,
    limit=60.0,
    keras=True,
)
def keras_twin(mlp, x, kernels, biases):
    model = mlp.keras_mlp([5, 4, 3, 2])
    shapes = ((5, 4), (4, 3), (3, 2))
    weights = []
    for (n_inputs, units), kernel, bias in zip(shapes, kernels, biases, strict=False):
        weights += [kernel[:n_inputs, :units], bias[:units]]
    model.set_weights(weights)
    return {"p": model(x)}


def digits(rng):
    drawn = mnist.draw(rng, n_train=10_000, n_test=10_000)
    return {**drawn, "seed": int(rng.integers(10_001))}


@brick.check(
    "MNIST",
    points=1,
    called="MLP([784, 32, 10]), fit on 10,000 digits, predict 10,000",
    hint="All parts are right, but do they learn together? Look at the history that fit returns.",
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

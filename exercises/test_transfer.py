"""Self-checks of transfer.py.

Each function below is a probe. It calls your code on the inputs that are drawn for it and returns
what came back, by name; the same probe runs on a correct solution, and the two are compared. So
reading a probe tells you exactly what was called. Graded checks are these, with other inputs.
"""

from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from grader import SHOWN, Brick, cause_of, downhill, mnist, never_moved, shown
from grader.networks import keras_checks, shipped

BODY = "digits_0_to_4.npz"  # a network that was trained on the digits 0 to 4
brick = Brick(
    "transfer",
    order=8,
    title="Transfer learning",
    builds_on=(),
    further=True,
    files=(BODY,),
    worth=20,
)
LAYERS = ("conv", "norm", "relu", "maps", "flat", "hidden", "classes")  # of the small network


def small_network(rng):
    """Images, and the sizes and weights of a small network for them; all are drawn."""
    height, width = (int(size) for size in rng.permutation(np.arange(7, 12))[:2])
    channels, filters, units, n_classes = (int(size) for size in rng.permutation([2, 3, 4, 5]))
    return {
        "height": height,
        "width": width,
        "x": rng.uniform(size=(12, height, width, channels)).astype(np.float32),
        "sizes": [filters, units, n_classes],
        "weights": weights_of(rng, height, width, channels, filters, units, n_classes),
    }


def weights_of(rng, height, width, channels, filters, units, n_classes):
    """Weights of the small network in Keras's order, in a row."""

    def kernel(*shape):
        return rng.normal(scale=1.5 / np.sqrt(np.prod(shape[:-1])), size=shape)

    n_flat = (height - 3) * (width - 3) * filters
    around = [rng.uniform(0.5, 1.5, filters) for _ in range(4)]  # gamma, beta, mean, variance
    return shipped.in_a_row(
        [
            *(kernel(3, 3, channels, filters), rng.normal(size=filters), *around),
            *(kernel(2, 2, filters, filters), rng.uniform(0.1, 0.5, filters)),
            *(kernel(n_flat, units), rng.uniform(0.1, 0.5, units)),
            *(kernel(units, n_classes), rng.normal(size=n_classes)),
        ]
    )


def network(x, sizes, weights):
    """The small network for images like x: LAYERS are its layers."""
    import keras
    from keras import layers

    filters, units, n_classes = sizes
    images = keras.Input(x.shape[1:])
    z = layers.Conv2D(filters, 3, name="conv")(images)
    z = layers.BatchNormalization(name="norm")(z)
    z = layers.ReLU(name="relu")(z)
    z = layers.Conv2D(filters, 2, activation="relu", name="maps")(z)
    z = layers.Flatten(name="flat")(z)
    z = layers.Dense(units, activation="relu", name="hidden")(z)
    z = layers.Dense(n_classes, activation="softmax", name="classes")(z)
    return shipped.with_weights(keras.Model(images, z), weights)


def up_to(model, layer):
    """The body of a network: its layers up to that one."""
    import keras

    return keras.Model(model.inputs, model.get_layer(layer).output)


def one_of(layers):
    """Draws the small network, and one of these layers."""
    return lambda rng: {**small_network(rng), "layer": str(rng.choice(layers))}


@brick.check(
    "body_of",
    points=1,
    called="body_of(model, '{layer}'), called on images of {height} x {width}",
    hint="Which layer has this name, and what comes out of it?",
    inputs=one_of(["norm", "relu", "flat"]),
    limit=60.0,
    keras=True,
)
def output_of_a_layer(transfer, x, sizes, weights, layer):
    body = transfer.body_of(network(x, sizes, weights), layer)
    return {"output of the body": np.array(body(x, training=False)), "x after the call": x}


@brick.check(
    "body_of",
    points=1,
    called="body_of(model, '{layer}'), a layer with an activation",
    hint="An activation inside a layer belongs to what the layer gives.",
    inputs=one_of(["maps", "hidden"]),
    limit=60.0,
    keras=True,
)
def activation_included(transfer, x, sizes, weights, layer):
    model = network(x, sizes, weights)
    body = transfer.body_of(model, layer)
    return {
        "output of the body": np.array(body(x, training=False)),
        "output of the model after the call": np.array(model(x, training=False)),
    }


@brick.check(
    "body_of",
    points=1,
    called="body_of(model, '{layer}'), then one of the two gets other weights",
    hint="If the body learns, the model has learned: who holds the weights?",
    inputs=lambda rng: {
        **one_of(["maps", "flat", "hidden"])(rng),
        "factors": rng.uniform(0.3, 0.8, size=2),
    },
    needs=("output_of_a_layer",),
    limit=60.0,
    keras=True,
)
def weights_are_shared(transfer, x, sizes, weights, layer, factors):
    model = network(x, sizes, weights)
    body = transfer.body_of(model, layer)
    for weight in model.weights:
        weight.assign(factors[0] * weight)
    after_the_model = np.array(body(x, training=False))
    for weight in body.weights:
        weight.assign(factors[1] * weight)
    return {
        "output of the body when the model has changed": after_the_model,
        "output of the model when the body has changed": np.array(model(x, training=False)),
    }


@brick.check(
    "embed",
    points=1,
    called="embed(body, x), a body that gives maps, for images of {height} x {width}",
    hint="One row for each image. In which order do the numbers of its maps follow each other?",
    inputs=small_network,
    limit=60.0,
    keras=True,
)
def maps_become_rows(transfer, x, sizes, weights):
    body = up_to(network(x, sizes, weights), "conv")
    return {"embeddings": np.array(transfer.embed(body, x)), "x after the call": x}


@brick.check(
    "embed",
    points=1,
    called="embed(body, x), a body that gives vectors, for {n} images",
    hint="Vectors are rows already. Are all images among them, in their order?",
    inputs=lambda rng: many_images(rng, small_network(rng)),
    limit=60.0,
    keras=True,
)
def vectors_stay_rows(transfer, x, sizes, weights):
    import keras

    model = network(x, sizes, weights)
    vectors = keras.layers.GlobalAveragePooling2D()(model.get_layer("conv").output)
    body = keras.Model(model.inputs, vectors)
    return {"embeddings": np.array(transfer.embed(body, x))}


def many_images(rng, drawn):
    """More images, some of them far brighter than others, so that a batch is no like another."""
    n = int(rng.integers(33, 70))
    bright = rng.uniform(0.1, 1.0, size=(n, 1, 1, 1))
    x = bright * rng.uniform(size=(n, *drawn["x"].shape[1:]))
    return {**drawn, "n": n, "x": x.astype(np.float32)}


@brick.check(
    "embed",
    points=1,
    called="embed(body, x), {n} images, a body with batch normalisation and dropout",
    hint="This is inference. Which layers behave differently in training?",
    inputs=lambda rng: many_images(rng, small_network(rng)),
    needs=("maps_become_rows",),
    limit=60.0,
    keras=True,
)
def embedding_is_inference(transfer, x, sizes, weights):
    import keras

    model = network(x, sizes, weights)
    dropped = keras.layers.Dropout(0.5)(model.get_layer("maps").output)
    embeddings = np.array(transfer.embed(keras.Model(model.inputs, dropped), x))
    norm = model.get_layer("norm")
    return {
        "embeddings": embeddings,
        "moving mean after the call": np.array(norm.moving_mean),
        "moving variance after the call": np.array(norm.moving_variance),
    }


def around_queries(rng):
    """Embeddings of a few classes and queries, some of them embeddings themselves."""
    n, dimensions, n_classes = (int(rng.integers(*ends)) for ends in ((24, 40), (3, 9), (3, 7)))
    centres = rng.normal(size=(n_classes, dimensions))
    labels = np.append(rng.permutation(n_classes), rng.integers(n_classes, size=n - n_classes))
    length = rng.uniform(0.5, 2.0, size=(n, 1))  # so that a scalar product is no distance
    embeddings = length * (centres[labels] + 0.9 * rng.normal(size=(n, dimensions)))
    queries = rng.normal(size=(40, dimensions)) + centres[rng.integers(n_classes, size=40)]
    return {
        "embeddings": embeddings.astype(np.float32),
        "labels": labels,
        "queries": queries.astype(np.float32),
    }


def distances(embeddings, queries):
    return np.sqrt(((queries[:, np.newaxis] - embeddings.astype(np.float64)) ** 2).sum(axis=2))


def clear(drawn):
    """Those of the queries whose distances all differ by more than float32 rounds."""
    apart = np.diff(np.sort(distances(drawn["embeddings"], drawn["queries"]), axis=1), axis=1)
    return {**drawn, "queries": drawn["queries"][apart.min(axis=1) > 1e-4]}


def nearest_labels(drawn):
    """The label of the nearest by the Euclidean distance, and by that along the axes."""
    embeddings, labels, queries = drawn["embeddings"], drawn["labels"], drawn["queries"]
    along = np.abs(queries[:, np.newaxis] - embeddings).sum(axis=2)
    return labels[distances(embeddings, queries).argmin(axis=1)], labels[along.argmin(axis=1)]


def with_own_images(rng):
    """Some queries are embeddings themselves, of which the next one has another label."""
    drawn = around_queries(rng)
    embeddings, labels = drawn["embeddings"], drawn["labels"]
    next_one = np.argsort(distances(embeddings, embeddings), axis=1)[:, 1]
    own = rng.permutation(np.flatnonzero(labels[next_one] != labels))[:10]
    queries = np.concatenate([drawn["queries"], embeddings[own]])
    drawn = clear({**drawn, "queries": rng.permutation(queries)})
    straight, along = nearest_labels(drawn)
    return {**drawn, "queries": drawn["queries"][straight == along]}


@brick.check(
    "nearest",
    points=1,
    called="nearest(embeddings, labels, queries, k=1), some queries are embeddings themselves",
    hint="Draw three points and a query on paper: which of them is near, and what is its label?",
    inputs=with_own_images,
    limit=30.0,
)
def one_neighbour(transfer, embeddings, labels, queries):
    found = np.array(transfer.nearest(embeddings, labels, queries, k=1))
    return {
        "labels of the queries": found,
        "embeddings after the call": embeddings,
        "labels after the call": labels,
        "queries after the call": queries,
    }


def different_by_distance(rng):
    """Queries at which the Euclidean distance and that along the axes choose different labels."""
    drawn = around_queries(rng)
    queries = rng.normal(scale=1.5, size=(600, drawn["embeddings"].shape[1])).astype(np.float32)
    drawn = clear({**drawn, "queries": queries})
    straight, along = nearest_labels(drawn)
    return {**drawn, "queries": drawn["queries"][straight != along][:25]}


@brick.check(
    "nearest",
    points=1,
    called="nearest(embeddings, labels, queries, k=1), where other distances choose others",
    hint="The distance is a root of a sum of squares: are all differences squared, and added up?",
    inputs=different_by_distance,
    needs=("one_neighbour",),
    limit=30.0,
)
def euclidean_distance(transfer, embeddings, labels, queries):
    return {"labels of the queries": np.array(transfer.nearest(embeddings, labels, queries, k=1))}


def voted(rng, tied):
    """Queries whose k nearest have a majority that the nearest is not of; or a tie that does not
    go to the smallest label.
    """
    found = 0
    while found < 25:
        drawn, k = around_queries(rng), int(rng.integers(4, 9))
        embeddings, labels = drawn["embeddings"], drawn["labels"]
        queries = rng.normal(scale=0.8, size=(900, embeddings.shape[1])).astype(np.float32)
        drawn = clear({**drawn, "queries": queries})
        far = distances(embeddings, drawn["queries"])
        order = np.argsort(far, axis=1)[:, :k]
        near, one_hot = labels[order], np.eye(labels.max() + 1)[labels[order]]
        votes = one_hot.sum(axis=1)
        most = votes == votes.max(axis=1, keepdims=True)
        has_most = np.take_along_axis(most, near, axis=1)  # of each neighbour: its label has most
        answer = near[np.arange(len(near)), has_most.argmax(axis=1)]
        weights = 1 / np.take_along_axis(far, order, axis=1)
        weighted = (one_hot * weights[:, :, np.newaxis]).sum(axis=1).argmax(axis=1)
        if tied:
            fits = (most.sum(axis=1) > 1) & (answer != most.argmax(axis=1))
            telling = ~has_most[:, 0]
        else:
            fits = (most.sum(axis=1) == 1) & (answer != near[:, 0])
            telling = weighted != answer
        found = min(fits.sum(), 5 * np.sum(fits & telling))
    first = np.argsort(~telling[fits], kind="stable")
    return {**drawn, "k": k, "queries": rng.permutation(drawn["queries"][fits][first][:30])}


@brick.check(
    "nearest",
    points=1,
    called="nearest(embeddings, labels, queries, k={k}), clear majorities",
    hint="Each of the k nearest has one vote, however near it is.",
    inputs=lambda rng: voted(rng, tied=False),
    needs=("one_neighbour",),
    limit=30.0,
)
def majority_of_neighbours(transfer, embeddings, labels, queries, k):
    return {
        "labels of the queries": np.array(transfer.nearest(embeddings, labels, queries, k=k)),
        "of all embeddings together": np.array(
            transfer.nearest(embeddings, labels, queries[:3], k=len(labels))
        ),
    }


@brick.check(
    "nearest",
    points=1,
    called="nearest(embeddings, labels, queries, k={k}), where two labels or more are tied",
    hint="Several labels have most votes. Who of these lies nearest to the query?",
    inputs=lambda rng: voted(rng, tied=True),
    needs=("one_neighbour",),
    limit=30.0,
)
def tie_goes_to_the_nearest(transfer, embeddings, labels, queries, k):
    return {"labels of the queries": np.array(transfer.nearest(embeddings, labels, queries, k=k))}


# A Keras model is sent as arrays: its configuration and weights. Another process, which has none of
# your code, makes a model of them, and measures that one. Layers of your own are fine: then it is
# the graph of what your model computes that is sent.


def for_a_head(rng):
    """The small network, labels of other classes, and seeds."""
    drawn = small_network(rng)
    while drawn["x"].shape[-1] < drawn["sizes"][0]:  # so that its filters do not see everything
        drawn = small_network(rng)
    n_classes = int(rng.choice([n for n in range(2, 9) if n != drawn["sizes"][-1]]))
    n = int(rng.integers(20, 30))
    bright = rng.uniform(0.5, 3.0, size=(n, 1, 1, 1))  # unlike the statistics that the body holds
    x = bright * rng.uniform(size=(n, *drawn["x"].shape[1:]))
    return {
        **drawn,
        "n": n,
        "x": x.astype(np.float32),
        "n_classes": n_classes,
        "y_true": rng.integers(n_classes, size=n),
        "seed": int(rng.integers(10_001)),
    }


def unseen(inputs):
    """What can be added to the images without any filter of the body noticing."""
    x, filters = inputs["x"], inputs["sizes"][0]
    pixels = np.eye(x[0].size).reshape(-1, *x.shape[1:])
    kernel = inputs["weights"][: 9 * x.shape[-1] * filters].reshape(3, 3, -1, filters)
    windows = sliding_window_view(pixels, (3, 3), axis=(1, 2))
    seen = np.einsum("nhwcij,ijcf->nhwf", windows, kernel.astype(float)).reshape(len(pixels), -1)
    added = np.random.default_rng(inputs["seed"]).normal(scale=1.5, size=(len(x), len(pixels)))
    added -= np.linalg.solve(seen.T @ seen, seen.T @ added.T).T @ seen.T
    return added.reshape(x.shape)


def outputs_of_twins(returned, inputs):
    """What each model computes, also for images that are the same to the body."""
    n, twins = len(inputs["x"]), inputs["x"] + unseen(inputs)
    both = np.concatenate([inputs["x"], twins])
    found = keras_checks.outputs_for(both, returned, inputs)
    p = {name: value for name, value in found.items() if name.startswith("p ")}
    twins = {f"{name}, twins": value[n:] for name, value in p.items()}
    return {**found, **{name: value[:n] for name, value in p.items()}, **twins}


def looks_through_the_body(returned, *names):
    """Whether models tell no images apart that are the same to the body; it may have moved."""
    return all(
        np.max(np.abs(returned[f"{name}, twins"] - returned[name]))
        < 0.5 * spread(returned[name]) + 1e-4
        for name in names
    )


def headed(transfer, x, sizes, weights, n_classes, seed):
    """The body of the small network up to its maps, and your model of it with a new head."""
    import keras

    body = up_to(network(x, sizes, weights), "maps")
    keras.utils.set_random_seed(seed)
    return body, transfer.with_new_head(body, n_classes)


@brick.check(
    "with_new_head",
    points=1,
    called="with_new_head(body, n_classes={n_classes}), fit, called on x, and its loss",
    hint="Is the loss one for integer labels, and for what the last layer gives?",
    inputs=for_a_head,
    clean=keras_checks.losses_and_rebuilt,
    measure=lambda returned, inputs: keras_checks.classifies(returned),
    needs=("output_of_a_layer",),
    vouched_by=(
        "the_body_is_in_it",
        "training_leaves_the_body",
        "training_leaves_batch_statistics",
    ),
    limit=60.0,
    keras=True,
)
def a_head_for_other_classes(transfer, x, sizes, weights, n_classes, y_true, seed):
    _, model = headed(transfer, x, sizes, weights, n_classes, seed)
    model.fit(x, y_true, epochs=2, batch_size=4, verbose=0)  # a head may begin with zeros
    return {**keras_checks.losses(model, x), **keras_checks.sent(model, x)}


@brick.check(
    "with_new_head",
    points=1,
    called="with_new_head(body, {n_classes}), fit, then all weights of the body are set to 0",
    hint="Is it the given body that your model looks through, or a copy of it?",
    inputs=for_a_head,
    clean=outputs_of_twins,
    measure=lambda returned, inputs: {
        "shape of p": np.shape(returned["p before"]),
        "it tells images apart": spread(returned["p before"]) > 1e-4,
        "it looks at images through its body alone": looks_through_the_body(returned, "p before"),
        "it does so without its body": spread(returned["p without body"]) > 1e-6,
    },
    needs=("a_head_for_other_classes",),
    limit=60.0,
    keras=True,
)
def the_body_is_in_it(transfer, x, sizes, weights, n_classes, y_true, seed):
    body, model = headed(transfer, x, sizes, weights, n_classes, seed)
    model.fit(x, y_true, epochs=2, batch_size=4, verbose=0)
    before = keras_checks.sent_as("before", model, x)
    body.set_weights([0 * weight for weight in body.get_weights()])
    return {**before, **keras_checks.sent_as("without body", model, x)}


def spread(p):
    """The largest difference between the probabilities of two images."""
    return np.max(np.ptp(p, axis=0))


def trained_by_fit(transfer, x, sizes, weights, n_classes, y_true, seed):
    """The body after two epochs of training, the model before and after them, and what moved."""
    body, model = headed(transfer, x, sizes, weights, n_classes, seed)
    before, at_first = keras_checks.sent_as("before", model, x), body.get_weights()
    model.fit(x, y_true, epochs=2, batch_size=4, verbose=0)
    weights_now = zip(body.weights, body.get_weights(), at_first, strict=True)
    moved = [weight.path for weight, now, first in weights_now if np.any(now != first)]
    found = {
        "moved: statistics": any("moving" in path for path in moved),
        "moved: by gradients": not all("moving" in path for path in moved),
    }
    return body, {**before, **keras_checks.sent_as("after", model, x), **found}


def measure_frozen(returned, inputs):
    names = [name for name in returned if not name.startswith(("p ", "moved: "))]
    moved = spread(returned["p after"] - returned["p before"])  # a bias alone tells none apart
    by_gradients, statistics = returned["moved: by gradients"], returned["moved: statistics"]
    told = {}
    if statistics and not by_gradients:
        named = ("moving mean after training", "moving variance after training")
        for name in (*named, "body.trainable"):
            told |= cause_of(name, "what gradients move stands, and the batch statistics do not")
    if not by_gradients and not statistics:
        told |= cause_of("body.trainable", "each layer stands, and the body itself is not frozen")
    return {
        **{name: returned[name] for name in names},
        "the head has learned": moved > 1e-5,
        "it looks at images through its body alone": looks_through_the_body(
            returned, "p before", "p after"
        ),
        **told,
    }


@brick.check(
    "with_new_head",
    points=1,
    called="with_new_head(body, n_classes={n_classes}), then model.fit on {n} images",
    hint="Whose weights may move when the head learns?",
    inputs=for_a_head,
    clean=outputs_of_twins,
    measure=measure_frozen,
    needs=("a_head_for_other_classes",),
    limit=60.0,
    keras=True,
)
def training_leaves_the_body(transfer, x, sizes, weights, n_classes, y_true, seed):
    body, models = trained_by_fit(transfer, x, sizes, weights, n_classes, y_true, seed)
    return {
        "kernel of conv after training": body.get_layer("conv").kernel,
        "kernel of maps after training": body.get_layer("maps").kernel,
        "gamma of norm after training": body.get_layer("norm").gamma,
        "body.trainable": bool(body.trainable),
        "weights of the body that would learn": len(body.trainable_weights),
        **models,
    }


@brick.check(
    "with_new_head",
    points=1,
    called="with_new_head(body, n_classes={n_classes}), fit on {n} images: batch statistics",
    hint="Not all that changes in training is moved by a gradient. Is all of the body frozen?",
    inputs=for_a_head,
    clean=outputs_of_twins,
    measure=measure_frozen,
    needs=("a_head_for_other_classes",),
    limit=60.0,
    keras=True,
)
def training_leaves_batch_statistics(transfer, x, sizes, weights, n_classes, y_true, seed):
    body, models = trained_by_fit(transfer, x, sizes, weights, n_classes, y_true, seed)
    norm = body.get_layer("norm")
    return {
        "moving mean after training": norm.moving_mean,
        "moving variance after training": norm.moving_variance,
        **models,
    }


def patterns(rng):
    """Images of a few classes: each class has a pattern of its own, under noise."""
    drawn = small_network(rng)
    n_classes, n = int(rng.integers(3, 6)), int(rng.integers(40, 50))
    y_true = rng.permutation(
        np.append(np.arange(n_classes), rng.integers(n_classes, size=n - n_classes))
    )
    pattern = rng.uniform(size=(n_classes, *drawn["x"].shape[1:]))
    x = 0.8 * pattern[y_true] + 0.2 * rng.uniform(size=(n, *drawn["x"].shape[1:]))
    n_flat = np.prod([size - 3 for size in x.shape[1:3]]) * drawn["sizes"][0]
    return {
        **drawn,
        "n": n,
        "n_classes": n_classes,
        "x": x.astype(np.float32),
        "y_true": y_true,
        "head": (rng.normal(size=(n_flat, n_classes)) / n_flat).astype(np.float32),
        "seed": int(rng.integers(10_001)),
    }


def frozen_with_head(x, sizes, weights, head, between=()):
    """The small network's frozen body up to its maps, and a compiled model of it with that head."""
    import keras

    body = up_to(network(x, sizes, weights), "maps")
    z, norm = np.array(up_to(body, "conv")(x)), body.get_layer("norm")
    norm.moving_mean.assign(z.mean(axis=(0, 1, 2)))  # as if it had been trained on such images
    norm.moving_variance.assign(z.var(axis=(0, 1, 2)))
    body.trainable = False
    images = keras.Input(x.shape[1:])
    z = body(images)
    for layer in between:
        z = layer(z)
    z = keras.layers.Flatten()(z)
    classes = keras.layers.Dense(head.shape[1], activation="softmax", name="head")
    model = keras.Model(images, classes(z))
    classes.set_weights([head, np.zeros(head.shape[1])])
    model.compile("adam", loss="sparse_categorical_crossentropy")
    return body, model


def loss_of(p, y_true):
    return -np.mean(np.log(np.maximum(p[np.arange(len(p)), y_true], 1e-7)))


def runs_of(returned, inputs):
    """What the given model computes before the call and with the weights that it has after each
    run, and what else the first run returned.
    """
    from grader.networks import keras_model

    _, model = frozen_with_head(*(inputs[name] for name in ("x", "sizes", "weights", "head")))
    found = {"p before": np.array(model(inputs["x"], training=False))}
    for run in inputs["seed"]:
        own = {k.removesuffix(f", {run}"): v for k, v in returned.items() if k.endswith(f", {run}")}
        keras_model.with_sent_weights(model, own, "model after")
        p = np.array(model(inputs["x"], training=False))
        rest = {name: value for name, value in own.items() if not name.startswith("model ")}
        found = {**rest, "p after": p, **found, f"p after, {run}": p}
    return found


def measure_learning(returned, inputs):
    y_true, n_classes = inputs["y_true"], inputs["n_classes"]
    share = np.bincount(y_true, minlength=n_classes) / len(y_true)  # all that a guess knows
    before, after = (loss_of(returned[f"p {when}"], y_true) for when in ("before", "after"))
    log_p = [np.log(np.maximum(returned[f"p after, {run}"], 1e-7)) for run in inputs["seed"]]
    same = "the model that was given computes what it did before the call: did that one learn?"
    stood = "the head stands as it was made: is it free to learn?"
    head_stood = np.array_equal(returned["kernel of the head"], inputs["head"])
    return {
        "shape of p": np.shape(returned["p after"]),
        "its probabilities are finite": np.all(np.isfinite(returned["p after"])),
        (name := "its loss on these images is lower than before"): after < before,
        **cause_of(name, same * np.array_equal(returned["p after"], returned["p before"])),
        (name := "its loss is lower than that of a guess"): after < -np.sum(share * np.log(share)),
        **cause_of(name, stood * head_stood),
        "entries of x that the call changed": np.sum(returned["x after the call"] != inputs["x"]),
        "entries of y_true that it changed": np.sum(returned["y_true after the call"] != y_true),
        # Rounding may differ from run to run; another order of the images changes much more.
        "same seed, same training": np.mean(np.abs(log_p[0] - log_p[1])) < 1e-3,
    }


@brick.check(
    "fine_tune",
    points=1,
    called="fine_tune(model, body, x, y_true, seed), {n} images of {n_classes} classes, twice",
    hint="The model that is given learns, and its seed decides all that is random.",
    inputs=lambda rng: twice(patterns(rng)),
    each="seed",
    clean=runs_of,
    measure=measure_learning,
    needs=("output_of_a_layer",),
    limit=90.0,
    keras=True,
)
def the_given_model_learns(transfer, x, y_true, sizes, weights, head, seed):
    body, model = frozen_with_head(x, sizes, weights, head)
    transfer.fine_tune(model, body, x, y_true, seed=seed)
    after = {
        "x after the call": x,
        "y_true after the call": y_true,
        "kernel of the head": model.get_layer("head").kernel,
    }
    return {**keras_checks.sent_as("after", model, x), **after}


def twice(drawn):
    return {**drawn, "seed": {"first": drawn["seed"], "again": drawn["seed"]}}


def in_the_end(model, body):
    """Whether the body may learn, and how many steps the model's present optimizer has made."""
    return {
        "body.trainable in the end": bool(body.trainable),
        "steps of the optimizer": int(getattr(model.optimizer, "iterations", 0)),
    }


def watching(body, head):
    """A layer that hands on what it gets, and notes how far body and head have moved by then."""
    import keras
    import tensorflow as tf

    noted = []

    class Watch(keras.layers.Layer):
        def call(self, z):
            now = [*body(), *head()]
            tf.py_function(lambda *values: noted.append([np.array(v) for v in values]), now, [])
            return tf.identity(z)

    return Watch(), noted


def measure_order(returned, inputs):
    body, head = returned["how far the body had moved"], returned["how far the head had moved"]
    if not np.any(head > 0):
        order = "the head never moved"
    elif np.any((body > 0) & (head == 0)):
        order = "the body moved first, while the head stood as it had been made"
    else:
        last = np.max(np.flatnonzero(np.diff(body)), initial=-1)
        order = "body and head moved together, from the first step on"
        if np.any(np.diff(head)[last + 1 :]):
            order = "body and head moved together, from the first step on, and later the head alone"
    return {
        "shape of the head's kernel": np.shape(returned["kernel of the head"]),
        (name := "the head moved while the body stood"): np.any((body == 0) & (head > 0)),
        **cause_of(name, order),
        (name := "then the body moved as well"): np.any(body > 0),
        **cause_of(name, why_it_stood(returned)),
        "the body was set free, and training went on without it": went_on(returned, body),
    }


def went_on(returned, body_moved):
    """Whether the body may learn in the end and has not, by an optimizer that has made steps."""
    stood = not np.any(body_moved > 0) and returned["body.trainable in the end"]
    return bool(stood and returned["steps of the optimizer"] > 0)


def why_it_stood(returned):
    """Why the body never moved, as far as body.trainable says it."""
    if returned["body.trainable in the end"]:
        return "the body was set free and never moved: was the model compiled after that?"
    return "the body never moved: it is frozen in the end"


@brick.check(
    "fine_tune",
    points=1,
    called="fine_tune(model, body, x, y_true, seed), watched from batch to batch",
    hint="A head that knows nothing has nothing to teach. What learns first, and what learns then?",
    inputs=patterns,
    measure=measure_order,
    needs=("the_given_model_learns",),
    vouched_by=("the_given_model_learns", "the_body_moves_a_little"),
    limit=90.0,
    keras=True,
)
def first_the_head_then_the_body(transfer, x, y_true, sizes, weights, head, seed):
    import tensorflow as tf

    held = {}

    def moved(which):
        return lambda: [tf.norm(held[which] - held[f"{which} at first"])] if held else [0.0]

    watch, noted = watching(moved("body"), moved("head"))
    body, model = frozen_with_head(x, sizes, weights, head, between=[watch])
    held["body"], held["head"] = body.get_layer("maps").kernel, model.get_layer("head").kernel
    held["body at first"], held["head at first"] = (
        np.array(held[which]) for which in ("body", "head")
    )
    transfer.fine_tune(model, body, x, y_true, seed=seed)
    model.predict(x, verbose=0)
    return {
        "how far the body had moved": np.array([float(body) for body, _ in noted]),
        "how far the head had moved": np.array([float(head) for _, head in noted]),
        **in_the_end(model, body),
        "kernel of the head": held["head"],
    }


def new_digits(rng, n_train, n_test):
    """Images of the digits 5 to 9, which the shipped body has not seen; classes in any order."""
    classes = tuple(int(digit) for digit in rng.permutation(np.arange(5, 10)))
    drawn = mnist.draw(rng, n_train, n_test, classes)
    images = {
        "x": drawn["x_train"][..., np.newaxis].astype(np.float32) / 255,
        "unseen": drawn["x_test"][..., np.newaxis].astype(np.float32) / 255,
    }
    body = shipped.read(Path(__file__).with_name(BODY))
    return {
        **images,
        **body,
        "classes": drawn["classes"],
        "y_true": drawn["y_train"],
        "labels": drawn["y_test"],
        "images": drawn["x_test"],
        "seed": int(rng.integers(10_001)),
    }


def with_dense_head(configuration, weights, seed, pooled=False):
    """The shipped body, frozen, and a compiled model of it with a new dense layer.

    pooled: on the mean of each map, so that the head alone cannot learn all images by heart.
    """
    import keras

    body = up_to(shipped.model_of(configuration, weights), "features")
    body.trainable = False
    keras.utils.set_random_seed(seed)
    rows = keras.layers.GlobalAveragePooling2D() if pooled else keras.layers.Flatten()
    head = keras.layers.Dense(5, activation="softmax", name="head")
    model = keras.Model(body.inputs, head(rows(body.outputs[0])))
    model.compile("adam", loss="sparse_categorical_crossentropy")
    return body, model


def kernels(body):
    """The body's kernels, by layer."""
    return {name: np.array(body.get_layer(name).kernel) for name in ("conv_1", "conv_2", "conv_3")}


def with_some_head(configuration, weights, seed, x, y_true):
    """The same model, when its head has learned a bit: so the body has something to learn from."""
    import keras

    body, model = with_dense_head(configuration, weights, seed, pooled=True)
    model.compile(keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
    for _ in range(30):
        model.train_on_batch(x, y_true)
    body.trainable = True
    return body, model


def slope_of(body, model, x, y_true, batch_size, training, names):
    """How the loss rises along the kernels of these names, all in a row. Batch normalisation makes
    the slope another one in training, and in batches of another size.
    """
    import keras
    import tensorflow as tf

    variables = [body.get_layer(name).kernel.value for name in names]
    slope = 0
    for start in range(0, len(x), batch_size):
        batch = slice(start, start + batch_size)
        with tf.GradientTape() as tape:
            p = model(x[batch], training=training)
            loss = tf.reduce_sum(keras.losses.sparse_categorical_crossentropy(y_true[batch], p))
        gradients = tape.gradient(loss, variables)
        slope = slope + shipped.in_a_row(np.array(gradient) for gradient in gradients)
    return slope


def down_the_slope(before, after, body, model, x, y_true):
    """How far the way of the kernels goes down a slope: down that of three where it is most.

    The lowest layers may stand; all above the first that moved count.
    """
    stood = [bool(np.all(before[name] == after[name])) for name in before]
    names = list(before)[stood.index(False) if False in stood else 0 :]
    way = shipped.in_a_row(after[name] - before[name] for name in names)
    found = []
    for batch_size, training in ((len(x), True), (len(x), False), (1, True)):
        slope = slope_of(body, model, x, y_true, batch_size, training, names)
        found.append(downhill(way, slope))
        if max(found) > DOWNHILL:
            break
    return max(found)


def steps_of(returned, inputs):
    """The given model before the call, and with the weights that it has after it; and whether its
    body has gone down the slope of the loss, with a head that has learned a bit.
    """
    from grader.networks import keras_model

    given = [inputs[name] for name in ("configuration", "weights", "seed")]
    x, y_true = inputs["x"], inputs["y_true"]
    body, model = with_dense_head(*given, pooled=True)
    head, before = np.array(model.get_layer("head").kernel), kernels(body)
    keras_model.with_sent_weights(model, returned, "model after")
    after = kernels(body)
    rest = {name: value for name, value in returned.items() if not name.startswith("model ")}
    return {
        **rest,
        **{f"kernel of {name} before": kernel for name, kernel in before.items()},
        **{f"kernel of {name} after": kernel for name, kernel in after.items()},
        "head before": head,
        "head after": np.array(model.get_layer("head").kernel),
        "p after": np.array(model(x, training=False)),
        "down the slope": down_the_slope(
            before, after, *with_some_head(*given, x, y_true), x, y_true
        ),
    }


# Of noise it is 0.00 +- 0.02, also where a head has learned on the noisy body. Right
# trainings have 0.25 or more, with any optimizer, with batches of 1 to 60, and long or short.
DOWNHILL = 0.1


def measure_steps(returned, inputs):
    names = [name for name in returned if name.startswith("kernel") and name.endswith("before")]
    before, after = (
        np.concatenate([np.ravel(returned[name.replace("before", when)]) for name in names])
        for when in ("before", "after")
    )
    moved = np.linalg.norm(after - before) / np.linalg.norm(before)
    p, y_true = returned["p after"], inputs["y_true"]
    return {
        "numbers in the kernels": np.size(before),
        "the head has moved": np.any(returned["head before"] != returned["head after"]),
        (name := "the body's kernels have moved"): moved > 0,
        **cause_of(name, why_it_stood(returned)),
        "by less than 30 % of their norm": moved < 0.3,
        "the body was set free, and training went on without it": went_on(returned, moved),
        "the loss is lower than that of a guess": loss_of(p, y_true) < np.log(5),
        (name := "the body went down the slope of the loss"): (
            returned["down the slope"] > DOWNHILL
        ),
        **cause_of(name, "it moved, but hardly in the direction in which the loss falls"),
        **{SHOWN + when: returned[f"kernel of conv_1 {when}"] for when in ("before", "after")},
    }


def illustrate_steps(returned, expected, inputs):
    """The first filters of a body that stood as a whole; its lowest layers may."""
    if returned["the body's kernels have moved"]:
        return None
    return never_moved(*shown(returned).values(), of_keras=True)


@brick.check(
    "fine_tune",
    points=1,
    called="fine_tune(model, body, x, y_true, seed), 60 new digits, a body that knows 0 to 4",
    hint="How large are the body's steps, and does it move at all? Keras asks for compile again.",
    inputs=lambda rng: new_digits(rng, 60, 1),
    clean=steps_of,
    measure=measure_steps,
    illustrate=illustrate_steps,
    needs=("the_given_model_learns",),
    limit=120.0,
    keras=True,
)
def the_body_moves_a_little(transfer, x, y_true, configuration, weights, seed):
    body, model = with_dense_head(configuration, weights, seed, pooled=True)
    transfer.fine_tune(model, body, x, y_true, seed=seed)
    return {**in_the_end(model, body), **keras_checks.sent_as("after", model, x)}


def labels_of_the_model(returned, inputs):
    """What the model that was sent reads in the unseen images."""
    from grader.networks import keras_model

    network = keras_model.rebuilt(returned, inputs["x"].shape, "model after")
    return {"labels": network(inputs["unseen"]).argmax(axis=-1), **network.note}


@brick.check(
    "MNIST",
    points=2,
    called="body_of, with_new_head, fine_tune on 100 images of 5 to 9, then 2,000 others are read",
    hint="If all other parts are right, do they learn together? More epochs for the head, perhaps?",
    inputs=lambda rng: new_digits(rng, 100, 2_000),
    labels="labels",
    images="images",
    clean=labels_of_the_model,
    needs=("training_leaves_the_body", "the_given_model_learns", "weights_are_shared"),
    limit=120.0,
    keras=True,
)
def five_new_digits(transfer, x, y_true, configuration, weights, seed):
    import keras

    body = transfer.body_of(shipped.model_of(configuration, weights), "features")
    keras.utils.set_random_seed(seed)
    model = transfer.with_new_head(body, 5)
    transfer.fine_tune(model, body, x, y_true, seed=seed)
    return keras_checks.sent_as("after", model, x)


def both_learned(returned, inputs):
    """What the model reads that was sent, and what the same network reads that began at random."""
    import keras

    _, fresh = with_dense_head(inputs["configuration"], inputs["weights"], inputs["seed"])
    fresh = keras.models.clone_model(fresh)  # it has new weights, and all of them learn
    for layer in fresh.layers:
        layer.trainable = True
    fresh.compile("adam", loss="sparse_categorical_crossentropy")
    fresh.fit(inputs["x"], inputs["y_true"], epochs=30, batch_size=16, verbose=0)
    read = fresh.predict(inputs["unseen"], batch_size=500, verbose=0)
    own = labels_of_the_model(returned, inputs)
    return {**own, "labels from scratch": read.argmax(axis=-1)}


def measure_gain(returned, inputs):
    own, scratch = (
        np.mean(returned[name] == inputs["labels"]) for name in ("labels", "labels from scratch")
    )
    return {"images that were read": len(returned["labels"]), "it reads more": own > scratch}


@brick.check(
    "fine_tune",
    points=1,
    called="fine_tune with 100 images of 5 to 9; the same network learns them from scratch",
    hint="What does your model know at the start that one with random weights does not?",
    inputs=lambda rng: new_digits(rng, 100, 1_000),
    clean=both_learned,
    measure=measure_gain,
    needs=("the_given_model_learns",),
    vouched_by=("the_given_model_learns", "the_body_moves_a_little"),
    limit=120.0,
    keras=True,
)
def more_than_from_scratch(transfer, x, y_true, configuration, weights, seed):
    body, model = with_dense_head(configuration, weights, seed)
    transfer.fine_tune(model, body, x, y_true, seed=seed)
    return keras_checks.sent_as("after", model, x)


# Hints, one at a time: `bricks hint embed`. Read them there, after a try of your own.

brick.hints(
    "body_of",
    look="Where the new model begins, where it ends, and whether its layers are the old ones.",
    example="(n, 8, 8, 1) and 4 filters of 3 x 3: up to the convolution the output is (n, 6, 6, "
    "4), up to the flattening behind it (n, 144).",
    formula="All layers from the input to the named one, its activation included, none behind it.",
)
brick.hints(
    "embed",
    look="Which axis stays when maps become rows, and whether the body knows that this is "
    "inference.",
    example="Maps (5, 2, 3, 4) become 5 rows of 24: first the 4 channels of the first pixel, then "
    "those of the pixel to its right.",
    formula="Row i, column j, channel c comes to the place (i * w + j) * channels + c, from 0 on.",
)
brick.hints(
    "nearest",
    look="The axis that squares are summed along, one vote for each of the k, and who decides a "
    "tie.",
    example="The query (0, 0); embeddings (0, 1), (2, 0), (0, 3), (4, 0) with labels 1, 0, 0, 1: "
    "k = 1, 2, 3, 4 give 1, 1, 0, 1.",
    formula="d^2 = sum over i of (a_i - b_i)^2: where d^2 is smaller, d is smaller.",
)
brick.hints(
    "with_new_head",
    look="Which comes first, freezing or `compile`; whether the model holds the body itself; and "
    "which labels the loss is for.",
    example="Maps of 6 x 6 x 4, one dense layer for 3 classes: 144 * 3 + 3 = 435 numbers learn.",
    formula="p = softmax(f(x) W + b), f(x) the maps as rows: W and b learn, nothing in f moves.",
)
brick.hints(
    "fine_tune",
    look="What learns in each of the two trainings, when Keras is told so, and the second rate.",
    example="40 steps of Adam may move a weight by about 0.2 at a rate of 0.005, by 0.002 at "
    "0.00005.",
    formula="The body has moved by the norm of (after - before) over the norm of before.",
)
brick.hints(
    "MNIST",
    look="The loss at the end of each of the two trainings: does it fall in both?",
    example="Guessing among five costs 1.6094. 100 images in batches of 16 make 7 steps an epoch.",
    formula="The share that is right is the number of equal pairs (label, prediction) over n.",
)
brick.able = {
    "body_of": "you can take what a network has learned, and leave its classes behind.",
    "nearest": "you can tell new classes apart without any training.",
    "with_new_head": "a trained body serves classes that it has never met.",
    "fine_tune": "body and head learn together, and the body keeps most of what it knows.",
    "MNIST": "your network has learned five new digits from a hundred images.",
}

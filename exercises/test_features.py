"""Self-checks of features.py.

Each function below is a probe. It calls your code on the inputs that are drawn for it and returns
what came back, by name; the same probe runs on a correct solution, and the two are compared. So
reading a probe tells you exactly what was called. Graded checks are these, with other inputs.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from grader import (
    GLOBAL_STATE,
    Brick,
    draw_seeds,
    follows_seed,
    global_state,
    seed_global_state,
    unpack,
)

brick = Brick("features", order=7, title="Hierarchies of features", further=True, worth=20)

NAMES = ("edges", "textons", "motifs", "parts", "strokes", "corners", "rims", "spots", "lines")
PER_STEP = "gain of a step, where 1 is what step_size allows"


def as_kernel(rng, *shape):
    """A kernel whose sums are about as large as what it is laid on."""
    return rng.normal(size=shape) / np.sqrt(np.prod(shape[:-1]))


def scores(x, kernel, bias, strides):
    """What a convolution without padding gives, before its ReLU."""
    windows = sliding_window_view(x, kernel.shape[:2], axis=(1, 2))[:, ::strides, ::strides]
    return np.einsum("nhwcij,ijcf->nhwf", windows, kernel) + bias


def pooled(maps):
    """Max pooling in blocks of 2 x 2."""
    n, height, width, filters = maps.shape
    blocks = maps[:, : height // 2 * 2, : width // 2 * 2]
    return blocks.reshape(n, height // 2, 2, width // 2, 2, filters).max(axis=(2, 4))


def deep_model(images, names, first, first_bias, second, second_bias, strides):
    """Convolution, max pooling, dropout, convolution, and a softmax over four classes."""
    import keras
    from keras import layers

    x = keras.Input(images.shape[1:])
    maps = layers.Conv2D(
        first.shape[-1], first.shape[:2], strides, activation="relu", name=names[0]
    )(x)
    maps = layers.Dropout(0.5)(layers.MaxPooling2D(2)(maps))
    maps = layers.Conv2D(second.shape[-1], second.shape[:2], activation="relu", name=names[1])(maps)
    p = layers.Dense(4, activation="softmax")(layers.Flatten()(maps))
    model = keras.Model(x, p)
    model.get_layer(names[0]).set_weights([first, first_bias])
    model.get_layer(names[1]).set_weights([second, second_bias])
    return model


def weights_and_images(rng, n, strides):
    """Weights of a deep model, and images for it that are wider than high, or higher than wide."""
    height, width = (int(size) for size in rng.permutation(np.arange(8, 13))[:2] * strides + 1)
    channels, filters, units = (int(size) for size in rng.permutation(np.arange(2, 6))[:3])
    return {
        "names": [str(name) for name in rng.permutation(NAMES)[:2]],
        "strides": strides,
        "images": rng.uniform(-1, 2, size=(n, height, width, channels)).astype(np.float32),
        "first": as_kernel(rng, 3, 3, channels, filters),
        "first_bias": rng.normal(scale=0.1, size=filters),
        "second": as_kernel(rng, 2, 2, filters, units),
        "second_bias": rng.normal(scale=0.1, size=units),
    }


@brick.check(
    "feature_maps",
    points=2,
    called='feature_maps(model, layer, x), a convolution with activation="relu" inside the model',
    hint="What does a layer hand on to the next one: is its activation a part of that?",
    inputs=lambda rng: weights_and_images(rng, int(rng.integers(2, 6)), strides=1),
    limit=90.0,
    keras=True,
)
def maps_of_the_first_layer(
    features, images, names, first, first_bias, second, second_bias, strides
):
    model = deep_model(images, names, first, first_bias, second, second_bias, strides)
    maps = features.feature_maps(model, names[0], images)
    return {"maps": maps, "images after the call": images}


@brick.check(
    "feature_maps",
    points=1,
    called="feature_maps(model, layer, x), a convolution that follows max pooling and dropout",
    hint="Which layer was asked for? And what does dropout do at inference?",
    inputs=lambda rng: weights_and_images(rng, int(rng.integers(2, 6)), strides=2),
    needs=("maps_of_the_first_layer",),
    limit=90.0,
    keras=True,
)
def maps_of_a_deeper_layer(
    features, images, names, first, first_bias, second, second_bias, strides
):
    model = deep_model(images, names, first, first_bias, second, second_bias, strides)
    return {"maps": features.feature_maps(model, names[1], images)}


def draw_layers(rng, largest_stride):
    """Lists of layers by name, of one layer and more."""
    numbers = rng.permutation([1, 2, 3, int(rng.integers(4, 7))])
    return {
        f"list {i}": [
            [int(rng.integers(2, 8)), int(rng.integers(1, largest_stride + 1))] for _ in range(n)
        ]
        for i, n in enumerate(numbers)
    }


def fields(features, layers):
    """What receptive_field says of each list of layers."""
    returned = [
        unpack(features.receptive_field([tuple(layer) for layer in one]), "size", "step")
        for one in layers.values()
    ]
    return {name: np.array([each[name] for each in returned]) for name in ("size", "step")}


@brick.check(
    "receptive_field",
    points=1,
    called="receptive_field(layers), for four lists of layers, all strides 1",
    hint="Two layers of 3: which pixels does the middle entry see, and which does its neighbour?",
    inputs=lambda rng: {"layers": draw_layers(rng, 1)},
)
def fields_without_strides(features, layers):
    return fields(features, layers)


@brick.check(
    "receptive_field",
    points=2,
    called="receptive_field(layers), for five lists of layers with strides of 1 to 3",
    hint="Behind a pooling of 2, how many pixels lie between an entry and its neighbour?",
    inputs=lambda rng: {
        "layers": {**draw_layers(rng, 3), "last": [[3, 2], [2, 3], [4, 1], [3, 2]]}
    },
    needs=("fields_without_strides",),
)
def fields_with_strides(features, layers):
    return fields(features, layers)


def of_unit(maps, unit):
    """The largest entries of each image in this unit's map, ascending."""
    return np.sort(maps[..., unit].reshape(len(maps), -1), axis=1)


def apart(maps, unit):
    """Numbers of images whose largest entries stand clear of each other, from the strongest on."""
    entries = of_unit(maps, unit)
    clear, chosen = entries[:, -1] - entries[:, -2] > 0.01, []
    for i in np.argsort(-entries[:, -1]):
        near = chosen and entries[chosen[-1], -1] - entries[i, -1] < 0.01
        if clear[i] and not near and entries[i, -1] > 0.1:
            chosen.append(i)
    return chosen


def images_to_rank(rng, n, k, deep):
    """Images whose answers to one unit stand clear of each other, in any order."""
    while True:
        drawn = weights_and_images(rng, 24, strides=2 if deep else 1)
        images, first = drawn["images"], drawn["first"]
        maps = np.maximum(scores(images, first, drawn["first_bias"], drawn["strides"]), 0)
        if deep:
            bias = drawn["second_bias"]
            maps = np.maximum(scores(pooled(maps), drawn["second"], bias, 1), 0)
        unit = int(rng.integers(maps.shape[-1]))
        chosen = apart(maps, unit)
        if len(chosen) < n:
            continue
        chosen = np.array(chosen)[np.sort(rng.choice(len(chosen), size=n, replace=False))]
        entries = of_unit(maps[chosen[:k]], unit)
        if entries[:-1, -2].max() < entries[-1, -1] + 0.01:
            continue  # the second best place of one image should beat the best of another
        return {**drawn, "images": images[rng.permutation(chosen)], "unit": unit, "k": k}


@brick.check(
    "top_patches",
    points=2,
    called="top_patches(model, layer, {unit}, images, k={k}, size=3, step=1)",
    hint="The strongest place of each image first, and then the images with the strongest places.",
    inputs=lambda rng: images_to_rank(rng, int(rng.integers(7, 10)), 5, deep=False),
    needs=("maps_of_the_first_layer",),
    limit=90.0,
    keras=True,
)
def patches_of_the_first_layer(
    features, images, names, first, first_bias, second, second_bias, strides, unit, k
):
    model = deep_model(images, names, first, first_bias, second, second_bias, strides)
    returned = features.top_patches(model, names[0], unit, images, k, 3, 1)
    return {**unpack(returned, "patches", "places"), "images after the call": images}


def measure_by_image(returned, inputs):
    """Patches and places in the order of their images: here it does not matter which is first."""
    order = np.argsort(np.asarray(returned["places"])[:, 0], kind="stable")
    return {name: np.asarray(value)[order] for name, value in returned.items()}


def as_many_as_images(rng, deep):
    n = int(rng.integers(5, 8))
    return images_to_rank(rng, n, n, deep)


@brick.check(
    "top_patches",
    points=1,
    called="top_patches(model, layer, {unit}, images, k={k}, size=3, step=1), of {k} images",
    hint="With as many patches as images, how often does each image occur?",
    inputs=lambda rng: as_many_as_images(rng, deep=False),
    measure=measure_by_image,
    needs=("maps_of_the_first_layer",),
    limit=90.0,
    keras=True,
)
def patches_one_from_each_image(
    features, images, names, first, first_bias, second, second_bias, strides, unit, k
):
    model = deep_model(images, names, first, first_bias, second, second_bias, strides)
    return unpack(features.top_patches(model, names[0], unit, images, k, 3, 1), "patches", "places")


@brick.check(
    "top_patches",
    points=1,
    called="top_patches(model, layer, {unit}, images, k={k}, size=9, step=4), a deeper layer",
    hint="Entry (2, 3) of a map whose entries lie 4 pixels apart: at which pixel does it begin?",
    inputs=lambda rng: as_many_as_images(rng, deep=True),
    measure=measure_by_image,
    needs=("patches_one_from_each_image", "maps_of_a_deeper_layer"),
    limit=90.0,
    keras=True,
)
def patches_of_a_deeper_layer(
    features, images, names, first, first_bias, second, second_bias, strides, unit, k
):
    model = deep_model(images, names, first, first_bias, second, second_bias, strides)
    returned = features.top_patches(
        model=model, layer=names[1], unit=unit, images=images, k=k, size=9, step=4
    )
    return unpack(returned, "patches", "places")


# A unit of the second layer has a wish, and climbs to it from any noise. No kernel alone shows it:
# some filters of the first layer excite it and others hold it back, one never wakes up, and one
# wakes up late, when the image is half climbed, and turns the gradient of some pixels.
AT_FIRST, TURNED, LATE = (0.04, 0.05), (0.05, 0.06), (0.09, 0.1)  # sizes of slopes and weights
AWAKE = 3  # filters that are never cut off


def units_with_wishes(rng, strides, turns=True):
    """Filters laid side by side, and units of the layer behind them; each weight counts.

    turns: whether the late filter wakes up at all.
    """
    rows, columns = (int(size) for size in rng.permutation(np.arange(2, 5))[:2])
    channels, units = int(rng.integers(1, 4)), int(rng.integers(3, 6))
    n, unit, filters = 9 * channels, int(rng.integers(units)), AWAKE + 2
    wish = rng.permutation(np.resize([1.0, -1.0], n))  # bright or dark, in the end
    turned = np.concatenate([np.flatnonzero(wish == end)[:channels] for end in (1.0, -1.0)])
    slopes = wish * rng.uniform(*AT_FIRST, size=n)
    slopes[turned] = -wish[turned] * rng.uniform(*TURNED, size=len(turned))
    first = rng.uniform(-0.1, 0.1, size=(n, filters))
    kernel = rng.choice([-1.0, 1.0], size=(filters, units))
    kernel *= rng.uniform(0.7, 1.5, size=kernel.shape)
    kernel[AWAKE:, unit] = 2.0, 1.2
    own = kernel[:AWAKE, unit]
    awake = first[:, :AWAKE]
    awake += np.outer(slopes - awake @ own, own) / (own @ own)
    first[:, AWAKE] = wish * rng.uniform(*LATE, size=n)
    first[:, AWAKE + 1] = -wish * rng.uniform(0.2, 0.3, size=n)
    low, high = np.minimum(first, 0).sum(axis=0), np.maximum(first, 0).sum(axis=0)
    clear = rng.uniform(0.1, 0.2, size=filters)
    first_bias = np.append(clear[:AWAKE] - low[:AWAKE], -clear[AWAKE:] - high[AWAKE:])
    if turns:
        first_bias[AWAKE] = -0.5 * first[slopes > 0, AWAKE].sum()
    low, high = np.maximum(low + first_bias, 0), np.maximum(high + first_bias, 0)
    least = np.minimum(kernel, 0).T @ high + np.maximum(kernel, 0).T @ low
    order = rng.permutation(filters)
    return {
        "names": [str(name) for name in rng.permutation(NAMES)[:3]],
        "height": 3 + strides * (rows - 1),
        "width": 3 + strides * (columns - 1),
        "strides": strides,
        "first": first[:, order].reshape(3, 3, channels, filters),
        "first_bias": first_bias[order],
        "kernel": kernel[order].reshape(1, 1, filters, units),
        "bias": rng.uniform(0.1, 0.2, size=units) - least,
        "after": as_kernel(rng, 1, 1, units, units),
        "unit": unit,
        "seed": draw_seeds(rng),
        "slope": np.abs(slopes).sum(),
    }


def model_with_wishes(height, width, names, first, first_bias, kernel, bias, after, strides):
    """Three convolutions; the unit that has a wish is one of the second."""
    import keras
    from keras import layers

    filters, units = kernel.shape[2:]
    x = keras.Input((height, width, first.shape[2]))
    maps = layers.Conv2D(filters, 3, strides, activation="relu", name=names[0])(x)
    maps = layers.Conv2D(units, 1, activation="relu", name=names[1])(maps)
    model = keras.Model(x, layers.Conv2D(units, 1, activation="relu", name=names[2])(maps))
    model.set_weights([first, first_bias, kernel, bias, after, np.ones(units)])
    return model


def activation(image, inputs):
    """The mean of the unit's map for an image; nan where its shape does not fit."""
    first, strides = inputs["first"], inputs["strides"]
    if np.shape(image) != (inputs["height"], inputs["width"], first.shape[2]):
        return np.nan
    maps = scores(image[np.newaxis], first, inputs["first_bias"], strides)
    maps = scores(np.maximum(maps, 0), inputs["kernel"], inputs["bias"], 1)
    return float(np.maximum(maps[..., inputs["unit"]], 0).mean())


def measure_wish(returned, inputs):
    image = returned["image"]
    return {
        "shape of the image": np.shape(image),
        "mean activation of the unit": activation(np.clip(image, 0, 1), inputs),
    }


@brick.check(
    "preferred_input",
    points=1,
    called="preferred_input(model, layer, {unit}, steps=100), a deeper layer",
    hint="Which way is up, what is it that climbs, and how far does each step go?",
    inputs=lambda rng: {**units_with_wishes(rng, 3), "seed": int(rng.integers(10_000))},
    measure=measure_wish,
    limit=120.0,
    keras=True,
)
def climbs_to_the_top(
    features, height, width, names, first, first_bias, kernel, bias, after, strides, unit, seed
):
    model = model_with_wishes(height, width, names, first, first_bias, kernel, bias, after, strides)
    return {"image": features.preferred_input(model, names[1], unit, steps=100, seed=seed)}


def measure_limits(returned, inputs):
    image = returned["image"]
    return {
        "all pixels are from 0 to 1": bool(image.min() >= 0 and image.max() <= 1),
        **{name: value for name, value in returned.items() if name != "image"},
        "mean activation of the unit": activation(np.clip(image, 0, 1), inputs),
    }


@brick.check(
    "preferred_input",
    points=1,
    called="preferred_input(model, layer, {unit}, steps=100): its range, and the model afterwards",
    hint="How bright may a pixel be? And what of the model may be another when you are done?",
    inputs=lambda rng: {**units_with_wishes(rng, 3), "seed": int(rng.integers(10_000))},
    measure=measure_limits,
    needs=("climbs_to_the_top",),
    limit=120.0,
    keras=True,
)
def keeps_range_and_model(
    features, height, width, names, first, first_bias, kernel, bias, after, strides, unit, seed
):
    model = model_with_wishes(height, width, names, first, first_bias, kernel, bias, after, strides)
    image = features.preferred_input(model, names[1], unit, steps=100, seed=seed)
    first_now, _, now, bias_now, after_now, _ = model.get_weights()
    parts = [model, *model.layers]
    return {
        "image": image,
        "kernel after the call": now,
        "bias after the call": bias_now,
        "kernel of the first layer after the call": first_now,
        "kernel of the next layer after the call": after_now,
        "trainable after the call": np.array([part.trainable for part in parts], dtype=int),
    }


def measure_gain(returned, inputs):
    """Less than 1 where pixels reach 0 or 1, a little more where gradients are divided by rms."""
    before, after = returned["image"], returned["image later"]
    way = inputs["step_size"] * inputs["more"]
    gain = activation(after, inputs) - activation(before, inputs)
    gain /= way * inputs["slope"]
    return {
        PER_STEP: 1.0 if 0.2 <= gain <= 1.2 else gain,
        "no pixel moves further than step_size allows": np.abs(after - before).max() < 1.5 * way,
    }


@brick.check(
    "preferred_input",
    points=1,
    called="preferred_input(model, layer, {unit}, steps, step_size={step_size}), "
    "once with {steps} steps and once with {more} more",
    hint="Of what size is the gradient that a step adds, and what is it multiplied by?",
    inputs=lambda rng: {
        **units_with_wishes(rng, 3, turns=False),
        "seed": int(rng.integers(10_000)),
        "steps": int(rng.integers(2, 5)),
        "more": int(rng.integers(6, 10)),
        "step_size": round(float(rng.uniform(0.008, 0.012)), 4),
    },
    measure=measure_gain,
    needs=("climbs_to_the_top",),
    vouched_by=("climbs_to_the_top", "keeps_range_and_model"),
    limit=120.0,
    keras=True,
)
def every_step_counts(
    features, height, width, names, first, first_bias, kernel, bias, after, strides, unit, seed,
    steps, more, step_size,
):  # fmt: skip
    model = model_with_wishes(height, width, names, first, first_bias, kernel, bias, after, strides)
    return {
        "image": features.preferred_input(model, names[1], unit, steps, step_size, seed),
        "image later": features.preferred_input(
            model, names[1], unit, steps + more, step_size, seed
        ),
    }


def measure_start(returned, inputs):
    image = np.clip(returned["image, first"], 0, 1)
    return {
        "mean activation of the unit": activation(image, inputs),
        **follows_seed(returned, inputs["seed"], "image"),
    }


@brick.check(
    "preferred_input",
    points=1,
    called="preferred_input(model, layer, {unit}, steps=60, step_size=0.2, seed=seed), "
    "a filter that leaves every fourth pixel out",
    hint="Where does the noise come from, and who decides which noise it is?",
    inputs=lambda rng: units_with_wishes(rng, 4),
    each="seed",
    measure=measure_start,
    needs=("climbs_to_the_top",),
    vouched_by=("climbs_to_the_top", "keeps_range_and_model"),
    limit=120.0,
    keras=True,
)
def start_follows_its_seed(
    features, height, width, names, first, first_bias, kernel, bias, after, strides, unit, seed
):
    model = model_with_wishes(height, width, names, first, first_bias, kernel, bias, after, strides)
    seed_global_state(seed)
    image = features.preferred_input(model, names[1], unit, 60, 0.2, seed=seed)
    return {"image": image, GLOBAL_STATE: global_state()}


def classifier(x, kernel, bias, dense, dense_bias):
    """Convolution with ReLU, dropout, and a softmax."""
    import keras
    from keras import layers

    images = keras.Input(x.shape[-3:])
    maps = layers.Conv2D(kernel.shape[-1], kernel.shape[:2], 2, activation="relu")(images)
    flat = layers.Flatten()(layers.Dropout(0.5)(maps))
    model = keras.Model(images, layers.Dense(len(dense_bias), activation="softmax")(flat))
    model.set_weights([kernel, bias, dense, dense_bias])
    return model


def images_and_classifier(rng, n, channels):
    """Images that a classifier is not sure of, with a label that is not its own answer."""
    height, width = (int(size) for size in rng.permutation(np.arange(9, 14))[:2])
    filters, classes = int(rng.integers(3, 6)), int(rng.integers(3, 7))
    kernel, bias = as_kernel(rng, 3, 3, channels, filters), rng.normal(scale=0.1, size=filters)
    x = rng.normal(scale=1.5, size=(40 * n, height, width, channels)).astype(np.float32)
    z = scores(x, kernel, bias, 2)
    flat = np.maximum(z, 0).reshape(len(x), -1)
    dense = rng.normal(scale=2 / np.sqrt(flat.shape[1]), size=(flat.shape[1], classes))
    dense_bias = -(flat @ dense).mean(axis=0)  # no class wins everywhere
    p = np.exp(flat @ dense + dense_bias)
    p /= p.sum(axis=1, keepdims=True)
    ranked = np.argsort(-p, axis=1)
    second = np.take_along_axis(p, ranked[:, 1:2], axis=1)[:, 0]
    unsure = (second > 0.15) & (np.abs(z).min(axis=(1, 2, 3)) > 1e-4)  # away from ReLU's kink
    if unsure.sum() < n:
        return images_and_classifier(rng, n, channels)
    chosen = np.flatnonzero(unsure)[:n]
    return {
        "x": x[chosen],
        "labels": ranked[chosen, 1],
        "kernel": kernel,
        "bias": bias,
        "dense": dense,
        "dense_bias": dense_bias,
    }


@brick.check(
    "saliency",
    points=2,
    called="saliency(model, x, labels), images with one channel, labels second in probability",
    hint="Of what is it the gradient, for which class, and what is the size of a number?",
    inputs=lambda rng: images_and_classifier(rng, int(rng.integers(3, 6)), 1),
    limit=90.0,
    keras=True,
)
def saliency_of_grey_images(features, x, labels, kernel, bias, dense, dense_bias):
    model = classifier(x, kernel, bias, dense, dense_bias)
    return {"saliency": features.saliency(model, x, labels), "x after the call": x}


@brick.check(
    "saliency",
    points=1,
    called="saliency(model, x, labels), images with three channels",
    hint="A pixel has three slopes now: how much does it matter?",
    inputs=lambda rng: images_and_classifier(rng, int(rng.integers(2, 5)), 3),
    needs=("saliency_of_grey_images",),
    limit=90.0,
    keras=True,
)
def saliency_of_colours(features, x, labels, kernel, bias, dense, dense_bias):
    model = classifier(x, kernel, bias, dense, dense_bias)
    return {"saliency": features.saliency(model, x, labels)}


def image_to_cover(rng, channels, **more):
    """One image and a label that is not the classifier's own answer."""
    drawn = images_and_classifier(rng, 1, channels)
    return {**drawn, "x": drawn["x"][0], "label": int(drawn["labels"][0]), **more}


@brick.check(
    "occlusion",
    points=1,
    called="occlusion(model, x, label={label}, size={size})",
    hint="Cover a square on paper: how many places has it, and what is left when it moves on?",
    inputs=lambda rng: image_to_cover(rng, 1, size=int(rng.integers(2, 6))),
    limit=90.0,
    keras=True,
)
def squares_of_any_size(features, x, label, size, kernel, bias, dense, dense_bias):
    model = classifier(x, kernel, bias, dense, dense_bias)
    return {"p": features.occlusion(model, x, label, size), "x after the call": x}


@brick.check(
    "occlusion",
    points=1,
    called="occlusion(model, x, label={label}, size={size}, value={value}), three channels",
    hint="What stands in a covered pixel, and in which of its channels?",
    inputs=lambda rng: image_to_cover(
        rng, 3, size=int(rng.integers(3, 7)), value=round(float(rng.uniform(0.6, 1.6)), 2)
    ),
    needs=("squares_of_any_size",),
    limit=90.0,
    keras=True,
)
def squares_of_any_value(features, x, label, size, value, kernel, bias, dense, dense_bias):
    model = classifier(x, kernel, bias, dense, dense_bias)
    return {"p": features.occlusion(model, x, label, size=size, value=value)}


@brick.check(
    "occlusion",
    points=1,
    called="occlusion(model, x, label={label}), two channels, size and value not given",
    hint="How large is the square that nobody asked for, and what is in it?",
    inputs=lambda rng: image_to_cover(rng, 2),
    needs=("squares_of_any_size",),
    limit=90.0,
    keras=True,
)
def squares_as_agreed(features, x, label, kernel, bias, dense, dense_bias):
    model = classifier(x, kernel, bias, dense, dense_bias)
    return {"p": features.occlusion(model, x, label)}


# Hints, one at a time: `bricks hint saliency`. Read them there, after a try of your own.

brick.hints(
    "feature_maps",
    look="Which layer's output you take, and whether the model knows that this is inference.",
    example="The row 5 2 4 under the kernel 1 -1: the sums are 3 and -2, the map is 3 and 0.",
    formula="All layers from the input to the named one, one after the other, and none behind it.",
)
brick.hints(
    "receptive_field",
    look="What size and step are before the first layer, and which of the two changes first.",
    example="Layers (5, 2) and (3, 2): size 5 and step 2 after the first, 9 and 4 after both.",
    formula="k neighbours reach k - 1 steps further than one. The step is the product of the "
    "strides.",
)
brick.hints(
    "top_patches",
    look="How many entries of each image count, and how a place in the map becomes one in the "
    "image.",
    example="Maps 1 9 8 and 4 2 7, k = 2: the 9, then the 7. Entry (1, 2) with size 4, step 3: "
    "rows 3 to 6, columns 6 to 9.",
    formula="Entry (i, j) saw the pixels from (i * step, j * step) on, size of them each way.",
)
brick.hints(
    "preferred_input",
    look="What the gradient is for, the image or the weights; the sign of the step; the range of "
    "pixels.",
    example="The gradient (1, -7) has the root mean square 5. A step of 0.1 makes 0.52 and 0 of "
    "the pixels 0.5 and 0.1: -0.04 is clipped.",
    formula="rms(g)^2 is the mean of g^2 over all pixels and channels.",
)
brick.hints(
    "saliency",
    look="Of which number you take the slopes, and what comes first: their size, or the largest?",
    example="A pixel with two channels. The slopes of log p are (1.5, -3) for one label and (-0.5, "
    "1) for the other: the saliency is 3, or 1.",
    formula="The slope of log p is the slope of p, over p.",
)
brick.hints(
    "occlusion",
    look="How many places the square has, and whether the last one is uncovered before the next.",
    example="4 x 5 pixels, a square of 3: 2 x 3 places. Place (1, 2) covers the rows 1 to 3 and "
    "the columns 2 to 4.",
    formula="h - size + 1 rows of w - size + 1 places; place (i, j) ends at row i + size - 1.",
)
brick.able = {
    "feature_maps": "you can see what any layer of a network makes of an image.",
    "top_patches": "you can show what a unit looks for, in real images.",
    "preferred_input": "you can ask a unit what it would like to see, and show it.",
    "saliency": "you can show on which pixels an answer hangs most.",
    "occlusion": "you can put an answer to the test: cover a part of the image, and ask again.",
}

"""Pictures of what a network has learned, drawn by the functions of features.py."""

import numpy as np

from grader import mnist
from grader.pictures.drawing import picture, words
from grader.pictures.gallery import Gallery

brick = Gallery("features")
SLOW = 480.0  # seconds, for code that is right and slow: one image at a time takes 300
# The levels of the hierarchy in a network whose last layer sees all 28 x 28 pixels: the name of a
# convolution, its filters, and by kernel size and strides the layers from the level before on.
LEVELS = {
    "edge": (10, [(3, 1)]),
    "texton": (12, [(3, 1)]),
    "motif": (16, [(2, 2), (3, 1)]),
    "part": (24, [(2, 2), (3, 1)]),
    "object": (10, [(3, 1)]),
}
COLUMNS = 10  # units of a level that the poster shows
PATCHES = 4  # of each unit
CLIMBED = 12  # steps to what a unit likes best: with more, it gets what no digit has
INK, GLOW = "#0072B2", "#D55E00"


def digits(rng):
    drawn = mnist.draw(np.random.default_rng(0), n_train=5_000, n_test=240)
    return {
        "y_train": drawn["y_train"],
        "x": as_images(drawn["x_train"]),
        "unseen": as_images(drawn["x_test"]),
        "labels": drawn["y_test"],
    }


def as_images(pixels):
    return (pixels[..., np.newaxis] / 255).astype(np.float32)


def one_digit(rng):
    drawn = digits(rng)
    return {"image": drawn["unseen"][np.flatnonzero(drawn["labels"] == 3)[0], :, :, 0]}


def in_words():
    """The names of the levels as pictures show them, from the pixels upwards."""
    levels = (words("edge"), words("texton"), words("motif"), words("part"), words("object"))
    return words("pixel"), *levels


def layers_up_to(level):
    """Kernel size and strides of all layers from the image to this level."""
    names = list(LEVELS)
    return [pair for name in names[: names.index(level) + 1] for pair in LEVELS[name][1]]


def network(size):
    """The network for images of this size, or its first levels: as many as it takes to see them.

    ReLU is a layer of its own, so that a level's unit can like an image less and less.
    """
    import keras
    from keras import layers

    image = maps = keras.Input((size, size, 1))
    for name, (filters, own) in LEVELS.items():
        if name != "edge":
            maps = layers.ReLU()(maps)
        if len(own) > 1:
            maps = layers.MaxPooling2D(2)(maps)
        maps = layers.Conv2D(filters, 3, name=name)(maps)
        if maps.shape[1] == 1:
            return keras.Model(image, layers.Softmax()(layers.Flatten()(maps)))
    raise ValueError(f"no level sees {size} pixels")


def trained(x, labels):
    """The whole network, trained for a few seconds."""
    import keras

    keras.utils.set_random_seed(0)
    model = network(28)
    model.compile(keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy")
    model.fit(x, labels, epochs=4, batch_size=64, verbose=0)
    return model


def cut_out(model, size):
    """The network's levels for a square of this size, with its weights: what one entry is."""
    part = network(size)
    part.set_weights(model.get_weights()[: len(part.get_weights())])
    return part


def outlined(axes, row, column, size, colour, line="-"):
    """The outline of a square of pixels."""
    down, across = row - 0.5, column - 0.5
    rows, columns = [down, down, down + size, down + size, down], [0, size, size, 0, 0]
    axes.plot([across + each for each in columns], rows, line, color=colour, linewidth=1.6)


def draw_squares(figure, values, inputs):
    image = inputs["image"]
    grid = figure.subplots(1, len(LEVELS) + 1)
    squares = [(1, 1), *zip(values["sizes"], values["steps"], strict=True)]
    for axes, name, (size, step) in zip(grid, in_words(), squares, strict=True):
        picture(axes, image, 0.0, 1.5)
        size, step = int(size), int(step)
        first = (28 - size) // 2 // step * step
        if size < 28:
            outlined(axes, first, first + step, size, GLOW, ":")
        outlined(axes, first, first, size, INK)
        axes.set(xticks=[], yticks=[], xlim=(-1, 28), ylim=(28, -1))
        axes.spines[:].set_visible(False)
        axes.set_title(name, fontweight="bold")
        axes.set_xlabel(words("{size} x {size}, step {step}", size=size, step=step))
    return {"last": int(squares[-1][0]), "kernel": 3}


@brick.picture(
    "How much one entry sees",
    parts=("receptive_field",),
    caption="Blue: the square of pixels that one entry sees, layer after layer of a small network; "
    "dotted: what its neighbour sees. Every convolution has a kernel of {kernel} x {kernel}, and "
    "yet an entry of the last one sees {last} x {last} pixels: from here on, a filter can answer "
    "to a whole digit.",
    alt="The same digit six times, with a square that grows from one pixel to the whole image.",
    draw=draw_squares,
    size=(8.4, 1.9),
    inputs=one_digit,
)
def squares(features):
    fields = [features.receptive_field(layers_up_to(level)) for level in LEVELS]
    return {
        "sizes": np.array([size for size, _ in fields]),
        "steps": np.array([step for _, step in fields]),
    }


def draw_hierarchy(figure, values, inputs):
    figure.get_layout_engine().set(h_pad=0.015, w_pad=0.015, hspace=0.0, wspace=0.0)
    bands = figure.subfigures(len(LEVELS), 1, hspace=0.03)
    for band, level, name in zip(bands, LEVELS, in_words()[1:], strict=True):
        wishes, patches = values[f"wishes of {level}"], values[f"patches of {level}"]
        size = patches.shape[2]
        left, right = band.subfigures(1, 2, width_ratios=(1.15, COLUMNS))
        axes = left.subplots()
        axes.set(xlim=(0, 28), ylim=(28, 0), xticks=[], yticks=[], aspect="equal")
        axes.spines[:].set_visible(True)
        axes.spines[:].set_color("0.7")
        axes.fill_between([14 - size / 2, 14 + size / 2], 14 - size / 2, 14 + size / 2, color=INK)
        axes.set_title(name, fontweight="bold", fontsize=11, color=INK)
        axes.set_xlabel(f"{size} x {size}")
        for (top, bottom), wish, four in zip(
            right.subplots(2, COLUMNS).T, wishes, patches, strict=True
        ):
            picture(top, wish[..., 0], 0.0, 1.0)
            picture(bottom, quilt(four[..., 0]), 0.0, 1.0)
            for axes, colour in ((top, INK), (bottom, "0.7")):
                axes.set(xticks=[], yticks=[])
                axes.spines[:].set(visible=True, color=colour, linewidth=1.2)
    return {"n": len(inputs["unseen"]), "levels": len(LEVELS)}


def quilt(patches):
    """Four patches as one image, with a thin grey cross between them."""
    size = patches.shape[1]
    scale = max(1, 56 // size)
    large = patches.repeat(scale, axis=1).repeat(scale, axis=2)
    gap = np.full((len(patches), 1, large.shape[2]), 0.25)
    large = np.concatenate([large, gap], axis=1)
    large = np.concatenate([large, np.full((len(patches), large.shape[1], 1), 0.25)], axis=2)
    rows = [np.concatenate(large[i : i + 2], axis=1) for i in (0, 2)]
    return np.concatenate(rows, axis=0)[:-1, :-1]


@brick.picture(
    "The hierarchy of features",
    parts=("receptive_field", "top_patches", "preferred_input"),
    caption="Of each of {levels} layers, from the pixels upwards (the names are ours), the ten "
    "units whose answers vary most: framed in blue the piece of an image that a unit would like "
    "best, and below it the four pieces of {n} unseen digits that excite it most. Nobody told the "
    "network of edges or strokes: it was shown digits and their labels, and built one level on the "
    "other.",
    alt="Five bands, one a layer: patches of 3 pixels with plain edges, then corners, strokes, "
    "large pieces, and in the last band whole digits from 0 to 9.",
    draw=draw_hierarchy,
    size=(8.4, 8.6),
    inputs=digits,
    limit=SLOW,
    keras=True,
    in_demo=True,
)
def hierarchy(features, x, y_train, unseen):
    model = trained(x, y_train)
    returned = {}
    for level, (filters, _) in LEVELS.items():
        size, step = features.receptive_field(layers_up_to(level))
        part = cut_out(model, size)
        units = liveliest(model, level, unseen) if filters > COLUMNS else range(filters)
        returned[f"wishes of {level}"] = np.array(
            [features.preferred_input(part, level, unit, steps=CLIMBED) for unit in units]
        )
        returned[f"patches of {level}"] = np.array(
            [
                features.top_patches(model, level, unit, unseen, PATCHES, size, step)[0]
                for unit in units
            ]
        )
    return returned


def liveliest(model, level, images):
    """The units whose answers differ most from image to image."""
    import keras

    maps = keras.Model(model.inputs[0], model.get_layer(level).output)(images)
    spread = np.array(maps).max(axis=(1, 2)).std(axis=0)
    return sorted(int(unit) for unit in np.argsort(-spread)[:COLUMNS])


STEPS = (0, 1, 3, 10, 30, 100)
WISHED = (0, 3, 4, 7)


def draw_climb(figure, values, inputs):
    grid = figure.subplots(len(WISHED), len(STEPS) + 1)
    for row, label, images, p in zip(grid, WISHED, values["images"], values["p"], strict=True):
        for axes, image, steps, share in zip(row, images, STEPS, p, strict=False):
            picture(axes, image[..., 0], 0.0, 1.0)
            axes.set_xlabel(words("p = {p:.2f}", p=share))
            if label == WISHED[0]:
                axes.set_title(words("step {n}", n=steps))
        real = inputs["unseen"][np.flatnonzero(inputs["labels"] == label)[0]]
        picture(row[-1], real[..., 0], 0.0, 1.0)
        row[0].set_ylabel(label, rotation=0, labelpad=12, va="center", fontsize=14, color=INK)
    grid[0, -1].set_title(words("a real one"))
    for axes in grid.flat:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    sure = min(99, int(100 * values["p"][:, -1].min()))  # p = 1 is over 99 % too
    return {"sure": sure, "steps": STEPS[-1]}


@brick.picture(
    "Noise becomes a wish",
    parts=("preferred_input",),
    caption="From noise to what four units of the last layer would like best; below each image, "
    "the probability that the network gives to this digit. After {steps} steps it is over "
    "{sure} %, for images that no hand ever wrote: the network asks whether strokes lie in their "
    "places, and never whether this is a digit at all.",
    alt="Four rows of images that begin with noise and become ghostly digits step by step.",
    draw=draw_climb,
    size=(8.4, 5.4),
    inputs=digits,
    limit=SLOW,
    keras=True,
)
def climb(features, x, y_train):
    model = trained(x, y_train)
    images = np.array(
        [
            [features.preferred_input(model, "object", label, steps) for steps in STEPS]
            for label in WISHED
        ]
    )
    p = [model(row)[:, label] for row, label in zip(images, WISHED, strict=True)]
    return {"images": images, "p": np.array(p)}


def draw_evidence(figure, values, inputs):
    from matplotlib.colors import LinearSegmentedColormap

    shown = values["shown"]
    grid = figure.subplots(3, len(shown))
    warm = LinearSegmentedColormap.from_list("warm", [(*WHITE, 0.0), GLOW])
    cool = LinearSegmentedColormap.from_list("cool", [(*WHITE, 0.0), INK])
    for column, i, slopes, p in zip(
        grid.T, shown, values["saliency"], values["occlusion"], strict=True
    ):
        image = inputs["unseen"][i, :, :, 0]
        edge = (image.shape[0] - p.shape[0]) / 2
        around = (edge - 0.5, image.shape[1] - edge - 0.5, image.shape[0] - edge - 0.5, edge - 0.5)
        for axes in column:
            picture(axes, image, 0.0, 1.0 if axes is column[0] else 3.0)
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
        column[1].imshow(slopes, cmap=warm, vmin=0, vmax=np.quantile(slopes, 0.995))
        column[2].imshow(1 - p, cmap=cool, vmin=0, vmax=1, extent=around)
        column[2].set(xlim=column[0].get_xlim(), ylim=column[0].get_ylim())
        column[0].set_title(f"{inputs['labels'][i]}", fontweight="bold", color=INK, fontsize=12)
        column[2].set_xlabel(words("p down to {p:.2f}", p=p.min()))
    names = (words("digit"), words("saliency"), words("occlusion"))
    for axes, name in zip(grid[:, 0], names, strict=True):
        axes.set_ylabel(name)
    lowest = values["occlusion"].min(axis=(1, 2))
    hardest, firmest = int(lowest.argmin()), int(lowest.argmax())
    places = values["occlusion"][hardest]
    return {
        "size": inputs["unseen"].shape[1] - places.shape[0] + 1,
        "label": int(inputs["labels"][shown[hardest]]),
        "left": lowest[hardest],
        "firm": int(inputs["labels"][shown[firmest]]),
        "kept": lowest[firmest],
        "places": places.size,
        "few": int((places < 0.5).sum()),
    }


WHITE = (1.0, 1.0, 1.0)
ASKED = (2, 3, 4, 5, 7, 8, 9)


@brick.picture(
    "What the answer rests on",
    parts=("saliency", "occlusion"),
    caption="Orange: pixels that would change the answer most if they changed a little, on a scale "
    "of its own for each digit; blue: the centres of the squares of {size} x {size} pixels that "
    "take the answer away. The probability of the {label} falls to {left:.2f} behind one such "
    "square, and below one half at {few} of its {places} places: this answer rests on a "
    "small part of the image, while the {firm} keeps {kept:.2f} whatever square is covered.",
    alt="Seven digits, each with a map of its important pixels in orange and a map in blue of the "
    "places where covering a square makes the probability fall.",
    draw=draw_evidence,
    size=(8.4, 3.9),
    inputs=digits,
    limit=SLOW,
    keras=True,
)
def evidence(features, x, y_train, unseen, labels):
    model = trained(x, y_train)
    sure = np.array(model(unseen))[np.arange(len(labels)), labels] > 0.99
    shown = np.array([np.flatnonzero(sure & (labels == label))[0] for label in ASKED])
    return {
        "shown": shown,
        "saliency": features.saliency(model, unseen[shown], labels[shown]),
        "occlusion": np.array(
            [features.occlusion(model, unseen[i], int(labels[i])) for i in shown]
        ),
    }

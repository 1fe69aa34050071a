"""Pictures of the convolutional layer. All of them look at one digit."""

import numpy as np

from grader import mnist
from grader.pictures.drawing import SIGNED, images, picture, scale, words
from grader.pictures.gallery import Gallery

brick = Gallery("convolution")
SHIFT = 2  # pixels
BLOCKS = (2, 4, 8)
SLANT = np.array([[-1.0, -1.0, 0.0], [-1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]).reshape(3, 3, 1, 1)


def one_digit(rng, digit=3):
    """The same digit for each picture: `bricks show convolution --digit 7` shows another one."""
    drawn = mnist.draw(np.random.default_rng(0), n_train=1, n_test=1, classes=(digit,))
    x = drawn["x_train"].reshape(1, 28, 28, 1) / 255.0
    return {"x": x, "negative": 1.0 - x, "shifted": np.roll(x, SHIFT, axis=2)}


def size_of(image):
    return "\u00a0x\u00a0".join(map(str, image.shape))


def draw_to_scale(figure, values, inputs):
    """Maps beside each other, a pixel as large in one as in the other."""
    ways = {
        "valid": words("valid"),
        "same": words("same"),
        "valid, 2": words("valid\nstride {n}", n=2),
        "same, 2": words("same\nstride {n}", n=2),
        "same, 3": words("same\nstride {n}", n=3),
    }
    maps = [inputs["negative"][0, :, :, 0], *(np.abs(values[way][0, :, :, 0]) for way in ways)]
    names = (words("image"), *ways.values())
    widths = [each.shape[1] for each in maps]
    grid = figure.subplots(1, 1 + len(maps), width_ratios=[widths[0], 11, *widths[1:]])
    numbered(grid[1], SLANT[:, :, 0, 0], size=7)
    grid[1].set(anchor="N", xticks=[], yticks=[])
    grid[1].spines[:].set_visible(True)
    grid[1].set_title(words("filter\n{size}", size=size_of(SLANT[:, :, 0, 0])), loc="left")
    for axes, name, each in zip(np.delete(grid, 1), names, maps, strict=True):
        picture(axes, each, 0.0, 1.0 if each is maps[0] else scale(maps[1:])[1])
        axes.set(xticks=[], yticks=[], anchor="N")
        axes.spines[:].set_visible(True)
        axes.set_title(f"{name}\n{size_of(each)}", loc="left")
    return {
        "image": size_of(maps[0]),
        "valid": size_of(maps[1]),
        "same": size_of(maps[2]),
        "framed": sides_with_a_frame(maps[2]),
        "strided": size_of(maps[4]),
        "fewer": sides_with_a_frame(maps[4]),
    }


def numbered(axes, kernel, size):
    """A filter with its weights as numbers."""
    axes.imshow(kernel, cmap=SIGNED, vmin=-5, vmax=5)
    for (row, column), weight in np.ndenumerate(kernel):
        axes.text(column, row, f"{weight:g}", ha="center", va="center", size=size)


def sides_with_a_frame(strength):
    """The sides where the outermost row or column answers although no stroke is there."""
    rims = {
        words("top"): strength[0],
        words("left"): strength[:, 0],
        words("bottom"): strength[-1],
        words("right"): strength[:, -1],
    }
    return ", ".join(side for side, rim in rims.items() if np.median(rim) > 0.5) or words("none")


@brick.picture(
    "One filter, five ways over the image",
    parts=("conv2d",),
    caption='With "valid" the filter stays inside, and {image} pixels give {valid} places; with '
    '"same" there are {same}, and the zeros that it puts around the dark image (0 is white) look '
    "like an edge that nobody drew (sides: {framed}). With stride 2 only the bottom and the right "
    "need zeros, so only there the {strided} places have the false edge (sides: {fewer}).",
    alt="A light digit on dark ground, the filter's nine numbers, and five maps of its edges "
    "drawn to scale; those with padding have dark rims.",
    draw=draw_to_scale,
    size=(7.6, 2.2),
    inputs=one_digit,
)
def strides_and_padding(convolution, negative):
    ways = {
        "valid": (1, "valid"),
        "same": (1, "same"),
        "valid, 2": (2, "valid"),
        "same, 2": (2, "same"),
        "same, 3": (3, "same"),
    }
    return {
        way: np.array(convolution.conv2d(negative, SLANT, np.zeros(1), strides, padding))
        for way, (strides, padding) in ways.items()
    }


def draw_pooled(figure, values, inputs):
    arrays = [inputs["x"], values["once"], values["twice"], values["three times"]]
    maps = [array[0, :, :, 0] for array in arrays]
    names = (words("image"), words("pooled"), words("pooled twice"), words("pooled three times"))
    titles = [f"{name}\n{size_of(each)}" for name, each in zip(names, maps, strict=True)]
    images(figure, maps, titles)
    return {name: each.size for name, each in zip("abcd", maps, strict=True)}


@brick.picture(
    "Pooling: that there is ink, not where",
    parts=("max_pool2d",),
    caption="Each pooling keeps the largest of four neighbours (left-over rows and columns are "
    "dropped), so {a} numbers become {b}, {c} and {d}. Strokes stay and their exact places go: "
    "pooled once, the digit can still be told, and after some more too much is lost.",
    alt="A digit and three smaller versions of it, each half as wide, in ever larger squares.",
    draw=draw_pooled,
    size=(7.0, 2.2),
    inputs=one_digit,
)
def pooled(convolution, x):
    once = np.array(convolution.max_pool2d(x))
    twice = np.array(convolution.max_pool2d(np.copy(once)))
    return {
        "once": once,
        "twice": twice,
        "three times": np.array(convolution.max_pool2d(np.copy(twice))),
    }


def draw_edges(figure, values, inputs):
    image, maps, kernel = inputs["x"][0, :, :, 0], values["maps"][0], values["kernel"][:, :, 0]
    grid = figure.subplots(1, 5, width_ratios=(3, 1, 3, 1, 3))
    picture(grid[0], image, 0.0, 1.0)
    grid[0].set_title(words("image, {size}", size=size_of(image)))
    low, high = scale([maps], signed=True)
    for f, (filter_axes, map_axes) in enumerate((grid[1:3], grid[3:5])):
        numbered(filter_axes, kernel[:, :, f], size=10)
        filter_axes.set_title(words("filter {n}", n=f))
        picture(map_axes, maps[:, :, f], low, high, signed=True)
        map_axes.set_title(words("its map, {size}", size=size_of(maps[:, :, f])))
    for axes in grid:
        axes.axis("off")
    return {
        "weights": kernel[:, :, 0].size,
        "places": maps[:, :, 0].size,
        "quiet": round(100 * float(np.mean(np.abs(maps) < 0.05 * high))),
    }


@brick.picture(
    "Two filters find edges",
    parts=("conv2d", "edge_kernels"),
    caption="Purple is where ink begins on the way down (filter 0) or to the right (filter 1), "
    "orange with dots is where it ends, and {quiet} % of the maps, where nothing changes, stay "
    "white. The same {weights} numbers ask for an edge at all {places} places, while a neuron that "
    "sees the whole image would need weights of its own for each place.",
    alt="A digit, the two Sobel filters as tables of nine numbers, and the map that each makes: "
    "the first shows upper and lower rims of the strokes, the second left and right ones.",
    draw=draw_edges,
    size=(7.6, 2.2),
    inputs=one_digit,
)
def edges(convolution, x):
    kernel = np.array(convolution.edge_kernels())
    return {"kernel": kernel, "maps": np.array(convolution.conv2d(x, kernel, np.zeros(2)))}


def elsewhere(before, after):
    """Percent of the ink that is in other places: 100 where the two have no place in common."""
    return round(100 * float(np.abs(before - after).sum() / (before + after).sum()))


def draw_shift(figure, values, inputs):
    columns = [(inputs["x"], inputs["shifted"])]
    columns += [(values[f"still, {block}"], values[f"moved, {block}"]) for block in (1, *BLOCKS)]
    pooled_in = [words("pooled in\n{n} x {n}", n=block) for block in BLOCKS]
    names = (words("image"), words("its edges"), *pooled_in)
    grid = figure.subplots(3, len(columns))
    shares = []
    for column, (still, moved), name in zip(grid.T, columns, names, strict=True):
        before, after = still[0, :, :, 0], moved[0, :, :, 0]
        high = scale([before, after])[1]
        picture(column[0], before, 0.0, high)
        picture(column[1], after, 0.0, high)
        picture(column[2], after - before, -high, high, signed=True)
        shares.append(elsewhere(before, after))
        column[0].set_title(name)
        column[2].set_title(words("{share} %", share=shares[-1]))
    rows = (words("before"), words("{n} to the right", n=SHIFT), words("change"))
    for axes, name in zip(grid[:, 0], rows, strict=True):
        axes.set_ylabel(name)
    for axes in grid.flat:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    still, moved = columns[1]
    shares.append(elsewhere(still[:, :, :-SHIFT], moved[:, :, SHIFT:]))
    named = dict(zip(("pixels", "edges", "two", "four", "eight", "back"), shares, strict=True))
    return {**named, "shift": SHIFT}


@brick.picture(
    "What a shift changes",
    parts=("conv2d", "max_pool2d", "edge_kernels"),
    caption="Moved by {shift} pixels, the digit has {pixels} % of its ink in other places, its "
    "map of edges {edges} % of its strength, and that map, pooled in larger and larger blocks, "
    "{two} %, {four} % and {eight} %. A convolution's answers move along "
    "with the digit (when they are moved back, {back} % differ), and pooling makes a small move "
    "matter less.",
    alt="A digit and the same digit two pixels further right, their edges, and these pooled in "
    "ever larger blocks; below each pair its difference, which gets paler.",
    draw=draw_shift,
    size=(7.0, 4.4),
    inputs=one_digit,
)
def shift(convolution, x, shifted):
    returned = {}
    kernel = np.array(convolution.edge_kernels())[:, :, :, 1:]
    for name, image in (("still", x), ("moved", shifted)):
        strength = np.abs(np.array(convolution.conv2d(image, kernel, np.zeros(1))))
        returned[f"{name}, 1"] = strength
        for block in BLOCKS:
            returned[f"{name}, {block}"] = np.array(
                convolution.max_pool2d(np.copy(strength), block)
            )
    return returned

"""Self-checks of convolution.py.

Each function below is a probe. It calls your code on the inputs that are drawn for it and returns
what came back, by name; the same probe runs on a correct solution, and the two are compared. So
reading a probe tells you exactly what was called. Graded checks are these, with other inputs.
"""

import numpy as np

from grader import (
    GLOBAL_STATE,
    SHOWN,
    Brick,
    draw_seeds,
    follows_seed,
    global_state,
    seed_global_state,
    spread_of,
    unpack,
    wrong_way_round,
)

brick = Brick("convolution", order=4, title="Convolutional layer", worth=20)


def different(rng, start, stop, n):
    """n different integers from start to stop - 1, for axes that must not be confused."""
    return rng.permutation(np.arange(start, stop))[:n].tolist()


@brick.check(
    "images_to_tensor",
    points=1,
    called="images_to_tensor(images)",
    hint="Rows and columns stay this time, and a last axis joins them. What is the largest pixel?",
    inputs=lambda rng: {
        "images": rng.integers(0, 256, size=different(rng, 3, 8, 3), dtype=np.uint8)
    },
)
def images_get_a_channel(convolution, images):
    return {"tensor": convolution.images_to_tensor(images), "images after the call": images}


def no_bias(kernel):
    return np.zeros(kernel.shape[-1])


def unsymmetric_samples(rng):
    """The first steps of conv2d: one image, one channel, one filter, and a kernel that shows where
    each of its weights went. The image is a bright square, and the kernel looks for upper edges.
    """
    size = rng.integers(5, 7)
    x = rng.uniform(0.0, 0.3, size=(1, size, size, 1))
    x[:, 2:-2, 2:-2] += rng.uniform(1.0, 3.0)
    signs = np.array([-1.0, 0.0, 1.0]).reshape(3, 1, 1, 1)
    weights = rng.uniform(0.7, 1.3, size=(3, 3, 1, 1)) * signs
    return {"x": x, "kernel": weights + rng.uniform(-0.1, 0.1, size=(3, 3, 1, 1))}


@brick.check(
    "conv2d",
    points=1,
    called="conv2d(x, kernel, bias), one channel, one filter, bias 0",
    hint="Is the upper left weight multiplied by the upper left pixel of the window?",
    inputs=unsymmetric_samples,
    illustrate=lambda returned, expected, inputs: wrong_way_round(
        inputs["x"][0, :, :, 0], returned["out"][0, :, :, 0], expected["out"][0, :, :, 0]
    ),
)
def kernel_is_not_flipped(convolution, x, kernel):
    return {"out": convolution.conv2d(x, kernel, no_bias(kernel))}


def symmetric(kernel):
    """The same after half a turn: whether kernels are turned is the business of one check alone."""
    return kernel + kernel[::-1, ::-1]


def samples(rng):
    """Some square images and filters; their sizes are drawn, too."""
    n, size = rng.integers(2, 4), rng.integers(6, 9)
    channels, filters = different(rng, 2, 5, 2)
    return {
        "x": rng.normal(size=(n, size, size, channels)),
        "kernel": symmetric(rng.normal(size=(3, 3, channels, filters))),
        "bias": rng.uniform(1.0, 3.0, size=filters),
    }


@brick.check(
    "conv2d",
    points=1,
    called="conv2d(x, kernel, bias), several channels and filters, bias 0",
    hint="One output is one window times one filter, added up over rows, columns and channels.",
    inputs=samples,
)
def valid_values(convolution, x, kernel):
    bias = no_bias(kernel)
    out = np.array(convolution.conv2d(x, kernel, bias))
    after = {"kernel after the call": kernel, "bias after the call": bias}
    return {"out": out, "x after the call": x, **after}


def sample_pairs(rng):
    drawn = samples(rng)
    return {**drawn, "y": rng.normal(size=drawn["x"].shape)}


def measure_bias(returned, inputs):
    of_x, of_y, of_sum = (returned[f"conv2d({name})"] for name in ("x", "y", "x + y"))
    return {"what remains": of_x + of_y - of_sum, "conv2d(x)": of_x}


@brick.check(
    "conv2d",
    points=1,
    called="conv2d(x) + conv2d(y) - conv2d(x + y), all with bias set",
    hint="A convolution is linear, so all cancels but one bias. How often does yours come in?",
    inputs=sample_pairs,
    measure=measure_bias,
    needs=("valid_values",),
)
def linear_but_for_one_bias(convolution, x, y, kernel, bias):
    return {
        "conv2d(x)": np.array(convolution.conv2d(x, kernel, bias)),
        "conv2d(y)": np.array(convolution.conv2d(y, kernel, bias)),
        "conv2d(x + y)": convolution.conv2d(x + y, kernel, bias),
    }


def wide_and_tall(rng):
    """Images that are wider than high, a kernel that is wide, and one that is tall."""
    channels, filters = different(rng, 2, 5, 2)
    h = int(rng.integers(5, 8))
    return {
        "x": rng.normal(size=(2, h, h + int(rng.integers(3, 6)), channels)),
        "wide": symmetric(rng.normal(size=(2, rng.integers(3, 5), channels, filters))),
        "tall": symmetric(rng.normal(size=(rng.integers(3, 5), 1, channels, 1))),
    }


@brick.check(
    "conv2d",
    points=1,
    called="conv2d(x, wide, bias) and conv2d(x, tall, bias), bias 0",
    hint="Rows and columns are counted apart, in the image and in the kernel.",
    inputs=wide_and_tall,
    needs=("valid_values",),
)
def other_than_square(convolution, x, wide, tall):
    return {
        "out, wide kernel": convolution.conv2d(x, wide, no_bias(wide)),
        "out, tall kernel": convolution.conv2d(x, tall, no_bias(tall)),
    }


def larger_samples(rng):
    """The strides come in any order: 2 and another one."""
    drawn = samples(rng)
    n, _, _, channels = drawn["x"].shape
    size = rng.integers(8, 12)
    x = rng.normal(size=(n, size, size, channels))
    return {**drawn, "x": x, "strides": rng.permutation([2, rng.integers(3, 5)]).tolist()}


@brick.check(
    "conv2d",
    points=1,
    called="conv2d(x, kernel, bias, strides), once for each of the strides, with bias 0",
    hint="Which row and column of the image does the window of output (i, j) start at?",
    inputs=larger_samples,
    needs=("valid_values",),
)
def strides_skip_pixels(convolution, x, kernel, strides):
    return {
        f"out, strides={step}": convolution.conv2d(x, kernel, no_bias(kernel), strides=step)
        for step in strides
    }


@brick.check(
    "conv2d",
    points=1,
    called='conv2d(x, kernel, bias, padding="same"), with bias 0',
    hint="How many rows of zeros are needed in all, for a window of 3? Half of them go above.",
    inputs=samples,
    needs=("valid_values",),
)
def same_keeps_the_size(convolution, x, kernel):
    out = convolution.conv2d(x, kernel, no_bias(kernel), padding="same")
    return {"out": out, "x after the call": x}


def uneven_samples(rng):
    """Kernels with an even number of rows and of columns: one more zero below, and to the right.

    Where the kernel has 4, the size is a multiple of 3: strides of 3 need fewer zeros in front than
    strides of 1 there.
    """
    kernel_size = rng.permutation([2, 4]).tolist()
    sizes = [int(rng.choice([6, 9] if k == 4 else [5, 7, 8, 10, 11])) for k in kernel_size]
    return {
        "x": rng.normal(size=(2, *sizes, 1)),
        "kernel": symmetric(rng.normal(size=(*kernel_size, 1, 2))),
        "strides": rng.permutation([1, 2, 3]).tolist(),
    }


@brick.check(
    "conv2d",
    points=1,
    called='conv2d(x, kernel, bias, strides, padding="same"), each of the strides, bias 0',
    hint="How many zeros are needed in all? Above and below differ when that number is odd.",
    inputs=uneven_samples,
    needs=("same_keeps_the_size",),
)
def same_with_an_uneven_border(convolution, x, kernel, strides):
    outs = {}
    for step in strides:
        out = convolution.conv2d(x, kernel, no_bias(kernel), strides=step, padding="same")
        outs[f"out, strides={step}"] = out
    return outs


def gradient_samples(rng):
    n, (channels, filters) = int(rng.integers(2, 5)), different(rng, 2, 5, 2)
    oh, ow = rng.integers(3, 6, size=2)
    return {
        "x": rng.normal(size=(n, oh + 2, ow + 2, channels)),
        "kernel": rng.normal(size=(3, 3, channels, filters)),
        "d_out": rng.normal(size=(n, oh, ow, filters)),
    }


def gradients(returned):
    return unpack(returned, "d_x", "d_kernel", "d_bias")


@brick.check(
    "conv2d_backward",
    points=1,
    called="conv2d_backward(d_out, x, kernel), its d_bias",
    hint="One bias serves all places of its map, in all images. What happens to their gradients?",
    inputs=gradient_samples,
)
def gradient_of_bias(convolution, d_out, x, kernel):
    return {"d_bias": gradients(convolution.conv2d_backward(d_out, x, kernel))["d_bias"]}


@brick.check(
    "conv2d_backward",
    points=1,
    called="conv2d_backward(d_out, x, kernel), its d_kernel",
    hint="Weight (u, v) met one pixel for each output (i, j): which one? Add over all of them.",
    inputs=gradient_samples,
)
def gradient_of_kernel(convolution, d_out, x, kernel):
    d_kernel = gradients(convolution.conv2d_backward(d_out, x, kernel))["d_kernel"]
    return {"d_kernel": d_kernel, "d_out after the call": d_out, "x after the call": x}


@brick.check(
    "conv2d_backward",
    points=1,
    called="conv2d_backward(d_out, x, kernel), its d_x",
    hint="Each output hands its gradient back to all pixels of its window, weight by weight.",
    inputs=gradient_samples,
)
def gradient_of_x(convolution, d_out, x, kernel):
    d_x = gradients(convolution.conv2d_backward(d_out, x, kernel))["d_x"]
    return {"d_x": d_x, "kernel after the call": kernel}


def three_gradient_samples(rng):
    """Three ways to call, and a d_out for each, of the size that its forward call gives.

    With strides and without padding, no window reaches the last rows and columns. With both, fewer
    zeros stand in front than strides of 1 need, in rows or in columns.
    """
    channels, filters = different(rng, 2, 5, 2)
    strides = [*rng.permutation([2, 3]).tolist(), 1]
    kernel_sizes, valid, sizes = [], [], []
    while all(
        zeros_in_front(size, k, strides[1]) == zeros_in_front(size, k, 1)
        for size, k in zip(sizes, kernel_sizes, strict=True)
    ):
        kernel_sizes, valid = different(rng, 2, 5, 2), different(rng, 2, 4, 2)
        over = rng.integers(1, strides[0], size=2).tolist()
        sizes = [
            (n - 1) * strides[0] + k + more
            for n, k, more in zip(valid, kernel_sizes, over, strict=True)
        ]
    both = [-(-size // strides[1]) for size in sizes]  # rounded up
    return {
        "x": rng.normal(size=(2, *sizes, channels)),
        "kernel": rng.normal(size=(*kernel_sizes, channels, filters)),
        "strides": strides,
        "d_out_valid": rng.normal(size=(2, *valid, filters)),
        "d_out_both": rng.normal(size=(2, *both, filters)),
        "d_out_same": rng.normal(size=(2, *sizes, filters)),
    }


def zeros_in_front(size, kernel_size, strides):
    """The zeros above or to the left that "same" needs."""
    return max((-(-size // strides) - 1) * strides + kernel_size - size, 0) // 2


@brick.check(
    "conv2d_backward",
    points=1,
    called="conv2d_backward(d_out, x, kernel, strides, padding)",
    hint="The same windows as in forward: where do they start, and what of the border is no pixel?",
    inputs=three_gradient_samples,
    needs=("gradient_of_kernel", "gradient_of_x"),
)
def gradients_by_strides_and_padding(
    convolution, x, kernel, strides, d_out_valid, d_out_both, d_out_same
):
    found = {}
    given = zip((d_out_valid, d_out_both, d_out_same), strides, strict=True)
    for (d_out, step), padding in zip(given, ("valid", "same", "same"), strict=True):
        returned = convolution.conv2d_backward(d_out, x, kernel, strides=step, padding=padding)
        for name, gradient in gradients(returned).items():
            found[f"{name}, strides={step}, {padding}"] = gradient
    return found


def without_ties(rng, shape):
    """Numbers from -2 to 1 that all differ, also in float32."""
    return rng.permutation(np.linspace(-2.0, 1.0, np.prod(shape))).reshape(shape)


def pool_samples(rng, pool_size):
    """Rows and columns for some blocks, and what is left over."""
    n, channels = rng.integers(2, 4, size=2)
    oh, ow = different(rng, 2, 5, 2)
    over = rng.integers(1, pool_size, size=2)
    x = without_ties(rng, (n, oh * pool_size + over[0], ow * pool_size + over[1], channels))
    return {"x": x, "d_out": rng.normal(size=(n, oh, ow, channels))}


def two_pool_samples(rng):
    pool_size = int(rng.integers(3, 5))
    whole = without_ties(rng, (2, *(2 * size for size in different(rng, 2, 5, 2)), 2))
    return {"x": whole, "y": pool_samples(rng, pool_size)["x"], "pool_size": pool_size}


@brick.check(
    "max_pool2d",
    points=1,
    called="max_pool2d(x), and max_pool2d(y, pool_size={pool_size})",
    hint="The largest of each block, also where all are negative. What is left over is dropped.",
    inputs=two_pool_samples,
)
def pool_values(convolution, x, y, pool_size):
    return {
        "out": convolution.max_pool2d(x),
        f"out, pool_size={pool_size}": convolution.max_pool2d(y, pool_size=pool_size),
        "x after the call": x,
    }


@brick.check(
    "max_pool2d_backward",
    points=1,
    called="max_pool2d_backward(d_out, x)",
    hint="Only the winner of a block had a say in the output.",
    inputs=lambda rng: pool_samples(rng, 2),
)
def pool_gradient(convolution, d_out, x):
    d_x = convolution.max_pool2d_backward(d_out, x)
    return {"d_x": d_x, "d_out after the call": d_out, "x after the call": x}


def tied_samples(rng):
    oh, ow = different(rng, 2, 6, 2)
    return {
        "d_out": rng.normal(size=(2, oh, ow, 1)),
        "x": rng.integers(0, 2, size=(2, 2 * oh, 2 * ow, 1)) * rng.uniform(1.0, 3.0),
    }


@brick.check(
    "max_pool2d_backward",
    points=1,
    called="max_pool2d_backward(d_out, x), where some of x are equal",
    hint="Two pixels share the maximum, and one of them takes it all: the first, row by row.",
    inputs=tied_samples,
    needs=("pool_gradient",),
)
def pool_gradient_of_ties(convolution, d_out, x):
    return {"d_x": convolution.max_pool2d_backward(d_out, x)}


def drawn_edges(rng):
    """A faint pattern that gets brighter at some row, and another at some column."""
    size = rng.integers(7, 11)
    images = rng.uniform(0.0, 0.3, size=(2, size, size, 1))
    images[0, rng.integers(2, size - 1) :] += rng.uniform(1.0, 3.0)
    images[1, :, rng.integers(2, size - 1) :] += rng.uniform(1.0, 3.0)
    return {"images": images}


def measure_edges(returned, inputs):
    found = np.abs(returned["found"])  # whether conv2d turns kernels is the business of its check
    return {
        "kernels": returned["kernels"],
        "answers to an edge between rows": found[0],
        "answers to an edge between columns": found[1],
        SHOWN + "answers": returned["found"],
    }


def illustrate_edges(returned, expected, inputs):
    """The filter that is the wrong way round, if one is, on the image with its edge. A filter that
    is right is not drawn: then it is conv2d that turns it.
    """
    yours, right = (values[SHOWN + "answers"] for values in (returned, expected))
    wrong = np.any(returned["kernels"] != expected["kernels"], axis=(0, 1, 2))
    of_filters = (
        wrong_way_round(inputs["images"][f, :, :, 0], yours[f, :, :, f], right[f, :, :, f])
        for f in np.flatnonzero(wrong)
    )
    return next(filter(None, of_filters), None)


@brick.check(
    "edge_kernels",
    points=1,
    called="edge_kernels(), then conv2d(images, kernels, bias 0)",
    hint="Filter 0 compares the row above with the row below, filter 1 left with right.",
    inputs=drawn_edges,
    measure=measure_edges,
    illustrate=illustrate_edges,
    needs=("valid_values",),
)
def edges_are_found(convolution, images):
    kernels = np.asarray(convolution.edge_kernels(), dtype=float)
    return {"kernels": kernels, "found": convolution.conv2d(images, kernels, np.zeros(2))}


def drawn_sizes(rng):
    channels, filters = different(rng, 20, 40, 2)
    kernel_size = int(rng.integers(5, 8))
    return {
        "channels": channels,
        "filters": filters,
        "kernel_size": kernel_size,
        "seed": draw_seeds(rng),
    }


def about_one(ratio, lowest, highest):
    """1 where the ratio is within these bounds; else the ratio, in two digits unless they are 1."""
    if lowest < ratio <= highest:
        return 1.0
    rounded = float(f"{ratio:.2g}")
    return rounded if rounded != 1.0 else ratio


def measure_start(returned, inputs):
    # With so many numbers chance moves none of these by half a digit.
    kernel = returned["kernel, first"]
    size, channels, filters = inputs["kernel_size"], inputs["channels"], inputs["filters"]
    fans = size**2 * (channels + filters)
    mean, spread, limit = np.mean(kernel), np.std(kernel), np.sqrt(6 / fans)
    by_mistake = {
        "fan_in + fan_out = channels + filters: each filter has more weights": (
            np.sqrt(2 / (channels + filters))
        ),
        "fan_in and fan_out with kernel_size once, not squared": limit * (size / 3) ** 0.5,
        "limit = sqrt(6 / fan_in): fan_out has no part in it": np.sqrt(2 / (size**2 * channels)),
        "limit = sqrt(6 / fan_out): fan_in has no part in it": np.sqrt(2 / (size**2 * filters)),
        "fan_out = filters: a pixel lies in more than one window": (
            np.sqrt(2 / (size**2 * channels + filters))
        ),
        "fan_in = channels: a window has more than one pixel": (
            np.sqrt(2 / (channels + size**2 * filters))
        ),
        "numbers between 0 and limit: none is negative": limit / 12**0.5,
        "a normal distribution with limit as its standard deviation": limit,
    }
    within = np.abs(kernel) <= limit * 1.000_001
    return {
        "shape of kernel": np.shape(kernel),
        "bias": returned["bias, first"],
        (name := "mean of the kernel, divided by Glorot's limit, rounded"): np.round(
            mean / limit, 1
        ),
        **spread_of(name, spread, limit / 3**0.5, by_mistake),
        (name := "its spread, divided by that limit / sqrt(3), rounded"): np.round(
            spread / limit * np.sqrt(3), 1
        ),
        **spread_of(name, spread, limit / 3**0.5, by_mistake),
        "share of its entries beyond the limit, rounded": np.round(np.mean(~within), 1),
        "no entry is beyond the limit": np.all(within),
        **follows_seed(returned, inputs["seed"], "kernel"),
    }


@brick.check(
    "Conv2D",
    points=1,
    called="Conv2D({channels}, {filters}, {kernel_size}, seed=seed)",
    hint="How many numbers does one output take in? That is fan_in; fan_out counts the filters.",
    inputs=drawn_sizes,
    each="seed",
    measure=measure_start,
    needs=("valid_values",),
    vouched_by=("layer_learns",),
)
def start(convolution, channels, filters, kernel_size, seed):
    seed_global_state(seed)
    layer = convolution.Conv2D(channels, filters, kernel_size, seed=seed)
    return {"kernel": layer.kernel, "bias": layer.bias, GLOBAL_STATE: global_state()}


def layer_samples(rng):
    """Two batches, and a d_out for each; `plain` is a kernel of the usual size.

    Their border of zeros happens to be even: an uneven one is the business of other checks.
    At last images as large as digits, and a large kernel: what visits every pixel for every weight
    in Python loops would take minutes for the digits of the next brick.
    """
    channels, filters = different(rng, 2, 5, 2)
    kernel_size, strides = int(rng.permutation([3, 5])[0]), int(rng.integers(2, 4))
    steps = sorted(different(rng, 2, 5, 2))  # wider than high
    return {
        "x": rng.normal(size=(2, 2, *(n * strides + 1 for n in steps), channels)),
        "plain": rng.normal(size=(3, 3, channels, filters)),
        "kernel": rng.normal(size=(kernel_size, kernel_size, channels, filters)),
        "bias": rng.normal(size=filters),
        "d_out": rng.normal(size=(2, 2, *(n + 1 for n in steps), filters)),
        "digits": rng.uniform(size=(64, 28, 28, 1)),
        "large": rng.normal(size=(11, 11, 1, 8)),
        "d_digits": rng.normal(size=(64, 18, 18, 8)),
        "channels": channels,
        "filters": filters,
        "strides": strides,
        "learning_rate": round(float(rng.uniform(0.2, 0.8)), 2),
    }


@brick.check(
    "Conv2D",
    points=1,
    called='Conv2D({channels}, {filters}); one of strides={strides}, "same"; a large one on digits',
    hint="backward belongs to the latest forward, and replaces what an earlier one left.",
    inputs=layer_samples,
    needs=("same_keeps_the_size", "gradient_of_kernel", "gradient_of_x"),
    limit=10.0,  # of processor time; four nested loops around a product of arrays take 1.3 s
)
def layer_learns(
    convolution, x, plain, kernel, bias, d_out, channels, filters, strides, learning_rate,
    digits, large, d_digits,
):  # fmt: skip
    usual = convolution.Conv2D(channels, filters)
    shape = np.shape(usual.kernel)
    usual.kernel, usual.bias = plain.copy(), bias.copy()
    conv = convolution.Conv2D(channels, filters, len(kernel), strides, padding="same")
    conv.kernel, conv.bias = kernel.copy(), bias.copy()
    conv.forward(x[0])
    conv.backward(d_out[0])
    out = np.array(conv.forward(x[1]))
    d_x = np.array(conv.backward(d_out[1]))
    d_kernel, d_bias = np.array(conv.d_kernel), np.array(conv.d_bias)
    kernel_before, bias_before = np.array(conv.kernel), np.array(conv.bias)
    conv.step(learning_rate=learning_rate)
    quick = convolution.Conv2D(1, 8, 11, padding="valid")
    quick.kernel = large.copy()
    out_of_digits = np.array(quick.forward(digits))
    quick.backward(d_digits)
    return {
        "shape of the kernel without a kernel_size": shape,
        "out of the layer without a kernel_size": usual.forward(x[0]),
        "out": out,
        "d_x": d_x,
        "d_kernel": d_kernel,
        "d_bias": d_bias,
        "kernel before step": kernel_before,
        "bias before step": bias_before,
        "kernel after step": conv.kernel,
        "bias after step": conv.bias,
        "out of the last digit": out_of_digits[-1],
        "d_kernel of the digits": quick.d_kernel,
    }


def pool_layer_samples(rng):
    pool_size = int(rng.integers(3, 5))
    return {**pool_samples(rng, pool_size), "pool_size": pool_size}


@brick.check(
    "MaxPool2D",
    points=1,
    called="forward(x), backward(d_out) of MaxPool2D({pool_size}); forward(x) of MaxPool2D()",
    hint="The functions do the work; the layer keeps what they need. Has d_x the shape of x?",
    inputs=pool_layer_samples,
)
def pool_layer(convolution, x, d_out, pool_size):
    pool = convolution.MaxPool2D(pool_size)
    out = np.array(pool.forward(x))
    given = np.resize(d_out, out.shape)  # d_out itself, where out has the right shape
    d_x = np.array(pool.backward(given))
    two = np.array(convolution.MaxPool2D().forward(x))
    after = {"x after the call": x, "d_out after the call": given}
    return {"out": out, "d_x": d_x, "out of MaxPool2D()": two, **after}


def keras_samples(rng):
    drawn = samples(rng)
    channels, filters = drawn["kernel"].shape[2:]
    return {
        "x": rng.normal(size=(2, *different(rng, 6, 10, 2), channels)),
        "kernel": rng.normal(size=drawn["kernel"].shape),
        "bias": drawn["bias"],
        "filters": filters,
        "kernel_size": int(rng.integers(4, 6)),  # larger than the strides: there is a border
        "strides": int(rng.integers(2, 4)),
    }


@brick.check(
    "keras_convolution",
    points=1,
    called='keras_convolution({filters}), and ({filters}, {kernel_size}, {strides}, "same")',
    hint="Keras has this layer ready made. Which of its arguments are yours?",
    inputs=keras_samples,
    limit=60.0,
    keras=True,
)
def keras_twin(convolution, x, kernel, bias, filters, kernel_size, strides):
    def out(layer):
        layer(x)  # a layer gets its weights when it meets its first input
        own = zip((kernel, bias), layer.get_weights(), strict=False)
        layer.set_weights([np.resize(given, weight.shape) for given, weight in own])
        return layer(x)

    usual = convolution.keras_convolution(filters)
    other = convolution.keras_convolution(filters, kernel_size, strides=strides, padding="same")
    import keras  # not before your function asks for it

    return {
        "out of keras_convolution(filters)": out(usual),
        "out of the other": out(other),
        "both are of the class keras.layers.Conv2D": (
            isinstance(usual, keras.layers.Conv2D) and isinstance(other, keras.layers.Conv2D)
        ),
    }


# Hints, one at a time: `bricks hint conv2d`. Read them there, after a try of your own.

brick.hints(
    "images_to_tensor",
    look="The last axis, and the type of the numbers.",
    example="Two images of 3 x 4 pixels: the shape (2, 3, 4, 1); the pixel 51 becomes 0.2.",
    formula="Each pixel over 255, and one channel.",
)
brick.hints(
    "conv2d",
    look="How many positions the window has each way, which pixels the last one sees, and whether "
    "the kernel lies as it is given, without a flip.",
    example="Five pixels, a window of three: positions 0, 1, 2. With stride 2: 0 and 2. The row "
    "1 2 3 4 with the kernel 1 -1 gives -1 -1 -1.",
    formula="Positions each way: (h - kh) / stride, rounded down, plus 1. One entry is the sum "
    "over "
    "window and channels of x * kernel, plus the filter's bias.",
)
brick.hints(
    "conv2d_backward",
    look="Windows overlap: is what each of them sends to a pixel added to what is there? And "
    "which axes does d_bias sum over?",
    example="The row x = 1 2 3, kernel 10 20, d_out = 1 1: d_x is 10 30 20, d_kernel is 3 5.",
    formula="For each position: d_kernel gains window * d, the window of d_x gains kernel * d.",
)
brick.hints(
    "max_pool2d",
    look="How many rows and columns are left, and which of them are dropped at the end.",
    example="The rows 1 2 5 and 3 4 6, pool 2: one number, 4. The third column is dropped.",
    formula="h / pool rounded down, w / pool rounded down; in each block the largest.",
)
brick.hints(
    "max_pool2d_backward",
    look="Which entry of the block gets the gradient where two are equal, and what the others get.",
    example="The block 7 7 / 1 2 and the gradient 5: the first 7 gets 5, the rest 0.",
    formula="The slope is 1 for the block's first largest entry in row order, else 0.",
)
brick.hints(
    "edge_kernels",
    look="The order of the axes: rows, columns, channel, filter.",
    example="The first filter answers a dark row above a light row, with a large number.",
    formula="The second kernel is the first one with rows and columns exchanged.",
)
brick.hints(
    "Conv2D",
    look="The two sizes in Glorot's rule, and what `forward` keeps for `backward`.",
    example="One channel, 8 filters, kernel 3: the limit^2 is 6 / (9 + 72).",
    formula="limit^2 = 6 / (k*k*channels + k*k*filters).",
)
brick.hints(
    "MaxPool2D",
    look="What `forward` has to keep.",
    example="Its output for (2, 6, 6, 3) and a pool of 2 has the shape (2, 3, 3, 3).",
    formula="It has no parameters: both ways are functions that you have written.",
)
brick.hints(
    "keras_convolution",
    look="What the function returns: a layer, and not a model. And which activation it has.",
    example="8 filters of 3 x 3 on one channel: 9 * 8 + 8 = 80 parameters once it is built.",
    formula="The four arguments go to Keras under the same names.",
)
brick.able = {
    "images_to_tensor": "your images keep their rows and columns, and have room for channels.",
    "conv2d": "your filters find one pattern wherever it stands in the image.",
    "conv2d_backward": "filters need not be chosen by hand any more: yours can be learned.",
    "max_pool2d": "a small shift of the image changes less of what you compute from it.",
}

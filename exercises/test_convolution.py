"""Self-checks of convolution.py.

Each function below is a probe. It calls your code on the inputs that are drawn for it and returns
what came back, by name; the same probe runs on a correct solution, and the two are compared. So
reading a probe tells you exactly what was called. Graded checks are these, with other inputs.
"""

import numpy as np

from grader import Brick, global_state, unpack

brick = Brick("convolution", order=4, title="Convolutional layer")


@brick.check(
    "images_to_tensor",
    points=1,
    called="images_to_tensor(images)",
    hint="Rows and columns stay this time, and a last axis joins them. What is the largest pixel?",
    inputs=lambda rng: {"images": rng.integers(0, 256, size=(3, 4, 5), dtype=np.uint8)},
)
def images_get_a_channel(convolution, images):
    return {"tensor": convolution.images_to_tensor(images)}


def symmetric(kernel):
    """The same after half a turn: whether kernels are turned is the business of one check alone."""
    return kernel + kernel[::-1, ::-1]


def samples(rng):
    """Two images of 6 x 6 pixels with 2 channels, 3 filters of 3 x 3."""
    return {
        "x": rng.normal(size=(2, 6, 6, 2)),
        "kernel": symmetric(rng.normal(size=(3, 3, 2, 3))),
        "bias": rng.normal(loc=2.0, size=3),
    }


@brick.check(
    "conv2d",
    points=1,
    called="conv2d(x, kernel, bias), with bias 0",
    hint="One output is one window times one filter, added up over rows, columns and channels.",
    inputs=samples,
)
def valid_values(convolution, x, kernel):
    out = convolution.conv2d(x, kernel, np.zeros(3))
    return {"out": out, "x after the call": x, "kernel after the call": kernel}


@brick.check(
    "conv2d",
    points=1,
    called="conv2d(x, kernel, bias), a kernel without symmetry",
    hint="Is the upper left weight multiplied by the upper left pixel of the window?",
    inputs=lambda rng: {
        "x": rng.normal(size=(1, 5, 5, 1)),
        "kernel": rng.normal(size=(3, 3, 1, 1)),
    },
    needs=("valid_values",),
)
def kernel_is_not_flipped(convolution, x, kernel):
    return {"out": convolution.conv2d(x, kernel, np.zeros(1))}


@brick.check(
    "conv2d",
    points=1,
    called="conv2d(x) + conv2d(y) - conv2d(x + y), all with bias set",
    hint="A convolution is linear, so all cancels but one bias. How often does yours come in?",
    inputs=lambda rng: {**samples(rng), "y": rng.normal(size=(2, 6, 6, 2))},
)
def linear_but_for_one_bias(convolution, x, y, kernel, bias):
    of_x, of_y, of_sum = (np.array(convolution.conv2d(z, kernel, bias)) for z in (x, y, x + y))
    return {"what remains": of_x + of_y - of_sum}


@brick.check(
    "conv2d",
    points=1,
    called="conv2d(x, kernel, bias), kernels 2 x 4 and 3 x 1, bias 0",
    hint="Rows and columns are counted apart, in the image and in the kernel.",
    inputs=lambda rng: {
        "x": rng.normal(size=(2, 5, 7, 2)),
        "wide": symmetric(rng.normal(size=(2, 4, 2, 3))),
        "tall": symmetric(rng.normal(size=(3, 1, 2, 1))),
    },
    needs=("valid_values",),
)
def other_than_square(convolution, x, wide, tall):
    return {
        "out, kernel 2 x 4": convolution.conv2d(x, wide, np.zeros(3)),
        "out, kernel 3 x 1": convolution.conv2d(x, tall, np.zeros(1)),
    }


@brick.check(
    "conv2d",
    points=1,
    called="conv2d(x, kernel, bias, strides=2 and 3), with bias 0",
    hint="Which row and column of the image does the window of output (i, j) start at?",
    inputs=lambda rng: {**samples(rng), "x": rng.normal(size=(2, 8, 8, 2))},
    needs=("valid_values",),
)
def strides_skip_pixels(convolution, x, kernel):
    return {
        "out, strides=2": convolution.conv2d(x, kernel, np.zeros(3), strides=2),
        "out, strides=3": convolution.conv2d(x, kernel, np.zeros(3), strides=3),
    }


@brick.check(
    "conv2d",
    points=1,
    called='conv2d(x, kernel, bias, padding="same"), with bias 0',
    hint="A border of zeros, as wide on every side, so that out has the height and width of x.",
    inputs=samples,
    needs=("valid_values",),
)
def same_keeps_the_size(convolution, x, kernel):
    out = convolution.conv2d(x, kernel, np.zeros(3), padding="same")
    return {"out": out, "x after the call": x}


@brick.check(
    "conv2d",
    points=1,
    called='conv2d(x, kernel, bias, strides, padding="same"), kernel 2 x 4',
    hint="How many zeros are needed in all? Above and below differ when that number is odd.",
    inputs=lambda rng: {
        "x": rng.normal(size=(2, 6, 9, 1)),
        "kernel": symmetric(rng.normal(size=(2, 4, 1, 2))),
    },
    needs=("same_keeps_the_size",),
)
def same_with_an_uneven_border(convolution, x, kernel):
    outs = {}
    for strides in (1, 2, 3):
        out = convolution.conv2d(x, kernel, np.zeros(2), strides=strides, padding="same")
        outs[f"out, strides={strides}"] = out
    return outs


def gradient_samples(rng):
    return {
        "x": rng.normal(size=(2, 5, 5, 2)),
        "kernel": rng.normal(size=(3, 3, 2, 3)),
        "d_out": rng.normal(size=(2, 3, 3, 3)),
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


@brick.check(
    "conv2d_backward",
    points=1,
    called="conv2d_backward(d_out, x, kernel, strides, padding)",
    hint="The same windows as in forward: where do they start, and what of the border is no pixel?",
    inputs=lambda rng: {
        "x": rng.normal(size=(2, 6, 7, 2)),
        "kernel": rng.normal(size=(3, 2, 2, 3)),
        "d_out_valid": rng.normal(size=(2, 2, 3, 3)),
        "d_out_same": rng.normal(size=(2, 6, 7, 3)),
        "d_out_both": rng.normal(size=(2, 2, 3, 3)),
    },
    needs=("gradient_of_kernel", "gradient_of_x"),
)
def gradients_by_strides_and_padding(convolution, x, kernel, d_out_valid, d_out_same, d_out_both):
    found = {}
    for d_out, strides, padding in (
        (d_out_valid, 2, "valid"),
        (d_out_same, 1, "same"),
        (d_out_both, 3, "same"),
    ):
        returned = convolution.conv2d_backward(d_out, x, kernel, strides=strides, padding=padding)
        for name, gradient in gradients(returned).items():
            found[f"{name}, strides={strides}, {padding}"] = gradient
    return found


@brick.check(
    "max_pool2d",
    points=1,
    called="max_pool2d(x), and max_pool2d(y, pool_size=3)",
    hint="The largest of each block, also where all are negative. What is left over is dropped.",
    inputs=lambda rng: {
        "x": rng.normal(loc=-1.0, size=(2, 4, 6, 2)),
        "y": rng.normal(loc=-1.0, size=(2, 7, 11, 2)),
    },
)
def pool_values(convolution, x, y):
    return {
        "out": convolution.max_pool2d(x),
        "out, pool_size=3": convolution.max_pool2d(y, pool_size=3),
        "x after the call": x,
    }


@brick.check(
    "max_pool2d_backward",
    points=1,
    called="max_pool2d_backward(d_out, x)",
    hint="Only the winner of a block had a say in the output.",
    inputs=lambda rng: {
        "d_out": rng.normal(size=(2, 2, 3, 2)),
        "x": rng.normal(size=(2, 4, 6, 2)),
    },
)
def pool_gradient(convolution, d_out, x):
    d_x = convolution.max_pool2d_backward(d_out, x)
    return {"d_x": d_x, "d_out after the call": d_out, "x after the call": x}


@brick.check(
    "max_pool2d_backward",
    points=1,
    called="max_pool2d_backward(d_out, x), where some of x are equal",
    hint="Two pixels share the maximum, and one of them takes it all: the first, row by row.",
    inputs=lambda rng: {
        "d_out": rng.normal(size=(2, 3, 4, 1)),
        "x": rng.integers(0, 2, size=(2, 6, 8, 1)).astype(float),
    },
    needs=("pool_gradient",),
)
def pool_gradient_of_ties(convolution, d_out, x):
    return {"d_x": convolution.max_pool2d_backward(d_out, x)}


def drawn_edges(rng):
    """One image that gets brighter at some row, one at some column."""
    image = np.zeros((2, 8, 8, 1))
    image[0, rng.integers(2, 7) :] = rng.uniform(1.0, 3.0)
    image[1, :, rng.integers(2, 7) :] = rng.uniform(1.0, 3.0)
    return {"images": image}


@brick.check(
    "edge_kernels",
    points=1,
    called="edge_kernels(), then conv2d(images, kernels, bias 0)",
    hint="Filter 0 compares the row above with the row below, filter 1 left with right.",
    inputs=drawn_edges,
    needs=("valid_values",),
)
def edges_are_found(convolution, images):
    kernels = np.asarray(convolution.edge_kernels(), dtype=float)
    found = np.abs(convolution.conv2d(images, kernels, np.zeros(2)))
    return {
        "kernels": kernels,
        "answers to an edge between rows": found[0],
        "answers to an edge between columns": found[1],
    }


def measure_start(returned, inputs):
    kernel = returned["kernel"]
    limit = np.sqrt(6 / (5 * 5 * 20 + 5 * 5 * 30))
    return {
        "shape of kernel": np.shape(kernel),
        "bias": returned["bias"],
        "kernel stays within Glorot's limits": np.max(np.abs(kernel)) <= limit * 1.000_001,
        "kernel fills them evenly": abs(np.std(kernel) / (limit / np.sqrt(3)) - 1) < 0.05,
        "same seed, same kernel": np.array_equal(kernel, returned["kernel again"]),
        "other seed, other kernel": not np.array_equal(kernel, returned["kernel of other seed"]),
        "np.random's global state is left alone": np.array_equal(
            returned["global state"], returned["global state after"]
        ),
    }


@brick.check(
    "Conv2D",
    points=1,
    called="Conv2D(channels=20, filters=30, kernel_size=5, seed=seed)",
    hint="How many numbers does one output take in? That is fan_in; fan_out counts the filters.",
    inputs=lambda rng: {"seed": int(rng.integers(10_000))},
    measure=measure_start,
)
def start(convolution, seed):
    before = global_state()
    first = convolution.Conv2D(channels=20, filters=30, kernel_size=5, seed=seed)
    after = global_state()
    return {
        "kernel": first.kernel,
        "bias": first.bias,
        "kernel again": convolution.Conv2D(20, 30, 5, seed=seed).kernel,
        "kernel of other seed": convolution.Conv2D(20, 30, 5, seed=seed + 1).kernel,
        "global state": before,
        "global state after": after,
    }


@brick.check(
    "Conv2D",
    points=1,
    called='forward of Conv2D(2, 3); all methods, strides=2, padding="same"',
    hint="backward belongs to the latest forward, and replaces what an earlier one left.",
    inputs=lambda rng: {
        "x": rng.normal(size=(2, 2, 5, 7, 2)),
        "kernel": rng.normal(size=(3, 3, 2, 3)),
        "bias": rng.normal(size=3),
        "d_out": rng.normal(size=(2, 2, 3, 4, 3)),
    },
    needs=("same_keeps_the_size", "gradient_of_kernel", "gradient_of_x"),
)
def layer_learns(convolution, x, kernel, bias, d_out):
    plain = convolution.Conv2D(2, 3)
    shape = np.shape(plain.kernel)
    conv = convolution.Conv2D(2, 3, kernel_size=3, strides=2, padding="same")
    for layer in (plain, conv):
        layer.kernel, layer.bias = kernel.copy(), bias.copy()
    conv.forward(x[0])
    conv.backward(d_out[0])
    out = np.array(conv.forward(x[1]))
    d_x = np.array(conv.backward(d_out[1]))
    d_kernel, d_bias = np.array(conv.d_kernel), np.array(conv.d_bias)
    kernel_before, bias_before = np.array(conv.kernel), np.array(conv.bias)
    conv.step(learning_rate=0.5)
    return {
        "shape of the kernel of Conv2D(2, 3)": shape,
        "out of Conv2D(2, 3)": plain.forward(x[0]),
        "out": out,
        "d_x": d_x,
        "d_kernel": d_kernel,
        "d_bias": d_bias,
        "kernel before step": kernel_before,
        "bias before step": bias_before,
        "kernel after step": conv.kernel,
        "bias after step": conv.bias,
    }


@brick.check(
    "MaxPool2D",
    points=1,
    called="forward(x), backward(d_out) of MaxPool2D(3); forward(x) of MaxPool2D()",
    hint="The functions do the work; the layer keeps what they need. Has d_x the shape of x?",
    inputs=lambda rng: {
        "x": rng.normal(size=(2, 7, 11, 2)),
        "d_out": rng.normal(size=(2, 2, 3, 2)),
    },
)
def pool_layer(convolution, x, d_out):
    pool = convolution.MaxPool2D(3)
    out = np.array(pool.forward(x))
    d_x = np.array(pool.backward(d_out))
    two = convolution.MaxPool2D().forward(x)
    return {"out": out, "d_x": d_x, "out of MaxPool2D()": two, "x after the call": x}


@brick.check(
    "keras_convolution",
    points=1,
    called='keras_convolution(3), and (3, kernel_size=2, strides=2, padding="same")',
    hint="Keras has this layer ready made. Which of its arguments are yours?",
    inputs=lambda rng: {
        "x": rng.normal(size=(2, 6, 7, 2)),
        "kernel": rng.normal(size=(3, 3, 2, 3)),
        "bias": rng.normal(size=3),
    },
    limit=60.0,
    keras=True,
)
def keras_twin(convolution, x, kernel, bias):
    def out(layer):
        layer(x)  # a layer gets its weights when it meets its first input
        own = zip((kernel, bias), layer.get_weights(), strict=False)
        layer.set_weights([np.resize(given, weight.shape) for given, weight in own])
        return layer(x)

    other = convolution.keras_convolution(3, kernel_size=2, strides=2, padding="same")
    return {
        "out of keras_convolution(3)": out(convolution.keras_convolution(3)),
        "out of the other": out(other),
    }

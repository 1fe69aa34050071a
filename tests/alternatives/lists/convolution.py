"""Convolution pixel by pixel, pooling number by number, on nested lists."""

import itertools
import math

import numpy as np


def images_to_tensor(images):
    return [[[[pixel / 255] for pixel in row] for row in image] for image in images.tolist()]


def sizes(shape, kernel_shape, strides, padding):
    """Height and width of the output, and how far the first window starts outside of x."""
    out, before = [], []
    for size, k in zip(shape[1:3], kernel_shape[:2], strict=True):
        if padding == "same":
            out.append(math.ceil(size / strides))
            before.append(max((out[-1] - 1) * strides + k - size, 0) // 2)
        else:
            out.append(len(range(0, size - k + 1, strides)))
            before.append(0)
    return out, before


def meetings(x_shape, kernel_shape, strides, padding):
    """Every (output place, kernel place, pixel) that meet; what lies on the border is left out."""
    (oh, ow), (top, left) = sizes(x_shape, kernel_shape, strides, padding)
    kh, kw = kernel_shape[:2]
    for i, j, u, v in itertools.product(range(oh), range(ow), range(kh), range(kw)):
        row, column = i * strides + u - top, j * strides + v - left
        if 0 <= row < x_shape[1] and 0 <= column < x_shape[2]:
            yield (i, j), (u, v), (row, column)


def conv2d(x, kernel, bias, strides=1, padding="valid"):
    x, kernel = np.asarray(x), np.asarray(kernel)
    (oh, ow), _ = sizes(x.shape, kernel.shape, strides, padding)
    out = np.zeros((len(x), oh, ow, kernel.shape[3]))
    for (i, j), weight, (row, column) in meetings(x.shape, kernel.shape, strides, padding):
        out[:, i, j] += x[:, row, column] @ kernel[weight]
    for index in np.ndindex(out.shape):
        out[index] += bias[index[-1]]
    return out.tolist()


def conv2d_backward(d_out, x, kernel, strides=1, padding="valid"):
    d_x, d_kernel = np.zeros(np.shape(x)), np.zeros(np.shape(kernel))
    for (i, j), weight, (row, column) in meetings(d_x.shape, d_kernel.shape, strides, padding):
        d = d_out[:, i, j]
        d_kernel[weight] += x[:, row, column].T @ d
        d_x[:, row, column] += d @ kernel[weight].T
    d_bias = [math.fsum(d_out[..., f].ravel()) for f in range(d_kernel.shape[3])]
    return [d_x.tolist(), d_kernel.tolist(), d_bias]


def winners(x, pool_size):
    """For each block, by its place in the output: where its maximum is, and how large."""
    n, h, w, channels = np.shape(x)
    blocks = (range(n), range(h // pool_size), range(w // pool_size), range(channels))
    for image, i, j, c in itertools.product(*blocks):
        best, where = -math.inf, None
        for u, v in itertools.product(range(pool_size), repeat=2):
            pixel = (image, i * pool_size + u, j * pool_size + v, c)
            if x[pixel] > best:
                best, where = x[pixel], pixel
        yield (image, i, j, c), where, best


def max_pool2d(x, pool_size=2):
    n, h, w, c = np.shape(x)
    out = np.empty((n, h // pool_size, w // pool_size, c))
    for place, _, largest in winners(x, pool_size):
        out[place] = largest
    return out.tolist()


def max_pool2d_backward(d_out, x, pool_size=2):
    d_x = np.zeros(np.shape(x))
    for place, where, _ in winners(x, pool_size):
        d_x[where] = d_out[place]
    return d_x.tolist()


def edge_kernels():
    sobel = [[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]]
    return [[[[sobel[u][v], sobel[v][u]]] for v in range(3)] for u in range(3)]


class Conv2D:
    def __init__(self, channels, filters, kernel_size=3, strides=1, padding="valid", seed=0):
        self.shape = (kernel_size, kernel_size, channels, filters)
        limit = math.sqrt(6 / (kernel_size * kernel_size * (channels + filters)))
        numbers = np.random.default_rng(seed).uniform(-limit, limit, math.prod(self.shape))
        self.kernel = numbers.reshape(self.shape, order="F")
        self.bias = np.zeros(filters)
        self.arguments = (strides, padding)

    def forward(self, x):
        self._x = x
        return np.array(conv2d(x, self.kernel, self.bias, *self.arguments))

    def backward(self, d_out):
        gradients = conv2d_backward(d_out, self._x, self.kernel, *self.arguments)
        d_x, self.d_kernel, self.d_bias = map(np.array, gradients)
        return d_x

    def step(self, learning_rate):
        self.kernel = self.kernel - learning_rate * self.d_kernel
        self.bias = self.bias - learning_rate * self.d_bias


class MaxPool2D:
    def __init__(self, pool_size=2):
        self.pool_size = pool_size

    def forward(self, x):
        self._x = x
        return np.array(max_pool2d(x, self.pool_size))

    def backward(self, d_out):
        return np.array(max_pool2d_backward(d_out, self._x, self.pool_size))


def keras_convolution(filters, kernel_size=3, strides=1, padding="valid"):
    import keras

    return keras.layers.Conv2D.from_config(
        {
            "filters": filters,
            "kernel_size": [kernel_size] * 2,
            "strides": [strides] * 2,
            "padding": padding,
        }
    )

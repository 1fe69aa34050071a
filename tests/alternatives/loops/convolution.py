"""Convolution and pooling as loops over the places of the output."""

import math
import random

import numpy as np


def images_to_tensor(images):
    n, h, w = images.shape
    tensor = np.empty((n, h, w, 1))
    for i in range(n):
        for row in range(h):
            for column in range(w):
                tensor[i, row, column, 0] = images[i, row, column] / 255
    return tensor


def border(size, k, strides, padding):
    """Length of the output along one axis, and the zeros before and after it."""
    if padding == "valid":
        return (size - k) // strides + 1, 0, 0
    out_size = math.ceil(size / strides)
    total = max((out_size - 1) * strides + k - size, 0)
    return out_size, total // 2, total - total // 2


def with_border(x, kernel, strides, padding):
    n, h, w, c = x.shape
    oh, top, bottom = border(h, kernel.shape[0], strides, padding)
    ow, left, right = border(w, kernel.shape[1], strides, padding)
    padded = np.zeros((n, top + h + bottom, left + w + right, c))
    padded[:, top : top + h, left : left + w] = x
    return padded, oh, ow, top, left


def conv2d(x, kernel, bias, strides=1, padding="valid"):
    kh, kw, _, filters = kernel.shape
    padded, oh, ow, _, _ = with_border(x, kernel, strides, padding)
    weights = kernel.reshape(-1, filters)
    out = np.empty((len(x), oh, ow, filters))
    for i in range(oh):
        for j in range(ow):
            row, column = i * strides, j * strides
            window = padded[:, row : row + kh, column : column + kw]
            out[:, i, j] = window.reshape(len(x), -1) @ weights + bias
    return out


def conv2d_backward(d_out, x, kernel, strides=1, padding="valid"):
    kh, kw, c, filters = kernel.shape
    padded, oh, ow, top, left = with_border(x, kernel, strides, padding)
    weights = kernel.reshape(-1, filters)
    d_padded = np.zeros(padded.shape)
    d_weights = np.zeros(weights.shape)
    d_bias = np.zeros(filters)
    for i in range(oh):
        for j in range(ow):
            row, column = i * strides, j * strides
            window = padded[:, row : row + kh, column : column + kw]
            d = d_out[:, i, j]
            d_weights += window.reshape(len(x), -1).T @ d
            d_bias += d.sum(axis=0)
            d_window = (d @ weights.T).reshape(len(x), kh, kw, c)
            d_padded[:, row : row + kh, column : column + kw] += d_window
    h, w = x.shape[1], x.shape[2]
    d_x = d_padded[:, top : top + h, left : left + w]
    return d_x, d_weights.reshape(kernel.shape), d_bias


def max_pool2d(x, pool_size=2):
    n, h, w, c = x.shape
    out = np.empty((n, h // pool_size, w // pool_size, c))
    for i in range(out.shape[1]):
        for j in range(out.shape[2]):
            rows = slice(i * pool_size, (i + 1) * pool_size)
            columns = slice(j * pool_size, (j + 1) * pool_size)
            out[:, i, j] = x[:, rows, columns].max(axis=(1, 2))
    return out


def max_pool2d_backward(d_out, x, pool_size=2):
    n, h, w, c = x.shape
    d_x = np.zeros(x.shape)
    for i in range(h // pool_size):
        for j in range(w // pool_size):
            top, left = i * pool_size, j * pool_size
            block = x[:, top : top + pool_size, left : left + pool_size]
            winner = block.reshape(n, -1, c).argmax(axis=1)  # the first one where some are equal
            for place in range(pool_size * pool_size):
                u, v = divmod(place, pool_size)
                d_x[:, top + u, left + v] = d_out[:, i, j] * (winner == place)
    return d_x


def edge_kernels():
    kernels = np.zeros((3, 3, 1, 2))
    for u, along in enumerate((-1, 0, 1)):
        for v, across in enumerate((1, 2, 1)):
            kernels[u, v, 0, 0] = along * across
            kernels[v, u, 0, 1] = along * across
    return kernels


class Conv2D:
    def __init__(self, channels, filters, kernel_size=3, strides=1, padding="valid", seed=0):
        generator = random.Random(seed)
        limit = math.sqrt(6 / (kernel_size**2 * channels + kernel_size**2 * filters))
        self.kernel = np.empty((kernel_size, kernel_size, channels, filters))
        for index in np.ndindex(self.kernel.shape):
            self.kernel[index] = generator.uniform(-limit, limit)
        self.bias = np.zeros(filters)
        self.strides, self.padding = strides, padding

    def forward(self, x):
        self.x = x
        return conv2d(x, self.kernel, self.bias, self.strides, self.padding)

    def backward(self, d_out):
        d_x, self.d_kernel, self.d_bias = conv2d_backward(
            d_out, self.x, self.kernel, self.strides, self.padding
        )
        return d_x

    def step(self, learning_rate):
        self.kernel = self.kernel - learning_rate * self.d_kernel
        self.bias = self.bias - learning_rate * self.d_bias


class MaxPool2D:
    def __init__(self, pool_size=2):
        self.pool_size = pool_size

    def forward(self, x):
        self.x = x
        return max_pool2d(x, self.pool_size)

    def backward(self, d_out):
        return max_pool2d_backward(d_out, self.x, self.pool_size)


def keras_convolution(filters, kernel_size=3, strides=1, padding="valid"):
    from keras.layers import Conv2D as KerasConv2D

    return KerasConv2D(
        filters=filters,
        kernel_size=(kernel_size, kernel_size),
        strides=(strides, strides),
        padding=padding,
        data_format="channels_last",
        activation="linear",
        bias_initializer="ones",
    )

"""Brick 4: the convolutional layer."""

import numpy as np


def images_to_tensor(images):
    """(n, h, w) to (n, h, w, 1), between 0 and 1."""
    return images[:, :, :, np.newaxis] / 255.0


def _pads(size, k, s, padding):
    """Output size, zeros before, zeros after, along one axis."""
    if padding == "valid":
        return (size - k) // s + 1, 0, 0
    out = -(-size // s)
    total = max((out - 1) * s + k - size, 0)
    before = total // 2
    return out, before, total - before


def conv2d(x, kernel, bias, strides=1, padding="valid"):
    """All windows as rows of one matrix, times the kernel as a matrix."""
    n, h, w, c = x.shape
    kh, kw, _, filters = kernel.shape
    oh, top, bottom = _pads(h, kh, strides, padding)
    ow, left, right = _pads(w, kw, strides, padding)
    xp = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
    cols = np.empty((n, oh, ow, kh, kw, c), dtype=xp.dtype)
    for u in range(kh):
        for v in range(kw):
            cols[:, :, :, u, v, :] = xp[:, u:u + (oh - 1) * strides + 1:strides,
                                        v:v + (ow - 1) * strides + 1:strides, :]
    out = cols.reshape(n * oh * ow, kh * kw * c) @ kernel.reshape(kh * kw * c, filters)
    return out.reshape(n, oh, ow, filters) + bias


def conv2d_backward(d_out, x, kernel, strides=1, padding="valid"):
    """(d_x, d_kernel, d_bias): one product of matrices for each place of the kernel."""
    n, h, w, c = x.shape
    kh, kw, _, filters = kernel.shape
    oh, top, bottom = _pads(h, kh, strides, padding)
    ow, left, right = _pads(w, kw, strides, padding)
    xp = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))

    d_bias = d_out.sum(axis=(0, 1, 2))
    d_kernel = np.zeros(kernel.shape)
    d_xp = np.zeros(xp.shape)
    flat = d_out.reshape(-1, filters)
    for u in range(kh):
        for v in range(kw):
            rows = slice(u, u + (oh - 1) * strides + 1, strides)
            columns = slice(v, v + (ow - 1) * strides + 1, strides)
            window = xp[:, rows, columns, :].reshape(-1, c)
            d_kernel[u, v] = window.T @ flat
            d_xp[:, rows, columns, :] += (flat @ kernel[u, v].T).reshape(n, oh, ow, c)
    d_x = d_xp[:, top:top + h, left:left + w, :]
    return d_x, d_kernel, d_bias


def max_pool2d(x, pool_size=2):
    """The maximum of each block."""
    n, h, w, c = x.shape
    p = pool_size
    oh, ow = h // p, w // p
    blocks = x[:, :oh * p, :ow * p, :].reshape(n, oh, p, ow, p, c)
    return blocks.max(axis=(2, 4))


def max_pool2d_backward(d_out, x, pool_size=2):
    """The gradient goes to the first maximum of each block."""
    n, h, w, c = x.shape
    p = pool_size
    oh, ow = h // p, w // p
    blocks = x[:, :oh * p, :ow * p, :].reshape(n, oh, p, ow, p, c)
    blocks = blocks.transpose(0, 1, 3, 5, 2, 4).reshape(n, oh, ow, c, p * p)
    winner = blocks.argmax(axis=4)[..., np.newaxis]
    d_blocks = np.zeros(blocks.shape)
    np.put_along_axis(d_blocks, winner, d_out[..., np.newaxis], axis=4)
    d_blocks = d_blocks.reshape(n, oh, ow, c, p, p).transpose(0, 1, 4, 2, 5, 3)
    d_x = np.zeros(x.shape)
    d_x[:, :oh * p, :ow * p, :] = d_blocks.reshape(n, oh * p, ow * p, c)
    return d_x


def edge_kernels():
    """Sobel, for horizontal and for vertical edges."""
    sobel = np.array([[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]])
    return np.stack([sobel, sobel.T], axis=-1)[:, :, np.newaxis, :]


class Conv2D:
    """A convolutional layer."""

    def __init__(self, channels, filters, kernel_size=3, strides=1, padding="valid", seed=0):
        k = kernel_size
        self.strides = strides
        self.padding = padding
        rng = np.random.default_rng(seed)
        limit = np.sqrt(6.0 / (k * k * channels + k * k * filters))
        self.kernel = rng.uniform(-limit, limit, size=(k, k, channels, filters))
        self.bias = np.zeros(filters)
        self.d_kernel = np.zeros_like(self.kernel)
        self.d_bias = np.zeros_like(self.bias)

    def forward(self, x):
        self.x = x
        return conv2d(x, self.kernel, self.bias, self.strides, self.padding)

    def backward(self, d_out):
        d_x, self.d_kernel, self.d_bias = conv2d_backward(
            d_out, self.x, self.kernel, self.strides, self.padding)
        return d_x

    def step(self, learning_rate):
        self.kernel = self.kernel - learning_rate * self.d_kernel
        self.bias = self.bias - learning_rate * self.d_bias


class MaxPool2D:
    """A max pooling layer."""

    def __init__(self, pool_size=2):
        self.pool_size = pool_size

    def forward(self, x):
        self.x = x
        return max_pool2d(x, self.pool_size)

    def backward(self, d_out):
        return max_pool2d_backward(d_out, self.x, self.pool_size)


def keras_convolution(filters, kernel_size=3, strides=1, padding="valid"):
    """keras.layers.Conv2D, no activation."""
    import keras

    return keras.layers.Conv2D(filters, kernel_size, strides=strides, padding=padding)

"""Convolution by strides and matrices: windows are a view, gradients another convolution."""

import numpy as np
from numpy.lib.stride_tricks import as_strided


def images_to_tensor(images):
    return np.reshape(images, (*images.shape, 1)) * (1 / 255)


def _zeros_around(size, k, strides, padding):
    """Zeros before and after one axis."""
    if padding == "valid":
        return (0, 0)
    total = max(0, strides * ((size - 1) // strides) + k - size)
    return (total // 2, (total + 1) // 2)


def _pad(x, kernel, strides, padding):
    axes = zip(x.shape[1:3], kernel.shape[:2], strict=True)
    inner = [_zeros_around(size, k, strides, padding) for size, k in axes]
    return np.pad(x, [(0, 0), *inner, (0, 0)]), inner


def _windows(x, kh, kw, strides=1):
    """A view (n, oh, ow, kh, kw, c) of all windows."""
    n, h, w, c = x.shape
    by_image, by_row, by_column, by_channel = x.strides
    return as_strided(
        x,
        (n, (h - kh) // strides + 1, (w - kw) // strides + 1, kh, kw, c),
        (by_image, by_row * strides, by_column * strides, by_row, by_column, by_channel),
        writeable=False,
    )


def conv2d(x, kernel, bias, strides=1, padding="valid"):
    kh, kw, c, filters = kernel.shape
    windows = _windows(_pad(x, kernel, strides, padding)[0], kh, kw, strides)
    columns = windows.reshape(-1, kh * kw * c)  # im2col: one row for each window
    return (columns @ kernel.reshape(-1, filters) + bias).reshape(*windows.shape[:3], filters)


def conv2d_backward(d_out, x, kernel, strides=1, padding="valid"):
    kh, kw = kernel.shape[:2]
    padded, (rows, columns) = _pad(x, kernel, strides, padding)
    windows = _windows(padded, kh, kw, strides)
    d_kernel = np.einsum("nijuvc,nijf->uvcf", windows, d_out, optimize=True)
    d_bias = np.einsum("nijf->f", d_out)

    # The gradients of x: d_out, spread by the strides, convolved with the kernel turned around.
    n, oh, ow, filters = d_out.shape
    full = np.zeros((n, padded.shape[1] + kh - 1, padded.shape[2] + kw - 1, filters))
    full[:, kh - 1 :, kw - 1 :][:, : oh * strides : strides, : ow * strides : strides] = d_out
    turned = np.flip(kernel, axis=(0, 1))
    d_padded = np.einsum("nijuvf,uvcf->nijc", _windows(full, kh, kw), turned, optimize=True)
    h, w = x.shape[1:3]
    return d_padded[:, rows[0] : rows[0] + h, columns[0] : columns[0] + w], d_kernel, d_bias


def _blocks(x, pool_size):
    """(n, oh, ow, c, pool_size * pool_size): the pixels of each block in row order."""
    n, h, w, c = x.shape
    oh, ow = h // pool_size, w // pool_size
    cut = x[:, : oh * pool_size, : ow * pool_size]
    cut = cut.reshape(n, oh, pool_size, ow, pool_size, c)
    return cut.transpose(0, 1, 3, 5, 2, 4).reshape(n, oh, ow, c, pool_size**2)


def max_pool2d(x, pool_size=2):
    return np.max(_blocks(x, pool_size), axis=-1)


def max_pool2d_backward(d_out, x, pool_size=2):
    blocks = _blocks(x, pool_size)
    winners = blocks.argmax(axis=-1)[..., np.newaxis] == np.arange(pool_size**2)
    n, oh, ow, c = d_out.shape
    d_blocks = np.einsum("nijc,nijck->nijck", d_out, winners)
    d_blocks = d_blocks.reshape(n, oh, ow, c, pool_size, pool_size).transpose(0, 1, 4, 2, 5, 3)
    d_x = np.zeros(x.shape)
    d_x[:, : oh * pool_size, : ow * pool_size] = d_blocks.reshape(
        n, oh * pool_size, ow * pool_size, c
    )
    return d_x


def edge_kernels():
    smooth, difference = np.array([1.0, 2.0, 1.0]), np.array([-1.0, 0.0, 1.0])
    both = np.array([[difference, smooth], [smooth, difference]])
    return np.einsum("fu,fv->uvf", both[:, 0], both[:, 1]).reshape(3, 3, 1, 2)


class Layer:
    """Remembers its input."""

    def forward(self, x):
        self.x = x
        return self.call(x)


class Conv2D(Layer):
    def __init__(self, channels, filters, kernel_size=3, strides=1, padding="valid", seed=0):
        shape = (kernel_size, kernel_size, channels, filters)
        fan_in, fan_out = np.prod(shape[:3]), np.prod(shape[:2]) * filters
        limit = np.sqrt(6.0 / (fan_in + fan_out))
        self.kernel = limit * (1 - 2 * np.random.Generator(np.random.SFC64(seed)).random(shape))
        self.bias = np.zeros(filters)
        self.options = {"strides": strides, "padding": padding}

    def call(self, x):
        return conv2d(x, self.kernel, self.bias, **self.options)

    def backward(self, d_out):
        gradients = conv2d_backward(d_out, self.x, self.kernel, **self.options)
        self.d_kernel, self.d_bias = gradients[1:]
        return gradients[0]

    def step(self, learning_rate):
        self.kernel = self.kernel - learning_rate * self.d_kernel
        self.bias = self.bias - learning_rate * self.d_bias


class MaxPool2D(Layer):
    def __init__(self, pool_size=2):
        self.pool_size = pool_size

    def call(self, x):
        return max_pool2d(x, self.pool_size)

    def backward(self, d_out):
        return max_pool2d_backward(d_out, self.x, self.pool_size)


def keras_convolution(filters, kernel_size=3, strides=1, padding="valid"):
    import keras

    class Convolution(keras.layers.Conv2D):
        """Keras's own, in double precision."""

        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options, dtype="float64")

    return Convolution(filters, kernel_size, strides=strides, padding=padding)

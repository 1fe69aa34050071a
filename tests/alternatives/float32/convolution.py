"""Convolution in single precision: one matrix product for each place of the kernel."""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field

import numpy as np

FLOAT = np.float32


def images_to_tensor(images: np.ndarray) -> np.ndarray:
    return np.expand_dims(images, -1).astype(FLOAT) / FLOAT(255)


def _border(size: int, k: int, strides: int, padding: str) -> tuple[int, int]:
    if padding.lower() != "same":
        return 0, 0
    # TensorFlow writes the rule this way: what the last window lacks depends on size % strides.
    over = size % strides or strides
    total = max(k - over, 0)
    return total // 2, total - total // 2


def _padded(x: np.ndarray, kernel: np.ndarray, strides: int, padding: str):
    rows = _border(x.shape[1], kernel.shape[0], strides, padding)
    columns = _border(x.shape[2], kernel.shape[1], strides, padding)
    return np.pad(np.asarray(x, FLOAT), [(0, 0), rows, columns, (0, 0)]), rows[0], columns[0]


def _places(padded: np.ndarray, kernel: np.ndarray, strides: int):
    """For each place of the kernel, the slices of the pixels that it meets."""
    kh, kw = kernel.shape[:2]
    last_row, last_column = padded.shape[1] - kh, padded.shape[2] - kw
    for u in range(kh):
        for v in range(kw):
            rows = slice(u, u + last_row + 1, strides)
            yield u, v, rows, slice(v, v + last_column + 1, strides)


def conv2d(x, kernel, bias, strides=1, padding="valid"):
    padded, _, _ = _padded(x, kernel, strides, padding)
    out = FLOAT(0)
    for u, v, rows, columns in _places(padded, kernel, strides):
        out = out + padded[:, rows, columns] @ kernel[u, v].astype(FLOAT)
    out += np.asarray(bias, FLOAT)
    return out


def conv2d_backward(d_out, x, kernel, strides=1, padding="valid"):
    padded, top, left = _padded(x, kernel, strides, padding)
    d_out = np.asarray(d_out, FLOAT)
    d_padded = np.zeros_like(padded)
    d_kernel = np.zeros(kernel.shape, FLOAT)
    flat = d_out.reshape(-1, d_out.shape[-1])
    for u, v, rows, columns in _places(padded, kernel, strides):
        d_padded[:, rows, columns] += d_out @ kernel[u, v].T.astype(FLOAT)
        d_kernel[u, v] = padded[:, rows, columns].reshape(-1, x.shape[-1]).T @ flat
    d_x = d_padded[:, top : top + x.shape[1], left : left + x.shape[2]]
    return d_x, d_kernel, flat.sum(axis=0)


def max_pool2d(x, pool_size=2):
    h, w = (size // pool_size * pool_size for size in x.shape[1:3])
    out = np.full((len(x), h // pool_size, w // pool_size, x.shape[-1]), -np.inf, FLOAT)
    for u in range(pool_size):
        for v in range(pool_size):
            np.maximum(out, x[:, u:h:pool_size, v:w:pool_size], out=out)
    return out


def max_pool2d_backward(d_out, x, pool_size=2):
    # Last pixel first: an earlier one that is as large takes the gradient from it.
    h, w = (size // pool_size * pool_size for size in x.shape[1:3])
    largest = max_pool2d(x, pool_size)
    d_x = np.zeros(x.shape, FLOAT)
    winner = np.zeros(largest.shape, np.int8)
    places = [(u, v) for u in range(pool_size) for v in range(pool_size)]
    for number, (u, v) in reversed(list(enumerate(places))):
        winner[np.asarray(x[:, u:h:pool_size, v:w:pool_size], FLOAT) == largest] = number
    for number, (u, v) in enumerate(places):
        d_x[:, u:h:pool_size, v:w:pool_size] = d_out * (winner == number)
    return d_x


def edge_kernels(dtype=FLOAT) -> np.ndarray:
    horizontal = np.outer([-1, 0, 1], [1, 2, 1]).astype(dtype)
    return np.dstack([horizontal, horizontal.T]).reshape(3, 3, 1, 2)


@dataclass(eq=False)
class Conv2D:
    channels: int
    filters: int
    kernel_size: int = 3
    strides: int = 1
    padding: str = "valid"
    seed: InitVar[int] = 0
    kernel: np.ndarray = field(init=False, repr=False)
    bias: np.ndarray = field(init=False, repr=False)

    def __post_init__(self, seed: int) -> None:
        area = self.kernel_size**2
        limit = FLOAT(np.sqrt(6 / (area * self.channels + area * self.filters)))
        shape = (self.filters, self.kernel_size, self.kernel_size, self.channels)
        draw = np.random.RandomState(seed).uniform(-limit, limit, shape)
        self.kernel = np.ascontiguousarray(np.moveaxis(draw, 0, -1).astype(FLOAT))
        self.bias = np.zeros(self.filters, FLOAT)

    def forward(self, x: np.ndarray) -> np.ndarray:
        self._x = np.asarray(x, FLOAT)
        return conv2d(self._x, self.kernel, self.bias, self.strides, self.padding)

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        d_x, self.d_kernel, self.d_bias = conv2d_backward(
            d_out, self._x, self.kernel, self.strides, self.padding
        )
        return d_x

    def step(self, learning_rate: float) -> None:
        self.kernel -= FLOAT(learning_rate) * self.d_kernel
        self.bias -= FLOAT(learning_rate) * self.d_bias


@dataclass
class MaxPool2D:
    pool_size: int = 2

    def forward(self, x: np.ndarray) -> np.ndarray:
        self._x = x
        return max_pool2d(x, self.pool_size)

    def backward(self, d_out: np.ndarray) -> np.ndarray:
        return max_pool2d_backward(d_out, self._x, self.pool_size)

    def step(self, learning_rate: float) -> None:
        """Nothing to learn; there so that a network may treat all its layers alike."""


def keras_convolution(filters, kernel_size=3, strides=1, padding="valid", name=None):
    import keras

    return keras.layers.Convolution2D(
        filters, kernel_size, strides, padding, activation=None, use_bias=True, name=name
    )

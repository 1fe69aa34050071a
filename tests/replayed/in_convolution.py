"""Mistakes in convolution.py."""

from tests.replayed.mistake import one

MISTAKES = [
    one(
        "4d",
        "convolution.pool_layer",
        "return max_pool2d_backward(d_out, self.x, self.pool_size)",
        "max_pool2d_backward(d_out, self.x, self.pool_size)",
        "None: is a `return` missing, or was it never set?",
        "array of object",
    ),
    one(
        "41a",
        "convolution.kernel_is_not_flipped",
        "np.tensordot(windows, kernel,",
        "np.tensordot(windows, kernel[::-1, ::-1],",
        "kernel is flipped",
    ),
    one(
        "41b",
        "convolution.valid_values",
        "np.tensordot(windows, kernel,",
        "np.tensordot(windows, kernel.transpose(1, 0, 2, 3),",
        "Rows and columns of the kernel",
    ),
    one(
        "42",
        "convolution.linear_but_for_one_bias",
        "(2, 0, 1))) + bias",
        "(2, 0, 1))) + bias * 9",
        "9 times",
    ),
    one(
        "43",
        "convolution.pool_values",
        "oh, ow = h // pool_size, w // pool_size",
        "oh, ow = h / pool_size, w / pool_size",
        ("whole number", "`//`", "oh is 2, a float", "line "),
        ("think", "left over is dropped"),
    ),
    one(
        "44",
        "convolution.gradient_of_x",
        "d_padded[:, rows, columns] += ",
        "d_padded[:, rows, columns] = ",
        "overwrite each other",
    ),
    one(
        "45",
        "convolution.gradient_of_bias",
        "return d_padded[:, top : top + h, left : left + w], d_kernel, d_bias",
        "return d_kernel, d_bias, d_padded[:, top : top + h, left : left + w]",
        ("d_bias has the shape (", "the shape of x"),
        "one too",
    ),
    one(
        "46a",
        "convolution.pool_values",
        ".max(axis=(2, 4))",
        ".mean(axis=(2, 4))",
        "mean of each block",
    ),
    one(
        "46b",
        "convolution.pool_gradient_of_ties",
        "no_winner_yet &= ~wins",
        "pass",
        "each of them gets",
    ),
    one(
        "46c",
        "convolution.edges_are_found",
        "np.stack([sobel, sobel.T]",
        "np.stack([sobel.T, sobel]",
        "changed places",
    ),
]

"""What goes wrong in convolution.py."""

import numpy as np

from grader.misconception import misconception


@misconception(
    "The kernel is flipped: this is the mathematician's convolution.",
    "Which pixel does kernel[0, 0] meet: the upper left or the lower right one?",
    idea="convolution",
)
def kernel_flipped(convolution):
    correct = convolution.conv2d

    def conv2d(x, kernel, bias, strides=1, padding="valid"):
        return correct(x, np.flip(kernel, (0, 1)), bias, strides, padding)

    convolution.conv2d = conv2d


@misconception(
    "Pooling takes the mean of each window, not its largest entry.",
    "Should one strong response count less because its neighbours are silent?",
    idea="convolution",
)
def average_for_max(convolution):
    def max_pool2d(x, pool_size=2):
        n, h, w, c = x.shape
        h, w = h // pool_size, w // pool_size
        cut = x[:, : h * pool_size, : w * pool_size]
        return cut.reshape(n, h, pool_size, w, pool_size, c).mean((2, 4))

    convolution.max_pool2d = max_pool2d

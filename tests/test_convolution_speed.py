"""A convolution that visits every pixel for every weight in Python is too slow, and says so.

Nested loops around a product of arrays are right, however many, and stay far from the limit.
"""

import pytest

from grader.course import PUBLIC_SEED
from grader.examine import Examination
from grader.live import LiveExpected
from grader.outcome import Passed, TooSlow
from grader.runner.process import Process
from grader.source import Source

BORDER = """

def _shape(x, kernel, strides, padding):
    padded, (top, left) = _pad(x, kernel.shape, strides, padding)
    oh = (padded.shape[1] - kernel.shape[0]) // strides + 1
    ow = (padded.shape[2] - kernel.shape[1]) // strides + 1
    return padded, top, left, oh, ow
"""
IMAGE_PLACE_AND_FILTER = """
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    padded, _, _, oh, ow = _shape(x, kernel, strides, padding)
    kh, kw, _, filters = kernel.shape
    out = np.zeros((len(x), oh, ow, filters))
    for n in range(len(x)):
        for i in range(oh):
            for j in range(ow):
                for f in range(filters):
                    row, column = i * strides, j * strides
                    window = padded[n, row : row + kh, column : column + kw]
                    out[n, i, j, f] = np.sum(window * kernel[..., f]) + bias[f]
    return out


def conv2d_backward(d_out, x, kernel, strides=1, padding="valid"):
    padded, top, left, oh, ow = _shape(x, kernel, strides, padding)
    kh, kw, _, filters = kernel.shape
    d_padded, d_kernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for n in range(len(x)):
        for i in range(oh):
            for j in range(ow):
                for f in range(filters):
                    rows = slice(i * strides, i * strides + kh)
                    columns = slice(j * strides, j * strides + kw)
                    d_kernel[..., f] += d_out[n, i, j, f] * padded[n, rows, columns]
                    d_padded[n, rows, columns] += d_out[n, i, j, f] * kernel[..., f]
    h, w = x.shape[1:3]
    return d_padded[:, top : top + h, left : left + w], d_kernel, d_out.sum(axis=(0, 1, 2))
"""
PLACE_AND_WEIGHT = """
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    padded, _, _, oh, ow = _shape(x, kernel, strides, padding)
    out = np.zeros((len(x), oh, ow, kernel.shape[3])) + bias
    for i in range(oh):
        for j in range(ow):
            for u in range(kernel.shape[0]):
                for v in range(kernel.shape[1]):
                    out[:, i, j] += padded[:, i * strides + u, j * strides + v] @ kernel[u, v]
    return out


def conv2d_backward(d_out, x, kernel, strides=1, padding="valid"):
    padded, top, left, oh, ow = _shape(x, kernel, strides, padding)
    d_padded, d_kernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for i in range(oh):
        for j in range(ow):
            for u in range(kernel.shape[0]):
                for v in range(kernel.shape[1]):
                    row, column = i * strides + u, j * strides + v
                    d_kernel[u, v] += padded[:, row, column].T @ d_out[:, i, j]
                    d_padded[:, row, column] += d_out[:, i, j] @ kernel[u, v].T
    h, w = x.shape[1:3]
    return d_padded[:, top : top + h, left : left + w], d_kernel, d_out.sum(axis=(0, 1, 2))
"""
EVERY_NUMBER = """
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    padded, _, _, oh, ow = _shape(x, kernel, strides, padding)
    out = np.zeros((len(x), oh, ow, kernel.shape[3])) + bias
    for n, i, j, f in np.ndindex(out.shape):
        for u, v, c in np.ndindex(kernel.shape[:3]):
            out[n, i, j, f] += padded[n, i * strides + u, j * strides + v, c] * kernel[u, v, c, f]
    return out


def conv2d_backward(d_out, x, kernel, strides=1, padding="valid"):
    padded, top, left, oh, ow = _shape(x, kernel, strides, padding)
    d_padded, d_kernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for n, i, j, f in np.ndindex(d_out.shape):
        for u, v, c in np.ndindex(kernel.shape[:3]):
            row, column = i * strides + u, j * strides + v
            d_kernel[u, v, c, f] += d_out[n, i, j, f] * padded[n, row, column, c]
            d_padded[n, row, column, c] += d_out[n, i, j, f] * kernel[u, v, c, f]
    h, w = x.shape[1:3]
    return d_padded[:, top : top + h, left : left + w], d_kernel, d_out.sum(axis=(0, 1, 2))
"""


@pytest.fixture(scope="module")
def examine(course):
    place, reference = Process(), Process()
    expected_values = LiveExpected(course, reference)

    def examine(loops):
        *before, right = course.reference("convolution")
        code = right.code.decode() + BORDER + loops
        sources = [*before, Source("convolution", "convolution.py", code.encode())]
        return Examination(course, "convolution", sources, place, expected_values, PUBLIC_SEED)

    yield examine
    place.close()
    reference.close()


@pytest.mark.slow
@pytest.mark.parametrize("loops", [IMAGE_PLACE_AND_FILTER, PLACE_AND_WEIGHT])
def test_four_nested_loops_around_a_product_of_arrays_are_quick_enough(examine, loops):
    result = examine(loops).result("layer_learns")
    assert isinstance(result.outcome, Passed), result
    assert result.cpu < result.check.limit / 2


@pytest.mark.long
def test_loops_over_every_pixel_and_weight_lose_the_one_check_that_times_them(course, examine):
    examination = examine(EVERY_NUMBER)
    checks = [check for check in course.bricks["convolution"].checks.values() if not check.keras]
    outcomes = {check.name: examination.result(check.name).outcome for check in checks}
    assert isinstance(outcomes.pop("layer_learns"), TooSlow)
    assert {name: o for name, o in outcomes.items() if not isinstance(o, Passed)} == {}

import numpy as np
import pytest

IMAGES = [(1, 5, 7, 1), (2, 6, 4, 2), (3, 8, 5, 3)]
KERNELS = [(1, 1, 2), (3, 3, 1), (2, 2, 3), (2, 3, 2), (4, 1, 2), (3, 4, 4)]
GRID = [
    pytest.param(image, (kh, kw, image[-1], filters), id=f"{image}-{kh}x{kw}x{filters}")
    for image in IMAGES
    for kh, kw, filters in KERNELS
]
each_padding = pytest.mark.parametrize("padding", ["valid", "same"])
each_stride = pytest.mark.parametrize("strides", [1, 2, 3])
each_float = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@pytest.fixture
def draw(rng):
    """Read-only normal arrays: a function that writes into its arguments raises."""

    def read_only(shape, dtype=float):
        array = rng.normal(size=shape).astype(dtype)
        array.setflags(write=False)
        return array

    return read_only


@pytest.fixture
def tf_conv2d(tf):
    def conv2d(x, kernel, bias, strides, padding):
        return tf.nn.bias_add(tf.nn.conv2d(x, kernel, strides, padding.upper()), bias)

    return conv2d


@pytest.fixture
def tf_max_pool2d(tf):
    """tf.nn.max_pool2d would turn a NumPy float64 array into float32."""

    def max_pool2d(x, pool_size):
        return tf.nn.max_pool2d(tf.convert_to_tensor(x), pool_size, pool_size, "VALID")

    return max_pool2d


@each_padding
@each_stride
def test_conv2d_layer_keeps(layer_rule, convolution, draw, strides, padding):
    def make(seed=0):
        return convolution.Conv2D(2, 3, 2, strides=strides, padding=padding, seed=seed)

    layer_rule(make, draw((2, 4, 5, 2)))


@pytest.mark.slow
def test_doctests(convolution, assert_doctests_pass):
    assert_doctests_pass(convolution)


def test_images_gain_a_channel_and_are_divided_by_255(convolution, assert_close):
    images = np.array([[[0, 51, 102], [153, 204, 255]]], dtype=np.uint8)
    expected = np.array([[[[0], [0.2], [0.4]], [[0.6], [0.8], [1]]]])
    assert_close(convolution.images_to_tensor(images), expected, 1e-6)
    assert images[0, 0, 1] == 51


@each_padding
@each_stride
@pytest.mark.parametrize("image, window", GRID)
def test_conv2d_agrees_with_tensorflow(
    convolution, tf_conv2d, draw, assert_close, image, window, strides, padding
):
    x, kernel, bias = draw(image), draw(window), draw(window[-1:])
    expected = tf_conv2d(x, kernel, bias, strides, padding).numpy()
    assert_close(convolution.conv2d(x, kernel, bias, strides, padding), expected)


@each_padding
@each_stride
@pytest.mark.parametrize("image, window", GRID)
def test_conv2d_backward_agrees_with_gradient_tape(
    convolution, tf, tf_conv2d, tape, draw, assert_all_close, image, window, strides, padding
):
    x, kernel, bias = draw(image), draw(window), draw(window[-1:])
    d_out = draw(tf_conv2d(x, kernel, bias, strides, padding).shape)

    def total(x, kernel, bias):
        return tf.reduce_sum(tf_conv2d(x, kernel, bias, strides, padding) * d_out)

    _, expected = tape(total, x, kernel, bias)
    gradients = convolution.conv2d_backward(d_out, x, kernel, strides, padding)
    assert_all_close(gradients, expected)


@each_stride
def test_same_padding_holds_for_a_kernel_larger_than_the_image(
    convolution, tf_conv2d, draw, assert_close, strides
):
    x, kernel, bias = draw((1, 3, 2, 1)), draw((5, 4, 1, 2)), draw((2,))
    expected = tf_conv2d(x, kernel, bias, strides, "same").numpy()
    assert_close(convolution.conv2d(x, kernel, bias, strides, "same"), expected)


def test_convolution_defaults_to_valid_padding_and_strides_of_one(
    convolution, draw, assert_close, assert_all_close
):
    x, kernel, bias = draw((1, 4, 5, 1)), draw((2, 2, 1, 1)), draw((1,))
    out = convolution.conv2d(x, kernel, bias)
    assert_close(out, convolution.conv2d(x, kernel, bias, strides=1, padding="valid"))
    default = convolution.conv2d_backward(out, x, kernel)
    explicit = convolution.conv2d_backward(out, x, kernel, strides=1, padding="valid")
    assert_all_close(default, explicit)


def test_convolution_is_cross_correlation(convolution, draw, assert_close):
    """A single 1 in the kernel's first corner keeps the image's first corner, unflipped."""
    x, kernel = draw((1, 4, 5, 1)), np.zeros((2, 3, 1, 1))
    kernel[0, 0] = 1
    assert_close(convolution.conv2d(x, kernel, np.zeros(1)), x[:, :3, :3])


def test_conv2d_reads_arrays_that_are_not_contiguous(
    convolution, draw, assert_close, assert_all_close
):
    x, kernel = draw((2, 10, 3, 8)).transpose(0, 3, 1, 2)[:, ::2], draw((3, 2, 2, 3))
    kernel, bias = kernel.transpose(1, 0, 3, 2), draw((4,))[::2]
    expected = convolution.conv2d(x.copy(), kernel.copy(), bias.copy())
    assert_close(convolution.conv2d(x, kernel, bias), expected)
    d_x, d_kernel, d_bias = convolution.conv2d_backward(expected[:, ::-1], x, kernel)
    again = convolution.conv2d_backward(expected[:, ::-1].copy(), x.copy(), kernel.copy())
    assert_all_close((d_x, d_kernel, d_bias), again)


def test_float32_images_and_kernels_serve_as_well(
    convolution, tf, tf_conv2d, tape, draw, assert_close, assert_all_close
):
    arrays = [draw(shape, np.float32) for shape in [(2, 5, 6, 2), (3, 3, 2, 3), (3,)]]
    d_out = draw((2, 3, 4, 3), np.float32)
    expected, gradients = tape(
        lambda *wide: tf.reduce_sum(tf_conv2d(*wide, 1, "valid") * d_out.astype(float)), *arrays
    )
    assert_close(np.sum(convolution.conv2d(*arrays) * d_out), expected, 1e-4)
    got = convolution.conv2d_backward(d_out, *arrays[:2])
    assert_all_close(got, gradients, 1e-4)


POOLED = [(1, 4, 6, 1), (2, 5, 7, 2), (2, 7, 5, 3), (1, 3, 8, 2), (3, 9, 4, 1)]


@each_float
@pytest.mark.parametrize("pool_size", [2, 3])
@pytest.mark.parametrize("shape", POOLED)
def test_max_pool2d_agrees_with_tensorflow(
    convolution, tf_max_pool2d, draw, assert_close, shape, pool_size, dtype
):
    x = draw(shape, dtype)
    assert_close(convolution.max_pool2d(x, pool_size), tf_max_pool2d(x, pool_size).numpy())


@each_float
@pytest.mark.parametrize("pool_size", [2, 3])
@pytest.mark.parametrize("shape", POOLED)
def test_max_pool2d_backward_agrees_with_gradient_tape(
    convolution, tf, tf_max_pool2d, tape, draw, assert_close, shape, pool_size, dtype
):
    x = draw(shape, dtype)
    d_out = draw(tf_max_pool2d(x, pool_size).shape, dtype)
    _, (expected,) = tape(
        lambda x: tf.reduce_sum(tf_max_pool2d(x, pool_size) * d_out.astype(float)), x
    )
    assert_close(convolution.max_pool2d_backward(d_out, x, pool_size), expected, 1e-6)


@pytest.mark.parametrize("pool_size", [2, 3])
def test_max_pool2d_backward_agrees_with_finite_differences(
    convolution, draw, slopes, assert_close, pool_size
):
    x = draw((1, 5, 7, 2))
    d_out = draw(convolution.max_pool2d(x, pool_size).shape)
    expected = slopes(lambda x: np.sum(convolution.max_pool2d(x, pool_size) * d_out), x)
    assert_close(convolution.max_pool2d_backward(d_out, x, pool_size), expected, 1e-7)


def test_max_pool2d_of_negative_values_is_not_zero(convolution, draw):
    assert np.all(convolution.max_pool2d(-1 - np.abs(draw((2, 5, 5, 2)))) <= -1)


def test_a_tie_goes_to_the_first_in_row_order(convolution, assert_close):
    """Windows of 2 x 2, from the left: all equal, last row, second column, diagonal."""
    x = np.array([[0, 0, 1, 1, 1, 3, 2, 4], [0, 0, 2, 2, 1, 3, 4, 2]], dtype=float)
    expected = np.array([[5, 0, 0, 0, 0, 7, 0, 8], [0, 0, 6, 0, 0, 0, 0, 0]], dtype=float)
    d_out = np.array([5.0, 6.0, 7.0, 8.0]).reshape(1, 1, 4, 1)
    got = convolution.max_pool2d_backward(d_out, x.reshape(1, 2, 8, 1))
    assert_close(got, expected.reshape(1, 2, 8, 1), 0)


@pytest.mark.parametrize("pool_size", [2, 3])
def test_max_pool2d_layer_is_its_functions(convolution, draw, assert_close, pool_size):
    pool, x = convolution.MaxPool2D(pool_size), draw((2, 7, 5, 2))
    pool.forward(draw((1, 6, 6, 2)))
    out = pool.forward(x)
    d_out = draw(out.shape)
    assert_close(out, convolution.max_pool2d(x, pool_size))
    assert_close(pool.backward(d_out), convolution.max_pool2d_backward(d_out, x, pool_size))


def test_max_pool2d_layer_pools_by_two_unless_told(convolution, draw):
    assert convolution.MaxPool2D().forward(draw((1, 6, 6, 1))).shape == (1, 3, 3, 1)


def test_edge_kernels_are_sobels(convolution):
    kernels = convolution.edge_kernels()
    assert kernels.shape == (3, 3, 1, 2)
    assert kernels[:, :, 0, 0].tolist() == [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
    assert kernels[:, :, 0, 1].tolist() == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]


@pytest.mark.parametrize("runs", ["horizontally", "vertically"])
def test_edge_kernels_answer_to_an_edge_of_their_own_direction(convolution, runs):
    """Dark, then bright from the fourth row (or column) on: windows 1 and 2 of 4 hold the edge."""
    image = np.zeros((6, 6))
    image[3:] = 1
    own, other, image = (0, 1, image) if runs == "horizontally" else (1, 0, image.T)
    answer = convolution.conv2d(image[None, :, :, None], convolution.edge_kernels(), np.zeros(2))
    along = answer[0, :, :, own] if runs == "horizontally" else answer[0, :, :, own].T
    assert along.tolist() == [[0] * 4, [4] * 4, [4] * 4, [0] * 4]
    assert not np.any(answer[0, :, :, other])


@pytest.mark.parametrize("channels, filters, kernel_size", [(3, 64, 5), (16, 32, 3), (40, 60, 2)])
def test_conv2d_kernel_starts_glorot_uniform(
    convolution, assert_glorot_uniform, channels, filters, kernel_size
):
    kernel = convolution.Conv2D(channels, filters, kernel_size, seed=3).kernel
    assert kernel.shape == (kernel_size, kernel_size, channels, filters)
    assert_glorot_uniform(kernel)


def test_conv2d_layer_has_a_3x3_kernel_unless_told(convolution, draw):
    conv = convolution.Conv2D(2, 5)
    assert conv.kernel.shape == (3, 3, 2, 5)
    assert conv.forward(draw((1, 6, 7, 2))).shape == (1, 4, 5, 5)


@pytest.mark.slow
@each_padding
@each_stride
@pytest.mark.parametrize("kernel_size", [2, 3])
def test_keras_convolution_is_the_same_layer(
    convolution, tf, draw, assert_close, kernel_size, strides, padding
):
    conv = convolution.Conv2D(2, 4, kernel_size, strides, padding, seed=5)
    conv.bias = draw((4,))
    twin = convolution.keras_convolution(4, kernel_size, strides, padding)
    x = draw((2, 7, 6, 2))
    assert isinstance(twin, tf.keras.layers.Conv2D)
    twin.build(x.shape)
    twin.set_weights([conv.kernel, conv.bias])
    assert_close(twin(x.astype(np.float32)).numpy(), conv.forward(x), 1e-5)


def test_keras_convolution_is_3x3_and_valid_unless_told(convolution, tf):
    twin = convolution.keras_convolution(2)
    assert twin.compute_output_shape((1, 8, 9, 1)) == (1, 6, 7, 2)

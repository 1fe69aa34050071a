"""What goes wrong in convolution.py."""

import numpy as np

from grader.misconception import misconception


@misconception(
    "The pixels are not scaled: they still run from 0 to 255.",
    "How large can the sum over a window of such pixels become?",
    idea="images",
)
def pixels_not_scaled(convolution):
    convolution.images_to_tensor = lambda images: images[..., np.newaxis].astype(float)


@misconception(
    "The pixels are divided as whole numbers, so every grey turns into 0.",
    "What becomes of a grey pixel of 128 in your division?",
    idea="images",
)
def integer_division(convolution):
    convolution.images_to_tensor = lambda images: (images[..., np.newaxis] // 255).astype(float)


@misconception(
    "The channel stands before rows and columns, not after them.",
    "Which axis comes last in this course?",
    idea="images",
)
def channels_first(convolution):
    convolution.images_to_tensor = lambda images: images[:, np.newaxis] / 255.0


@misconception(
    "The kernel is flipped: this is the mathematician's convolution.",
    "Which pixel does kernel[0, 0] meet: the upper left or the lower right one?",
    idea="convolution",
)
def kernel_flipped(convolution):
    correct = convolution.conv2d

    def conv2d(x, kernel, bias, strides=1, padding="valid"):
        return correct(x, kernel[::-1, ::-1], bias, strides, padding)

    convolution.conv2d = conv2d


@misconception(
    "Rows and columns of the kernel are exchanged, which fits only where it is square.",
    "Try a kernel of 2 x 4: which of its axes runs down the image?",
    idea="convolution",
)
def kernel_transposed(convolution):
    correct = convolution.conv2d

    def conv2d(x, kernel, bias, strides=1, padding="valid"):
        return correct(x, kernel.transpose(1, 0, 2, 3), bias, strides, padding)

    convolution.conv2d = conv2d


@misconception(
    "The channels are added up before the kernel sees them: all get the same weights.",
    "Could a filter of yours look for red where there is no green?",
    idea="convolution",
)
def channels_summed_too_early(convolution):
    correct = convolution.conv2d

    def conv2d(x, kernel, bias, strides=1, padding="valid"):
        one = kernel.mean(axis=2, keepdims=True)
        return correct(x.sum(axis=3, keepdims=True), one, bias, strides, padding)

    convolution.conv2d = conv2d


@misconception(
    "The bias is never added.",
    "What does a filter answer where the image is black?",
    idea="convolution",
)
def bias_forgotten(convolution):
    correct = convolution.conv2d

    def conv2d(x, kernel, bias, strides=1, padding="valid"):
        return correct(x, kernel, np.zeros_like(bias), strides, padding)

    convolution.conv2d = conv2d


@misconception(
    "The bias is added once for each channel.",
    "How many biases does one filter have, and how many channels does it look at?",
    idea="convolution",
)
def bias_for_each_channel(convolution):
    correct = convolution.conv2d

    def conv2d(x, kernel, bias, strides=1, padding="valid"):
        return correct(x, kernel, bias * x.shape[3], strides, padding)

    convolution.conv2d = conv2d


@misconception(
    "The bias is added to every product in the window, before they are added up.",
    "How often does the sum over a window of 3 x 3 pixels count your bias?",
    idea="convolution",
)
def bias_for_each_weight(convolution):
    correct = convolution.conv2d

    def conv2d(x, kernel, bias, strides=1, padding="valid"):
        return correct(x, kernel, bias * kernel[..., 0].size, strides, padding)

    convolution.conv2d = conv2d


@misconception(
    "The stride is ignored: the window moves on by one pixel.",
    "At which rows do the windows begin when strides is 2?",
    idea="convolution",
)
def stride_ignored(convolution):
    correct = convolution.conv2d

    def conv2d(x, kernel, bias, strides=1, padding="valid"):
        return correct(x, kernel, bias, 1, padding)

    convolution.conv2d = conv2d


@misconception(
    "The output has the size that the stride asks for, but its windows still lie side by side.",
    "At which row of the image does the window of output row 1 start when strides is 2?",
    idea="convolution",
)
def stride_in_the_size_alone(convolution):
    correct = convolution.conv2d

    def conv2d(x, kernel, bias, strides=1, padding="valid"):
        h, w = correct(x, kernel, bias, strides, padding).shape[1:3]
        padded, _ = convolution._pad(x, kernel.shape, strides, padding)
        return correct(padded, kernel, bias)[:, :h, :w]

    convolution.conv2d = conv2d


@misconception(
    "Where the border is uneven, the extra zeros stand above and to the left.",
    "With one zero too many for two equal halves: on which side does the text put it?",
    idea="convolution",
)
def extra_zero_above(convolution):
    correct = convolution._pad

    def pad(x, kernel_shape, strides, padding):
        padded, (top, left) = correct(x, kernel_shape, strides, padding)
        rows, columns = padded.shape[1] - x.shape[1], padded.shape[2] - x.shape[2]
        before = rows - top, columns - left
        around = [(0, 0), (before[0], top), (before[1], left), (0, 0)]
        return np.pad(x, around), before

    convolution._pad = pad


@misconception(
    "All zeros of the border are put below and to the right.",
    "Which pixel lies under the middle of the kernel at the first output?",
    idea="convolution",
)
def padding_on_one_side(convolution):
    correct = convolution._pad

    def pad(x, kernel_shape, strides, padding):
        padded, _ = correct(x, kernel_shape, strides, padding)
        rows, columns = padded.shape[1] - x.shape[1], padded.shape[2] - x.shape[2]
        return np.pad(x, ((0, 0), (0, rows), (0, columns), (0, 0))), (0, 0)

    convolution._pad = pad


@misconception(
    "The border is k // 2 wide on every side, whatever the stride and the size of the image.",
    "How many zeros does the last window need? Count for 6 rows, a kernel of 3 and strides of 2.",
    idea="convolution",
)
def same_as_in_other_frameworks(convolution):
    def pad(x, kernel_shape, strides, padding):
        if padding == "valid":
            return x, (0, 0)
        rows, columns = kernel_shape[0] // 2, kernel_shape[1] // 2
        return np.pad(x, ((0, 0), (rows, rows), (columns, columns), (0, 0))), (rows, columns)

    convolution._pad = pad


@misconception(
    'The zeros of "same" are counted as for strides of 1: the size of the kernel less 1 in all.',
    "6 rows, a kernel of 3, strides of 2: by how many rows do the windows reach over the image?",
    idea="convolution",
)
def same_counts_no_strides(convolution):
    correct = convolution._pad

    def pad(x, kernel_shape, strides, padding):
        return correct(x, kernel_shape, 1, padding)

    convolution._pad = pad


@misconception(
    "The width of the output is counted from the rows, which fits only where all is square.",
    "An image of 5 rows and 7 columns: how many windows stand side by side?",
    idea="convolution",
)
def width_counted_from_rows(convolution):
    correct = convolution.conv2d

    def conv2d(x, kernel, bias, strides=1, padding="valid"):
        out = correct(x, kernel, bias, strides, padding)
        return out[:, :, : out.shape[1]]

    convolution.conv2d = conv2d


@misconception(
    "Height and width of the output are exchanged, which fits only where the image is square.",
    "An image of 5 rows and 9 columns: is your output higher than wide?",
    idea="convolution",
)
def height_and_width_exchanged(convolution):
    correct = convolution.conv2d

    def conv2d(x, kernel, bias, strides=1, padding="valid"):
        out = correct(x, kernel, bias, strides, padding)
        n, h, w, filters = out.shape
        exchanged = np.zeros((n, w, h, filters))
        both = min(h, w)
        exchanged[:, :both, :both] = out[:, :both, :both]
        return exchanged

    convolution.conv2d = conv2d


@misconception(
    "The bias has no gradient: it never learns.",
    "Which outputs does a filter's bias reach?",
    idea="backpropagation",
)
def bias_gradient_forgotten(convolution):
    correct = convolution.conv2d_backward

    def conv2d_backward(d_out, x, kernel, strides=1, padding="valid"):
        d_x, d_kernel, d_bias = correct(d_out, x, kernel, strides, padding)
        return d_x, d_kernel, np.zeros_like(d_bias)

    convolution.conv2d_backward = conv2d_backward


@misconception(
    "The bias's gradient is a mean over places and images, not a sum.",
    "The bias grows a little: by how much does the sum of all outputs of its map grow?",
    idea="backpropagation",
)
def bias_gradient_averaged(convolution):
    correct = convolution.conv2d_backward

    def conv2d_backward(d_out, x, kernel, strides=1, padding="valid"):
        d_x, d_kernel, _ = correct(d_out, x, kernel, strides, padding)
        return d_x, d_kernel, d_out.mean(axis=(0, 1, 2))

    convolution.conv2d_backward = conv2d_backward


@misconception(
    "The layer divides the kernel's gradient by the number of images.",
    "Who knows that the loss is a mean: the layer or the loss?",
    idea="backpropagation",
)
def gradient_divided_twice(convolution):
    correct = convolution.conv2d_backward

    def conv2d_backward(d_out, x, kernel, strides=1, padding="valid"):
        d_x, d_kernel, d_bias = correct(d_out, x, kernel, strides, padding)
        return d_x, d_kernel / len(x), d_bias

    convolution.conv2d_backward = conv2d_backward


@misconception(
    "On the way back each gradient goes to the wrong end of its window: the kernel is turned.",
    "The pixel at the upper left met kernel[0, 0]: which weight hands its gradient back?",
    idea="backpropagation",
)
def kernel_turned_on_the_way_back(convolution):
    correct = convolution.conv2d_backward

    def conv2d_backward(d_out, x, kernel, strides=1, padding="valid"):
        _, d_kernel, d_bias = correct(d_out, x, kernel, strides, padding)
        return correct(d_out, x, kernel[::-1, ::-1], strides, padding)[0], d_kernel, d_bias

    convolution.conv2d_backward = conv2d_backward


@misconception(
    "Where windows overlap, the last one overwrites what the others handed back to a pixel.",
    "Under how many windows does a pixel lie, and from how many of them does it get its gradient?",
    idea="backpropagation",
)
def windows_overwrite_d_x(convolution):
    correct = convolution.conv2d_backward

    def conv2d_backward(d_out, x, kernel, strides=1, padding="valid"):
        _, d_kernel, d_bias = correct(d_out, x, kernel, strides, padding)
        padded, (top, left) = convolution._pad(x, kernel.shape, strides, padding)
        d_padded = np.zeros(padded.shape)
        for i, j in np.ndindex(d_out.shape[1:3]):
            rows = slice(i * strides, i * strides + kernel.shape[0])
            columns = slice(j * strides, j * strides + kernel.shape[1])
            d_padded[:, rows, columns] = np.tensordot(d_out[:, i, j], kernel, axes=(1, 3))
        h, w = x.shape[1:3]
        return d_padded[:, top : top + h, left : left + w], d_kernel, d_bias

    convolution.conv2d_backward = conv2d_backward


@misconception(
    "d_x ends where the last window ends: pixels that no window reached are missing.",
    "Which gradient belongs to a pixel that never counted, and which shape does x have?",
    idea="backpropagation",
)
def d_x_without_unreached_pixels(convolution):
    correct = convolution.conv2d_backward

    def conv2d_backward(d_out, x, kernel, strides=1, padding="valid"):
        d_x, d_kernel, d_bias = correct(d_out, x, kernel, strides, padding)
        if padding == "valid":
            rows, columns = (n - 1 for n in d_out.shape[1:3])
            h, w = rows * strides + kernel.shape[0], columns * strides + kernel.shape[1]
            d_x = d_x[:, :h, :w]
        return d_x, d_kernel, d_bias

    convolution.conv2d_backward = conv2d_backward


@misconception(
    "Gradients that reach a pixel through different weights overwrite each other: one is left.",
    "How many weights does a pixel in the middle meet, and what becomes of their gradients?",
    idea="backpropagation",
)
def weights_overwrite(convolution):
    correct = convolution.conv2d_backward

    def conv2d_backward(d_out, x, kernel, strides=1, padding="valid"):
        _, d_kernel, d_bias = correct(d_out, x, kernel, strides, padding)
        padded, (top, left) = convolution._pad(x, kernel.shape, strides, padding)
        d_padded = np.zeros(padded.shape)
        oh, ow = d_out.shape[1:3]
        for u in range(kernel.shape[0]):
            for v in range(kernel.shape[1]):
                rows = slice(u, u + strides * oh, strides)
                columns = slice(v, v + strides * ow, strides)
                d_padded[:, rows, columns] = d_out @ kernel[u, v].T
        h, w = x.shape[1:3]
        return d_padded[:, top : top + h, left : left + w], d_kernel, d_bias

    convolution.conv2d_backward = conv2d_backward


@misconception(
    "Pooling takes the mean of each block, not its largest entry.",
    "Should one strong response count less because its neighbours are silent?",
    idea="hierarchy of features",
)
def average_for_max(convolution):
    def max_pool2d(x, pool_size=2):
        n, h, w, c = x.shape
        h, w = h // pool_size, w // pool_size
        kept = x[:, : h * pool_size, : w * pool_size]
        return kept.reshape(n, h, pool_size, w, pool_size, c).mean(axis=(2, 4))

    def max_pool2d_backward(d_out, x, pool_size=2):
        d = d_out.repeat(pool_size, axis=1).repeat(pool_size, axis=2) / pool_size**2
        d_x = np.zeros(x.shape)
        d_x[:, : d.shape[1], : d.shape[2]] = d
        return d_x

    convolution.max_pool2d = max_pool2d
    convolution.max_pool2d_backward = max_pool2d_backward


@misconception(
    "The search for the largest starts at 0, so a block of negative numbers gives 0.",
    "All four numbers of a block are below zero: which of them is the largest?",
    idea="hierarchy of features",
)
def pool_starts_at_zero(convolution):
    correct = convolution.max_pool2d
    convolution.max_pool2d = lambda x, pool_size=2: np.maximum(correct(x, pool_size), 0.0)


@misconception(
    "The gradient goes to all pixels of a block, not to the winner alone.",
    "If the smallest pixel of a block changes a little, what happens to the output?",
    idea="backpropagation",
)
def pool_gradient_to_all(convolution):
    def max_pool2d_backward(d_out, x, pool_size=2):
        d = d_out.repeat(pool_size, axis=1).repeat(pool_size, axis=2)
        d_x = np.zeros(x.shape)
        d_x[:, : d.shape[1], : d.shape[2]] = d
        return d_x

    convolution.max_pool2d_backward = max_pool2d_backward


@misconception(
    "Where pixels share the maximum of a block, each of them gets the whole gradient.",
    "How much gradient reached the output, and how much did you hand back?",
    idea="backpropagation",
)
def pool_tie_to_all(convolution):
    def max_pool2d_backward(d_out, x, pool_size=2):
        largest = convolution.max_pool2d(x, pool_size).repeat(pool_size, 1).repeat(pool_size, 2)
        d = d_out.repeat(pool_size, 1).repeat(pool_size, 2)
        h, w = d.shape[1:3]
        d_x = np.zeros(x.shape)
        d_x[:, :h, :w] = np.where(x[:, :h, :w] == largest, d, 0.0)
        return d_x

    convolution.max_pool2d_backward = max_pool2d_backward


@misconception(
    "The gradient is written into x, the array that was given.",
    "What does your caller find in x after the call?",
    idea="backpropagation",
)
def input_overwritten(convolution):
    correct = convolution.max_pool2d_backward

    def max_pool2d_backward(d_out, x, pool_size=2):
        x[...] = correct(d_out, x, pool_size)
        return x

    convolution.max_pool2d_backward = max_pool2d_backward


@misconception(
    "The two edge detectors have changed places.",
    "Along which direction must you walk to cross an edge that runs from left to right?",
    idea="hierarchy of features",
)
def edges_exchanged(convolution):
    correct = convolution.edge_kernels
    convolution.edge_kernels = lambda: correct()[..., ::-1]


@misconception(
    "Glorot's rule counts channels and filters, but not the pixels of the window.",
    "How many numbers does one output add up?",
    idea="model",
)
def window_not_counted(convolution):
    correct = convolution.Conv2D.__init__

    def start(self, channels, filters, kernel_size=3, strides=1, padding="valid", seed=0):
        correct(self, channels, filters, kernel_size, strides, padding, seed)
        self.kernel = self.kernel * kernel_size

    convolution.Conv2D.__init__ = start


@misconception(
    "The kernel is drawn from a normal distribution: this is Glorot normal, not Glorot uniform.",
    "Which is the largest weight that the text allows, and which is yours?",
    idea="model",
)
def glorot_normal(convolution):
    correct = convolution.Conv2D.__init__

    def start(self, channels, filters, kernel_size=3, strides=1, padding="valid", seed=0):
        correct(self, channels, filters, kernel_size, strides, padding, seed)
        scale = np.sqrt(2 / (kernel_size * kernel_size * (channels + filters)))
        rng = np.random.default_rng(seed)
        self.kernel = rng.normal(scale=scale, size=self.kernel.shape)

    convolution.Conv2D.__init__ = start


@misconception(
    "The seed is ignored: every layer starts with the same kernel.",
    "What is different in a layer that was made with another seed?",
    idea="model",
)
def seed_ignored(convolution):
    correct = convolution.Conv2D.__init__

    def start(self, channels, filters, kernel_size=3, strides=1, padding="valid", seed=0):
        correct(self, channels, filters, kernel_size, strides, padding)

    convolution.Conv2D.__init__ = start


@misconception(
    "The gradients of earlier calls are still in d_kernel and d_bias.",
    "Call backward twice on the same batch: should the second gradient be twice the first?",
    idea="backpropagation",
)
def gradients_added_up(convolution):
    correct = convolution.Conv2D.backward

    def backward(self, d_out):
        before = getattr(self, "d_kernel", 0.0), getattr(self, "d_bias", 0.0)
        d_x = correct(self, d_out)
        self.d_kernel = self.d_kernel + before[0]
        self.d_bias = self.d_bias + before[1]
        return d_x

    convolution.Conv2D.backward = backward


@misconception(
    "The step goes along the gradient, uphill: the loss grows.",
    "A gradient points to where the loss grows fastest; where do you want to go?",
    idea="update",
)
def step_uphill(convolution):
    correct = convolution.Conv2D.step
    convolution.Conv2D.step = lambda self, learning_rate: correct(self, -learning_rate)


@misconception(
    "The learning rate is never used: each step is the whole gradient.",
    "What changes in your step when learning_rate is ten times smaller?",
    idea="update",
)
def learning_rate_ignored(convolution):
    correct = convolution.Conv2D.step
    convolution.Conv2D.step = lambda self, learning_rate: correct(self, 1.0)


@misconception(
    "A Conv2D that was made without a word about padding pads.",
    "Which padding does the stub promise to a caller who names none?",
    idea="convolution",
)
def padding_by_default(convolution):
    correct = convolution.Conv2D.__init__

    def start(self, channels, filters, kernel_size=3, strides=1, padding="same", seed=0):
        correct(self, channels, filters, kernel_size, strides, padding, seed)

    convolution.Conv2D.__init__ = start


@misconception(
    "A MaxPool2D that was made without a size pools by 3.",
    "Which size does the stub promise to a caller who names none?",
    idea="hierarchy of features",
)
def pool_of_three_by_default(convolution):
    correct = convolution.MaxPool2D.__init__
    convolution.MaxPool2D.__init__ = lambda self, pool_size=3: correct(self, pool_size)


@misconception(
    "MaxPool2D pools by 2, whatever size it was given.",
    "Where does your layer keep the size that it was made with?",
    idea="hierarchy of features",
)
def pool_size_ignored(convolution):
    correct = convolution.MaxPool2D.__init__
    convolution.MaxPool2D.__init__ = lambda self, pool_size=2: correct(self)


@misconception(
    "The Keras layer has a ReLU in it.",
    "Can the output of your own Conv2D be negative?",
    idea="convolution",
)
def keras_with_activation(convolution):
    def keras_convolution(filters, kernel_size=3, strides=1, padding="valid"):
        import keras

        return keras.layers.Conv2D(filters, kernel_size, strides, padding, activation="relu")

    convolution.keras_convolution = keras_convolution


@misconception(
    "The Keras layer ignores kernel_size.",
    "How large is the window of keras_convolution(3, kernel_size=5)?",
    idea="convolution",
)
def keras_ignores_kernel_size(convolution):
    def keras_convolution(filters, kernel_size=3, strides=1, padding="valid"):
        import keras

        return keras.layers.Conv2D(filters, 3, strides, padding)

    convolution.keras_convolution = keras_convolution


@misconception(
    "The Keras layer ignores strides.",
    "By how many pixels does the window of your Keras layer move when strides is 2?",
    idea="convolution",
)
def keras_ignores_strides(convolution):
    def keras_convolution(filters, kernel_size=3, strides=1, padding="valid"):
        import keras

        return keras.layers.Conv2D(filters, kernel_size, 1, padding)

    convolution.keras_convolution = keras_convolution


@misconception(
    "The Keras layer ignores padding.",
    'How large is the output of your Keras layer when padding is "same"?',
    idea="convolution",
)
def keras_ignores_padding(convolution):
    def keras_convolution(filters, kernel_size=3, strides=1, padding="valid"):
        import keras

        return keras.layers.Conv2D(filters, kernel_size, strides, "valid")

    convolution.keras_convolution = keras_convolution


@misconception(
    "keras_convolution gives a whole model; what is asked for is one layer of it.",
    "Which class of Keras does the text name, and of which class is what you return?",
    idea="model",
)
def keras_gives_a_model(convolution):
    correct = convolution.keras_convolution

    def keras_convolution(filters, kernel_size=3, strides=1, padding="valid"):
        import keras

        return keras.Sequential([correct(filters, kernel_size, strides, padding)])

    convolution.keras_convolution = keras_convolution

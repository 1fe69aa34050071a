# %% [markdown]
# # Brick 4: the convolutional layer
#
# **After this brick you can**
#
# - say what a convolutional layer does better on images than a dense one, and what for;
# - write it, forwards and backwards, with strides and with padding;
# - say what max pooling keeps of a map, and what it loses;
# - make an edge visible with a filter made by hand.
#
# **What to know before:** brick 2. **Time:** two to three hours; it is the longest brick, and you
# can pause after each of its parts.
#
# ## A window that slides
#
# How to deal with images? So far each image was flattened into a list, and every neuron had one
# weight for every pixel. That works for small digits, but it is a strange way to look:
#
# - It **ignores neighbourhood.** Shuffle all pixels, in the same way in every image, and a dense
#   layer learns exactly as well. You could no longer read a single digit.
# - It needs **too many weights.** A colour photo of 1000 x 1000 pixels has 3 million numbers; one
#   hundred neurons on it would have 300 million weights.
# - It is **not shift-equivariant.** A stroke learned in one corner has to be learned again in every
#   other place, since other weights look there.
#
# A *convolutional layer* looks at the image through a small window, say 3 x 3 pixels, and slides it
# over the image. At every place it asks the same question with the same few weights: "is there an
# edge here?" The answers form a new image, a *feature map*; a layer with several *filters* asks
# several questions and makes one map for each. When the input moves by a pixel, the answers move
# along.
#
# The layout is that of Keras, "channels last": images are (n, h, w, channels) and kernels are
# (kh, kw, channels, filters). The rules of the first bricks hold here too: float64 or float32
# inputs; NumPy alone outside `keras_convolution`; never change an array that you were given; keep
# the names.

# %%
import numpy as np

# %% [markdown]
# ## Images with a channel
#
# Now the image keeps its rows and columns. A grey image has one channel; a colour image would have
# three, and a feature map has one for each filter.


# %%
def images_to_tensor(images):
    """Turn grey images into tensors of numbers between 0 and 1, with one channel.

    Arguments:
        images: integers from 0 to 255 (uint8), shape (n, h, w).

    Returns:
        floats, the pixels divided by 255, shape (n, h, w, 1).

    >>> tensor = images_to_tensor(np.array([[[0, 51], [102, 255]]], dtype=np.uint8))
    >>> tensor.shape
    (1, 2, 2, 1)
    >>> tensor[0, :, :, 0]
    array([[0. , 0.2],
           [0.4, 1. ]])
    """
    raise NotImplementedError("images_to_tensor")

# %% [markdown]
# ## Sliding the window, one step at a time
#
# One function does all of the following, and there is no need to write it at one go. Take the steps
# one by one, and run the checks after each: they come in nearly the same order.
#
# **Step 1: one dimension.** Take the row of numbers 1 2 3 4 5, and a kernel of two weights, 1 and
# 10. Lay the kernel on the first two numbers, multiply what lies one on the other, add up:
# 1 + 20 = 21. Move on by one: 2 + 30 = 32. And so on: 21 32 43 54. From $w$ numbers and a kernel of
# $kw$ come $w - kw + 1$ answers, as many as there are places where the kernel fits.
#
# $$out[j] = \sum_v x[j + v] \, K[v]$$
#
# **Step 2: two dimensions.** Now the window moves down as well as to the right. Lay the kernel, of
# $kh$ x $kw$ weights, on the window whose top left corner is at row $i$, column $j$; again multiply
# what lies one on the other, and add everything up.
#
# $$out[i, j] = \sum_{u, v} x[i + u, j + v] \, K[u, v]$$
#
# (Strictly this is a *cross-correlation*: the mathematician's convolution flips the kernel first.
# Today's frameworks do not; an early one, Theano, did.)
#
# **Step 3: channels, filters, and the bias.** An image with several channels needs a kernel with as
# many, and all are added into one answer. Each filter $f$ has a kernel of its own and one bias, and
# makes one map.
#
# $$out[i, j, f] = b[f] + \sum_{u, v, c} x[i + u, j + v, c] \, K[u, v, c, f]$$
#
# **Step 4: strides.** The window moves by $s$ pixels at a time, down as well as to the right: the
# answer $(i, j)$ comes from the window that starts at row $i s$, column $j s$.
#
# $$out[i, j, f] = b[f] + \sum_{u, v, c} x[i s + u, j s + v, c] \, K[u, v, c, f]$$
#
# As long as the window stays inside the image (this is padding `"valid"`), there are
# $oh = floor((h - kh) / s) + 1$ rows of answers; columns likewise.
#
# **Step 5: "same".** Here the image first gets zeros around it, as many as it takes for
# $oh = ceil(h / s)$ rows of answers: with $s = 1$, as many as the image has. First count how many
# rows of zeros that takes in all, which is TensorFlow's rule:
#
# $$total = max((oh - 1) s + kh - h, 0)$$
#
# Then share them out: half of them above, half below. When the number is odd, the extra row goes
# **below** (and the extra column to the right). So the border need not be even: five numbers and a
# kernel of three take a zero on the left and one on the right, but a kernel of two takes a single
# zero, on the right. And the number depends on the stride and on the size of the image: six
# numbers, a kernel of three and strides of 2 take one zero as well.
#
# **When all is right: is it fast enough?** Loops over images, rows, columns and filters are the
# clearest way to begin, and pass the checks of this brick. But in brick 5 such loops turn 49
# million times forwards, and as often on the way back: they run into its time limit. Then let loops
# turn over little, say the few weights of a kernel, or the places; and let one product of arrays
# serve all images at once. The checks tell you whether it is still right.


# %%
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    """Cross-correlate images with a bank of filters and add the bias.

    Arguments:
        x: floats, shape (n, h, w, c).
        kernel: floats, shape (kh, kw, c, filters); kh and kw may differ.
        bias: floats, shape (filters,).
        strides: an integer, the same for rows and columns.
        padding: "valid", or "same" in TensorFlow's meaning, as explained above.

    Returns:
        floats, shape (n, oh, ow, filters).

    One dimension: an image of a single row, 1 2 3 4 5, and a kernel with the weights 1 and 10:

    >>> row = np.arange(1.0, 6.0).reshape(1, 1, 5, 1)
    >>> kernel = np.array([1.0, 10.0]).reshape(1, 2, 1, 1)
    >>> conv2d(row, kernel, np.array([0.0])).ravel()
    array([21., 32., 43., 54.])

    Two dimensions, and a bias of 0.5. This kernel adds 10 times the pixel at the lower right to the
    pixel at the upper left:

    >>> x = np.arange(1.0, 10.0).reshape(1, 3, 3, 1)  # rows 1 2 3, 4 5 6, 7 8 9
    >>> kernel = np.array([[1.0, 0.0], [0.0, 10.0]]).reshape(2, 2, 1, 1)
    >>> conv2d(x, kernel, np.array([0.5]))[0, :, :, 0]
    array([[51.5, 62.5],
           [84.5, 95.5]])

    Three channels and five filters; each answer adds up 2 x 2 pixels of three channels:

    >>> out = conv2d(np.ones((1, 4, 4, 3)), np.ones((2, 2, 3, 5)), np.zeros(5))
    >>> out.shape, out[0, 0, 0]
    ((1, 3, 3, 5), array([12., 12., 12., 12., 12.]))

    Strides: of four columns, the windows now start at the first and at the third.

    >>> wide = np.arange(1.0, 9.0).reshape(1, 2, 4, 1)  # rows 1 2 3 4, 5 6 7 8
    >>> conv2d(wide, kernel, np.array([0.0]), strides=2).ravel()
    array([61., 83.])

    "same": a row of zeros below, a column of zeros on the right, and none on the other sides.

    >>> conv2d(x, kernel, np.array([0.0]), padding="same")[0, :, :, 0]
    array([[51., 62.,  3.],
           [84., 95.,  6.],
           [ 7.,  8.,  9.]])
    >>> conv2d(x, kernel, np.array([0.0]), strides=2, padding="same")[0, :, :, 0]
    array([[51.,  3.],
           [ 7.,  9.]])
    """
    raise NotImplementedError("conv2d")


# %% [markdown]
# ## Backwards through the window
#
# Look at the formula of step 4 and ask for each number: which outputs does it touch?
#
# - A bias touches every place of its feature map, in every image.
# - A weight `kernel[u, v, c, f]` touches every place of map f, too, each time multiplied by another
#   pixel. Which pixel is it at the place (i, j)?
# - A pixel lies under several windows, under another weight in each. It collects a contribution
#   from every window that covers it; contributions add up.
#
# What falls on the border of zeros belongs to no pixel and is cut off. Pixels that no window covers
# (this happens with strides above 1) get the gradient 0.


# %%
def conv2d_backward(d_out, x, kernel, strides=1, padding="valid"):
    """The gradients of conv2d(x, kernel, bias, strides, padding), for the chain rule.

    No factor 1/n enters here: if the loss is a mean, d_out already holds it.

    Arguments:
        d_out: the gradient of the loss with respect to the output, shape (n, oh, ow, filters).
        x, kernel, strides, padding: as they were in the forward call.

    Returns:
        (d_x, d_kernel, d_bias), each with the shape of the thing that it belongs to.

    With ones in d_out, a weight's gradient is the sum of the pixels that it met, and a pixel's
    gradient is the sum of the weights that it met:

    >>> x = np.arange(1.0, 10.0).reshape(1, 3, 3, 1)
    >>> kernel = np.array([[1.0, 0.0], [0.0, 10.0]]).reshape(2, 2, 1, 1)
    >>> d_x, d_kernel, d_bias = conv2d_backward(np.ones((1, 2, 2, 1)), x, kernel)
    >>> d_x[0, :, :, 0]
    array([[ 1.,  1.,  0.],
           [ 1., 11., 10.],
           [ 0., 10., 10.]])
    >>> d_kernel[:, :, 0, 0]
    array([[12., 16.],
           [24., 28.]])
    >>> d_bias
    array([4.])
    """
    raise NotImplementedError("conv2d_backward")


# %% [markdown]
# ## Pooling
#
# Once we know *that* there is an edge, its exact pixel matters little. *Max pooling* cuts each map
# into blocks, side by side, and keeps the largest number of each. The maps shrink, the next layer
# sees further, and a shift matters less. Less, not little: when digits move by one pixel, what
# changes in their edge maps (Sobel, then ReLU) adds up to 0.78 of all that the maps hold; after
# pooling it is still 0.49.
#
# Backwards, only the pixel that won had any say in the output, so the gradient goes to the winner
# alone. If several share the maximum, the first of them in reading order (left to right, then down)
# takes all of it.


# %%
def max_pool2d(x, pool_size=2):
    """The maximum of each block of pool_size x pool_size pixels, in each channel.

    The stride is equal to pool_size, so blocks do not overlap. Rows and columns that are left over
    at the bottom and at the right are dropped.

    Arguments:
        x: floats, shape (n, h, w, c).
        pool_size: an integer.

    Returns:
        floats, shape (n, floor(h / pool_size), floor(w / pool_size), c).

    >>> x = np.array([[1.0, 3.0, 2.0, 2.0, 9.0], [4.0, 0.0, 2.0, 2.0, 9.0]]).reshape(1, 2, 5, 1)
    >>> max_pool2d(x)[0, :, :, 0]
    array([[4., 2.]])
    """
    raise NotImplementedError("max_pool2d")


# %%
def max_pool2d_backward(d_out, x, pool_size=2):
    """The gradient of max_pool2d(x, pool_size) with respect to x.

    In each block the whole gradient goes to the maximum, the first one in row order if there is a
    tie. All other pixels, those of the dropped rows and columns among them, get 0.

    Arguments:
        d_out: the gradient with respect to the output, shape (n, oh, ow, c).
        x, pool_size: as they were in the forward call.

    Returns:
        floats, shape (n, h, w, c).

    >>> x = np.array([[1.0, 3.0, 2.0, 2.0, 9.0], [4.0, 0.0, 2.0, 2.0, 9.0]]).reshape(1, 2, 5, 1)
    >>> max_pool2d_backward(np.array([10.0, 20.0]).reshape(1, 1, 2, 1), x)[0, :, :, 0]
    array([[ 0.,  0., 20.,  0.,  0.],
           [10.,  0.,  0.,  0.,  0.]])
    """
    raise NotImplementedError("max_pool2d_backward")


# %% [markdown]
# ## What does a filter see?
#
# Before anything learns, try two filters made by hand, the *Sobel* kernels. One answers where the
# picture gets brighter downwards, so it finds edges that run horizontally; the other is its
# transpose and finds edges that run vertically.
#
# When both are written, run `bricks show convolution` (`%show convolution` in a notebook): see
# what strides and padding make of a digit, how far it can be pooled and still be read, the
# feature maps of both kernels, and what changes, before and after pooling, when the digit moves
# by two pixels. `bricks show convolution --digit 7` (`%show convolution 7`) shows another digit.
#
# When you have trained the network of brick 5, look at its filters. Quite similar ones appear all
# by themselves: of the 32 filters of four such networks, 0 were near a Sobel kernel (or its
# negative) before training, and 12 after. (Near means: the cosine of the angle between the two, as
# lists of nine numbers, is over 0.75.)


# %%
def edge_kernels():
    """Two edge detectors as one kernel for conv2d, shape (3, 3, 1, 2), floats.

    Filter 0 is the matrix with the rows (-1, -2, -1), (0, 0, 0), (1, 2, 1); filter 1 is the
    transpose of filter 0.

    >>> edge_kernels()[:, :, 0, 0]
    array([[-1., -2., -1.],
           [ 0.,  0.,  0.],
           [ 1.,  2.,  1.]])
    >>> edge_kernels()[0, :, 0, 1]
    array([-1.,  0.,  1.])
    """
    raise NotImplementedError("edge_kernels")


# %% [markdown]
# ## The layers
#
# Two classes wrap the functions, so that a network can stack them as it stacks `Dense`: `forward`
# remembers its input, `backward` uses it.


# %%
class Conv2D:
    """A convolutional layer, without activation. It has the same methods as Dense.

    Attributes:
        kernel: the weights, shape (kernel_size, kernel_size, channels, filters).
        bias: shape (filters,).
        d_kernel, d_bias: the gradients that the latest `backward` left; the same shapes.

    Whole arrays of the same shape may be assigned to `kernel` and `bias` from outside, at any time.
    """

    def __init__(self, channels, filters, kernel_size=3, strides=1, padding="valid", seed=0):
        """Make a layer that has learned nothing yet.

        `kernel` is drawn by Glorot's rule: uniform between -limit and limit, where
        limit = sqrt(6 / (fan_in + fan_out)), fan_in = kernel_size * kernel_size * channels and
        fan_out = kernel_size * kernel_size * filters. `bias` is all zeros.

        Arguments:
            channels, filters, kernel_size, strides: integers.
            padding: "valid" or "same".
            seed: an integer. The same seed gives the same kernel, another seed another one. NumPy's
                global random state is left alone.

        Here limit = sqrt(6 / (18 + 36)) = 1/3:

        >>> conv = Conv2D(channels=2, filters=4)
        >>> conv.kernel.shape, bool(np.abs(conv.kernel).max() <= 1 / 3)
        ((3, 3, 2, 4), True)
        >>> conv.bias
        array([0., 0., 0., 0.])
        """
        raise NotImplementedError("Conv2D.__init__")

    def forward(self, x):
        """conv2d of x with the layer's parameters. Remember what `backward` will need.

        Arguments:
            x: floats, shape (n, h, w, channels).

        Returns:
            floats, shape (n, oh, ow, filters).

        >>> conv = Conv2D(channels=1, filters=2, kernel_size=2, padding="same")
        >>> conv.forward(np.ones((5, 6, 7, 1))).shape
        (5, 6, 7, 2)
        """
        raise NotImplementedError("Conv2D.forward")

    def backward(self, d_out):
        """Backpropagate through the latest `forward`; no parameter changes.

        Leaves `d_kernel` and `d_bias`. They replace those of an earlier call (overwritten, not
        added up), and no factor 1/n of the layer's own enters them.

        Arguments:
            d_out: the gradient of the loss with respect to the output, shape (n, oh, ow, filters).

        Returns:
            d_x: the gradient with respect to the input, shape (n, h, w, channels).

        >>> conv = Conv2D(channels=1, filters=1, kernel_size=1)
        >>> conv.kernel = np.full((1, 1, 1, 1), 3.0)
        >>> out = conv.forward(np.array([[5.0, 7.0]]).reshape(1, 1, 2, 1))
        >>> conv.backward(np.array([[1.0, 2.0]]).reshape(1, 1, 2, 1)).ravel()
        array([3., 6.])
        >>> conv.d_kernel.ravel(), conv.d_bias
        (array([19.]), array([3.]))
        """
        raise NotImplementedError("Conv2D.backward")

    def step(self, learning_rate):
        """Update: kernel and bias move by -learning_rate times their latest gradients.

        >>> conv = Conv2D(channels=1, filters=1, kernel_size=1)
        >>> conv.kernel = np.full((1, 1, 1, 1), 3.0)
        >>> out = conv.forward(np.full((1, 1, 1, 1), 2.0))
        >>> d_x = conv.backward(np.full((1, 1, 1, 1), 1.0))
        >>> conv.step(learning_rate=0.5)
        >>> conv.kernel.ravel(), conv.bias
        (array([2.]), array([-0.5]))
        """
        raise NotImplementedError("Conv2D.step")


# %%
class MaxPool2D:
    """A max pooling layer. It has no parameters, so there is nothing to step."""

    def __init__(self, pool_size=2):
        """Make the layer; `pool_size` is an integer, the side of a block.

        >>> MaxPool2D(3).forward(np.ones((1, 9, 10, 2))).shape
        (1, 3, 3, 2)
        """
        raise NotImplementedError("MaxPool2D.__init__")

    def forward(self, x):
        """max_pool2d of x. Remember what `backward` will need.

        Arguments:
            x: floats, shape (n, h, w, c).

        Returns:
            floats, shape (n, floor(h / pool_size), floor(w / pool_size), c).

        >>> MaxPool2D().forward(np.array([[1.0, 3.0], [4.0, 0.0]]).reshape(1, 2, 2, 1)).ravel()
        array([4.])
        """
        raise NotImplementedError("MaxPool2D.forward")

    def backward(self, d_out):
        """Backpropagate through the latest `forward`.

        Arguments:
            d_out: the gradient with respect to the output, shape (n, oh, ow, c).

        Returns:
            the gradient with respect to the input, shape (n, h, w, c).

        >>> pool = MaxPool2D()
        >>> out = pool.forward(np.array([[1.0, 3.0], [4.0, 0.0]]).reshape(1, 2, 2, 1))
        >>> pool.backward(np.full((1, 1, 1, 1), 10.0))[0, :, :, 0]
        array([[ 0.,  0.],
               [10.,  0.]])
        """
        raise NotImplementedError("MaxPool2D.backward")


# %% [markdown]
# ## The same layer in Keras


# %%
def keras_convolution(filters, kernel_size=3, strides=1, padding="valid"):
    """The same layer in Keras: a keras.layers.Conv2D, without activation.

    Import Keras inside this function. Keras builds the layer's weights when it first meets an
    input; after that it accepts set_weights([kernel, bias]) with the shapes of Conv2D.

    Returns:
        a keras.layers.Conv2D.

    >>> layer = keras_convolution(4, kernel_size=5, strides=2, padding="same")
    >>> layer.build((None, 28, 28, 1))
    >>> [weight.shape for weight in layer.get_weights()]
    [(5, 5, 1, 4), (4,)]
    """
    raise NotImplementedError("keras_convolution")

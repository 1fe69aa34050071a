# %% [markdown]
# # Brick 5: the convolutional network
#
# **After this brick you can**
#
# - build a convolutional network from your own layers, and train it;
# - follow the shape of an image through such a network, forwards and back;
# - design, train and use a better one in Keras, within a budget of parameters.
#
# **What to know before:** bricks 2, 3 and 4; their files are used here. **Time:** about two hours.
#
# ## A hierarchy of features
#
# Now all bricks come together. A convolutional network looks at an image as a *hierarchy of
# features*: pixels make edges, edges make textures and corners (textons), these make motifs, motifs
# make parts, and parts make objects.
#
#     pixel > edge > texton > motif > part > object
#
# Nobody programs these features. Each layer learns some that help the layer after it, because
# backpropagation tells it which change would lower the loss. That features are learned, layer upon
# layer, is what sets deep learning apart from methods that take them from an expert.
#
# The six levels are a picture to think with, and real networks are less tidy. Your own one below
# has a single convolution: it goes from pixels to edges, and its dense layer decides from there.
#
# You write a small network of your own in NumPy first, built on **your own** bricks; then a better
# one in Keras, which you may design as you like.
#
# The rules of the first bricks hold here too: float64 or float32 inputs, integer labels (n,); NumPy
# alone in the class `CNN`, Keras imported only inside the functions that need it; never change an
# array that you were given; keep the names.

# %%
import numpy as np

from convolution import Conv2D, MaxPool2D
from layer import Dense, categorical_cross_entropy, one_hot, softmax
from mlp import relu, relu_backward

# %% [markdown]
# ## A network of your own
#
# For an image of 28 x 28 pixels with one channel:
#
#     input          (n, 28, 28, 1)
#     convolution    (n, 26, 26, 8)   8 filters of 3 x 3, "valid", stride 1
#     ReLU           (n, 26, 26, 8)
#     max pooling    (n, 13, 13, 8)   blocks of 2 x 2
#     flatten        (n, 1352)
#     dense          (n, 10)
#     softmax        (n, 10)
#
# The filters start at random, as the hidden units of an MLP do. (Filters that start equal do not
# stay equal here: the dense layer gives each map weights of its own, so their gradients differ. But
# all eight would begin with one and the same question.)
#
# Backpropagation walks the same way back. Flattening has no parameters either: its `backward` only
# gives the gradient its old shape again.


# %%
class CNN:
    """Convolution, ReLU, max pooling, flatten, dense, softmax.

    Attributes:
        conv: a Conv2D with 8 filters of 3 x 3 ("valid", stride 1).
        pool: a MaxPool2D with blocks of 2 x 2.
        dense: a Dense from the flattened maps to the classes.

    Whole arrays may be assigned to `kernel` and `bias` of `conv` and `dense` from outside, at any
    time.
    """

    def __init__(self, input_shape=(28, 28, 1), n_classes=10, seed=0):
        """Make the network with the layers `conv`, `pool` and `dense`.

        Arguments:
            input_shape: (h, w, channels) of one image. Odd sizes and several channels are fine.
            n_classes: an integer.
            seed: an integer that decides all weights; NumPy's global random state is left alone.

        >>> cnn = CNN()
        >>> cnn.conv.kernel.shape, cnn.dense.kernel.shape
        ((3, 3, 1, 8), (1352, 10))
        """
        raise NotImplementedError("CNN.__init__")

    def forward(self, x):
        """The probability of each class for each image. Remember what `backward` will need.

        The maps are flattened in C order, NumPy's usual one: row by row, in each row place by
        place, and at each place filter by filter. (Keras's Flatten does the same.)

        Arguments:
            x: floats, shape (n, h, w, channels).

        Returns:
            probabilities, shape (n, n_classes).

        A network whose dense layer knows nothing gives each class the same probability:

        >>> cnn = CNN(input_shape=(6, 7, 3), n_classes=4)
        >>> cnn.dense.kernel = np.zeros((32, 4))
        >>> cnn.forward(np.ones((2, 6, 7, 3)))
        array([[0.25, 0.25, 0.25, 0.25],
               [0.25, 0.25, 0.25, 0.25]])
        """
        raise NotImplementedError("CNN.forward")

    def backward(self, y_true):
        """Backpropagate the mean cross-entropy of the latest `forward`; no parameter changes.

        Leaves the gradients of the mean loss in `d_kernel` and `d_bias` of `conv` and `dense` (the
        1/n of the mean enters here, once). What it returns is up to you.

        Arguments:
            y_true: integer labels, shape (n,).

        Below every filter answers 9 everywhere, so each of the 8 features is 9, and both classes
        get 0.5:

        >>> cnn = CNN(input_shape=(4, 4, 1), n_classes=2)
        >>> cnn.conv.kernel = np.ones((3, 3, 1, 8))
        >>> cnn.dense.kernel = np.zeros((8, 2))
        >>> p = cnn.forward(np.ones((1, 4, 4, 1)))
        >>> d_x = cnn.backward(np.array([0]))
        >>> cnn.dense.d_kernel[0], cnn.dense.d_bias
        (array([-4.5,  4.5]), array([-0.5,  0.5]))
        """
        raise NotImplementedError("CNN.backward")

    def train_step(self, x, y_true, learning_rate):
        """One step of gradient descent on one batch: predict, loss, backward, update.

        All gradients are those of the parameters before the step.

        Arguments:
            x: floats, shape (n, h, w, channels).
            y_true: integer labels, shape (n,).
            learning_rate: a float.

        Returns:
            the mean loss of this batch *before* the update, one float.

        >>> cnn = CNN(input_shape=(4, 4, 1), n_classes=2)
        >>> cnn.conv.kernel = np.ones((3, 3, 1, 8))
        >>> cnn.dense.kernel = np.zeros((8, 2))
        >>> loss = cnn.train_step(np.ones((1, 4, 4, 1)), np.array([0]), learning_rate=0.1)
        >>> round(float(loss), 4)
        0.6931
        >>> cnn.dense.kernel[0], cnn.dense.bias
        (array([ 0.45, -0.45]), array([ 0.05, -0.05]))
        """
        raise NotImplementedError("CNN.train_step")

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        """Train: the same loop as in the bricks before.

        Each epoch shuffles the samples anew and takes one training step on each batch of
        `batch_size`; a shorter last batch is used too, so every sample serves exactly once an
        epoch. Calling `fit` again trains further.

        Arguments:
            x: floats, shape (n, h, w, channels).
            y_true: integer labels, shape (n,).
            epochs, batch_size: integers.
            learning_rate: a float.
            seed: an integer that decides all the shuffling; the global random state is left alone.

        Returns:
            a list of floats, one for each epoch: the mean, over the epoch's batches, of the loss
            before each update.

        Two images, one dark and one bright, are soon told apart:

        >>> x = np.stack([np.zeros((6, 6, 1)), np.ones((6, 6, 1))])
        >>> cnn = CNN(input_shape=(6, 6, 1), n_classes=2)
        >>> history = cnn.fit(x, np.array([0, 1]), epochs=50, batch_size=2, learning_rate=0.1)
        >>> len(history), bool(history[-1] < history[0])
        (50, True)
        >>> cnn.predict(x)
        array([0, 1])
        """
        raise NotImplementedError("CNN.fit")

    def predict(self, x):
        """Inference: the most probable class of each image.

        Arguments:
            x: floats, shape (n, h, w, channels).

        Returns:
            integer labels, shape (n,).

        >>> cnn = CNN(input_shape=(6, 6, 1), n_classes=3)
        >>> cnn.dense.kernel = np.zeros((32, 3))
        >>> cnn.dense.bias = np.array([1.0, 3.0, 2.0])
        >>> cnn.predict(np.ones((2, 6, 6, 1)))
        array([1, 1])
        """
        raise NotImplementedError("CNN.predict")


# %% [markdown]
# ## Look at what it learned
#
# Run `bricks show cnn` now (`%show cnn` in a notebook): see your filters before and after
# training, one digit on its way through the network, and the layer, the MLP and the CNN on the
# same digits. When `train` and `predict` below are written, run it again: see what your network
# in Keras misreads. Would you have read it?

# %% [markdown]
# ## A better network in Keras
#
# Here you are free: several convolutions, more filters, whatever you wish to try. What happens
# between the first and the last layer is your design. Usual are two or three rounds of convolution
# and pooling, with more and more filters while the maps shrink: this is the hierarchy of features,
# written as code.


# %%
def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
    """A convolutional network in Keras, compiled and ready to be trained.

    Import Keras inside this function. The network

    - contains convolution and pooling, of any kind;
    - ends with a softmax over the classes;
    - has at most 100,000 parameters for the default arguments;
    - works for any image of 16 pixels or more each way, with one or several channels;
    - is compiled with a loss for *integer* labels, and an optimizer of your choice.

    Do not fix any seed here.

    Arguments:
        input_shape: (h, w, channels) of one image.
        n_classes: an integer.

    Returns:
        a compiled Keras model, output shape (n, n_classes).

    >>> model = keras_cnn(input_shape=(16, 20, 3), n_classes=4)
    >>> model.output_shape
    (None, 4)
    >>> keras_cnn().count_params() <= 100_000
    True
    """
    raise NotImplementedError("keras_cnn")


# %% [markdown]
# ## Training, then inference
#
# The loop that you wrote four times is Keras's `model.fit`: batch, prediction, loss,
# backpropagation, update. (Only its history is the mean over the samples, and yours the mean over
# the batches, as brick 1 says: they differ where the last batch is short.)
#
# You choose how many samples a batch holds and how many epochs are worth the wait. A good habit:
# begin with large steps, and take smaller and smaller ones towards the end, so that the parameters
# settle. (Keras has callbacks and schedules for this.)
#
# Training sees only training images. What counts is *inference* on images that the network has
# never seen. Given 10,000 training digits, a network of this size can read 97 of 100 unseen digits
# and better, after less than a minute of training.


# %%
def train(model, x, y_true, seed=0):
    """Train a compiled Keras model in place.

    Epochs and batch size are your choice, within the time limit of the exercise.

    Arguments:
        model: a compiled Keras model, as keras_cnn returns it. It is changed: it learns.
        x: images, floats in [0, 1], shape (n, h, w, channels).
        y_true: integer labels, shape (n,).
        seed: an integer that decides everything random in the training, such as the shuffling.
            Where Keras trains, seeding globally is right: keras.utils.set_random_seed(seed).

    Returns:
        whatever you like; the result is the trained model.

    Squares that are bright on the left, or on the right:

    >>> x = np.zeros((64, 16, 16, 1))
    >>> x[:32, :, :8] = 1.0
    >>> x[32:, :, 8:] = 1.0
    >>> y_true = np.repeat([0, 1], 32)
    >>> model = keras_cnn(input_shape=(16, 16, 1), n_classes=2)
    >>> history = train(model, x, y_true)
    >>> predict(model, x[[0, 63]])
    array([0, 1])
    """
    raise NotImplementedError("train")


# %%
def predict(model, x):
    """Inference with a Keras model: the most probable class of each image.

    Arguments:
        model: a Keras model whose output is one probability for each class.
        x: images, floats in [0, 1], shape (n, h, w, channels).

    Returns:
        integer labels, shape (n,).

    >>> model = keras_cnn(input_shape=(16, 16, 1), n_classes=3)
    >>> labels = predict(model, np.zeros((5, 16, 16, 1)))
    >>> labels.shape, labels.dtype.kind
    ((5,), 'i')
    """
    raise NotImplementedError("predict")

# %% [markdown]
# # Brick 3: the multi-layer perceptron
#
# **After this brick you can**
#
# - say why XOR needs a hidden layer, and something between the layers that is not linear;
# - carry a gradient back through a stack of any number of layers;
# - say how weights should start before ReLU, and why hidden units must not start equal.
#
# **What to know before:** brick 2; its `layer.py` is used here. **Time:** about 75 minutes.
#
# ## Features of features
#
# One layer can only weigh its inputs and add them up. Some questions are out of its reach, however
# long it trains. The smallest one is XOR, "exactly one of the two":
#
#     x_1  x_2   class
#      0    0      0
#      0    1      1
#      1    0      1
#      1    1      0
#
# No straight line separates the ones from the zeros, and one layer draws nothing but straight
# lines. Put a second layer behind the first and the question becomes easy: the first layer computes
# *features* of the input ("how many inputs are on?", "are both on?"), the second decides from the
# features. More layers give features of features, and this hierarchy is what is *deep* in deep
# learning.
#
# Two layers one behind the other would still be only one layer, for a product of two matrices is a
# matrix again. So something that is not linear stands between them. The simplest choice is the best
# known, the *rectified linear unit*:
#
# $$relu(z) = max(z, 0)$$
#
# The model: Dense, ReLU, Dense, ReLU, ..., Dense, softmax. It is built on **your own** `layer.py`.
# The rules of the first bricks hold here too: float64 or float32 inputs, integer labels (n,); NumPy
# alone outside `keras_mlp`; never change an array that you were given; keep the names.

# %%
import numpy as np

from layer import Dense, categorical_cross_entropy, one_hot, softmax

# %% [markdown]
# ## The rectified linear unit, forwards and backwards
#
# Forwards, ReLU lets what is positive through and stops the rest. Backwards it does the same to
# gradients: where a small change of $z$ changes nothing in the output, no gradient comes through.
# At $z = 0$ itself the slope is not defined; we choose 0 there, as the frameworks do.


# %%
def relu(z):
    """max(z, 0) for every entry of z.

    Arguments:
        z: floats, any shape.

    Returns:
        floats, the shape of z (a new array; z stays as it was).

    >>> relu(np.array([[-2.0, 0.0, 3.0]]))
    array([[0., 0., 3.]])
    """
    raise NotImplementedError("relu")


# %%
def relu_backward(d_out, z):
    """The gradient of the loss with respect to z, the *input* of relu; 0 where z is exactly 0.

    Arguments:
        d_out: the gradient with respect to relu(z), the shape of z.
        z: floats, any shape.

    Returns:
        floats, the shape of z.

    >>> relu_backward(np.array([[10.0, 20.0, -30.0]]), np.array([[-2.0, 0.0, 3.0]]))
    array([[  0.,   0., -30.]])
    """
    raise NotImplementedError("relu_backward")


# %% [markdown]
# ## The model
#
# `forward` walks through the layers from first to last. `backward` walks back: it starts with the
# gradient at the scores, which you found for the single-layer perceptron, and each layer turns the
# gradient of its output into that of its input. This walk *is* backpropagation, and since every
# layer knows its own part, a network of ten layers takes no more code than one of two.
#
# **How hidden units start.** Take two hidden units whose weights are equal, those in front of them
# and those behind. They get equal gradients at every step, so they stay equal and count as one.
# `MLP([784, 32, 10])` with 32 such units names 11 of 100 unseen digits right after the training of
# the last check; started at random, it names 93. (When only the weights in front are equal, the
# different ones behind pull the units apart.)
#
# ReLU stops about half of the numbers, and Glorot's rule does not count on that: through ten ReLU
# layers of 256 units, numbers shrink to 0.03 of their size. *He's rule* doubles the variance, to
# $2 / n\_inputs$, so that they keep it (He, Zhang, Ren and Sun, *Delving deep into rectifiers*,
# 2015). With a single hidden layer the two rules train equally well, so this kit keeps Glorot's,
# which is what Keras takes too unless you say otherwise.


# %%
class MLP:
    """A multi-layer perceptron: Dense layers, ReLU between them, softmax at the end.

    Attributes:
        layers: a list of Dense, from the first to the last. Whole arrays may be assigned to their
            `kernel` and `bias` from outside, at any time.
    """

    def __init__(self, sizes, seed=0):
        """Make the model. MLP([784, 64, 10]) has two layers: 784 to 64, and 64 to 10.

        `seed`, an integer, decides all weights, and leaves NumPy's global random state alone. Give
        each Dense a seed of its own, so that layers of the same shape do not start with the same
        random numbers. (Layers that do soon part; units of one layer that start equal may not.)

        Arguments:
            sizes: a list of integers: the number of inputs, the units of each hidden layer, and
                last the number of classes. [n_inputs, n_classes] is allowed: no hidden layer.
            seed: an integer.

        >>> mlp = MLP([784, 64, 10])
        >>> [layer.kernel.shape for layer in mlp.layers]
        [(784, 64), (64, 10)]
        """
        raise NotImplementedError("MLP.__init__")

    def forward(self, x):
        """The probability of each class for each sample. Remember what `backward` will need.

        Arguments:
            x: floats, shape (n, n_inputs).

        Returns:
            probabilities, shape (n, n_classes).

        With the weights below the hidden features of (1, 1) are relu(2) and relu(-5), so the two
        scores are 0 and 2 log 3, and the probabilities stand as 1 to 9:

        >>> mlp = MLP([2, 2, 2])
        >>> mlp.layers[0].kernel = np.array([[1.0, 1.0], [1.0, 1.0]])
        >>> mlp.layers[0].bias = np.array([0.0, -7.0])
        >>> mlp.layers[1].kernel = np.array([[0.0, np.log(3.0)], [100.0, 100.0]])
        >>> mlp.forward(np.array([[1.0, 1.0]]))
        array([[0.1, 0.9]])
        """
        raise NotImplementedError("MLP.forward")

    def backward(self, y_true):
        """Backpropagate the mean cross-entropy of the latest `forward`; no parameter changes.

        Leaves the gradients of the mean loss in `d_kernel` and `d_bias` of every layer (the 1/n of
        the mean enters here, once). What it returns is up to you.

        Arguments:
            y_true: integer labels, shape (n,).

        The sample below has the features relu(2) and relu(-2), and both classes get 0.5:

        >>> mlp = MLP([1, 2, 2])
        >>> mlp.layers[0].kernel = np.array([[1.0, -1.0]])
        >>> mlp.layers[1].kernel = np.array([[3.0, 3.0], [5.0, 4.0]])
        >>> p = mlp.forward(np.array([[2.0]]))
        >>> d_x = mlp.backward(np.array([0]))
        >>> mlp.layers[1].d_kernel
        array([[-1.,  1.],
               [ 0.,  0.]])
        >>> mlp.layers[1].kernel = np.array([[3.0, 7.0], [5.0, 4.0]])
        >>> mlp.layers[1].bias = np.array([8.0, 0.0])
        >>> p = mlp.forward(np.array([[2.0]]))
        >>> d_x = mlp.backward(np.array([0]))
        >>> mlp.layers[0].d_kernel, mlp.layers[0].d_bias
        (array([[4., 0.]]), array([2., 0.]))
        """
        raise NotImplementedError("MLP.backward")

    def train_step(self, x, y_true, learning_rate):
        """One step of gradient descent on one batch: predict, loss, backward, update.

        All gradients are those of the parameters before the step: first the whole `backward`, then
        the step of every layer.

        Arguments:
            x: floats, shape (n, n_inputs).
            y_true: integer labels, shape (n,).
            learning_rate: a float.

        Returns:
            the mean loss of this batch *before* the update, one float.

        >>> mlp = MLP([1, 2, 2])
        >>> mlp.layers[0].kernel = np.array([[1.0, -1.0]])
        >>> mlp.layers[1].kernel = np.array([[3.0, 3.0], [5.0, 4.0]])
        >>> round(float(mlp.train_step(np.array([[2.0]]), np.array([0]), learning_rate=0.5)), 4)
        0.6931
        >>> mlp.layers[1].kernel
        array([[3.5, 2.5],
               [5. , 4. ]])
        """
        raise NotImplementedError("MLP.train_step")

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        """Train: the same loop as in the first two bricks.

        Each epoch shuffles the samples anew and takes one training step on each batch of
        `batch_size`; a shorter last batch is used too, so every sample serves exactly once an
        epoch. Calling `fit` again trains further.

        Arguments:
            x: floats, shape (n, n_inputs).
            y_true: integer labels, shape (n,).
            epochs, batch_size: integers.
            learning_rate: a float.
            seed: an integer that decides all the shuffling; the global random state is left alone.

        Returns:
            a list of floats, one for each epoch: the mean, over the epoch's batches, of the loss
            before each update.

        >>> x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
        >>> mlp = MLP([2, 16, 2])
        >>> history = mlp.fit(x, np.array([0, 1, 1, 0]), 1500, batch_size=4, learning_rate=0.3)
        >>> len(history), bool(history[-1] < 0.1 * history[0])
        (1500, True)
        >>> mlp.predict(x)
        array([0, 1, 1, 0])
        """
        raise NotImplementedError("MLP.fit")

    def predict(self, x):
        """Inference: the most probable class of each sample.

        Arguments:
            x: floats, shape (n, n_inputs).

        Returns:
            integer labels, shape (n,).

        XOR with weights set by hand. The first feature counts the inputs that are on, the second
        sees that both are; class 1 wins when (first - 2 * second) is over 0.5:

        >>> mlp = MLP([2, 2, 2])
        >>> mlp.layers[0].kernel = np.array([[1.0, 1.0], [1.0, 1.0]])
        >>> mlp.layers[0].bias = np.array([0.0, -1.0])
        >>> mlp.layers[1].kernel = np.array([[0.0, 1.0], [0.0, -2.0]])
        >>> mlp.layers[1].bias = np.array([0.5, 0.0])
        >>> mlp.predict(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]))
        array([0, 1, 1, 0])
        """
        raise NotImplementedError("MLP.predict")


# %% [markdown]
# ## Look at what it learned
#
# Run `bricks show mlp` now (`%show mlp` in a notebook): see where two hidden units put the four
# points of XOR, and which digits share a hidden unit.
#
# A network that gets better on its training digits, but not on others, is **overfitting**.
# Compare the curves for 500 digits and for 10,000: what closes the gap?

# %% [markdown]
# ## The same model in Keras


# %%
def keras_mlp(sizes):
    """The same model in Keras, for the same `sizes` as MLP.

    Import Keras inside this function. The activations are inside the model: ReLU in each hidden
    layer, softmax in the last. It takes (n, sizes[0]) and needs no compiling. It accepts
    set_weights([kernel, bias, kernel, bias, ...]) from the first layer to the last, with the shapes
    of MLP.

    Returns:
        a Keras model, built, with output shape (n, sizes[-1]).

    >>> model = keras_mlp([4, 5, 3])
    >>> model.output_shape
    (None, 3)
    >>> model.count_params()
    43
    """
    raise NotImplementedError("keras_mlp")

# %% [markdown]
# # Brick 2: the single-layer perceptron
#
# **After this brick you can**
#
# - turn scores into probabilities over many classes, and measure their loss;
# - write a layer that keeps its own gradients and hands the rest back, so that it can be stacked;
# - say where the 1/n of a mean loss enters, and where it does not.
#
# **What to know before:** brick 1, and the product of two matrices. **Time:** about 90 minutes.
#
# ## A layer of neurons
#
# One neuron answers one question with yes or no. For ten digits we put ten neurons side by side on
# the same inputs: a **layer**. Each neuron has its own weights, so the weights now form a table,
# the `kernel`, with one row for each input and one column for each neuron (*unit*). The bias is a
# list, one number for each unit. A single product of matrices computes all neurons for all samples:
#
# $$z = x W + b \qquad (n, units) = (n, n\_inputs) \, (n\_inputs, units) + (units,)$$
#
# The model is still a function with parameters, trained by the same five steps as the neuron:
# batch, prediction, loss, backpropagation, update. New are the probabilities over many classes, and
# a layer that can be *reused*: it knows its own gradients and hands the rest back to whoever stands
# before it. All later bricks are stacks of such layers. (To statisticians, one such layer with the
# softmax below is *multinomial logistic regression*.)
#
# The rules of brick 1 hold here too: samples first; float64 or float32 inputs, integer labels (n,);
# NumPy alone (Keras only inside `keras_layer`); never change an array that you were given; only
# `step`, `train_step` and `fit` change parameters; keep the names.

# %%
import numpy as np

# %% [markdown]
# ## Labels as vectors
#
# The label 3 is a name, not a quantity: 3 is not "between" 2 and 4. So each label becomes a row of
# zeros with a single one, at the place of the class. It reads as a probability too: "surely a 3".


# %%
def one_hot(labels, n_classes):
    """Turn integer labels into rows with a single 1.

    Arguments:
        labels: integers from 0 to n_classes - 1, shape (n,).
        n_classes: how many classes there are (not all need appear in `labels`).

    Returns:
        floats, shape (n, n_classes).

    >>> one_hot(np.array([2, 0]), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    raise NotImplementedError("one_hot")


# %% [markdown]
# ## From scores to probabilities
#
# The layer gives each class a score $z_j$. The *softmax* makes them positive and lets them add up
# to 1 in each row:
#
# $$p_j = e^{z_j} / (e^{z_1} + ... + e^{z_k})$$
#
# Large scores overflow in $e^{z}$. Try on paper what happens to $p$ when the same constant is added
# to all the scores of one row: this shows how to keep the exponentials small. Each row needs a
# constant of its own; one constant for the whole array can ruin the rows far below it.


# %%
def softmax(z):
    """The softmax of each row.

    Finite, and every row adds up to 1, for scores from -10,000 to 10,000, whatever the other rows
    hold.

    Arguments:
        z: scores, shape (n, k).

    Returns:
        probabilities, shape (n, k).

    >>> softmax(np.array([[0.0, np.log(3.0)], [10000.0, 10000.0], [-10000.0, -10000.0]]))
    array([[0.25, 0.75],
           [0.5 , 0.5 ],
           [0.5 , 0.5 ]])
    """
    raise NotImplementedError("softmax")


# %% [markdown]
# ## The loss for many classes
#
# The idea has not changed: minus the logarithm of the probability given to the truth. With one-hot
# rows $y$ it is written $L = -( y_1 \log p_1 + ... + y_k \log p_k )$.


# %%
def categorical_cross_entropy(y_true, y_pred):
    """The categorical cross-entropy, as a mean over the samples.

    Each prediction is first clipped to [1e-7, 1 - 1e-7]; then one sample costs
    -sum(y * log(p)) over its classes, with the natural logarithm.

    Arguments:
        y_true: one-hot rows, shape (n, k).
        y_pred: probabilities, shape (n, k).

    Returns:
        one float.

    The truths below were given the probabilities 0.5 and 0.25, so the loss is
    (log 2 + log 4) / 2 = 1.5 log 2:

    >>> y_true = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> y_pred = np.array([[0.5, 0.5], [0.75, 0.25]])
    >>> round(float(categorical_cross_entropy(y_true, y_pred)), 4)
    1.0397
    """
    raise NotImplementedError("categorical_cross_entropy")


# %% [markdown]
# ## A layer that can be stacked
#
# `forward` computes the output. `backward` answers the question of backpropagation, seen from
# inside one layer. Someone behind the layer tells it `d_out`: how the loss changes with each entry
# of its *output*. By the chain rule the layer finds how the loss changes
#
# - with each entry of its kernel and bias: it keeps these, as `d_kernel` and `d_bias`;
# - with each entry of its *input*: it returns this, as `d_x`, for the layer before it.
#
# To find the formulas, write out one entry of $z = x W + b$ for two inputs and two units, and see
# which entries of $z$ a given weight touches. Shapes guide you: each gradient has the shape of the
# thing that it belongs to, and there is often only one product of matrices that fits.
#
# The layer does not know the loss. If the loss is a mean over $n$ samples, that $1/n$ is already
# inside `d_out`.
#
# **How a layer starts.** In a stack of layers, neither the numbers on their way forward nor the
# gradients on their way back should grow or shrink from layer to layer. The way forward asks for
# weights of the variance $1 / n\_inputs$, the way back for $1 / units$. *Glorot's rule* stands
# between the two, with $2 / (n\_inputs + units)$. Numbers drawn evenly from $-limit$ to $limit$
# have the variance $limit^2 / 3$, so $limit = \sqrt{6 / (n\_inputs + units)}$ (Glorot and Bengio,
# *Understanding the difficulty of training deep feedforward neural networks*, 2010).


# %%
class Dense:
    """A fully connected layer: forward(x) = x . kernel + bias, without activation.

    Attributes:
        kernel: the weights, shape (n_inputs, units).
        bias: shape (units,).
        d_kernel, d_bias: the gradients that the latest `backward` left; the same shapes.

    Whole arrays of the same shape may be assigned to `kernel` and `bias` from outside, at any time.
    """

    def __init__(self, n_inputs, units, seed=0):
        """Make a layer that has learned nothing yet.

        `kernel` is drawn by Glorot's rule: uniform between -limit and limit, where
        limit = sqrt(6 / (n_inputs + units)). `bias` is all zeros.

        Arguments:
            n_inputs, units: integers.
            seed: an integer. The same seed gives the same kernel, another seed another one. NumPy's
                global random state is left alone.

        >>> dense = Dense(4, 2)
        >>> dense.kernel.shape, bool(np.abs(dense.kernel).max() <= 1.0)
        ((4, 2), True)
        >>> dense.bias
        array([0., 0.])
        """
        raise NotImplementedError("Dense.__init__")

    def forward(self, x):
        """The output of all units for all samples. Remember what `backward` will need.

        Arguments:
            x: floats, shape (n, n_inputs).

        Returns:
            floats, shape (n, units).

        >>> dense = Dense(2, 2)
        >>> dense.kernel = np.array([[1.0, 2.0], [3.0, 4.0]])
        >>> dense.bias = np.array([10.0, 20.0])
        >>> dense.forward(np.array([[1.0, 1.0]]))
        array([[14., 26.]])
        """
        raise NotImplementedError("Dense.forward")

    def backward(self, d_out):
        """Backpropagate through the latest `forward`; no parameter changes.

        Leaves `d_kernel` and `d_bias`. They replace those of an earlier call (overwritten, not
        added up), and no factor 1/n of the layer's own enters them.

        Arguments:
            d_out: the gradient of the loss with respect to the output, shape (n, units).

        Returns:
            d_x: the gradient with respect to the input, shape (n, n_inputs).

        >>> dense = Dense(2, 2)
        >>> dense.kernel = np.array([[1.0, 2.0], [3.0, 4.0]])
        >>> out = dense.forward(np.array([[5.0, 6.0]]))
        >>> dense.backward(np.array([[1.0, 0.0]]))
        array([[1., 3.]])
        >>> dense.d_kernel
        array([[5., 0.],
               [6., 0.]])
        >>> dense.d_bias
        array([1., 0.])
        """
        raise NotImplementedError("Dense.backward")

    def step(self, learning_rate):
        """Update: kernel and bias move by -learning_rate times their latest gradients.

        >>> dense = Dense(1, 2)
        >>> dense.kernel = np.array([[1.0, 2.0]])
        >>> out = dense.forward(np.array([[3.0]]))
        >>> d_x = dense.backward(np.array([[1.0, 0.0]]))
        >>> dense.step(learning_rate=0.5)
        >>> dense.kernel
        array([[-0.5,  2. ]])
        >>> dense.bias
        array([-0.5,  0. ])
        """
        raise NotImplementedError("Dense.step")


# %% [markdown]
# ## The single-layer perceptron
#
# One dense layer, then the softmax. To train it, start the chain rule at the far end: how does the
# loss change with each score $z_j$? As for the neuron, take softmax and cross-entropy *together*:
# write $\log p_j = z_j - \log(e^{z_1} + ... + e^{z_k})$ and differentiate. The result looks just
# like the neuron's. Here, once and for all, the mean over the samples brings in its $1/n$.
#
# With a single layer, random weights are no must: each unit has a class of its own, so units that
# start equal differ after the first step. Trained from zeros as from Glorot's rule, the layer names
# 91 of 100 unseen digits right. From brick 3 on, units that start equal are a real trap.


# %%
class SingleLayerPerceptron:
    """Softmax over one dense layer.

    Attributes:
        dense: the layer, a Dense(n_inputs, n_classes).
    """

    def __init__(self, n_inputs, n_classes, seed=0):
        """Make the model with its one layer, `dense`, whose weights `seed` decides.

        >>> model = SingleLayerPerceptron(784, 10)
        >>> model.dense.kernel.shape
        (784, 10)
        """
        raise NotImplementedError("SingleLayerPerceptron.__init__")

    def forward(self, x):
        """The probability of each class for each sample.

        Arguments:
            x: floats, shape (n, n_inputs).

        Returns:
            probabilities, shape (n, n_classes).

        >>> model = SingleLayerPerceptron(1, 2)
        >>> model.dense.kernel = np.array([[0.0, np.log(3.0)]])
        >>> model.forward(np.array([[0.0], [1.0]]))
        array([[0.5 , 0.5 ],
               [0.25, 0.75]])
        """
        raise NotImplementedError("SingleLayerPerceptron.forward")

    def backward(self, y_true):
        """Backpropagate the mean cross-entropy of the latest `forward`; no parameter changes.

        Leaves the gradients of the mean loss in `dense.d_kernel` and `dense.d_bias`. What it
        returns is up to you. The clipping inside the loss plays no part here.

        Arguments:
            y_true: integer labels, shape (n,).

        >>> model = SingleLayerPerceptron(2, 2)
        >>> model.dense.kernel = np.zeros((2, 2))
        >>> p = model.forward(np.array([[2.0, 0.0], [0.0, 4.0]]))
        >>> d_x = model.backward(np.array([0, 0]))
        >>> model.dense.d_kernel
        array([[-0.5,  0.5],
               [-1. ,  1. ]])
        >>> model.dense.d_bias
        array([-0.5,  0.5])
        """
        raise NotImplementedError("SingleLayerPerceptron.backward")

    def train_step(self, x, y_true, learning_rate):
        """One step of gradient descent on one batch: predict, loss, backward, update.

        Arguments:
            x: floats, shape (n, n_inputs).
            y_true: integer labels, shape (n,).
            learning_rate: a float.

        Returns:
            the mean loss of this batch *before* the update, one float.

        >>> model = SingleLayerPerceptron(2, 2)
        >>> model.dense.kernel = np.zeros((2, 2))
        >>> x = np.array([[2.0, 0.0], [0.0, 4.0]])
        >>> round(float(model.train_step(x, np.array([0, 0]), learning_rate=0.1)), 4)
        0.6931
        >>> model.dense.kernel
        array([[ 0.05, -0.05],
               [ 0.1 , -0.1 ]])
        """
        raise NotImplementedError("SingleLayerPerceptron.train_step")

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        """Train: go over all samples `epochs` times, one batch after the other, as Neuron.fit does.

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

        >>> model = SingleLayerPerceptron(2, 2)
        >>> model.dense.kernel = np.zeros((2, 2))
        >>> x = np.array([[2.0, 0.0], [0.0, 4.0]])
        >>> history = model.fit(x, np.array([0, 1]), epochs=5, batch_size=2, learning_rate=0.1)
        >>> len(history), round(float(history[0]), 4), bool(history[4] < history[0])
        (5, 0.6931, True)
        """
        raise NotImplementedError("SingleLayerPerceptron.fit")

    def predict(self, x):
        """Inference: the most probable class of each sample.

        Arguments:
            x: floats, shape (n, n_inputs).

        Returns:
            integer labels, shape (n,).

        >>> model = SingleLayerPerceptron(1, 3)
        >>> model.dense.kernel = np.array([[1.0, 0.0, -1.0]])
        >>> model.predict(np.array([[5.0], [-5.0]]))
        array([0, 2])
        """
        raise NotImplementedError("SingleLayerPerceptron.predict")


# %% [markdown]
# ## Look at what it learned
#
# Run `bricks show layer` now (`%show layer` in a notebook): see your ten templates, and the
# digits that they misread. Would you have misread them too? Before any training the loss should
# be close to $\log 10$, the price of guessing among ten: the first picture shows yours.

# %% [markdown]
# ## The same model in Keras


# %%
def keras_layer(n_inputs, n_classes):
    """The same model in Keras: one fully connected layer with the softmax inside.

    Import Keras inside this function. The model takes (n, n_inputs) and needs no compiling. It
    accepts set_weights([kernel, bias]) with the shapes (n_inputs, n_classes) and (n_classes,).

    Returns:
        a Keras model, built, with output shape (n, n_classes).

    >>> model = keras_layer(4, 3)
    >>> model.output_shape
    (None, 3)
    >>> model.count_params()
    15
    """
    raise NotImplementedError("keras_layer")

# %% [markdown]
# # Brick 8: transfer learning
#
# **After this brick you can**
#
# - take what a network has learned for one task, and use it for another;
# - tell new classes apart from a handful of examples, without any training;
# - freeze a body, train a new head on it, and then fine-tune both, in the right order.
#
# **What to know before:** brick 5, and what Keras does when it says `fit`. **Time:** about two
# hours.
#
# ## What is learned once
#
# The first layers of a network that reads digits look for edges, strokes and curves. Nothing in
# them says "3": what the classes are is decided at the very end. So somebody who needs *other*
# classes, and has few examples of them, need not begin with random weights. They cut a trained
# network in two:
#
#     image > | convolutions: the body > features | > head > classes
#
# The *body* turns an image into features, and it stays. The *head* turns features into classes. It
# is replaced. This is *transfer learning*: often the body has seen millions of images, and those
# who use it have a hundred.
#
# Your body is small, and it has seen the digits 0, 1, 2, 3 and 4 only: not one 5, 6, 7, 8 or 9.
# From a hundred labelled images you teach it these five. The last check gives the same images to a
# network of the same size that begins with random weights: yours has to read more.
#
# Everything here is TensorFlow and Keras. Import Keras inside the functions that need it. Images
# and embeddings are NumPy arrays of float32, labels are integers from 0; never change an array that
# you were given; keep the names.

# %%
import numpy as np

# %% [markdown]
# ## The body
#
# A Keras model that was built from layers remembers how its tensors follow from each other. It
# begins at `model.inputs`, and what comes out of the layer named "conv_2" is
# `model.get_layer("conv_2").output`. A new model between any two such places costs nothing. It has
# no weights of its own: it *shares* those of the old one. If one of the two learns, the other has
# learned.


# %%
def body_of(model, layer):
    """The part of a network from its input up to a layer.

    Arguments:
        model: a Keras model with one input, built from layers.
        layer: the name of one of its layers, at its top level; that layer's activation is included.

    Returns:
        a Keras model with the same input, whose output is that of the layer. It shares its weights
        with `model`: there is no copy of them.

    >>> import keras
    >>> model = keras.Sequential([
    ...     keras.Input((8, 8, 1)),
    ...     keras.layers.Conv2D(4, 3, activation="relu", name="conv"),
    ...     keras.layers.Flatten(),
    ...     keras.layers.Dense(2, activation="softmax"),
    ... ])
    >>> body = body_of(model, "conv")
    >>> body.output_shape
    (None, 6, 6, 4)
    >>> body.layers[-1] is model.get_layer("conv")
    True
    """
    raise NotImplementedError("body_of")


# %% [markdown]
# ## Embeddings
#
# What the body says of an image is a list of numbers, and so a place in a space of many
# dimensions: the *embedding* of the image. A good body puts images that look alike near each other.
#
# Using a network is *inference*, and some layers behave differently there. Batch normalisation uses
# the mean and the variance that it has remembered, and leaves them alone; dropout drops nothing.
# Otherwise the embedding of an image would depend on which other images came with it. In Keras,
# `model.predict(x)` and `model(x, training=False)` are inference.


# %%
def embed(body, x):
    """The embedding of each image, by inference.

    Arguments:
        body: a Keras model, whose output for n images has the shape (n, d) or (n, h, w, c).
        x: images, floats in [0, 1], shape (n, height, width, channels).

    Returns:
        floats, shape (n, d): a row for each image, flattened in C order (as NumPy and Keras do).

    Pooling keeps the brightest of every four pixels here:

    >>> import keras
    >>> body = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.MaxPooling2D(2)])
    >>> x = np.zeros((3, 4, 4, 1), np.float32)
    >>> x[1, 0, 3] = 0.5
    >>> embed(body, x)
    array([[0. , 0. , 0. , 0. ],
           [0. , 0.5, 0. , 0. ],
           [0. , 0. , 0. , 0. ]], dtype=float32)
    """
    raise NotImplementedError("embed")


# %% [markdown]
# ## Nearest neighbours: new classes without training
#
# If images that look alike lie near each other, then a new class needs no training at all. Embed
# the labelled images once. For a new image, the *query*, look which of them lie nearest, and let
# these vote. Near means the Euclidean distance between two embeddings:
#
# $$d(a, b) = \sqrt{\sum_i (a_i - b_i)^2}$$
#
# Four labelled images, embedded in two dimensions, and the query (1, 1):
#
#     embedding   label   distance from (1, 1)
#      (1, 3)       0      2.00
#      (4, 1)       1      3.00
#      (3, 4)       1      3.61
#      (6, 6)       0      7.07
#
# With k = 1 the nearest decides: label 0. With k = 3 the votes are 0, 1, 1: label 1. With k = 4
# there are two votes for each. Then the nearest of those tied decides, so it is label 0 again.


# %%
def nearest(embeddings, labels, queries, k=3):
    """The label of each query: what most of its k nearest embeddings have.

    A tie goes to the label, of those tied, that the nearest of these embeddings has.

    Arguments:
        embeddings: floats, shape (n, d), of the labelled images.
        labels: their labels, integers from 0, shape (n,).
        queries: floats, shape (m, d). One of them may well be equal to an embedding.
        k: how many neighbours vote, from 1 to n. No two distances are equal.

    Returns:
        integer labels, shape (m,).

    >>> embeddings = np.array([[1, 3], [4, 1], [3, 4], [6, 6]], np.float32)
    >>> labels = np.array([0, 1, 1, 0])
    >>> query = np.array([[1, 1]], np.float32)
    >>> [int(nearest(embeddings, labels, query, k)[0]) for k in (1, 3, 4)]
    [0, 1, 0]
    """
    raise NotImplementedError("nearest")


# %% [markdown]
# ## A new head on a frozen body
#
# Neighbours weigh all features alike. A layer can learn which of them matter: a new *head*, a dense
# layer with softmax on top of the body.
#
# At first the head's weights are random, and so are the gradients that come out of it. If they
# reached the body, they would spoil what it knows. So the body is *frozen*:
# `body.trainable = False` holds all its weights, whatever is trained. That goes for the mean and
# variance of its batch normalisation too. No gradient moves these: they follow the batches. In
# Keras, a frozen batch normalisation works as in inference.
#
# A Keras model is called like a layer: `body(images)`, where `images` is a `keras.Input` or the
# output of another layer, puts it into a larger model.
#
# `compile` notes which weights are to be trained. Freeze before it, not after.


# %%
def with_new_head(body, n_classes):
    """A model for other classes: the body, frozen, and a new head on it.

    The body itself is in the model, not a copy. `body.trainable = False` freezes it (and so the
    model that it was taken from): no training of the new model moves any of its weights, the
    statistics of batch normalisation included. The head is yours to design. It learns.

    Arguments:
        body: a Keras model whose output is maps, (n, h, w, c).
        n_classes: how many classes the head tells apart.

    Returns:
        a Keras model for the images of the body, compiled for *integer* labels, with a softmax over
        the classes at its end.

    >>> import keras
    >>> body = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(4, 3)])
    >>> model = with_new_head(body, 3)
    >>> model.output_shape, body.trainable
    ((None, 3), False)
    >>> kernel, bias = body.get_weights()
    >>> history = model.fit(np.ones((6, 8, 8, 1)), np.array([0, 1, 2, 0, 1, 2]), verbose=0)
    >>> bool(np.all(body.get_weights()[0] == kernel))
    True
    """
    raise NotImplementedError("with_new_head")


# %% [markdown]
# ## Fine-tuning
#
# The body knows 0 to 4. A little of what it does may serve 5 to 9 even better. Once the head has
# learned, its gradients mean something, and the body may learn as well:
#
# 1. Train the head, with the body frozen. Its steps may be large.
# 2. Set `body.trainable = True`, compile again (Keras notes only then what is to be trained), and
#    train both in *small* steps: a learning rate a hundred times smaller, say.
#
# The order matters, and so does the size of the steps. A hundred images can teach the body a
# little. In large steps they make it forget what thousands had taught it.
#
# `body.trainable = True` wakes batch normalisation too: from then on, in training, its mean and
# variance follow the batches again. Where that is not wanted, set `trainable = False` for these
# layers once more, before you compile: then they stay as they are.


# %%
def fine_tune(model, body, x, y_true, seed=0):
    """Train a model with a frozen body in place: first its head, then the body as well.

    The body's kernels move in small steps. With k all of their entries as one vector, in the end
    norm(k_after - k_before) < 0.3 norm(k_before).

    Arguments:
        model: a compiled Keras model with the frozen `body` in it and a new head on it, as
            with_new_head returns it. It is changed: it learns. You may compile it again.
        body: the Keras model that is its body.
        x: images, floats in [0, 1], shape (n, h, w, channels).
        y_true: integer labels, shape (n,).
        seed: an integer that decides everything random in the training. Here seeding globally is
            right: keras.utils.set_random_seed(seed).

    Returns:
        whatever you like; the result is the trained model.

    Squares that are bright on the left, or on the right:

    >>> import keras
    >>> body = keras.Sequential([keras.Input((6, 6, 1)), keras.layers.Conv2D(4, 3)])
    >>> x = np.zeros((32, 6, 6, 1), np.float32)
    >>> x[:16, :, :3] = 1.0
    >>> x[16:, :, 3:] = 1.0
    >>> model = with_new_head(body, 2)
    >>> history = fine_tune(model, body, x, np.repeat([0, 1], 16))
    >>> model.predict(x, verbose=0).argmax(axis=1)[[0, 31]]
    array([0, 1])
    """
    raise NotImplementedError("fine_tune")


# %% [markdown]
# ## Look at what it knows
#
# Run `bricks show transfer` (`%show transfer` in a notebook): the digits 5 to 9 as the body sees
# them, which has never met one; the nearest neighbours of some of them; and how many labelled
# images training from scratch needs to reach what transfer reaches with few.
#
# Where does transfer stop? A body can only pass on what it has learned. Strokes serve for every
# digit. For clothes, in Fashion-MNIST, they may serve less; if your instructor names its files, the
# last picture shows how much.

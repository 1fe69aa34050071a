# %% [markdown]
# # Brick 7: hierarchies of features
#
# **After this brick you can**
#
# - take the feature maps of any layer out of a Keras model;
# - say how much of the image one entry of a map sees, and find the patches that excite it most;
# - show what a unit would like best, and which pixels of an image speak for a label.
#
# **What to know before:** the five bricks, and what `tf.GradientTape` does; read "The tape" in
# brick 6. No file of another brick is used here. **Time:** about two hours.
#
# ## What has it learned?
#
# A network that reads digits is a few thousand numbers. Nobody wrote them, and nobody can read
# them. Brick 5 told what they are said to be, a *hierarchy of features*:
#
#     pixel > edge > texton > motif > part > object
#
# Here you look for yourself. Six functions, each a question to a trained network:
#
# | function | question |
# |---|---|
# | `feature_maps` | what does this layer say of my image? |
# | `receptive_field` | how much of the image does one entry of a map see? |
# | `top_patches` | which pieces of real images excite this unit most? |
# | `preferred_input` | which image would it like best of all? |
# | `saliency` | which pixels would change the answer most? |
# | `occlusion` | which part of the image can it not do without? |
#
# A *unit* is a filter: the convolutional twin of a unit of brick 2. It gives one map of the layer's
# output.
#
# The models here are Keras models, built and trained, with one input of shape (n, h, w, c), and
# they are not yours: look, and leave them as they are. Images are float32 arrays, labels are
# integers from 0. Import Keras and TensorFlow inside the functions. What you return may be arrays
# or tensors. Never change an array that you were given; keep the names.

# %%
import numpy as np

# %% [markdown]
# ## Feature maps
#
# A Keras model knows each of its layers by name, and each layer knows its output. A model that ends
# there is a model like any other: `keras.Model(inputs, outputs)` makes it, and it *shares* the
# weights of the one that it was cut from. (Keras may warn that "the structure of `inputs` doesn't
# match the expected structure": it computes the right thing all the same.)
#
# The output of a layer has its activation in it: after `Conv2D(8, 3, activation="relu")`, no entry
# is below 0.


# %%
def feature_maps(model, layer, x):
    """What a layer gives for these images, its own activation included.

    As at inference: a layer like dropout does nothing.

    Arguments:
        model: a Keras model.
        layer: the name of one of its layers that gives maps.
        x: images, floats, shape (n, h, w, c).

    Returns:
        the maps, floats, shape (n, h', w', filters).

    A filter that adds up four neighbours and takes 3 off, with ReLU, on an image whose last column
    is 0:

    >>> import keras
    >>> image = keras.Input((3, 3, 1))
    >>> sums = keras.layers.Conv2D(1, 2, activation="relu", name="sums")
    >>> model = keras.Model(image, keras.layers.Flatten()(sums(image)))
    >>> sums.set_weights([np.ones((2, 2, 1, 1)), np.array([-3.0])])
    >>> x = np.array([[1, 1, 0], [1, 1, 0], [1, 1, 0]], np.float32).reshape(1, 3, 3, 1)
    >>> np.array(feature_maps(model, "sums", x)).tolist()
    [[[[1.0], [0.0]], [[1.0], [0.0]]]]
    """
    raise NotImplementedError("feature_maps")


# %% [markdown]
# ## The receptive field
#
# One entry of the first map sees as many pixels as its filter is wide. One entry of the second map
# sees a few entries of the first, and through them more pixels. Layer after layer, the square of
# pixels that one entry sees grows: this is its **receptive field**.
#
# Follow one row of pixels. Before any layer an entry *is* a pixel: it sees `size = 1`, and its
# neighbour lies `step = 1` pixel further. A layer with a kernel of $k$ and strides of $s$ takes in
# $k$ neighbours: the first with all that it sees, and each of the others adds one step. And its own
# neighbours lie $s$ times as far apart:
#
# $$\text{size} \leftarrow \text{size} + (k - 1) \cdot \text{step} \qquad
# \text{step} \leftarrow \text{step} \cdot s$$
#
# in this order, for the layer looks at the entries before it. A pooling of 2 is a layer with
# $k = 2$ and $s = 2$. An example:
#
# | layer | k | s | size | step |
# |---|---|---|---|---|
# | the image itself | | | 1 | 1 |
# | convolution | 3 | 1 | 1 + 2 · 1 = 3 | 1 |
# | max pooling | 2 | 2 | 3 + 1 · 1 = 4 | 2 |
# | convolution | 3 | 1 | 4 + 2 · 2 = 8 | 2 |
# | max pooling | 2 | 2 | 8 + 1 · 2 = 10 | 4 |
# | convolution | 3 | 1 | 10 + 2 · 4 = 18 | 4 |
#
# Each convolution has the same little kernel of 3 x 3, and the last one sees 18 x 18 pixels.


# %%
def receptive_field(layers):
    """How many pixels wide the square is that one entry of the last map sees, and its step.

    Arguments:
        layers: (kernel_size, strides) of each layer, from the input on; at least one.

    Returns:
        (size, step): the width of the square in pixels, and by how many pixels the square moves
        from one entry of the last map to the next. Two integers.

    >>> receptive_field([(3, 1)])
    (3, 1)
    >>> receptive_field([(3, 1), (2, 2), (3, 1), (2, 2), (3, 1)])
    (18, 4)
    """
    raise NotImplementedError("receptive_field")


# %% [markdown]
# ## The patches that excite a unit most
#
# The simplest way to learn what a unit is for: show it many images, and keep the pieces to which it
# answered most strongly. Entry (i, j) of its map saw the square that begins at pixel
# (i · step, j · step), as long as no layer pads. So the strongest entry of a map leads back to the
# pixels that made it:
#
#     map entry (2, 3), size 8, step 2   ->   rows 4 to 11, columns 6 to 13
#
# Take the strongest place of *each* image, and then the images with the strongest places. Else all
# patches may come from one image, each a pixel beside the next.


# %%
def top_patches(model, layer, unit, images, k, size, step):
    """The pieces of these images to which a unit answers most strongly, strongest first.

    At most one from each image. No layer of the model pads.

    Arguments:
        model: a Keras model.
        layer: the name of a layer that gives maps.
        unit: an integer: which of its filters.
        images: floats, shape (n, h, w, c).
        k: how many patches; at most n.
        size, step: of the layer's receptive field.

    Returns:
        (patches, places): the pieces of the images, shape (k, size, size, c), and where they are,
        integers of shape (k, 3): image, and row and column of the patch's first pixel in it.

    A unit that adds up four neighbours, and two images with a bright spot each. Each
    strongest entry is that of the only window that holds both a spot and its fainter neighbour:

    >>> import keras
    >>> image = keras.Input((4, 5, 1))
    >>> sums = keras.layers.Conv2D(1, 2, use_bias=False, name="sums")
    >>> model = keras.Model(image, sums(image))
    >>> sums.set_weights([np.ones((2, 2, 1, 1))])
    >>> images = np.zeros((2, 4, 5, 1), np.float32)
    >>> images[0, 1, 2], images[0, 2, 3] = 3, 1
    >>> images[1, 3, 4], images[1, 2, 3] = 6, 2
    >>> patches, places = top_patches(model, "sums", 0, images, k=2, size=2, step=1)
    >>> np.array(places).tolist()
    [[1, 2, 3], [0, 1, 2]]
    >>> np.array(patches)[0, :, :, 0].tolist()
    [[2.0, 0.0], [0.0, 6.0]]
    """
    raise NotImplementedError("top_patches")


# %% [markdown]
# ## The input that a unit would like best
#
# Real images hold much that a unit does not care for. So ask the unit itself: begin with noise, and
# change the *image* so that the unit answers more strongly. This is training turned round. There
# the gradient of the loss told how to change the weights, and the image stayed; here the gradient
# of the activation tells how to change the image, and the weights stay. An image is no
# `tf.Variable`: tell the tape with `tape.watch(x)`, `x` a tensor. And we climb:
#
# $$g = \frac{\partial\, a}{\partial x} \qquad
# x \leftarrow \text{clip}\left(x + \eta\, \frac{g}{\text{rms}(g)},\, 0,\, 1\right)$$
#
# with $a$ the mean of the unit's map and $\eta$ the step size. The gradient is *normalised*, here
# by its root mean square: in the mean of a large map a single pixel has a small share, in that of a
# small map a large one, and no one step size would serve both. To divide it by its largest size, or
# to take its sign alone, is as good. Where it is all zero, the image stays: keep from dividing by
# zero, with a small number added to the root mean square, say. Then the image is *clipped*: pixels
# stay between 0 and 1.
#
# An example: for $g = (3, -4)$ the root mean square is $\sqrt{(9 + 16) / 2} = 3.54$, so $g$ becomes
# (0.85, -1.13). With $\eta = 0.1$ the pixels (0.5, 0.5) become (0.585, 0.387).


# %%
def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
    """An image that excites a unit strongly, by gradient ascent on its mean activation.

    Each step adds `step_size` times the normalised gradient to the image and clips it to [0, 1]:
    the gradient divided by its root mean square, or by the largest size in it, or its sign. The
    model stays as it is: its weights, and what of them is trainable.

    Arguments:
        model: a Keras model.
        layer: the name of a layer that gives maps.
        unit: an integer: which of its filters.
        steps: how many steps.
        step_size: how far each goes.
        seed: an integer that decides the image of noise to begin with; which noise is up to you.
            NumPy's global random state is left alone.

    Returns:
        one image, floats in [0, 1], shape (h, w, c) of the model's input.

    A unit that likes the left pixel of a pair and dislikes the right one:

    >>> import keras
    >>> image = keras.Input((2, 4, 1))
    >>> pairs = keras.layers.Conv2D(1, (1, 2), strides=(1, 2), name="pairs")
    >>> model = keras.Model(image, pairs(image))
    >>> pairs.set_weights([np.array([[[[1.0]], [[-1.0]]]]), np.zeros(1)])
    >>> np.array(preferred_input(model, "pairs", 0, steps=20))[:, :, 0].tolist()
    [[1.0, 0.0, 1.0, 0.0], [1.0, 0.0, 1.0, 0.0]]
    """
    raise NotImplementedError("preferred_input")


# %% [markdown]
# ## Saliency: which pixels would change the answer most?
#
# Now one image and one answer. The gradient of the label's log-probability says, for each pixel,
# how much the network's belief would change if this pixel changed a little. Its *size* is the
# pixel's **saliency**: whether brighter or darker would help, the pixel matters. In an image with
# several channels, a pixel matters as much as the channel that matters most.
#
# $$s_{ij} = \max_c \left| \frac{\partial \log p_{\text{label}}}{\partial x_{ijc}} \right|$$
#
# The logarithm has a reason. Where the network gives the label almost no probability, $p$ hardly
# moves whatever you do; $\log p$ still does. Where it is quite sure of the label, both gradients
# are nearly 0. And the label need not be the network's own answer: ask what speaks for 4 in an
# image that it reads as 9.
#
# The tape again: `tape.watch(x)`, as above. Each row of the probabilities has a label of its own:
# `tf.gather(probabilities, labels, axis=1, batch_dims=1)` picks one entry of each row. So does the
# sum over each row of the probabilities times `tf.one_hot(labels, n_classes)`.


# %%
def saliency(model, x, labels):
    """How much each pixel matters for the label: the size of the log-probability's gradient.

    Each image for itself: what it gets does not depend on the others.

    Arguments:
        model: a Keras model whose output is one probability for each class, shape (n, n_classes).
        x: images, floats, shape (n, h, w, c).
        labels: integers, one for each image, shape (n,): the class that is asked about.

    Returns:
        floats of 0 and more, shape (n, h, w): the largest over the channels.

    Two pixels, two classes. The scores are 3 times the first pixel for class 0, and 0 for class 1;
    both are equal here, so p is 0.5, and log p of class 0 grows by 3 (1 - 0.5):

    >>> import keras
    >>> image = keras.Input((1, 2, 1))
    >>> dense = keras.layers.Dense(2, activation="softmax")
    >>> model = keras.Model(image, dense(keras.layers.Flatten()(image)))
    >>> dense.set_weights([np.array([[3.0, 0.0], [0.0, 0.0]]), np.zeros(2)])
    >>> np.array(saliency(model, np.zeros((1, 1, 2, 1), np.float32), np.array([0]))).tolist()
    [[[1.5, 0.0]]]
    """
    raise NotImplementedError("saliency")


# %% [markdown]
# ## Occlusion: what can it not do without?
#
# A gradient speaks of small changes. A plainer question: cover a square of the image, and read the
# probability of the label. Move the square by one pixel, and ask again. Where the probability
# falls, the square covered what the answer rests on.
#
# A square of `size` pixels fits into h rows at h - size + 1 places, from row 0 on: the result has
# the shape (h - size + 1, w - size + 1). For 28 x 28 pixels and a square of 7 these are 22 x 22
# questions, and one call of the model can answer them all, as one batch.


# %%
def occlusion(model, x, label, size=7, value=0.0):
    """The label's probability with a square of the image covered, for each place of the square.

    Arguments:
        model: a Keras model whose output is one probability for each class.
        x: one image, floats, shape (h, w, c). It stays as it is.
        label: an integer: the class that is asked about.
        size: how many pixels wide the square is.
        value: what the covered pixels are, in all channels. 0 is the paper: such a square erases
            ink.

    Returns:
        probabilities, shape (h - size + 1, w - size + 1): entry (i, j) is that of the image in
        which the square covers the rows from i on and the columns from j on.

    Three pixels in a row. Class 1 has the score of the middle one, 2, and class 0 has 0:

    >>> import keras
    >>> image = keras.Input((1, 3, 1))
    >>> dense = keras.layers.Dense(2, activation="softmax")
    >>> model = keras.Model(image, dense(keras.layers.Flatten()(image)))
    >>> dense.set_weights([np.array([[0.0, 0.0], [0.0, 1.0], [0.0, 0.0]]), np.zeros(2)])
    >>> x = np.array([1, 2, 3], np.float32).reshape(1, 3, 1)
    >>> np.array(occlusion(model, x, 1, size=1), float).round(2).tolist()
    [[0.88, 0.5, 0.88]]
    """
    raise NotImplementedError("occlusion")


# %% [markdown]
# ## See the hierarchy
#
# Run `bricks show features` now (`%show features` in a notebook). It trains a small network of five
# convolutions for some seconds and asks it your six questions: how the receptive fields grow from 3
# pixels to all 28, what excites the units of each layer, what they would like best, and what a
# digit's answer rests on. Is it the hierarchy of brick 5? Real networks are less tidy than the six
# words; look where yours agrees with them, and where it does not.

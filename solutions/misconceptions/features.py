"""What goes wrong in features.py."""

import numpy as np

from grader.misconception import misconception


@misconception(
    "The maps are those before the layer's activation.",
    "A layer with ReLU hands its maps on: can the next one find a number below 0 in them?",
    idea="hierarchy of features",
)
def activation_left_out(features):
    def feature_maps(model, layer, x):
        import keras

        own = model.get_layer(layer)
        taken_in = keras.Model(model.inputs[0], own.input)(x, training=False)
        return np.array(own.convolution_op(taken_in, own.kernel) + own.bias)

    features.feature_maps = feature_maps


@misconception(
    "The maps are those of the layer after the one that was asked for.",
    "Which layer has the name that you were given?",
    idea="hierarchy of features",
)
def layer_after(features):
    correct = features.feature_maps

    def feature_maps(model, layer, x):
        names = [one.name for one in model.layers]
        return correct(model, names[names.index(layer) + 1], x)

    features.feature_maps = feature_maps


@misconception(
    "The maps are what the layer takes in, not what it gives.",
    "On which side of a filter do its answers come out?",
    idea="hierarchy of features",
)
def input_of_the_layer(features):
    def feature_maps(model, layer, x):
        import keras

        part = keras.Model(model.inputs[0], model.get_layer(layer).input)
        return np.array(part(x, training=False))

    features.feature_maps = feature_maps


@misconception(
    "The maps are always those of the first convolution, whichever layer was asked for.",
    "What does your function do with the name of the layer?",
    idea="hierarchy of features",
)
def first_layer_always(features):
    correct = features.feature_maps

    def feature_maps(model, layer, x):
        return correct(model, model.layers[1].name, x)

    features.feature_maps = feature_maps


@misconception(
    "The model runs as in training: dropout puts out half of what it is given.",
    "Is somebody training the network while you look at it?",
    idea="training and inference",
)
def dropout_while_looking(features):
    def feature_maps(model, layer, x):
        import keras

        part = keras.Model(model.inputs[0], model.get_layer(layer).output)
        return np.array(part(x, training=True))

    features.feature_maps = feature_maps


@misconception(
    "What comes back are the model's predictions, not the maps of a layer inside.",
    "How many axes does a map have, and where in the model is it made?",
    idea="hierarchy of features",
)
def predictions_for_maps(features):
    features.feature_maps = lambda model, layer, x: np.array(model(x, training=False))


@misconception(
    "Only the first image gets its maps.",
    "For how many images were you asked?",
    idea="batch",
)
def maps_of_one_image(features):
    correct = features.feature_maps
    features.feature_maps = lambda model, layer, x: correct(model, layer, x[:1])


@misconception(
    "The filters come before the rows and columns: channels first.",
    "Keras keeps the channels of an image on which axis?",
    idea="images",
)
def filters_first(features):
    correct = features.feature_maps

    def feature_maps(model, layer, x):
        return correct(model, layer, x).transpose(0, 3, 1, 2)

    features.feature_maps = feature_maps


@misconception(
    "Each layer adds its kernel as if the entries before it lay one pixel apart.",
    "Behind a pooling of 2, how many pixels does a filter of 3 span?",
    idea="receptive field",
)
def size_without_strides(features):
    def receptive_field(layers):
        size, step = 1, 1
        for kernel_size, strides in layers:
            size += kernel_size - 1
            step *= strides
        return size, step

    features.receptive_field = receptive_field


@misconception(
    "The strides are added up, and they multiply.",
    "After two poolings of 2 each: by how many pixels are neighbours apart?",
    idea="receptive field",
)
def strides_summed(features):
    def receptive_field(layers):
        size, step = 1, 1
        for kernel_size, strides in layers:
            size += (kernel_size - 1) * step
            step += strides
        return size, step

    features.receptive_field = receptive_field


@misconception(
    "The step is the last layer's stride alone; the layers before it are forgotten.",
    "Entries of the last map lie one entry of the map before apart: how many pixels is that?",
    idea="receptive field",
)
def step_of_last_layer(features):
    def receptive_field(layers):
        size, step = 1, 1
        for kernel_size, strides in layers:
            size += (kernel_size - 1) * step
            step *= strides
        return size, layers[-1][1]

    features.receptive_field = receptive_field


@misconception(
    "The last layer's own stride is missing in the step.",
    "Does the stride of a layer move the entries of its own map apart?",
    idea="receptive field",
)
def step_without_last_layer(features):
    correct = features.receptive_field

    def receptive_field(layers):
        size, step = correct(layers)
        return size, step // layers[-1][1]

    features.receptive_field = receptive_field


@misconception(
    "Each layer adds a whole kernel: the first of its entries is counted twice.",
    "One layer of 3 sees 3 pixels. How many does your formula give for it?",
    idea="receptive field",
)
def whole_kernel_added(features):
    def receptive_field(layers):
        size, step = 1, 1
        for kernel_size, strides in layers:
            size += kernel_size * step
            step *= strides
        return size, step

    features.receptive_field = receptive_field


@misconception(
    "The count begins with 0 pixels: every field is one pixel too small.",
    "How many pixels does a pixel see, before any layer?",
    idea="receptive field",
)
def size_begins_at_zero(features):
    correct = features.receptive_field

    def receptive_field(layers):
        size, step = correct(layers)
        return size - 1, step

    features.receptive_field = receptive_field


@misconception(
    "A layer's own stride counts already when its kernel is laid on the map before.",
    "How far apart are the entries that the kernel looks at?",
    idea="receptive field",
)
def own_stride_first(features):
    def receptive_field(layers):
        size, step = 1, 1
        for kernel_size, strides in layers:
            step *= strides
            size += (kernel_size - 1) * step
        return size, step

    features.receptive_field = receptive_field


@misconception(
    "The layers are taken from the last to the first.",
    "Which layer looks at the pixels?",
    idea="receptive field",
)
def layers_reversed(features):
    correct = features.receptive_field
    features.receptive_field = lambda layers: correct(layers[::-1])


@misconception(
    "The kernel sizes are multiplied, as if no two neighbours shared a pixel.",
    "Two filters of 3, one on the other: do neighbours of the first see different pixels?",
    idea="receptive field",
)
def kernels_multiplied(features):
    def receptive_field(layers):
        sizes, strides = zip(*layers, strict=True)
        return int(np.prod(sizes)), int(np.prod(strides))

    features.receptive_field = receptive_field


@misconception(
    "Size and step are swapped.",
    "Which of the two numbers should come first?",
    idea="receptive field",
)
def step_before_size(features):
    correct = features.receptive_field
    features.receptive_field = lambda layers: correct(layers)[::-1]


@misconception(
    "The patches are cut at the map's entries, without the step from entry to pixel.",
    "Entry (2, 3) of a map with step 4: at which row of the image does its square begin?",
    idea="receptive field",
)
def patches_without_step(features):
    correct = features.top_patches

    def top_patches(model, layer, unit, images, k, size, step):
        return correct(model, layer, unit, images, k, size, 1)

    features.top_patches = top_patches


@misconception(
    "The places are entries of the map; the pixels of the image were wanted.",
    "In what are the row and column of a patch counted?",
    idea="receptive field",
)
def places_in_the_map(features):
    correct = features.top_patches

    def top_patches(model, layer, unit, images, k, size, step):
        patches, places = correct(model, layer, unit, images, k, size, step)
        return patches, places // [1, step, step]

    features.top_patches = top_patches


@misconception(
    "Several patches come from one image.",
    "How often may an image occur among the patches?",
    idea="hierarchy of features",
)
def several_of_one_image(features):
    def top_patches(model, layer, unit, images, k, size, step):
        maps = features.feature_maps(model, layer, images)[..., unit]
        strongest = np.argsort(-maps.ravel())[:k]
        places = np.stack(np.unravel_index(strongest, maps.shape), axis=1) * [1, step, step]
        patches = np.stack([images[i, r : r + size, c : c + size] for i, r, c in places])
        return patches, places

    features.top_patches = top_patches


@misconception(
    "The patches come from the images that excite the unit least.",
    "In which order does sorting put the strengths?",
    idea="hierarchy of features",
)
def weakest_images(features):
    def top_patches(model, layer, unit, images, k, size, step):
        maps = features.feature_maps(model, layer, images)[..., unit]
        entries = maps.reshape(len(maps), -1)
        weakest = np.argsort(entries.max(axis=1))[:k]
        rows, columns = np.divmod(entries[weakest].argmax(axis=1), maps.shape[2])
        places = np.stack([weakest, rows * step, columns * step], axis=1)
        patches = np.stack([images[i, r : r + size, c : c + size] for i, r, c in places])
        return patches, places

    features.top_patches = top_patches


@misconception(
    "The right patches, the weakest of them first.",
    "Which of the patches should come first?",
    idea="hierarchy of features",
)
def strongest_last(features):
    correct = features.top_patches

    def top_patches(model, layer, unit, images, k, size, step):
        patches, places = correct(model, layer, unit, images, k, size, step)
        return patches[::-1], places[::-1]

    features.top_patches = top_patches


@misconception(
    "The patches come in the order of their images: nobody ranked them.",
    "Which of the images excite the unit most?",
    idea="hierarchy of features",
)
def images_not_ranked(features):
    correct = features.top_patches

    def top_patches(model, layer, unit, images, k, size, step):
        return correct(model, layer, unit, images[:k], k, size, step)[0], np.array(
            sorted(correct(model, layer, unit, images[:k], k, size, step)[1].tolist())
        )

    features.top_patches = top_patches


@misconception(
    "The units are counted from 1: the patches are those of the unit before.",
    "Which number has the first filter of a layer?",
    idea="hierarchy of features",
)
def unit_before(features):
    correct = features.top_patches

    def top_patches(model, layer, unit, images, k, size, step):
        return correct(model, layer, unit - 1, images, k, size, step)

    features.top_patches = top_patches


@misconception(
    "One place serves for all images: the one that is strongest over the whole batch.",
    "Does every image hold its best piece at the same place?",
    idea="batch",
)
def one_place_for_all(features):
    def top_patches(model, layer, unit, images, k, size, step):
        maps = features.feature_maps(model, layer, images)[..., unit]
        row, column = divmod(int(maps.max(axis=0).argmax()), maps.shape[2])
        strongest = np.argsort(-maps.max(axis=(1, 2)))[:k]
        places = np.stack([[i, row * step, column * step] for i in strongest])
        patches = np.stack([images[i, r : r + size, c : c + size] for i, r, c in places])
        return patches, places

    features.top_patches = top_patches


@misconception(
    "Row and column of the places are swapped.",
    "Which of the two counts from the top?",
    idea="images",
)
def row_and_column_swapped(features):
    correct = features.top_patches

    def top_patches(model, layer, unit, images, k, size, step):
        patches, places = correct(model, layer, unit, images, k, size, step)
        return patches, places[:, [0, 2, 1]]

    features.top_patches = top_patches


@misconception(
    "The flat index of the strongest entry is divided by the map's height, not by its width.",
    "Row by row: after how many entries does the second row begin?",
    idea="images",
)
def divided_by_the_height(features):
    def top_patches(model, layer, unit, images, k, size, step):
        maps = features.feature_maps(model, layer, images)[..., unit]
        entries = maps.reshape(len(maps), -1)
        strongest = np.argsort(-entries.max(axis=1))[:k]
        rows, columns = np.divmod(entries[strongest].argmax(axis=1), maps.shape[1])
        places = np.stack([strongest, rows * step, columns * step], axis=1)
        patches = np.zeros((k, size, size, images.shape[-1]), images.dtype)
        for patch, (i, r, c) in zip(patches, places, strict=True):
            piece = images[i, r : r + size, c : c + size]
            patch[: piece.shape[0], : piece.shape[1]] = piece
        return patches, places

    features.top_patches = top_patches


@misconception(
    "The images are ranked by the mean of the map, not by its strongest entry.",
    "A patch is one piece of an image: what does the rest of the image have to do with it?",
    idea="hierarchy of features",
)
def ranked_by_the_mean(features):
    def top_patches(model, layer, unit, images, k, size, step):
        maps = features.feature_maps(model, layer, images)[..., unit]
        entries = maps.reshape(len(maps), -1)
        strongest = np.argsort(-entries.mean(axis=1))[:k]
        rows, columns = np.divmod(entries[strongest].argmax(axis=1), maps.shape[2])
        places = np.stack([strongest, rows * step, columns * step], axis=1)
        patches = np.stack([images[i, r : r + size, c : c + size] for i, r, c in places])
        return patches, places

    features.top_patches = top_patches


@misconception(
    "The image moves down the gradient: the unit likes it less with each step.",
    "Training goes down the gradient of a loss. Of what is this the gradient?",
    idea="gradient",
)
def descent_for_ascent(features):
    correct = features.preferred_input

    def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
        return correct(model, layer, unit, steps, -step_size, seed)

    features.preferred_input = preferred_input


@misconception(
    "The gradient is added as it is: it is not normalised.",
    "How large is the gradient of a mean over a whole map, and how far does one step get?",
    idea="gradient",
)
def gradient_not_normalised(features):
    def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
        import keras
        import tensorflow as tf

        part = keras.Model(model.inputs[0], model.get_layer(layer).output)
        start = np.random.default_rng(seed).uniform(0.4, 0.6, size=(1, *model.input_shape[1:]))
        x = tf.constant(start, tf.float32)
        for _ in range(steps):
            with tf.GradientTape() as tape:
                tape.watch(x)
                activation = tf.reduce_mean(part(x, training=False)[..., unit])
            x = tf.clip_by_value(x + step_size * tape.gradient(activation, x), 0.0, 1.0)
        return x[0].numpy()

    features.preferred_input = preferred_input


@misconception(
    "The gradient is divided by its length, the root of the sum of squares, not of their mean.",
    "With twice as many pixels, should each of them move less?",
    idea="gradient",
)
def divided_by_the_length(features):
    correct = features.preferred_input

    def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
        n_pixels = np.prod(model.input_shape[1:])
        return correct(model, layer, unit, steps, float(step_size / np.sqrt(n_pixels)), seed)

    features.preferred_input = preferred_input


@misconception(
    "The image is never clipped: its pixels leave the range from 0 to 1.",
    "How bright may a pixel become?",
    idea="images",
)
def pixels_not_clipped(features):
    def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
        import keras
        import tensorflow as tf

        part = keras.Model(model.inputs[0], model.get_layer(layer).output)
        start = np.random.default_rng(seed).uniform(0.4, 0.6, size=(1, *model.input_shape[1:]))
        x = tf.constant(start, tf.float32)
        for _ in range(steps):
            with tf.GradientTape() as tape:
                tape.watch(x)
                activation = tf.reduce_mean(part(x, training=False)[..., unit])
            gradient = tape.gradient(activation, x)
            x += step_size * gradient / (tf.sqrt(tf.reduce_mean(gradient**2)) + 1e-8)
        return x[0].numpy()

    features.preferred_input = preferred_input


@misconception(
    "The image is made for all units of the layer together.",
    "Whose wish was asked for?",
    idea="hierarchy of features",
)
def all_units_together(features):
    def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
        import keras
        import tensorflow as tf

        part = keras.Model(model.inputs[0], model.get_layer(layer).output)
        start = np.random.default_rng(seed).uniform(0.4, 0.6, size=(1, *model.input_shape[1:]))
        x = tf.constant(start, tf.float32)
        for _ in range(steps):
            with tf.GradientTape() as tape:
                tape.watch(x)
                activation = tf.reduce_mean(part(x, training=False))
            gradient = tape.gradient(activation, x)
            gradient /= tf.sqrt(tf.reduce_mean(gradient**2)) + 1e-8
            x = tf.clip_by_value(x + step_size * gradient, 0.0, 1.0)
        return x[0].numpy()

    features.preferred_input = preferred_input


@misconception(
    "Only the map's largest entry climbs, not its mean: most of the image stays noise.",
    "Which part of the image can the gradient of one single entry reach?",
    idea="gradient",
)
def largest_entry_for_mean(features):
    def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
        import keras
        import tensorflow as tf

        part = keras.Model(model.inputs[0], model.get_layer(layer).output)
        start = np.random.default_rng(seed).uniform(0.4, 0.6, size=(1, *model.input_shape[1:]))
        x = tf.constant(start, tf.float32)
        for _ in range(steps):
            with tf.GradientTape() as tape:
                tape.watch(x)
                activation = tf.reduce_max(part(x, training=False)[..., unit])
            gradient = tape.gradient(activation, x)
            gradient /= tf.sqrt(tf.reduce_mean(gradient**2)) + 1e-8
            x = tf.clip_by_value(x + step_size * gradient, 0.0, 1.0)
        return x[0].numpy()

    features.preferred_input = preferred_input


@misconception(
    "The unit that climbs is one of the layer after.",
    "Which layer has the name that you were given?",
    idea="hierarchy of features",
)
def wish_of_the_layer_after(features):
    correct = features.preferred_input

    def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
        names = [one.name for one in model.layers]
        after = names[names.index(layer) + 1]
        return correct(model, after, unit, steps, step_size, seed)

    features.preferred_input = preferred_input


@misconception(
    "The unit that climbs is the one before the one that was asked for.",
    "Which number has the first filter of a layer?",
    idea="hierarchy of features",
)
def wish_of_the_unit_before(features):
    correct = features.preferred_input

    def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
        return correct(model, layer, unit - 1, steps, step_size, seed)

    features.preferred_input = preferred_input


@misconception(
    "The model's weights climb along with the image: the network was changed.",
    "What may a question to a network change in it?",
    idea="gradient",
)
def weights_climb_too(features):
    correct = features.preferred_input

    def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
        image = correct(model, layer, unit, steps, step_size, seed)
        kernel = model.get_layer(layer).kernel
        kernel.assign(kernel + step_size * np.array(kernel))
        return image

    features.preferred_input = preferred_input


@misconception(
    "The model comes back frozen: its layers are no longer trainable.",
    "Whoever trains this model next week: what will happen?",
    idea="training and inference",
)
def model_left_frozen(features):
    correct = features.preferred_input

    def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
        model.trainable = False
        return correct(model, layer, unit, steps, step_size, seed)

    features.preferred_input = preferred_input


@misconception(
    "The image comes back as a batch of one: it has an axis too many.",
    "How many axes has one image?",
    idea="batch",
)
def batch_of_one(features):
    correct = features.preferred_input

    def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
        return correct(model, layer, unit, steps, step_size, seed)[np.newaxis]

    features.preferred_input = preferred_input


@misconception(
    "The size of a step is always 0.1, whatever was asked for.",
    "What does your function do with step_size?",
    idea="gradient",
)
def step_size_ignored(features):
    correct = features.preferred_input

    def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
        return correct(model, layer, unit, steps, 0.1, seed)

    features.preferred_input = preferred_input


@misconception(
    "It always takes 100 steps, whatever was asked for.",
    "What does your function do with steps?",
    idea="gradient",
)
def steps_ignored(features):
    correct = features.preferred_input

    def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
        return correct(model, layer, unit, 100, step_size, seed)

    features.preferred_input = preferred_input


@misconception(
    "It begins with the same noise whatever the seed.",
    "What is different in the image of another seed?",
    idea="randomness",
)
def noise_ignores_the_seed(features):
    correct = features.preferred_input

    def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
        return correct(model, layer, unit, steps, step_size)

    features.preferred_input = preferred_input


@misconception(
    "The seed sets NumPy's global random state, which belongs to everybody.",
    "Who else draws random numbers in the program that calls you?",
    idea="randomness",
)
def noise_seeds_globally(features):
    correct = features.preferred_input

    def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
        np.random.seed(seed)
        own = int(np.random.randint(2**31))
        return correct(model, layer, unit, steps, step_size, own)

    features.preferred_input = preferred_input


@misconception(
    "The same seed gives another image each time.",
    "Where does your noise come from, and who could draw it again?",
    idea="randomness",
)
def noise_cannot_be_repeated(features):
    correct = features.preferred_input

    def preferred_input(model, layer, unit, steps=100, step_size=0.1, seed=0):
        own = int(np.random.default_rng().integers(2**31))
        return correct(model, layer, unit, steps, step_size, own)

    features.preferred_input = preferred_input


@misconception(
    "The gradient is that of the probability: the logarithm is missing.",
    "Where the network is sure, how much can a pixel change p, and how much log p?",
    idea="gradient",
)
def gradient_of_the_probability(features):
    def saliency(model, x, labels):
        import tensorflow as tf

        x = tf.convert_to_tensor(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            p = tf.gather(model(x, training=False), labels, axis=1, batch_dims=1)
        return tf.reduce_max(tf.abs(tape.gradient(p, x)), axis=-1).numpy()

    features.saliency = saliency


@misconception(
    "It explains the model's own answer, not the label that was asked about.",
    "You are asked what speaks for 4 in an image that the network reads as 9: what do you do?",
    idea="prediction",
)
def saliency_of_own_answer(features):
    correct = features.saliency

    def saliency(model, x, labels):
        return correct(model, x, np.array(model(x, training=False)).argmax(axis=1))

    features.saliency = saliency


@misconception(
    "The slopes keep their sign: a pixel that should be darker counts less than nothing.",
    "Does a pixel matter less if the answer wants it darker?",
    idea="gradient",
)
def slopes_with_sign(features):
    def saliency(model, x, labels):
        import tensorflow as tf

        x = tf.convert_to_tensor(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            p = tf.gather(model(x, training=False), labels, axis=1, batch_dims=1)
            log_p = tf.math.log(p)
        return tf.reduce_max(tape.gradient(log_p, x), axis=-1).numpy()

    features.saliency = saliency


@misconception(
    "The largest slope is taken first, and its size afterwards: a large negative one is lost.",
    "A pixel has the slopes -3 and 1: how much does it matter?",
    idea="gradient",
)
def size_after_the_largest(features):
    def saliency(model, x, labels):
        import tensorflow as tf

        x = tf.convert_to_tensor(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            p = tf.gather(model(x, training=False), labels, axis=1, batch_dims=1)
            log_p = tf.math.log(p)
        return tf.abs(tf.reduce_max(tape.gradient(log_p, x), axis=-1)).numpy()

    features.saliency = saliency


@misconception(
    "The sizes are added up over the channels, and the largest was wanted.",
    "Of three channels, which one decides how much a pixel matters?",
    idea="images",
)
def channels_summed(features):
    def saliency(model, x, labels):
        import tensorflow as tf

        x = tf.convert_to_tensor(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            p = tf.gather(model(x, training=False), labels, axis=1, batch_dims=1)
            log_p = tf.math.log(p)
        return tf.reduce_sum(tf.abs(tape.gradient(log_p, x)), axis=-1).numpy()

    features.saliency = saliency


@misconception(
    "It is the gradient of a mean over the images: each counts less, the more there are.",
    "Should an image matter less because others are asked about in the same call?",
    idea="batch",
)
def averaged_over_the_images(features):
    correct = features.saliency
    features.saliency = lambda model, x, labels: correct(model, x, labels) / len(x)


@misconception(
    "The sizes of all images are added up: each image gets the same map.",
    "What does one image know of the others?",
    idea="batch",
)
def summed_over_the_images(features):
    correct = features.saliency

    def saliency(model, x, labels):
        one = correct(model, x, labels)
        return np.broadcast_to(one.sum(axis=0), one.shape).copy()

    features.saliency = saliency


@misconception(
    "Each map is scaled so that its largest entry is 1.",
    "Can two images be compared once each of them has a 1?",
    idea="gradient",
)
def scaled_to_one(features):
    correct = features.saliency

    def saliency(model, x, labels):
        one = correct(model, x, labels)
        return one / one.max(axis=(1, 2), keepdims=True)

    features.saliency = saliency


@misconception(
    "The last row and column of places are missing.",
    "A square of 2 in a row of 3 pixels: at how many places can it lie?",
    idea="images",
)
def last_place_missing(features):
    correct = features.occlusion

    def occlusion(model, x, label, size=7, value=0.0):
        return correct(model, x, label, size, value)[:-1, :-1]

    features.occlusion = occlusion


@misconception(
    "The square jumps by its own size: most of its places are left out.",
    "By how many pixels does the square move?",
    idea="images",
)
def square_jumps(features):
    correct = features.occlusion

    def occlusion(model, x, label, size=7, value=0.0):
        return correct(model, x, label, size, value)[::size, ::size]

    features.occlusion = occlusion


@misconception(
    "The square is one pixel too wide and too high.",
    "How many pixels are there from `row` up to `row + size`, the last one included?",
    idea="images",
)
def square_too_large(features):
    def occlusion(model, x, label, size=7, value=0.0):
        n_rows, n_columns = x.shape[0] - size + 1, x.shape[1] - size + 1
        covered = np.repeat(x[np.newaxis], n_rows * n_columns, axis=0)
        for image, (row, column) in zip(covered, np.ndindex(n_rows, n_columns), strict=True):
            image[row : row + size + 1, column : column + size + 1] = value
        return np.array(model(covered, training=False))[:, label].reshape(n_rows, n_columns)

    features.occlusion = occlusion


@misconception(
    "The covered pixels are always 0, whatever value was asked for.",
    "What does your function do with value?",
    idea="images",
)
def value_forgotten(features):
    correct = features.occlusion

    def occlusion(model, x, label, size=7, value=0.0):
        return correct(model, x, label, size)

    features.occlusion = occlusion


@misconception(
    "The square is always 7 pixels wide, or as wide as fits, whatever size was asked for.",
    "What does your function do with size?",
    idea="images",
)
def size_ignored(features):
    correct = features.occlusion

    def occlusion(model, x, label, size=7, value=0.0):
        return correct(model, x, label, 7, value)

    features.occlusion = occlusion


@misconception(
    "The squares pile up: what was covered stays covered when the square moves on.",
    "How many squares cover the image at the last place?",
    idea="images",
)
def squares_pile_up(features):
    def occlusion(model, x, label, size=7, value=0.0):
        covered, found = x.copy(), np.zeros((x.shape[0] - size + 1, x.shape[1] - size + 1))
        for row, column in np.ndindex(found.shape):
            covered[row : row + size, column : column + size] = value
            found[row, column] = np.array(model(covered[np.newaxis], training=False))[0, label]
        return found

    features.occlusion = occlusion


@misconception(
    "The image itself is covered and stays so: squares pile up, and the caller's image is lost.",
    "What does the image look like when the square has moved on?",
    idea="images",
)
def covered_in_place(features):
    def occlusion(model, x, label, size=7, value=0.0):
        found = np.zeros((x.shape[0] - size + 1, x.shape[1] - size + 1))
        for row, column in np.ndindex(found.shape):
            x[row : row + size, column : column + size] = value
            found[row, column] = np.array(model(x[np.newaxis], training=False))[0, label]
        return found

    features.occlusion = occlusion


@misconception(
    "It gives how far the probability falls; the probability itself was wanted.",
    "Which number would you read off for a square that covers nothing of importance?",
    idea="prediction",
)
def fall_of_the_probability(features):
    correct = features.occlusion

    def occlusion(model, x, label, size=7, value=0.0):
        whole = np.array(model(x[np.newaxis], training=False))[0, label]
        return whole - correct(model, x, label, size, value)

    features.occlusion = occlusion


@misconception(
    "It follows the model's own answer, not the label that was asked about.",
    "Which class was asked about?",
    idea="prediction",
)
def occlusion_of_own_answer(features):
    correct = features.occlusion

    def occlusion(model, x, label, size=7, value=0.0):
        own = int(np.array(model(x[np.newaxis], training=False)).argmax())
        return correct(model, x, own, size, value)

    features.occlusion = occlusion


@misconception(
    "The result is as large as the image: the square lies around each pixel, and over the edge.",
    "At how many places does a square of 7 fit into 28 rows without hanging over?",
    idea="images",
)
def as_large_as_the_image(features):
    def occlusion(model, x, label, size=7, value=0.0):
        found = np.zeros(x.shape[:2])
        for row, column in np.ndindex(found.shape):
            top, left = max(0, row - size // 2), max(0, column - size // 2)
            covered = x.copy()
            covered[top : row - size // 2 + size, left : column - size // 2 + size] = value
            found[row, column] = np.array(model(covered[np.newaxis], training=False))[0, label]
        return found

    features.occlusion = occlusion


@misconception(
    "Rows and columns of the places are swapped.",
    "Entry (i, j): does j count from the top or from the left?",
    idea="images",
)
def places_transposed(features):
    correct = features.occlusion

    def occlusion(model, x, label, size=7, value=0.0):
        return correct(model, x, label, size, value).T

    features.occlusion = occlusion


@misconception(
    "Only the first channel is covered.",
    "Can one see through your square?",
    idea="images",
)
def one_channel_covered(features):
    def occlusion(model, x, label, size=7, value=0.0):
        n_rows, n_columns = x.shape[0] - size + 1, x.shape[1] - size + 1
        covered = np.repeat(x[np.newaxis], n_rows * n_columns, axis=0)
        for image, (row, column) in zip(covered, np.ndindex(n_rows, n_columns), strict=True):
            image[row : row + size, column : column + size, 0] = value
        return np.array(model(covered, training=False))[:, label].reshape(n_rows, n_columns)

    features.occlusion = occlusion


@misconception(
    "All but the square is covered.",
    "Which pixels does a square cover: those inside it or those around it?",
    idea="images",
)
def all_but_the_square(features):
    def occlusion(model, x, label, size=7, value=0.0):
        n_rows, n_columns = x.shape[0] - size + 1, x.shape[1] - size + 1
        covered = np.full((n_rows * n_columns, *x.shape), value, x.dtype)
        for image, (row, column) in zip(covered, np.ndindex(n_rows, n_columns), strict=True):
            square = (slice(row, row + size), slice(column, column + size))
            image[square] = x[square]
        return np.array(model(covered, training=False))[:, label].reshape(n_rows, n_columns)

    features.occlusion = occlusion

"""What goes wrong in transfer.py."""

import numpy as np

from grader.misconception import misconception


@misconception(
    "The body is a copy: it has the weights that the model had, and not the model's own.",
    "When the body learns later on, does the model know of it?",
    idea="transfer",
)
def body_is_a_copy(transfer):
    correct = transfer.body_of

    def body_of(model, layer):
        import keras

        body = correct(model, layer)
        copy = keras.models.clone_model(body)
        copy.set_weights(body.get_weights())
        return copy

    transfer.body_of = body_of


@misconception(
    "The body ends one layer too early: its output is what goes into the named layer.",
    "Is the layer that you named a part of your body?",
    idea="transfer",
)
def body_ends_too_early(transfer):
    def body_of(model, layer):
        import keras

        return keras.Model(model.inputs, model.get_layer(layer).input)

    transfer.body_of = body_of


@misconception(
    "The body ends one layer too late.",
    "Which layer is the last of your body, and which one was named?",
    idea="transfer",
)
def body_ends_too_late(transfer):
    def body_of(model, layer):
        import keras

        names = [each.name for each in model.layers]
        return keras.Model(model.inputs, model.layers[names.index(layer) + 1].output)

    transfer.body_of = body_of


@misconception(
    "The body is the whole model, up to its classes.",
    "What of the old classes is left in what your body says of an image?",
    idea="transfer",
)
def body_is_the_whole_model(transfer):
    def body_of(model, layer):
        import keras

        return keras.Model(model.inputs, model.outputs)

    transfer.body_of = body_of


@misconception(
    "The activation of the last layer is left out of the body.",
    "Can an output of ReLU be negative?",
    idea="hierarchy of features",
)
def activation_left_out(transfer):
    correct = transfer.body_of

    def body_of(model, layer):
        import keras

        body = correct(model, layer)
        last = model.get_layer(layer)
        if getattr(last, "activation", None) is None:
            return body
        plain = type(last).from_config({**last.get_config(), "activation": "linear"})
        linear = keras.Model(model.inputs, plain(last.input))
        plain.set_weights(last.get_weights())
        return linear

    transfer.body_of = body_of


@misconception(
    "The maps are flattened one after the other, not place by place.",
    "Which number comes second in a row: that of the next filter, or of the next place?",
    idea="hierarchy of features",
)
def maps_flattened_one_by_one(transfer):
    def embed(body, x):
        maps = body.predict(x, verbose=0)
        return np.moveaxis(maps, -1, 1).reshape(len(x), -1)

    transfer.embed = embed


@misconception(
    "All images together become one row.",
    "How many rows do you get for many images?",
    idea="batch",
)
def one_row_for_all_images(transfer):
    transfer.embed = lambda body, x: body.predict(x, verbose=0).reshape(1, -1)


@misconception(
    "The maps stay maps: an embedding is a row of numbers.",
    "Between what would you measure a distance?",
    idea="transfer",
)
def maps_stay_maps(transfer):
    transfer.embed = lambda body, x: body.predict(x, verbose=0)


@misconception(
    "Each map is averaged: where in the image a feature lies is lost.",
    "How many numbers do the maps of one image have, and how many does your row have?",
    idea="hierarchy of features",
)
def maps_averaged(transfer):
    def embed(body, x):
        maps = body.predict(x, verbose=0)
        return maps.mean(axis=(1, 2)) if maps.ndim == 4 else maps

    transfer.embed = embed


@misconception(
    "The images are embedded with training=True: batch normalisation and dropout are at work.",
    "Does the embedding of an image change when other images come with it?",
    idea="inference",
)
def embedded_in_training(transfer):
    transfer.embed = lambda body, x: np.array(body(x, training=True)).reshape(len(x), -1)


@misconception(
    "The embeddings are scaled to length 1.",
    "Did anybody ask how long an embedding is?",
    idea="transfer",
)
def embeddings_of_length_one(transfer):
    correct = transfer.embed

    def embed(body, x):
        rows = correct(body, x)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    transfer.embed = embed


@misconception(
    "The images are divided by 255 once more before they are embedded.",
    "What range do the pixels have that the body was trained on, and what range do yours have?",
    idea="inference",
)
def pixels_scaled_twice(transfer):
    correct = transfer.embed
    transfer.embed = lambda body, x: correct(body, x / 255)


@misconception(
    "Only the first 32 images are embedded: those of one batch.",
    "How many rows come back for 40 images?",
    idea="batch",
)
def first_batch_alone(transfer):
    correct = transfer.embed
    transfer.embed = lambda body, x: correct(body, x[:32])


@misconception(
    "The distance is that along the axes: absolute differences are added up, not squares.",
    "How far is it from (0, 0) to (3, 4), as the crow flies?",
    idea="nearest neighbours",
)
def distance_along_the_axes(transfer):
    def nearest(embeddings, labels, queries, k=3):
        found = []
        for query in queries:
            order = np.argsort(np.sum(np.abs(embeddings - query), axis=1))[:k]
            near = labels[order]
            votes = np.bincount(near)
            found.append(near[votes[near] == votes.max()][0])
        return np.array(found)

    transfer.nearest = nearest


@misconception(
    "The differences are added up without being squared, so they cancel each other.",
    "How far is it from (0, 0) to (1, -1)?",
    idea="nearest neighbours",
)
def differences_not_squared(transfer):
    def nearest(embeddings, labels, queries, k=3):
        found = []
        for query in queries:
            near = labels[np.argsort(np.abs(np.sum(embeddings - query, axis=1)))[:k]]
            votes = np.bincount(near)
            found.append(near[votes[near] == votes.max()][0])
        return np.array(found)

    transfer.nearest = nearest


@misconception(
    "k is ignored: the nearest neighbour alone decides.",
    "Who votes when k is 5?",
    idea="nearest neighbours",
)
def one_neighbour_decides(transfer):
    correct = transfer.nearest
    transfer.nearest = lambda embeddings, labels, queries, k=3: correct(
        embeddings, labels, queries, 1
    )


@misconception(
    "A tie goes to the smallest label.",
    "Two labels have two votes each: whose embedding lies nearest?",
    idea="nearest neighbours",
)
def tie_to_the_smallest_label(transfer):
    def nearest(embeddings, labels, queries, k=3):
        found = []
        for query in queries:
            order = np.argsort(np.sum((embeddings - query) ** 2, axis=1))
            found.append(np.bincount(labels[order[:k]]).argmax())
        return np.array(found)

    transfer.nearest = nearest


@misconception(
    "A tie goes to the nearest neighbour of all, even where its label is not among those tied.",
    "Three labels have 2, 2 and 1 votes: between which of them is the tie?",
    idea="nearest neighbours",
)
def tie_to_the_nearest_of_all(transfer):
    def nearest(embeddings, labels, queries, k=3):
        found = []
        for query in queries:
            order = np.argsort(np.sum((embeddings - query) ** 2, axis=1))
            near = labels[order[:k]]
            votes = np.bincount(near)
            tied = np.sum(votes == votes.max()) > 1
            found.append(near[0] if tied else votes.argmax())
        return np.array(found)

    transfer.nearest = nearest


@misconception(
    "The votes are weighted: a nearer neighbour counts more.",
    "How many votes has each of the k nearest?",
    idea="nearest neighbours",
)
def votes_weighted_by_distance(transfer):
    def nearest(embeddings, labels, queries, k=3):
        found = []
        for query in queries:
            distances = np.sqrt(np.sum((embeddings - query) ** 2, axis=1))
            order = np.argsort(distances)[:k]
            weights = 1 / (distances[order] + 1e-9)
            found.append(np.bincount(labels[order], weights).argmax())
        return np.array(found)

    transfer.nearest = nearest


@misconception(
    "The farthest embeddings vote, not the nearest.",
    "Does the smallest distance come first in your order, or the largest?",
    idea="nearest neighbours",
)
def farthest_vote(transfer):
    def nearest(embeddings, labels, queries, k=3):
        found = []
        for query in queries:
            order = np.argsort(-np.sum((embeddings - query) ** 2, axis=1))[:k]
            near = labels[order]
            votes = np.bincount(near)
            found.append(near[votes[near] == votes.max()][0])
        return np.array(found)

    transfer.nearest = nearest


@misconception(
    "The labels of the neighbours are averaged: between a 0 and a 4 that makes a 2.",
    "Is label 2 between label 0 and label 4 in any way that matters?",
    idea="nearest neighbours",
)
def labels_averaged(transfer):
    def nearest(embeddings, labels, queries, k=3):
        found = []
        for query in queries:
            order = np.argsort(np.sum((embeddings - query) ** 2, axis=1))[:k]
            found.append(int(np.rint(np.mean(labels[order]))))
        return np.array(found)

    transfer.nearest = nearest


@misconception(
    "The nearest embedding is skipped, as if it were the query itself.",
    "Which of the labelled images is nearest, and does it vote?",
    idea="nearest neighbours",
)
def nearest_is_skipped(transfer):
    def nearest(embeddings, labels, queries, k=3):
        found = []
        for query in queries:
            order = np.argsort(np.sum((embeddings - query) ** 2, axis=1))[1 : k + 1]
            near = labels[order]
            votes = np.bincount(near)
            found.append(near[votes[near] == votes.max()][0])
        return np.array(found)

    transfer.nearest = nearest


@misconception(
    "An embedding that is equal to the query has no vote.",
    "How far is a point from itself, and is anything nearer?",
    idea="nearest neighbours",
)
def equal_embedding_is_excluded(transfer):
    correct = transfer.nearest

    def nearest(embeddings, labels, queries, k=3):
        found = []
        for query in queries:
            other = np.any(embeddings != query, axis=1)
            most = min(k, int(other.sum()))
            found.append(correct(embeddings[other], labels[other], query[None], most)[0])
        return np.array(found)

    transfer.nearest = nearest


@misconception(
    "The largest scalar product counts as nearest: long embeddings win.",
    "Which is nearer to (1, 0): the point (1, 1) or the point (9, 9)?",
    idea="nearest neighbours",
)
def largest_scalar_product(transfer):
    def nearest(embeddings, labels, queries, k=3):
        found = []
        for query in queries:
            near = labels[np.argsort(-(embeddings @ query))[:k]]
            votes = np.bincount(near)
            found.append(near[votes[near] == votes.max()][0])
        return np.array(found)

    transfer.nearest = nearest


@misconception(
    "The order is that of increasing similarity: the least similar embeddings vote.",
    "Does a larger scalar product mean nearer or farther?",
    idea="nearest neighbours",
)
def least_similar_vote(transfer):
    def nearest(embeddings, labels, queries, k=3):
        found = []
        for query in queries:
            near = labels[np.argsort(embeddings @ query)[:k]]
            votes = np.bincount(near)
            found.append(near[votes[near] == votes.max()][0])
        return np.array(found)

    transfer.nearest = nearest


@misconception(
    "The angle between two embeddings counts, not their distance.",
    "Which is nearer to (1, 1): the point (2, 1) or the point (9, 9)?",
    idea="nearest neighbours",
)
def angle_for_distance(transfer):
    def nearest(embeddings, labels, queries, k=3):
        length = np.linalg.norm(embeddings, axis=1)
        found = []
        for query in queries:
            near = labels[np.argsort(-(embeddings @ query) / length)[:k]]
            votes = np.bincount(near)
            found.append(near[votes[near] == votes.max()][0])
        return np.array(found)

    transfer.nearest = nearest


@misconception(
    "The nearest mean of a class decides, not the nearest embeddings.",
    "How many embeddings does a query of yours look at?",
    idea="nearest neighbours",
)
def nearest_mean(transfer):
    def nearest(embeddings, labels, queries, k=3):
        classes = np.unique(labels)
        means = np.stack([embeddings[labels == label].mean(axis=0) for label in classes])
        squared = ((queries[:, np.newaxis] - means) ** 2).sum(axis=2)
        return classes[squared.argmin(axis=1)]

    transfer.nearest = nearest


@misconception(
    "nearest gives the position of an embedding, not its label.",
    "What would you answer to: which class is this?",
    idea="nearest neighbours",
)
def position_for_label(transfer):
    def nearest(embeddings, labels, queries, k=3):
        return np.array([((embeddings - q) ** 2).sum(axis=1).argmin() for q in queries])

    transfer.nearest = nearest


@misconception(
    "The body is not frozen: the new head's first gradients go through it.",
    "Which weights move when your new model is trained?",
    idea="freezing",
)
def body_not_frozen(transfer):
    def with_new_head(body, n_classes):
        import keras

        z = keras.layers.Flatten()(body.outputs[0])
        model = keras.Model(body.inputs, keras.layers.Dense(n_classes, activation="softmax")(z))
        model.compile("adam", loss="sparse_categorical_crossentropy")
        return model

    transfer.with_new_head = with_new_head


@misconception(
    "The new head is frozen too, and nothing can learn.",
    "What is left that a gradient may move?",
    idea="freezing",
)
def head_frozen_too(transfer):
    correct = transfer.with_new_head

    def with_new_head(body, n_classes):
        model = correct(body, n_classes)
        model.trainable = False
        model.compile("adam", loss="sparse_categorical_crossentropy")
        return model

    transfer.with_new_head = with_new_head


@misconception(
    "Only the layers with a kernel are frozen: batch normalisation goes on learning.",
    "Which other layers of the body hold weights?",
    idea="freezing",
)
def only_kernels_frozen(transfer):
    def with_new_head(body, n_classes):
        import keras

        for layer in body.layers:
            layer.trainable = not hasattr(layer, "kernel")
        z = keras.layers.Flatten()(body.outputs[0])
        model = keras.Model(body.inputs, keras.layers.Dense(n_classes, activation="softmax")(z))
        model.compile("adam", loss="sparse_categorical_crossentropy")
        return model

    transfer.with_new_head = with_new_head


@misconception(
    "What gradients move is frozen, but the mean and variance of batch normalisation follow the "
    "new images.",
    "Which weights of a layer change in training although no gradient reaches them?",
    idea="freezing",
)
def batch_statistics_follow(transfer):
    def with_new_head(body, n_classes):
        import keras

        for weight in body.trainable_weights:
            weight.trainable = False
        z = keras.layers.Flatten()(body.outputs[0])
        model = keras.Model(body.inputs, keras.layers.Dense(n_classes, activation="softmax")(z))
        model.compile("adam", loss="sparse_categorical_crossentropy")
        return model

    transfer.with_new_head = with_new_head


@misconception(
    "The layers of the body are frozen one by one, and the body itself still counts as trainable.",
    "What does body.trainable say after your call?",
    idea="freezing",
)
def frozen_child_by_child(transfer):
    def with_new_head(body, n_classes):
        import keras

        for layer in body.layers:
            layer.trainable = False
        z = keras.layers.Flatten()(body.outputs[0])
        model = keras.Model(body.inputs, keras.layers.Dense(n_classes, activation="softmax")(z))
        model.compile("adam", loss="sparse_categorical_crossentropy")
        return model

    transfer.with_new_head = with_new_head


@misconception(
    "The head stands on a copy of the body.",
    "If the given body changes, does your model see it?",
    idea="transfer",
)
def head_on_a_copy(transfer):
    correct = transfer.with_new_head

    def with_new_head(body, n_classes):
        import keras

        copy = keras.models.clone_model(body)
        copy.set_weights(body.get_weights())
        body.trainable = False
        return correct(copy, n_classes)

    transfer.with_new_head = with_new_head


@misconception(
    "The body's weights are drawn anew: what it knew is lost.",
    "What is the difference between your model and one that was never trained?",
    idea="transfer",
)
def body_drawn_anew(transfer):
    correct = transfer.with_new_head

    def with_new_head(body, n_classes):
        rng = np.random.default_rng(0)
        drawn = [rng.uniform(0.05, 0.15, size=weight.shape) for weight in body.get_weights()]
        body.set_weights(drawn)
        return correct(body, n_classes)

    transfer.with_new_head = with_new_head


@misconception(
    "The new head has no softmax: it gives scores.",
    "What does a row of the output add up to?",
    idea="prediction",
)
def head_without_softmax(transfer):
    def with_new_head(body, n_classes):
        import keras

        body.trainable = False
        z = keras.layers.Flatten()(body.outputs[0])
        model = keras.Model(body.inputs, keras.layers.Dense(n_classes)(z))
        model.compile("adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    transfer.with_new_head = with_new_head


@misconception(
    "The loss is told to expect scores, and it gets probabilities.",
    "What does your last layer give: scores or probabilities? And what does from_logits say?",
    idea="loss",
)
def loss_from_logits(transfer):
    correct = transfer.with_new_head

    def with_new_head(body, n_classes):
        import keras

        model = correct(body, n_classes)
        model.compile("adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    transfer.with_new_head = with_new_head


@misconception(
    "The new head ends with a sigmoid: each class gets a probability of its own.",
    "What does a row of the output add up to?",
    idea="prediction",
)
def head_ends_with_sigmoid(transfer):
    def with_new_head(body, n_classes):
        import keras

        body.trainable = False
        z = keras.layers.Flatten()(body.outputs[0])
        model = keras.Model(body.inputs, keras.layers.Dense(n_classes, activation="sigmoid")(z))
        model.compile("adam", loss="sparse_categorical_crossentropy")
        return model

    transfer.with_new_head = with_new_head


@misconception(
    "The model is compiled for one-hot labels, and the labels are integers.",
    "Keras knows two categorical losses: which of them takes the labels as they come here?",
    idea="loss",
)
def loss_for_one_hot_labels(transfer):
    correct = transfer.with_new_head

    def with_new_head(body, n_classes):
        model = correct(body, n_classes)
        model.compile("adam", loss="categorical_crossentropy")
        return model

    transfer.with_new_head = with_new_head


@misconception(
    "The head always has ten classes, however many it is asked for.",
    "What is n_classes for?",
    idea="prediction",
)
def head_always_of_ten(transfer):
    correct = transfer.with_new_head
    transfer.with_new_head = lambda body, n_classes: correct(body, 10)


@misconception(
    "The head has one class more than it is asked for.",
    "How many classes are there when the labels go from 0 to n_classes - 1?",
    idea="prediction",
)
def head_with_one_class_more(transfer):
    correct = transfer.with_new_head
    transfer.with_new_head = lambda body, n_classes: correct(body, n_classes + 1)


@misconception(
    "fine_tune leaves the model as it was.",
    "Whose weights have changed after your training?",
    idea="update",
)
def fine_tune_does_nothing(transfer):
    transfer.fine_tune = lambda model, body, x, y_true, seed=0: None


@misconception(
    "Only the head is trained: the body is frozen to the end.",
    "What changes between your first training and your second?",
    idea="fine-tuning",
)
def only_the_head_learns(transfer):
    def fine_tune(model, body, x, y_true, seed=0):
        import keras

        keras.utils.set_random_seed(seed)
        for learning_rate in (0.01, 0.0001):
            optimizer = keras.optimizers.Adam(learning_rate)
            model.compile(optimizer, loss="sparse_categorical_crossentropy")
            model.fit(x, y_true, epochs=15, batch_size=16, verbose=0)

    transfer.fine_tune = fine_tune


@misconception(
    "The body is set free, but the model is not compiled again: Keras goes on as before.",
    "When does Keras note which weights are to be trained?",
    idea="fine-tuning",
)
def not_compiled_again(transfer):
    def fine_tune(model, body, x, y_true, seed=0):
        import keras

        keras.utils.set_random_seed(seed)
        model.compile(keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
        model.fit(x, y_true, epochs=20, batch_size=16, verbose=0)
        body.trainable = True
        model.optimizer.learning_rate = 0.0001
        model.fit(x, y_true, epochs=10, batch_size=16, verbose=0)

    transfer.fine_tune = fine_tune


@misconception(
    "The body learns from the start, while the head is still random.",
    "What are the first gradients worth that come out of the new head?",
    idea="fine-tuning",
)
def body_free_from_the_start(transfer):
    def fine_tune(model, body, x, y_true, seed=0):
        import keras

        keras.utils.set_random_seed(seed)
        body.trainable = True
        for learning_rate, epochs in ((0.001, 15), (0.0001, 10)):
            optimizer = keras.optimizers.Adam(learning_rate)
            model.compile(optimizer, loss="sparse_categorical_crossentropy")
            model.fit(x, y_true, epochs=epochs, batch_size=16, verbose=0)

    transfer.fine_tune = fine_tune


@misconception(
    "The body learns first, and the head afterwards.",
    "Who knows nothing at the start, and should learn first?",
    idea="fine-tuning",
)
def body_before_the_head(transfer):
    def fine_tune(model, body, x, y_true, seed=0):
        import keras

        keras.utils.set_random_seed(seed)
        for free, learning_rate, epochs in ((True, 0.0001, 10), (False, 0.01, 20)):
            body.trainable = free
            optimizer = keras.optimizers.Adam(learning_rate)
            model.compile(optimizer, loss="sparse_categorical_crossentropy")
            model.fit(x, y_true, epochs=epochs, batch_size=16, verbose=0)

    transfer.fine_tune = fine_tune


@misconception(
    "The body takes steps as large as the head's, and forgets what it knew.",
    "How far has the body moved, compared with the size of its weights?",
    idea="fine-tuning",
)
def body_in_large_steps(transfer):
    def fine_tune(model, body, x, y_true, seed=0):
        import keras

        keras.utils.set_random_seed(seed)
        for free, epochs in ((False, 20), (True, 10)):
            body.trainable = free
            model.compile(keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
            model.fit(x, y_true, epochs=epochs, batch_size=16, verbose=0)

    transfer.fine_tune = fine_tune


@misconception(
    "The head takes steps as small as the body's, and has not learned when the training ends.",
    "How high is the loss at the end of your first training?",
    idea="fine-tuning",
)
def head_in_small_steps(transfer):
    def fine_tune(model, body, x, y_true, seed=0):
        import keras

        keras.utils.set_random_seed(seed)
        for free in (False, True):
            body.trainable = free
            model.compile(keras.optimizers.Adam(0.00003), loss="sparse_categorical_crossentropy")
            model.fit(x, y_true, epochs=10, batch_size=16, verbose=0)

    transfer.fine_tune = fine_tune


@misconception(
    "In the second training only the body learns: the head is frozen from the start.",
    "Has your head ever moved?",
    idea="fine-tuning",
)
def only_the_body_learns(transfer):
    def fine_tune(model, body, x, y_true, seed=0):
        import keras

        keras.utils.set_random_seed(seed)
        model.trainable = False
        body.trainable = True
        for layer in model.layers:
            layer.trainable = layer is body or layer in body.layers
        model.compile(keras.optimizers.Adam(0.0003), loss="sparse_categorical_crossentropy")
        model.fit(x, y_true, epochs=20, batch_size=16, verbose=0)

    transfer.fine_tune = fine_tune


@misconception(
    "A copy of the model is trained, and the given one stays as it was.",
    "Who sees the model that has learned?",
    idea="update",
)
def copy_is_trained(transfer):
    def fine_tune(model, body, x, y_true, seed=0):
        import keras

        copy = keras.models.clone_model(model)
        copy.compile("adam", loss="sparse_categorical_crossentropy")
        copy.fit(x, y_true, epochs=5, verbose=0)
        return copy

    transfer.fine_tune = fine_tune


@misconception(
    "Training sees other pixels than inference: they are divided by 255 once more.",
    "What range do the pixels have in training, and what range in inference?",
    idea="inference",
)
def trained_on_other_pixels(transfer):
    correct = transfer.fine_tune

    def fine_tune(model, body, x, y_true, seed=0):
        correct(model, body, x / 255, y_true, seed)

    transfer.fine_tune = fine_tune


@misconception(
    "The images are shuffled and the labels are not: images learn from the labels of others.",
    "After shuffling, is the third label still that of the third image?",
    idea="batch",
)
def images_shuffled_without_labels(transfer):
    correct = transfer.fine_tune

    def fine_tune(model, body, x, y_true, seed=0):
        order = np.random.default_rng(seed).permutation(len(x))
        correct(model, body, x[order], y_true, seed)

    transfer.fine_tune = fine_tune


@misconception(
    "fine_tune cannot be repeated: its seed decides nothing.",
    "Train twice with the same seed: do you get the same model?",
    idea="batch",
)
def fine_tune_cannot_be_repeated(transfer):
    correct = transfer.fine_tune

    def fine_tune(model, body, x, y_true, seed=0):
        return correct(model, body, x, y_true, int(np.random.default_rng().integers(2**31)))

    transfer.fine_tune = fine_tune


@misconception(
    "fine_tune shifts the pixels of the images that it was given, in place.",
    "Are the images still the same ones for the person who gave them to you?",
    idea="inference",
)
def images_shifted_in_place(transfer):
    correct = transfer.fine_tune

    def fine_tune(model, body, x, y_true, seed=0):
        correct(model, body, x, y_true, seed)
        x -= x.mean()

    transfer.fine_tune = fine_tune

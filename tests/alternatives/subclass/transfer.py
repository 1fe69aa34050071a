"""Models and layers as classes, `fit` with a schedule; neighbours vote in plain Python."""

from collections import Counter


def body_of(model, layer):
    import keras

    class Body(keras.Model):
        """The same model, so the same weights, under another name."""

    return Body(inputs=model.inputs, outputs=[model.get_layer(name=layer).output])


def embed(body, x):
    import keras

    maps = body(x, training=False)
    maps = maps[0] if isinstance(maps, list) else maps
    return keras.layers.Flatten()(maps).numpy()


def nearest(embeddings, labels, queries, k=3):
    answers = []
    for query in queries.tolist():
        by_distance = sorted(
            range(len(labels)),
            key=lambda i: sum(
                (a - b) ** 2 for a, b in zip(embeddings[i].tolist(), query, strict=True)
            ),
        )
        voters = [int(labels[i]) for i in by_distance[:k]]
        most = max(Counter(voters).values())
        answers.append(next(label for label in voters if voters.count(label) == most))
    return answers


def with_new_head(body, n_classes):
    import keras

    class Head(keras.layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)
            self.flat = keras.layers.Flatten()
            self.scores = keras.layers.Dense(units)

        def call(self, maps):
            return keras.ops.softmax(self.scores(self.flat(maps)))

    class Transferred(keras.Model):
        def __init__(self):
            super().__init__()
            self.body = body
            self.head = Head(n_classes)

        def call(self, images, training=None):
            maps = self.body(images, training=False)
            return self.head(maps[0] if isinstance(maps, list) else maps)

    body.trainable = False
    model = Transferred()
    model.build((None, *body.input_shape[1:]))
    model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def fine_tune(model, body, x, y_true, seed=0):
    import keras

    keras.utils.set_random_seed(seed)

    def falling(start):
        return keras.callbacks.LearningRateScheduler(lambda epoch: start * 0.9**epoch)

    def fit(rate, epochs):
        model.compile(keras.optimizers.Nadam(), loss="sparse_categorical_crossentropy")
        model.fit(x, y_true, epochs=epochs, batch_size=10, callbacks=[falling(rate)], verbose=0)

    fit(0.005, 15)
    body.trainable = True
    for layer in body.layers:  # a hundred images say little about the mean and the variance
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    fit(0.0002, 6)

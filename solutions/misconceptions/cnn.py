"""What goes wrong in cnn.py."""

import numpy as np

from grader.misconception import misconception


@misconception(
    "All filters start equal, so all eight ask the same question.",
    "Which question does the second filter ask that the first one has not asked before?",
    idea="hierarchy of features",
)
def filters_start_equal(cnn):
    correct = cnn.CNN.__init__

    def start(self, input_shape=(28, 28, 1), n_classes=10, seed=0):
        correct(self, input_shape, n_classes, seed)
        self.conv.kernel = np.repeat(self.conv.kernel[..., :1], 8, axis=-1)

    cnn.CNN.__init__ = start


@misconception(
    "The network ignores its seed: it always starts with the same weights.",
    "What is different in a network that was made with another seed?",
    idea="model",
)
def weights_ignore_the_seed(cnn):
    correct = cnn.CNN.__init__

    def start(self, input_shape=(28, 28, 1), n_classes=10, seed=0):
        correct(self, input_shape, n_classes)

    cnn.CNN.__init__ = start


@misconception(
    "The seed decides the filters, and the dense layer starts the same with every seed.",
    "Which layers of your network hold weights, and who seeds each of them?",
    idea="model",
)
def dense_ignores_the_seed(cnn):
    correct = cnn.CNN.__init__

    def start(self, input_shape=(28, 28, 1), n_classes=10, seed=0):
        correct(self, input_shape, n_classes, seed)
        self.dense = cnn.Dense(*self.dense.kernel.shape)

    cnn.CNN.__init__ = start


@misconception(
    "The biases are never added.",
    "What can your network say about an image that is black all over?",
    idea="model",
)
def bias_forgotten(cnn):
    def forward(self, x):
        self.z = self.conv.forward(x) - self.conv.bias
        self.maps = self.pool.forward(cnn.relu(self.z))
        scores = self.dense.forward(self.maps.reshape(len(x), -1)) - self.dense.bias
        self.probabilities = cnn.softmax(scores)
        return self.probabilities

    cnn.CNN.forward = forward


@misconception(
    "The ReLU between convolution and pooling is missing.",
    "Should a filter count against its edge where it sees the opposite one?",
    idea="hierarchy of features",
)
def relu_missing(cnn):
    def forward(self, x):
        self.z = self.conv.forward(x)
        self.maps = self.pool.forward(self.z)
        self.probabilities = cnn.softmax(self.dense.forward(self.maps.reshape(len(x), -1)))
        return self.probabilities

    cnn.CNN.forward = forward


@misconception(
    "forward gives the scores themselves: the softmax is missing.",
    "What does a row of your result add up to?",
    idea="prediction",
)
def softmax_missing(cnn):
    def forward(self, x):
        self.z = self.conv.forward(x)
        self.maps = self.pool.forward(cnn.relu(self.z))
        self.probabilities = self.dense.forward(self.maps.reshape(len(x), -1))
        return self.probabilities

    cnn.CNN.forward = forward


@misconception(
    "The maps are flattened column by column, in Fortran's order, and not row by row.",
    "Which feature comes second in the long row: the next filter's or the next place's?",
    idea="hierarchy of features",
)
def flattened_in_fortran_order(cnn):
    def forward(self, x):
        self.z = self.conv.forward(x)
        self.maps = self.pool.forward(cnn.relu(self.z))
        features = self.maps.reshape(len(x), -1, order="F")
        self.probabilities = cnn.softmax(self.dense.forward(features))
        return self.probabilities

    cnn.CNN.forward = forward


@misconception(
    "The gradient gets its maps back in another order than forward flattened them.",
    "Feature 1 of the long row: from which place and filter did it come?",
    idea="backpropagation",
)
def unflattened_in_other_order(cnn):
    def backward(self, y_true):
        n, n_classes = self.probabilities.shape
        d = (self.probabilities - cnn.one_hot(y_true, n_classes)) / n
        d = self.dense.backward(d).reshape(self.maps.shape, order="F")
        return self.conv.backward(cnn.relu_backward(self.pool.backward(d), self.z))

    cnn.CNN.backward = backward


@misconception(
    "The gradient goes to all pixels of a block, not to the winner alone.",
    "If the smallest pixel of a block changes a little, what happens to the output?",
    idea="backpropagation",
)
def pool_gradient_to_all(cnn):
    def backward(self, y_true):
        n, n_classes = self.probabilities.shape
        d = (self.probabilities - cnn.one_hot(y_true, n_classes)) / n
        d = self.dense.backward(d).reshape(self.maps.shape).repeat(2, axis=1).repeat(2, axis=2)
        d_maps = np.zeros(self.z.shape)
        d_maps[:, : d.shape[1], : d.shape[2]] = d
        return self.conv.backward(cnn.relu_backward(d_maps, self.z))

    cnn.CNN.backward = backward


@misconception(
    "The gradient passes ReLU as if it had let everything through.",
    "How does the loss change with an input that ReLU cut to zero?",
    idea="backpropagation",
)
def relu_mask_missing(cnn):
    def backward(self, y_true):
        n, n_classes = self.probabilities.shape
        d = (self.probabilities - cnn.one_hot(y_true, n_classes)) / n
        d = self.dense.backward(d).reshape(self.maps.shape)
        return self.conv.backward(self.pool.backward(d))

    cnn.CNN.backward = backward


@misconception(
    "The error still holds a derivative p (1 - p), entry by entry.",
    "Loss and softmax together have a short gradient: what is left of p (1 - p) in it?",
    idea="backpropagation",
)
def derivative_kept(cnn):
    def backward(self, y_true):
        p = self.probabilities
        d = (p - cnn.one_hot(y_true, p.shape[1])) * p * (1 - p) / len(p)
        d = self.pool.backward(self.dense.backward(d).reshape(self.maps.shape))
        return self.conv.backward(cnn.relu_backward(d, self.z))

    cnn.CNN.backward = backward


@misconception(
    "The label itself, a number like 7, is taken off the probabilities of all classes.",
    "What should be taken off the probability of class 7, and what off all the others?",
    idea="backpropagation",
)
def labels_not_one_hot(cnn):
    def backward(self, y_true):
        d = (self.probabilities - y_true[:, np.newaxis]) / len(y_true)
        d = self.pool.backward(self.dense.backward(d).reshape(self.maps.shape))
        return self.conv.backward(cnn.relu_backward(d, self.z))

    cnn.CNN.backward = backward


@misconception(
    "The filters learn from ReLU's slope alone, 0 or 1: the gradient that came back is lost.",
    "What does the chain rule do with the gradient of the maps and ReLU's slope?",
    idea="backpropagation",
)
def mask_without_gradient(cnn):
    def backward(self, y_true):
        p = self.probabilities
        self.dense.backward((p - cnn.one_hot(y_true, p.shape[1])) / len(p))
        return self.conv.backward((self.z > 0).astype(float))

    cnn.CNN.backward = backward


@misconception(
    "backward already takes a step: the weights move before anybody asks for it.",
    "Who decides how far the weights move, and was a learning rate given to backward?",
    idea="update",
)
def backward_moves_the_weights(cnn):
    correct = cnn.CNN.backward

    def backward(self, y_true):
        d_x = correct(self, y_true)
        self.conv.step(0.01)
        self.dense.step(0.01)
        return d_x

    cnn.CNN.backward = backward


@misconception(
    "The gradients are sums over the samples, not means.",
    "If every sample came twice, should the gradient double?",
    idea="backpropagation",
)
def gradient_summed(cnn):
    correct = cnn.CNN.backward

    def backward(self, y_true):
        correct(self, y_true)
        for layer in (self.conv, self.dense):
            layer.d_kernel = layer.d_kernel * len(y_true)
            layer.d_bias = layer.d_bias * len(y_true)

    cnn.CNN.backward = backward


@misconception(
    "The dense layer moves before the gradient passes through it to the filters.",
    "Which dense kernel made the prediction: the one before or the one after the step?",
    idea="update",
)
def update_before_gradient(cnn):
    def train_step(self, x, y_true, learning_rate):
        p = self.forward(x)
        y = cnn.one_hot(y_true, p.shape[1])
        d = (p - y) / len(x)
        self.dense.backward(d)
        self.dense.step(learning_rate)
        d = self.pool.backward((d @ self.dense.kernel.T).reshape(self.maps.shape))
        self.conv.backward(cnn.relu_backward(d, self.z))
        self.conv.step(learning_rate)
        return cnn.categorical_cross_entropy(y, p)

    cnn.CNN.train_step = train_step


@misconception(
    "The filters are frozen: only the dense layer takes a step.",
    "Which edges does the network look for after training, and who chose them?",
    idea="hierarchy of features",
)
def filters_frozen(cnn):
    def train_step(self, x, y_true, learning_rate):
        p = self.forward(x)
        self.backward(y_true)
        self.dense.step(learning_rate)
        return cnn.categorical_cross_entropy(cnn.one_hot(y_true, p.shape[1]), p)

    cnn.CNN.train_step = train_step


@misconception(
    "train_step returns the loss after its update, not the one before.",
    "Which prediction did this step learn from?",
    idea="loss",
)
def loss_after_update(cnn):
    correct = cnn.CNN.train_step

    def train_step(self, x, y_true, learning_rate):
        correct(self, x, y_true, learning_rate)
        p = self.forward(x)
        return cnn.categorical_cross_entropy(cnn.one_hot(y_true, p.shape[1]), p)

    cnn.CNN.train_step = train_step


@misconception(
    "The history adds up the losses of all samples instead of taking their mean.",
    "Could you compare two histories, one of 100 samples and one of 1,000?",
    idea="loss",
)
def history_of_sums(cnn):
    correct = cnn.CNN.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        history = correct(self, x, y_true, epochs, batch_size, learning_rate, seed)
        return [loss * len(x) for loss in history]

    cnn.CNN.fit = fit


@misconception(
    "The history holds the loss of each epoch's last batch alone.",
    "How much does one batch tell about a whole epoch, and what of all the others?",
    idea="loss",
)
def history_of_last_batch(cnn):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))
            for start in range(0, len(x), batch_size):
                batch = order[start : start + batch_size]
                loss = self.train_step(x[batch], y_true[batch], learning_rate)
            history.append(loss)
        return history

    cnn.CNN.fit = fit


@misconception(
    "The history holds the loss of each epoch's first batch alone.",
    "How much does one batch tell about a whole epoch, and what of all the others?",
    idea="loss",
)
def history_of_first_batch(cnn):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))
            batches = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history.append(losses[0])
        return history

    cnn.CNN.fit = fit


@misconception(
    "The history adds up the losses of an epoch's batches.",
    "Should the history look worse because the batches are smaller and there are more of them?",
    idea="loss",
)
def history_summed_over_batches(cnn):
    correct = cnn.CNN.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        history = correct(self, x, y_true, epochs, batch_size, learning_rate, seed)
        return [loss * np.ceil(len(x) / batch_size) for loss in history]

    cnn.CNN.fit = fit


@misconception(
    "The history is a mean over the samples: a short last batch counts less than the others.",
    "Over what does the text take the mean: over an epoch's samples or over its batches?",
    idea="loss",
)
def history_mean_over_samples(cnn):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))
            batches = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history.append(float(np.average(losses, weights=[len(b) for b in batches])))
        return history

    cnn.CNN.fit = fit


@misconception(
    "The history holds the loss of all samples at the end of each epoch.",
    "Which losses did the steps of the epoch see, each of them before it moved anything?",
    idea="loss",
)
def history_after_each_epoch(cnn):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))
            for start in range(0, len(x), batch_size):
                batch = order[start : start + batch_size]
                self.train_step(x[batch], y_true[batch], learning_rate)
            p = self.forward(x)
            y = cnn.one_hot(y_true, p.shape[1])
            history.append(cnn.categorical_cross_entropy(y, p))
        return history

    cnn.CNN.fit = fit


@misconception(
    "A second call of fit begins where the first one began: what was learned is lost.",
    "After two calls of 3 epochs, how many epochs has your model learned from?",
    idea="update",
)
def fit_starts_afresh(cnn):
    correct = cnn.CNN.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        if hasattr(self, "start"):
            self.conv.kernel, self.conv.bias, self.dense.kernel, self.dense.bias = self.start
        conv, dense = self.conv, self.dense
        self.start = conv.kernel, conv.bias, dense.kernel, dense.bias
        return correct(self, x, y_true, epochs, batch_size, learning_rate, seed)

    cnn.CNN.fit = fit


@misconception(
    "The last batch is left out when it is short.",
    "With 5 samples and batches of 2, how many samples does your epoch use?",
    idea="batch",
)
def short_batch_dropped(cnn):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))[: len(x) // batch_size * batch_size]
            batches = order.reshape(-1, batch_size)
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history.append(float(np.mean(losses)))
        return history

    cnn.CNN.fit = fit


@misconception(
    "Every epoch takes the samples in the same order.",
    "How many different orders does your training see in 12 epochs?",
    idea="batch",
)
def shuffled_once(cnn):
    correct = cnn.CNN.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        one = (x, y_true, 1, batch_size, learning_rate, seed)
        return [correct(self, *one)[0] for _ in range(epochs)]

    cnn.CNN.fit = fit


@misconception(
    "The labels are sorted and the images are not: images learn from the labels of others.",
    "After sorting, is the third label still that of the third image?",
    idea="batch",
)
def labels_sorted(cnn):
    correct = cnn.CNN.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        return correct(self, x, np.sort(y_true), epochs, batch_size, learning_rate, seed)

    cnn.CNN.fit = fit


@misconception(
    "fit ignores its seed: the order of the samples is always the same one.",
    "What changes when fit is called with another seed?",
    idea="batch",
)
def fit_ignores_its_seed(cnn):
    correct = cnn.CNN.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        return correct(self, x, y_true, epochs, batch_size, learning_rate)

    cnn.CNN.fit = fit


@misconception(
    "fit shuffles with NumPy's global random state, and seeds it for everybody.",
    "Somebody draws a number after your training: is it still random for them?",
    idea="batch",
)
def fit_seeds_globally(cnn):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        np.random.seed(seed)
        history = []
        for _ in range(epochs):
            order = np.random.permutation(len(x))
            batches = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history.append(float(np.mean(losses)))
        return history

    cnn.CNN.fit = fit


@misconception(
    "fit shuffles in an order that nobody can repeat: its seed decides nothing.",
    "Run the same training twice with the same seed: do you get the same model?",
    idea="batch",
)
def fit_cannot_be_repeated(cnn):
    correct = cnn.CNN.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        any_seed = int(np.random.default_rng().integers(2**31))
        return correct(self, x, y_true, epochs, batch_size, learning_rate, any_seed)

    cnn.CNN.fit = fit


@misconception(
    "predict counts the classes from 1.",
    "Which column of the probabilities belongs to the digit 0?",
    idea="inference",
)
def labels_from_one(cnn):
    correct = cnn.CNN.predict
    cnn.CNN.predict = lambda self, x: correct(self, x) + 1


@misconception(
    "The Keras network has no pooling.",
    "What lets a feature answer even when the stroke has moved by a pixel?",
    idea="hierarchy of features",
)
def keras_without_pooling(cnn):
    def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
        import keras
        from keras import layers

        model = keras.Sequential([keras.Input(input_shape)])
        model.add(layers.Conv2D(16, 3, strides=2, activation="relu"))
        model.add(layers.Conv2D(32, 3, strides=2, activation="relu"))
        model.add(layers.Flatten())
        model.add(layers.Dense(n_classes, activation="softmax"))
        model.compile("adam", loss="sparse_categorical_crossentropy")
        return model

    cnn.keras_cnn = keras_cnn


@misconception(
    "The Keras network has more than 100,000 parameters, most of them in one dense layer.",
    "How many numbers reach that layer, and what could make them fewer?",
    idea="hierarchy of features",
)
def keras_too_large(cnn):
    def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
        import keras
        from keras import layers

        model = keras.Sequential([keras.Input(input_shape)])
        model.add(layers.Conv2D(32, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
        model.add(layers.Flatten())
        model.add(layers.Dense(128, activation="relu"))
        model.add(layers.Dense(n_classes, activation="softmax"))
        model.compile("adam", loss="sparse_categorical_crossentropy")
        return model

    cnn.keras_cnn = keras_cnn


@misconception(
    "The Keras network gives scores: the softmax at its end is missing.",
    "What does a row of its output add up to?",
    idea="prediction",
)
def keras_without_softmax(cnn):
    def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
        import keras
        from keras import layers

        model = keras.Sequential([keras.Input(input_shape)])
        model.add(layers.Conv2D(16, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
        model.add(layers.Conv2D(32, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
        model.add(layers.Flatten())
        model.add(layers.Dense(n_classes))
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss=loss)
        return model

    cnn.keras_cnn = keras_cnn


@misconception(
    "The loss gets scores for probabilities: the softmax at its end is missing.",
    "What does the loss expect a row of the output to add up to?",
    idea="prediction",
)
def keras_scores_as_probabilities(cnn):
    def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
        import keras
        from keras import layers

        model = keras.Sequential([keras.Input(input_shape)])
        model.add(layers.Conv2D(16, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
        model.add(layers.Conv2D(32, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
        model.add(layers.Flatten())
        model.add(layers.Dense(n_classes))
        model.compile("adam", "sparse_categorical_crossentropy")
        return model

    cnn.keras_cnn = keras_cnn


@misconception(
    "The Keras network ends with a sigmoid: each class gets a probability of its own.",
    "What does a row of its output add up to?",
    idea="prediction",
)
def keras_ends_with_sigmoid(cnn):
    def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
        import keras
        from keras import layers

        model = keras.Sequential([keras.Input(input_shape)])
        model.add(layers.Conv2D(16, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
        model.add(layers.Conv2D(32, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
        model.add(layers.Flatten())
        model.add(layers.Dense(n_classes, activation="sigmoid"))
        model.compile("adam", loss="sparse_categorical_crossentropy")
        return model

    cnn.keras_cnn = keras_cnn


@misconception(
    "The Keras network always has ten units at its end, however many classes it is asked for.",
    "What does your network say of class 11, and what is n_classes for?",
    idea="prediction",
)
def keras_always_ten_units(cnn):
    def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
        import keras
        from keras import layers

        model = keras.Sequential([keras.Input(input_shape)])
        model.add(layers.Conv2D(16, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
        model.add(layers.Conv2D(32, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
        model.add(layers.Flatten())
        model.add(layers.Dense(10, activation="softmax"))
        model.compile("adam", loss="sparse_categorical_crossentropy")
        return model

    cnn.keras_cnn = keras_cnn


@misconception(
    "The Keras network is compiled for one-hot labels, and the labels are integers.",
    "Keras knows two categorical losses: which of them takes the labels as they come here?",
    idea="loss",
)
def keras_loss_for_one_hot_labels(cnn):
    def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
        import keras
        from keras import layers

        model = keras.Sequential([keras.Input(input_shape)])
        model.add(layers.Conv2D(16, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
        model.add(layers.Conv2D(32, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
        model.add(layers.Flatten())
        model.add(layers.Dense(n_classes, activation="softmax"))
        model.compile("adam", loss="categorical_crossentropy")
        return model

    cnn.keras_cnn = keras_cnn


@misconception(
    "The loss of the Keras network is told to expect scores, and it gets probabilities.",
    "What does your last layer give: scores or probabilities? And what does from_logits say?",
    idea="loss",
)
def keras_loss_from_logits(cnn):
    def keras_cnn(input_shape=(28, 28, 1), n_classes=10):
        import keras
        from keras import layers

        model = keras.Sequential([keras.Input(input_shape)])
        model.add(layers.Conv2D(16, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
        model.add(layers.Conv2D(32, 3, activation="relu"))
        model.add(layers.MaxPooling2D(2))
        model.add(layers.Flatten())
        model.add(layers.Dense(n_classes, activation="softmax"))
        model.compile("adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    cnn.keras_cnn = keras_cnn


@misconception(
    "train leaves the model that it was given as it was.",
    "Whose weights have changed after your training, and who can see them?",
    idea="update",
)
def train_does_nothing(cnn):
    cnn.train = lambda model, x, y_true, seed=0: None


@misconception(
    "predict gives the probabilities of all classes, not one label for each image.",
    "What would you answer to: which digit is this?",
    idea="inference",
)
def predict_gives_probabilities(cnn):
    cnn.predict = lambda model, x: model.predict(x, verbose=0)


@misconception(
    "train ignores its seed: every training is the same one.",
    "What changes when train is called with another seed?",
    idea="batch",
)
def train_ignores_its_seed(cnn):
    correct = cnn.train
    cnn.train = lambda model, x, y_true, seed=0: correct(model, x, y_true)


@misconception(
    "train cannot be repeated: its seed decides nothing.",
    "Train twice with the same seed: do you get the same model?",
    idea="batch",
)
def train_cannot_be_repeated(cnn):
    correct = cnn.train

    def train(model, x, y_true, seed=0):
        return correct(model, x, y_true, int(np.random.default_rng().integers(2**31)))

    cnn.train = train

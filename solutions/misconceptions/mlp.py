"""What goes wrong in mlp.py."""

import numpy as np

from grader.misconception import misconception


@misconception(
    "relu writes its zeros into the very array that it was given.",
    "What is left of z after the call, and who may still need it?",
    idea="prediction",
)
def relu_in_place(mlp):
    mlp.relu = lambda z: np.maximum(z, 0.0, out=z)


@misconception(
    "relu lets everything through, as if it took the largest of one number alone.",
    "What does your relu give for -3, and between which two numbers does it choose?",
    idea="hierarchy of features",
)
def relu_does_nothing(mlp):
    mlp.relu = lambda z: np.array([np.max(value, 0) for value in z.ravel()]).reshape(z.shape)


@misconception(
    "The gradient passes ReLU as if it had let everything through.",
    "How does the loss change with an input that ReLU cut to zero?",
    idea="backpropagation",
)
def relu_mask_missing(mlp):
    mlp.relu_backward = lambda d_out, z: d_out


@misconception(
    "relu_backward gives ReLU's slope alone, 0 or 1: the gradient that came in is lost.",
    "What does the chain rule do with d_out and the slope?",
    idea="backpropagation",
)
def mask_without_gradient(mlp):
    mlp.relu_backward = lambda d_out, z: (z > 0).astype(float)


@misconception(
    "The gradient is cut where the gradient itself is negative, not where z was.",
    "What did ReLU look at in forward, to decide what passes?",
    idea="backpropagation",
)
def relu_mask_from_gradient(mlp):
    mlp.relu_backward = lambda d_out, z: np.where(d_out > 0, d_out, 0.0)


@misconception(
    "The gradient passes where z is exactly 0.",
    "Which slope does the text give ReLU at 0?",
    idea="backpropagation",
)
def relu_passes_at_zero(mlp):
    mlp.relu_backward = lambda d_out, z: np.where(z >= 0, d_out, 0.0)


@misconception(
    "All layers are made with the same seed, so layers of one shape start equal.",
    "How many different numbers can you draw from one seed?",
    idea="model",
)
def layers_start_equal(mlp):
    correct = mlp.MLP.__init__

    def start(self, sizes, seed=0):
        correct(self, sizes, seed)
        self.layers = [mlp.Dense(*layer.kernel.shape, seed=seed) for layer in self.layers]

    mlp.MLP.__init__ = start


@misconception(
    "All weights start at zero.",
    "Which gradient reaches the first layer when all weights behind it are zero?",
    idea="model",
)
def weights_all_zero(mlp):
    correct = mlp.MLP.__init__

    def start(self, sizes, seed=0):
        correct(self, sizes, seed)
        for layer in self.layers:
            layer.kernel = np.zeros_like(layer.kernel)

    mlp.MLP.__init__ = start


@misconception(
    "The network ignores its seed: it always starts with the same weights.",
    "What is different in a network that was made with another seed?",
    idea="model",
)
def weights_ignore_the_seed(mlp):
    correct = mlp.MLP.__init__
    mlp.MLP.__init__ = lambda self, sizes, seed=0: correct(self, sizes)


@misconception(
    "The biases are never added to the weighted sums.",
    "With x = 0, which probabilities can your network give?",
    idea="model",
)
def bias_forgotten(mlp):
    def forward(self, x):
        self.hidden_z = []
        for layer in self.layers[:-1]:
            z = layer.forward(x) - layer.bias
            self.hidden_z.append(z)
            x = mlp.relu(z)
        self.probabilities = mlp.softmax(self.layers[-1].forward(x) - self.layers[-1].bias)
        return self.probabilities

    mlp.MLP.forward = forward


@misconception(
    "No ReLU stands between the layers, so together they are one linear layer.",
    "What is the product of two matrices, and what could it do that one cannot?",
    idea="hierarchy of features",
)
def relu_missing(mlp):
    def forward(self, x):
        self.hidden_z = []
        for layer in self.layers[:-1]:
            x = layer.forward(x)
            self.hidden_z.append(x)
        self.probabilities = mlp.softmax(self.layers[-1].forward(x))
        return self.probabilities

    mlp.MLP.forward = forward


@misconception(
    "Only the first layer is followed by a ReLU; the hidden layers behind it have none.",
    "Follow a sample through three hidden layers: what happens to it between two of them?",
    idea="hierarchy of features",
)
def relu_after_first_layer_only(mlp):
    def forward(self, x):
        self.hidden_z = []
        for i, layer in enumerate(self.layers[:-1]):
            z = layer.forward(x)
            self.hidden_z.append(z)
            x = mlp.relu(z) if i == 0 else z
        self.probabilities = mlp.softmax(self.layers[-1].forward(x))
        return self.probabilities

    mlp.MLP.forward = forward


@misconception(
    "The scores go through a ReLU before the softmax.",
    "How can a class say that it is less probable than one with the score 0?",
    idea="prediction",
)
def relu_on_the_scores(mlp):
    def forward(self, x):
        zs = []
        for layer in self.layers:
            zs.append(layer.forward(x))
            x = mlp.relu(zs[-1])
        self.hidden_z = zs[:-1]
        self.probabilities = mlp.softmax(x)
        return self.probabilities

    mlp.MLP.forward = forward


@misconception(
    "forward gives the scores themselves: the softmax is missing.",
    "What does a row of your result add up to?",
    idea="prediction",
)
def softmax_missing(mlp):
    def forward(self, x):
        self.hidden_z = []
        for layer in self.layers[:-1]:
            self.hidden_z.append(layer.forward(x))
            x = mlp.relu(self.hidden_z[-1])
        self.probabilities = self.layers[-1].forward(x)
        return self.probabilities

    mlp.MLP.forward = forward


@misconception(
    "The list of what went into each ReLU grows with every forward, and backward reads its start.",
    "After two calls of forward, to which of them do the first entries of your list belong?",
    idea="backpropagation",
)
def cache_never_emptied(mlp):
    correct = mlp.MLP.forward

    def forward(self, x):
        before = getattr(self, "hidden_z", [])
        p = correct(self, x)
        self.hidden_z = [*before, *self.hidden_z][: len(self.layers) - 1]
        return p

    mlp.MLP.forward = forward


@misconception(
    "The gradient goes back through the kernel as it is, which fits only where it is square.",
    "Try it with MLP([5, 4, 3]): which shapes meet on the way back?",
    idea="backpropagation",
)
def kernel_not_transposed(mlp):
    def backward(self, y_true):
        n, n_classes = self.probabilities.shape
        d = (self.probabilities - mlp.one_hot(y_true, n_classes)) / n
        self.layers[-1].backward(d)
        for i in reversed(range(len(self.layers) - 1)):
            d = mlp.relu_backward(d @ self.layers[i + 1].kernel, self.hidden_z[i])
            self.layers[i].backward(d)

    mlp.MLP.backward = backward


@misconception(
    "On the way back the ReLUs are visited from the first to the last.",
    "Which ReLU does the gradient meet first when it comes from the scores?",
    idea="backpropagation",
)
def relus_in_forward_order(mlp):
    correct = mlp.MLP.backward

    def backward(self, y_true):
        self.hidden_z = self.hidden_z[::-1]
        return correct(self, y_true)

    mlp.MLP.backward = backward


@misconception(
    "The hidden layers get a factor p (1 - p) of the output, and the output layer gets none.",
    "Which gradient does the last layer hand back: the one that it was given, or another one?",
    idea="backpropagation",
)
def output_derivative_for_hidden_layers(mlp):
    def backward(self, y_true):
        p = self.probabilities
        d = (p - mlp.one_hot(y_true, p.shape[1])) / len(p)
        self.layers[-1].backward(d)
        d = (d * p * (1 - p)) @ self.layers[-1].kernel.T
        for layer, z in zip(self.layers[-2::-1], self.hidden_z[::-1], strict=True):
            d = layer.backward(mlp.relu_backward(d, z))

    mlp.MLP.backward = backward


@misconception(
    "The error still holds a derivative p (1 - p), entry by entry.",
    "Loss and softmax together have a short gradient: what is left of p (1 - p) in it?",
    idea="backpropagation",
)
def derivative_kept(mlp):
    def backward(self, y_true):
        p = self.probabilities
        d = (p - mlp.one_hot(y_true, p.shape[1])) * p * (1 - p) / len(p)
        d = self.layers[-1].backward(d)
        for layer, z in zip(self.layers[-2::-1], self.hidden_z[::-1], strict=True):
            d = layer.backward(mlp.relu_backward(d, z))

    mlp.MLP.backward = backward


@misconception(
    "The label itself, a number like 7, is taken off the probabilities of all classes.",
    "What should be taken off the probability of class 7, and what off all the others?",
    idea="backpropagation",
)
def labels_not_one_hot(mlp):
    def backward(self, y_true):
        p = self.probabilities
        d = self.layers[-1].backward((p - y_true[:, np.newaxis]) / len(p))
        for layer, z in zip(self.layers[-2::-1], self.hidden_z[::-1], strict=True):
            d = layer.backward(mlp.relu_backward(d, z))

    mlp.MLP.backward = backward


@misconception(
    "On the way back the gradient passes each ReLU as if it had let everything through.",
    "How does the loss change with an input that ReLU cut to zero?",
    idea="backpropagation",
)
def relu_forgotten_on_the_way_back(mlp):
    def backward(self, y_true):
        n, n_classes = self.probabilities.shape
        d = (self.probabilities - mlp.one_hot(y_true, n_classes)) / n
        for layer in reversed(self.layers):
            d = layer.backward(d)

    mlp.MLP.backward = backward


@misconception(
    "backward already takes a step: the weights move before anybody asks for it.",
    "Who decides how far the weights move, and was a learning rate given to backward?",
    idea="update",
)
def backward_moves_the_weights(mlp):
    correct = mlp.MLP.backward

    def backward(self, y_true):
        correct(self, y_true)
        for layer in self.layers:
            layer.step(0.01)

    mlp.MLP.backward = backward


@misconception(
    "The gradients are sums over the samples, not means.",
    "If every sample came twice, should the gradient double?",
    idea="backpropagation",
)
def gradient_summed(mlp):
    correct = mlp.MLP.backward

    def backward(self, y_true):
        correct(self, y_true)
        for layer in self.layers:
            layer.d_kernel = layer.d_kernel * len(y_true)
            layer.d_bias = layer.d_bias * len(y_true)

    mlp.MLP.backward = backward


@misconception(
    "The gradient is divided by n again at every layer that it passes.",
    "How many means does the loss take: one, or one for each layer?",
    idea="backpropagation",
)
def gradient_divided_twice(mlp):
    correct = mlp.MLP.backward

    def backward(self, y_true):
        correct(self, y_true)
        for passed, layer in enumerate(reversed(self.layers)):
            layer.d_kernel = layer.d_kernel / len(y_true) ** passed
            layer.d_bias = layer.d_bias / len(y_true) ** passed

    mlp.MLP.backward = backward


@misconception(
    "The biases have no gradients: they never learn.",
    "Which samples does a unit's bias reach?",
    idea="backpropagation",
)
def bias_gradient_forgotten(mlp):
    correct = mlp.MLP.backward

    def backward(self, y_true):
        correct(self, y_true)
        for layer in self.layers:
            layer.d_bias = np.zeros_like(layer.bias)

    mlp.MLP.backward = backward


@misconception(
    "Each layer moves before the gradient passes through it to the layer below.",
    "Which kernel made the prediction: the one before or the one after the step?",
    idea="update",
)
def update_before_gradient(mlp):
    def train_step(self, x, y_true, learning_rate):
        p = self.forward(x)
        y = mlp.one_hot(y_true, p.shape[1])
        d = (p - y) / len(x)
        for layer, z in zip(self.layers[::-1], [*self.hidden_z[::-1], None], strict=True):
            layer.backward(d)
            layer.step(learning_rate)
            d = d @ layer.kernel.T
            d = d if z is None else mlp.relu_backward(d, z)
        return mlp.categorical_cross_entropy(y, p)

    mlp.MLP.train_step = train_step


@misconception(
    "Only the last layer takes a step: the hidden layers stay as they started.",
    "Who learns the features that the last layer weighs?",
    idea="hierarchy of features",
)
def hidden_layers_frozen(mlp):
    def train_step(self, x, y_true, learning_rate):
        p = self.forward(x)
        self.backward(y_true)
        self.layers[-1].step(learning_rate)
        return mlp.categorical_cross_entropy(mlp.one_hot(y_true, p.shape[1]), p)

    mlp.MLP.train_step = train_step


@misconception(
    "train_step returns the loss after its update, not the one before.",
    "Which prediction did this step learn from?",
    idea="loss",
)
def loss_after_update(mlp):
    correct = mlp.MLP.train_step

    def train_step(self, x, y_true, learning_rate):
        correct(self, x, y_true, learning_rate)
        p = self.forward(x)
        return mlp.categorical_cross_entropy(mlp.one_hot(y_true, p.shape[1]), p)

    mlp.MLP.train_step = train_step


@misconception(
    "The history holds the loss of each epoch's last batch alone.",
    "How much does one batch tell about a whole epoch, and what of all the others?",
    idea="loss",
)
def history_of_last_batch(mlp):
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

    mlp.MLP.fit = fit


@misconception(
    "The history holds the loss of each epoch's first batch alone.",
    "How much does one batch tell about a whole epoch, and what of all the others?",
    idea="loss",
)
def history_of_first_batch(mlp):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))
            batches = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history.append(losses[0])
        return history

    mlp.MLP.fit = fit


@misconception(
    "The history adds up the losses of an epoch's batches.",
    "Should the history look worse because the batches are smaller and there are more of them?",
    idea="loss",
)
def history_summed_over_batches(mlp):
    correct = mlp.MLP.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        history = correct(self, x, y_true, epochs, batch_size, learning_rate, seed)
        return [loss * np.ceil(len(x) / batch_size) for loss in history]

    mlp.MLP.fit = fit


@misconception(
    "The history is a mean over the samples: a short last batch counts less than the others.",
    "Over what does the text take the mean: over an epoch's samples or over its batches?",
    idea="loss",
)
def history_mean_over_samples(mlp):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))
            batches = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history.append(float(np.average(losses, weights=[len(b) for b in batches])))
        return history

    mlp.MLP.fit = fit


@misconception(
    "The history holds the loss of all samples at the end of each epoch.",
    "Which losses did the steps of the epoch see, each of them before it moved anything?",
    idea="loss",
)
def history_after_each_epoch(mlp):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))
            for start in range(0, len(x), batch_size):
                batch = order[start : start + batch_size]
                self.train_step(x[batch], y_true[batch], learning_rate)
            p = self.forward(x)
            y = mlp.one_hot(y_true, p.shape[1])
            history.append(mlp.categorical_cross_entropy(y, p))
        return history

    mlp.MLP.fit = fit


@misconception(
    "A second call of fit begins where the first one began: what was learned is lost.",
    "After two calls of 3 epochs, how many epochs has your model learned from?",
    idea="update",
)
def fit_starts_afresh(mlp):
    correct = mlp.MLP.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        if hasattr(self, "start"):
            for layer, (kernel, bias) in zip(self.layers, self.start, strict=True):
                layer.kernel, layer.bias = kernel, bias
        self.start = [(layer.kernel, layer.bias) for layer in self.layers]
        return correct(self, x, y_true, epochs, batch_size, learning_rate, seed)

    mlp.MLP.fit = fit


@misconception(
    "The last batch is left out when it is short.",
    "With 5 samples and batches of 2, how many samples does your epoch use?",
    idea="batch",
)
def short_batch_dropped(mlp):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))[: len(x) // batch_size * batch_size]
            batches = order.reshape(-1, batch_size)
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history.append(float(np.mean(losses)))
        return history

    mlp.MLP.fit = fit


@misconception(
    "Every epoch takes the samples in the same order.",
    "How many different orders does your training see in 12 epochs?",
    idea="batch",
)
def shuffled_once(mlp):
    correct = mlp.MLP.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        one = (x, y_true, 1, batch_size, learning_rate, seed)
        return [correct(self, *one)[0] for _ in range(epochs)]

    mlp.MLP.fit = fit


@misconception(
    "x is shuffled and y_true is not: images learn from the labels of others.",
    "After shuffling, is the third label still that of the third image?",
    idea="batch",
)
def x_shuffled_without_y(mlp):
    correct = mlp.MLP.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        x = x[np.random.default_rng(seed).permutation(len(x))]
        return correct(self, x, y_true, epochs, batch_size, learning_rate, seed)

    mlp.MLP.fit = fit


@misconception(
    "fit ignores its seed: the order of the samples is always the same one.",
    "What changes when fit is called with another seed?",
    idea="batch",
)
def seed_ignored(mlp):
    correct = mlp.MLP.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        return correct(self, x, y_true, epochs, batch_size, learning_rate)

    mlp.MLP.fit = fit


@misconception(
    "fit shuffles with NumPy's global random state, and seeds it for everybody.",
    "Somebody draws a number after your training: is it still random for them?",
    idea="batch",
)
def fit_seeds_globally(mlp):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        np.random.seed(seed)
        history = []
        for _ in range(epochs):
            order = np.random.permutation(len(x))
            batches = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history.append(float(np.mean(losses)))
        return history

    mlp.MLP.fit = fit


@misconception(
    "fit shuffles in an order that nobody can repeat: its seed decides nothing.",
    "Run the same training twice with the same seed: do you get the same model?",
    idea="batch",
)
def fit_cannot_be_repeated(mlp):
    correct = mlp.MLP.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        any_seed = int(np.random.default_rng().integers(2**31))
        return correct(self, x, y_true, epochs, batch_size, learning_rate, any_seed)

    mlp.MLP.fit = fit


@misconception(
    "predict gives labels as floats, 3.0 for 3.",
    "Can a list be asked for its item number 3.0?",
    idea="inference",
)
def predict_gives_floats(mlp):
    correct = mlp.MLP.predict
    mlp.MLP.predict = lambda self, x: correct(self, x).astype(float)


@misconception(
    "The hidden layers of the Keras model have no activation.",
    "What stands between two layers of your own network?",
    idea="model",
)
def keras_without_activation(mlp):
    def keras_mlp(sizes):
        import keras

        hidden = [keras.layers.Dense(units) for units in sizes[1:-1]]
        last = keras.layers.Dense(sizes[-1], activation="softmax")
        return keras.Sequential([keras.Input((sizes[0],)), *hidden, last])

    mlp.keras_mlp = keras_mlp


@misconception(
    "The Keras model gives scores: the softmax at its end is missing.",
    "What does a row of its output add up to?",
    idea="prediction",
)
def keras_without_softmax(mlp):
    def keras_mlp(sizes):
        import keras

        hidden = [keras.layers.Dense(units, activation="relu") for units in sizes[1:-1]]
        last = keras.layers.Dense(sizes[-1])
        return keras.Sequential([keras.Input((sizes[0],)), *hidden, last])

    mlp.keras_mlp = keras_mlp


@misconception(
    "The Keras model ends with a sigmoid: each class gets a probability of its own.",
    "What does a row of its output add up to?",
    idea="prediction",
)
def keras_ends_with_sigmoid(mlp):
    def keras_mlp(sizes):
        import keras

        hidden = [keras.layers.Dense(units, activation="relu") for units in sizes[1:-1]]
        last = keras.layers.Dense(sizes[-1], activation="sigmoid")
        return keras.Sequential([keras.Input((sizes[0],)), *hidden, last])

    mlp.keras_mlp = keras_mlp

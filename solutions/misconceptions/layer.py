"""What goes wrong in layer.py."""

import numpy as np

from grader.misconception import misconception


@misconception(
    "The labels are counted from 1, so every 1.0 stands one place too far to the left.",
    "Which column belongs to class 0?",
    idea="loss",
)
def labels_from_one(layer):
    layer.one_hot = lambda labels, n_classes: np.eye(n_classes)[labels - 1]


@misconception(
    "Only the classes that appear among the labels get a column.",
    "How long is a row when a batch happens to hold no 9?",
    idea="batch",
)
def classes_counted_in_labels(layer):
    def one_hot(labels, n_classes):
        seen, place = np.unique(labels, return_inverse=True)
        return np.eye(len(seen))[place]

    layer.one_hot = one_hot


@misconception(
    "Softmax is taken over the samples, not over the classes.",
    "Whose probabilities must add up to 1: a sample's or a class's?",
    idea="prediction",
)
def softmax_over_samples(layer):
    def softmax(z):
        e = np.exp(z - np.max(z, axis=0))
        return e / np.sum(e, axis=0)

    layer.softmax = softmax


@misconception(
    "The sums of the rows lie in a row themselves, and each column is divided by one of them.",
    "Which shape has the sum over axis 1, and beside which entries does NumPy put it?",
    idea="prediction",
)
def softmax_without_keepdims(layer):
    def softmax(z):
        e = np.exp(z - np.max(z, axis=1, keepdims=True))
        return e / np.sum(e, axis=1)

    layer.softmax = softmax


@misconception(
    "Softmax takes exp of the scores as they are, too large for a float.",
    "What is exp(10000) in floating point, and what is it divided by itself?",
    idea="prediction",
)
def softmax_overflows(layer):
    def softmax(z):
        e = np.exp(z)
        return e / np.sum(e, axis=1, keepdims=True)

    layer.softmax = softmax


@misconception(
    "One number, the largest score of all samples, is taken off every row.",
    "What is left of a sample whose scores are all far below those of another one?",
    idea="prediction",
)
def softmax_shifts_all_rows_alike(layer):
    def softmax(z):
        e = np.exp(z - np.max(z))
        return e / np.sum(e, axis=1, keepdims=True)

    layer.softmax = softmax


@misconception(
    "The loss is the sum over the samples, not their mean.",
    "Is the same model twice as bad when every sample comes twice?",
    idea="loss",
)
def loss_summed(layer):
    correct = layer.categorical_cross_entropy
    layer.categorical_cross_entropy = lambda y_true, y_pred: len(y_true) * correct(y_true, y_pred)


@misconception(
    "The loss is a mean over samples and classes together.",
    "How many entries of a sample's row count in its loss, and by how many do you divide?",
    idea="loss",
)
def loss_averaged_over_classes(layer):
    correct = layer.categorical_cross_entropy
    layer.categorical_cross_entropy = lambda y_true, y_pred: (
        correct(y_true, y_pred) / y_true.shape[1]
    )


@misconception(
    "The loss takes the logarithm of 0.",
    "What does a model pay here that gave the truth a probability of exactly 0?",
    idea="loss",
)
def log_without_clipping(layer):
    def categorical_cross_entropy(y_true, y_pred):
        return float(-np.mean(np.sum(y_true * np.log(y_pred), axis=1)))

    layer.categorical_cross_entropy = categorical_cross_entropy


@misconception(
    "The predictions are clipped in the very array that was given.",
    "What does your caller find in y_pred after the call?",
    idea="loss",
)
def clipped_in_place(layer):
    correct = layer.categorical_cross_entropy

    def categorical_cross_entropy(y_true, y_pred):
        return correct(y_true, np.clip(y_pred, 1e-7, 1 - 1e-7, out=y_pred))

    layer.categorical_cross_entropy = categorical_cross_entropy


@misconception(
    "All weights start at zero.",
    "Between which two numbers does Glorot's rule draw the weights of such a layer?",
    idea="model",
)
def weights_all_zero(layer):
    correct = layer.Dense.__init__

    def start(self, n_inputs, units, seed=0):
        correct(self, n_inputs, units, seed)
        self.kernel = np.zeros((n_inputs, units))

    layer.Dense.__init__ = start


@misconception(
    "Making a layer reseeds NumPy's global random state.",
    "Somebody draws a number after your layer was made: is it still random for them?",
    idea="model",
)
def global_seed(layer):
    def start(self, n_inputs, units, seed=0):
        np.random.seed(seed)
        limit = np.sqrt(6 / (n_inputs + units))
        self.kernel = np.random.uniform(-limit, limit, size=(n_inputs, units))
        self.bias = np.zeros(units)

    layer.Dense.__init__ = start


@misconception(
    "Glorot's limit is taken without its square root.",
    "Work out the limit for 784 inputs and 10 units, as the text has it: is it 0.087 or 0.0076?",
    idea="model",
)
def glorot_without_root(layer):
    def start(self, n_inputs, units, seed=0):
        limit = 6 / (n_inputs + units)
        self.kernel = np.random.default_rng(seed).uniform(-limit, limit, size=(n_inputs, units))
        self.bias = np.zeros(units)

    layer.Dense.__init__ = start


@misconception(
    "The kernel is drawn from a normal distribution: this is Glorot normal, not Glorot uniform.",
    "Which is the largest weight that the text allows, and which is yours?",
    idea="model",
)
def glorot_normal(layer):
    def start(self, n_inputs, units, seed=0):
        scale = np.sqrt(2 / (n_inputs + units))
        self.kernel = np.random.default_rng(seed).normal(scale=scale, size=(n_inputs, units))
        self.bias = np.zeros(units)

    layer.Dense.__init__ = start


@misconception(
    "The kernel is reshaped on the way: the shapes fit, but the weights are mixed.",
    "Which weights belong to unit 0: a row of the kernel or a column?",
    idea="model",
)
def kernel_reshaped(layer):
    correct = layer.Dense.forward

    def forward(self, x):
        correct(self, x)
        return x @ self.kernel.reshape(self.kernel.shape[::-1]).T + self.bias

    layer.Dense.forward = forward


@misconception(
    "The bias is never added to the weighted sums.",
    "With x = 0, what can your layer give?",
    idea="model",
)
def bias_forgotten(layer):
    correct = layer.Dense.forward
    layer.Dense.forward = lambda self, x: correct(self, x) - self.bias


@misconception(
    "All units of the layer add the same bias, that of the first one.",
    "How many biases does a layer of 10 units have, and how many of them does your sum use?",
    idea="model",
)
def one_bias_for_all_units(layer):
    def forward(self, x):
        self.x = x
        return x @ self.kernel + self.bias[0]

    layer.Dense.forward = forward


@misconception(
    "d_x uses the kernel reshaped: the shape is that of the transpose, but the weights are mixed.",
    "Which weight joins input 0 with unit 1, and where is it in what you multiply with?",
    idea="backpropagation",
)
def reshaped_for_transposed(layer):
    correct = layer.Dense.backward

    def backward(self, d_out):
        correct(self, d_out)
        return d_out @ self.kernel.reshape(self.kernel.shape[::-1])

    layer.Dense.backward = backward


@misconception(
    "The gradients of earlier calls are still in d_kernel and d_bias.",
    "Call backward twice on the same batch: should the second gradient be twice the first?",
    idea="backpropagation",
)
def gradients_added_up(layer):
    correct = layer.Dense.backward

    def backward(self, d_out):
        before = getattr(self, "d_kernel", 0.0), getattr(self, "d_bias", 0.0)
        d_x = correct(self, d_out)
        self.d_kernel = self.d_kernel + before[0]
        self.d_bias = self.d_bias + before[1]
        return d_x

    layer.Dense.backward = backward


@misconception(
    "The layer divides the kernel's gradient by n once more.",
    "Who knows that the loss is a mean: the layer or the loss?",
    idea="backpropagation",
)
def gradient_divided_twice(layer):
    correct = layer.Dense.backward

    def backward(self, d_out):
        d_x = correct(self, d_out)
        self.d_kernel = self.d_kernel / len(d_out)
        return d_x

    layer.Dense.backward = backward


@misconception(
    "The bias has no gradient: it never learns.",
    "Which samples does a unit's bias reach?",
    idea="backpropagation",
)
def bias_gradient_forgotten(layer):
    correct = layer.Dense.backward

    def backward(self, d_out):
        d_x = correct(self, d_out)
        self.d_bias = np.zeros_like(self.bias)
        return d_x

    layer.Dense.backward = backward


@misconception(
    "The bias's gradient is a mean over the samples, not their sum.",
    "Where did the 1/n already enter, before this layer was asked?",
    idea="backpropagation",
)
def bias_gradient_averaged(layer):
    correct = layer.Dense.backward

    def backward(self, d_out):
        d_x = correct(self, d_out)
        self.d_bias = d_out.mean(axis=0)
        return d_x

    layer.Dense.backward = backward


@misconception(
    "The bias's gradient is added up over the units, not over the samples.",
    "How many biases are there, and how many numbers did you get?",
    idea="backpropagation",
)
def bias_gradient_over_units(layer):
    correct = layer.Dense.backward

    def backward(self, d_out):
        d_x = correct(self, d_out)
        self.d_bias = d_out.sum(axis=1)
        return d_x

    layer.Dense.backward = backward


@misconception(
    "The step goes along the gradient, uphill: the loss grows.",
    "A gradient points to where the loss grows fastest; where do you want to go?",
    idea="update",
)
def step_uphill(layer):
    correct = layer.Dense.step
    layer.Dense.step = lambda self, learning_rate: correct(self, -learning_rate)


@misconception(
    "The learning rate is never used: each step is the whole gradient.",
    "What changes in your step when learning_rate is ten times smaller?",
    idea="update",
)
def learning_rate_ignored(layer):
    correct = layer.Dense.step
    layer.Dense.step = lambda self, learning_rate: correct(self, 1.0)


@misconception(
    "The model ignores its seed: its layer always starts with the same kernel.",
    "What is different in a model that was made with another seed?",
    idea="model",
)
def model_ignores_its_seed(layer):
    correct = layer.SingleLayerPerceptron.__init__

    def start(self, n_inputs, n_classes, seed=0):
        correct(self, n_inputs, n_classes)

    layer.SingleLayerPerceptron.__init__ = start


@misconception(
    "forward gives the scores themselves: the softmax is missing.",
    "What does a row of your result add up to?",
    idea="prediction",
)
def softmax_missing(layer):
    def forward(self, x):
        self.probabilities = self.dense.forward(x)
        return self.probabilities

    layer.SingleLayerPerceptron.forward = forward


@misconception(
    "The gradients are sums over the samples, not means.",
    "If every sample came twice, should the gradient double?",
    idea="backpropagation",
)
def gradient_summed(layer):
    def backward(self, y_true):
        n_classes = self.probabilities.shape[1]
        return self.dense.backward(self.probabilities - layer.one_hot(y_true, n_classes))

    layer.SingleLayerPerceptron.backward = backward


@misconception(
    "The error is multiplied by the probabilities, as if that were softmax's derivative.",
    "On paper, how does the loss change with one score? Is a factor p left in the end?",
    idea="backpropagation",
)
def error_times_probabilities(layer):
    def backward(self, y_true):
        p = self.probabilities
        return self.dense.backward((p - layer.one_hot(y_true, p.shape[1])) * p / len(p))

    layer.SingleLayerPerceptron.backward = backward


@misconception(
    "The error still holds a derivative p (1 - p), entry by entry.",
    "Loss and softmax together have a short gradient: what is left of p (1 - p) in it?",
    idea="backpropagation",
)
def derivative_kept(layer):
    def backward(self, y_true):
        p = self.probabilities
        d_z = (p - layer.one_hot(y_true, p.shape[1])) * p * (1 - p) / len(p)
        return self.dense.backward(d_z)

    layer.SingleLayerPerceptron.backward = backward


@misconception(
    "The label itself, a number like 7, is taken off the probabilities of all classes.",
    "What should be taken off the probability of class 7, and what off all the others?",
    idea="backpropagation",
)
def labels_not_one_hot(layer):
    def backward(self, y_true):
        p = self.probabilities
        return self.dense.backward((p - y_true[:, np.newaxis]) / len(p))

    layer.SingleLayerPerceptron.backward = backward


@misconception(
    "backward already takes a step: the weights move before anybody asks for it.",
    "Who decides how far the weights move, and was a learning rate given to backward?",
    idea="update",
)
def backward_moves_the_weights(layer):
    correct = layer.SingleLayerPerceptron.backward

    def backward(self, y_true):
        d_x = correct(self, y_true)
        self.dense.step(0.01)
        return d_x

    layer.SingleLayerPerceptron.backward = backward


@misconception(
    "train_step returns the loss after its update, not the one before.",
    "Which prediction did this step learn from?",
    idea="loss",
)
def loss_after_update(layer):
    correct = layer.SingleLayerPerceptron.train_step

    def train_step(self, x, y_true, learning_rate):
        correct(self, x, y_true, learning_rate)
        p = self.forward(x)
        return layer.categorical_cross_entropy(layer.one_hot(y_true, p.shape[1]), p)

    layer.SingleLayerPerceptron.train_step = train_step


@misconception(
    "The history holds the loss of each epoch's last batch alone.",
    "How much does one batch tell about a whole epoch, and what of all the others?",
    idea="loss",
)
def history_of_last_batch(layer):
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

    layer.SingleLayerPerceptron.fit = fit


@misconception(
    "The history holds the loss of each epoch's first batch alone.",
    "How much does one batch tell about a whole epoch, and what of all the others?",
    idea="loss",
)
def history_of_first_batch(layer):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))
            batches = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history.append(losses[0])
        return history

    layer.SingleLayerPerceptron.fit = fit


@misconception(
    "The history adds up the losses of an epoch's batches.",
    "Should the history look worse because the batches are smaller and there are more of them?",
    idea="loss",
)
def history_summed_over_batches(layer):
    correct = layer.SingleLayerPerceptron.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        history = correct(self, x, y_true, epochs, batch_size, learning_rate, seed)
        return [loss * np.ceil(len(x) / batch_size) for loss in history]

    layer.SingleLayerPerceptron.fit = fit


@misconception(
    "The history is a mean over the samples: a short last batch counts less than the others.",
    "Over what does the text take the mean: over an epoch's samples or over its batches?",
    idea="loss",
)
def history_mean_over_samples(layer):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))
            batches = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history.append(float(np.average(losses, weights=[len(b) for b in batches])))
        return history

    layer.SingleLayerPerceptron.fit = fit


@misconception(
    "The history holds the loss of all samples at the end of each epoch.",
    "Which losses did the steps of the epoch see, each of them before it moved anything?",
    idea="loss",
)
def history_after_each_epoch(layer):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))
            for start in range(0, len(x), batch_size):
                batch = order[start : start + batch_size]
                self.train_step(x[batch], y_true[batch], learning_rate)
            p = self.forward(x)
            y = layer.one_hot(y_true, p.shape[1])
            history.append(layer.categorical_cross_entropy(y, p))
        return history

    layer.SingleLayerPerceptron.fit = fit


@misconception(
    "A second call of fit begins where the first one began: what was learned is lost.",
    "After two calls of 3 epochs, how many epochs has your model learned from?",
    idea="update",
)
def fit_starts_afresh(layer):
    correct = layer.SingleLayerPerceptron.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        if hasattr(self, "start"):
            self.dense.kernel, self.dense.bias = self.start
        self.start = self.dense.kernel, self.dense.bias
        return correct(self, x, y_true, epochs, batch_size, learning_rate, seed)

    layer.SingleLayerPerceptron.fit = fit


@misconception(
    "The last batch is left out when it is short.",
    "With 5 samples and batches of 2, how many samples does your epoch use?",
    idea="batch",
)
def short_batch_dropped(layer):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))[: len(x) // batch_size * batch_size]
            batches = order.reshape(-1, batch_size)
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history.append(float(np.mean(losses)))
        return history

    layer.SingleLayerPerceptron.fit = fit


@misconception(
    "The samples are never shuffled: each epoch takes them in the order of the file.",
    "What does the model see last in an epoch when the file is sorted by digit?",
    idea="batch",
)
def not_shuffled(layer):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        history = []
        for _ in range(epochs):
            batches = [slice(i, i + batch_size) for i in range(0, len(x), batch_size)]
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history.append(float(np.mean(losses)))
        return history

    layer.SingleLayerPerceptron.fit = fit


@misconception(
    "The samples are shuffled once, and then every epoch takes them in the same order.",
    "How many different orders does your training see in 12 epochs?",
    idea="batch",
)
def shuffled_once(layer):
    correct = layer.SingleLayerPerceptron.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        one = (x, y_true, 1, batch_size, learning_rate, seed)
        return [correct(self, *one)[0] for _ in range(epochs)]

    layer.SingleLayerPerceptron.fit = fit


@misconception(
    "fit ignores its seed: the order of the samples is always the same one.",
    "What changes when fit is called with another seed?",
    idea="batch",
)
def fit_ignores_its_seed(layer):
    correct = layer.SingleLayerPerceptron.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        return correct(self, x, y_true, epochs, batch_size, learning_rate)

    layer.SingleLayerPerceptron.fit = fit


@misconception(
    "fit shuffles with NumPy's global random state, and seeds it for everybody.",
    "Somebody draws a number after your training: is it still random for them?",
    idea="batch",
)
def fit_seeds_globally(layer):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        np.random.seed(seed)
        history = []
        for _ in range(epochs):
            order = np.random.permutation(len(x))
            batches = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history.append(float(np.mean(losses)))
        return history

    layer.SingleLayerPerceptron.fit = fit


@misconception(
    "fit shuffles in an order that nobody can repeat: its seed decides nothing.",
    "Run the same training twice with the same seed: do you get the same model?",
    idea="batch",
)
def fit_cannot_be_repeated(layer):
    correct = layer.SingleLayerPerceptron.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        any_seed = int(np.random.default_rng().integers(2**31))
        return correct(self, x, y_true, epochs, batch_size, learning_rate, any_seed)

    layer.SingleLayerPerceptron.fit = fit


@misconception(
    "predict looks for the largest probability of each class, not of each sample.",
    "For how many samples did you ask, and how many labels came back?",
    idea="inference",
)
def predict_over_samples(layer):
    layer.SingleLayerPerceptron.predict = lambda self, x: self.forward(x).argmax(axis=0)


@misconception(
    "predict gives the largest probability, not the class that has it.",
    "What would you answer to: which digit is this?",
    idea="inference",
)
def predict_gives_the_probability(layer):
    layer.SingleLayerPerceptron.predict = lambda self, x: np.max(self.forward(x), axis=1)


@misconception(
    "The Keras model has no activation: it gives scores.",
    "What stands between the scores and the probabilities in your own model?",
    idea="model",
)
def keras_without_activation(layer):
    def keras_layer(n_inputs, n_classes):
        import keras

        return keras.Sequential([keras.Input((n_inputs,)), keras.layers.Dense(n_classes)])

    layer.keras_layer = keras_layer


@misconception(
    "The Keras model has a sigmoid: each class gets a probability of its own.",
    "What does a row of its output add up to?",
    idea="prediction",
)
def keras_with_sigmoid(layer):
    def keras_layer(n_inputs, n_classes):
        import keras

        units = keras.layers.Dense(n_classes, activation="sigmoid")
        return keras.Sequential([keras.Input((n_inputs,)), units])

    layer.keras_layer = keras_layer

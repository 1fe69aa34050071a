"""What goes wrong in neuron.py."""

import numpy as np

from grader.misconception import misconception


@misconception(
    "The pixels are not scaled: they still run from 0 to 255.",
    "How large can a weighted sum of 784 such pixels become, and what does the sigmoid make of it?",
    idea="images",
)
def pixels_not_scaled(neuron):
    neuron.images_to_vectors = lambda images: images.reshape(len(images), -1).astype(float)


@misconception(
    "The pixels are divided as whole numbers, so every grey turns into 0.",
    "What becomes of a grey pixel of 128 in your division?",
    idea="images",
)
def integer_division(neuron):
    neuron.images_to_vectors = lambda images: (images.reshape(len(images), -1) // 255).astype(float)


@misconception(
    "All images together became one long row: nobody knows where one ends.",
    "How many samples did you get, and how many rows has your result?",
    idea="images",
)
def whole_batch_flattened(neuron):
    neuron.images_to_vectors = lambda images: images.reshape(-1) / 255.0


@misconception(
    "The numbers fill the table in another order: a row holds pixels of several images.",
    "Which pixels stand in row 0 of your result, and to how many images do they belong?",
    idea="images",
)
def images_mixed(neuron):
    neuron.images_to_vectors = lambda images: images.reshape(-1, len(images)).T / 255.0


@misconception(
    "The array that was given has another shape now: its images are gone.",
    "What does your caller find when it wants to draw its first image after the call?",
    idea="images",
)
def images_reshaped_in_place(neuron):
    def images_to_vectors(images):
        images.shape = (len(images), -1)
        return images / 255.0

    neuron.images_to_vectors = images_to_vectors


@misconception(
    "The sigmoid is upside down: it falls where it should rise.",
    "Which probability of class 1 belongs to a very large weighted sum?",
    idea="prediction",
)
def sigmoid_upside_down(neuron):
    correct = neuron.sigmoid
    neuron.sigmoid = lambda z: correct(-z)


@misconception(
    "This is the hyperbolic tangent: it runs from -1 to 1.",
    "Can a probability be negative?",
    idea="prediction",
)
def tanh_for_sigmoid(neuron):
    neuron.sigmoid = np.tanh


@misconception(
    "The sigmoid takes exp of numbers too large for a float.",
    "What is exp(1000) in floating point, and what is it divided by itself?",
    idea="prediction",
)
def sigmoid_overflows(neuron):
    neuron.sigmoid = lambda z: np.exp(z) / (1 + np.exp(z))


@misconception(
    "The loss is the sum over the samples, not their mean.",
    "Is the same model twice as bad when every sample comes twice?",
    idea="loss",
)
def loss_summed(neuron):
    correct = neuron.binary_cross_entropy
    neuron.binary_cross_entropy = lambda y_true, y_pred: len(y_true) * correct(y_true, y_pred)


@misconception(
    "Only the samples of class 1 count in the loss.",
    "A sample of class 0 was given the probability 0.99: what does that cost here?",
    idea="loss",
)
def zeros_cost_nothing(neuron):
    def binary_cross_entropy(y_true, y_pred):
        return float(-np.mean(y_true * np.log(np.clip(y_pred, 1e-7, 1 - 1e-7))))

    neuron.binary_cross_entropy = binary_cross_entropy


@misconception(
    "The loss takes the logarithm of 0.",
    "What does a model pay here that gave the truth a probability of exactly 0?",
    idea="loss",
)
def log_without_clipping(neuron):
    def binary_cross_entropy(y_true, y_pred):
        return float(-np.mean(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred)))

    neuron.binary_cross_entropy = binary_cross_entropy


@misconception(
    "The predictions are clipped in the very array that was given.",
    "What does your caller find in y_pred after the call?",
    idea="loss",
)
def clipped_in_place(neuron):
    correct = neuron.binary_cross_entropy

    def binary_cross_entropy(y_true, y_pred):
        return correct(y_true, np.clip(y_pred, 1e-7, 1 - 1e-7, out=y_pred))

    neuron.binary_cross_entropy = binary_cross_entropy


@misconception(
    "Each label meets the predictions of all samples: a column against a row makes a table.",
    "What is the shape of y_true * log(y_pred) in your code, and how many samples are there?",
    idea="loss",
)
def loss_of_all_pairs(neuron):
    correct = neuron.binary_cross_entropy

    def binary_cross_entropy(y_true, y_pred):
        return correct(y_true, y_pred.reshape(-1, 1))

    neuron.binary_cross_entropy = binary_cross_entropy


@misconception(
    "The seed is ignored: every neuron starts with the same kernel.",
    "What is different in a neuron that was made with another seed?",
    idea="model",
)
def seed_ignored(neuron):
    correct = neuron.Neuron.__init__
    neuron.Neuron.__init__ = lambda self, n_inputs, seed=0: correct(self, n_inputs)


@misconception(
    "Making a neuron reseeds NumPy's global random state.",
    "Somebody draws a number after your neuron was made: is it still random for them?",
    idea="model",
)
def global_seed(neuron):
    def start(self, n_inputs, seed=0):
        np.random.seed(seed)
        self.kernel = np.random.normal(scale=1 / np.sqrt(n_inputs), size=n_inputs)
        self.bias = 0.0

    neuron.Neuron.__init__ = start


@misconception(
    "The kernel is drawn with standard deviation 1, however many inputs there are.",
    "How large does a weighted sum of 784 inputs become, and what does the sigmoid make of it?",
    idea="model",
)
def kernel_not_scaled(neuron):
    correct = neuron.Neuron.__init__

    def start(self, n_inputs, seed=0):
        correct(self, n_inputs, seed)
        self.kernel = self.kernel * np.sqrt(n_inputs)

    neuron.Neuron.__init__ = start


@misconception(
    "The kernel is drawn by random(), from 0 to 1, so no weight is negative.",
    "How could such a neuron start to say that a bright pixel speaks against class 1?",
    idea="model",
)
def kernel_all_positive(neuron):
    def start(self, n_inputs, seed=0):
        self.kernel = np.random.default_rng(seed).random(n_inputs) / np.sqrt(n_inputs)
        self.bias = 0.0

    neuron.Neuron.__init__ = start


@misconception(
    "The kernel is drawn uniformly between -1 / sqrt(n_inputs) and 1 / sqrt(n_inputs).",
    "Which distribution does the text name, and what does its 1 / sqrt(n_inputs) stand for?",
    idea="model",
)
def kernel_uniform(neuron):
    def start(self, n_inputs, seed=0):
        limit = 1 / np.sqrt(n_inputs)
        self.kernel = np.random.default_rng(seed).uniform(-limit, limit, size=n_inputs)
        self.bias = 0.0

    neuron.Neuron.__init__ = start


@misconception(
    "The bias is never added to the weighted sum.",
    "With x = 0, which probabilities can your neuron give?",
    idea="model",
)
def bias_forgotten(neuron):
    neuron.Neuron.forward = lambda self, x: neuron.sigmoid(x @ self.kernel)


@misconception(
    "The bias is added behind the sigmoid, to the probability.",
    "With a bias of 2, between which two numbers do your probabilities lie?",
    idea="model",
)
def bias_after_activation(neuron):
    neuron.Neuron.forward = lambda self, x: neuron.sigmoid(x @ self.kernel) + self.bias


@misconception(
    "The neuron gives the weighted sum itself: the sigmoid is missing.",
    "Between which two numbers does a probability lie, and does a weighted sum keep to them?",
    idea="prediction",
)
def sigmoid_missing(neuron):
    neuron.Neuron.forward = lambda self, x: x @ self.kernel + self.bias


@misconception(
    "The gradients are sums over the samples, not means.",
    "If every sample came twice, should the gradient double?",
    idea="backpropagation",
)
def gradient_summed(neuron):
    def gradients(self, x, y_true):
        error = self.forward(x) - y_true
        return x.T @ error, np.sum(error)

    neuron.Neuron.gradients = gradients


@misconception(
    "The gradient still holds the sigmoid's derivative p (1 - p).",
    "On paper, multiply dL/dp by dp/dz: what is left of p (1 - p)?",
    idea="backpropagation",
)
def derivative_applied_twice(neuron):
    def gradients(self, x, y_true):
        p = self.forward(x)
        d_z = (p - y_true) * p * (1 - p) / len(x)
        return x.T @ d_z, np.sum(d_z)

    neuron.Neuron.gradients = gradients


@misconception(
    "The bias has no gradient: it never learns.",
    "When the bias grows a little, what happens to z, and so to the loss?",
    idea="backpropagation",
)
def bias_gradient_forgotten(neuron):
    correct = neuron.Neuron.gradients
    neuron.Neuron.gradients = lambda self, x, y_true: (correct(self, x, y_true)[0], 0.0)


@misconception(
    "The bias's gradient is one number for each sample: they were never added up.",
    "How many biases does a neuron have, and how many numbers did you get for it?",
    idea="backpropagation",
)
def bias_gradient_not_summed(neuron):
    def gradients(self, x, y_true):
        d_z = (self.forward(x) - y_true) / len(x)
        return x.T @ d_z, d_z

    neuron.Neuron.gradients = gradients


@misconception(
    "The step goes along the gradient, uphill: the loss grows.",
    "A gradient points to where the loss grows fastest; where do you want to go?",
    idea="update",
)
def step_uphill(neuron):
    correct = neuron.Neuron.train_step
    neuron.Neuron.train_step = lambda self, x, y_true, learning_rate: correct(
        self, x, y_true, -learning_rate
    )


@misconception(
    "The learning rate is never used: each step is the whole gradient.",
    "What changes in your step when learning_rate is ten times smaller?",
    idea="update",
)
def learning_rate_ignored(neuron):
    correct = neuron.Neuron.train_step
    neuron.Neuron.train_step = lambda self, x, y_true, learning_rate: correct(self, x, y_true, 1.0)


@misconception(
    "The bias moves once for each feature, in one and the same step.",
    "How often does the line that moves the bias run when a sample has 784 features?",
    idea="update",
)
def bias_moves_for_each_feature(neuron):
    def train_step(self, x, y_true, learning_rate):
        loss = neuron.binary_cross_entropy(y_true, self.forward(x))
        d_kernel, d_bias = self.gradients(x, y_true)
        self.kernel = np.array(self.kernel)
        for i in range(len(d_kernel)):
            self.kernel[i] -= learning_rate * d_kernel[i]
            self.bias = self.bias - learning_rate * d_bias
        return loss

    neuron.Neuron.train_step = train_step


@misconception(
    "The kernel has already moved when the bias's gradient is computed.",
    "With which kernel was the prediction made that the bias learns from?",
    idea="update",
)
def update_before_gradient(neuron):
    def train_step(self, x, y_true, learning_rate):
        loss = neuron.binary_cross_entropy(y_true, self.forward(x))
        self.kernel = self.kernel - learning_rate * self.gradients(x, y_true)[0]
        self.bias = self.bias - learning_rate * self.gradients(x, y_true)[1]
        return loss

    neuron.Neuron.train_step = train_step


@misconception(
    "train_step returns the loss after its update, not the one before.",
    "Which prediction did this step learn from?",
    idea="loss",
)
def loss_after_update(neuron):
    correct = neuron.Neuron.train_step

    def train_step(self, x, y_true, learning_rate):
        correct(self, x, y_true, learning_rate)
        return neuron.binary_cross_entropy(y_true, self.forward(x))

    neuron.Neuron.train_step = train_step


@misconception(
    "The history adds up the losses of all samples instead of taking their mean.",
    "Could you compare two histories, one of 100 samples and one of 1,000?",
    idea="loss",
)
def history_of_sums(neuron):
    correct = neuron.Neuron.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        history = correct(self, x, y_true, epochs, batch_size, learning_rate, seed)
        return [loss * len(x) for loss in history]

    neuron.Neuron.fit = fit


@misconception(
    "The history is a mean over the samples: a short last batch counts less than the others.",
    "Over what does the text take the mean: over an epoch's samples or over its batches?",
    idea="loss",
)
def history_mean_over_samples(neuron):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))
            batches = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history.append(float(np.average(losses, weights=[len(b) for b in batches])))
        return history

    neuron.Neuron.fit = fit


@misconception(
    "The history holds the loss of each epoch's last batch alone.",
    "How much does one batch tell about a whole epoch, and what of all the others?",
    idea="loss",
)
def history_of_last_batch(neuron):
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

    neuron.Neuron.fit = fit


@misconception(
    "The history holds the loss of each epoch's first batch alone.",
    "How much does one batch tell about a whole epoch, and what of all the others?",
    idea="loss",
)
def history_of_first_batch(neuron):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))
            batches = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history.append(losses[0])
        return history

    neuron.Neuron.fit = fit


@misconception(
    "The history adds up the losses of an epoch's batches.",
    "Should the history look worse because the batches are smaller and there are more of them?",
    idea="loss",
)
def history_summed_over_batches(neuron):
    correct = neuron.Neuron.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        history = correct(self, x, y_true, epochs, batch_size, learning_rate, seed)
        return [loss * np.ceil(len(x) / batch_size) for loss in history]

    neuron.Neuron.fit = fit


@misconception(
    "The history holds the loss of all samples at the end of each epoch.",
    "Which losses did the steps of the epoch see, each of them before it moved anything?",
    idea="loss",
)
def history_after_each_epoch(neuron):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))
            for start in range(0, len(x), batch_size):
                batch = order[start : start + batch_size]
                self.train_step(x[batch], y_true[batch], learning_rate)
            history.append(neuron.binary_cross_entropy(y_true, self.forward(x)))
        return history

    neuron.Neuron.fit = fit


@misconception(
    "A second call of fit begins where the first one began: what was learned is lost.",
    "After two calls of 3 epochs, how many epochs has your model learned from?",
    idea="update",
)
def fit_starts_afresh(neuron):
    correct = neuron.Neuron.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        if hasattr(self, "start"):
            self.kernel, self.bias = self.start
        self.start = self.kernel, self.bias
        return correct(self, x, y_true, epochs, batch_size, learning_rate, seed)

    neuron.Neuron.fit = fit


@misconception(
    "The last batch is left out when it is short.",
    "With 5 samples and batches of 2, how many samples does your epoch use?",
    idea="batch",
)
def short_batch_dropped(neuron):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        rng = np.random.default_rng(seed)
        history = []
        for _ in range(epochs):
            order = rng.permutation(len(x))[: len(x) // batch_size * batch_size]
            batches = order.reshape(-1, batch_size)
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history.append(float(np.mean(losses)))
        return history

    neuron.Neuron.fit = fit


@misconception(
    "Every epoch takes the samples in the same order.",
    "How many different orders does your training see in 12 epochs?",
    idea="batch",
)
def shuffled_once(neuron):
    correct = neuron.Neuron.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        one = (x, y_true, 1, batch_size, learning_rate, seed)
        return [correct(self, *one)[0] for _ in range(epochs)]

    neuron.Neuron.fit = fit


@misconception(
    "fit shuffles the very arrays that it was given.",
    "What does your caller find in x after the training?",
    idea="batch",
)
def shuffled_in_place(neuron):
    correct = neuron.Neuron.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        order = np.random.default_rng(seed).permutation(len(x))
        x[:], y_true[:] = x[order], y_true[order]
        return correct(self, x, y_true, epochs, batch_size, learning_rate, seed)

    neuron.Neuron.fit = fit


@misconception(
    "x is shuffled and y_true is not: samples learn from the labels of others.",
    "After shuffling, is the third label still that of the third sample?",
    idea="batch",
)
def x_shuffled_without_y(neuron):
    correct = neuron.Neuron.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        mixed = x[np.random.default_rng(seed + 1).permutation(len(x))]
        return correct(self, mixed, y_true, epochs, batch_size, learning_rate, seed)

    neuron.Neuron.fit = fit


@misconception(
    "The rows are exchanged one by one in an array, and some overwrite others: samples get lost.",
    "After a = x[0]; x[0] = x[1]; x[1] = a: is what was x[0] still anywhere?",
    idea="batch",
)
def rows_shuffled_as_views(neuron):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        import random

        rng = random.Random(seed)
        history, data = [], np.column_stack([x, y_true])
        for _ in range(epochs):
            rng.shuffle(data)
            batches = [data[i : i + batch_size] for i in range(0, len(data), batch_size)]
            losses = [self.train_step(b[:, :-1], b[:, -1], learning_rate) for b in batches]
            history.append(float(np.mean(losses)))
        return history

    neuron.Neuron.fit = fit


@misconception(
    "fit ignores its seed: the order of the samples is always the same one.",
    "What changes when fit is called with another seed?",
    idea="batch",
)
def fit_ignores_its_seed(neuron):
    correct = neuron.Neuron.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        return correct(self, x, y_true, epochs, batch_size, learning_rate)

    neuron.Neuron.fit = fit


@misconception(
    "fit shuffles with NumPy's global random state, and seeds it for everybody.",
    "Somebody draws a number after your training: is it still random for them?",
    idea="batch",
)
def fit_seeds_globally(neuron):
    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        np.random.seed(seed)
        history = []
        for _ in range(epochs):
            order = np.random.permutation(len(x))
            batches = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
            losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
            history.append(float(np.mean(losses)))
        return history

    neuron.Neuron.fit = fit


@misconception(
    "fit shuffles in an order that nobody can repeat: its seed decides nothing.",
    "Run the same training twice with the same seed: do you get the same model?",
    idea="batch",
)
def fit_cannot_be_repeated(neuron):
    correct = neuron.Neuron.fit

    def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
        any_seed = int(np.random.default_rng().integers(2**31))
        return correct(self, x, y_true, epochs, batch_size, learning_rate, any_seed)

    neuron.Neuron.fit = fit


@misconception(
    "predict says class 1 where the probability is exactly 0.5.",
    "Is 0.5 over 0.5?",
    idea="inference",
)
def threshold_at_half(neuron):
    neuron.Neuron.predict = lambda self, x: (self.forward(x) >= 0.5).astype(int)


@misconception(
    "predict gives probabilities, not labels.",
    "What would you answer to: is this a 3 or a 5?",
    idea="inference",
)
def predict_gives_probabilities(neuron):
    neuron.Neuron.predict = lambda self, x: self.forward(x)


@misconception(
    "The Keras model has no activation: it gives weighted sums.",
    "What stands between the weighted sum and the probability in your own neuron?",
    idea="model",
)
def keras_without_activation(neuron):
    def keras_neuron(n_inputs):
        import keras

        return keras.Sequential([keras.Input((n_inputs,)), keras.layers.Dense(1)])

    neuron.keras_neuron = keras_neuron


@misconception(
    "The one unit of the Keras model has a softmax: it is always certain of class 1.",
    "Softmax shares 1 among all units: how much does it give to the only one?",
    idea="prediction",
)
def keras_softmax_of_one_unit(neuron):
    def keras_neuron(n_inputs):
        import keras

        layer = keras.layers.Dense(1, activation="softmax")
        return keras.Sequential([keras.Input((n_inputs,)), layer])

    neuron.keras_neuron = keras_neuron

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
    "The seed is ignored: every neuron starts with the same kernel.",
    "What is different in a neuron that was made with another seed?",
    idea="model",
)
def seed_ignored(neuron):
    correct = neuron.Neuron.__init__
    neuron.Neuron.__init__ = lambda self, n_inputs, seed=0: correct(self, n_inputs)


@misconception(
    "The bias is never added to the weighted sum.",
    "With x = 0, which probabilities can your neuron give?",
    idea="model",
)
def bias_forgotten(neuron):
    neuron.Neuron.forward = lambda self, x: neuron.sigmoid(x @ self.kernel)


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

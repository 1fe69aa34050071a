"""What goes wrong in training.py."""

import numpy as np

from grader.misconception import misconception


@misconception(
    "The tape is played once for each variable, and a tape can be played only once.",
    "How many times do you ask this tape, and what would it have to keep for a second time?",
    idea="backpropagation",
)
def tape_played_again(training):
    def gradients(loss, variables):
        with training.tf.GradientTape() as tape:
            value = loss()
        return [tape.gradient(value, variable) for variable in variables]

    training.gradients = gradients


@misconception(
    "The gradients are those of all variables that the tape saw, not of those that were asked for.",
    "For which variables were you asked, and in which order?",
    idea="backpropagation",
)
def gradients_of_watched_variables(training):
    def gradients(loss, variables):
        with training.tf.GradientTape() as tape:
            value = loss()
        found = tape.gradient(value, tape.watched_variables())
        return [training.tf.convert_to_tensor(gradient) for gradient in found]

    training.gradients = gradients


@misconception(
    "The gradients come back in the opposite order of the variables.",
    "To which variable does the first gradient of your list belong?",
    idea="backpropagation",
)
def gradients_in_reverse(training):
    correct = training.gradients
    training.gradients = lambda loss, variables: correct(loss, variables)[::-1]


@misconception(
    "Where the loss does not depend on a variable, its gradient is None, not zeros.",
    "By how much does the loss change when such a variable moves a little?",
    idea="backpropagation",
)
def none_for_an_unused_variable(training):
    def gradients(loss, variables):
        with training.tf.GradientTape() as tape:
            value = loss()
        found = tape.gradient(value, variables)
        return [g if g is None else training.tf.convert_to_tensor(g) for g in found]

    training.gradients = gradients


@misconception(
    "A gradient that holds some rows only is handed on as it is, not as a tensor.",
    "Which rows of this gradient are missing, and what should stand there?",
    idea="backpropagation",
)
def rows_alone(training):
    def gradients(loss, variables):
        with training.tf.GradientTape() as tape:
            value = loss()
        zero = training.tf.UnconnectedGradients.ZERO
        return tape.gradient(value, variables, unconnected_gradients=zero)

    training.gradients = gradients


@misconception(
    "The loss is computed before the tape is open, so the tape has seen nothing of it.",
    "What was written on the tape while it was open?",
    idea="backpropagation",
)
def loss_outside_the_tape(training):
    def gradients(loss, variables):
        value = loss()
        with training.tf.GradientTape() as tape:
            value = value + 0.0
        zero = training.tf.UnconnectedGradients.ZERO
        return tape.gradient(value, variables, unconnected_gradients=zero)

    training.gradients = gradients


@misconception(
    "The layer's bias is never added.",
    "What does your layer say of an input that is all zeros?",
    idea="model",
)
def bias_not_used(training):
    def call(self, x):
        return self.activation(training.tf.matmul(x, self.kernel))

    training.DenseLayer.call = call


@misconception(
    "The layer forgets its activation: it always gives the scores themselves.",
    'What should a layer with activation="relu" do with a negative score?',
    idea="model",
)
def activation_ignored(training):
    def call(self, x):
        return training.tf.matmul(x, self.kernel) + self.bias

    training.DenseLayer.call = call


@misconception(
    "The bias is added after the activation.",
    "Which numbers does the activation look at: all that belongs to the score?",
    idea="model",
)
def bias_after_activation(training):
    def call(self, x):
        return self.activation(training.tf.matmul(x, self.kernel)) + self.bias

    training.DenseLayer.call = call


@misconception(
    "An activation that comes as a function is ignored; only names work.",
    "In which ways may an activation be given?",
    idea="model",
)
def activation_by_name_alone(training):
    correct = training.DenseLayer.__init__

    def start(self, units, activation=None, **kwargs):
        name = activation if isinstance(activation, str) else None
        correct(self, units, name, **kwargs)

    training.DenseLayer.__init__ = start


@misconception(
    "The kernel starts with normal numbers, not with Glorot uniform ones.",
    "How large may the largest entry of a Glorot uniform kernel be?",
    idea="model",
)
def kernel_starts_normal(training):
    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape, initializer="glorot_normal", name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    training.DenseLayer.build = build


@misconception(
    "The kernel starts at zeros, so that all units are alike and stay so.",
    "What is different between two units at the start?",
    idea="model",
)
def kernel_starts_at_zero(training):
    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape, initializer="zeros", name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    training.DenseLayer.build = build


@misconception(
    "The bias starts at ones.",
    "What should a layer answer to zeros before it has learned anything?",
    idea="model",
)
def bias_starts_at_one(training):
    correct = training.DenseLayer.build

    def build(self, input_shape):
        correct(self, input_shape)
        self.bias.assign(np.ones(self.units))

    training.DenseLayer.build = build


@misconception(
    "kernel and bias are plain variables, which Keras does not count as the model's parameters.",
    "Which parameters does Keras list for a model with your layer, and who told it of them?",
    idea="model",
)
def parameters_unknown_to_keras(training):
    def build(self, input_shape):
        glorot = training.keras.initializers.GlorotUniform()
        self.kernel = training.tf.Variable(glorot((input_shape[-1], self.units)))
        self.bias = training.tf.Variable(np.zeros(self.units, np.float32))

    training.DenseLayer.build = build


@misconception(
    "The bias is a parameter that is not trained.",
    "Which of the layer's parameters should training change?",
    idea="update",
)
def bias_not_trained(training):
    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="kernel"
        )
        self.bias = self.add_weight(
            shape=(self.units,), initializer="zeros", name="bias", trainable=False
        )

    training.DenseLayer.build = build


@misconception(
    "get_config does not tell of the activation: it is lost when the model is loaded.",
    "What does the loaded layer do after x kernel + bias, and who told it?",
    idea="model",
)
def activation_lost_on_load(training):
    def get_config(self):
        return {**training.Layer.get_config(self), "units": self.units}

    training.DenseLayer.get_config = get_config


@misconception(
    "get_config is missing: Keras cannot write down how to make the layer anew.",
    "What does a file have to hold so that __init__ can be called again?",
    idea="model",
)
def get_config_missing(training):
    del training.DenseLayer.get_config


@misconception(
    "The steps go uphill: the gradient is added, not taken off.",
    "The gradient points to where the loss grows. Where do you want to go?",
    idea="update",
)
def momentum_uphill(training):
    correct = training.Momentum.apply

    def apply(self, gradients, variables):
        correct(self, [-gradient for gradient in gradients], variables)

    training.Momentum.apply = apply


@misconception(
    "The old velocity turns around in each step: it is taken off where it should be added.",
    "A ball rolls on: in which direction does it roll when nothing pushes it?",
    idea="update",
)
def velocity_turns_around(training):
    correct = training.Momentum.apply

    def apply(self, gradients, variables):
        if self.velocities is not None:
            self.velocities = [-velocity for velocity in self.velocities]
        correct(self, gradients, variables)

    training.Momentum.apply = apply


@misconception(
    "There is no memory: each step is plain gradient descent.",
    "What does this step know of the one before?",
    idea="update",
)
def velocity_forgotten(training):
    correct = training.Momentum.apply

    def apply(self, gradients, variables):
        self.velocities = None
        correct(self, gradients, variables)

    training.Momentum.apply = apply


@misconception(
    "Variables of one shape share one velocity; each of them needs its own.",
    "Two hills, one ball on each: how many velocities are there?",
    idea="update",
)
def one_velocity_for_all(training):
    def apply(self, gradients, variables):
        self.velocities = self.velocities or {}
        for gradient, variable in zip(gradients, variables, strict=True):
            shape = tuple(variable.shape)
            old = self.velocities.get(shape, training.tf.zeros(shape))
            new = self.momentum * old - self.learning_rate * gradient
            self.velocities[shape] = new
            variable.assign(variable + new)

    training.Momentum.apply = apply


@misconception(
    "The gradient counts only (1 - momentum): the velocity is an average, as in Adam.",
    "With momentum 0.9 and always the same gradient, how fast does the ball get?",
    idea="update",
)
def velocity_is_an_average(training):
    correct = training.Momentum.apply

    def apply(self, gradients, variables):
        correct(self, [(1 - self.momentum) * gradient for gradient in gradients], variables)

    training.Momentum.apply = apply


@misconception(
    "The variables move by the velocity of the step before, and the new one comes too late.",
    "Which is first: the push, or the move?",
    idea="update",
)
def moves_before_the_push(training):
    correct = training.Momentum.apply

    def apply(self, gradients, variables):
        before = [training.tf.convert_to_tensor(variable) for variable in variables]
        old = self.velocities or [0.0] * len(before)
        correct(self, gradients, variables)
        for variable, start, velocity in zip(variables, before, old, strict=True):
            variable.assign(start + velocity)

    training.Momentum.apply = apply


@misconception(
    "momentum is always 0.9, whatever was asked for.",
    "Where does the number that __init__ was given go?",
    idea="update",
)
def momentum_not_kept(training):
    correct = training.Momentum.__init__
    training.Momentum.__init__ = lambda self, learning_rate, momentum=0.9: correct(
        self, learning_rate
    )


@misconception(
    "The averages are not corrected for their start at zero.",
    "How large is the average of a gradient of 1 after the first step, and how large should it be?",
    idea="update",
)
def adam_not_corrected(training):
    def apply(self, gradients, variables):
        self.means = self.means or [0.0] * len(variables)
        self.squares = self.squares or [0.0] * len(variables)
        for i, (gradient, variable) in enumerate(zip(gradients, variables, strict=True)):
            self.means[i] = self.beta_1 * self.means[i] + (1 - self.beta_1) * gradient
            self.squares[i] = self.beta_2 * self.squares[i] + (1 - self.beta_2) * gradient**2
            root = training.tf.sqrt(self.squares[i])
            variable.assign(variable - self.learning_rate * self.means[i] / (root + self.epsilon))

    training.Adam.apply = apply


@misconception(
    "Only the average of the gradients is corrected for its start, not that of their squares.",
    "Both averages begin at zero: which of them is still too small?",
    idea="update",
)
def adam_squares_not_corrected(training):
    correct = training.Adam.apply

    def apply(self, gradients, variables):
        before = [training.tf.convert_to_tensor(variable) for variable in variables]
        correct(self, gradients, variables)
        share = np.sqrt(1 - self.beta_2**self.steps)
        for variable, start in zip(variables, before, strict=True):
            variable.assign(start + (variable - start) / np.float32(share))

    training.Adam.apply = apply


@misconception(
    "epsilon stands inside the root, where it is far larger beside small gradients.",
    "How large is the root of 1e-7, and beside which number of the formula does epsilon stand?",
    idea="update",
)
def adam_epsilon_inside(training):
    correct = training.Adam.apply

    def apply(self, gradients, variables):
        before = [training.tf.convert_to_tensor(variable) for variable in variables]
        correct(self, gradients, variables)
        for i, (variable, start) in enumerate(zip(variables, before, strict=True)):
            mean = self.means[i] / (1 - self.beta_1**self.steps)
            square = self.squares[i] / (1 - self.beta_2**self.steps)
            step = self.learning_rate * mean / training.tf.sqrt(square + self.epsilon)
            variable.assign(start - step)

    training.Adam.apply = apply


@misconception(
    "The number of the step grows with each variable, not with each call of apply.",
    "Three variables take their first step: which number does that step have?",
    idea="update",
)
def adam_counts_variables(training):
    def apply(self, gradients, variables):
        self.means = self.means or [0.0] * len(variables)
        self.squares = self.squares or [0.0] * len(variables)
        for i, (gradient, variable) in enumerate(zip(gradients, variables, strict=True)):
            self.steps += 1
            self.means[i] = self.beta_1 * self.means[i] + (1 - self.beta_1) * gradient
            self.squares[i] = self.beta_2 * self.squares[i] + (1 - self.beta_2) * gradient**2
            mean = self.means[i] / (1 - self.beta_1**self.steps)
            root = training.tf.sqrt(self.squares[i] / (1 - self.beta_2**self.steps))
            variable.assign(variable - self.learning_rate * mean / (root + self.epsilon))

    training.Adam.apply = apply


@misconception(
    "The two betas are exchanged.",
    "Which average should be the slower one, that of the gradients or that of their squares?",
    idea="update",
)
def adam_betas_exchanged(training):
    correct = training.Adam.__init__

    def start(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        correct(self, learning_rate, beta_2, beta_1, epsilon)

    training.Adam.__init__ = start


@misconception(
    "Both averages begin anew in each step: Adam has no memory.",
    "What is left of the first gradient in the third step?",
    idea="update",
)
def adam_without_memory(training):
    correct = training.Adam.apply

    def apply(self, gradients, variables):
        self.steps, self.means, self.squares = 0, None, None
        correct(self, gradients, variables)

    training.Adam.apply = apply


@misconception(
    "The step is divided by the average square itself: the root is missing.",
    "A gradient twice as large, divided by its square: which step comes out?",
    idea="update",
)
def adam_without_root(training):
    correct = training.Adam.apply

    def apply(self, gradients, variables):
        before = [training.tf.convert_to_tensor(variable) for variable in variables]
        correct(self, gradients, variables)
        for i, (variable, start) in enumerate(zip(variables, before, strict=True)):
            mean = self.means[i] / (1 - self.beta_1**self.steps)
            square = self.squares[i] / (1 - self.beta_2**self.steps)
            variable.assign(start - self.learning_rate * mean / (square + self.epsilon))

    training.Adam.apply = apply


@misconception(
    "Dropout is not inverted: the entries that stay are not divided by 1 - rate.",
    "What does the next layer get on average, in training and at inference?",
    idea="regularisation",
)
def dropout_not_inverted(training):
    correct = training.dropout

    def dropout(x, rate, training, seed=0):
        y = correct(x, rate, training, seed)
        return y * (1 - rate) if training else y

    training.dropout = dropout


@misconception(
    "At inference everything is multiplied by 1 - rate, to make up for what training dropped.",
    "What should x be at inference, if those that stay were divided in training?",
    idea="regularisation",
)
def dropout_made_up_for_later(training):
    correct = training.dropout

    def dropout(x, rate, training, seed=0):
        return correct(x, rate, training, seed) * (1 - rate)

    training.dropout = dropout


@misconception(
    "Entries are dropped at inference as well.",
    "Should the same image get another answer each time that it is asked for?",
    idea="regularisation",
)
def dropout_at_inference(training):
    correct = training.dropout
    training.dropout = lambda x, rate, training, seed=0: correct(x, rate, True, seed)


@misconception(
    "The flag is read the wrong way round: entries are dropped at inference, and none in training.",
    "When should units be missing: while the network learns, or while it is used?",
    idea="regularisation",
)
def dropout_flag_reversed(training):
    correct = training.dropout
    training.dropout = lambda x, rate, training, seed=0: correct(x, rate, not training, seed)


@misconception(
    "One decision is made for a whole row: a sample is dropped or kept as a whole.",
    "Which entries of one sample share their fate, and should they?",
    idea="regularisation",
)
def dropout_by_row(training):
    def dropout(x, rate, training, seed=0):
        if not training:
            return x
        kept = np.random.default_rng(seed).uniform(size=(len(x), 1)) >= rate
        return x * (kept / (1 - rate)).astype(np.float32)

    training.dropout = dropout


@misconception(
    "All samples of the batch lose the same entries.",
    "How many decisions are there in a batch of n rows?",
    idea="regularisation",
)
def dropout_by_column(training):
    def dropout(x, rate, training, seed=0):
        if not training:
            return x
        kept = np.random.default_rng(seed).uniform(size=(1, np.shape(x)[1])) >= rate
        return x * (kept / (1 - rate)).astype(np.float32)

    training.dropout = dropout


@misconception(
    "The rate is taken for the share that is kept.",
    "With a rate of 0.25, how many of four entries are dropped?",
    idea="regularisation",
)
def dropout_rate_kept(training):
    correct = training.dropout
    training.dropout = lambda x, rate, training, seed=0: correct(x, 1 - rate, training, seed)


@misconception(
    "dropout ignores its seed: it always drops the same entries.",
    "What is different when dropout is called with another seed?",
    idea="regularisation",
)
def dropout_ignores_its_seed(training):
    correct = training.dropout
    training.dropout = lambda x, rate, training, seed=0: correct(x, rate, training)


@misconception(
    "The batch's own mean and variance serve at inference, too.",
    "What would your function answer for a batch of a single sample?",
    idea="normalisation",
)
def batch_statistics_at_inference(training):
    correct = training.batch_norm

    def batch_norm(
        x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
    ):
        rest = gamma, beta, moving_mean, moving_variance
        y, *moved = correct(x, *rest, True, momentum, epsilon)
        return (y, *moved) if training else (y, moving_mean, moving_variance)

    training.batch_norm = batch_norm


@misconception(
    "The moving mean and variance normalise in training, where the batch's own should.",
    "Which mean do the columns of y have after your normalisation of a batch?",
    idea="normalisation",
)
def moving_statistics_in_training(training):
    correct = training.batch_norm

    def batch_norm(
        x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
    ):
        rest = gamma, beta, moving_mean, moving_variance
        _, *moved = correct(x, *rest, training, momentum, epsilon)
        y, *_ = correct(x, *rest, False, momentum, epsilon)
        return (y, *moved)

    training.batch_norm = batch_norm


@misconception(
    "The variance is divided by n - 1, not by n.",
    "What is the mean of n squared distances?",
    idea="normalisation",
)
def variance_by_n_minus_1(training):
    correct = training.batch_norm

    def batch_norm(
        x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
    ):
        if not training:
            return correct(x, gamma, beta, moving_mean, moving_variance, False, momentum, epsilon)
        mean, variance = np.mean(x, axis=0), np.var(x, axis=0, ddof=1)
        y = gamma * (x - mean) / np.sqrt(variance + epsilon) + beta
        moved = momentum * moving_mean + (1 - momentum) * mean
        return y, moved, momentum * moving_variance + (1 - momentum) * variance

    training.batch_norm = batch_norm


@misconception(
    "The momentum is given to the batch, and the rest to the moving average.",
    "With momentum 0.99, how much should one batch change the moving mean?",
    idea="normalisation",
)
def momentum_exchanged(training):
    correct = training.batch_norm

    def batch_norm(
        x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
    ):
        rest = gamma, beta, moving_mean, moving_variance
        return correct(x, *rest, training, 1 - momentum, epsilon)

    training.batch_norm = batch_norm


@misconception(
    "epsilon is added to the root of the variance, not to the variance.",
    "Where does epsilon stand in the formula of batch normalisation?",
    idea="normalisation",
)
def norm_epsilon_outside(training):
    correct = training.batch_norm

    def batch_norm(
        x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
    ):
        rest = gamma, beta, moving_mean, moving_variance
        _, *moved = correct(x, *rest, training, momentum, epsilon)
        mean, variance = moving_mean, moving_variance
        if training:
            mean, variance = np.mean(x, axis=0), np.var(x, axis=0)
        return (gamma * (x - mean) / (np.sqrt(variance) + epsilon) + beta, *moved)

    training.batch_norm = batch_norm


@misconception(
    "One mean and one variance are taken over all entries, where each column has its own.",
    "A feature of thousands beside one of thousandths: what becomes of the small one?",
    idea="normalisation",
)
def one_mean_for_all_columns(training):
    correct = training.batch_norm

    def batch_norm(
        x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
    ):
        if not training:
            return correct(x, gamma, beta, moving_mean, moving_variance, False, momentum, epsilon)
        mean, variance = np.mean(x), np.var(x)
        y = gamma * (x - mean) / np.sqrt(variance + epsilon) + beta
        moved = momentum * moving_mean + (1 - momentum) * mean
        return y, moved, momentum * moving_variance + (1 - momentum) * variance

    training.batch_norm = batch_norm


@misconception(
    "The moving averages never move.",
    "What will inference know of the data, if training leaves no trace?",
    idea="normalisation",
)
def moving_averages_stand_still(training):
    correct = training.batch_norm

    def batch_norm(
        x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
    ):
        rest = gamma, beta, moving_mean, moving_variance
        return correct(x, *rest, training, momentum, epsilon)[0], moving_mean, moving_variance

    training.batch_norm = batch_norm


@misconception(
    "The moving averages move at inference as well.",
    "Should the answer to an image change what is answered to the next one?",
    idea="normalisation",
)
def moves_at_inference(training):
    correct = training.batch_norm

    def batch_norm(
        x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001
    ):
        rest = gamma, beta, moving_mean, moving_variance
        y = correct(x, *rest, training, momentum, epsilon)[0]
        return (y, *correct(x, *rest, True, momentum, epsilon)[1:])

    training.batch_norm = batch_norm


@misconception(
    "Early stopping of Keras watches the loss of the training data.",
    "Which of the two losses rises when the network begins to learn by heart?",
    idea="overfitting",
)
def keras_training_loss_watched(training):
    def keras_train(model, x, y_true, x_val, y_val, seed=0):
        training.keras.utils.set_random_seed(seed)
        stopping = training.keras.callbacks.EarlyStopping(
            monitor="loss", patience=3, restore_best_weights=True
        )
        model.fit(
            x,
            y_true,
            epochs=30,
            validation_data=(x_val, y_val),
            callbacks=[stopping],
            verbose=0,
        )

    training.keras_train = keras_train


@misconception(
    "The model learns from the validation data, too.",
    "What does a network's result on data show that it has learned from?",
    idea="overfitting",
)
def validation_data_trained_on(training):
    correct = training.train

    def train(model, x, y_true, x_val, y_val, epochs, batch_size, optimizer, patience=None, seed=0):
        x, y_true = np.concatenate([x, x_val]), np.concatenate([y_true, y_val])
        return correct(
            model, x, y_true, x_val, y_val, epochs, batch_size, optimizer, patience, seed
        )

    training.train = train


@misconception(
    "The loss and the accuracy are those of each batch after its update.",
    "Which prediction did this step learn from?",
    idea="loss",
)
def scores_after_the_update(training):
    def epoch(model, x, y_true, batch_size, optimizer):
        sums = np.zeros(2)
        for start in range(0, len(x), batch_size):
            batch = slice(start, start + batch_size)
            with training.tf.GradientTape() as tape:
                loss, _ = training._scores(model(x[batch], training=True), y_true[batch])
            variables = model.trainable_variables
            optimizer.apply(tape.gradient(loss, variables), variables)
            scores = training._scores(model(x[batch], training=False), y_true[batch])
            sums += np.array(scores) * len(y_true[batch])
        return sums / len(x)

    training._epoch = epoch


@misconception(
    "The history is a mean over the batches: a short last batch counts as much as a whole one.",
    "Over what does the text take the mean: over an epoch's samples or over its batches?",
    idea="loss",
)
def mean_over_batches(training):
    correct = training._epoch

    def epoch(model, x, y_true, batch_size, optimizer):
        starts = range(0, len(x), batch_size)
        scores = [
            correct(model, x[i : i + batch_size], y_true[i : i + batch_size], batch_size, optimizer)
            for i in starts
        ]
        return np.mean(scores, axis=0)

    training._epoch = epoch


@misconception(
    "The history holds the loss of each epoch's last batch alone.",
    "How much does one batch tell about a whole epoch, and what of all the others?",
    idea="loss",
)
def scores_of_the_last_batch(training):
    correct = training._epoch

    def epoch(model, x, y_true, batch_size, optimizer):
        for i in range(0, len(x), batch_size):
            batch = slice(i, i + batch_size)
            scores = correct(model, x[batch], y_true[batch], batch_size, optimizer)
        return scores

    training._epoch = epoch


@misconception(
    "The last batch is left out when it is short.",
    "With 5 samples and batches of 2, how many samples does your epoch use?",
    idea="batch",
)
def short_batch_dropped(training):
    correct = training._epoch

    def epoch(model, x, y_true, batch_size, optimizer):
        whole = len(x) // batch_size * batch_size
        return correct(model, x[:whole], y_true[:whole], batch_size, optimizer)

    training._epoch = epoch


@misconception(
    "The samples are never shuffled.",
    "What if the data came sorted by class: what would the last batches teach?",
    idea="batch",
)
def never_shuffled(training):
    correct = training.train

    def train(model, x, y_true, x_val, y_val, epochs, batch_size, optimizer, patience=None, seed=0):
        epoch = training._epoch
        training._epoch = lambda model, _, __, *rest: epoch(model, x, y_true, *rest)
        rest = x_val, y_val, epochs, batch_size, optimizer, patience, seed
        try:
            return correct(model, x, y_true, *rest)
        finally:
            training._epoch = epoch

    training.train = train


@misconception(
    "Every epoch takes the samples in the same order.",
    "How many different orders does your training see in 6 epochs?",
    idea="batch",
)
def shuffled_once(training):
    correct = training.train

    def train(model, x, y_true, x_val, y_val, epochs, batch_size, optimizer, patience=None, seed=0):
        order = np.random.default_rng(seed).permutation(len(x))
        epoch = training._epoch
        training._epoch = lambda model, _, __, *rest: epoch(model, x[order], y_true[order], *rest)
        rest = x_val, y_val, epochs, batch_size, optimizer, patience, seed
        try:
            return correct(model, x, y_true, *rest)
        finally:
            training._epoch = epoch

    training.train = train


@misconception(
    "train ignores its seed: the order of the samples is always the same.",
    "What is different in a training with another seed?",
    idea="batch",
)
def train_ignores_its_seed(training):
    correct = training.train

    def train(model, x, y_true, x_val, y_val, epochs, batch_size, optimizer, patience=None, seed=0):
        rest = x_val, y_val, epochs, batch_size, optimizer, patience
        return correct(model, x, y_true, *rest)

    training.train = train


@misconception(
    "The model is not told that it trains: training=True is missing where it learns.",
    "What do dropout and batch normalisation do while your model learns?",
    idea="normalisation",
)
def training_flag_missing(training):
    correct = training._epoch

    def epoch(model, *rest):
        class Silent:
            trainable_variables = property(lambda self: model.trainable_variables)

            def __call__(self, x, training):
                return model(x, training=False)

        return correct(Silent(), *rest)

    training._epoch = epoch


@misconception(
    "The model is told that it trains while it is only looked at.",
    "What do dropout and batch normalisation do with your validation data?",
    idea="normalisation",
)
def training_flag_at_validation(training):
    correct = training.train

    def train(model, *arguments, **named):
        class Told:
            trainable_variables = property(lambda self: model.trainable_variables)
            get_weights = model.get_weights
            set_weights = model.set_weights

            def __call__(self, x, training):
                return model(x, training=True)

        return correct(Told(), *arguments, **named)

    training.train = train


@misconception(
    "The loss takes the model's probabilities for scores, as a loss from logits does.",
    "What does the model's last layer give, and what does the loss make of it?",
    idea="loss",
)
def probabilities_taken_for_scores(training):
    correct = training._scores

    def scores(p, y_true):
        losses = training.tf.nn.sparse_softmax_cross_entropy_with_logits(y_true, p)
        return training.tf.reduce_mean(losses), correct(p, y_true)[1]

    training._scores = scores


@misconception(
    "The gradients are sums over the samples of a batch, not means.",
    "If every sample came twice, should the step double?",
    idea="backpropagation",
)
def gradient_summed(training):
    correct = training._epoch

    def epoch(model, x, y_true, batch_size, optimizer):
        class Larger:
            def apply(self, gradients, variables):
                n = batch_size if self.left >= batch_size else self.left
                self.left -= n
                optimizer.apply([gradient * n for gradient in gradients], variables)

        larger = Larger()
        larger.left = len(x)
        return correct(model, x, y_true, batch_size, larger)

    training._epoch = epoch


@misconception(
    "The model's own penalties, model.losses, are added to the loss.",
    "Which loss does the text name, and what does it say of model.losses?",
    idea="loss",
)
def penalties_added(training):
    def epoch(model, x, y_true, batch_size, optimizer):
        sums = np.zeros(2)
        for start in range(0, len(x), batch_size):
            batch = slice(start, start + batch_size)
            with training.tf.GradientTape() as tape:
                loss, right = training._scores(model(x[batch], training=True), y_true[batch])
                loss = loss + sum(model.losses)
            variables = model.trainable_variables
            optimizer.apply(tape.gradient(loss, variables), variables)
            sums += np.array([loss, right]) * len(y_true[batch])
        return sums / len(x)

    training._epoch = epoch


@misconception(
    "Only the last layer learns: the optimizer gets no other variables.",
    "Which variables does your model have, and which of them did the optimizer see?",
    idea="update",
)
def last_layer_alone(training):
    correct = training._epoch

    def epoch(model, x, y_true, batch_size, optimizer):
        class Last:
            def apply(self, gradients, variables):
                optimizer.apply(gradients[-2:], variables[-2:])

        return correct(model, x, y_true, batch_size, Last())

    training._epoch = epoch


@misconception(
    "The weights of the best epoch are not given back: the model keeps the last ones.",
    "Training stopped since it got worse: which weights does the model have now?",
    idea="overfitting",
)
def best_weights_not_restored(training):
    correct = training.train

    def train(model, *arguments, **named):
        class Forgetful:
            trainable_variables = property(lambda self: model.trainable_variables)

            def __call__(self, x, training):
                return model(x, training=training)

            def get_weights(self):
                return []

            def set_weights(self, weights):
                pass

        return correct(Forgetful(), *arguments, **named)

    training.train = train


@misconception(
    "Only the trainable weights are those of the best epoch, and the moving averages are not.",
    "Which weights of the model does no gradient ever change?",
    idea="overfitting",
)
def moving_statistics_not_restored(training):
    correct = training.train

    def train(model, *arguments, **named):
        class Partly:
            trainable_variables = property(lambda self: model.trainable_variables)

            def __call__(self, x, training):
                return model(x, training=training)

            def get_weights(self):
                return [np.array(variable) for variable in model.trainable_variables]

            def set_weights(self, weights):
                for variable, array in zip(model.trainable_variables, weights, strict=True):
                    variable.assign(array)

        return correct(Partly(), *arguments, **named)

    training.train = train


@misconception(
    "The best weights are given back only where training was stopped early.",
    "All epochs are over, and the last one was not the best: which weights do you want?",
    idea="overfitting",
)
def restored_only_when_stopped(training):
    correct = training.train

    def train(model, x, y_true, x_val, y_val, epochs, *arguments, **named):
        last = []

        class Watched:
            trainable_variables = property(lambda self: model.trainable_variables)
            get_weights = model.get_weights

            def __call__(self, x, training):
                return model(x, training=training)

            def set_weights(self, weights):
                last.append(model.get_weights())
                model.set_weights(weights)

        history = correct(Watched(), x, y_true, x_val, y_val, epochs, *arguments, **named)
        if last and len(history["loss"]) == epochs:
            model.set_weights(last[0])
        return history

    training.train = train


@misconception(
    "Without patience, too, the model gets the weights of its best epoch.",
    "Nobody asked for early stopping: whose weights does the text promise then?",
    idea="overfitting",
)
def restored_without_patience(training):
    correct = training.train

    def train(model, x, y_true, x_val, y_val, epochs, batch_size, optimizer, patience=None, seed=0):
        rest = x_val, y_val, epochs, batch_size, optimizer
        return correct(model, x, y_true, *rest, patience or 1_000_000, seed)

    training.train = train


@misconception(
    "Training stops one epoch too early.",
    "With a patience of 1, how many epochs without a lower val_loss are allowed to pass?",
    idea="overfitting",
)
def patience_one_short(training):
    correct = training.train

    def train(model, x, y_true, x_val, y_val, epochs, batch_size, optimizer, patience=None, seed=0):
        rest = x_val, y_val, epochs, batch_size, optimizer
        return correct(model, x, y_true, *rest, patience and patience - 1, seed)

    training.train = train


@misconception(
    "Training stops one epoch too late.",
    "With a patience of 1, how many epochs without a lower val_loss are allowed to pass?",
    idea="overfitting",
)
def patience_one_long(training):
    correct = training.train

    def train(model, x, y_true, x_val, y_val, epochs, batch_size, optimizer, patience=None, seed=0):
        rest = x_val, y_val, epochs, batch_size, optimizer
        return correct(model, x, y_true, *rest, patience and patience + 1, seed)

    training.train = train


@misconception(
    "Early stopping looks at the training loss, which falls nearly always.",
    "Which of the two losses shows that the model learns its samples by heart?",
    idea="overfitting",
)
def patience_on_training_loss(training):
    def train(model, x, y_true, x_val, y_val, epochs, batch_size, optimizer, patience=None, seed=0):
        rng = np.random.default_rng(seed)
        history = {"loss": [], "accuracy": [], "val_loss": [], "val_accuracy": []}
        best, best_weights, waited = np.inf, None, 0
        for _ in range(epochs):
            order = rng.permutation(len(x))
            scores = training._epoch(model, x[order], y_true[order], batch_size, optimizer)
            val_scores = training._scores(model(x_val, training=False), y_val)
            for name, score in zip(history, (*scores, *val_scores), strict=True):
                history[name].append(float(score))
            waited += 1
            if patience and history["loss"][-1] < best:
                best, best_weights, waited = history["loss"][-1], model.get_weights(), 0
            if waited == patience:
                break
        if best_weights is not None:
            model.set_weights(best_weights)
        return history

    training.train = train


@misconception(
    "All epochs without a lower val_loss are counted together: a new best one does not begin anew.",
    "How long has it been since the lowest val_loss so far?",
    idea="overfitting",
)
def patience_not_begun_anew(training):
    def train(model, x, y_true, x_val, y_val, epochs, batch_size, optimizer, patience=None, seed=0):
        rng = np.random.default_rng(seed)
        history = {"loss": [], "accuracy": [], "val_loss": [], "val_accuracy": []}
        best, best_weights, waited = np.inf, None, 0
        for _ in range(epochs):
            order = rng.permutation(len(x))
            scores = training._epoch(model, x[order], y_true[order], batch_size, optimizer)
            val_scores = training._scores(model(x_val, training=False), y_val)
            for name, score in zip(history, (*scores, *val_scores), strict=True):
                history[name].append(float(score))
            if patience and history["val_loss"][-1] < best:
                best, best_weights = history["val_loss"][-1], model.get_weights()
            else:
                waited += 1
            if waited == patience:
                break
        if best_weights is not None:
            model.set_weights(best_weights)
        return history

    training.train = train


@misconception(
    "Each val_loss is compared with that of the epoch before, not with the lowest so far.",
    "0.6, then 0.9, then 0.8: is the third epoch an improvement?",
    idea="overfitting",
)
def compared_with_the_epoch_before(training):
    def train(model, x, y_true, x_val, y_val, epochs, batch_size, optimizer, patience=None, seed=0):
        rng = np.random.default_rng(seed)
        history = {"loss": [], "accuracy": [], "val_loss": [], "val_accuracy": []}
        before, best_weights, waited = np.inf, None, 0
        for _ in range(epochs):
            order = rng.permutation(len(x))
            scores = training._epoch(model, x[order], y_true[order], batch_size, optimizer)
            val_scores = training._scores(model(x_val, training=False), y_val)
            for name, score in zip(history, (*scores, *val_scores), strict=True):
                history[name].append(float(score))
            waited += 1
            if patience and history["val_loss"][-1] < before:
                best_weights, waited = model.get_weights(), 0
            before = history["val_loss"][-1]
            if waited == patience:
                break
        if best_weights is not None:
            model.set_weights(best_weights)
        return history

    training.train = train


@misconception(
    "Dropout comes after the softmax: whole probabilities are dropped.",
    "What do the probabilities of a sample add up to while the model trains?",
    idea="regularisation",
)
def keras_dropout_after_softmax(training):
    def keras_mlp_with_dropout(sizes, rate):
        layers = training.keras.layers
        model = training.keras.Sequential([training.keras.Input((sizes[0],))])
        for units in sizes[1:-1]:
            model.add(layers.Dense(units, activation="relu"))
        model.add(layers.Dense(sizes[-1], activation="softmax"))
        model.add(layers.Dropout(rate))
        model.compile("adam", loss="sparse_categorical_crossentropy")
        return model

    training.keras_mlp_with_dropout = keras_mlp_with_dropout


@misconception(
    "There are two softmaxes one after the other: the probabilities come out nearly equal.",
    "How sure can your model be, at most, of a class?",
    idea="prediction",
)
def keras_softmax_twice(training):
    correct = training.keras_mlp_with_dropout

    def keras_mlp_with_dropout(sizes, rate):
        model = correct(sizes, rate)
        model.add(training.keras.layers.Softmax())
        model.compile("adam", loss="sparse_categorical_crossentropy")
        return model

    training.keras_mlp_with_dropout = keras_mlp_with_dropout


@misconception(
    "Only one of the hidden layers has dropout.",
    "After which layers does the text ask for dropout?",
    idea="regularisation",
)
def keras_dropout_once(training):
    def keras_mlp_with_dropout(sizes, rate):
        layers = training.keras.layers
        model = training.keras.Sequential([training.keras.Input((sizes[0],))])
        for i, units in enumerate(sizes[1:-1]):
            model.add(layers.Dense(units, activation="relu"))
            model.add(layers.Dropout(rate if i == 0 else 0.0))
        model.add(layers.Dense(sizes[-1], activation="softmax"))
        model.compile("adam", loss="sparse_categorical_crossentropy")
        return model

    training.keras_mlp_with_dropout = keras_mlp_with_dropout


@misconception(
    "The inputs are dropped as well, before the first layer.",
    "What does dropout in front of the first layer take away?",
    idea="regularisation",
)
def keras_dropout_of_inputs(training):
    def keras_mlp_with_dropout(sizes, rate):
        layers = training.keras.layers
        model = training.keras.Sequential([training.keras.Input((sizes[0],))])
        for units in sizes[1:-1]:
            model.add(layers.Dropout(rate))
            model.add(layers.Dense(units, activation="relu"))
        model.add(layers.Dropout(rate))
        model.add(layers.Dense(sizes[-1], activation="softmax"))
        model.compile("adam", loss="sparse_categorical_crossentropy")
        return model

    training.keras_mlp_with_dropout = keras_mlp_with_dropout


@misconception(
    "The rate is taken for the share that is kept: Dropout(1 - rate).",
    "What does the number mean that Keras's Dropout takes?",
    idea="regularisation",
)
def keras_rate_kept(training):
    correct = training.keras_mlp_with_dropout
    training.keras_mlp_with_dropout = lambda sizes, rate: correct(sizes, 1 - rate)


@misconception(
    "There is no dropout at all.",
    "What is different in your model while it trains?",
    idea="regularisation",
)
def keras_dropout_missing(training):
    correct = training.keras_mlp_with_dropout
    training.keras_mlp_with_dropout = lambda sizes, rate: correct(sizes, 0.0)


@misconception(
    "The hidden layers have no ReLU.",
    "What are two layers without anything between them?",
    idea="model",
)
def keras_relu_missing(training):
    correct = training.keras_mlp_with_dropout

    def keras_mlp_with_dropout(sizes, rate):
        model = correct(sizes, rate)
        for layer in model.layers[:-1]:
            layer.activation = training.keras.activations.linear
        return model

    training.keras_mlp_with_dropout = keras_mlp_with_dropout


@misconception(
    "The model gives scores, not probabilities: the softmax is left to the loss.",
    "What does a row of its output add up to?",
    idea="prediction",
)
def keras_softmax_missing(training):
    correct = training.keras_mlp_with_dropout

    def keras_mlp_with_dropout(sizes, rate):
        model = correct(sizes, rate)
        model.layers[-1].activation = training.keras.activations.linear
        loss = training.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss=loss)
        return model

    training.keras_mlp_with_dropout = keras_mlp_with_dropout


@misconception(
    "The model is compiled for one-hot labels, and the labels are integers.",
    "Keras knows two categorical losses: which of them takes the labels as they come here?",
    idea="loss",
)
def keras_loss_for_one_hot_labels(training):
    correct = training.keras_mlp_with_dropout

    def keras_mlp_with_dropout(sizes, rate):
        model = correct(sizes, rate)
        model.compile("adam", loss="categorical_crossentropy")
        return model

    training.keras_mlp_with_dropout = keras_mlp_with_dropout


@misconception(
    "keras_train leaves the model that it was given as it was.",
    "Whose weights have changed after your training, and who can see them?",
    idea="update",
)
def keras_train_does_nothing(training):
    training.keras_train = lambda model, x, y_true, x_val, y_val, seed=0: None


@misconception(
    "Early stopping does not restore the best weights: the model keeps those of the last epoch.",
    "How many epochs is the model past its best when training stops?",
    idea="overfitting",
)
def keras_best_not_restored(training):
    def keras_train(model, x, y_true, x_val, y_val, seed=0):
        training.keras.utils.set_random_seed(seed)
        stopping = training.keras.callbacks.EarlyStopping(patience=3)
        model.fit(
            x,
            y_true,
            epochs=30,
            validation_data=(x_val, y_val),
            callbacks=[stopping],
            verbose=0,
        )

    training.keras_train = keras_train


@misconception(
    "The model learns from the validation data, too.",
    "What does a network's result on data show that it has learned from?",
    idea="overfitting",
)
def keras_validation_trained_on(training):
    correct = training.keras_train

    def keras_train(model, x, y_true, x_val, y_val, seed=0):
        x, y_true = np.concatenate([x, x_val]), np.concatenate([y_true, y_val])
        correct(model, x, y_true, x_val, y_val, seed)

    training.keras_train = keras_train


@misconception(
    "keras_train ignores its seed: every training is the same one.",
    "What changes when keras_train is called with another seed?",
    idea="batch",
)
def keras_train_ignores_its_seed(training):
    correct = training.keras_train
    training.keras_train = lambda model, x, y_true, x_val, y_val, seed=0: correct(
        model, x, y_true, x_val, y_val
    )

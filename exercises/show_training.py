"""Pictures of training: optimizers in one valley, and dropout on few digits and on many."""

import numpy as np

from grader import mnist
from grader.pictures.drawing import LINES, curves, words
from grader.pictures.gallery import Gallery

brick = Gallery("training")
START, STEEP, STEPS = (-9.0, 2.2), 60.0, 60
RATES = {"plain": 0.031, "Momentum": 0.02, "Adam": 0.35}
SLOW = 240.0  # seconds, for code that is right and slow


def height(across, along):
    """A valley: gentle along one axis, steep across the other; lowest at (0, 0)."""
    return (across**2 + STEEP * along**2) / 2


def slope(at):
    return at * np.array([1.0, STEEP], np.float32)


def draw_race(figure, values, inputs):
    axes = figure.subplots()
    x, y = np.linspace(-10, 3, 200), np.linspace(-3, 3, 200)
    levels = np.geomspace(0.3, 300, 12)
    axes.contour(x, y, height(*np.meshgrid(x, y)), levels, colors="0.8", linewidths=0.7)
    names = {"plain": words("plain"), "Momentum": words("Momentum"), "Adam": words("Adam")}
    left = {}
    for (name, rate), line in zip(RATES.items(), LINES, strict=False):
        path = values[f"path of {name}"]
        left[name] = np.linalg.norm(path[-1])
        label = words("{name}, learning rate {rate:g}", name=names[name], rate=rate)
        axes.plot(*path.T, line, marker=".", markersize=3, label=label)
    axes.plot(0, 0, "k*", markersize=8)
    axes.set(xlim=(-10, 3), ylim=(-3, 3), xlabel=words("gentle"), ylabel=words("steep"))
    axes.legend(loc="lower right")  # no path comes there
    return {
        "steps": STEPS,
        "plain": left["plain"],
        "momentum": left["Momentum"],
        "adam": left["Adam"],
        "past": max(0.0, float(values["path of Momentum"][:, 0].max())),
    }


@brick.picture(
    "Three optimizers in one valley",
    parts=("Momentum", "Adam"),
    caption="After {steps} steps plain gradient descent is {plain:.2f} away from the lowest point, "
    "the star, your Momentum {momentum:.2f} and your Adam {adam:.2f}. Plain steps jump to and fro "
    "across the valley and creep along it; momentum adds up what stays the same along the way "
    "and overshoots, by {past:.1f}; Adam takes steps of one size in both directions at first, "
    "however different the slopes are.",
    alt="A long narrow valley as contour lines, and in it three paths from one start: one zigzags "
    "and falls behind, one swings past the lowest point and back, one goes there diagonally.",
    draw=draw_race,
    size=(7.4, 3.4),
    limit=SLOW,
    keras=True,
)
def race(training):
    optimizers = {
        "Momentum": training.Momentum(RATES["Momentum"], momentum=0.9),
        "Adam": training.Adam(RATES["Adam"]),
    }
    import tensorflow as tf

    plain = [np.array(START, np.float32)]
    for _ in range(STEPS):
        plain.append(plain[-1] - np.float32(RATES["plain"]) * slope(plain[-1]))
    found = {"path of plain": np.array(plain)}
    for name, optimizer in optimizers.items():
        place = tf.Variable(np.array(START, np.float32))
        path = [place.numpy()]
        for _ in range(STEPS):
            optimizer.apply([tf.constant(slope(place.numpy()))], [place])
            path.append(place.numpy())
        found[f"path of {name}"] = np.array(path)
    return found


FEW, MANY = 500, 10_000
EPOCHS, BATCHES = {FEW: 36, MANY: 8}, {FEW: 50, MANY: 200}
HALVES = {"without dropout": 0.0, "with dropout": 0.6}


def few_and_many(rng):
    drawn = mnist.draw(rng, n_train=MANY, n_test=1_000)
    vectors = {
        name: (drawn[name].reshape(-1, 784) / 255).astype(np.float32)
        for name in ("x_train", "x_test")
    }
    return {**drawn, **vectors}


def draw_dropout(figure, values, inputs):
    shown, numbers = figure.subplots(1, 2, sharey=True), {"few": FEW, "many": MANY}
    for n, key in ((FEW, "few"), (MANY, "many")):
        numbers |= {f"{key}_epochs": EPOCHS[n], f"{key}_batch": BATCHES[n]}
    for axes, n, key in zip(shown, (FEW, MANY), ("few", "many"), strict=True):
        losses = {name: values[f"{name}, {n}"] for name in HALVES}
        epochs = np.arange(1, EPOCHS[n] + 1)
        shown_as = {
            words("without dropout"): (epochs, losses["without dropout"]),
            words("with dropout"): (epochs, losses["with dropout"]),
        }
        curves(axes, shown_as, words("epoch"), words("validation loss"))
        for loss, line in zip(losses.values(), axes.get_lines(), strict=True):
            axes.plot(epochs[loss.argmin()], loss.min(), "o", color=line.get_color())
        axes.set_title(words("trained on {n:,} digits", n=n))
        for name, loss in losses.items():
            end = f"{key}_{name.partition(' ')[0]}"
            numbers |= {end: loss[-1], f"{end}_least": loss.min()}
    highest = max(values[f"{name}, {n}"][4:].max() for name in HALVES for n in (FEW, MANY))
    shown[0].set_ylim(0, 1.25 * float(highest))
    return numbers


@brick.picture(
    "With dropout and without",
    parts=("Adam", "train"),
    caption="On {few} digits, in {few_epochs} epochs with batches of {few_batch}, the validation "
    "loss without dropout falls to {few_without_least:.2f} (the dot) and ends at "
    "{few_without:.2f}, and with dropout it ends at {few_with:.2f}; on {many:,} digits, "
    "in {many_epochs} epochs with batches of {many_batch}, the two end at {many_without:.2f} and "
    "{many_with:.2f}. Dropout helps where a network can learn its samples by heart: there the "
    "curve without it turns upwards, and early stopping would have stopped.",
    alt="Two charts of the validation loss by epoch, for 500 training digits and for 10,000, each "
    "with a curve for training with dropout and one for training without it.",
    draw=draw_dropout,
    size=(7.4, 3.0),
    inputs=few_and_many,
    limit=SLOW,
    keras=True,
)
def dropout_or_not(training, x_train, y_train, x_test, y_test):
    training.Adam()  # nothing waits for TensorFlow before
    import keras

    found = {}
    for n in (FEW, MANY):
        for name, rate in HALVES.items():
            keras.utils.set_random_seed(0)
            inputs = keras.Input((784,))
            hidden = keras.layers.Dense(512, activation="relu")(inputs)
            hidden = keras.layers.Dropout(rate)(hidden)
            model = keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(hidden))
            history = training.train(
                model, x_train[:n], y_train[:n], x_test, y_test, EPOCHS[n], BATCHES[n],
                training.Adam(0.001), seed=0,
            )  # fmt: skip
            found[f"{name}, {n}"] = np.array(history["val_loss"])
    return found

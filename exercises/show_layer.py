"""Pictures of the layer: ten templates, the loss before any training, and who is misread."""

import numpy as np

from grader import mnist
from grader.pictures.drawing import curves, images, scale, words
from grader.pictures.gallery import Gallery

brick = Gallery("layer")

CLASSES = 10
SHOWN = 12  # misread digits


def ten_digits(rng):
    drawn = mnist.draw(rng, n_train=6000, n_test=2000)
    vectors = {name: drawn[name].reshape(-1, 784) / 255.0 for name in ("x_train", "x_test")}
    return {**drawn, **vectors, "images": drawn["x_test"]}


def draw_first_loss(figure, values, inputs):
    left, right = figure.subplots(1, 2)
    untrained, losses = values["p"].mean(axis=0), values["losses"]
    left.bar(range(CLASSES), untrained)
    left.axhline(1 / CLASSES, color="black", ls="--", lw=1, label=words("one tenth"))
    left.legend()
    left.set(xlabel=words("class"), ylabel=words("mean probability"))
    left.set(title=words("before training"), xticks=range(CLASSES), ylim=(0, 0.3))
    curves(right, {words("loss of each batch"): losses}, words("training step"), words("loss"))
    guess = words("log 10 = {log:.2f}", log=np.log(CLASSES))
    right.axhline(np.log(CLASSES), color="black", ls="--", lw=1, label=guess)
    right.set_ylim(0, max(3.0, 1.05 * scale([losses])[1]))
    right.legend()
    return {
        "least": untrained.min(),
        "most": untrained.max(),
        "loss": losses[0],
        "log": np.log(CLASSES),
    }


@brick.picture(
    "The first loss is known beforehand",
    parts=("SingleLayerPerceptron.forward", "SingleLayerPerceptron.train_step"),
    caption="An untrained layer gives the ten digits probabilities of {least:.2f} to {most:.2f} "
    "on average, and its first loss is {loss:.2f}. Who guesses among ten with equal chances pays "
    "log 10 = {log:.2f}: a first loss far from there tells of a mistake before any training.",
    alt="Left, a bar for each class near one tenth; right, the loss of 100 steps, which begins "
    "at a dashed line, log 10, and falls.",
    draw=draw_first_loss,
    size=(7.0, 2.5),
    inputs=ten_digits,
)
def first_loss(layer, x_train, y_train):
    model = layer.SingleLayerPerceptron(784, CLASSES, seed=0)
    p = np.array(model.forward(x_train[:1000]))
    losses = [
        model.train_step(x_train[i : i + 50], y_train[i : i + 50], learning_rate=0.1)
        for i in range(0, 5000, 50)
    ]
    return {"p": p, "losses": np.array(losses)}


def draw_templates(figure, values, inputs):
    added = values["kernel"] - values["start"]
    titles = [f"{digit}" for digit in range(CLASSES)]
    images(figure, added.T.reshape(CLASSES, 28, 28), titles, columns=5, signed=True)
    own = own_digits(added, inputs["x_train"], inputs["y_train"])
    return {"own": own, "pixels": len(added), "units": CLASSES}


def own_digits(kernel, x, labels):
    """How many templates are more like the mean of their digit than like that of any other."""
    means = np.array([x[labels == digit].mean(axis=0) for digit in range(CLASSES)])
    like = np.corrcoef(kernel.T, means - means.mean(axis=0))[:CLASSES, CLASSES:]
    return int(np.sum(like.argmax(axis=1) == np.arange(CLASSES)))


@brick.picture(
    "Ten templates",
    parts=("Dense", "SingleLayerPerceptron", "SingleLayerPerceptron.fit"),
    caption="Each image is what training added to the {pixels} weights of one unit: ink on purple "
    "pixels speaks for the digit, ink on orange ones (a dot: strongly) against it, and {own} of "
    "the {units} correlate more with the mean of their own digit than with that of any other (less "
    "the mean of all). A layer lays ten templates on an "
    "image and compares how well they fit: one for each digit, however people write it.",
    alt="What the weights of the ten units gained, as images of 28 by 28, one for each digit.",
    draw=draw_templates,
    size=(7.0, 3.2),
    inputs=ten_digits,
    in_demo=True,
)
def templates(layer, x_train, y_train):
    model = layer.SingleLayerPerceptron(784, CLASSES, seed=0)
    start = np.array(model.dense.kernel)
    model.fit(x_train, y_train, epochs=5, batch_size=50, learning_rate=0.05, seed=0)
    return {"start": start, "kernel": np.array(model.dense.kernel)}


def draw_mistakes(figure, values, inputs):
    truth, p, read = inputs["y_test"], values["p"], values["read"]
    counts = np.zeros((CLASSES, CLASSES), dtype=int)
    np.add.at(counts, (truth, read), 1)
    left, right = figure.subfigures(1, 2)
    draw_counts(left.subplots(), counts)
    wrong = np.flatnonzero(read != truth)
    worst = wrong[np.argsort(p[wrong, truth[wrong]])][:SHOWN]
    titles = [words("{truth}, read\nas {read}", truth=truth[i], read=read[i]) for i in worst]
    images(right, inputs["images"][worst], titles, columns=4)
    off = counts * (1 - np.eye(CLASSES, dtype=int))
    most, as_ = np.unravel_index(off.argmax(), off.shape)
    return {"n": len(truth), "wrong": len(wrong), "most": most, "as_": as_, "times": int(off.max())}


def draw_counts(axes, counts):
    off = counts * (1 - np.eye(CLASSES, dtype=int))
    axes.imshow(off, vmin=0, vmax=max(off.max(), 1))
    for (truth, read), count in np.ndenumerate(counts):
        shade = "white" if off[truth, read] > 0.6 * off.max() else "black"
        weight = "bold" if truth == read else "normal"
        if count:
            axes.text(
                read, truth, count, ha="center", va="center", color=shade, size=7, weight=weight
            )
    axes.set(xlabel=words("read as"), ylabel=words("truth"))
    axes.set(xticks=range(CLASSES), yticks=range(CLASSES))


@brick.picture(
    "Who is misread, and as what",
    parts=(
        "SingleLayerPerceptron.forward",
        "SingleLayerPerceptron.fit",
        "SingleLayerPerceptron.predict",
    ),
    caption="Of {n:,} unseen digits {wrong} are misread, most often a {most} as a {as_} ({times} "
    "times), and the grey scale is for mistakes only; the images are those whose truth got the "
    "least probability, each with the truth and what was read instead. One template cannot fit all "
    "ways of writing a digit, so unusual ones fit another digit's template better.",
    alt="Left, a table of true digits against digits read, with counts; right, the misread digits "
    "that were given the least probability.",
    draw=draw_mistakes,
    size=(7.4, 3.9),
    inputs=ten_digits,
)
def mistakes(layer, x_train, y_train, x_test):
    model = layer.SingleLayerPerceptron(784, CLASSES, seed=0)
    model.fit(x_train, y_train, epochs=5, batch_size=50, learning_rate=0.05, seed=0)
    return {"p": model.forward(x_test), "read": model.predict(x_test)}

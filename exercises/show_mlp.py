"""Pictures of the MLP: XOR parted by hidden units, what they look at, and overfitting."""

from itertools import pairwise

import numpy as np

from grader import mnist
from grader.pictures.drawing import curves, images, scale, words
from grader.pictures.gallery import Gallery

brick = Gallery("mlp")

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR = np.array([0, 1, 1, 0])
GRID = np.linspace(-0.5, 1.5, 101)
STARTS = 40  # with two hidden units, about one start in six learns XOR

UNITS = 32
SHOWN = 12

FEW, MANY = 500, 10_000
BATCH = 25
STEPS = 3200
MEASURED = (0, 20, 40, 100, 200, *range(400, STEPS + 1, 400))  # most often where the loss falls


def corners(rng):
    return {"x": CORNERS, "y": XOR, "plane": square(GRID)}


def square(line):
    """All points whose two coordinates are on the line."""
    return np.stack([places.ravel() for places in np.meshgrid(line, line)], axis=1)


def draw_xor(figure, values, inputs):
    left, right = figure.subplots(1, 2)
    hidden = values["hidden"]
    regions = ((GRID, values["p"], CORNERS), (values["line"], values["p of hidden"], hidden))
    for axes, (line, p, points) in zip((left, right), regions, strict=True):
        p = p.reshape(len(line), len(line))
        drawn = axes.contourf(line, line, p, np.linspace(0, 1, 11), cmap="PuOr", alpha=0.6)
        axes.contour(line, line, p, [0.5], colors="black", linewidths=2)
        yes, no = words("XOR is true"), words("XOR is false")
        axes.plot(*points[XOR == 1].T, "o", color="black", ms=9, label=yes)
        axes.plot(*points[XOR == 0].T, "o", color="black", mfc="white", mew=1.5, ms=9, label=no)
        name_points(axes, points, line[-1] - line[0])
    left.set(title=words("the inputs"), xticks=(0, 1), yticks=(0, 1))
    left.set(xlabel=words("first input"), ylabel=words("second input"))
    right.set(title=words("what the hidden units make of them"))
    right.set(xlabel=words("first unit"), ylabel=words("second unit"))
    probability = words("probability of true")
    figure.colorbar(drawn, ax=[left, right], label=probability, ticks=(0, 0.5, 1))
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    correct = int(np.sum((values["at"] > 0.5) == (XOR == 1)))
    return {"correct": correct, "n": len(XOR), "start": int(values["starts"])}


def name_points(axes, points, width):
    """Writes the inputs beside each point; those that lie on each other share one text."""
    named = {}
    for point, (one, two) in zip(points, CORNERS, strict=True):
        near = [at for at in named if np.hypot(*(np.array(at) - point)) < 0.05 * width]
        named.setdefault(near[0] if near else tuple(point), []).append(f"({one:.0f}, {two:.0f})")
    for at, names in named.items():
        leftwards = at[0] > points.min() + 0.6 * width
        axes.annotate(
            " ".join(names), at, xytext=(-8 if leftwards else 8, 6),
            textcoords="offset points", ha="right" if leftwards else "left",
            bbox={"fc": "white", "alpha": 0.7, "lw": 0, "pad": 1},
        )  # fmt: skip


@brick.picture(
    "Two hidden units part XOR",
    parts=("relu", "MLP", "MLP.forward", "MLP.fit"),
    caption="The same {n} points twice, as inputs and where the two hidden units put them: on the "
    "right the black line is that of the last layer, a straight one, and {correct} of {n} are "
    "right. Hidden units make new features of the inputs, in which a straight line can do what "
    "it could not before (not from every start: this is start number {start}).",
    alt="Left, the corners of a square and the region where the network says true; right, the "
    "same four points in the plane of the two hidden units, parted by a straight line.",
    draw=draw_xor,
    size=(7.0, 3.4),
    inputs=corners,
)
def xor(mlp, x, y, plane):
    for start in range(STARTS):
        model = mlp.MLP([2, 2, 2], seed=start)
        model.fit(x, y, epochs=600, batch_size=4, learning_rate=1.0, seed=start)
        at = np.array(model.forward(x))[:, 1]
        if np.array_equal(at > 0.5, y == 1):
            break
    hidden = np.array(mlp.relu(model.layers[0].forward(x)))
    last = mlp.MLP([2, 2], seed=0)
    last.layers[0].kernel = np.array(model.layers[1].kernel)
    last.layers[0].bias = np.array(model.layers[1].bias)
    line = np.linspace(-0.15, 1.15, len(GRID)) * max(hidden.max(), 0.1)
    return {
        "p": np.array(model.forward(plane))[:, 1],
        "at": at,
        "hidden": hidden,
        "line": line,
        "p of hidden": np.array(last.forward(square(line)))[:, 1],
        "starts": np.array(start + 1),
    }


def ten_digits(rng):
    drawn = mnist.draw(rng, n_train=MANY, n_test=2000)
    return {
        **drawn,
        **{name: drawn[name].reshape(-1, 784) / 255.0 for name in ("x_train", "x_test")},
    }


def draw_units(figure, values, inputs):
    added = values["kernel"] - values["start"]
    means = np.array([values["hidden"][inputs["y_test"] == d].mean(axis=0) for d in range(10)])
    answers = means > 0.5 * means.max(axis=0)
    most = np.argsort(-np.linalg.norm(added, axis=0))[:SHOWN]
    titles = [named(np.flatnonzero(answers[:, unit])) for unit in most]
    images(figure, added.T[most].reshape(-1, 28, 28), titles, columns=6, signed=True)
    several = int(np.sum(answers[:, most].sum(axis=0) > 1))
    return {"several": several, "shown": len(most), "units": added.shape[1]}


def named(digits):
    return " ".join(map(str, digits)) if len(digits) < 8 else words("{n} digits", n=len(digits))


@brick.picture(
    "What hidden units look at",
    parts=("relu", "MLP", "MLP.forward", "MLP.fit"),
    caption="What training added to the weights of {shown} of the {units} hidden units (ink on "
    "purple excites the unit, ink on orange quiets it, a dot: strongly), and above each the "
    "digits whose mean activation is over half of the highest: for {several} of the {shown} it is "
    "more than one digit. A unit of a single layer is the template of one digit; "
    "a hidden unit is a feature, and digits share features.",
    alt="Twelve images of 28 by 28, the gains of hidden units' weights, each with the digits that "
    "the unit answers to.",
    draw=draw_units,
    size=(7.0, 2.9),
    inputs=ten_digits,
)
def units(mlp, x_train, y_train, x_test):
    model = mlp.MLP([784, UNITS, 10], seed=0)
    start = np.array(model.layers[0].kernel)
    model.fit(x_train, y_train, epochs=3, batch_size=50, learning_rate=0.1, seed=0)
    hidden = np.array(mlp.relu(model.layers[0].forward(x_test)))
    return {"start": start, "kernel": np.array(model.layers[0].kernel), "hidden": hidden}


def draw_overfitting(figure, values, inputs):
    for axes, n in zip(figure.subplots(1, 2, sharey=True), (FEW, MANY), strict=True):
        training, validation = values[f"loss on {n}"].T
        pair = {
            words("training digits"): (MEASURED, training),
            words("validation digits"): (MEASURED, validation),
        }
        curves(axes, pair, words("training step"), words("loss"))
        axes.set_title(words("trained on {n:,} digits", n=n))
    later = MEASURED.index(100)  # the start is much higher
    _, highest = scale([values[f"loss on {n}"][later:] for n in (FEW, MANY)])
    figure.axes[0].set_ylim(0, 1.2 * highest)
    few, many = values[f"loss on {FEW}"], values[f"loss on {MANY}"]
    return {
        "steps": STEPS, "few": FEW, "many": MANY, "few_seen": few[-1, 0], "few_unseen": few[-1, 1],
        "least": few[:, 1].min(), "many_seen": many[-1, 0], "many_unseen": many[-1, 1],
    }  # fmt: skip


@brick.picture(
    "Overfitting",
    parts=("MLP", "MLP.train_step", "MLP.fit"),
    caption="After {steps:,} steps on {few} digits the loss is {few_seen:.3f} on these and "
    "{few_unseen:.2f} on validation digits, which it never trains on (at best: {least:.2f}); after "
    "as many on {many:,} digits it is {many_seen:.3f} and {many_unseen:.2f}. A network that gets "
    "better on its training digits alone learns them by heart, which is called overfitting: the "
    "gap between the two curves shows it, and more digits are the first remedy.",
    alt="Two charts of training and validation loss over the steps: on 500 digits they part, on "
    "10,000 they stay closer together.",
    draw=draw_overfitting,
    size=(7.0, 2.7),
    inputs=ten_digits,
)
def overfitting(mlp, x_train, y_train, x_test, y_test):
    found = {}
    for n in (FEW, MANY):
        model = mlp.MLP([784, 64, 10], seed=0)
        losses = [both(model, x_train[:n], y_train[:n], x_test, y_test)]
        for seed, (before, after) in enumerate(pairwise(MEASURED)):
            rows, first = (after - before) * BATCH, before * BATCH % n
            part = slice(first, min(first + rows, n))
            epochs = max(1, rows // n)
            model.fit(x_train[part], y_train[part], epochs, BATCH, learning_rate=0.1, seed=seed)
            losses.append(both(model, x_train[:n], y_train[:n], x_test, y_test))
        found[f"loss on {n}"] = np.array(losses)
    return found


def both(model, x_train, y_train, x_test, y_test):
    """The mean loss on up to 2,000 training digits, and on validation digits.

    A step of length 0 returns the loss and changes nothing.
    """
    pairs = ((x_train[:2000], y_train[:2000]), (x_test, y_test))
    return [float(model.train_step(x, y, learning_rate=0.0)) for x, y in pairs]

"""Pictures of the neuron: an image as its numbers, one straight line, and learning to read."""

import numpy as np

from grader import mnist
from grader.pictures.drawing import curves, images, picture, words
from grader.pictures.gallery import Gallery

brick = Gallery("neuron")

TOP, LEFT, SIDE = 8, 11, 7  # the framed pixels
EPOCHS = (0, 1, 3, 10)
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TABLES = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "XOR": (0, 1, 1, 0)}
GRID = np.linspace(-0.5, 1.5, 81)


def one_digit(rng, digit=3):
    return {"images": mnist.draw(rng, n_train=1, n_test=1, classes=(digit,))["x_train"]}


def draw_numbers(figure, values, inputs):
    vector = values["vectors"][0]
    most = max(1, vector.max())
    above, below = figure.subfigures(2, 1, height_ratios=(3, 1))
    whole, part = above.subplots(1, 2)
    picture(whole, inputs["images"][0], 0, 255)
    frame = np.array([LEFT, LEFT + SIDE, LEFT + SIDE, LEFT, LEFT]) - 0.5
    whole.plot(frame, np.array([TOP, TOP, TOP + SIDE, TOP + SIDE, TOP]) - 0.5, color="C1", lw=2)
    whole.set_title(words("the image"))
    numbers = vector.reshape(28, 28)[TOP : TOP + SIDE, LEFT : LEFT + SIDE]
    picture(part, numbers, 0, most)
    for (row, column), number in np.ndenumerate(numbers):
        shade = "white" if number > most / 2 else "black"
        part.text(
            column,
            row,
            f"{number:.{2 if most == 1 else 0}f}",
            ha="center",
            va="center",
            color=shade,
            size=8,
        )
    part.set_title(words("the framed pixels, as images_to_vectors gives them"))
    line = below.subplots()
    line.fill_between(range(len(vector)), vector, step="mid", color="black", lw=0)
    line.set(xlim=(0, len(vector)), ylim=(0, most), yticks=(0, most))
    line.set_xlabel(words("place in the list"))
    line.set_title(words("all rows of the image, one after the other"))
    for axes in (whole, part):
        axes.set(xticks=(), yticks=())
        axes.spines[:].set_visible(True)
    return {"n": len(vector), "low": vector.min(), "high": vector.max()}


@brick.picture(
    "An image is a list of numbers",
    parts=("images_to_vectors",),
    caption="The framed pixels stand beside the image as numbers, and below it all its rows stand "
    "one after the other: {n} numbers from {low:.2f} to {high:.2f}. This list is all that the "
    "neuron gets: nothing in it says which pixels are neighbours.",
    alt="A handwritten digit with a small square framed, the numbers in that square, and the whole "
    "image as one long row of numbers.",
    draw=draw_numbers,
    size=(7.0, 4.4),
    inputs=one_digit,
)
def numbers(neuron, images):
    return {"vectors": neuron.images_to_vectors(images)}


def draw_lines(figure, values, inputs):
    right = {}
    for axes, (name, table) in zip(figure.subplots(1, 3, sharey=True), TABLES.items(), strict=True):
        ones = np.array(table) == 1
        shade = values[name].reshape(len(GRID), len(GRID))
        drawn = axes.contourf(GRID, GRID, shade, np.linspace(0, 1, 11), cmap="PuOr", alpha=0.6)
        axes.contour(GRID, GRID, shade, [0.5], colors="black", linewidths=2)
        axes.plot(*CORNERS[ones].T, "o", color="black", ms=9, label=words("true"))
        no = words("false")
        axes.plot(*CORNERS[~ones].T, "o", color="black", mfc="white", mew=1.5, ms=9, label=no)
        right[name] = int(np.sum((values[f"at {name}"] > 0.5) == ones))
        axes.set_title(words("{name}: {right} of 4 right", name=name, right=right[name]))
        axes.set(xlabel=words("first input"), xticks=(0, 1), yticks=(0, 1), aspect="equal")
    axes.figure.axes[0].set_ylabel(words("second input"))
    probability = words("probability of true")
    axes.figure.colorbar(drawn, ax=figure.axes, label=probability, ticks=(0, 0.5, 1))
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return {**right, "n": len(CORNERS)}


def corners(rng):
    across, up = np.meshgrid(GRID, GRID)
    return {"plane": np.stack([across.ravel(), up.ravel()], axis=1), "x": CORNERS}


@brick.picture(
    "One neuron, one straight line",
    parts=("Neuron", "Neuron.forward", "Neuron.fit"),
    caption="On the black line a neuron is undecided, and full dots are to lie on its purple side: "
    "after training, {AND} of {n} points are right for AND, {OR} for OR, {XOR} for XOR. One neuron "
    "draws one straight line, and no straight line parts the dots of XOR: this takes more neurons.",
    alt="Three squares whose corners are the inputs of AND, OR and XOR, each with the line that a "
    "trained neuron draws.",
    draw=draw_lines,
    size=(7.0, 2.8),
    inputs=corners,
)
def lines(neuron, plane, x):
    found = {}
    for name, table in TABLES.items():
        one = neuron.Neuron(2, seed=0)
        one.fit(x, np.array(table), epochs=300, batch_size=1, learning_rate=1.0, seed=0)
        found[name], found[f"at {name}"] = one.forward(plane), one.forward(x)
    return found


def threes_and_eights(rng):
    drawn = mnist.draw(rng, n_train=4000, n_test=1000, classes=(3, 8))
    vectors = {name: drawn[name].reshape(-1, 784) / 255.0 for name in ("x_train", "x_test")}
    return {**drawn, **vectors}


def draw_weights(figure, values, inputs):
    above, below = figure.subfigures(2, 1)
    three, eight = (inputs["x_train"][inputs["y_train"] == label].mean(axis=0) for label in (0, 1))
    means = (three, eight, eight - three)
    grid = above.subplots(1, 4)
    names = (words("mean of all 3"), words("mean of all 8"), words("8 minus 3"))
    for axes, mean, title in zip(grid, means, names, strict=False):
        signed = mean is means[2]
        largest = np.abs(mean).max()
        picture(axes, mean.reshape(28, 28), -largest if signed else 0, largest, signed)
        axes.set_title(title)
    for axes in grid:
        axes.axis("off")
    key = words(
        "purple: speaks for an 8\n\norange, with a dot\nwhere it is strong:\nspeaks for a 3"
    )
    grid[3].text(0, 0.5, key, va="center", transform=grid[3].transAxes)
    titles = [words("weights, epoch {n}", n=epoch) for epoch in EPOCHS]
    titles[0] = words("weights at the start")
    images(below, values["kernels"].reshape(-1, 28, 28), titles, signed=True)
    like = [np.corrcoef(kernel, means[2])[0, 1] for kernel in values["kernels"]]
    right = np.mean((values["p"] > 0.5) == (inputs["y_test"] == 1))
    return {"first": like[0], "last": like[-1], "epochs": EPOCHS[-1], "right": 100 * right}


@brick.picture(
    "The weights become a picture",
    parts=("Neuron", "Neuron.forward", "Neuron.fit"),
    caption="Purple pixels speak for an 8 and orange ones for a 3 (a dot: strongly), and the "
    "weights' correlation with the mean 8 minus the mean 3 is {first:.2f} at the start, before any "
    "training, and {last:.2f} after epoch {epochs}. Nobody tells a neuron where an 8 differs from "
    "a 3: all that it knows comes from examples, and with this it reads {right:.0f} % of unseen "
    "digits rightly.",
    alt="Above the mean 3, the mean 8 and their difference; below the 784 weights as images of "
    "28 by 28 at four moments of training.",
    draw=draw_weights,
    size=(7.0, 3.7),
    inputs=threes_and_eights,
)
def weights(neuron, x_train, y_train, x_test):
    one = neuron.Neuron(784, seed=0)
    kernels = [np.array(one.kernel)]
    for epochs in np.diff(EPOCHS):
        one.fit(x_train, y_train, int(epochs), batch_size=50, learning_rate=0.1, seed=len(kernels))
        kernels.append(np.array(one.kernel))
    return {"kernels": np.array(kernels), "p": one.forward(x_test)}


def draw_curves(figure, values, inputs):
    left, right = figure.subplots(1, 2)
    loss = {words("what fit returns"): (range(1, 16), values["history"])}
    curves(left, loss, words("epoch"), words("loss"))
    shares = {words("training digits"): values["seen"], words("unseen digits"): values["unseen"]}
    percent = {name: 100 * share for name, share in shares.items()}
    curves(right, percent, words("epoch"), words("% right"))
    left.set_ylim(bottom=0)
    right.set_ylim(min(45, 100 * min(share.min() for share in shares.values())), 101)
    first, last = values["history"][[0, -1]]
    start, end = 100 * values["unseen"][[0, -1]]
    return {
        "first": first,
        "last": last,
        "epochs": len(values["history"]),
        "start": start,
        "end": end,
    }


@brick.picture(
    "Less loss, fewer mistakes",
    parts=("Neuron", "Neuron.fit", "Neuron.predict"),
    caption="The loss is {first:.2f} on average during epoch 1 and {last:.2f} during epoch "
    "{epochs}, and of unseen digits {start:.0f} % are right before epoch 1 and {end:.0f} % after "
    "epoch {epochs}. Training looks at the loss "
    "alone, which every small step changes; the share of right answers, which is what we want, can "
    "only follow.",
    alt="Two charts over the epochs: the loss, and the share of right answers on training digits "
    "and on unseen ones.",
    draw=draw_curves,
    size=(7.0, 2.5),
    inputs=threes_and_eights,
)
def learning(neuron, x_train, y_train, x_test, y_test):
    one = neuron.Neuron(784, seed=0)
    history, shares = [], []
    for epoch in range(16):
        if epoch:
            history += list(one.fit(x_train, y_train, 1, 50, learning_rate=0.01, seed=epoch))
        pairs = ((x_train, y_train), (x_test, y_test))
        shares.append([np.mean(np.asarray(one.predict(x)) == y) for x, y in pairs])
    seen, unseen = np.array(shares).T
    return {"history": np.array(history), "seen": seen, "unseen": unseen}

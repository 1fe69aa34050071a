"""Pictures of transfer learning."""

from pathlib import Path

import numpy as np

from grader import mnist
from grader.networks import shipped
from grader.pictures.drawing import LINES, picture, words
from grader.pictures.gallery import Gallery

brick = Gallery("transfer")
BODY = Path(__file__).with_name("digits_0_to_4.npz")
NEW = (5, 6, 7, 8, 9)
NUMBERS = (10, 25, 50, 100, 250)  # of labelled images
SLOW = 300.0  # seconds, for code that is right and trains long


def new_images(n_train, n_test):
    drawn = mnist.draw(np.random.default_rng(0), n_train, n_test, NEW)
    return {
        "x": drawn["x_train"][..., np.newaxis].astype(np.float32) / 255,
        "y_true": drawn["y_train"],
        "unseen": drawn["x_test"][..., np.newaxis].astype(np.float32) / 255,
        "labels": drawn["y_test"],
        **shipped.read(BODY),
    }


def what():
    """What the images show: other data may be named, such as Fashion-MNIST."""
    return words("digits") if mnist.load().sha256 == mnist.SHA256 else words("images")


def body_of_shipped(transfer, configuration, weights):
    return transfer.body_of(shipped.model_of(configuration, weights), "features")


def in_two_dimensions(rows):
    """The principal components: the two directions along which the rows differ most."""
    centred = rows - rows.mean(axis=0)
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    share = np.sum(sizes[:2] ** 2) / np.sum(sizes**2)
    return centred @ directions[:2].T, share


def nearest_others(rows):
    """For each row, the index of the nearest other one."""
    rows = rows.astype(float)
    lengths = (rows**2).sum(axis=1)
    squared = lengths[:, np.newaxis] + lengths - 2 * rows @ rows.T
    np.fill_diagonal(squared, np.inf)
    return squared.argmin(axis=1)


def draw_map(figure, values, inputs):
    labels, unseen = inputs["labels"], inputs["unseen"][..., 0]
    numbers = {}
    titles = {"pixels": words("pixels"), "embeddings": words("embeddings")}
    for axes, (name, rows) in zip(
        figure.subplots(1, 2),
        (("pixels", unseen.reshape(len(unseen), -1)), ("embeddings", values["embeddings"])),
        strict=True,
    ):
        places, _ = in_two_dimensions(rows)
        for label, digit in enumerate(NEW):
            at = places[labels == label]
            # Each point is its digit: a colour alone would not be seen by everybody.
            drawn_as = f"${digit}$"
            axes.scatter(*at.T, s=26, linewidths=0, color=f"C{label}", marker=drawn_as)
            axes.text(
                *np.median(at, axis=0), digit, fontsize=17, weight="bold", color=f"C{label}",
                ha="center", va="center", bbox={"fc": "white", "alpha": 0.8, "lw": 0, "pad": 1},
            )  # fmt: skip
        axes.set(xticks=[], yticks=[], title=titles[name])
        same = labels[nearest_others(rows)] == labels
        numbers[name] = round(100 * float(np.mean(same)))
    return {**numbers, "n": len(labels), "what": what()}


@brick.picture(
    "New digits, as the body sees them",
    parts=("body_of", "embed"),
    caption="{n} {what} of classes that the body has never met, by their pixels and by their "
    "embeddings, each along the two directions in which they differ most: the classes come "
    "apart further by embeddings. "
    "The nearest neighbour has the same label for {pixels} % by pixels and for {embeddings} % by "
    "embeddings, and nobody has trained anything for them.",
    alt="Two clouds of small digits, one colour for each class. On the left, by pixels, the "
    "classes mix; on the right, by embeddings, they lie in groups.",
    draw=draw_map,
    size=(8.2, 4.0),
    inputs=lambda rng: new_images(1, 400),
    limit=SLOW,
    keras=True,
)
def embeddings(transfer, unseen, configuration, weights):
    body = body_of_shipped(transfer, configuration, weights)
    return {"embeddings": np.array(transfer.embed(body, unseen))}


def draw_neighbours(figure, values, inputs, n=6, k=5):
    embedded, queries = values["embeddings"], values["queries"]
    squared = ((queries[:, np.newaxis] - embedded) ** 2).sum(axis=2)
    found, labels, truth = values["labels"], inputs["y_true"], inputs["labels"]
    wrong = np.flatnonzero(found != truth)
    shown = np.append(np.flatnonzero(found == truth)[: n - len(wrong[:2])], wrong[:2])
    grid = figure.subplots(len(shown), k + 1, squeeze=False)
    for row, query in zip(grid, shown, strict=True):
        near = np.argsort(squared[query])[:k]
        picture(row[0], inputs["unseen"][query, :, :, 0], 0.0, 1.0)
        name = words("{truth}, read\nas {read}", truth=NEW[truth[query]], read=NEW[found[query]])
        row[0].set_ylabel(name, rotation=0, ha="right")
        for axes, one in zip(row[1:], near, strict=True):
            picture(axes, inputs["x"][one, :, :, 0], 0.0, 1.0)
            axes.set_title(NEW[labels[one]], pad=1)
    for axes in grid.flat:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    grid[0, 0].set_title(words("query"), pad=1)
    return {
        "n": len(labels),
        "m": len(truth),
        "right": round(100 * float(np.mean(found == truth))),
        "what": what(),
    }


@brick.picture(
    "Who lies nearest",
    parts=("embed", "nearest"),
    caption="On the left unseen {what}, then the five nearest of the {n} labelled ones, nearest "
    "first: the first three vote. With no training on these classes, {right} % of {m:,} are read "
    "right; the last rows show what deceives the body.",
    alt="Rows of handwritten digits: a query, and five that look like it, with their labels.",
    draw=draw_neighbours,
    size=(5.6, 5.8),
    inputs=lambda rng: new_images(100, 1_000),
    limit=SLOW,
    keras=True,
)
def neighbours(transfer, x, y_true, unseen, configuration, weights):
    body = body_of_shipped(transfer, configuration, weights)
    embedded = np.array(transfer.embed(body, x))
    queries = np.array(transfer.embed(body, unseen))
    labels = np.array(transfer.nearest(embedded, y_true, queries, k=3))
    return {"embeddings": embedded, "queries": queries, "labels": labels}


NAMES = ("from scratch", "neighbours", "transferred")


def draw_curves(figure, values, inputs):
    axes = figure.subplots()
    right = {name: 100 * np.mean(values[name] == inputs["labels"], axis=1) for name in NAMES}
    labels = (words("from scratch"), words("neighbours"), words("transferred"))
    for name, label, line in zip(NAMES, labels, LINES, strict=False):
        axes.plot(NUMBERS, right[name], line, marker="o", label=label)
    axes.set(xscale="log", xlabel=words("labelled images"))
    axes.set_ylabel(words("% of unseen {what} read right", what=what()))
    axes.set_xticks(NUMBERS, [str(n) for n in NUMBERS], minor=False)
    axes.minorticks_off()
    axes.legend()
    few, scratch = NUMBERS.index(25), right["from scratch"]
    too_few = [
        n for n, share in zip(NUMBERS, scratch, strict=True) if share < right["transferred"][few]
    ]
    ahead = [
        str(n)
        for n, near, own in zip(NUMBERS, right["neighbours"], right["transferred"], strict=True)
        if near > own
    ]
    return {
        "few": 25,
        "own": round(float(right["transferred"][few])),
        "scratch": round(float(scratch[few])),
        "needs": words("more than {n}", n=too_few[-1])
        if too_few
        else words("no more than {n}", n=NUMBERS[0]),
        "ahead": words(
            " (with these numbers of images neighbours read more: {ns})", ns=", ".join(ahead)
        )
        if ahead
        else "",
    }


@brick.picture(
    "What a trained body is worth",
    parts=("with_new_head", "fine_tune", "nearest"),
    caption="With {few} labelled images your transferred model reads {own} % of the unseen ones"
    "{ahead}, and the same network trained from scratch on the same images {scratch} %. To read "
    "as many, training from scratch needs {needs}: what the body has learned elsewhere stands in "
    "for labels.",
    alt="Three rising lines against the number of labelled images: from scratch lowest, the "
    "transferred model and the neighbours above it, nearest each other at the right end.",
    draw=draw_curves,
    size=(7.0, 3.6),
    inputs=lambda rng: new_images(NUMBERS[-1], 1_000),
    limit=SLOW,
    keras=True,
)
def number_of_images(transfer, x, y_true, unseen, configuration, weights):
    import keras

    read = {name: [] for name in NAMES}
    for n in NUMBERS:
        network = shipped.model_of(configuration, weights)
        body = transfer.body_of(network, "features")
        rows = [np.array(transfer.embed(body, images)) for images in (x[:n], unseen)]
        read["neighbours"].append(np.array(transfer.nearest(rows[0], y_true[:n], rows[1])))
        keras.utils.set_random_seed(0)
        model = transfer.with_new_head(body, len(NEW))
        transfer.fine_tune(model, body, x[:n], y_true[:n], seed=0)
        read["transferred"].append(model.predict(unseen, verbose=0).argmax(axis=1))
        # It has new weights, and all of them learn.
        fresh = keras.models.clone_model(shipped.model_of(configuration, weights))
        fresh.compile(keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy")
        fresh.fit(x[:n], y_true[:n], epochs=40, batch_size=16, verbose=0)
        read["from scratch"].append(fresh.predict(unseen, verbose=0).argmax(axis=1))
    return {name: np.stack(labels) for name, labels in read.items()}

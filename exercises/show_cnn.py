"""Pictures of the convolutional network."""

import numpy as np

from grader import mnist
from grader.pictures.drawing import LINES, images, picture, scale, words
from grader.pictures.gallery import Gallery

brick = Gallery("cnn")
RATES = (0.2, 0.2, 0.1, 0.03)  # of one epoch each: smaller and smaller steps
SLOW = 240.0  # seconds, for code that is right and slow: nested lists take 60 times as long


def drawn_digits(n_train, n_test):
    drawn = mnist.draw(np.random.default_rng(0), n_train, n_test)
    return {
        **drawn,
        "x": drawn["x_train"][..., np.newaxis] / 255.0,
        "unseen": drawn["x_test"][..., np.newaxis] / 255.0,
    }


def digits(rng):
    return {**drawn_digits(3_000, 2_000), "rates": RATES}


def trained(model, x, labels, rates):
    """The model, trained as its check does."""
    for epoch, rate in enumerate(rates):
        model.fit(x, labels, epochs=1, batch_size=16, learning_rate=rate, seed=epoch)
    return model


def in_parts(function, x):
    """Ten calls: all maps at once would take much memory."""
    return np.concatenate([np.array(function(part)) for part in np.array_split(x, 10)])


SLOPES = np.array([np.repeat([-1, 0, 1], 3), np.tile([-1, 0, 1], 3)]) / np.sqrt(6)
LIKE = 0.8


def likeness(kernel):
    """For each filter, how far it is an edge in some direction: 1 for a plain slope, 0 for none."""
    filters = kernel.reshape(9, -1).T
    return np.linalg.norm(filters @ SLOPES.T, axis=1) / np.linalg.norm(filters, axis=1)


def draw_filters(figure, values, inputs):
    kernels = [values["before"], values["after"]]
    like = [likeness(kernel) for kernel in kernels]
    order = np.argsort(-like[1])
    filters = [kernel[:, :, 0, f] for kernel in kernels for f in order]
    titles = [words("{share:.2f}", share=share) for shares in like for share in shares[order]]
    grid = images(figure, filters, titles, columns=8, signed=True)
    for axes, name in zip(grid[:, 0], (words("at the start"), words("trained")), strict=True):
        axes.text(-0.2, 0.5, name, transform=axes.transAxes, rotation=90, ha="right", va="center")
    before, after = (int((each > LIKE).sum()) for each in like)
    chance = likeness(np.random.default_rng(0).normal(size=(3, 3, 1, 10_000))).mean()
    return {
        "n": len(order),
        "before": before,
        "after": after,
        "like": LIKE,
        "chance": chance,
    }


@brick.picture(
    "Filters that nobody wrote",
    parts=("CNN", "CNN.fit"),
    caption="Above each filter stands how closely an edge detector, in the best direction, matches "
    "it, from 0 to 1 ({chance:.2f} on average for random numbers): over {like} "
    "are {before} of {n} at the start, and {after} after training. Nobody asked for edges: if they "
    "come, it is because they help to tell digits apart.",
    alt="Eight filters of 3 by 3 weights at the start, without order, and below them the same "
    "ones after training: in many of them orange and purple lie on opposite sides.",
    draw=draw_filters,
    size=(7.6, 2.6),
    inputs=digits,
    limit=SLOW,
)
def filters(cnn, x, y_train, rates):
    model = cnn.CNN(seed=0)
    before = np.array(model.conv.kernel)
    return {"before": before, "after": np.array(trained(model, x, y_train, rates).conv.kernel)}


def draw_maps(figure, values, inputs):
    image, kernel = inputs["unseen"][0, :, :, 0], values["kernel"][:, :, 0]
    maps, pooled = values["maps"][0], values["pooled"][0]
    left, middle, right = figure.subfigures(1, 3, width_ratios=(1.3, 5.6, 1.5))
    axes = left.subplots()
    picture(axes, image, 0.0, 1.0)
    axes.axis("off")
    grid = middle.subplots(3, 8)
    low, high = scale([kernel], signed=True)
    strongest = scale([maps])[1]
    for f, (top, centre, bottom) in enumerate(grid.T):
        picture(top, kernel[:, :, f], low, high, signed=True)
        picture(centre, maps[:, :, f], 0.0, strongest)
        picture(bottom, pooled[:, :, f], 0.0, strongest)
        for axes in (top, centre, bottom):
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(True)
    names = (words("filter"), words("map"), words("pooled"))
    for axes, name in zip(grid[:, 0], names, strict=True):
        axes.set_ylabel(name)
    axes = right.subplots()
    probabilities = values["probabilities"][0]
    axes.barh(range(len(probabilities)), probabilities)
    axes.set(yticks=range(len(probabilities)), xlim=(0, 1), ylim=(9.5, -0.5), xticks=(0, 1))
    axes.set_title(words("probability"))
    read = int(probabilities.argmax())
    return {
        "pixels": image.size,
        "numbers": pooled.size,
        "label": int(inputs["y_test"][0]),
        "read": read,
        "sure": round(100 * float(probabilities[read])),
    }


@brick.picture(
    "One digit through the network",
    parts=("CNN.forward", "CNN.fit"),
    caption="An unseen {label} of {pixels} pixels becomes a map for each filter, dark where the "
    "filter's question is answered by yes, then {numbers:,} numbers after pooling, then ten "
    "probabilities: it is read as {read}, with {sure} %. The dense layer no longer gets "
    "single pixels, it gets strokes and rims, with their directions and rough places.",
    alt="A digit, eight trained filters with the map and the pooled map of each, and a bar for "
    "the probability of each class.",
    draw=draw_maps,
    size=(8.4, 2.8),
    inputs=digits,
    limit=SLOW,
)
def maps(cnn, x, y_train, unseen, rates):
    model = trained(cnn.CNN(seed=0), x, y_train, rates)
    one = unseen[:1]
    kernel = np.array(model.conv.kernel)
    maps = np.array(model.conv.forward(one))
    return {
        "kernel": kernel,
        "maps": maps,
        "pooled": np.array(model.pool.forward(np.copy(maps))),
        "probabilities": np.array(model.forward(one)),
    }


NAMES = ("layer", "MLP", "CNN")


def draw_race(figure, values, inputs):
    axes = figure.subplots()
    shown = {"layer": words("layer"), "MLP": words("MLP"), "CNN": words("CNN")}
    shares = {name: 100 * np.mean(values[name] == inputs["y_test"], axis=1) for name in NAMES}
    sizes = {name: int(values[f"weights of {name}"]) for name in NAMES}
    epochs = np.arange(1, len(RATES) + 1)
    for share, line in zip(shares.values(), LINES, strict=False):
        axes.plot(epochs, share, line, marker="o")
    low, high = axes.get_ylim()
    height = low
    for name in sorted(NAMES, key=lambda name: shares[name][-1]):  # one above the other
        height = max(shares[name][-1], height + (high - low) / 14)
        text = words(
            "{name}: {right:.1f} %, {n:,} weights",
            name=shown[name],
            right=shares[name][-1],
            n=sizes[name],
        )
        axes.text(epochs[-1] + 0.1, height, text, va="center")
    axes.set(xlabel=words("epochs"), ylabel=words("% of unseen digits read right"), xticks=epochs)
    named = {name.lower(): share[-1] for name, share in shares.items()}
    return {
        **named,
        "n": len(inputs["y_train"]),
        "of_cnn": sizes["CNN"],
        "of_mlp": sizes["MLP"],
    }


@brick.picture(
    "Layer, MLP and CNN on the same digits",
    parts=("CNN.fit", "CNN.predict"),
    caption="On the same {n:,} digits, in the same steps, the layer comes to {layer:.1f} %, the "
    "MLP to {mlp:.1f} % and the CNN to {cnn:.1f} % (the pass mark of the CNN's check is lower than "
    "those of the two others, as that check has fewer digits to train on). What helps a CNN is not "
    "the number of its weights, {of_cnn:,} against {of_mlp:,} of the MLP, but where they look: at "
    "neighbours, and everywhere alike.",
    alt="Three rising lines, the share of unseen digits read right after each epoch: the layer "
    "lowest, the MLP above it, the CNN highest.",
    draw=draw_race,
    size=(7.0, 3.2),
    inputs=digits,
    limit=SLOW,
)
def race(cnn, x, y_train, unseen, rates):
    import layer
    import mlp

    def size(*layers):
        return sum(np.size(each.kernel) + np.size(each.bias) for each in layers)

    rows, unseen_rows = x.reshape(len(x), -1), unseen.reshape(len(unseen), -1)
    single = layer.SingleLayerPerceptron(784, 10, seed=0)
    deep = mlp.MLP((784, 64, 10), seed=0)
    convolutional = cnn.CNN(seed=0)
    returned = {
        "weights of layer": size(single.dense),
        "weights of MLP": size(*deep.layers),
        "weights of CNN": size(convolutional.conv, convolutional.dense),
    }
    for name, model, seen, tested in (
        ("layer", single, rows, unseen_rows),
        ("MLP", deep, rows, unseen_rows),
        ("CNN", convolutional, x, unseen),
    ):
        read = []
        for epoch, rate in enumerate(rates):
            model.fit(seen, y_train, epochs=1, batch_size=16, learning_rate=rate, seed=epoch)
            read.append(in_parts(model.predict, tested))
        returned[name] = np.array(read)
    return returned


def more_digits(rng):
    return drawn_digits(6_000, 5_000)


def draw_misread(figure, values, inputs, most=12):
    probabilities, labels = values["probabilities"], inputs["y_test"]
    read = probabilities.argmax(axis=1)
    sure = 100 * probabilities[np.arange(len(read)), read]
    wrong = np.flatnonzero(read != labels)
    shown = wrong[np.argsort(-sure[wrong])][:most]
    titles = [
        words("{truth}, read as {read}\n{sure:.0f} %", truth=labels[i], read=read[i], sure=sure[i])
        for i in shown
    ]
    images(figure, [inputs["x_test"][i] for i in shown], titles, columns=most // 2)
    return {
        "n": len(labels),
        "wrong": len(wrong),
        "shown": len(shown),
        "sure": round(float(sure[shown[-1]])),
    }


@brick.picture(
    "Misread by your network in Keras",
    parts=("keras_cnn", "train"),
    caption="Of {n:,} unseen digits {wrong} are misread, and these are the {shown} of which the "
    "network is surest: cover the titles, and see which of them you would have misread too. It is "
    "wrong although it gives its answer {sure} % and more, for the ten probabilities of a softmax "
    "add up to 100 % even where a digit is unclear.",
    alt="Twelve handwritten digits that the network took for others, many of them unclear.",
    draw=draw_misread,
    size=(7.6, 3.6),
    inputs=more_digits,
    limit=SLOW,
    keras=True,
)
def misread(cnn, x, y_train, unseen):
    import keras

    keras.utils.set_random_seed(0)
    model = cnn.keras_cnn()
    cnn.train(model, x, y_train, seed=0)
    return {"probabilities": in_parts(lambda part: model.predict(part, verbose=0), unseen)}

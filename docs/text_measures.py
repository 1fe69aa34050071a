"""What the texts of a brick state, measured on the reference; docs/measure_text.py runs it.

Each function yields values by name. A training is the one of the brick's last check, over some
seeds, and its value the median.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from grader import mnist
from grader.course import Course
from grader.runner.loading import loaded

COURSE = Course(Path(__file__).parents[1])
SEEDS = range(5)
NEAR = 0.75  # the cosine from which a filter is near a Sobel kernel

Values = Iterator[tuple[str, float]]


def main() -> None:
    values: dict[str, float] = {}
    for needed, measure in MEASURES[sys.argv[1]]:
        with loaded(COURSE.reference(needed)) as module:
            values |= {name: float(value) for name, value in measure(module)}
    print(json.dumps(values))


def neurons(neuron: ModuleType) -> Values:
    x, y, x_test, y_test = digits(3, 8)
    x, y = x[:4000], (y[:4000] == 8).astype(int)
    right = []
    for seed in SEEDS:
        one = trained(neuron.Neuron(784, seed=seed), x, y, (0.5, 0.2, 0.05))
        right.append(share(one.predict(x_test) == (y_test == 8)))
    yield "3 or 8, of 100", np.median(right)
    for name, spread in (("sure, spread 1, of 100", 28.0), ("sure, scaled, of 100", 1.0)):
        sure = []
        for seed in range(20):
            one = neuron.Neuron(784, seed=seed)
            one.kernel = one.kernel * spread
            sure.append(share(np.abs(one.forward(x) - 0.5) > 0.49))
        yield name, np.mean(sure)


def short_batches(neuron: ModuleType) -> Values:
    """Three samples in batches of two, and a learning rate of 0: only the counting differs."""
    import keras

    x, y_true = np.array([[0.0], [0.0], [2.0]]), np.array([0, 0, 0])
    one, twin = neuron.Neuron(1), neuron.keras_neuron(1)
    one.kernel = np.array([1.0])
    twin.set_weights([one.kernel.reshape(1, 1), np.zeros(1)])
    twin.compile(keras.optimizers.SGD(0.0), loss="binary_crossentropy")
    fitted = twin.fit(x, y_true, epochs=1, batch_size=2, shuffle=False, verbose=0)
    losses = [neuron.binary_cross_entropy(y_true[:1], one.forward(row[None])) for row in x]
    (history,) = fitted.history["loss"]
    of_batches = np.mean([np.mean(losses[:2]), losses[2]])
    yield "Keras's history less the mean over samples", abs(history - np.mean(losses))
    yield "Keras's history less the mean over batches", abs(history - of_batches)


def layers(layer: ModuleType) -> Values:
    x, y, x_test, y_test = digits()
    right: dict[str, list[float]] = {"zeros": [], "Glorot": []}
    for start, found in right.items():
        for seed in SEEDS:
            model = layer.SingleLayerPerceptron(784, 10, seed=seed)
            if start == "zeros":
                model.dense.kernel = np.zeros((784, 10))
            trained(model, x, y, (0.5, 0.2, 0.05))
            found.append(share(model.predict(x_test) == y_test))
        yield f"from {start}, of 100", np.median(found)
    model = layer.SingleLayerPerceptron(784, 10)
    model.dense.kernel = np.repeat(model.dense.kernel[:, :1], 10, axis=1)
    model.train_step(x[:32], y[:32], 0.5)
    yield "equal units, one step", nearest(model.dense.kernel)


def mlps(mlp: ModuleType) -> Values:
    x, y, x_test, y_test = digits()

    def runs(start: str) -> tuple[float, list[float]]:
        right, part = [], []
        for seed in SEEDS:
            model = mlp.MLP([784, 32, 10], seed=seed)
            first, second = model.layers
            if start.startswith("equal"):
                first.kernel = np.repeat(first.kernel[:, :1], 32, axis=1)
            if start == "equal":
                second.kernel = np.repeat(second.kernel[:1], 32, axis=0)
            if start == "He":
                limit = np.sqrt(6 / 784)
                rng = np.random.default_rng(seed)
                first.kernel = rng.uniform(-limit, limit, size=(784, 32))
            trained(model, x, y, (0.3, 0.1, 0.03))
            right.append(share(model.predict(x_test) == y_test))
            part.append(float(np.ptp(model.layers[0].kernel, axis=1).max()))
        return float(np.median(right)), part

    right, _ = runs("random")
    yield "random units, of 100", right
    yield "He less Glorot, of 100", runs("He")[0] - right
    right_of_equal, part = runs("equal")
    yield "equal units, of 100", right_of_equal
    yield "equal units part by", max(part)
    yield "units equal in front part by", min(runs("equal in front")[1])
    model = mlp.MLP([784, 32, 32, 32, 10])
    one, other = model.layers[1:3]
    other.kernel = one.kernel.copy()
    model.train_step(x[:32], y[:32], 0.3)
    yield "equal layers part by", np.abs(other.kernel - one.kernel).max()


def ten_layers(mlp: ModuleType) -> Values:
    """The root mean square behind ten ReLU layers, as a share of what it was in front."""
    for rule, factor in (("Glorot", 1.0), ("He", np.sqrt(2.0))):  # the layers are square
        sizes = []
        for seed in range(20):
            x = out = np.random.default_rng(seed).normal(size=(200, 256))
            for dense in mlp.MLP([256] * 11 + [10], seed=seed).layers[:-1]:
                out = mlp.relu(out @ (dense.kernel * factor))
            sizes.append(np.mean(out**2) / np.mean(x**2))
        yield f"ten layers, {rule}", np.sqrt(np.mean(sizes))


def shuffled_pixels(layer: ModuleType) -> Values:
    x, y, x_test, _ = digits()
    order = np.random.default_rng(0).permutation(784)
    plain, shuffled = (layer.SingleLayerPerceptron(784, 10) for _ in range(2))
    shuffled.dense.kernel = plain.dense.kernel[order]
    trained(plain, x, y, (0.5, 0.2, 0.05))
    trained(shuffled, x[:, order], y, (0.5, 0.2, 0.05))
    yield "answers changed", np.sum(plain.predict(x_test) != shuffled.predict(x_test[:, order]))


def shifts(convolution: ModuleType) -> Values:
    """The absolute changes of all entries, added up, as a share of all entries added up."""
    x = convolution.images_to_tensor(mnist.load().x_test[:1000])
    moved = np.zeros_like(x)
    moved[:, :, 1:] = x[:, :, :-1]
    edges, none = convolution.edge_kernels(), np.zeros(2)
    maps = [np.maximum(convolution.conv2d(images, edges, none), 0.0) for images in (x, moved)]
    pooled = [convolution.max_pool2d(one) for one in maps]
    for name, (one, other) in (("map changed", maps), ("pooled map changed", pooled)):
        yield name, np.abs(one - other).sum() / one.sum()


def filters(cnn: ModuleType) -> Values:
    x, y = mnist.load().x_train[:3000, ..., np.newaxis] / 255, mnist.load().y_train[:3000]
    before, after = 0, 0
    for seed in range(4):
        model = cnn.CNN(seed=seed)
        before += near_a_sobel(model.conv.kernel)
        trained(model, x, y.astype(int), (0.2, 0.1, 0.03), batch_size=16)
        after += near_a_sobel(model.conv.kernel)
    yield "filters before", before
    yield "filters after", after


def equal_filters(cnn: ModuleType) -> Values:
    x, y = mnist.load().x_train[:32, ..., np.newaxis] / 255, mnist.load().y_train[:32]
    model = cnn.CNN()
    model.conv.kernel = np.repeat(model.conv.kernel[..., :1], 8, axis=-1)
    model.forward(x)
    model.backward(y.astype(int))
    gradients = model.conv.d_kernel.reshape(9, 8)
    yield "equal filters' gradients", nearest(gradients) / np.abs(gradients).max()


def loops(cnn: ModuleType) -> Values:
    """Four loops, around a window times a filter, through the training of brick 5's last check."""
    check = COURSE.bricks["cnn"].checks["ten_digits"]
    rounds = 3 * len(check.draw(0)["x_train"]) * 26 * 26 * 8
    yield "million rounds", rounds / 1e6
    image, kernel, bias, tried = np.ones((28, 28, 1)), np.ones((3, 3, 1, 8)), np.zeros(8), 50_000
    out, d_image, d_kernel = np.zeros((26, 26, 8)), np.zeros((28, 28, 1)), np.zeros((3, 3, 1, 8))
    start = time.process_time()
    for place in range(tried):
        i, j, f = place % 26, place // 26 % 26, place % 8
        out[i, j, f] = np.sum(image[i : i + 3, j : j + 3] * kernel[..., f]) + bias[f]
        d_kernel[..., f] += out[i, j, f] * image[i : i + 3, j : j + 3]
        d_image[i : i + 3, j : j + 3] += out[i, j, f] * kernel[..., f]
    yield "loops, in time limits", (time.process_time() - start) / tried * rounds / check.limit


def in_keras(cnn: ModuleType) -> Values:
    x, y, x_test, y_test = digits()
    model = cnn.keras_cnn()
    start = time.monotonic()
    cnn.train(model, x.reshape(-1, 28, 28, 1), y)
    yield "seconds in Keras", time.monotonic() - start
    yield (
        "digits in Keras, of 100",
        share(cnn.predict(model, x_test.reshape(-1, 28, 28, 1)) == y_test),
    )


# By the brick whose text states it: the brick that it is measured on, and how.
MEASURES: dict[str, list[tuple[str, Callable[[ModuleType], Values]]]] = {
    "neuron": [("neuron", neurons), ("neuron", short_batches)],
    "layer": [("layer", layers)],
    "mlp": [("mlp", mlps), ("mlp", ten_layers)],
    "convolution": [
        ("layer", shuffled_pixels),
        ("convolution", shifts),
        ("cnn", filters),
        ("cnn", loops),
    ],
    "cnn": [("cnn", equal_filters), ("cnn", in_keras)],
}


def digits(*classes: int) -> tuple[np.ndarray, ...]:
    """10,000 training digits at most, and all test digits, as vectors."""
    data, wanted = mnist.load(), classes or range(10)
    train, test = (np.isin(y, list(wanted)) for y in (data.y_train, data.y_test))
    return (
        data.x_train[train][:10_000].reshape(-1, 784) / 255,
        data.y_train[train][:10_000].astype(int),
        data.x_test[test].reshape(-1, 784) / 255,
        data.y_test[test].astype(int),
    )


def trained(
    model: Any, x: np.ndarray, y: np.ndarray, rates: Iterable[float], batch_size: int = 32
) -> Any:
    """The model after one epoch at each of the rates."""
    for epoch, rate in enumerate(rates):
        model.fit(x, y, 1, batch_size, rate, seed=epoch)
    return model


def share(right: np.ndarray) -> float:
    return 100 * float(np.mean(right))


def nearest(columns: np.ndarray) -> float:
    """How far the two columns that are most alike differ, at their worst entry."""
    n = columns.shape[1]
    pairs = [(i, j) for i in range(n) for j in range(i)]
    return float(min(np.abs(columns[:, i] - columns[:, j]).max() for i, j in pairs))


def near_a_sobel(kernel: np.ndarray) -> int:
    sobel = np.array([[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]])
    both = np.stack([sobel.ravel(), sobel.T.ravel()]) / np.linalg.norm(sobel)
    columns = kernel.reshape(9, -1)
    cosines = np.abs(both @ (columns / np.linalg.norm(columns, axis=0)))
    return int(np.sum(cosines.max(axis=0) > NEAR))


if __name__ == "__main__":
    main()

"""Pictures of the neuron."""

import numpy as np

from grader import mnist
from grader.pictures.gallery import Gallery

brick = Gallery("neuron")


def threes_and_eights(rng):
    drawn = mnist.draw(rng, n_train=2000, n_test=500, classes=(3, 8))
    return {**drawn, "x": drawn["x_train"].reshape(-1, 784) / 255.0}


def draw_weights(figure, values, inputs):
    steps = len(values["kernels"])
    largest = np.abs(values["kernels"]).max()
    for axes, kernel, epoch in zip(
        figure.subplots(1, steps), values["kernels"], (0, 1, 3, 10), strict=False
    ):
        axes.imshow(kernel.reshape(28, 28), cmap="PuOr", vmin=-largest, vmax=largest)
        axes.set(title=f"after {epoch} epochs" if epoch else "at the start")
        axes.axis("off")
    return {"right": round(100 * float(values["accuracy"]))}


@brick.picture(
    "Weights become a picture",
    parts=("Neuron", "Neuron.fit"),
    caption="Orange pixels speak for a 3, purple ones for an 8: the left rims of the 8 appear, "
    "which a 3 lacks. Nobody told the neuron where to look: {right} % of the training digits that "
    "it sees are right.",
    alt="The 784 weights as four images of 28 by 28: noise at first, then a pattern.",
    draw=draw_weights,
    size=(7.0, 2.2),
    inputs=threes_and_eights,
)
def weights(neuron, x, y_train):
    one = neuron.Neuron(784, seed=0)
    kernels = [np.array(one.kernel)]
    for epochs in (1, 2, 7):
        one.fit(x, y_train, epochs=epochs, batch_size=50, learning_rate=0.1, seed=0)
        kernels.append(np.array(one.kernel))
    return {"kernels": np.array(kernels), "accuracy": np.mean(one.predict(x) == y_train)}

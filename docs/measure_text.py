"""Measures what the texts of the bricks state, and prints it with what the text says.

    python docs/measure_text.py           # all bricks: about a minute and a half, Keras included
    python docs/measure_text.py neuron    # only this one

tests/test_text.py holds the texts against it. docs/text_measures.py does the measuring, in another
process, where small products run in one thread (in two they are many times slower).
"""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
MEASURES = Path(__file__).with_name("text_measures.py")


@dataclass(frozen=True)
class Statement:
    """Words of a brick's text, and when they are true of the value that is measured by this name.

    Where the words hold `{}` the text has a figure there. It may be `within` of what is measured.
    Words without a figure are true where the value is `at_least` and `at_most` what stands here.
    """

    brick: str
    name: str
    words: str
    within: float = 0.0
    at_least: float = -float("inf")
    at_most: float = float("inf")

    def found(self, text: str) -> re.Match[str] | None:
        before, brace, after = self.words.partition("{}")
        figure = r"(\d+(?:\.\d+)?)" if brace else ""
        return re.search(re.escape(before) + figure + re.escape(after), text)

    def is_true(self, text: str, value: float) -> bool:
        found = self.found(text)
        if found is None:
            return False
        if found.groups():
            return abs(float(found.group(1)) - value) <= self.within
        return self.at_least <= value <= self.at_most


STATED = [
    Statement("neuron", "3 or 8, of 100", "names {} of 100 unseen images right", within=1),
    Statement("neuron", "sure, spread 1, of 100", "of its answer for {} of 100 images", within=1),
    Statement("neuron", "sure, scaled, of 100", "the sigmoid starts where it is steep", at_most=1),
    Statement(
        "neuron",
        "Keras's history less the mean over samples",
        "In the history of Keras's `fit` each batch counts by its number of samples",
        at_most=1e-5,
    ),
    Statement(
        "neuron",
        "Keras's history less the mean over batches",
        "Your history is the plain mean over the batches of an epoch",
        at_least=0.1,
    ),
    Statement(
        "layer",
        "from zeros, of 100",
        "the layer names {} of 100 unseen digits right",
        within=1,
    ),
    Statement("layer", "from Glorot, of 100", "names {} of 100 unseen digits right", within=1),
    Statement(
        "layer",
        "equal units, one step",
        "units that start equal differ after the first step",
        at_least=0.01,
    ),
    Statement(
        "mlp", "equal units, of 100", "such units names {} of 100 unseen digits right", within=1
    ),
    Statement("mlp", "random units, of 100", "started at random, it names {}.", within=1),
    Statement("mlp", "equal units part by", "they stay equal and count as one", at_most=1e-12),
    Statement(
        "mlp",
        "units equal in front part by",
        "the different ones behind pull the units apart",
        at_least=0.1,
    ),
    Statement("mlp", "equal layers part by", "Layers that do soon part", at_least=1e-3),
    Statement(
        "mlp",
        "He less Glorot, of 100",
        "With a single hidden layer the two rules train equally well",
        at_least=-1,
        at_most=1,
    ),
    Statement("mlp", "ten layers, Glorot", "numbers shrink to {} of their size", within=0.005),
    Statement("mlp", "ten layers, He", "so that they keep it", at_least=0.8, at_most=1.25),
    Statement("convolution", "answers changed", "a dense layer learns exactly as well", at_most=5),
    Statement("convolution", "map changed", "adds up to {} of all that the maps hold", within=0.01),
    Statement("convolution", "pooled map changed", "pooling it is still {}.", within=0.01),
    Statement("convolution", "filters before", "four such networks, {} were near a Sobel kernel"),
    Statement("convolution", "filters after", "before training, and {} after", within=2),
    Statement("convolution", "million rounds", "turn {} million times forwards", within=0.5),
    Statement("convolution", "loops, in time limits", "they run into its time limit", at_least=1),
    Statement("cnn", "equal filters' gradients", "so their gradients differ", at_least=0.05),
    Statement("cnn", "seconds in Keras", "after less than a minute of training", at_most=60),
    Statement("cnn", "digits in Keras, of 100", "97 of 100 unseen digits and better", at_least=97),
]


def main() -> None:
    for brick in sys.argv[1:] or dict.fromkeys(one.brick for one in STATED):
        values = measured(brick)
        for one in (one for one in STATED if one.brick == brick):
            true = "true" if one.is_true(text_of(brick), values[one.name]) else "NOT TRUE"
            print(f"{brick:12} {one.name:44} {values[one.name]:10.4f}  {true}: {one.words}")


def measured(brick: str) -> dict[str, float]:
    """What the reference gives, by name, for all that the brick's text states."""
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    run = subprocess.run(
        [sys.executable, str(MEASURES), brick],
        env={**os.environ, **threads, "TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return dict(json.loads(run.stdout))


def text_of(brick: str) -> str:
    """The brick's texts in one line, without the marks of comments."""
    source = (ROOT / "solutions" / f"{brick}.py").read_text(encoding="utf-8")
    return " ".join(re.sub(r"(?m)^ *# ?", "", source).split())


if __name__ == "__main__":
    main()

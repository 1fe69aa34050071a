"""MNIST, embedded: 70,000 handwritten digits of 28x28 pixels, read without network."""

import hashlib
import io
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grader.language import _, counted

EMBEDDED = Path(__file__).parent / "data" / "mnist.npz"
SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"
VARIABLE = "BRICKS_MNIST"
NOISE = 4  # of 255: too faint to see, but it changes every image


class DataError(Exception):
    """The data cannot be used; the message says what to do about it."""


@dataclass(frozen=True)
class Digits:
    """Images (n, 28, 28) and labels (n,), uint8, with the SHA-256 of the file they came from."""

    x_train: NDArray[np.uint8]
    y_train: NDArray[np.uint8]
    x_test: NDArray[np.uint8]
    y_test: NDArray[np.uint8]
    sha256: str


def load(path: Path | None = None) -> Digits:
    """The embedded MNIST, or the npz file with the same four arrays that is named instead.

    `path` wins over the environment variable BRICKS_MNIST. The arrays are read once and shared:
    they are read-only. Raises DataError when the file is missing, damaged or of another layout.
    """
    named = path or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    return _read(named.resolve() if named else EMBEDDED)


@lru_cache(maxsize=2)
def _read(path: Path) -> Digits:
    mend = (
        _("install the kit again: its mnist.npz is not the file that it was made with")
        if path == EMBEDDED
        else _("name an .npz file with the arrays x_train, y_train, x_test, y_test")
    )
    try:
        content = path.read_bytes()
    except OSError as error:
        said = _("Cannot read {file} ({why}): {mend}.")
        raise DataError(said.format(file=path, why=error.strerror, mend=mend)) from None
    sha256 = hashlib.sha256(content).hexdigest()
    if path == EMBEDDED and sha256 != SHA256:
        raise DataError(_("{file} is damaged: {mend}.").format(file=path, mend=mend))
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            digits = Digits(
                arrays["x_train"], arrays["y_train"], arrays["x_test"], arrays["y_test"], sha256
            )
    except Exception:  # a damaged archive fails in many ways, in zipfile, in zlib and in NumPy
        said = _("{file} does not hold what is needed: {mend}.")
        raise DataError(said.format(file=path, mend=mend)) from None
    for images, labels in ((digits.x_train, digits.y_train), (digits.x_test, digits.y_test)):
        fits = images.ndim == 3 and labels.shape == images.shape[:1]
        if not fits or images.dtype != np.uint8 or labels.dtype != np.uint8:
            said = _(
                "{file} holds other arrays: images must be (n, height, width), labels (n,), all "
                "of uint8; {mend}."
            )
            raise DataError(said.format(file=path, mend=mend))
        images.flags.writeable = labels.flags.writeable = False
    return digits


def digits(
    n: int, seed: int = 0, classes: tuple[int, ...] = tuple(range(10))
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Handwritten digits to look at or to train on: images (n, 28, 28) from 0 to 255, labels (n,).

    The same seed gives the same digits. classes: only these, with 0 to 9 as their labels.

    >>> x, y = digits(1000, seed=0)
    >>> x.shape, y.shape
    ((1000, 28, 28), (1000,))
    """
    known = load()
    candidates = np.flatnonzero(np.isin(known.y_train, classes))
    if n > len(candidates):
        said = _("there are {there} such digits, and {n} were asked for")
        raise ValueError(said.format(there=counted(len(candidates)), n=counted(n)))
    chosen = np.random.default_rng(seed).choice(candidates, size=n, replace=False)
    return known.x_train[chosen], known.y_train[chosen].astype(np.int64)


def draw(
    rng: np.random.Generator, n_train: int, n_test: int, classes: tuple[int, ...] = tuple(range(10))
) -> dict[str, NDArray[np.generic]]:
    """Some digits to learn from and some to be tested on, drawn without replacement.

    Returns x_train and x_test (n, 28, 28) uint8, y_train and y_test (n,) int64, and classes. Labels
    are indices of these: with classes (3, 5) a five has label 1. Test images carry a little noise,
    so that none equals one in a table of known answers; the nearest one there still has the right
    label. Raises DataError where a class is missing.
    """
    digits = load()
    drawn: dict[str, NDArray[np.generic]] = {"classes": np.array(classes)}
    for split, images, labels, n in (
        ("train", digits.x_train, digits.y_train, n_train),
        ("test", digits.x_test, digits.y_test, n_test),
    ):
        missing = sorted(set(classes) - set(labels.tolist()))
        if missing:
            said = _("There are no {split} images of class {digit}: name other data.")
            raise DataError(said.format(split=split, digit=missing[0]))
        candidates = np.flatnonzero(np.isin(labels, classes))
        chosen = rng.choice(candidates, size=min(n, len(candidates)), replace=False)
        drawn[f"x_{split}"] = images[chosen]
        if split == "test":
            drawn["x_test"] = noisy(rng, images[chosen])
        index = np.full(256, -1)
        index[list(classes)] = range(len(classes))
        drawn[f"y_{split}"] = index[labels[chosen]].astype(np.int64)
    return drawn


def draw_vectors(
    rng: np.random.Generator, n_train: int, n_test: int, classes: tuple[int, ...] = tuple(range(10))
) -> dict[str, NDArray[np.generic]]:
    """The inputs of `draw`, with x_train and x_test as vectors from 0 to 1, and the test images.

    All vectors hold the pixels in the same drawn order. A layer that sees no neighbours learns from
    it as well; weights that were trained on other data, and written down, are of no use.
    """
    drawn = draw(rng, n_train, n_test, classes)
    images = {name: drawn[name].reshape(len(drawn[name]), -1) for name in ("x_train", "x_test")}
    order = rng.permutation(images["x_test"].shape[1])
    vectors = {name: np.take(rows, order, axis=1) / 255 for name, rows in images.items()}
    return {**drawn, **vectors, "images": drawn["x_test"]}


def noisy(rng: np.random.Generator, images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The images with every pixel moved by at most NOISE."""
    moved = images + rng.integers(-NOISE, NOISE, size=images.shape, dtype=np.int16, endpoint=True)
    clipped: NDArray[np.uint8] = np.clip(moved, 0, 255).astype(np.uint8)
    return clipped

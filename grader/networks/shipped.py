"""A trained model that a course ships beside its checks: its configuration and weights as arrays.

A check draws them from the file by `read` and gives them to its probe, which may read no file;
there `model_of` makes the model again. An author's script writes the file by `write`.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from grader.note import as_text, from_text
from grader.outcome import Array

CONFIGURATION, WEIGHTS = "configuration", "weights"


def read(file: Path) -> dict[str, Array]:
    """The arrays of the model in the file, for a check's inputs: configuration and weights."""
    with np.load(file, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in (CONFIGURATION, WEIGHTS)}


def model_of(configuration: Array, weights: Array) -> Any:
    """The Keras model, for a probe: built, not compiled, each time another one."""
    import keras

    return with_weights(keras.models.model_from_json(as_text(configuration)), weights)


def with_weights(model: Any, flat: Array) -> Any:
    """The same model, with its weights set: all their entries in a row, weight after weight."""
    sizes = [int(np.prod(weight.shape)) for weight in model.weights]
    parts = np.split(flat, np.cumsum(sizes)[:-1])
    model.set_weights([part.reshape(w.shape) for part, w in zip(parts, model.weights, strict=True)])
    return model


def in_a_row(arrays: Iterable[Array]) -> Array:
    """Weights as one array, as `with_weights` takes them."""
    return np.concatenate([np.ravel(array) for array in arrays]).astype(np.float32)


def write(model: Any, file: Path) -> None:
    """Writes a model of Keras's own layers; the same model gives the same bytes."""
    configuration, weights = from_text(model.to_json()), in_a_row(model.get_weights())
    np.savez_compressed(file, configuration=configuration, weights=weights)

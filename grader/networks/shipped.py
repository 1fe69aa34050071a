"""A trained model that a course ships beside its checks: its configuration and weights as arrays.

A check reads them from the file by `read` and gives them to its probe, which may read no file and
makes the model by `model_of`. An author's script writes the file by `write`.
"""

import inspect
import json
from collections.abc import Iterable, Mapping
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
    """A new Keras model, for a probe: built, not compiled."""
    import keras

    return with_weights(keras.models.model_from_json(as_text(configuration)), weights)


def with_weights(model: Any, flat: Array) -> Any:
    """Sets the model's weights from one array of all entries, weight after weight; returns it."""
    sizes = [int(np.prod(weight.shape)) for weight in model.weights]
    parts = np.split(flat, np.cumsum(sizes)[:-1])
    model.set_weights([part.reshape(w.shape) for part, w in zip(parts, model.weights, strict=True)])
    return model


def in_a_row(arrays: Iterable[Array]) -> Array:
    """All entries of the weights in one array, as `with_weights` takes them."""
    return np.concatenate([np.ravel(array) for array in arrays]).astype(np.float32)


def write(model: Any, file: Path) -> None:
    """Writes a model of Keras's own layers; the same model gives the same bytes."""
    configuration = json.dumps(_for_every_keras(json.loads(model.to_json())))
    weights = in_a_row(model.get_weights())
    np.savez_compressed(file, configuration=from_text(configuration), weights=weights)


def _for_every_keras(part: Any, defaults: Mapping[str, Any] | None = None) -> Any:
    """The configuration without options that have their default, so that other versions read it.

    Each version of Keras adds options to its layers, and refuses those that it does not know.
    """
    if isinstance(part, list):
        return [_for_every_keras(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    known = defaults or {}
    return {
        key: _for_every_keras(value, _defaults(part["class_name"]) if key == "config" else None)
        for key, value in part.items()
        if key != "compile_config" and not (key in known and known[key] == value)
    }


def _defaults(name: str) -> dict[str, Any]:
    """The default value of each option of Keras's layer or initializer of that name."""
    import keras

    kind = getattr(keras.layers, name, None) or getattr(keras.initializers, name, None)
    options = inspect.signature(kind).parameters if kind else {}
    return {key: option.default for key, option in options.items()}

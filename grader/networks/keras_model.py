"""Turns Keras models into arrays, and into networks again in a process without the student's code.

A process that runs a student's code may claim anything about a model. So it sends the model itself:
its configuration and weights if all its layers are Keras's own, or else the graph that TensorFlow
computes. The process that rebuilds it (a check's `clean`) runs no Python of the student's: it reads
a configuration that names Keras's own classes alone, or a graph whose operations only compute.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.check import Unfit
from grader.language import N_, _, counted
from grader.note import NOTE, as_text, from_text
from grader.outcome import Array

CONFIGURATION, WEIGHTS = "configuration", "weights"
GRAPH, ABOUT = (
    "graph",
    "about",
)  # about: the layer that is not Keras's, the graph's input and output
MAX_CONFIGURATION = 4_000_000  # bytes
MAX_ABOUT = 300  # characters
NO_MODEL = N_("what cannot be read as a model")

# Modules of Keras with classes that compute, or that say how a layer computes.
HOMES = (
    "keras.src.layers.",
    "keras.src.models.",
    "keras.src.ops.",
    "keras.src.initializers.",
    "keras.src.regularizers.",
    "keras.src.constraints.",
    "keras.src.dtype_policies.",
)
PLAIN = {"__keras_tensor__", "__tensor__", "__numpy__", "__slice__", "__ellipsis__"}
# Layers that run any Python function, or read files.
REFUSED = {"Lambda", "StringLookup", "IntegerLookup", "IndexLookup", "TextVectorization"}


def as_arrays(
    model: Any, shape: tuple[int, ...], name: str = "model", training: bool = False
) -> dict[str, Array]:
    """The model as plain arrays, for a probe to return; their names begin with `name`.

    shape: that of the model's images, with their number: (n, h, w, channels).
    training: whether a graph computes as in training; `rebuilt` must be given the same.
    """
    import keras

    if not isinstance(model, keras.Model):
        said = _("a Keras model is wanted, and a {kind} came back")
        raise TypeError(said.format(kind=type(model).__name__))
    if not model.built:
        model(np.zeros(shape, np.float32))
    try:
        text = model.to_json()
        stranger = not_keras(json.loads(text))
    except Exception:  # a layer without get_config
        kinds = [type(part) for part in model._flatten_layers()]
        own = [kind.__name__ for kind in kinds if not kind.__module__.startswith("keras.")]
        stranger = (own or [type(model).__name__])[0]
    if not stranger:
        weights = [np.ravel(weight).astype(np.float32) for weight in model.get_weights()]
        parts = {
            CONFIGURATION: from_text(text),
            WEIGHTS: np.concatenate([np.zeros(0, np.float32), *weights]),
        }
    else:
        graph, *ends = _frozen(model, shape, training)
        parts = {
            GRAPH: np.frombuffer(graph, np.uint8),
            ABOUT: from_text("\n".join([stranger[:MAX_ABOUT], *ends])),
        }
    return {f"{name}, {part}": array for part, array in parts.items()}


def not_keras(configuration: Any) -> str:
    """The first class or function in a model's configuration that is not Keras's own; else empty.

    It imports nothing: a configuration may name any module, which Keras would import.
    """
    import keras  # noqa: F401 (its modules are looked up below)

    for part in _parts(configuration):
        name, module = part.get("class_name"), part.get("module")
        if name is None:
            if set(part) == {"value"}:  # how Keras writes a lambda
                return "a lambda"
            continue
        if name in PLAIN and module is None:
            continue
        found = getattr(sys.modules.get(str(module)), str(name), None)
        home = f"{found.__module__}." if isinstance(found, type) else ""
        if not str(module).startswith("keras") or not home.startswith(HOMES) or name in REFUSED:
            own_name = part.get("config") if name == "function" else name
            return str(own_name)
    return ""


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    """The dictionaries in the configuration, outermost first, without what compiling adds."""
    if isinstance(value, dict):
        yield value
        for key, inner in value.items():
            if key != "compile_config":
                yield from _parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _parts(inner)


def _frozen(model: Any, shape: tuple[int, ...], training: bool) -> tuple[bytes, str, str]:
    """The graph that the model computes, with its numbers, and the names of input and output."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    def computed(x: Any) -> Any:
        return model(x, training=training)

    traced = tf.compat.v1.wrap_function(computed, [tf.TensorSpec(shape, tf.float32)])
    # Updates in training, such as those of moving means, are not on the way to the output.
    frozen = convert_variables_to_constants_v2(traced.prune(traced.inputs[0], traced.outputs[0]))
    [x], [p] = frozen.inputs, frozen.outputs
    return frozen.graph.as_graph_def().SerializeToString(), x.name, p.name


def _traced(model: Any, shape: tuple[int, ...], training: bool) -> Any:
    import tensorflow as tf

    def computed(x: Any) -> Any:
        return model(x, training=training)

    return tf.function(computed).get_concrete_function(tf.TensorSpec(shape, tf.float32))


@dataclass(frozen=True)
class Network:
    """A rebuilt model: what TensorFlow computes for a batch of images, and from which operations.

    n_parameters  numbers in its weights, and in all constants and variables that it reads.
    convolves, pools  whether such an operation is on the way from the images to the output.
    not_keras     the first layer that is not Keras's; empty where there is none.
    """

    function: Any
    shape: tuple[int, ...]
    n_parameters: int
    convolves: bool
    pools: bool
    not_keras: str

    def __call__(self, x: Array) -> NDArray[np.float32]:
        """The output for images (n, h, w, channels), batch by batch."""
        import tensorflow as tf

        if x.shape[1:] != self.shape[1:]:
            said = _("images of shape {wanted} are wanted, not {given}")
            raise ValueError(said.format(wanted=self.shape[1:], given=x.shape[1:]))
        size, found = self.shape[0], []
        for start in range(0, len(x), size):
            part = np.asarray(x[start : start + size], np.float32)
            rest = np.zeros((size - len(part), *part.shape[1:]), np.float32)
            p = self.function(tf.constant(np.concatenate([part, rest])))
            p = np.asarray(p[0] if isinstance(p, list | tuple) else p, np.float32)
            if len(p) != size:
                given = _("shape {shape} for {n} images").format(shape=p.shape, n=size)
                raise Unfit("p", given, _("a row for each image"))
            found.append(p[: len(part)])
        return np.concatenate(found)

    @property
    def note(self) -> dict[str, Array]:
        """A remark for a failing check; empty where all layers are Keras's."""
        if not self.not_keras:
            return {}
        said = _(
            "{kind} is not one of Keras's own layers, so the model is judged by what it computes: "
            "the operations and numbers in its graph"
        )
        return {NOTE: from_text(said.format(kind=self.not_keras))}


def rebuilt(
    returned: Mapping[str, Array],
    shape: tuple[int, ...],
    name: str = "model",
    training: bool = False,
) -> Network:
    """The network from the arrays of `as_arrays`; only for a check's `clean`.

    training: whether it computes as in training, where dropout drops entries, and a batch is
        normalised by its own mean.

    Raises Unfit for anything else.
    """
    from grader.networks.keras_graph import contents, imported

    parts = {
        part: np.ascontiguousarray(returned[f"{name}, {part}"])
        for part in (CONFIGURATION, WEIGHTS, GRAPH, ABOUT)
        if f"{name}, {part}" in returned
    }
    try:
        if CONFIGURATION in parts:
            model, stranger = _deserialized(parts[CONFIGURATION], parts[WEIGHTS], shape), ""
            function = _traced(model, shape, training)
            n_weights = sum(int(np.prod(weight.shape)) for weight in model.weights)
        else:
            stranger, x, p = as_text(parts[ABOUT]).split("\n")
            function, n_weights = imported(parts[GRAPH].tobytes(), x, p, shape), 0
        inside = contents(function)
    except Unfit:
        raise
    except Exception as error:  # forged, or too strange: Keras and TensorFlow raise anything
        found = f"{_(NO_MODEL)} ({type(error).__name__})"
        what = _("the model") if name == "model" else name
        raise Unfit(what, found, _("a Keras model")) from None
    return Network(
        function,
        shape,
        n_weights + inside.n_numbers,
        inside.convolves,
        inside.pools,
        stranger[:MAX_ABOUT],
    )


def _deserialized(configuration: Array, weights: Array, shape: tuple[int, ...]) -> Any:
    import keras

    if configuration.nbytes > MAX_CONFIGURATION:
        found = _("{n} bytes").format(n=counted(configuration.nbytes))
        raise Unfit(_("the model's configuration"), found, _("a few layers"))
    plain = json.loads(as_text(configuration))
    if stranger := not_keras(plain):
        found = _("one with {kind}").format(kind=stranger)
        raise Unfit(_("the model's configuration"), found, _("Keras's own layers alone"))
    for part in list(_parts(plain)):
        part.pop("compile_config", None)
    model = keras.saving.deserialize_keras_object(plain, safe_mode=True)
    if not isinstance(model, keras.Model):
        found = _("a {kind}").format(kind=type(model).__name__)
        raise Unfit(_("the model"), found, _("a Keras model"))
    if not model.built:
        model(np.zeros(shape, np.float32))
    return _with_weights(model, weights)


def with_sent_weights(model: Any, returned: Mapping[str, Array], name: str) -> Any:
    """The given model with the weights that as_arrays sent: where it is known which model it is,
    what else was sent of it is not believed. Only for a check's `clean`. Raises Unfit.
    """
    weights = returned.get(f"{name}, {WEIGHTS}")
    if weights is None:
        raise Unfit(name, _(NO_MODEL), _("a Keras model"))
    return _with_weights(model, np.ascontiguousarray(weights))


def _with_weights(model: Any, weights: Array) -> Any:
    sizes = [int(np.prod(weight.shape)) for weight in model.weights]
    if weights.ndim != 1 or sum(sizes) != weights.size or weights.dtype.kind != "f":
        found = _("shape {shape}").format(shape=weights.shape)
        due = _("{n} numbers").format(n=counted(sum(sizes)))
        raise Unfit(_("the model's weights"), found, due)
    ends = np.cumsum(sizes)
    flat = np.split(weights, ends[:-1]) if sizes else []
    model.set_weights([part.reshape(w.shape) for part, w in zip(flat, model.weights, strict=True)])
    return model

"""Helps checks of Keras models: the probe returns `sent(...)`, the check's `clean` is `rebuilt`.

The inputs of such a check have x, the images that the model is called on. The modules that read
models are imported inside functions: a run without Keras loads none of them.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.check import Inputs
from grader.language import N_
from grader.outcome import SHAPE_OF, Array

P, REBUILT = "p", N_("p of the rebuilt model")
MODEL = "model "  # prefix of the names of several models
LIKELY, UNLIKELY, FROM_LOGITS = "loss, likely labels", "loss, unlikely labels", "from_logits"


def sent(model: Any, x: Array) -> dict[str, Any]:
    """For a probe: the model as arrays, and what it computes for x."""
    from grader.networks.keras_model import as_arrays

    arrays = as_arrays(model, x.shape)
    return {P: model(x, training=False), **arrays}


def rebuilt(returned: Mapping[str, Array], inputs: Inputs) -> dict[str, Any]:
    """For a check's `clean`: what the rebuilt model computes for x, and its operations and size."""
    from grader.networks import keras_model

    network = keras_model.rebuilt(returned, inputs["x"].shape)
    return {
        P: returned[P],
        REBUILT: network(inputs["x"]),
        "parameters": network.n_parameters,
        "convolves": network.convolves,
        "pools": network.pools,
        **network.note,
    }


def as_sent(returned: Mapping[str, Any]) -> dict[str, Any]:
    """For a check's `measure`: whether the rebuilt model is the one that computed p."""
    p, own = returned[REBUILT], returned[P]
    same = np.shape(own) == np.shape(p) and np.allclose(own, p, atol=1e-4)
    return {
        SHAPE_OF + N_("the output"): np.shape(p),
        N_("its layers and weights give its output"): same,
    }


def sent_as(name: str, model: Any, x: Array) -> dict[str, Any]:
    """For a probe: one of several models, which learn between one call and the next."""
    from grader.networks.keras_model import as_arrays

    return dict(as_arrays(model, x.shape, MODEL + name))


def outputs(returned: Mapping[str, Array], inputs: Inputs) -> dict[str, Any]:
    """For a check's `clean`: what each model of `sent_as` computes for x, as "p <name>".

    These values replace the model's arrays.
    """
    return outputs_for(inputs["x"], returned, inputs)


def outputs_for(x: Array, returned: Mapping[str, Array], inputs: Inputs) -> dict[str, Any]:
    """The same for other images than those that were sent along."""
    from grader.networks import keras_model

    models = dict.fromkeys(key.partition(", ")[0] for key in returned if key.startswith(MODEL))
    found: dict[str, Any] = {k: v for k, v in returned.items() if not k.startswith(MODEL)}
    for model in models:
        network = keras_model.rebuilt(returned, inputs["x"].shape, model)
        found |= {f"p {model.removeprefix(MODEL)}": network(x), **network.note}
    return found


def losses(model: Any, x: Array) -> dict[str, Any]:
    """For a probe: the compiled model's losses of integer labels, and whether it expects scores."""
    p = np.asarray(model(x, training=False))
    described = model.loss.get_config() if hasattr(model.loss, "get_config") else {}
    return {
        LIKELY: _loss(model, x, p.argmax(axis=1)),
        UNLIKELY: _loss(model, x, p.argmin(axis=1)),
        FROM_LOGITS: bool(described.get("from_logits")),
    }


def _loss(model: Any, x: Array, labels: Array) -> Any:
    """nan where the loss takes one-hot labels, and no integers."""
    try:
        return model.evaluate(x, labels, verbose=0)
    except ValueError as error:
        try:
            model.evaluate(x, np.eye(model.output_shape[-1])[labels], verbose=0)
        except ValueError:
            raise error from None  # the first says what is wrong
        return np.nan


def losses_and_rebuilt(returned: Mapping[str, Array], inputs: Inputs) -> dict[str, Any]:
    """For a check's `clean`, where the probe returned `sent` and `losses`."""
    kept = {name: returned[name] for name in (LIKELY, UNLIKELY, FROM_LOGITS)}
    return {**kept, **rebuilt(returned, inputs)}


def classifies(returned: Mapping[str, Any]) -> dict[str, Any]:
    """For a check's `measure`: the model gives probabilities, and its loss takes integer labels."""
    p = returned[REBUILT]
    likely, unlikely = (np.ravel(returned[name])[0] for name in (LIKELY, UNLIKELY))
    return {
        **as_sent(returned),
        N_("rows add up to 1"): np.allclose(p.sum(axis=1), 1),
        N_("no probability is negative"): np.min(p) >= 0,
        N_("the loss of integer labels is finite"): np.isfinite(likely) and np.isfinite(unlikely),
        N_("unlikely labels have the larger loss"): likely < unlikely,
        N_("the loss takes probabilities, as the model gives"): not returned[FROM_LOGITS],
    }

"""What checks of Keras models ask: a probe returns `sent`, its check cleans by `rebuilt`.

The inputs of such a check have x, the images that the model is called on. What reads models is
imported where it is needed: a run without Keras loads none of it.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.check import Inputs
from grader.outcome import Array

P, REBUILT = "p", "p of the rebuilt model"


def sent(model: Any, x: Array) -> dict[str, Any]:
    """For a probe: the model as arrays, and what it computes for x."""
    from grader.networks.keras_model import as_arrays

    arrays = as_arrays(model, x.shape)
    return {P: model(x, training=False), **arrays}


def rebuilt(returned: Mapping[str, Array], inputs: Inputs) -> dict[str, Any]:
    """For a check's `clean`: what the rebuilt model computes for x, and what it is made of."""
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
    return {"shape of the output": np.shape(p), "its layers and weights give its output": same}

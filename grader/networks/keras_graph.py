"""Reads the contents of a model's TensorFlow graph, and imports foreign graphs that are safe."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from grader.check import Unfit
from grader.language import _, counted

MAX_NODES = 20_000
SHAPES_AND_AXES = 8_000  # bytes, 1,000 integers, that any graph needs for shapes and axes
IN_FORMULAS = 2_000  # single numbers that any graph needs in formulas, as factors and limits
LONG = 16  # entries of an attribute; more are data, and no strides, paddings or axes

# Modules of TensorFlow whose operations only compute, except for those in UNSAFE.
COMPUTE = (
    "gen_array_ops",
    "gen_bitwise_ops",
    "gen_control_flow_ops",
    "gen_functional_ops",
    "gen_image_ops",
    "gen_linalg_ops",
    "gen_list_ops",
    "gen_math_ops",
    "gen_nn_ops",
    "gen_random_ops",
    "gen_special_math_ops",
    "gen_spectral_ops",
    "gen_stateless_random_ops",
    "gen_stateless_random_ops_v2",
)
# ImmutableConst reads a file; FakeParam has only a shape, which could hold any numbers.
UNSAFE = {"Abort", "RemoteCall", "ImmutableConst", "FakeParam"}
# Operations of tf.print, of assertions and of tf.dynamic_stitch, which are allowed as well.
HARMLESS = {"Assert", "PrintV2", "StringFormat", "DynamicPartition", "DynamicStitch"}
CONVOLVING = ("Conv2D", "Conv3D", "DepthwiseConv2d", "Conv", "ExtractImagePatches")
POOLING = ("MaxPool", "AvgPool", "FractionalMaxPool", "FractionalAvgPool")


@dataclass(frozen=True)
class Contents:
    """What a graph holds on the way from its input to its output.

    n_numbers: floats in constants, in attributes of operations, and in tensors that the function
        captures. Other types count byte by byte, beyond SHAPES_AND_AXES: bytes can pack numbers.
    """

    n_numbers: int
    convolves: bool
    pools: bool


def imported(graph: bytes, x: str, p: str, shape: tuple[int, ...]) -> Any:
    """The function of a graph that a student's process sent. x, p: names of input and output.

    Raises Unfit where an operation could do more than compute.
    """
    import tensorflow as tf
    from tensorflow.python.eager.wrap_function import function_from_graph_def

    definition = tf.compat.v1.GraphDef.FromString(graph)
    nodes = list(_nodes(definition))
    if len(nodes) > MAX_NODES:
        found = _("a graph of {n} operations").format(n=counted(len(nodes)))
        raise Unfit(_("the model"), found, _("a network"))
    own = {function.signature.name for function in definition.library.function}
    for node in nodes:
        if not _computes(node, own):
            found = _("the operation {name}").format(name=node.op)
            raise Unfit(_("the model"), found, _("operations that compute alone"))
    function = function_from_graph_def(definition, [x], [p])
    [taken] = function.inputs
    if taken.dtype != tf.float32 or not taken.shape.is_compatible_with(shape):
        found = _("inputs of shape {shape}").format(shape=taken.shape)
        raise Unfit(_("the model"), found, _("images of shape {shape}").format(shape=shape))
    return function


def _computes(node: Any, own: set[str]) -> bool:
    """own: names of the graph's functions."""
    if node.op == "PrintV2" and node.attr["output_stream"].s.startswith(b"file:"):
        return False
    return node.op in _computing() or node.op in own


@cache
def _computing() -> frozenset[str]:
    """Names of the operations that a graph may have."""
    modules = [import_module(f"tensorflow.python.ops.{name}") for name in COMPUTE]
    names = {name for module in modules for name in dir(module) if name[:1].isupper()}
    return frozenset(names | HARMLESS) - UNSAFE


def _nodes(definition: Any) -> Iterator[Any]:
    yield from definition.node
    for function in definition.library.function:
        yield from function.node_def


def contents(function: Any) -> Contents:
    """The contents of the graph on the way from the function's input to its output."""
    import tensorflow as tf

    graph = function.graph
    above = list(_above(function.outputs))
    definitions = {f.signature.name: f for f in graph.as_graph_def().library.function}
    inner = [node for name in _called(above, definitions) for node in definitions[name].node_def]
    kinds = {operation.type for operation in above} | {node.op for node in inner}
    constants = [op.get_attr("value") for op in above if op.type == "Const"]
    constants += [node.attr["value"].tensor for node in inner if node.op == "Const"]
    captured = [tensor for tensor, _ in graph.captures if tensor.dtype != tf.resource]
    singles = [constant for constant in constants if _is_single(constant)]
    numbers = [_n_numbers(constant) for constant in constants if not _is_single(constant)]
    numbers += [(math.prod(tensor.shape), 0) for tensor in captured]
    numbers += [_in_attributes(node) for node in [*(op.node_def for op in above), *inner]]
    floats, others = (sum(column) for column in zip((0, 0), *numbers, strict=True))
    return Contents(
        floats + max(0, others - SHAPES_AND_AXES) + max(0, len(singles) - IN_FORMULAS),
        any(_is(kind, CONVOLVING) for kind in kinds),
        any(_is(kind, POOLING) for kind in kinds) or any(map(_pools_all, above)),
    )


def _is(kind: str, names: tuple[str, ...]) -> bool:
    """Whether an operation has one of these names, in any of TensorFlow's variants."""
    return kind.removeprefix("_Fused").startswith(names) and not kind.endswith("Grad")


def _above(outputs: Any) -> Iterator[Any]:
    """The operations whose results reach one of the tensors."""
    waiting, seen = [tensor.op for tensor in outputs], set()
    while waiting:
        operation = waiting.pop()
        if operation.name not in seen:
            seen.add(operation.name)
            yield operation
            waiting += [tensor.op for tensor in operation.inputs]


def _called(operations: Any, definitions: Any) -> set[str]:
    """Names of the graph's functions that these operations call, and those call in turn."""
    waiting = [name for op in operations for name in _functions_of(op.node_def, definitions)]
    found = set[str]()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            nodes = definitions[name].node_def
            waiting += [inner for node in nodes for inner in _functions_of(node, definitions)]
    return found


def _functions_of(node: Any, definitions: Any) -> Iterator[str]:
    named = [node.op, *(value.func.name for value in node.attr.values())]
    named += [each.name for value in node.attr.values() for each in value.list.func]
    return (name for name in named if name in definitions)


def _size(constant: Any) -> int:
    return math.prod(axis.size for axis in constant.tensor_shape.dim)


def _is_single(constant: Any) -> bool:
    """Whether it is a single number, as in a formula; a single text may be of any length."""
    import tensorflow as tf

    return _size(constant) == 1 and bool(tf.as_dtype(constant.dtype).size)


def _n_numbers(constant: Any) -> tuple[int, int]:
    """Floats in a constant, and bytes of other kinds."""
    import tensorflow as tf

    kind, size = tf.as_dtype(constant.dtype), _size(constant)
    if kind.is_floating:
        return size, 0
    return 0, size * int(kind.size) if kind.size else int(constant.ByteSize())


def _in_attributes(node: Any) -> tuple[int, int]:
    """Floats in an operation's attributes, and bytes of integers, where a list of them is long."""
    lists = [attribute.list for attribute in node.attr.values()]
    floats, integers = sum(len(each.f) for each in lists), sum(len(each.i) for each in lists)
    return (floats if floats > LONG else 0), (8 * integers if integers > LONG else 0)


def _pools_all(operation: Any) -> bool:
    """Whether it is a mean or a maximum over all axes of the image, as in global pooling."""
    import tensorflow as tf

    if operation.type not in ("Mean", "Max"):
        return False
    rank = operation.inputs[0].shape.rank
    axes = tf.get_static_value(operation.inputs[1])
    if rank is None or rank < 4 or axes is None:
        return False
    along = {int(axis) % rank for axis in np.ravel(axes)}
    return len(along) >= 2 and not along & {0, rank - 1}

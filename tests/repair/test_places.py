"""Where a search looks first: in the functions that the failing check is about."""

import pytest

from grader.repair.places import FAR, by_distance, places_in


def distances(course, brick, check):
    texts = course.reference(brick)[-1].texts
    found = by_distance(places_in(texts), course.bricks[brick].checks[check])
    return {place.name: distance for distance, place in found}


def test_the_constructor_comes_first_where_the_part_is_a_class(course):
    assert course.bricks["neuron"].checks["start"].part == "Neuron"
    found = distances(course, "neuron", "start")
    assert found["Neuron.__init__"] == 0 and min(found.values()) == 0
    assert all(distance for name, distance in found.items() if name != "Neuron.__init__")


def test_a_method_comes_first_and_then_what_it_calls(course):
    found = distances(course, "neuron", "gradient_values")
    assert found["Neuron.gradients"] == 0
    assert found["Neuron.forward"] == 1 and found["sigmoid"] == 2


def test_what_the_probe_calls_of_a_class_is_near_and_what_nothing_reaches_is_far(course):
    found = distances(course, "convolution", "layer_learns")
    methods = {name for name, distance in found.items() if distance == 0}
    assert methods == {f"Conv2D.{name}" for name in ("__init__", "forward", "backward", "step")}
    assert found["conv2d_backward"] == 1
    assert found["edge_kernels"] == FAR


@pytest.mark.parametrize(
    ("body", "stub"),
    [
        ('raise NotImplementedError("Write f.")', True),
        ('"""What it does."""\n    raise NotImplementedError', True),
        ("x = 1\n    raise NotImplementedError", False),
        ("raise ValueError", False),
        ("return 1", False),
    ],
)
def test_a_stub_is_told_from_code(body, stub):
    [place] = places_in({"f.py": f"def f(x):\n    {body}\n".splitlines(keepends=True)})
    assert place.is_stub is stub

"""What students ask pytest for is what they get, or they are told how to ask."""

import sys

import pytest

from grader.selfcheck.asked import bricks_asked_for, meant

BRICKS = ("neuron", "layer", "mlp")


@pytest.mark.parametrize(
    "expression, bricks",
    [
        ("layer", ["layer"]),
        ("not layer", ["neuron", "mlp"]),
        ("neuron or mlp", ["neuron", "mlp"]),
        ("not (neuron or mlp)", ["layer"]),
        ("softmax", None),
        ("layer and softmax", None),
        ("Dense.forward", None),
        ("layer(1)", None),
        ("layer or", None),
        ("", None),
    ],
)
def test_a_bricks_name_means_that_brick_and_other_words_are_left_to_pytest(expression, bricks):
    assert bricks_asked_for(expression, BRICKS) == bricks


@pytest.mark.slow
def test_k_layer_selects_the_layer_alone(checkout):
    run = checkout.pytest("-k", "layer", "--collect-only", "-q")
    named = [line for line in run.stdout.splitlines() if "::" in line]
    assert named and all("test_layer.py::" in line for line in named)


@pytest.mark.parametrize(
    "argument, answer",
    [
        ("exercises/neuron.py", "Run: pytest exercises/test_neuron.py"),
        ("exercises/nueron.py", "Run: pytest exercises/test_neuron.py"),
        ("exercises/test_nueron.py", "Run: pytest exercises/test_neuron.py"),
        ("exercises/neuron.py::sigmoid", "Run: pytest exercises/test_neuron.py"),
        ("exercises/test_neuron.py", ""),
        ("exercises/", ""),
        ("exercises/zzz.py", ""),
    ],
)
def test_a_file_that_holds_no_checks_is_answered_with_the_command_that_was_meant(
    checkout, argument, answer
):
    said = meant([argument], checkout.root)
    assert said.endswith(answer) and bool(said) == bool(answer)


def test_pytest_says_so_in_one_line(checkout):
    run = checkout._run([sys.executable, "-m", "pytest", "exercises/neuron.py"], "", {})
    assert run.returncode == 4
    assert "ERROR: exercises/neuron.py is the file that you write" in run.stderr
    assert "Traceback" not in run.stderr and "no tests ran" not in run.stdout


@pytest.mark.slow
def test_a_brick_under_a_misspelled_name_is_guessed(checkout):
    exercises = checkout.root / "exercises"
    (exercises / "neuron.py").rename(exercises / "nueron.py")
    run = checkout.pytest("-k", "neuron", "-m", "not keras")
    assert "is nueron.py meant for it?" in " ".join(run.stdout.split())

"""A loop that does not end costs one time limit, and is named; what calls it again waits."""

import pytest

LOOP = "            while True:\n                losses[0] += 1\n"
KEEPS = "            history.append(float(np.mean(losses)))"


@pytest.mark.long
def test_an_endless_loop_costs_one_time_limit_and_what_meets_it_again_waits(checkout):
    checkout.solve("neuron")
    checkout.replace("neuron", KEEPS, LOOP + KEEPS)
    run = checkout.pytest("-k", "neuron", "-m", "not keras", "-rs")
    text = (checkout.root / "exercises" / "neuron.py").read_text()
    line = text[: text.index("while True")].count("\n") + 1
    assert run.stdout.count("nothing within") == 2  # its message, and the board
    assert f"exercises/neuron.py, line {line}" in run.stdout
    waits = f"waits for line {line} of exercises/neuron.py, a loop that did not end"
    assert run.stdout.count(waits) == 5
    assert run.stdout.count("SKIPPED [1] exercises/test_neuron.py:") == 5
    assert "1 failed, 11 passed, 5 skipped" in run.stdout


@pytest.mark.long
def test_a_function_that_is_left_in_time_elsewhere_is_waited_for_by_its_callers_alone(checkout):
    checkout.solve("neuron")
    checkout.replace(
        "neuron",
        "def sigmoid(z):",
        "def spin():\n    while True:\n        pass\n\n\n"
        "def sigmoid(z):\n    if np.ndim(z) == 1 and z.max() > 999:\n        spin()",
    )
    run = checkout.pytest("-k", "neuron and (sigmoid or forward_values)", "-m", "not keras", "-rs")
    assert "1 failed" in run.stdout and "SKIPPED" not in run.stdout

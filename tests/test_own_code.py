"""A student's own code beside the checks: under `__main__`, in the debugger, with breakpoint()."""

import sys

import pytest

TRAINS = (
    '\n\nif __name__ == "__main__":\n    print("trained", Neuron(3).predict(np.ones((2, 3))))\n'
)


@pytest.mark.parametrize("brick", ["neuron", "layer", "mlp", "convolution", "cnn"])
def test_each_brick_runs_as_a_program(checkout, brick):
    checkout.solve("neuron", "layer", "mlp", "convolution", "cnn")
    run = checkout._run([sys.executable, f"exercises/{brick}.py"], "", {})
    assert run.returncode == 0, run.stderr


def test_code_under_main_runs_there_and_in_no_check(checkout):
    checkout.solve("neuron")
    path = checkout.root / "exercises" / "neuron.py"
    path.write_text(path.read_text() + TRAINS)
    assert "trained" in checkout._run([sys.executable, "exercises/neuron.py"], "", {}).stdout
    run = checkout.pytest("-k", "predict_labels and test_neuron", "-rP")
    assert "1 passed" in run.stdout and "trained" not in run.stdout


@pytest.mark.long
def test_breakpoint_says_how_to_stop_there(checkout):
    checkout.solve("neuron")
    checkout.replace("neuron", "return images.reshape", "breakpoint()\n    return images.reshape")
    run = checkout.pytest("-k", "images_become_rows")
    said = " ".join(run.stdout.split())
    assert "stops for a debugger (breakpoint), which has no terminal here" in said
    assert "pytest exercises/ -s -k" in said
    run = checkout.pytest("-s", "-k", "images_become_rows", stdin="p images.ndim * 14\nc\n")
    assert "42" in run.stdout and "1 passed" in run.stdout


@pytest.mark.slow
def test_pdb_on_a_wrong_value_stops_in_the_students_function(checkout):
    checkout.solve("neuron")
    checkout.replace(
        "neuron",
        "return images.reshape(len(images), -1) / 255.0",
        "rows = images.reshape(len(images), -1)\n    return rows / 25.0",
    )
    run = checkout.pytest(
        "--pdb", "-k", "images_become_rows", stdin="p images.ndim * 14\nn\np rows.ndim * 5\nc\n"
    )
    assert "Captured stdout" not in run.stdout
    assert "(Pdb) 42" in run.stdout and "(Pdb) 10" in run.stdout
    assert "exercises/neuron.py(" in run.stdout and "items.py" not in run.stdout
    assert "1 failed" in run.stdout

"""Without TensorFlow and Keras the NumPy part works, and what is missing is named."""

import re

import pytest

pytestmark = pytest.mark.slow

MISSING = {"keras": ("keras", "tensorflow"), "tensorflow": ("tensorflow",)}


@pytest.fixture
def without(checkout):
    """Runs pytest where packages cannot be found, in this process and in those it starts."""

    def run(names, *arguments):
        folder = checkout.root / "block"
        folder.mkdir(exist_ok=True)
        for name in names:
            (folder / f"{name}.py").write_text(
                f"raise ModuleNotFoundError(\"No module named '{name}'\", name='{name}')"
            )
        return checkout.pytest(*arguments, PYTHONPATH=str(folder))

    return run


@pytest.mark.long
@pytest.mark.parametrize("more", [(), ("-n", "2"), ("-s",)], ids=["alone", "two", "with -s"])
def test_keras_checks_name_what_is_missing_and_numpy_checks_pass(checkout, without, more):
    checkout.solve("neuron", "convolution")
    run = without(
        MISSING["keras"], "-k", "neuron or (convolution and not convolution_and_pooling)", *more
    )
    said = " ".join(run.stdout.split())
    assert "our fault" not in said and "rror" not in said
    assert said.count("the package `keras`, which is not installed here") == 2
    assert said.count("pip install keras tensorflow") == 2
    assert "2 failed" in said and " skipped" not in said
    for brick in ("neuron", "convolution"):
        assert re.search(rf"{brick} +#+\.* +19 of 20 \(1 point not run\)", said)
    assert "next: neuron" not in said and "next: convolution" not in said


def test_keras_without_tensorflow_names_tensorflow(checkout, without):
    checkout.solve("neuron")
    said = " ".join(without(MISSING["tensorflow"], "-k", "neuron").stdout.split())
    assert "the package `tensorflow`, which is not installed here" in said
    assert "our fault" not in said


def test_an_unwritten_keras_part_is_still_work_to_do(without):
    said = without(MISSING["keras"], "-k", "keras_twin").stdout
    assert "4 todo" in said and "not installed" not in said


@pytest.mark.long
@pytest.mark.parametrize("package", ["scipy_that_is_nowhere", "keras"])
def test_what_the_students_file_imports_is_theirs_by_name(checkout, without, package):
    checkout.write("neuron", f"import {package}\n")
    said = " ".join(without(MISSING["keras"], "-k", "neuron").stdout.split())
    assert f"No module named '{package}'" in said
    assert f"your code imports `{package}`, which is no package that is installed here" in said
    assert "neuron.py, line 1" in said and "our fault" not in said

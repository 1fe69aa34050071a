"""The examples in the docstrings of solutions are run: the reference is not believed."""

import pytest

from grader.author import examples
from grader.author.examples import wrong_examples
from grader.author.run_examples import examples_of
from grader.course import Course

WRONG = (
    "solutions/neuron.py, line 86: the example `images_to_vectors(images)` says array([[0. , 0.2, "
    "0.4, 1. ]]), and what came is array([[0. , 0.19921875, 0.3984375 , 0.99609375]])."
)


@pytest.fixture
def slipped(checkout, tmp_path, monkeypatch):
    """A course in which a solution divides by 256; and what was run of it."""
    monkeypatch.setattr(examples, "user_cache_path", lambda _: tmp_path / "cache")
    path = checkout.root / "solutions" / "neuron.py"
    path.write_text(path.read_text(encoding="utf-8").replace("/ 255", "/ 256"), encoding="utf-8")
    return checkout


def sentences(checkout, *bricks):
    ran = []
    return wrong_examples(Course(checkout.root), bricks, ran.extend), ran


@pytest.mark.long
def test_a_wrong_solution_is_found_until_it_is_mended(slipped):
    assert sentences(slipped, "neuron") == ([WRONG], ["neuron"])
    assert sentences(slipped, "neuron") == ([WRONG], ["neuron"])
    path = slipped.root / "solutions" / "neuron.py"
    path.write_text(path.read_text(encoding="utf-8").replace("/ 256", "/ 255"), encoding="utf-8")
    assert sentences(slipped, "neuron") == ([], ["neuron"])
    assert sentences(slipped, "neuron") == ([], [])


@pytest.mark.long
def test_build_and_audit_say_so_and_end_with_status_1(slipped, tmp_path):
    for brick in ("layer", "mlp", "convolution", "cnn", "training", "features", "transfer"):
        for path in slipped.root.rglob(f"*{brick}.py"):
            path.unlink()
    for command in (["build"], ["audit", "--brick", "neuron"]):
        run = slipped.bricks(*command)
        assert run.returncode == 1
        assert WRONG in run.stdout
        assert "Traceback" not in run.stdout + run.stderr


@pytest.mark.slow
def test_examples_with_tensorflow_run_too(checkout, tmp_path, monkeypatch):
    monkeypatch.setattr(examples, "user_cache_path", lambda _: tmp_path / "cache")
    path = checkout.root / "solutions" / "training.py"
    text = path.read_text(encoding="utf-8")
    assert text.count("1 - rate") > 0
    path.write_text(text.replace("1 - rate", "2 - rate"), encoding="utf-8")
    said, _ = sentences(checkout, "training")
    assert said and all(one.startswith("solutions/training.py, line ") for one in said)


@pytest.mark.parametrize(
    "code, said",
    [
        ('def f():\n    """\n    >>> f()\n    1\n    """\n    return 2\n', [(3, "f()", "1", "2")]),
        ('def f():\n    """\n    >>> f()\n    """\n', []),
        (
            'def f():\n    """\n    >>> f()\n    1\n    """\n    return 1 / 0\n',
            [(3, "f()", "1", "ZeroDivisionError: division by zero")],
        ),
    ],
)
def test_what_an_example_says_and_what_came(tmp_path, monkeypatch, code, said):
    monkeypatch.setattr("sys.path", ["before"])
    file = tmp_path / "toy.py"
    file.write_text(code)
    found = [(e["line"], e["code"], e["says"], e["came"]) for e in examples_of(file)]
    assert found == said


def test_a_solution_that_does_not_run_or_ends_its_process_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(examples, "user_cache_path", lambda _: tmp_path / "cache")
    (tmp_path / "exercises").mkdir()
    (tmp_path / "solutions").mkdir()
    checks = 'from grader import Brick\nbrick = Brick("toy", order=1, title="Toy")\n\n\n@brick.check("f", points=1, called="f()", hint="Think.")\ndef values(toy):\n    return {"f": toy.f()}\n'  # noqa: E501
    (tmp_path / "exercises" / "test_toy.py").write_text(checks)
    for code, said in (
        ("import numpy as np\n\nx = np.zeroes(3)\n", "solutions/toy.py, line 3: AttributeError"),
        ("import os\n\nos._exit(7)\n", "solutions/toy.py: its examples end the process (status 7)"),
    ):
        (tmp_path / "solutions" / "toy.py").write_text(code)
        [sentence] = wrong_examples(Course(tmp_path), ["toy"], lambda bricks: None)
        assert sentence.startswith(said)

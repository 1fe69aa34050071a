"""`bricks new` makes a brick that is proved from the first minute."""

import shutil

import pytest

from grader.author.new_brick import new_brick
from grader.course import Course, CourseError


@pytest.mark.long
def test_a_new_brick_builds_passes_its_audit_and_runs(checkout):
    (checkout.root / "source").mkdir()
    for brick in ("layer", "mlp", "convolution", "cnn", "training", "features", "transfer"):
        for folder in ("exercises", "solutions", "solutions/misconceptions"):
            for path in (checkout.root / folder).glob(f"*{brick}.py"):
                path.unlink()
    run = checkout.bricks("new", "pooling", "--title", "Max pooling")
    assert run.returncode == 0, run.stdout + run.stderr
    for file in (
        "solutions/pooling.py",
        "exercises/test_pooling.py",
        "solutions/misconceptions/pooling.py",
        "exercises/pooling.py",
        "source/pooling/pooling.ipynb",
    ):
        assert f"{file} written" in run.stdout
        assert (checkout.root / file).is_file()
    assert Course(checkout.root).bricks["pooling"].order == 2
    assert checkout.bricks("build", "--check").returncode == 0
    run = checkout.bricks("audit", "--brick", "pooling")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "pooling: 2 misconceptions tried" in run.stdout
    run = checkout.pytest("-k", "pooling")
    assert "pooling  not started" in run.stdout
    checkout.solve("pooling")
    run = checkout.pytest("-k", "pooling")
    assert run.returncode == 0
    assert "20 of 20" in run.stdout


@pytest.mark.parametrize(
    "name, why",
    [
        ("neuron", "the course has one already"),
        ("random", "Python has a module of that name"),
        ("numpy", "Python has a module of that name"),
        ("Max pooling", "it is a module's name"),
        ("class", "it is a module's name"),
        ("../x", "it is a module's name"),
    ],
)
def test_a_name_that_cannot_be_is_a_sentence(checkout, name, why):
    before = sorted(checkout.root.rglob("*"))
    with pytest.raises(CourseError, match=why):
        new_brick(Course(checkout.root), name)
    assert sorted(checkout.root.rglob("*")) == before


def test_what_is_there_is_not_overwritten(checkout):
    shutil.copy(checkout.root / "solutions" / "layer.py", checkout.root / "solutions" / "pool.py")
    with pytest.raises(CourseError, match=r"solutions.pool\.py is there already"):
        new_brick(Course(checkout.root), "pool")
    assert not (checkout.root / "exercises" / "test_pool.py").exists()


def test_a_title_that_would_break_the_file_is_refused(checkout):
    with pytest.raises(CourseError, match="A title has no quotes"):
        new_brick(Course(checkout.root), "pool", 'Pool"')

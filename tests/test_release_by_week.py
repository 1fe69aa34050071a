"""A kit grows a brick at a time, and nothing that a student wrote is lost."""

import shutil
from pathlib import Path

import pytest

from grader.author.release import release
from grader.course import Course, CourseError

ROOT = Path(__file__).parents[1]
CHECKS = """
from grader import Brick

brick = Brick("{name}", order={order}, title="To {name}", builds_on={builds_on}, further={further})


@brick.check("answer", points=1, called="answer(x)", hint="Which number is it?",
             inputs=lambda rng: {{"x": rng.normal(size=3)}})
def values({name}, x):
    return {{"answer": {name}.answer(x)}}
"""
SOLUTION = '''
# %%
def answer(x):
    """It."""
    ### BEGIN SOLUTION
    return {order} * x
    ### END SOLUTION
'''


@pytest.fixture
def weeks(tmp_path):
    """A course of three bricks: the second builds on the first, the third is further."""
    root = tmp_path / "course"
    for folder in ("exercises", "solutions/misconceptions"):
        (root / folder).mkdir(parents=True)
    (root / "solutions" / "misconceptions" / "caught.json").write_text("{}")
    for order, (name, builds_on, further) in enumerate(
        [("first", (), False), ("second", ("first",), False), ("third", (), True)], 1
    ):
        about = {"name": name, "order": order, "builds_on": builds_on, "further": further}
        (root / "exercises" / f"test_{name}.py").write_text(CHECKS.format(**about))
        (root / "solutions" / f"{name}.py").write_text(SOLUTION.format(**about))
        (root / "solutions" / "misconceptions" / f"{name}.py").write_text("")
    for name in ("LICENSE", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    return Course(root)


def modules(kit):
    return sorted(path.name for path in (kit / "exercises").glob("*.py"))


def test_a_kit_has_the_bricks_that_are_named(weeks, tmp_path):
    kit = tmp_path / "kit"
    assert release(weeks, kit, ["first", "third"]).bricks == ("first", "third")
    assert modules(kit) == ["first.py", "test_first.py", "test_third.py", "third.py"]
    readme = (kit / "README.md").read_text()
    assert "- `first.py`: To first\n- `third.py`: To third (for those who go on)\n" in readme
    assert "second.py" not in readme
    assert "pytest exercises/ -k first          only that brick" in readme


def test_next_week_a_brick_is_added_and_what_a_student_wrote_stays(weeks, tmp_path):
    kit = tmp_path / "kit"
    release(weeks, kit, ["first"])
    (kit / "exercises" / "first.py").write_text("def answer(x):\n    return x\n")
    (kit / "exercises" / "own.py").write_text("x = 1\n")
    (kit / "exercises" / "test_first.py").write_text("")
    released = release(weeks, kit, ["second"])
    assert released.bricks == ("first", "second")
    assert released.kept == (Path("exercises/first.py"),)
    assert modules(kit) == ["first.py", "own.py", "second.py", "test_first.py", "test_second.py"]
    assert (kit / "exercises" / "first.py").read_text() == "def answer(x):\n    return x\n"
    checks = (weeks.exercises / "test_first.py").read_text()
    assert (kit / "exercises" / "test_first.py").read_text() == checks
    assert "second.py" in (kit / "README.md").read_text()


def test_all_bricks_at_once_update_a_kit_as_well(weeks, tmp_path):
    release(weeks, tmp_path / "kit", ["first"])
    assert release(weeks, tmp_path / "kit").bricks == ("first", "second", "third")


def test_a_brick_does_not_come_before_the_one_that_it_builds_on(weeks, tmp_path):
    with pytest.raises(CourseError, match="second builds on first: release first with it"):
        release(weeks, tmp_path / "kit", ["second"])
    assert not (tmp_path / "kit").exists()


def test_what_is_no_kit_is_left_alone(weeks, tmp_path):
    with pytest.raises(CourseError, match="is not an empty folder"):
        release(weeks, weeks.root)
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(CourseError, match="is a file: name a folder"):
        release(weeks, file)

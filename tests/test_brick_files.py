"""A brick may name files beside its checks that these read: they go wherever the checks go."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from grader.author.release import refuse_without_files, release
from grader.author.runs import setting
from grader.classroom.cache import course_files
from grader.course import Course, CourseError

ROOT = Path(__file__).parents[1]
CHECKS = """
from pathlib import Path

import numpy as np

from grader import Brick

brick = Brick("toy", order=1, title="Toy", files=("numbers.npz",))


@brick.check("f", points=1, called="f(x)", hint="Think.",
             inputs=lambda rng: {"x": np.load(Path(__file__).with_name("numbers.npz"))["x"]})
def values(toy, x):
    return {"f(x)": toy.f(x)}
"""
SOLUTION = """
def f(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
"""


@pytest.fixture
def toy(tmp_path):
    root = tmp_path / "course"
    for folder in ("exercises", "solutions"):
        (root / folder).mkdir(parents=True)
    (root / "exercises" / "test_toy.py").write_text(CHECKS)
    (root / "solutions" / "toy.py").write_text(SOLUTION)
    for name in ("LICENSE", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    np.savez(root / "exercises" / "numbers.npz", x=np.array([1.0, 5.0]))
    return Course(root)


@pytest.mark.slow
def test_a_kit_has_them_beside_the_checks(toy, tmp_path):
    release(toy, tmp_path / "kit")
    [file] = toy.files_of("toy")
    assert (tmp_path / "kit" / "exercises" / file.name).read_bytes() == file.read_bytes()


def test_a_kit_is_not_made_without_them(toy):
    toy.files_of("toy")[0].unlink()
    with pytest.raises(CourseError, match=r"exercises/ lacks numbers.npz, which .* toy read"):
        refuse_without_files(toy, ["toy"])


def test_they_decide_a_grade_and_a_calibrated_run(toy):
    [file] = toy.files_of("toy")
    assert file in course_files(toy)
    check, checks = toy.bricks["toy"].checks["values"], toy.checks_file("toy")
    before = setting(check, checks, [file])
    assert setting(check, checks, [file]) == before
    np.savez(file, x=np.array([1.0, 6.0]))
    assert setting(check, checks, [file]) != before

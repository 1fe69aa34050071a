"""A course of one toy brick, and a class of some thirty that goes wrong in every way."""

import json
import shutil
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from grader.course import Course

SOLUTION = """def f(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
"""
CHECKS = """
import numpy as np
from grader import Brick

brick = Brick("toy", order=1, title="Toy")


def drawn(rng):
    return {"x": rng.normal(size=3)}


@brick.check("f", points=1, called="f(x)", hint="Think.", inputs=drawn)
def values(toy, x):
    return {"f(x)": toy.f(x)}


@brick.check("f", points=1, called="f(x)", hint="Think.", inputs=drawn)
def shape(toy, x):
    return {"shape": np.shape(toy.f(x))}
"""
WORKS = {
    "right": SOLUTION,
    "wrong": "def f(x): return x",
    "blank": "def f(x): raise NotImplementedError('f')",
    "broken": "def f(",
    "loud": "print('a' * 10_000)\n" + SOLUTION,
    "leaves": "import os\nos._exit(0)",
    "none": "def f(x): return None",
}


@dataclass(frozen=True)
class Toys:
    """The class in `submitted/`, and the command that grades it."""

    checkout: Any
    SOLUTION: ClassVar[str] = SOLUTION
    # Some of these submissions leave marks outside, so that a test can count them.
    COMMAND: ClassVar[tuple[str, ...]] = (
        "grade", "submitted", "--isolation", "basic", "--seed-file", "seed", "--out",
    )  # fmt: skip

    def hand_in(self, student, text, brick="toy"):
        place = self.checkout.root / "submitted" / student
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{brick}.py").write_text(text)

    def grade(self, out, *options):
        (self.checkout.root / "seed").write_text("12345")
        return self.again(out, *options)

    def again(self, out, *options):
        """With whatever seed is there."""
        return self.checkout.bricks(*self.COMMAND, out, *options)

    def results(self, out):
        """The grades as they are kept, but for how long they took."""
        lines = (self.checkout.root / out / "results.jsonl").read_text().splitlines()
        grades = [json.loads(line) for line in lines]
        for grade in grades:
            grade.pop("cpu", None)
            for check in grade["checks"]:
                del check["seconds"], check["cpu"]
        return grades


@pytest.fixture
def toys(checkout):
    shutil.rmtree(checkout.root / "solutions")
    shutil.rmtree(checkout.root / "exercises")
    for folder, file, text in (
        ("exercises", "test_toy.py", CHECKS),
        ("solutions", "toy.py", SOLUTION),
    ):
        (checkout.root / folder).mkdir()
        (checkout.root / folder / file).write_text(text)
    made = Toys(checkout)
    for i in range(28):
        name = list(WORKS)[i % len(WORKS)]
        made.hand_in(f"{name}-{i:02d}", WORKS[name] + f"\n# {i}\n")
    return made


@pytest.fixture
def two_bricks(toys):
    """The class's course with two bricks in place of the toy: `first` and `second`, alike."""
    root = toys.checkout.root
    for order, brick in enumerate(("first", "second"), start=1):
        (root / "solutions" / f"{brick}.py").write_text(SOLUTION)
        own = CHECKS.replace('"toy", order=1', f'"{brick}", order={order}')
        (root / "exercises" / f"test_{brick}.py").write_text(own)
    (root / "solutions" / "toy.py").unlink()
    (root / "exercises" / "test_toy.py").unlink()
    shutil.rmtree(root / "submitted")
    return Course(root)

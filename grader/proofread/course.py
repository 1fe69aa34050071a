"""Reads a course before work starts, so that a slip of its author is named at once.

A solution is imported here, and no more of it runs. `bricks audit` runs it: do the checks pass, and
do they catch every misconception?
"""

from collections.abc import Collection, Iterator, Mapping

import numpy as np

from grader.check import CheckError
from grader.content import CourseError, in_file, line_of, why_broken
from grader.course import PUBLIC_SEED, Course, load_brick
from grader.misconceptions import misconceptions
from grader.proofread.loading import slips_in_loading
from grader.proofread.mistakes import slips_in_misconceptions
from grader.proofread.names import near
from grader.proofread.read_before import ReadBefore
from grader.proofread.solution import slips_in_probes, slips_in_solution, text_of


def proofread(course: Course, bricks: Collection[str] = ()) -> None:
    """Raises CourseError with the first slip, in a sentence with file and line.

    bricks: those to read; all, if there are none.
    """
    if bricks:
        _refuse(slips(course, bricks))
    elif not (before := ReadBefore(course)):
        _refuse(slips(course, course.bricks))
        _refuse(slips_in_loading(course, course.bricks))
        before.remember()


def _refuse(found: Iterator[str]) -> None:
    if slip := next(found, None):
        raise CourseError(slip)


def slips(course: Course, bricks: Collection[str]) -> Iterator[str]:
    """A sentence for each slip. Raises CourseError where a file cannot be run."""
    for file in sorted((course.solutions / "misconceptions").glob("*.py")):
        if file.stem not in course.bricks and (meant := near(file.stem, course.bricks)):
            yield in_file(f"there is no brick {file.stem}{meant}", file, 0)
    seen: list[str] = []
    for name, brick in course.bricks.items():
        checks, solution = course.checks_file(name), course.solutions / f"{name}.py"
        for lost in (each for each in brick.builds_on if each not in seen):
            said = f"{name} builds on {lost!r}, and there is no such brick before it"
            yield in_file(said, checks, line_of(lost, checks))
        seen.append(name)
        if name not in bricks:
            continue
        if not brick.checks:
            yield in_file(f"{name} has no checks", checks, line_of(name, checks))
        yield from slips_in_solution(brick, solution, checks)
        text, _ = text_of(solution)
        yield from slips_in_probes(text, solution, checks)
        patches = course.solutions / "misconceptions" / f"{name}.py"
        if patches.is_file():
            yield from slips_in_misconceptions(text, solution, patches)
            misconceptions(course, name)  # raises where it cannot be run
        yield from _slips_in_pictures(course, name, text)
        yield from _slips_in_draws(course, name)


def _slips_in_pictures(course: Course, name: str, solution: str) -> Iterator[str]:
    file = course.gallery_file(name)
    if not file.is_file():
        return
    yield from slips_in_probes(solution, course.solutions / f"{name}.py", file)
    for picture in getattr(load_brick(file), "pictures", {}).values():
        for part in picture.parts:
            if part not in course.bricks[name].parts:
                said = f"{picture.name} is a picture of {part!r}, which is no part of {name}"
                yield in_file(said, file, line_of(part, file))


def _slips_in_draws(course: Course, name: str) -> Iterator[str]:
    """Checks that cannot draw their inputs, or that name one that is not drawn."""
    file = course.checks_file(name)
    for check in course.bricks[name].checks.values():
        if check.labels:  # it draws thousands of digits, which takes a second
            continue
        line = line_of(check.name, file)
        try:
            drawn = check.inputs(np.random.default_rng(PUBLIC_SEED))
            if isinstance(drawn, Mapping):
                check.runs(check.draw(PUBLIC_SEED))
            else:
                said = f"the inputs of {check.id} must be a dict, and are {type(drawn).__name__}"
                yield in_file(said, file, line)
        except CheckError as error:
            said = str(error)
            yield in_file(said.partition(f"{check.where}: ")[2] or said, file, line)
        except Exception as error:
            yield why_broken(error, file)

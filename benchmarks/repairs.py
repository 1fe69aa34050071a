"""What looking for repairs costs a class: graded with it, and without."""

from functools import cache
from pathlib import Path

from bulk import STUDENTS, Text, by_this_kit, text_of

from grader.author.mistake_sets import by_another_hand
from grader.course import Course
from grader.follow_through import reference_functions

TIMES = 3
WITHOUT = ("--repair", "0")


def with_and_without(scratch: Path, course: Course) -> dict[str, list[tuple[float, float]]]:
    """Of two classes: processor time (s) with repairs and without, run after run."""
    kinds: dict[str, Text] = {
        "a quarter wrong": with_a_quarter_wrong,
        "all wrong": all_wrong,
    }
    return {name: _compared(scratch / name, course, text) for name, text in kinds.items()}


def _compared(scratch: Path, course: Course, text: Text) -> list[tuple[float, float]]:
    found = []
    for number in range(TIMES):
        seconds = []
        for way, options in (("with", ()), ("without", WITHOUT)):
            place = scratch / f"{way} {number}"
            place.mkdir(parents=True)
            bricks = course.core[:4]
            graded = by_this_kit(course, place, STUDENTS, bricks, text=text, options=options)
            seconds.append(graded.cost.cpu)
        found.append((seconds[0], seconds[1]))
    return found


@cache
def wrong_ones(course: Course, brick: str) -> list[str]:
    """Wrong bricks by somebody who knew the contract alone."""
    functions = reference_functions(course, brick)
    return [one.source.code.decode() for one in by_another_hand(course, brick, functions)]


def with_a_quarter_wrong(course: Course, brick: str, number: int) -> str:
    """As in the class that is graded three ways, but with mistakes that nobody has listed."""
    return (
        all_wrong(course, brick, number // 4) if number % 4 == 1 else text_of(course, brick, number)
    )


def all_wrong(course: Course, brick: str, number: int) -> str:
    own = wrong_ones(course, brick)
    return f"{own[number % len(own)]}\n# handed in by student {number}\n"

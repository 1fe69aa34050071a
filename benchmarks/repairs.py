"""What looking for repairs costs a class: graded with it, and without."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bulk import by_this_kit, text_of

from grader.content import load_content
from grader.course import Course

TIMES = 3
STUDENTS = 40
WITHOUT = ("--repair", "0")


def with_and_without(scratch: Path, course: Course) -> dict[str, list[tuple[float, float]]]:
    """Of two classes: processor time (s) with repairs and without, run after run."""
    kinds: dict[str, Callable[[Course, str, int], str]] = {
        "a quarter wrong": with_a_quarter_wrong,
        "all wrong": all_wrong,
    }
    return {name: _compared(scratch / name, course, text) for name, text in kinds.items()}


def _compared(
    scratch: Path, course: Course, text: Callable[[Course, str, int], str]
) -> list[tuple[float, float]]:
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


def by_another_hand(course: Course, brick: str, number: int) -> str:
    """A wrong brick by somebody who knew the contract alone."""
    folder = course.solutions / "by_another_hand"
    listed: list[dict[str, Any]] = load_content("mistakes", folder / "mistakes.py").MISTAKES
    own = [it for it in listed if it["brick"] == brick]
    mistake = own[number % len(own)]
    text = (folder / f"{brick}.py").read_text(encoding="utf-8")
    return text.replace(mistake["old"], mistake["new"])


def with_a_quarter_wrong(course: Course, brick: str, number: int) -> str:
    """As in the class that is graded three ways, but with mistakes that nobody has listed."""
    return (
        all_wrong(course, brick, number // 4) if number % 4 == 1 else text_of(course, brick, number)
    )


def all_wrong(course: Course, brick: str, number: int) -> str:
    return f"{by_another_hand(course, brick, number)}\n# handed in by student {number}\n"

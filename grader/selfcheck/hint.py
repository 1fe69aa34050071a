"""`bricks hint PART`: shows one step more of a part's hints each time.

A file in the course's folder remembers the steps that were shown; nothing else does.
"""

import json
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from grader.brick import Brick
from grader.course import Course, CourseError
from grader.examiner import Examiner
from grader.language import N_, _, in_course
from grader.outcome import Line, Passed
from grader.report.rows import WIDTH
from grader.report.text import row_text, where
from grader.result import Result
from grader.runner.process import Process
from grader.selfcheck.asked import alike
from grader.submission import handed_from

SHOWN = Path(".bricks", "hints.json")  # in the course's folder
LABELS = ("think", "look", "example", "formula")
FREE = N_("This costs nothing.")


@dataclass(frozen=True)
class Hint:
    """One step of a part. number: from 1 to `of`."""

    brick: str
    part: str
    label: str
    text: str
    number: int
    of: int


def find_part(course: Course, name: str) -> tuple[Brick, str]:
    """The part of that name: "softmax", "layer softmax", "layer/Dense.forward".

    Raises CourseError if no brick has such a part, or if several have.
    """
    *before, part = name.replace("/", " ").split() or [""]
    brick_name = " ".join(before)
    bricks = [course.bricks[brick_name]] if brick_name in course.bricks else course.bricks.values()
    found = [brick for brick in bricks if part in brick.parts]
    if len(found) == 1:
        return found[0], part
    if found:
        names = ", ".join(f"`bricks hint {brick.name}/{part}`" for brick in found)
        said = _("Several bricks have a part {part}: {names}.")
        raise CourseError(said.format(part=part, names=names))
    near = alike(part, [each for brick in bricks for each in brick.parts])
    said = _("There is no part {name}: name one as messages do.")
    if near:
        said = _("There is no part {name}. Is {near} meant?")
    raise CourseError(said.format(name=repr(part), near=near))


def ladder(brick: Brick, part: str, check: str = "") -> list[tuple[str, str]]:
    """All steps of a part, each with its label; the first is the question of the check."""
    checks = [it for it in brick.checks.values() if it.part == part]
    asks = next((it.hint for it in checks if it.name == check), checks[0].hint)
    steps = brick.ladders[part].steps if part in brick.ladders else ()
    return list(zip(LABELS, map(in_course, (asks, *steps)), strict=False))


class Hints:
    """The steps that a student has seen."""

    def __init__(self, course: Course):
        self.course = course
        self._file = course.root / SHOWN

    def seen(self, brick: Brick, part: str, check: str = "") -> list[Hint]:
        """The steps of the part that were shown."""
        return self._steps(brick, part, check)[: self._count(f"{brick.name}/{part}")]

    def more(self, brick: Brick, part: str, check: str = "") -> Hint | None:
        """The next step, which counts as shown from now on; None where there are no more."""
        steps, key = self._steps(brick, part, check), f"{brick.name}/{part}"
        number = self._count(key)
        if number >= len(steps):
            return None
        shown = self._read()
        shown[key] = [*shown.get(key, []), time.strftime("%Y-%m-%d %H:%M:%S")]
        with suppress(OSError):  # a read-only folder remembers nothing
            self._file.parent.mkdir(exist_ok=True)
            self._file.write_text(json.dumps(shown, indent=1) + "\n", encoding="utf-8")
        return steps[number]

    @property
    def cost(self) -> str:
        """What a hint costs, as course.toml says: [hints] cost = "..."."""
        table = self.course.rules.get("hints", {})
        said = table.get("cost") if isinstance(table, dict) else None
        return str(said) if said else _(FREE)

    def _steps(self, brick: Brick, part: str, check: str) -> list[Hint]:
        steps = ladder(brick, part, check)
        return [
            Hint(brick.name, part, label, text, i + 1, len(steps))
            for i, (label, text) in enumerate(steps)
        ]

    def _count(self, key: str) -> int:
        return len(self._read().get(key, []))

    def _read(self) -> dict[str, list[str]]:
        """By part, when each step was shown. A file that somebody damaged counts as empty."""
        try:
            read = json.loads(self._file.read_text(encoding="utf-8"))
            return {str(key): [str(it) for it in value] for key, value in read.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}


def in_words(hints: Sequence[Hint], cost: str, width: int = WIDTH) -> str:
    """Hints of one part, and what follows them."""
    last = hints[-1]
    title = f"{last.brick} / {last.part}"
    count = _("hint {number} of {of}").format(number=last.number, of=last.of)
    lines = [f"{title}{count:>{max(1, width - len(title))}}"]
    lines += [row_text((hint.label, hint.text), width) for hint in hints]
    return "\n".join([*lines, after(last, cost, width)])


def after(last: Hint, cost: str, width: int = WIDTH) -> str:
    """What follows the last hint that was shown."""
    more = last.number < last.of
    said = _("Ask again for the next.") if more else _("There are no more.")
    return row_text(("", f"{said} {cost}"), width)


def next_hint(course: Course, name: str) -> str:
    """One step more on the part of that name, under those that were shown. Raises CourseError."""
    brick, part = find_part(course, name)
    hints, (check, place) = Hints(course), first_open(course, brick, part)
    before = hints.seen(brick, part, check)
    more = hints.more(brick, part, check)
    shown = [*before, *([more] if more else [])]
    return in_words([with_place(hint, place) for hint in shown], hints.cost)


def with_place(hint: Hint, place: str) -> Hint:
    """The hint's text, with the place in the student's own code if that is known."""
    if hint.label != "look" or not place:
        return hint
    said = _("{hint} The place: {place}.").format(hint=hint.text, place=place)
    return replace(hint, text=said)


def first_open(course: Course, brick: Brick, part: str) -> tuple[str, str]:
    """The name of the part's first quick check that does not pass, and the place if it is known.

    If all pass, the name of the part's first check.
    """
    checks = [it for it in brick.checks.values() if it.part == part]
    with closing(Process()) as student, closing(Process()) as reference:
        examiner = Examiner(course, reference, at_home=True)
        handed = handed_from(course, course.exercises)
        examination = examiner.of_handed(brick.name, handed, student)
        for check in checks:
            result = examination.result(check.name) if check.is_quick else None
            if result and not isinstance(result.outcome, Passed):
                return check.name, place_in(result)
    return checks[0].name, ""


def place_in(result: Result) -> str:
    """The place of the mistake in the student's code, if the check's message names one."""
    lines = getattr(result.outcome, "lines", ()) or [result.why and result.why.line]
    line = lines[-1]
    if isinstance(line, Line):
        return _("line {n} of {file}").format(n=line.number, file=line.file)
    return where(result.why).partition("\n")[0].rstrip(".") if result.why else ""

"""A course on disk: its bricks in teaching order, and where each of their files lies."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.brick import Brick
from grader.content import BrokenContent, load_content, read_json, read_toml
from grader.content import CourseError as CourseError  # most functions here raise it
from grader.declared import declared_in
from grader.language import ENGLISH, _, speak
from grader.source import Source, read_source
from grader.unchanged import while_unchanged

PUBLIC_SEED = 0  # of the self-checks; grading draws its inputs from the course's secret seed


@dataclass(frozen=True)
class Course:
    """A folder with `exercises/`; an instructor's has `solutions/` as well, a student's has not."""

    root: Path

    @property
    def exercises(self) -> Path:
        return self.root / "exercises"

    @property
    def solutions(self) -> Path:
        return self.root / "solutions"

    @property
    def recorded(self) -> Path:
        return self.exercises / "recorded"

    @cached_property
    def bricks(self) -> dict[str, Brick]:
        """The bricks by name, in teaching order. Waived checks are no needs of others."""
        files = sorted(self.exercises.glob("test_*.py"))
        bricks = sorted((load_brick(file) for file in files), key=lambda brick: brick.order)
        return {brick.name: brick.without_waiting_for(self.waived) for brick in bricks}

    @property
    def core(self) -> list[str]:
        """The names of the bricks that count in the total; the others are for people who go on."""
        return [name for name, brick in self.bricks.items() if not brick.further]

    @cached_property
    def waived(self) -> frozenset[str]:
        """The ids of checks that course.toml waives; grader.marks reads the rest of the file."""
        tables = self.rules.get("waived", ())
        if not isinstance(tables, list):
            return frozenset()
        return frozenset(str(each.get("check")) for each in tables if isinstance(each, dict))

    @cached_property
    def rules(self) -> Mapping[str, Any]:
        """The content of course.toml; {} if there is none. Raises BrokenContent."""
        return read_toml(self.root / "course.toml")

    @property
    def language(self) -> str:
        """The language that course.toml chooses, such as "fr"; empty if it chooses none."""
        try:
            return str(self.rules.get("language", ""))
        except BrokenContent:  # whoever needs the rules says so
            return ""

    @cached_property
    def bars(self) -> Mapping[str, Any]:
        """The calibrated bars with their evidence, by check."""
        bars: Mapping[str, Any] = read_json(self.exercises / "bars.json")
        return bars

    @cached_property
    def caught(self) -> Mapping[str, list[str]]:
        """By check, the misconceptions that it is known to catch; `bricks audit` writes it."""
        found: Mapping[str, list[str]] = read_json(
            self.solutions / "misconceptions" / "caught.json"
        )
        return found

    def checks_file(self, brick: str) -> Path:
        return self.exercises / f"test_{brick}.py"

    def gallery_file(self, brick: str) -> Path:
        """The file that declares the brick's pictures; it may be missing."""
        return self.exercises / f"show_{brick}.py"

    def files_of(self, brick: str) -> list[Path]:
        """The files that the brick's checks read."""
        return [self.exercises / name for name in self.bricks[brick].files]

    def has_solution(self, brick: str) -> bool:
        return (self.solutions / f"{brick}.py").is_file()

    def text_in(self, language: str, brick: str) -> Path:
        """The brick's solution with its text in that language; empty: in English, as it is."""
        return self.solutions / ("" if language == ENGLISH else language) / f"{brick}.py"

    def reference(self, brick: str) -> list[Source]:
        """The references that the brick may import, then the brick's own."""
        names = [*self.earlier(brick), brick]
        return [read_source(self.solutions / f"{name}.py", own=False) for name in names]

    def earlier(self, brick: str) -> list[str]:
        """All bricks before this one: it may import them, whether it needs them or not."""
        return [name for name in self.bricks if self.bricks[name].order < self.bricks[brick].order]

    def predecessors(self, brick: str) -> list[str]:
        """All bricks that this one builds on, directly or through others, in teaching order."""
        found: set[str] = set()
        queue = [brick]
        while queue:
            before = set(self.bricks[queue.pop()].builds_on) - found
            found |= before
            queue += before
        return [name for name in self.bricks if name in found]


def course_at(root: Path) -> Course:
    """The course in that folder. Raises CourseError where there is none."""
    if not any((root / "exercises").glob("test_*.py")):
        said = _("No course in {folder}: it must hold exercises/ with its checks.")
        raise CourseError(said.format(folder=root))
    return _found(root.absolute())  # a check runs in a folder of its own


def find_course(start: Path) -> Course:
    """The course that `start` lies in. Raises CourseError where there is none."""
    for folder in (start, *start.parents):
        if any((folder / "exercises").glob("test_*.py")):
            return _found(folder)
    said = _("No course around {folder}: go to a folder that holds exercises/.")
    raise CourseError(said.format(folder=start))


def _found(root: Path) -> Course:
    """The course in that folder; from now on messages are in the language that it chose."""
    course = Course(root)
    speak(root, course.language)
    return course


@while_unchanged
def load_brick(file: Path) -> Brick:
    """The brick that a file of checks declares. Raises CourseError."""
    return declared_in(load_content(f"checks_in_{file.stem}", file), file)

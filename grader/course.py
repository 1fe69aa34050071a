"""A course on disk: its bricks in teaching order, and where each of their files lies."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.check import Brick
from grader.content import CourseError as CourseError  # most functions here raise it
from grader.content import load_content, read_json, read_toml
from grader.source import Source, read_source
from grader.unchanged import while_unchanged

PUBLIC_SEED = 0  # of the self-checks; grading draws its inputs from the course's secret seed


@dataclass(frozen=True)
class Course:
    """The folder that holds `exercises/`; in an instructor's checkout `solutions/` as well."""

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
        """By name, in teaching order; no check waits for one that is waived."""
        files = sorted(self.exercises.glob("test_*.py"))
        bricks = sorted((load_brick(file) for file in files), key=lambda brick: brick.order)
        return {brick.name: brick.without_waiting_for(self.waived) for brick in bricks}

    @property
    def core(self) -> list[str]:
        """The names of the course's own bricks: all but those for people who go on."""
        return [name for name, brick in self.bricks.items() if not brick.further]

    @cached_property
    def waived(self) -> frozenset[str]:
        """Checks that count for nobody, as course.toml says; grader.marks reads all of that."""
        tables = self.rules.get("waived", ())
        if not isinstance(tables, list):
            return frozenset()
        return frozenset(str(each.get("check")) for each in tables if isinstance(each, dict))

    @cached_property
    def rules(self) -> Mapping[str, Any]:
        """What course.toml says; {} where there is none. Raises BrokenContent."""
        return read_toml(self.root / "course.toml")

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
        """Where the brick's pictures are declared, if it has any."""
        return self.exercises / f"show_{brick}.py"

    def files_of(self, brick: str) -> list[Path]:
        """The files beside the brick's checks that these read."""
        return [self.exercises / name for name in self.bricks[brick].files]

    def has_solution(self, brick: str) -> bool:
        return (self.solutions / f"{brick}.py").is_file()

    def reference(self, brick: str) -> list[Source]:
        """The reference of a brick, after the references that it may import."""
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
        raise CourseError(f"No course in {root}: it must hold exercises/ with its checks.")
    return Course(root.absolute())  # a check runs in a folder of its own


def find_course(start: Path) -> Course:
    """The course that `start` lies in. Raises CourseError where there is none."""
    for folder in (start, *start.parents):
        if any((folder / "exercises").glob("test_*.py")):
            return Course(folder)
    raise CourseError(f"No course around {start}: go to a folder that holds exercises/.")


@while_unchanged
def load_brick(file: Path) -> Brick:
    """The brick that a file of checks declares. Raises CourseError."""
    return declared_in(load_content(f"checks_in_{file.stem}", file), file)


def declared_in(module: ModuleType, file: Path) -> Brick:
    """The brick that a module of checks declares, or its gallery."""
    declared = [value for value in vars(module).values() if isinstance(value, Brick)]
    if len(declared) != 1 or file.stem.partition("_")[2] != declared[0].name:
        raise CourseError(f"{file.name} must declare one Brick, named as the file says.")
    if trouble := declared[0].trouble():
        raise CourseError(f"{file.name}: {trouble}.")
    return declared[0]

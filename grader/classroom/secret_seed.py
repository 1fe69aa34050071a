"""The secret seed that decides a grading's inputs, and notes on it for instructors."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.classroom.journal import RESULTS
from grader.seed import read_or_make, seed_id

SHORT = 2**63  # a student's computer could try all smaller seeds, and so find the inputs


@dataclass(frozen=True)
class SecretSeed:
    """The secret seed. notes: sentences that instructors must read before they grade."""

    value: int
    notes: tuple[str, ...]

    def print_notes(self, console: Console) -> None:
        for note in self.notes:
            console.print(Text(note, "bold yellow"))


def secret_seed(path: Path, out: Path, make: bool = True) -> SecretSeed:
    """The seed in the file, or a new one. Raises CourseError.

    out: the folder that results go to.
    """
    made = make and not path.exists()
    seed = read_or_make(path, make)
    return SecretSeed(seed, tuple(_notes(path, seed, made, out)))


def _notes(path: Path, seed: int, made: bool, out: Path) -> Iterator[str]:
    if made:
        yield (
            f"New seed made: keep {path}, and give it to whoever grades with you (id "
            f"{seed_id(seed)}). With another one, the same work is tried on other inputs."
        )
    if seed < SHORT:
        yield (
            f"The seed in {path.name} is short enough to be guessed: before the first grading, "
            "remove the file, and a long one is made."
        )
    before = seed_of(out)
    if before and before != seed_id(seed):
        yield (
            f"{out} was graded under another seed (id {before}, here {seed_id(seed)}), as by "
            "another copy of the course: all is graded anew. To keep those grades, stop now, and "
            f"copy {path.name} from where they were made."
        )


def seed_of(out: Path) -> str:
    """The id of the seed of the first result in the folder; empty if there is no result."""
    try:
        with (out / RESULTS).open("rb") as file:
            return str(json.loads(file.readline())["seed"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""

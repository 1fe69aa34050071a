"""`--take FILE`: the instructor decides which of a student's files counts."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.submissions.archive import Found
from grader.submissions.remarks import shown

MAX_TYPED = 1_000  # characters of a file's path


class Taken:
    """Files that the instructor chose: `--take`."""

    def __init__(self, submitted: Path, names: Sequence[str]):
        self._names = [_below_class(name, submitted) for name in names]
        self._left = set(self._names)
        self._typed = dict(zip(self._names, names, strict=True))

    def labels(self, student: str, files: Mapping[str, Found]) -> list[str]:
        """The chosen files among a student's, by label."""
        found = []
        for label, one in files.items():
            ways = {one.origin, f"{student}/{label}", typed(student, label)}
            named = ways & set(self._names)
            self._left -= named
            found += [label] if named else []
        return found

    def unknown(self) -> str:
        """A name that is no student's file; empty if there is none."""
        return next((self._typed[name] for name in self._names if name in self._left), "")


def typed(student: str, label: str) -> str:
    """The file as a remark writes it after `--take`, safe to print on a terminal."""
    return f"{student}/{shown(label, MAX_TYPED)}"


def _below_class(name: str, submitted: Path) -> str:
    """The path in the class, which may have been typed from the working folder."""
    path = Path(name)
    for root in (submitted, submitted.resolve()):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.as_posix()

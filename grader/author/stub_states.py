"""Tries the states between stub and solution: one part written, or all parts but one.

The trials prove that a check gives its points exactly when all parts that it uses are written, and
that no message calls an unwritten part wrong. A check uses a part if it does not pass while only
that part is missing. Checks of Keras take seconds: they are tried only with one part written, and
may give points only if that is their own part.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.author.build import with_finished
from grader.brick import Brick
from grader.check import Check
from grader.outcome import NotWritten, Passed, Skipped, kind
from grader.proofread.marks import regions
from grader.result import Result

Try = Callable[[str, Sequence[Check]], Sequence[Result]]


@dataclass(frozen=True)
class States:
    """Results of the checks, by the only part that is written, and by the only one that is not."""

    written: Mapping[str, Sequence[Result]]
    unwritten: Mapping[str, Sequence[Result]]

    @property
    def defects(self) -> list[str]:
        """A sentence for each check with a wrong outcome or wrong points."""
        found = []
        for what, states in (("only", self.written), ("all but", self.unwritten)):
            for part, results in states.items():
                found += [
                    f"with {what} {part} written, {r.check.name} says: {kind(r.outcome)}"
                    for r in results
                    if not isinstance(r.outcome, Passed | NotWritten | Skipped)
                ]
        quick = next(iter(self.unwritten.values()), ())
        found += [
            f"{result.check.name} gives its points whichever part is missing"
            for result in quick
            if not self._used(result.check)
        ]
        for part, results in self.written.items():
            for result in results:
                passed, due = isinstance(result.outcome, Passed), self._due(result.check, part)
                if passed and not due:
                    found.append(f"with only {part} written, {result.check.name} gives its points")
                if due and not passed and not result.check.keras:
                    found.append(f"with only {part} written, {result.check.name} gives no points")
        return found

    def _due(self, check: Check, part: str) -> bool:
        """Whether the check should give its points when only that part is written."""
        return part == check.part if check.keras else self._used(check) <= {part}

    def _used(self, check: Check) -> set[str]:
        return {
            part
            for part, results in self.unwritten.items()
            for result in results
            if result.check.name == check.name and not isinstance(result.outcome, Passed)
        }


def try_states(brick: Brick, solution: str, trial: Try) -> States:
    """Tries each part of the brick. trial: gives the checks' results on a module's text."""
    parts = written_parts(brick, solution)
    every = {name for names in parts.values() for name in names}
    checks = [check for check in brick.checks.values() if not check.labels]
    quick = [check for check in checks if not check.keras]
    return States(
        {p: trial(with_finished(solution, names), checks) for p, names in parts.items()},
        {p: trial(with_finished(solution, every - names), quick) for p, names in parts.items()},
    )


def written_parts(brick: Brick, solution: str) -> dict[str, set[str]]:
    """By part, the functions that students write for it: that of its name, and those inside it."""
    parts = {check.part for check in brick.checks.values()}
    found: dict[str, set[str]] = {}
    for name, _, _ in regions(solution):
        part = next((outer for outer in _outwards(name) if outer in parts), name)
        found.setdefault(part, set()).add(name)
    return found


def _outwards(name: str) -> Iterator[str]:
    """The dotted name, then the names of the classes and functions around it."""
    while name:
        yield name
        name = name.rpartition(".")[0]

"""The proof that the checks work: reference, stub and every misconception go through them all."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.check import Check
from grader.course import PUBLIC_SEED, Course
from grader.examination import Examination, Result
from grader.implementation import Source
from grader.lineup import LiveLineup
from grader.misconception import Misconception, misconceptions, with_misconception
from grader.oracle import Live
from grader.outcome import Passed, Skipped
from grader.sandbox.process import Process
from grader.submission import sources_of


@dataclass(frozen=True)
class Trial:
    """One implementation of a brick through its checks, but for the accuracy bars.

    What the misconceptions reach at a bar is measured by `bricks calibrate`.
    """

    brick: str
    mistake: Misconception | None
    results: tuple[Result, ...]

    @property
    def points(self) -> int:
        return sum(result.points for result in self.results)

    @property
    def caught_by(self) -> list[Check]:
        """The checks that fail; those that are skipped say nothing."""
        return [r.check for r in self.results if not isinstance(r.outcome, Passed | Skipped)]

    @property
    def named(self) -> set[str]:
        """The misconceptions that any check names as the one that it sees."""
        found = [r.why.diagnosis for r in self.results if r.why and r.why.diagnosis]
        return {d.mistakes[0].id for d in found if d.certain}


class Audit:
    """Runs trials. The checks that catch a misconception are found out first, then diagnosed."""

    def __init__(self, course: Course):
        self.course = course
        self._student, self._reference = Process(), Process()
        self._oracle = Live(course, self._reference)

    def reference(self, brick: str) -> Trial:
        return self._trial(brick, None, self.course.reference(brick))

    def blank(self, brick: str) -> Trial:
        sources = sources_of(self.course, brick, self.course.exercises / f"{brick}.py")
        assert isinstance(sources, list)
        return self._trial(brick, None, sources)

    def mistaken(self, brick: str, diagnosed: bool = True) -> Iterator[Trial]:
        """Every misconception of the brick."""
        lineup = LiveLineup(self.course, self._reference) if diagnosed else None
        *before, reference = self.course.reference(brick)
        for mistake in misconceptions(self.course, brick):
            source = with_misconception(reference, mistake)
            yield self._trial(brick, mistake, [*before, source], lineup)

    def _trial(
        self,
        brick: str,
        mistake: Misconception | None,
        sources: Sequence[Source],
        lineup: LiveLineup | None = None,
    ) -> Trial:
        examination = Examination(
            self.course, brick, sources, self._student, self._oracle, PUBLIC_SEED, lineup
        )
        checks = self.course.bricks[brick].checks.values()
        return Trial(
            brick, mistake, tuple(examination.result(c.name) for c in checks if not c.labels)
        )

    def close(self) -> None:
        self._student.close()
        self._reference.close()


def find_caught(audit: Audit) -> dict[str, list[str]]:
    """By check, the misconceptions that it catches."""
    caught: dict[str, list[str]] = {}
    for brick in audit.course.bricks.values():
        caught |= {check.id: [] for check in brick.checks.values() if not check.labels}
        for trial in audit.mistaken(brick.name, diagnosed=False):
            assert trial.mistake is not None
            for check in trial.caught_by:
                caught[check.id].append(trial.mistake.id)
    return caught


def write_caught(course: Course, caught: dict[str, list[str]]) -> None:
    path = course.solutions / "misconceptions" / "caught.json"
    path.write_text(json.dumps(caught, indent=1) + "\n", encoding="utf-8")

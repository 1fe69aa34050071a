"""Makes the examinations of one run, which share expected values and misconceptions' answers."""

from collections.abc import Callable, Sequence

from grader.check import Check, Inputs
from grader.course import PUBLIC_SEED, Course
from grader.examine import Examination
from grader.expected import (
    ExpectedValues,
    MisconceptionAnswers,
    RecordedAnswers,
    RecordedExpected,
)
from grader.outcome import Unloadable
from grader.probe import Runner
from grader.source import Source
from grader.student_code import SlowStatements
from grader.submission import Handed, sources_of


class Examiner:
    """Makes examinations under one seed; expected values and answers are computed once for all.

    reference: the runner for trusted code; students' code runs on another one.
    on_own: bricks run on the student's own predecessors.
    draw: gives a check's inputs for a seed and an attempt; examinations may share them.
    at_home: a self-check, which asks for a margin above some bars.
    """

    def __init__(
        self,
        course: Course,
        reference: Runner,
        seed: int = PUBLIC_SEED,
        on_own: bool = False,
        draw: Callable[[Check, int, int], Inputs] = Check.draw,
        at_home: bool = False,
    ):
        self.course = course
        self.seed = seed
        self.on_own = on_own
        self._reference = reference
        self._draw = draw
        self._at_home = at_home
        self._known: dict[bool, tuple[ExpectedValues, MisconceptionAnswers]] = {}

    def of_handed(
        self, brick: str, handed: Handed, runner: Runner, slow: SlowStatements | None = None
    ) -> Examination:
        """The examination of a handed-in brick, on the bricks that it builds on.

        slow: the known slow statements in the student's files; runs add more.
        """
        sources = sources_of(self.course, brick, handed, self.on_own)
        return self.of_sources(brick, sources, runner, slow=slow)

    def of_sources(
        self,
        brick: str,
        sources: Sequence[Source] | Unloadable,
        runner: Runner,
        explained: bool = True,
        slow: SlowStatements | None = None,
    ) -> Examination:
        """The examination of a brick's sources.

        explained: whether wrong answers are looked up among the misconceptions.
        """
        expected, answers = self._known_of(brick)
        return Examination(
            self.course,
            brick,
            sources,
            runner,
            expected,
            self.seed,
            answers if explained else None,
            self._draw,
            slow,
            self._at_home,
        )

    def _known_of(self, brick: str) -> tuple[ExpectedValues, MisconceptionAnswers]:
        """The pair that all bricks with a solution share, or the one of those without."""
        live = self.course.has_solution(brick)
        if live not in self._known:
            self._known[live] = known_for(self.course, brick, self._reference)
        return self._known[live]


def known_for(
    course: Course, brick: str, runner: Runner
) -> tuple[ExpectedValues, MisconceptionAnswers]:
    """Expected values and misconception answers.

    They are computed if the course has the brick's reference, and else read from its recordings.
    """
    if not course.has_solution(brick):
        return RecordedExpected(course.recorded), RecordedAnswers(course.recorded)
    from grader.live import LiveAnswers, LiveExpected  # a student's kit has no such module

    return LiveExpected(course, runner), LiveAnswers(course, runner)

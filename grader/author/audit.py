"""Proves that the checks work: they run on the reference, on stubs and on every misconception.

An adversary tries to pass them without an answer (grader.author.attack).
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from grader.author.attack import Attack, attack
from grader.author.build import solution_of
from grader.author.clauses import Clause, clauses
from grader.author.hints import hint_defects
from grader.author.hollow import Hollow, try_hollow
from grader.author.reached import ReachedRunner
from grader.author.stub_states import States, try_states
from grader.brick import Brick
from grader.check import Check
from grader.course import Course, CourseError
from grader.examiner import Examiner
from grader.follow_through import FollowThrough, reference_functions
from grader.misconception import Misconception
from grader.misconceptions import misconceptions, with_misconception
from grader.outcome import Crashed, Fault, Passed, Skipped, TooSlow, Unloadable
from grader.probe import Runner
from grader.report.check_report import check_report
from grader.report.summary import summary
from grader.result import Result
from grader.runner.process import Process
from grader.source import Source
from grader.submission import handed_from, sources_of

# Outcomes that show no mistake: the code does not run, or the machine decides how it ends.
NO_TEST = (Unloadable, Crashed, Fault, TooSlow)


@dataclass(frozen=True)
class Trial:
    """The results of one implementation of a brick at its checks, except for the accuracy bars.

    `bricks calibrate` measures the accuracies of misconceptions at a bar.

    results: those of a self-check.
    graded: those of grading, with follow-through.
    """

    brick: str
    mistake: Misconception | None
    results: tuple[Result, ...]
    graded: tuple[Result, ...]

    @property
    def points(self) -> int:
        """Points in grading."""
        return sum(result.points for result in self.graded)

    @property
    def lost(self) -> dict[str, int]:
        """By part, the points that grading does not give."""
        found: dict[str, int] = {}
        for result in self.graded:
            missing = result.check.points - result.points
            if missing:
                found[result.check.part] = found.get(result.check.part, 0) + missing
        return found

    @property
    def n_lost(self) -> int:
        return sum(self.lost.values())

    @property
    def withdrawn(self) -> list[str]:
        """Checks that give points in a self-check, and none in grading."""
        pairs = zip(self.results, self.graded, strict=True)
        return [own.check.name for own, graded in pairs if own.points > graded.points]

    @property
    def caught_by(self) -> list[Check]:
        """The checks that fail; one that is skipped, or does not test the code, catches nothing."""
        silent = (Passed, Skipped, *NO_TEST)
        return [r.check for r in self.results if not isinstance(r.outcome, silent)]

    @property
    def untested(self) -> list[str]:
        """A sentence for each check that could not test the implementation."""
        return [
            f"{r.check.name} says: {summary(check_report(r))}"
            for r in self.results
            if isinstance(r.outcome, NO_TEST)
        ]

    @property
    def id(self) -> str:
        """The id of the misconception; empty for other implementations."""
        return self.mistake.id if self.mistake else ""

    @property
    def named(self) -> set[str]:
        """Ids of the misconceptions that a check names for certain."""
        found = [r.why.diagnosis for r in self.results if r.why and r.why.diagnosis]
        return {d.mistakes[0].id for d in found if d.certain}

    @property
    def misnamed(self) -> list[str]:
        """Ids of misconceptions that a check names and the implementation does not have."""
        return sorted(self.named - {self.id})


@dataclass(frozen=True)
class Audited:
    """What the audit of one brick found."""

    brick: Brick
    reference: Trial
    blank: Trial
    mistaken: tuple[Trial, ...]
    states: States
    attack: Attack
    hollow: Hollow
    clauses: tuple[Clause, ...] = ()
    hints: tuple[str, ...] = ()  # sentences on defects of the brick's hints

    @property
    def maximum(self) -> int:
        """Points of the checks that the audit runs: all but the accuracy bars."""
        return sum(check.points for check in self.brick.checks.values() if not check.labels)

    @property
    def unneeded(self) -> list[str]:
        """Checks that catch nothing and have no `reason`."""
        needed = {check.name for trial in self.mistaken for check in trial.caught_by}
        return [
            check.name
            for check in self.brick.checks.values()
            if check.name not in needed and not check.labels and not check.reason
        ]

    @property
    def defects(self) -> list[str]:
        """A sentence for each gap in the proof of the brick's checks."""
        name = self.brick.name
        found = []
        if self.reference.points != self.maximum:
            found.append(f"{name}: the reference has {self.reference.points} of {self.maximum}")
        if self.blank.points:
            found.append(f"{name}: the blank stub has {self.blank.points} points")
        for what, trial in (("the reference", self.reference), ("the blank stub", self.blank)):
            found += [f"{name}: {what} is not tested: {why}" for why in trial.untested]
        found += [f"{name}: {why}" for why in self.states.defects]
        for trial in self.mistaken:
            found += [f"{name}: {trial.id} is not tested: {why}" for why in trial.untested]
            if not trial.caught_by and not trial.untested:
                found.append(f"{name}: no check catches {trial.id}")
            for check in trial.withdrawn:
                found.append(f"{name}: grading takes {check} from {trial.id}")
            if trial.misnamed:
                found.append(f"{name}: {trial.id} is taken for {', '.join(trial.misnamed)}")
        found += [f"{name}: {check} catches nothing and gives no reason" for check in self.unneeded]
        found += [f"{name}: {why}" for why in self.attack.defects]
        found += [
            f"{name}: {check!r}, which should guard a clause, is no check"
            for clause in self.clauses
            for check in clause.checks
            if check not in self.brick.checks
        ]
        found += [f"{name}: {why}" for why in (*self.hollow.defects, *self.hints)]
        return found


class Audit:
    """Runs trials in two processes: one for the code under test, one for the reference.

    A third process runs the attack at the same time, which takes as long as all trials of a brick.
    """

    def __init__(self, course: Course):
        self.course = course
        self._student, self._reference, self._attacked = Process(), Process(), Process()
        self._examiner = Examiner(course, self._reference)
        self._reached: dict[str, ReachedRunner] = {}

    def brick(self, name: str) -> Audited:
        """Trials of the reference, the stub and every misconception, with diagnoses."""
        with ThreadPoolExecutor(1) as beside:
            attacked = beside.submit(attack, self.course, name, self._attacked)
            return Audited(
                self.course.bricks[name],
                self._trial(name, None, self.course.reference(name)),
                self._trial(name, None, self._stub(name)),
                tuple(self.mistaken(name)),
                self._states(name),
                attacked.result(),
                self._hollow(name),
                tuple(clauses(self.course, name)),
                tuple(hint_defects(self.course.bricks[name], self._solution(name))),
            )

    def _solution(self, brick: str) -> str:
        return self.course.reference(brick)[-1].code.decode()

    def _states(self, brick: str) -> States:
        *before, reference = self.course.reference(brick)

        def trial(text: str, checks: Sequence[Check]) -> Sequence[Result]:
            sources = [*before, replace(reference, code=text.encode(), own=True)]
            examination = self._examiner.of_sources(brick, sources, self._student, explained=False)
            return [examination.result(check.name) for check in checks]

        solution = solution_of(self.course, brick)
        return try_states(self.course.bricks[brick], solution, trial)

    def _hollow(self, brick: str) -> Hollow:
        *before, reference = self.course.reference(brick)
        functions = reference_functions(self.course, brick)

        def trial(code: bytes, checks: Sequence[Check]) -> Sequence[Result]:
            sources = [*before, replace(reference, code=code, own=True)]
            examination = self._examiner.of_sources(brick, sources, self._student, explained=False)
            followed = FollowThrough(examination, functions, located=False)
            return [followed.result(check.name) for check in checks]

        return try_hollow(self.course.bricks[brick], reference.code, functions, trial)

    def mistaken(self, brick: str, explained: bool = True) -> Iterator[Trial]:
        """Trials of every misconception of the brick."""
        *before, reference = self.course.reference(brick)
        reached = self._reached.setdefault(
            brick, ReachedRunner(self._student, [*before, reference])
        )
        for mistake in misconceptions(self.course, brick):
            source = with_misconception(reference, mistake)
            runner = reached.of(mistake, source)
            yield self._trial(brick, mistake, [*before, source], explained, runner)

    def caught(self, brick: str) -> dict[str, list[str]]:
        """By check, the misconceptions that it catches."""
        return caught(self.course.bricks[brick], self.mistaken(brick, explained=False))

    def _stub(self, brick: str) -> Sequence[Source]:
        sources = sources_of(self.course, brick, handed_from(self.course, self.course.exercises))
        if isinstance(sources, Unloadable):
            raise CourseError(f"The stub of {brick} is not there: run `bricks build` first.")
        return sources

    def _trial(
        self,
        brick: str,
        mistake: Misconception | None,
        sources: Sequence[Source],
        explained: bool = True,
        runner: Runner | None = None,
    ) -> Trial:
        examination = self._examiner.of_sources(brick, sources, runner or self._student, explained)
        names = [c.name for c in self.course.bricks[brick].checks.values() if not c.labels]
        results = tuple(examination.result(name) for name in names)
        followed = FollowThrough(examination, reference_functions(self.course, brick))
        graded = tuple(followed.result(name) for name in names) if explained else results
        return Trial(brick, mistake, results, graded)

    def close(self) -> None:
        self._student.close()
        self._reference.close()
        self._attacked.close()


def caught(brick: Brick, trials: Iterable[Trial]) -> dict[str, list[str]]:
    """By check, the misconceptions that it catches."""
    found: dict[str, list[str]] = {c.id: [] for c in brick.checks.values() if not c.labels}
    for trial in trials:
        for check in trial.caught_by:
            found[check.id].append(trial.id)
    return found

"""Judges mistakes as grading and as a student's self-check do, and counts what messages say."""

import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

from grader.author.claims import Claims, Message, Says, messages_of, with_place
from grader.author.mistake_sets import Mistaken, by_another_hand, mutants, pairs
from grader.author.proof import Proof, function_at
from grader.author.quick_course import QuickCourse
from grader.author.record import record_answers, record_expected
from grader.cores import cores
from grader.course import PUBLIC_SEED
from grader.examine import Examination
from grader.examiner import Examiner
from grader.expected import RecordedAnswers, RecordedExpected
from grader.follow_through import FollowThrough, reference_functions
from grader.live import LiveAnswers, LiveExpected
from grader.policy import Policy
from grader.probe import Runner
from grader.repaired import repairs_of, spent_on, with_repairs
from grader.runner.process import Process

SEED = 20_261_128  # of the inputs in grading
SEARCHED = Policy(SEED).repair  # seconds of processor time for a search in grading
ALONE = 5.0  # seconds of processor time for a search in the self-check
MUTANTS = 30  # a brick
PAIRS = 8


@dataclass(frozen=True)
class Judgement:
    """What messages say of one mistake.

    says     the most that any message says; None if no check fails.
    false    sentences that are not true of the code.
    message  the first message that says the most.
    named    the causes that messages name.
    seconds  processor time of the search for a small change.
    """

    says: Says | None
    false: tuple[str, ...] = ()
    message: str = ""
    named: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Judged:
    """A mistake, judged as grading does, and as a self-check without a reference."""

    mistake: Mistaken
    graded: Judgement
    alone: Judgement


@dataclass(frozen=True)
class Measured:
    """The results for one brick. alike: left-out mutants, which answer as the reference does."""

    brick: str
    judged: tuple[Judged, ...]
    alike: tuple[Mistaken, ...]

    @property
    def false(self) -> list[str]:
        """A line for each mistake about which a message is false."""
        said = {one.mistake.id: {*one.graded.false, *one.alone.false} for one in self.judged}
        return [f"{self.brick}, {id}: {'; '.join(sorted(it))}" for id, it in said.items() if it]


class Measurement:
    """Judges the mistakes of one brick. recorded: a folder for the recordings of a kit."""

    def __init__(self, course: QuickCourse, brick: str, recorded: Path, reference: Runner):
        self.course = course
        self.brick = course.bricks[brick]
        self.functions = reference_functions(course, brick)
        self._examiner = Examiner(course, reference, SEED)
        self._proof = Proof(course, brick, self.functions, reference)
        record_expected(course, brick, LiveExpected(course, reference), recorded)
        record_answers(course, brick, LiveAnswers(course, reference), recorded)
        self._recorded = RecordedExpected(recorded), RecordedAnswers(recorded)

    def judged(self, mistake: Mistaken, student: Runner) -> Judged | None:
        """The judgements; None if no check tells the code from the reference, on several draws."""
        found = Judged(mistake, self._graded(mistake, student), self._alone(mistake, student))
        if found.graded.says or found.alone.says or self._proof.differs(mistake, student):
            return found
        return None

    def _graded(self, mistake: Mistaken, student: Runner) -> Judgement:
        sources = self._proof.sources(mistake.source)
        examination = self._examiner.of_sources(self.brick.name, sources, student)
        results = list(FollowThrough(examination, self.functions))
        results = with_repairs(results, examination, SEARCHED)
        return self._judgement(mistake, messages_of(results), student)

    def _alone(self, mistake: Mistaken, student: Runner) -> Judgement:
        expected, answers = self._recorded
        sources = self._proof.sources(mistake.source)
        examination = Examination(
            self.course, self.brick.name, sources, student, expected, PUBLIC_SEED, answers
        )
        results = list(examination)
        messages = messages_of(results)
        began = spent_on(examination)
        repairs = repairs_of(results, examination, ALONE)
        seconds = spent_on(examination) - began
        messages += [with_place(message, it) for message in messages[:1] for it in repairs]
        return replace(self._judgement(mistake, messages, student), seconds=seconds)

    def _judgement(
        self, mistake: Mistaken, messages: Sequence[Message], student: Runner
    ) -> Judgement:
        if not messages:
            return Judgement(None)
        levels = [says(mistake, message.claims) for message in messages]
        most = min(levels, key=list(Says).index)
        found = [it.claims.diagnosis for it in messages if it.claims.diagnosis]
        known = [mistake for it in found for mistake in it.mistakes if it.shown]
        false: dict[str, None] = {}
        seen: list[object] = []
        for message in messages:
            claims = message.claims
            about = claims.diagnosis, claims.cause, claims.function, claims.repair
            if about not in seen:
                seen.append(about)
                false |= dict.fromkeys(self._proof.false_of(mistake, claims, student, known))
        named = dict.fromkeys(it for message in messages for it in causes(message.claims))
        return Judgement(most, tuple(false), messages[levels.index(most)].text, tuple(named))


def says(mistake: Mistaken, claims: Claims) -> Says:
    """What a message says of the mistake; a place counts only if it is in a wrong function."""
    if claims.diagnosis or claims.cause or claims.names:
        return Says.NAMED
    inside = claims.line and function_at(mistake.source, claims.line) in mistake.functions
    if claims.repair or claims.function or inside:
        return Says.LOCATED
    return Says.NUMBER if claims.measured else Says.SILENT


def causes(claims: Claims) -> list[str]:
    """The causes that a message names, as a student reads them."""
    if claims.diagnosis:
        return [it.says for it in claims.diagnosis.mistakes]
    return [claims.cause] if claims.cause else []


def measure(course: QuickCourse, brick: str) -> Measured:
    """Judges all sets of a brick's mistakes, side by side on the machine's cores."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        reference = stack.enter_context(closing(Process()))
        measurement = Measurement(course, brick, folder, reference)
        mistakes = list(sets_of(course, brick, measurement))
        runners = threading.local()

        def judged(mistake: Mistaken) -> Judged | None:
            if not hasattr(runners, "own"):
                runners.own = stack.enter_context(closing(Process()))
            return measurement.judged(mistake, runners.own)

        pool = stack.enter_context(ThreadPoolExecutor(cores()))
        found = list(pool.map(judged, mistakes))
    alike = [mistake for mistake, one in zip(mistakes, found, strict=True) if one is None]
    return Measured(brick, tuple(one for one in found if one), tuple(alike))


def sets_of(course: QuickCourse, brick: str, measurement: Measurement) -> Iterator[Mistaken]:
    """All sets, one after the other."""
    yield from mutants(course, brick, measurement.functions, MUTANTS)
    yield from pairs(course, brick, PAIRS)
    yield from by_another_hand(course, brick, measurement.functions)

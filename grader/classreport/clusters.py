"""Puts equal mistakes of several students into clusters: one comment reaches all of a cluster."""

import hashlib
import textwrap
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

from grader.classreport.answers import DIGITS, Answer, answer_of
from grader.classreport.results import Results
from grader.outcome import CellStopped, Fault, NotInstalled, Unloadable
from grader.report.check_report import CheckReport
from grader.report.report import Report, Status
from grader.report.rows import rows_of
from grader.report.summary import MAX_SUMMARY, summary
from grader.report.text import CUT, likely

FILE = "file"  # replaces the check in the id of a file that does not load


class How(Enum):
    """How much is known of a mistake."""

    NAMED = "named"  # a known misconception answers the same in every check that ran
    LOCATED = "located"  # a cause was measured, or a line or function is known to be at fault
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Failure:
    """A wrong answer of one student to one check."""

    student: str
    check: CheckReport


@dataclass(frozen=True)
class Cluster:
    """One mistake, and all students who made it.

    id        its name in comments.toml: "neuron/loss-summed", "layer/softmax_rows~3f2a".
    other_ids further names: a misconception's own id, and those of clusters that were joined.
    says      a sentence on the mistake; `asks`, a question that leads on (may be empty).
    failures  a student has several if several checks fail with the mistake.
    """

    id: str
    brick: str
    how: How
    says: str
    failures: tuple[Failure, ...]
    asks: str = ""
    other_ids: tuple[str, ...] = ()

    @property
    def students(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(failure.student for failure in self.failures))

    @property
    def checks(self) -> tuple[str, ...]:
        """The ids of the checks that fail with the mistake."""
        return tuple(dict.fromkeys(failure.check.id for failure in self.failures))

    @property
    def part(self) -> str:
        """The part of the first check that fails, or the file."""
        first = self.failures[0].check
        return FILE if is_file(first) else first.part

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.id, *self.other_ids)


def clusters_of(results: Results) -> list[Cluster]:
    """All mistakes of a class, the one that most students made first; then in teaching order."""
    found: list[Cluster] = []
    for brick in results.bricks:
        named, apart = _of_brick(results.of_brick(brick))
        found += [*named, *_joined(apart)]
    return sorted(found, key=lambda cluster: -len(cluster.students))


def mistakes_of(report: Report) -> list[Cluster]:
    """The mistakes in one report, with the same ids as in the class."""
    named, apart = _of_brick([report])
    return [*named, *apart]


def failed(check: CheckReport) -> bool:
    """Whether the check found a mistake; a fault of the kit, or a missing package, is none."""
    return not (check.passed or check.waits or isinstance(check.outcome, Fault | NotInstalled))


def failures_of(report: Report) -> Iterator[Failure]:
    """The wrong answers; an exception, or a file that does not load, counts only once."""
    unusable = False
    for check in report.checks:
        is_file = isinstance(check.outcome, Unloadable)
        if failed(check) and not check.same_as and not (is_file and unusable):
            unusable |= is_file
            yield Failure(report.student, check)


def is_file(check: CheckReport) -> bool:
    """Whether the file, or the cell of a part, did not load: the mistake belongs to no check."""
    return isinstance(check.outcome, Unloadable | CellStopped)


def how(check: CheckReport) -> How:
    why = check.explanation
    if why and why.diagnosis:
        return How.NAMED
    measured = why and (why.cause or why.repair or why.where or why.line)
    lines = getattr(check.outcome, "lines", ())
    return How.LOCATED if measured or lines else How.UNKNOWN


def says(check: CheckReport) -> str:
    """What is wrong, in a line without a place in the file, so that it fits all who answered so."""
    if isinstance(check.outcome, Unloadable) or (check.explanation and likely(check.explanation)):
        return summary(check)
    rows = [(label, text) for label, text in rows_of(check.outcome) if label != "where"][:2]
    said = ", ".join(f"expected {text}" if label == "expected" else text for label, text in rows)
    return textwrap.shorten(said, MAX_SUMMARY, placeholder=CUT)


@dataclass
class _Group:
    """The failures with one mistake, while they are gathered."""

    answer: Answer | None
    failures: list[Failure] = field(default_factory=list)


def _of_brick(reports: Iterable[Report]) -> tuple[list[Cluster], list[Cluster]]:
    """The clusters with a name, and those of equal answers."""
    named: dict[tuple[str, ...], list[Failure]] = {}
    groups: dict[Hashable, list[_Group]] = {}
    for report in reports:
        if report.status is Status.FAULT:
            continue
        for failure in failures_of(report):
            diagnosis = failure.check.diagnosis
            if diagnosis:
                ids = tuple(mistake.id for mistake in diagnosis.mistakes)
                for key in [(i,) for i in ids] if diagnosis.shown else [ids]:
                    named.setdefault(key, []).append(failure)
            else:
                _grouped(groups, failure, report.provenance.seed)
    own = _with_ids([group for alike in groups.values() for group in alike])
    return [_named(ids, failures) for ids, failures in named.items()], list(own)


def _grouped(groups: dict[Hashable, list[_Group]], failure: Failure, seed: str) -> None:
    """Puts a failure into the group with its answer and seed: another seed gives other inputs."""
    answer = answer_of(failure.check.outcome)
    where = failure.check.brick if is_file(failure.check) else failure.check.id
    alike = groups.setdefault((seed, where, answer and answer.facts), [])
    for group in alike:
        if answer and group.answer and group.answer.same(answer):
            group.failures.append(failure)
            return
    alike.append(_Group(answer, [failure]))


def _named(ids: tuple[str, ...], failures: list[Failure]) -> Cluster:
    """The cluster of a misconception, or of two that give the same answer: one or the other."""
    diagnosis = failures[0].check.diagnosis
    mistakes = [m for m in diagnosis.mistakes if m.id in ids] if diagnosis else []
    brick, name = failures[0].check.brick, " or ".join(ids)
    return Cluster(
        f"{brick}/{name}",
        brick,
        How.NAMED,
        " Or: ".join(mistake.says for mistake in mistakes),
        tuple(failures),
        mistakes[-1].asks if len(mistakes) == 1 else "",
        (name,),
    )


def _with_ids(groups: Iterable[_Group]) -> Iterator[Cluster]:
    taken: Counter[str] = Counter()
    for group in groups:
        first = group.failures[0]
        name = f"{first.check.brick}/{FILE}" if is_file(first.check) else first.check.id
        digest = group.answer.digest if group.answer else _digest(first.student)
        taken[f"{name}~{digest}"] += 1
        again = taken[f"{name}~{digest}"]
        located = [it for it in group.failures if how(it.check) is How.LOCATED]
        yield Cluster(
            f"{name}~{digest}" if again == 1 else f"{name}~{digest}-{again}",
            first.check.brick,
            How.LOCATED if located else How.UNKNOWN,  # one located answer locates all equal ones
            says((located or [first])[0].check),
            tuple(group.failures),
        )


def _digest(student: str) -> str:
    return hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]


def _joined(clusters: Iterable[Cluster]) -> Iterator[Cluster]:
    """The clusters, in which those of exactly the same students are one: it may be one mistake."""
    by_students: dict[tuple[str, ...], Cluster] = {}
    for cluster in clusters:
        known = by_students.get(cluster.students)
        by_students[cluster.students] = cluster if known is None else _both(known, cluster)
    yield from by_students.values()


def _both(one: Cluster, other: Cluster) -> Cluster:
    first = other if one.how is How.UNKNOWN and other.how is How.LOCATED else one
    return replace(
        one,
        how=first.how,
        says=first.says,
        failures=one.failures + other.failures,
        other_ids=one.other_ids + other.ids,
    )

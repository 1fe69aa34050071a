"""Trains the reference, other correct solutions and misconceptions at every accuracy bar."""

import json
import queue
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader import mnist
from grader.author.bars import (
    CHANCE,
    PICTURES,
    REFERENCE,
    Kind,
    Measured,
    Trained,
    bar_with_evidence,
    page,
)
from grader.author.bars_picture import draw
from grader.author.bound import fewest_runs
from grader.author.runs import Reached, append, key, read_journal, setting
from grader.bar import TRIES_AT_A_BAR
from grader.check import Check, CheckError
from grader.course import Course, CourseError
from grader.files import write_whole
from grader.judge import accuracy
from grader.misconception import Misconception
from grader.misconceptions import misconceptions, with_misconception
from grader.outcome import Accuracy, Fault, Outcome, Raised
from grader.probe import Answer, Job, Returned
from grader.run_check import run_check
from grader.runner.process import Process
from grader.source import read_source

FIRST_SEED = 1_000_000  # far from the public seed, so that the bars do not depend on that
FEWEST_SEEDS = fewest_runs(TRIES_AT_A_BAR, CHANCE)
SEEDS_OF_A_MISTAKE = 5
SEEDS_OF_A_DESIGN = 20  # for an estimate of its spread; the margin allows for the estimate's error
SLACK = 3  # factor of the check's limit, since the machine may be busy
JOURNAL = ".calibration.jsonl"
DESIGNS = "designs"  # in solutions/: other networks, for bars with own designs


@dataclass(frozen=True)
class Training:
    check: Check
    trained: Trained
    seed: int
    key: str


def plan(course: Course, styles: Path, seeds: int, only: str = "") -> Iterator[Training]:
    """Every run, bar by bar in the course's order, correct implementations first."""
    for check in bars_of(course):
        if check.id == only or not only:
            files = course.files_of(check.brick)
            common = setting(check, course.checks_file(check.brick), files)
            for trained in trained_at(course, check, styles, seeds):
                for i in range(trained.seeds):
                    seed = FIRST_SEED + i
                    yield Training(check, trained, seed, key(common, trained.sources, seed))


def bars_of(course: Course) -> list[Check]:
    """The checks that have a bar, in the course's order."""
    return [c for brick in course.bricks.values() for c in brick.checks.values() if c.labels]


def trained_at(course: Course, check: Check, styles: Path, seeds: int) -> Iterator[Trained]:
    """The reference, then styles/<style>/<brick>.py, then the misconceptions that matter.

    Each runs on the reference's predecessors, as in grading. If the contract fixes the network,
    every style must clear the bar. If students design the network, the reference decides the bar;
    the styles, and solutions/designs/<design>/<brick>.py, show how far a design's runs spread.
    """
    *before, reference = course.reference(check.brick)
    yield Trained(REFERENCE, Kind.CORRECT, (*before, reference), seeds)
    kind, each = (Kind.DESIGN, SEEDS_OF_A_DESIGN) if check.own_design else (Kind.CORRECT, seeds)
    folders = [styles, course.solutions / DESIGNS] if check.own_design else [styles]
    for path in (path for folder in folders for path in sorted(folder.glob(f"*/{check.brick}.py"))):
        yield Trained(path.parent.name, kind, (*before, read_source(path, own=False)), each)
    for mistake in misconceptions(course, check.brick):
        if matters(course, check, mistake):
            source = with_misconception(reference, mistake)
            yield Trained(mistake.id, Kind.MISTAKE, (*before, source), SEEDS_OF_A_MISTAKE)


def matters(course: Course, check: Check, mistake: Misconception) -> bool:
    """Whether the bar trains the half of the brick, NumPy or Keras, in which the mistake is.

    A mistake is in a half if the audit catches it there. One that no audit caught is tried at each
    bar.
    """
    checks = course.bricks[check.brick].checks.values()
    halves = {c.keras for c in checks if mistake.id in course.caught.get(c.id, ())}
    return check.keras in halves or not halves


def run_all(
    course: Course,
    jobs: Sequence[Training],
    known: Mapping[str, Reached],
    journal: Path,
    at_once: int,
) -> Iterator[Reached]:
    """Runs the jobs that are not in the journal, `at_once` at a time; yields each once it is."""
    processes: queue.SimpleQueue[Process] = queue.SimpleQueue()
    started = [Process() for _ in range(at_once)]
    for process in started:
        processes.put(process)

    def run(job: Training) -> Reached:
        process = processes.get()
        try:
            return reached(course, job, process)
        finally:
            processes.put(process)

    pool = ThreadPoolExecutor(at_once)
    try:
        for future in as_completed([pool.submit(run, j) for j in jobs if j.key not in known]):
            append(journal, future.result())
            yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in started:
            process.close()


def reached(course: Course, job: Training, process: Process) -> Reached:
    """Trains once. Raises CourseError if a correct implementation, or the kit, fails."""
    check, trained = job.check, job.trained
    try:
        inputs = check.draw(job.seed)
    except CheckError as error:
        raise CourseError(str(error)) from None
    work = Job(check, course.checks_file(check.brick), trained.sources, limit=check.limit * SLACK)
    answer: Answer | Accuracy = run_check(work, inputs, process.run).answer
    if isinstance(answer, Returned):
        no_bar = {"bar": 0.0, "mean": 0.0, "spread": 0.0, "seeds": 0}
        answer = accuracy(answer, inputs[check.labels or ""], no_bar)
    if isinstance(answer, Accuracy):
        return Reached(job.key, check.id, trained.name, job.seed, answer.share)
    assert isinstance(answer, Outcome)
    if trained.kind is not Kind.MISTAKE or isinstance(answer, Fault):
        raise CourseError(f"{trained.name} fails at {check.id}, seed {job.seed}: {reason(answer)}.")
    return Reached(job.key, check.id, trained.name, job.seed, None, reason(answer))


def reason(outcome: Outcome) -> str:
    """The reason why there is no accuracy, in a few words."""
    if isinstance(outcome, Raised):
        return f"{outcome.error}: {outcome.message}".splitlines()[0]
    if isinstance(outcome, Fault):
        return outcome.reason
    name = type(outcome).__name__
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()


def gathered(jobs: Sequence[Training], runs: Mapping[str, Reached]) -> dict[str, list[Measured]]:
    """By bar, the runs of each implementation."""
    found: dict[str, dict[str, list[Reached]]] = {}
    trained = {}
    for job in jobs:
        found.setdefault(job.check.id, {}).setdefault(job.trained.name, []).append(runs[job.key])
        trained[job.check.id, job.trained.name] = job.trained
    return {
        check: [Measured(trained[check, name], tuple(own)) for name, own in by_name.items()]
        for check, by_name in found.items()
    }


def calibrate(
    course: Course,
    styles: Path,
    seeds: int,
    at_once: int,
    on_start: Callable[[int, int], None],
    on_result: Callable[[Reached], None],
    only: str = "",
) -> dict[str, dict[str, Any]]:
    """Does the runs that the journal lacks; writes bars.json, the page and the pictures.

    only: the one bar to measure; the others, and their picture, stay as they are. Empty: all.
    on_start: called with the number of runs, and how many of them the journal has.
    on_result: called with each new run.
    """
    if seeds < FEWEST_SEEDS:
        raise CourseError(
            f"{seeds} seeds cannot show that a correct solution misses a bar less than once in "
            f"{1 / CHANCE:,.0f}: it takes {FEWEST_SEEDS} or more."
        )
    own_design = {check.id: check.own_design for check in bars_of(course)}
    if only and only not in own_design:
        raise CourseError(f"There is no bar {only!r}: {', '.join(own_design)}.")
    journal, docs = course.root / JOURNAL, course.root / "docs"
    known = read_journal(journal)
    jobs = list(plan(course, styles, seeds, only))
    on_start(len(jobs), sum(job.key in known for job in jobs))
    for run in run_all(course, jobs, known, journal, at_once):
        known[run.key] = run
        on_result(run)
    measured = gathered(jobs, known)
    data = mnist.load().sha256[:16]
    new = {
        check: bar_with_evidence(found, data, own_design[check])
        for check, found in measured.items()
    }
    all_bars = {**course.bars, **new} if only else new
    bars = {check: all_bars[check] for check in own_design if check in all_bars}
    text = json.dumps(bars, indent=1) + "\n"
    write_whole(course.exercises / "bars.json", text)
    docs.mkdir(exist_ok=True)
    write_whole(docs / "bars.md", page(bars))
    for name, own in PICTURES.items():
        drawn = [check for check in bars if own_design[check] is own]
        if drawn and all(check in measured for check in drawn):
            draw(docs / name, {check: measured[check] for check in drawn}, bars)
    return bars

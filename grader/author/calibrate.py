"""Accuracy bars from measured runs of the reference, with the evidence beside each."""

import json
import math
import statistics
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from grader import mnist
from grader.answer import Returned
from grader.check import Check
from grader.course import Course
from grader.judge import accuracy
from grader.outcome import Accuracy
from grader.sandbox.process import Process

FIRST_SEED = 1_000_000  # far from the public seed: bars are not fitted to what students run
STEP = 0.005


def calibrate(
    course: Course, seeds: int, jobs: int, told: Callable[[str, dict[str, Any]], None]
) -> None:
    """Trains the reference of every bar on `seeds` seeds and writes bars.json."""
    bars = {}
    for brick in course.bricks.values():
        for check in brick.checks.values():
            if check.labels:
                bars[check.id] = bar = measured_bar(course, check, seeds, jobs)
                told(check.id, bar)
    (course.exercises / "bars.json").write_text(json.dumps(bars, indent=1) + "\n")


def measured_bar(course: Course, check: Check, seeds: int, jobs: int) -> dict[str, Any]:
    """One bar: six spreads under the mean and two under the worst run, rounded down."""
    processes = [Process() for _ in range(jobs)]

    def share(i: int) -> float:
        inputs = check.draw(FIRST_SEED + i)
        process = processes.pop()
        try:
            run = process.run(
                check,
                course.checks_file(check.brick),
                course.reference(check.brick),
                check.shown_to_probe(inputs),
                check.limit * 10,
            )
        finally:
            processes.append(process)
        assert isinstance(run.answer, Returned), run.answer
        nothing = {"bar": 0.0, "mean": 0.0, "spread": 0.0, "seeds": 0}
        reached = accuracy(run.answer, inputs[check.labels or ""], nothing)
        assert isinstance(reached, Accuracy), reached
        return reached.share

    with ThreadPoolExecutor(jobs) as pool:
        shares = list(pool.map(share, range(seeds)))
    for process in processes:
        process.close()
    mean, spread = statistics.mean(shares), statistics.stdev(shares)
    safe = min(mean - 6 * spread, min(shares) - 2 * spread)
    return {
        "bar": round(math.floor(safe / STEP) * STEP, 3),
        "mean": round(mean, 4),
        "spread": round(spread, 4),
        "minimum": round(min(shares), 4),
        "seeds": seeds,
        "data": mnist.load().sha256[:16],
    }

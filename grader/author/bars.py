"""Computes each bar and its evidence from the runs, and the page that explains both."""

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from grader.author.bound import chance_of_missing, distance_needed
from grader.author.runs import Reached
from grader.examine import TRIES_AT_A_BAR
from grader.source import Source

STEP = 0.005
CHANCE = 1e-4  # below which a correct solution misses a bar: once in 10,000 gradings
DIGITS = 5  # after the point, in bars.json
REFERENCE = "reference"

PAGE = """# The accuracy bars

Written by `bricks calibrate`, with `exercises/bars.json` and the picture; do not edit.

![What each implementation reached, and the bars](bars.png)

A bar asks whether correct parts learn together. It comes last, after values and gradients, because
some mistakes train as well as a correct solution does: see those that stay at or above a bar below.

**What was run.** {runs:,} trainings at the bars' own budgets, those of self-check and grading, with
digits and weights drawn from seeds that neither of them uses. Correct solutions: the reference, and
others in different styles. In NumPy the contract fixes the network, so all of them decide. In Keras
everybody designs a network of their own, and how well it reads is part of the exercise: there the
bar follows from the reference, and {few} runs of each other design show what else is reached.
Misconceptions: {few} seeds each, at the NumPy bars those that a NumPy check catches in the audit,
at the Keras bar those that a Keras check catches.

**How a bar follows.** A bar is missed only when {tries} trainings in a row, with other digits and
seeds, stay under it. It is the highest multiple of {step} for which that happens to a correct
solution less than once in {once:,}, whatever the distribution of what it reaches: at least
{distance:.2f} sample standard deviations under the mean of {seeds} runs, and the lowest that any of
the correct solutions asks for. The figure comes from the finite-sample Chebyshev inequality of Saw,
Yang and Mo (1984), one-sided and for {tries} new runs at once; `grader/author/bound.py` has the
proof.

**What it assumes.** That the runs of one solution are exchangeable, which seeds drawn alike make
true. It needs no independence of the {tries} tries from the bar: that they are held against the
same bar, lucky or unlucky, is counted in. It speaks of solutions like those that were measured; one
that is correct and trains worse than all of them may fail more often.
"""


class Kind(Enum):
    """The kind of an implementation at a bar."""

    CORRECT = "correct"  # it must clear the bar
    DESIGN = "design"  # correct code with another network: it is shown, and decides nothing
    MISTAKE = "mistake"  # made by a misconception


@dataclass(frozen=True)
class Trained:
    """An implementation that is trained at a bar."""

    name: str
    kind: Kind
    sources: tuple[Source, ...]
    seeds: int


@dataclass(frozen=True)
class Measured:
    """The runs of one implementation at one bar, one for each seed, in order."""

    trained: Trained
    runs: tuple[Reached, ...]

    @property
    def shares(self) -> list[float]:
        """Accuracies of the runs that trained."""
        return [run.share for run in self.runs if run.share is not None]


def bar_with_evidence(measured: Sequence[Measured], data: str) -> dict[str, Any]:
    """One entry of bars.json. The bar is the lowest that any correct solution asks for."""
    correct = {m.trained.name: summary(m.shares) for m in of_kind(measured, Kind.CORRECT)}
    bar = min(highest_bar(evidence) for evidence in correct.values())
    for evidence in correct.values():
        evidence["failure_probability"] = failure_probability(bar, evidence)
    designs = of_kind(measured, Kind.DESIGN)
    mistakes = of_kind(measured, Kind.MISTAKE)
    return {
        "bar": bar,
        **correct.pop(REFERENCE),
        "tries": TRIES_AT_A_BAR,
        "data": data,
        "styles": correct,
        "designs": {m.trained.name: summary(m.shares) for m in designs},
        "misconceptions": {m.trained.name: summary_of_mistake(m) for m in mistakes},
    }


def of_kind(measured: Sequence[Measured], kind: Kind) -> list[Measured]:
    return [m for m in measured if m.trained.kind is kind]


def summary(shares: Sequence[float]) -> dict[str, Any]:
    """Mean rounded down and spread rounded up, so that a bar errs on the low side."""
    scale = 10**DIGITS
    return {
        "mean": math.floor(statistics.fmean(shares) * scale) / scale,
        "spread": math.ceil(statistics.stdev(shares) * scale) / scale,
        "minimum": round(min(shares), DIGITS),
        "seeds": len(shares),
    }


def summary_of_mistake(measured: Measured) -> dict[str, Any]:
    if not measured.shares:
        return {"does_not_train": measured.runs[0].why}
    return {
        "mean": round(statistics.fmean(measured.shares), DIGITS),
        "minimum": round(min(measured.shares), DIGITS),
        "maximum": round(max(measured.shares), DIGITS),
        "seeds": len(measured.shares),
    }


def highest_bar(evidence: Mapping[str, Any]) -> float:
    """The highest multiple of STEP that lies far enough under the mean."""
    distance = distance_needed(evidence["seeds"], TRIES_AT_A_BAR, CHANCE)
    highest: float = evidence["mean"] - distance * evidence["spread"]
    return round(math.floor(highest / STEP) * STEP, 3)


def failure_probability(bar: float, evidence: Mapping[str, Any]) -> float:
    """Upper bound on the chance that a solution with this mean and spread misses the bar.

    A bar that rounding made lower than needed gets no better figure: the proof requires a distance
    that does not depend on the runs.
    """
    mean, spread, seeds = evidence["mean"], evidence["spread"], evidence["seeds"]
    away = (mean - bar) / spread if spread else math.inf if bar <= mean else 0.0
    needed = distance_needed(seeds, TRIES_AT_A_BAR, CHANCE)
    return float(f"{chance_of_missing(min(away, needed), seeds, TRIES_AT_A_BAR):.5g}")


def page(measured: Mapping[str, Sequence[Measured]], bars: Mapping[str, Mapping[str, Any]]) -> str:
    """The text of docs/bars.md."""
    seeds = next((bar["seeds"] for bar in bars.values()), 0)
    mistaken = [m for found in measured.values() for m in of_kind(found, Kind.MISTAKE)]
    head = PAGE.format(
        runs=sum(len(m.runs) for found in measured.values() for m in found),
        few=max((m.trained.seeds for m in mistaken), default=0),
        tries=TRIES_AT_A_BAR,
        step=STEP,
        once=round(1 / CHANCE),
        distance=distance_needed(seeds, TRIES_AT_A_BAR, CHANCE),
        seeds=seeds,
    )
    return "\n".join(
        [head, *(line for check, bar in bars.items() for line in _section(check, bar))]
    )


def _section(check: str, bar: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {check}: {bar['bar']:.3f}\n"
    yield "| correct | mean | spread | minimum | seeds | misses the bar, at most |"
    yield "|---|---|---|---|---|---|"
    for name, of in {REFERENCE: bar, **bar["styles"]}.items():
        once = f"once in {1 / of['failure_probability']:,.0f}"
        yield (
            f"| {name} | {of['mean']:.4f} | {of['spread']:.4f} | {of['minimum']:.4f} "
            f"| {of['seeds']} | {once} |"
        )
    for name, of in bar["designs"].items():
        yield (
            f"| {name} (own design) | {of['mean']:.4f} | {of['spread']:.4f} "
            f"| {of['minimum']:.4f} | {of['seeds']} | not said |"
        )
    yield ""
    if bar["misconceptions"]:
        yield "| misconception | mean | minimum | maximum | mean at or above the bar |"
        yield "|---|---|---|---|---|"
    for name, of in bar["misconceptions"].items():
        if "does_not_train" in of:
            yield f"| {name} | does not train: {of['does_not_train']} | | | |"
        else:
            figures = " | ".join(f"{of[of_all]:.4f}" for of_all in ("mean", "minimum", "maximum"))
            yield f"| {name} | {figures} | {'yes' if of['mean'] >= bar['bar'] else ''} |"
    yield ""

"""Computes each bar and its evidence from the runs, and writes the page that explains both."""

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from grader.author.bound import chance_of_missing, distance_needed
from grader.author.margin import chance_as_measured, chance_if_normal, deviations
from grader.author.runs import Reached
from grader.bar import TRIES_AT_A_BAR
from grader.judge import bar_at_home
from grader.source import Source

STEP = 0.005
CHANCE = 1e-4  # with less, a correct solution misses a bar: once in 10,000 gradings
ONCE_IN = 1000  # gradings in which a network that passes at home may fail once
TOO_RARE_TO_TELL = 100_000  # a distribution's far tail is known no better
DIGITS = 5  # after the point, in bars.json
REFERENCE = "reference"

PAGE = """# The accuracy bars

Written by `bricks calibrate`, with `exercises/bars.json` and the pictures; do not edit.

{pictures}

A bar asks whether correct parts learn together. It comes last, after values and gradients, because
some mistakes train as well as a correct solution does: see those that stay at or above a bar below.

**What was run.** {runs:,} trainings at the bars' own budgets, those of self-check and grading, with
digits and weights drawn from seeds that neither of them uses. Correct solutions: the reference, and
others in different styles. In NumPy the contract fixes the network, so all of them decide. In Keras
everybody designs a network of their own, and how well it reads is part of the exercise: there the
bar follows from the reference, and the runs of other designs show how far one design's runs spread.
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

MARGIN = """
**Own designs: what passes at home passes in class.** A network of the student's own may lie
anywhere near the bar, pass at home by luck and fail in class, where it is trained anew with other
digits. So there the self-check asks for a margin above grading's bar, so wide that both together,
at home the best of {tries} trainings reaches bar and margin, and in class all {tries} stay under
the bar, happens to a network less than once in {once_in:,} times, whatever its mean. The self-check
asks for what the reference misses less than once in {once:,} times, and grading for the margin
less: a margin on top would ask for more than right networks reach.

**What that assumes.** That a design's trainings are normally distributed and spread no wider than
those of the designs below; `grader/author/margin.py` has the derivation. That their spread is only
an estimate is counted in, and that they are normal is checked: the last column takes, in place of
the normal distribution, the deviations of all runs below from their designs' means. The odds are
those of one network. Who tries ten of them on the same digits, until one passes, has ten such
chances.
"""
PICTURES = {"bars.png": False, "bars-own-design.png": True}  # whether of bars with own designs


SHOWN = "What each implementation reached, and the bars"


class Kind(Enum):
    """The kind of an implementation at a bar."""

    CORRECT = "correct"  # it must clear the bar
    DESIGN = "design"  # correct code with another network: its spread decides the margin
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

    @property
    def deviations(self) -> list[float]:
        return deviations(self.shares)


def bar_with_evidence(
    measured: Sequence[Measured], data: str, own_design: bool = False
) -> dict[str, Any]:
    """One entry of bars.json.

    The bar is the lowest one that follows from any correct solution. If the network is of an own
    design, this is the self-check's bar, and grading's is lower by the margin.
    """
    correct = {m.trained.name: summary(m.shares) for m in of_kind(measured, Kind.CORRECT)}
    designs = {m.trained.name: summary(m.shares) for m in of_kind(measured, Kind.DESIGN)}
    bar = min(highest_bar(evidence) for evidence in correct.values())
    for evidence in correct.values():
        evidence["failure_probability"] = failure_probability(bar, evidence)
    margin: dict[str, Any] = {}
    if own_design:
        known = [d for m in measured if m.trained.kind is not Kind.MISTAKE for d in m.deviations]
        margin = margin_with_evidence([*correct.values(), *designs.values()], known)
        bar = round(bar - margin["margin"], 3)
    return {
        "bar": bar,
        **margin,
        **correct.pop(REFERENCE),
        "tries": TRIES_AT_A_BAR,
        "data": data,
        "styles": correct,
        "designs": designs,
        "misconceptions": {
            m.trained.name: summary_of_mistake(m) for m in of_kind(measured, Kind.MISTAKE)
        },
    }


def of_kind(measured: Sequence[Measured], kind: Kind) -> list[Measured]:
    return [m for m in measured if m.trained.kind is kind]


def summary(shares: Sequence[float]) -> dict[str, Any]:
    """Mean (rounded down), spread (rounded up) and so on: rounding can only lower a bar."""
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

    Rounding may make a bar lower than needed, which does not improve the figure: the proof requires
    a distance that does not depend on the runs.
    """
    mean, spread, seeds = evidence["mean"], evidence["spread"], evidence["seeds"]
    away = (mean - bar) / spread if spread else math.inf if bar <= mean else 0.0
    needed = distance_needed(seeds, TRIES_AT_A_BAR, CHANCE)
    return as_probability(chance_of_missing(min(away, needed), seeds, TRIES_AT_A_BAR))


def margin_with_evidence(
    designs: Sequence[dict[str, Any]], known: Sequence[float]
) -> dict[str, Any]:
    """The lowest multiple of STEP that is a sufficient margin for each of the designs.

    It adds to each design its chance to pass at home and to fail in class, at the worst mean: for
    normally distributed runs, and for runs with the measured deviations.
    """
    tries, steps = TRIES_AT_A_BAR, 0
    worst = 1.0
    while worst >= 1 / ONCE_IN:
        steps += 1
        for of in designs:
            distance = steps * STEP / max(of["spread"], 10**-DIGITS)
            normal = chance_if_normal(distance, of["seeds"], tries, tries)
            of["false_pass"] = as_probability(normal)
            of["as_measured"] = as_probability(chance_as_measured(distance, known, tries, tries))
        worst = max(max(of["false_pass"], of["as_measured"]) for of in designs)
    return {"margin": round(steps * STEP, 3), "once_in": ONCE_IN}


def as_probability(chance: float) -> float:
    """The chance with five significant digits."""
    return float(f"{chance:.5g}")


def page(bars: Mapping[str, Mapping[str, Any]]) -> str:
    """The text of docs/bars.md."""
    seeds = max((bar["seeds"] for bar in bars.values()), default=0)
    mistakes = [of for bar in bars.values() for of in bar["misconceptions"].values()]
    few = max((of["seeds"] for of in mistakes if "seeds" in of), default=0)
    own = ["margin" in bar for bar in bars.values()]
    text = PAGE + (MARGIN if any(own) else "")
    head = text.format(
        runs=sum(_runs(bar, few) for bar in bars.values()),
        few=few,
        tries=TRIES_AT_A_BAR,
        step=STEP,
        once=round(1 / CHANCE),
        once_in=ONCE_IN,
        distance=distance_needed(seeds, TRIES_AT_A_BAR, CHANCE),
        seeds=seeds,
        pictures="\n".join(f"![{SHOWN}]({name})" for name in PICTURES if PICTURES[name] in own),
    )
    return "\n".join(
        [head, *(line for check, bar in bars.items() for line in _section(check, bar))]
    )


def _runs(bar: Mapping[str, Any], few: int) -> int:
    others = [*bar["styles"].values(), *bar["designs"].values(), *bar["misconceptions"].values()]
    return int(bar["seeds"] + sum(of.get("seeds", few) for of in others))


def _section(check: str, bar: Mapping[str, Any]) -> Iterator[str]:
    own = "margin" in bar
    at_home = f" in grading, {bar_at_home(bar):.3f} at home" if own else ""
    yield f"## {check}: {bar['bar']:.3f}{at_home}\n"
    more = " passes at home and fails in class, at most | as measured |" if own else ""
    misses = "misses the bar at home, at most" if own else "misses the bar, at most"
    yield f"| correct | mean | spread | minimum | seeds | {misses} |{more}"
    yield "|---|---|---|---|---|---|" + ("---|---|" if own else "")
    correct = {REFERENCE: bar, **bar["styles"]}
    designs = {f"{name} (own design)": of for name, of in bar["designs"].items()}
    for name, of in {**correct, **designs}.items():
        yield (
            f"| {name} | {of['mean']:.4f} | {of['spread']:.4f} | {of['minimum']:.4f} "
            f"| {of['seeds']} | {_once(of.get('failure_probability'))} |"
        ) + (f" {_once(of['false_pass'])} | {_once(of['as_measured'])} |" if own else "")
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


def _once(chance: float | None) -> str:
    if chance is None:
        return "not said"
    if chance < 1 / TOO_RARE_TO_TELL:
        return f"under once in {TOO_RARE_TO_TELL:,}"
    return f"once in {1 / chance:,.0f}"

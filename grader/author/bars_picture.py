"""Draws the calibration: a stroke for every run, a row for each implementation, a line at a bar."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from grader.author.bars import REFERENCE, Kind, Measured, Trained, of_kind
from grader.files import whole_file
from grader.judge import bar_at_home

WIDTH, ROW, FRAME = 11.0, 0.155, 0.85  # inches: of the page, of a row, around a panel's rows
COLUMNS = 2
COLOURS = {Kind.CORRECT: "#3d85c6", Kind.DESIGN: "#3d85c6", Kind.MISTAKE: "#b45f06"}
REFERENCE_COLOUR, BAR_COLOUR = "#073763", "#cc0000"
# The axis is logistic, which shows differences near 1. Accuracies beyond its ends are drawn at the
# ends: how bad a useless network is does not matter.
WORST, PERFECT = 0.5, 0.9998
TICKS = (  # the most useful first
    0.9, 0.99, 0.95, 0.98, 0.7, 0.999, 0.8, 0.97, 0.995,
    0.96, 0.93, 0.92, 0.94, 0.91, 0.85, 0.6,
)  # fmt: skip
LABELS = {WORST: f"≤ {WORST}", PERFECT: "1"}
APART = 0.075  # of the axis, between two ticks


def draw(
    path: Path, measured: Mapping[str, Sequence[Measured]], bars: Mapping[str, Mapping[str, Any]]
) -> None:
    """Writes the picture, a panel for each bar."""
    checks = list(measured)
    lines = [checks[i : i + COLUMNS] for i in range(0, len(checks), COLUMNS)]
    heights = [max(len(rows(measured[c])) for c in line) * ROW + FRAME for line in lines]
    figure = Figure(figsize=(WIDTH, sum(heights)), dpi=120, layout="constrained")
    grid = figure.add_gridspec(len(lines), COLUMNS, height_ratios=heights)
    for i, line in enumerate(lines):
        for j, check in enumerate(line):
            panel(figure.add_subplot(grid[i, j]), check, measured[check], bars[check])
    figure.suptitle(
        "Share of unseen digits classified correctly. Every run is a stroke; "
        "correct solutions in blue, misconceptions in brown, the bar in red"
        f"{', dashed at home' if any('margin' in bars[check] for check in measured) else ''}.",
        fontsize=9, x=0.01, ha="left",
    )  # fmt: skip
    with whole_file(path) as file:
        figure.savefig(file, format="png", metadata={"Software": None})


def rows(measured: Sequence[Measured]) -> list[Measured]:
    """The implementations that trained: correct ones, then misconceptions from the best down."""
    mistaken = [m for m in of_kind(measured, Kind.MISTAKE) if m.shares]
    correct = [m for m in measured if m.trained.kind is not Kind.MISTAKE]
    return correct + sorted(mistaken, key=lambda m: -sum(m.shares) / len(m.shares))


def panel(
    axes: Axes, check: str, measured: Sequence[Measured], evidence: Mapping[str, Any]
) -> None:
    shown, bar, at_home = rows(measured), evidence["bar"], bar_at_home(evidence)
    for row, one in enumerate(shown):
        at = [within(share) for share in one.shares]
        axes.plot(at, [row] * len(at), "|", color=colour(one.trained), markersize=8, alpha=0.8)
    axes.axvline(bar, color=BAR_COLOUR, linewidth=1.2)
    title = f"{check}: the bar is {bar:.3f}"
    if at_home != bar:
        axes.axvline(at_home, color=BAR_COLOUR, linewidth=1.2, linestyle="--")
        title += f", at home {at_home:.3f}"
    axes.set_title(title, fontsize=9, loc="left")
    reached = [bar, *(within(share) for one in shown for share in one.shares)]
    low, high = logit(min(reached)), logit(max(reached))
    ends = low - 0.05 * (high - low), high + 0.05 * (high - low)
    axes.set_xscale("logit")
    axes.set_xlim(logistic(ends[0]), logistic(ends[1]))
    axes.xaxis.set_major_locator(FixedLocator(ticks(*ends)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: LABELS.get(x, f"{x:g}")))
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_yticks(range(len(shown)), [one.trained.name for one in shown])
    for label, one in zip(axes.get_yticklabels(), shown, strict=True):
        label.set_color(colour(one.trained))
    axes.tick_params(labelsize=7, length=2)
    axes.grid(axis="both", color="#eeeeee", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def colour(trained: Trained) -> str:
    return REFERENCE_COLOUR if trained.name == REFERENCE else COLOURS[trained.kind]


def ticks(low: float, high: float) -> list[float]:
    """The TICKS whose labels fit between these ends (logits) without touching."""
    chosen: list[float] = [WORST, PERFECT]
    for tick in TICKS:
        if all(abs(logit(tick) - logit(other)) > APART * (high - low) for other in chosen):
            chosen.append(tick)
    return [tick for tick in chosen if low <= logit(tick) <= high]


def within(share: float) -> float:
    return min(max(share, WORST), PERFECT)


def logit(share: float) -> float:
    return math.log(share / (1 - share))


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))

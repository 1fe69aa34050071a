"""The picture of the calibration: every run a dot, a row for each implementation, bars as lines."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from grader.author.bars import REFERENCE, Kind, Measured, Trained, of_kind

WIDTH, ROW, FRAME = 11.0, 0.155, 0.85  # inches: of the page, of a row, around a panel's rows
COLUMNS = 2
COLOURS = {Kind.CORRECT: "#3d85c6", Kind.DESIGN: "#3d85c6", Kind.MISTAKE: "#b45f06"}
REFERENCE_COLOUR, BAR_COLOUR = "#073763", "#cc0000"
# Accuracies differ by what is missing to 1, so the axis is logistic, and ends where dots are.
TICKS = (0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9995)
LOWEST, HIGHEST = 0.003, 0.9995


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
            panel(figure.add_subplot(grid[i, j]), check, measured[check], bars[check]["bar"])
    figure.savefig(path, metadata={"Software": None})


def rows(measured: Sequence[Measured]) -> list[Measured]:
    """Those that trained; correct ones first, then the misconceptions from the best down."""
    mistaken = [m for m in of_kind(measured, Kind.MISTAKE) if m.shares]
    correct = [m for m in measured if m.trained.kind is not Kind.MISTAKE]
    return correct + sorted(mistaken, key=lambda m: -sum(m.shares) / len(m.shares))


def panel(axes: Axes, check: str, measured: Sequence[Measured], bar: float) -> None:
    shown = rows(measured)
    for row, one in enumerate(shown):
        shares = [min(max(share, LOWEST), HIGHEST) for share in one.shares]
        axes.plot(
            shares, [row] * len(shares), "|", color=colour(one.trained), markersize=8, alpha=0.8
        )
    axes.axvline(bar, color=BAR_COLOUR, linewidth=1.2)
    axes.set_title(f"{check}: the bar is {bar:.3f}", fontsize=9, loc="left")
    axes.set_xscale("logit")
    low = min([bar, *(share for one in shown for share in one.shares)])
    high = max([bar, *(share for one in shown for share in one.shares)])
    axes.set_xlim(max(low * 0.8, LOWEST * 0.8), 1 - max((1 - high) * 0.7, (1 - HIGHEST) * 0.7))
    axes.xaxis.set_major_locator(FixedLocator(TICKS))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
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

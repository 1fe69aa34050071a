"""Charts as SVG with the colours of the page, so that they fit light and dark pages."""

import re
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from grader.classreport.changes import Progress
from grader.classreport.counting import BrickCount
from grader.classreport.items import POOR, Item

# Colours that matplotlib writes, and the variables of the page's style that replace them.
TEXT, GOOD, WAIT, BAD, LINE = "#010101", "#010102", "#010103", "#010104", "#010105"
VARIABLES = {TEXT: "--text", GOOD: "--good", WAIT: "--wait", BAD: "--bad", LINE: "--line"}
SETTINGS: Any = {
    "svg.fonttype": "none",  # text stays text: it can be searched and read aloud
    "font.family": "sans-serif",
    "font.size": 9.0,
    **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), TEXT),
    "axes.edgecolor": LINE,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
WIDTH = 7.2  # inches, of 72 units each
SERIES = (("passed", GOOD), ("waited", WAIT), ("failed", BAD))
FONT = re.compile(r"font: ([\d.]+px) [^;\"]*")
UNUSED_ID = re.compile(r' id="[A-Za-z0-9.]+_\d+"')
METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)


def parts_chart(brick: BrickCount) -> str:
    """For each part, how many students passed, waited and failed."""
    with rc_context(SETTINGS):
        figure = Figure(figsize=(WIDTH, 0.5 + 0.26 * len(brick.parts)), layout="constrained")
        axes = figure.subplots()
        names = [plain(part.part) for part in brick.parts]
        left = [0] * len(names)
        for name, colour in SERIES:
            widths = [getattr(part.counts, name) for part in brick.parts]
            bars = axes.barh(names, widths, left=left, color=colour, height=0.7, label=name)
            labels = [str(width) if width else "" for width in widths]
            axes.bar_label(bars, labels, label_type="center", color="white", fontsize=8)
            left = [start + width for start, width in zip(left, widths, strict=True)]
        axes.set_ylim(len(names) - 0.5, -0.5)
        _bare(axes)
        axes.legend(
            loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, borderaxespad=0
        )
        return svg(figure, f"{brick.brick}-parts", f"{brick.brick}: students by part")


def points_chart(brick: BrickCount) -> str:
    """How many students have how many points."""
    with rc_context(SETTINGS):
        figure = Figure(figsize=(WIDTH, 1.5), layout="constrained")
        axes = figure.subplots()
        counts = Counter(brick.points)
        bars = axes.bar(list(counts), list(counts.values()), color=GOOD, width=0.8)
        axes.bar_label(bars, fontsize=8, color=TEXT)
        axes.set_xlim(-0.7, brick.maximum + 0.7)
        axes.set(xlabel="points", yticks=[])
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines["left"].set_visible(False)
        return svg(figure, f"{brick.brick}-points", f"{brick.brick}: students by points")


def items_chart(brick: str, items: Sequence[Item]) -> str:
    """Each check's difficulty and discrimination; those with a warning are named."""
    with rc_context(SETTINGS):
        figure = Figure(figsize=(WIDTH, 2.6), layout="constrained")
        axes = figure.subplots()
        for item in items:
            if item.difficulty is not None and item.discrimination is not None:
                colour = BAD if item.warning else GOOD
                axes.plot(item.difficulty, item.discrimination, "o", color=colour)
                if item.warning:
                    at = (item.difficulty, item.discrimination)
                    axes.annotate(
                        plain(item.check.name), at, xytext=(-6, 5), ha="right", fontsize=8,
                        textcoords="offset points",
                    )  # fmt: skip
        axes.axhline(POOR, color=LINE, linewidth=1, linestyle="--")
        axes.axhline(0, color=LINE, linewidth=1)
        axes.set(
            xlim=(-0.03, 1.03),
            ylim=(-1.05, 1.05),
            xlabel="difficulty: share of those judged who pass",
            ylabel="discrimination",
        )
        return svg(figure, f"{brick}-items", f"{brick}: difficulty and discrimination of checks")


def progress_chart(progress: Sequence[Progress]) -> str:
    """Each brick's mean points, before and now."""
    with rc_context(SETTINGS):
        figure = Figure(figsize=(WIDTH, 0.6 + 0.35 * len(progress)), layout="constrained")
        axes = figure.subplots()
        for row, one in enumerate(progress):
            axes.plot([one.before, one.after], [row, row], color=LINE, linewidth=3, zorder=1)
            axes.plot(one.before, row, "o", color=WAIT, markersize=8)
            axes.plot(one.after, row, "o", color=BAD if one.after < one.before else GOOD)
        axes.set(yticks=range(len(progress)), yticklabels=[one.brick for one in progress])
        axes.set_ylim(len(progress) - 0.5, -0.5)
        axes.set(xlabel="mean points, before (grey) and now", xlim=(0, None))
        return svg(figure, "progress", "mean points of each brick, before and now")


def _bare(axes: Any) -> None:
    axes.set_xticks([])
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(left=False)


def plain(text: str) -> str:
    """Text in which nothing is a formula."""
    return text.replace("$", r"\$")


def svg(figure: Figure, name: str, title: str) -> str:
    """The figure as an element of an HTML page; no id in it is that of another figure."""
    written = StringIO()
    with rc_context({"svg.hashsalt": name}):
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    text = written.getvalue()
    text = METADATA.sub("", text[text.index("<svg") :])
    text = FONT.sub(r"font: \1 system-ui, sans-serif", UNUSED_ID.sub("", text))
    for colour, variable in VARIABLES.items():
        text = text.replace(colour, f"var({variable})")
    return text.replace("<svg ", f'<svg role="img" aria-label="{_attribute(title)}" ', 1)


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")

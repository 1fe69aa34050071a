"""The screen of `bricks watch`: the board, the one thing to do next, its message, the keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.text import Text

from grader.brick import Brick
from grader.check import Check
from grader.language import N_, _
from grader.outcome import Unloadable
from grader.report.board import BoardEntry, board_bars, next_line, onward
from grader.report.check_report import CheckReport
from grader.report.labels import label_of
from grader.report.rows import WIDEST
from grader.report.text import explain, question, row_text
from grader.selfcheck.hint import Hint
from grader.selfcheck.waiting import note

KEYS = (
    *(("h", N_("hint")), ("n", N_("next")), ("p", N_("previous")), ("a", N_("run all"))),
    *(("o", N_("pictures")), ("e", N_("explain")), ("q", N_("quit"))),
)
LABELS = {
    **{"likely": "bold yellow", "where": "bold cyan", "think": "bold magenta"},
    "hint": "bold green",
}
NOT_TO_DO = ("passed", "skipped", "fault", "not installed")


@dataclass(frozen=True)
class State:
    """What the screen shows.

    reports   by id, the latest report of each check; a file that does not load changes none.
    entries   the same for the board.
    broken    by brick, the report on a file that does not load.
    latest    the bricks that were saved last.
    chosen    how many steps "next" has gone from the first thing to do.
    running   the check that trains now. since: when it began.
    seconds   from the save to the first verdict.
    hints     those of the part that is shown.
    said      lines of "explain" or "open pictures".
    """

    reports: Mapping[str, CheckReport] = field(default_factory=dict)
    entries: Mapping[str, BoardEntry] = field(default_factory=dict)
    broken: Mapping[str, CheckReport] = field(default_factory=dict)
    latest: tuple[str, ...] = ()
    chosen: int = 0
    running: Check | None = None
    since: float = 0.0
    seconds: float | None = None
    hints: tuple[Hint, ...] = ()
    said: tuple[str, ...] = ()

    @property
    def to_do(self) -> list[CheckReport]:
        """Files that do not load, then checks that are not right, those of the latest save first.

        Within a brick, checks are in teaching order.
        """
        open_checks = [
            entry
            for entry in self.entries.values()
            if entry.outcome not in NOT_TO_DO and entry.brick not in self.broken
        ]
        open_checks.sort(key=lambda it: (it.brick not in self.latest, tuple(it.order)))
        return [
            *self.broken.values(),
            *(self.reports[f"{it.brick}/{it.name}"] for it in open_checks),
        ]

    @property
    def shown(self) -> CheckReport | None:
        """The report that "next" and "previous" have chosen; None if all is right."""
        to_do = self.to_do
        return to_do[self.chosen % len(to_do)] if to_do else None

    def moved(self, by: int) -> "State":
        return replace(self, chosen=self.chosen + by, hints=(), said=())


def screen(
    state: State, bricks: Mapping[str, Brick], width: int, height: int, now: float
) -> RenderableType:
    """The whole screen, which is never higher than the terminal."""
    width = min(WIDEST, width)
    top = [*_board(state, bricks), *_status(state, now)]
    below = _message(state, bricks, width - 1)
    room = max(3, height - len(top) - 3)
    if len(below) > room:
        below = [*below[: room - 1], Text("...", style="dim")]
    lines: list[RenderableType] = [*top, Rule(style="dim"), *below]
    lines += [Text()] * (room - len(below))
    return Group(*lines, Rule(style="dim"), _keys(width))


def _board(state: State, bricks: Mapping[str, Brick]) -> list[Text]:
    lines = []
    name_width = max(map(len, bricks), default=0)
    bars = board_bars(list(state.entries.values()))
    for name in bricks:
        text, colour = bars.get(name, (_("not run yet"), "white"))
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(f"{name:<{name_width}}  ", style="bold" if name in state.latest else "")
        if name in state.broken:
            text = text.partition("   (")[0]
        line.append(text, style="" if colour == "white" else colour)
        if name in state.broken:
            line.append("   " + _("does not load as it is now"), style="bold red")
        lines.append(line)
    return lines


def _status(state: State, now: float) -> list[Text]:
    """Lines on the time to the first verdict, and on the check that trains."""
    line = Text(style="dim")
    if state.seconds is not None:
        said = _("first verdict {seconds} s after saving")
        line.append(said.format(seconds=f"{state.seconds:.2f}"))
    if state.running is not None:
        line.append(" · " if line else "")
        line.append(f"{state.running.brick}: {note(state.running, now - state.since, 0.0)}")
    return [line]


def _right(state: State, bricks: Mapping[str, Brick]) -> list[Text]:
    """Lines if nothing is wrong: the accuracies that were reached, and where to go on."""
    if not state.entries:
        return [Text(_("Reading what you have ..."), style="dim")]
    ran = list(state.entries.values())
    own = {name: it for name, it in bricks.items() if not it.further} or dict(bricks)
    first = {name: next(iter(it.parts)) for name, it in own.items() if it.parts}
    points = {name: it.points for name, it in own.items()}
    lines = [Text(_("All that has run is right."), style="bold green")]
    lines += [Text(note) for one in ran for note in one.notes]
    lines += [Text(line) for line in onward([it for it in ran if it.brick in own], first, points)]
    return lines


def _message(state: State, bricks: Mapping[str, Brick], width: int) -> list[Text]:
    report = state.shown
    if report is None:
        return _right(state, bricks)
    count = len(state.to_do)
    head = next_line(f"{report.brick} / {report.part}   ({report.name})")
    if isinstance(report.outcome, Unloadable):
        head = _("next: {file} does not load: mend that first").format(file=report.outcome.file)
    which = _("{number} of {count} to do").format(number=state.chosen % count + 1, count=count)
    lines = [Text(f"{head}{which:>{max(1, width - len(head))}}", style="bold cyan")]
    asked = question(report)
    for hint in state.hints:  # these come first, since a low terminal cuts the end
        if hint.text != asked:
            lines += coloured(row_text((f"hint {hint.number}", hint.text), width).split("\n"))
    lines += [Text(line) for line in state.said]
    lines += coloured(explain(report, width).split("\n")[1:])
    return lines


def coloured(lines: Sequence[str]) -> list[Text]:
    """The lines of a message, with the labels that matter in colour."""
    found = []
    for line in lines:
        label = label_of(line[2:12].strip())
        text = Text(line)
        style = LABELS.get(label)
        if style and line[:2] == "  " and line[2:3] != " ":
            text.stylize(style, 0, 12)
        found.append(text)
    return found


def _keys(width: int) -> Text:
    line = Text()
    for key, does in KEYS:
        line.append(key, style="bold")
        line.append(f" {_(does)}   ")
    line.truncate(width, overflow="ellipsis")
    return line

"""A check's message as pytest shows it; the exception that Jupyter shows without a traceback."""

import re
from dataclasses import dataclass
from typing import Any

from grader.report.labels import label_of

# By label: colour only where it says something.
COLOURS: dict[str, dict[str, bool]] = {
    "likely": {"yellow": True, "bold": True},
    "where": {"cyan": True, "bold": True},
    "think": {"purple": True, "bold": True},
}
POINTS = re.compile(r"\d+ \w+ \d+$")
LABELLED = re.compile(r"  (\S.{9})\S")


class NotebookMessage(Exception):
    """A message for the student: Jupyter shows its text and no frames."""

    def _render_traceback_(self) -> list[str]:
        return str(self).split("\n")


@dataclass(frozen=True)
class Crash:
    """The line on a check in pytest's own summary and in JUnit's XML."""

    message: str

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class Message:
    """The message of a check that did not pass. Pytest asks for `toterminal` and `reprcrash`."""

    text: str
    reprcrash: Crash

    def __str__(self) -> str:
        return self.text

    def toterminal(self, terminal: Any) -> None:
        """Writes the message. The terminal drops the colours if it shows none."""
        head, *lines = self.text.split("\n")
        points = POINTS.search(head)
        terminal.write(head[: points.start()] if points else head, bold=True)
        terminal.line(points[0] if points else "", red=True, bold=True)
        for line in lines:
            found = LABELLED.match(line)
            colours = COLOURS.get(label_of(found[1].strip())) if found else None
            if colours:
                terminal.write(line[:12], **colours)
                line = line[12:]
            terminal.line(line)

"""Results as HTML, for notebooks, formgrader and feedback. All text in them is escaped."""

import base64
from collections.abc import Iterator, Sequence
from typing import Any

from jinja2 import Environment

from grader.report.board import FAULT, PASSED, WAITING
from grader.report.picture import misread_png

Record = dict[str, Any]  # what grader.report.record.record makes of a result

GREEN, GREY, RED = "#2e7d32", "#757575", "#c62828"
FONT = "font-family: monospace; white-space: pre; line-height: 1.35; overflow-x: auto"
PART = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """\
<div class="bricks">
<p><b>{{ title }}: {{ earned }} of {{ maximum }}</b></p>
{% for check in checks %}
<div style="border-left: 4px solid {{ check.colour }}; padding-left: 8px; margin-bottom: 8px">
<pre style="{{ font }}">{{ check.text }}</pre>
</div>
{% endfor %}
{% if note %}
<p>{{ note }}</p>
{% endif %}
</div>"""
)


def part_as_html(title: str, records: Sequence[Record], note: str = "") -> str:
    """One part of a brick: its points, and what came of each of its checks."""
    return PART.render(
        title=title,
        earned=sum(record["points"] for record in records),
        maximum=sum(record["maximum"] for record in records),
        checks=[{"colour": _colour(r["outcome"]), "text": _text(r)} for r in records],
        note=note,
        font=FONT,
    )


def part_as_text(title: str, records: Sequence[Record], note: str = "") -> str:
    """The same for where no HTML is shown."""
    earned, maximum = (sum(record[name] for record in records) for name in ("points", "maximum"))
    head = f"{title}: {earned} of {maximum}"
    return "\n\n".join([head, *map(_text, records), *([note] if note else [])])


def pictures_of(records: Sequence[Record]) -> Iterator[dict[str, str]]:
    """Pictures beside the words, by type as Jupyter shows them; for missed bars, so far."""
    for record in records:
        png = misread_png(record["misread"]) if "misread" in record else None
        if png is not None:
            said = f"(a picture of what was misread in {record['id']})"
            yield {"image/png": base64.b64encode(png).decode(), "text/plain": said}


def _text(record: Record) -> str:
    """What is right is said in a line, with how far above a bar it is.

    A message's own first line names the part, which stands above all its checks here.
    """
    name, lines = record["id"].split("/", 1)[1], record["message"].split("\n")
    if record["outcome"] == PASSED:
        bar = [i for i, line in enumerate(lines) if line.startswith("  reached")]
        return "\n".join([f"{name}: right", *(lines[bar[0] :] if bar else [])])
    return "\n".join([f"{name}: {record['points']} of {record['maximum']}", *lines[1:]])


def _colour(outcome: str) -> str:
    if outcome == PASSED:
        return GREEN
    return GREY if outcome in (*WAITING, FAULT) else RED

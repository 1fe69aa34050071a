"""Reports as HTML, for notebooks, formgrader and feedback. All text in them is escaped."""

import base64
from collections.abc import Iterator, Sequence

from jinja2 import Environment

from grader.language import _
from grader.outcome import Fault
from grader.report.check_report import CheckReport
from grader.report.labels import shown_label
from grader.report.picture import pictures
from grader.report.rows import Rows, rows_of
from grader.report.text import message_rows, row_text
from grader.report.values import DRAWN

GREEN, GREY, RED = "#2e7d32", "#757575", "#c62828"
# The style of every <pre>: without it, Bootstrap draws a box around each and breaks within words.
PLAIN = (
    "font-family: monospace; line-height: 1.35; margin: 0; padding: 0; border: 0; "
    "background: none; word-break: normal; overflow-wrap: anywhere"
)
FONT = f"{PLAIN}; white-space: pre-wrap"
HANGING = f"{FONT}; padding-left: 12ch; text-indent: -12ch"
QUOTED = f"{FONT}; padding-left: 14ch"
DRAWING = f"{PLAIN}; white-space: pre; overflow-x: auto; padding-left: 4ch"
MARKED = "border-left: 4px solid {}; padding-left: 8px; margin-bottom: 8px"
# All values of `style` in this module. Filters that clean HTML allow these, and no others.
STYLES = frozenset(
    (FONT, HANGING, QUOTED, DRAWING, *(MARKED.format(each) for each in (GREEN, GREY, RED)))
)
# For a page that we write. Nothing runs in it; nothing comes from elsewhere, or goes there.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'"
)
_environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
PICTURE = _environment.from_string(
    """\
<div class="bricks tex2jax_ignore">
<p><img src="data:image/png;base64,{{ png }}" alt="{{ drawn.alt }}"></p>
<p>{{ drawn.caption }}</p>
</div>"""
)
PART = _environment.from_string(
    """\
<div class="bricks tex2jax_ignore">
<p><b>{{ title }}</b></p>
{% for check in checks %}
<div style="{{ check.marked }}">
{% if check.folded %}
<details><summary>{{ check.head }}</summary>
{% else %}
<pre style="{{ font }}">{{ check.head }}</pre>
{% endif %}
{% for label, text, more in check.rows %}
{% if label == drawn %}
<pre style="{{ drawing }}">{{ text }}</pre>
{% else %}
<pre style="{{ hanging }}">  {{ "%-10s" | format(shown_label(label)) }}{{ text }}</pre>
{% for line in more %}
<pre style="{{ quoted }}">{{ line }}</pre>
{% endfor %}
{% endif %}
{% endfor %}
{% if check.folded %}
</details>
{% endif %}
</div>
{% endfor %}
{% if note %}
<p>{{ note }}</p>
{% endif %}
</div>"""
)


def part_as_html(
    title: str, checks: Sequence[CheckReport], note: str = "", folded: bool = False
) -> str:
    """One part of a brick as HTML: its points, and the message of each of its checks.

    folded: whether only the first message is open, if several checks are wrong.
    """
    wrong = [check for check in checks if not check.passed]
    return PART.render(
        title=_titled(title, checks),
        checks=[
            {
                "marked": MARKED.format(_colour(check)),
                "head": _head(check),
                "folded": folded and check in wrong[1:],
                "rows": list(_laid_out(_rows(check))),
            }
            for check in checks
        ],
        note=note,
        font=FONT,
        hanging=HANGING,
        quoted=QUOTED,
        drawing=DRAWING,
        drawn=DRAWN,
        shown_label=shown_label,
    )


def _laid_out(rows: Rows) -> Iterator[tuple[str, str, list[str]]]:
    """Each row as label, first line, and the lines of source under it; drawings stay whole."""
    for label, text in rows:
        first, *more = [text] if label == DRAWN else text.split("\n")
        yield label, first, more


def part_as_text(title: str, checks: Sequence[CheckReport], note: str = "") -> str:
    """The same as plain text."""
    texts = ("\n".join([_head(check), *map(row_text, _rows(check))]) for check in checks)
    return "\n\n".join([_titled(title, checks), *texts, *([note] if note else [])])


def _titled(title: str, checks: Sequence[CheckReport]) -> str:
    return _("{title}: {points} of {maximum}").format(
        title=title,
        points=sum(check.points for check in checks),
        maximum=sum(check.maximum for check in checks),
    )


def pictures_of(checks: Sequence[CheckReport]) -> Iterator[dict[str, str]]:
    """The pictures that explain failures, with their captions, by MIME type, as Jupyter shows
    them. They are HTML: nbgrader's feedback drops what else could hold the words for an image.
    """
    for check in checks:
        for drawn in pictures(check):
            png = base64.b64encode(drawn.png).decode()
            said = f"{drawn.alt}\n{drawn.caption}"
            yield {"text/html": PICTURE.render(drawn=drawn, png=png), "text/plain": said}


def _head(check: CheckReport) -> str:
    """The check's name alone: its part stands above all of the part's checks."""
    if check.passed:
        return _("{check}: right").format(check=check.name)
    return _titled(check.name, [check])


def _rows(check: CheckReport) -> Rows:
    """A check's rows; where it passed, only what it reached above its bar."""
    return rows_of(check.outcome) if check.passed else message_rows(check)


def _colour(check: CheckReport) -> str:
    if check.passed:
        return GREEN
    return GREY if check.waits or isinstance(check.outcome, Fault) else RED

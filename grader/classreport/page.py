"""The class report and the page for the next lecture, as HTML. All text in them is escaped.

Each is one file that opens without network; nothing runs in it.
"""

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from grader.classreport.charts import items_chart, parts_chart, points_chart, progress_chart
from grader.classreport.clusters import How
from grader.classreport.counting import BrickCount
from grader.classreport.items import Item
from grader.classreport.overview import Overview
from grader.classreport.results import Results, handed_in
from grader.language import number_of
from grader.report.html import CONTENT_SECURITY_POLICY
from grader.report.rows import Rows
from grader.report.text import row_text
from grader.submissions.remarks import shown

REPORT, LECTURE = "report.html", "lecture.html"


def rows_as_text(rows: Rows) -> str:
    return "\n".join(map(row_text, rows))


environment = Environment(
    loader=PackageLoader("grader.classreport"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.filters.update(name_of=shown, as_text=rows_as_text)
environment.globals["policy"] = CONTENT_SECURITY_POLICY


def report_page(view: Overview, since: str = "") -> str:
    """The class report. since: a name for the earlier grading."""
    results = view.results
    return environment.get_template(REPORT).render(
        title=f"The class: {', '.join(results.bricks)}",
        about=about(results),
        view=view,
        known=known_in_words(view),
        several=[cluster for cluster in view.clusters if len(cluster.students) > 1],
        single=[cluster for cluster in view.clusters if len(cluster.students) == 1],
        nothing=[shown(student) for student in results.nothing_handed_in],
        missing=missing(results),
        left_out=[shown(student) for student in results.left_out],
        charts={b.brick: _charts(b, view.items[b.brick]) for b in view.bricks if b.parts},
        progress=Markup(progress_chart(view.changes.progress))
        if view.changes and view.changes.progress
        else "",
        since=since,
    )


def lecture_page(view: Overview) -> str:
    return environment.get_template(LECTURE).render(
        title=f"For the next lecture: {', '.join(view.results.bricks)}",
        about="The mistakes that most students made, each with an example of one of them.",
        examples=view.lecture,
        handed_in={brick.brick: brick.handed_in for brick in view.bricks},
    )


def about(results: Results) -> str:
    """A line on the number of students, and on how they were graded."""
    many = number_of(len(results.students), "student")
    reports = list(results.by_pair.values())
    levels = sorted({report.provenance.isolation for report in reports})
    seeds = sorted({report.provenance.seed for report in reports})
    withheld = ", some words and values withheld" if any(r.provenance.open for r in reports) else ""
    return f"{many}; isolation {', '.join(levels)}, seed {', '.join(seeds)}{withheld}"


def known_in_words(view: Overview) -> str:
    counts = [f"{view.known[each]} {each.value}" for each in How]
    said = f"{number_of(sum(view.known.values()), 'wrong answer')}: {', '.join(counts)}"
    return f"{said}; {number_of(view.unread, 'file')} that did not load" if view.unread else said


def missing(results: Results) -> list[tuple[str, list[str]]]:
    """By brick, the students who did not hand it in but handed in another one."""
    nothing = set(results.nothing_handed_in)
    found = []
    for brick in results.bricks:
        absent = [r.student for r in results.of_brick(brick) if not handed_in(r)]
        names = [shown(student) for student in absent if student not in nothing]
        if names:
            found.append((brick, names))
    return found


def _charts(brick: BrickCount, items: Sequence[Item]) -> dict[str, Any]:
    measured = any(item.discrimination is not None for item in items)
    return {
        "points": Markup(points_chart(brick)),
        "parts": Markup(parts_chart(brick)),
        "checks": Markup(items_chart(brick.brick, items)) if measured else "",
    }

"""`bricks report` and `bricks feedback`: make pages from the folder of results."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.classreport.clusters import clusters_of
from grader.classreport.comments import COMMENTS, comments_by_check, read_comments
from grader.classreport.feedback import feedback_of
from grader.classreport.feedback_page import feedback_page
from grader.classreport.markdown import feedback_markdown
from grader.classreport.names import INDEX, file_names
from grader.classreport.overview import overview_of
from grader.classreport.page import LECTURE, REPORT, lecture_page, report_page
from grader.classreport.results import read_results
from grader.classreport.text import print_report
from grader.classroom.spreadsheet import as_csv
from grader.files import write_whole
from grader.language import number_of
from grader.marks.rules import Rules
from grader.submissions.remarks import shown


def report(console: Console, folder: Path, since: Path | None = None) -> None:
    """Prints the class report, and writes it and the lecture's page into the folder."""
    results = read_results(folder)
    view = overview_of(results, read_results(since) if since else None)
    write_whole(folder / REPORT, report_page(view, str(since)))
    write_whole(folder / LECTURE, lecture_page(view))
    print_report(console, view, str(since))
    console.print()
    for name, what in ((REPORT, "all of this, with charts"), (LECTURE, "for the next lecture")):
        console.print(Text(f"{folder / name} ({what})"), soft_wrap=True)


def feedback(
    console: Console, folder: Path, pages: Path, root: Path, rules: Rules | None = None
) -> None:
    """Writes a page for each student, as HTML and as Markdown, and a list of students and pages.

    root: the folder of the course, which may have comments. rules: what makes points a mark.
    """
    results = read_results(folder)
    clusters = clusters_of(results)
    comments = read_comments(root / COMMENTS)
    said = comments_by_check(clusters, comments)
    pages.mkdir(parents=True, exist_ok=True)
    rows: list[tuple[object, ...]] = [("student", "points", "page", "mail")]
    for student, name in file_names(results.students).items():
        made = feedback_of(results, student, said, rules)
        page, mail = f"{name}.html", f"{name}.md"
        write_whole(pages / page, feedback_page(made))
        write_whole(pages / mail, feedback_markdown(made))
        rows.append((shown(student), made.points, page, mail))
    write_whole(pages / INDEX, as_csv(rows))
    for name in comments.reach_nobody(clusters):
        console.print(Text(f"{COMMENTS}: nobody here made the mistake {name!r}."), soft_wrap=True)
    reached = len({student for student, _ in said})
    if comments.texts:
        console.print(f"{len(comments.texts)} comments reach {reached} of the students.")
    many = number_of(len(results.students), "student")
    console.print(Text(f"Feedback for {many} is in {pages}:"), soft_wrap=True)
    console.print(f"  a page (.html) and a text for mail (.md) each; {INDEX} says whose is which")

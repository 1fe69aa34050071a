"""`bricks report` and `bricks feedback`, from the folder of results to pages."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.classreport.overview import overview_of
from grader.classreport.page import LECTURE, REPORT, lecture_page, report_page
from grader.classreport.results import read_results
from grader.classreport.text import print_report
from grader.files import write_whole


def report(console: Console, folder: Path, since: Path | None = None) -> None:
    """Prints the class report, and writes it and the lecture's page into the folder."""
    results = read_results(folder)
    view = overview_of(results, read_results(since) if since else None)
    print_report(console, view, str(since))
    write_whole(folder / REPORT, report_page(view, str(since)))
    write_whole(folder / LECTURE, lecture_page(view))
    console.print()
    for name, what in ((REPORT, "all of this, with charts"), (LECTURE, "for the next lecture")):
        console.print(Text(f"{folder / name} ({what})"), soft_wrap=True)

"""The pages of feedback that `bricks feedback` wrote, by submission."""

import csv
from collections.abc import Mapping
from pathlib import Path

from grader.classreport.names import INDEX
from grader.classroom.spreadsheet import as_text
from grader.course import CourseError
from grader.submissions.remarks import shown


def pages_of(folder: Path, submissions: tuple[str, ...]) -> Mapping[str, Path]:
    """Each submission's page. Raises CourseError if the folder has no index of pages."""
    index = folder / INDEX
    try:
        with index.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise CourseError(
            f"{folder} has no {INDEX}: write the pages by `bricks feedback RESULTS {folder}`."
        ) from None
    written = {row["student"]: folder / Path(row.get("page") or "").name for row in rows}
    found = {name: written.get(as_text(shown(name))) for name in submissions}
    return {name: page for name, page in found.items() if page is not None and page.is_file()}

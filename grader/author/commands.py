"""The commands `bricks build`, `bricks new` and `bricks audit`, with what they print."""

import warnings
from collections.abc import Sequence
from pathlib import Path

from grader.author.build import build, out_of_date
from grader.author.examples import wrong_examples
from grader.course import Course
from grader.exit_status import ExitStatus
from grader.files import write_whole


def build_all(course: Course, force: bool = False) -> ExitStatus:
    """Writes stubs and notebooks; then runs the examples of solutions that changed."""
    written = build(course, force)
    for path, copy in written.items():
        before = f"; what was there is in {_shown(course, copy)}" if copy else ""
        print(f"{_shown(course, path)} written{before}")
    if not written:
        print("All stubs are up to date.")
    wrong = wrong_examples(course, list(course.bricks), _say_that_they_run)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return ExitStatus.SOME_UNUSABLE if wrong else ExitStatus.OK


def check_all(course: Course) -> ExitStatus:
    """Says which files are out of date."""
    changed = out_of_date(course)
    for path in changed:
        print(f"{_shown(course, path)} is out of date")
    if changed:
        print("Run `bricks build` and commit what it writes.")
        return ExitStatus.SOME_UNUSABLE
    print("All stubs are up to date.")
    return ExitStatus.OK


def _shown(course: Course, path: Path) -> Path:
    return path.relative_to(course.root)


def _say_that_they_run(bricks: Sequence[str]) -> None:
    of = bricks[0] if len(bricks) == 1 else f"{len(bricks)} bricks"
    print(f"Running the examples in the docstrings of {of} ...", flush=True)


def make_brick(course: Course, name: str, title: str) -> ExitStatus:
    """Writes the files of a new brick, and builds it."""
    from grader.author.new_brick import new_brick

    for path in new_brick(course, name, title):
        print(f"{_shown(course, path)} written")
    status = build_all(Course(course.root))
    print(f"Write your own in place of its one part; `bricks audit --brick {name}` proves it.")
    return status


def audit_bricks(course: Course, bricks: Sequence[str]) -> ExitStatus:
    """Proves the checks of the bricks, and writes docs/kill-table.md."""
    from grader.author.audits import Finding, audits
    from grader.author.clauses import ALL, clauses
    from grader.author.kill_table import kill_table, with_sections

    def say(found: Finding, known: bool) -> None:
        when = "as audited before" if known else "tried"
        print(f"{found.brick}: {len(found.tried)} misconceptions {when}", flush=True)

    print("Every mistake meets every check of its brick: this takes minutes.", flush=True)
    wrong = wrong_examples(course, bricks, _say_that_they_run)
    print(*wrong, sep="\n", end="\n" if wrong else "", flush=True)
    findings = audits(course, bricks, say)
    defects = [defect for one in findings for defect in one.defects]
    print(*defects, sep="\n", end="\n" if defects else "")
    page = course.root / "docs" / "kill-table.md"
    page.parent.mkdir(exist_ok=True)
    if bricks == list(course.bricks) or not page.is_file():
        write_whole(page, kill_table(findings, clauses(course, ALL)))
        print("Written: docs/kill-table.md")
    else:
        write_whole(page, with_sections(page.read_text(encoding="utf-8"), findings))
        print(f"Written: {', '.join(bricks)} in docs/kill-table.md; its sums are those of before.")
    return ExitStatus.SOME_UNUSABLE if defects or wrong else ExitStatus.OK


def write_diagnosis(course: Course) -> ExitStatus:
    """Measures what messages say of mistakes, and writes docs/diagnosis.md."""
    from grader.author.diagnosed import measure
    from grader.author.diagnosis_page import diagnosis_page
    from grader.author.quick_course import QuickCourse

    warnings.simplefilter("ignore", RuntimeWarning)  # about numbers that wrong code returns
    docs = course.root / "docs"
    docs.mkdir(exist_ok=True)
    known = docs / "kill-table.md"
    measured = []
    for name in course.bricks:
        measured.append(measure(QuickCourse(course.root), name))
        print(f"{name}: {len(measured[-1].judged)} mistakes judged", flush=True)
        print(*measured[-1].false, sep="\n", end="\n" if measured[-1].false else "", flush=True)
    kill_table = known.read_text(encoding="utf-8") if known.is_file() else ""
    page = docs / "diagnosis.md"
    write_whole(page, diagnosis_page(measured, kill_table))
    print(f"Written: {page.relative_to(course.root)}")
    return ExitStatus.OK

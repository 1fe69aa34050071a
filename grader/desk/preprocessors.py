"""Steps of the stock `nbgrader autograde` in which the engine stands in for a kernel.

nbgrader_config.py puts them where nbgrader has OverwriteCells, Execute and SaveAutoGrades. No
student's code runs beside tests or database, and no point comes from what a cell printed.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor, OverwriteCells
from nbgrader.utils import (
    compute_checksum,
    determine_grade,
    is_grade,
    is_locked,
    is_solution,
    is_task,
)
from traitlets import Enum, Unicode

from grader.classroom.grading import fault_of
from grader.classroom.task import Task
from grader.course import Course, CourseError, find_course
from grader.desk.grade_ids import part_of
from grader.desk.graders import Judging, judging_of
from grader.desk.source import SCHEMA
from grader.desk.submitted import notebook_of, uploads_in
from grader.faults import logged_line
from grader.report import Report
from grader.report.html import part_as_html, part_as_text, pictures_of
from grader.report.text import note
from grader.submission import handed_in, several

REACHED = "bricks"  # in nbconvert's resources: points and of how many, by grade id
JUDGED = "bricks"  # in a notebook's metadata: Judge is done with it, with this result


class RestoreMarks(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's marks on cells become those of the source notebook; unknown ones go.

    A student can write anything there: a version to come would end the grading of a whole class.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            marks = marks_of(gradebook.find_notebook(about["notebook"], about["assignment"]))
        for cell in nb.cells:
            own = cell.metadata.pop("nbgrader", None)
            grade_id = own.get("grade_id") if isinstance(own, dict) else None
            if isinstance(grade_id, str) and grade_id in marks:
                cell.metadata["nbgrader"] = NotebookNode(marks[grade_id])
        return nb, resources


def marks_of(source: Any) -> dict[str, dict[str, Any]]:
    """The marks of a notebook in the gradebook, by grade id."""
    points = {cell.name: cell.max_score for cell in (*source.grade_cells, *source.task_cells)}
    kinds = {"grade": source.grade_cells, "solution": source.solution_cells}
    kinds["task"] = source.task_cells
    names = {kind: {cell.name for cell in cells} for kind, cells in kinds.items()}
    return {
        cell.name: {
            "checksum": cell.checksum,
            "grade_id": cell.name,
            "locked": cell.locked,
            "schema_version": SCHEMA,
            **{kind: cell.name in named for kind, named in names.items()},
            **({"points": points[cell.name]} if cell.name in points else {}),
        }
        for cell in source.source_cells
    }


class RestoreCells(OverwriteCells):  # type: ignore[misc]  # nbgrader has no types
    """OverwriteCells that adds every missing test cell, whatever else is missing."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        self.add_missing_cells = True
        nb.metadata.pop(JUDGED, None)  # only Judge says so
        return super().preprocess(nb, resources)  # type: ignore[no-any-return]

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        if is_locked(cell) and cell.metadata["nbgrader"].get("checksum") == compute_checksum(cell):
            return cell, resources  # as in the source: nbgrader would look it up to find that
        return super().preprocess_cell(cell, resources, cell_index)  # type: ignore[no-any-return]

    def add_missing_grade_cells(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        source = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        there = {cell.metadata.nbgrader["grade_id"] for cell in nb.cells if is_grade(cell)}
        texts = {cell.name: cell for cell in source.source_cells}
        manual = {cell.name for cell in source.solution_cells}
        for cell in source.grade_cells:
            if cell.name not in there:
                self.log.warning("Cell %s was missing and is added", cell.name)
                added = self.missing_cell_transform(
                    texts[cell.name], cell.max_score, is_solution=cell.name in manual
                )
                nb.cells.append(added)
        return nb, resources

    def add_missing_task_cells(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        # Copies of a cell are left with half their marks: nbgrader ends there.
        for cell in nb.cells:
            if "grade_id" not in cell.metadata.get("nbgrader", {}):
                cell.metadata.pop("nbgrader", None)
        return super().add_missing_task_cells(nb, resources)  # type: ignore[no-any-return]


class Judge(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Execute, without a kernel: the engine judges the code, test cells show what came of it."""

    # By student and brick, where all are judged already; else this judges.
    results: Mapping[tuple[str, str], Report] | None = None

    isolation: Any = Unicode(
        "",
        help="the level of isolation to insist on; by default the best that the machine gives",
    ).tag(config=True)

    predecessors: Any = Enum(
        ("reference", "own"),
        "reference",
        help="what a brick builds on: the reference, or the student's own bricks",
    ).tag(config=True)

    open_until: Any = Unicode(
        "",
        help="a day like 2026-12-31: until then no words or values are shown that could give away "
        "a reference",
    ).tag(config=True)

    @property
    def last_day(self) -> date | None:
        """`open_until` as a date. Raises CourseError."""
        try:
            return date.fromisoformat(self.open_until) if self.open_until else None
        except ValueError:
            raise CourseError(
                f"c.Judge.open_until: {self.open_until!r} is no date like 2026-12-31."
            ) from None

    def judging(self, course: Course) -> Judging:
        """Who judges here. Raises CourseError or DataError where nobody can."""
        own = self.predecessors == "own"
        return judging_of(course, self.isolation or None, own, self.last_day)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        about = resources["nbgrader"]
        student, brick = about["student"], about["notebook"]
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        resources[REACHED] = {}
        course = find_course(Path.cwd())  # nbgrader converts in the course's root
        if brick not in course.bricks:
            self.log.warning("%s is no brick of the course: mark it by hand", brick)
            nb.metadata[JUDGED] = {}
            return nb, resources
        if self.results is None:
            grade = self._judged(course, nb, about["assignment"], student, brick)
        else:
            grade = self.results[student, brick]
        if grade.is_fault:
            raise CourseError(
                f"The kit failed, so nothing is graded: {fault_of(grade)} {logged_line()}".strip()
            )
        for cell in nb.cells:
            if is_grade(cell) and not is_solution(cell) and cell.cell_type == "code":
                grade_id = cell.metadata.nbgrader["grade_id"]
                part = part_of(course.bricks[brick], grade_id)
                if part is not None:
                    resources[REACHED][grade_id] = _show(cell, brick, part, grade)
        nb.metadata[JUDGED] = {
            "points": grade.points,
            "maximum": grade.maximum,
            "seed": grade.provenance.seed,
            "isolation": grade.provenance.isolation,
            "versions": dict(grade.provenance.versions),
        }
        return nb, resources

    def _judged(
        self, course: Course, notebook: Any, assignment: str, student: str, brick: str
    ) -> Report:
        own = {brick: notebook_of(brick, notebook)}
        folder = self._submitted(student, assignment)
        for said in several(course.earlier(brick), folder) if folder else ():
            self.log.warning("%s: %s", student, said)
        uploads = uploads_in(course, folder, own)
        handed = {name: handed_in(upload) for name, upload in uploads.items()}
        return self.judging(course).grade(Task(student, handed, (brick,)))

    def _submitted(self, student: str, assignment: str) -> Path | None:
        """The folder of what was handed in; None outside of nbgrader's commands."""
        coursedir = getattr(getattr(self.parent, "parent", None), "coursedir", None)
        if coursedir is None:
            return None
        return Path(coursedir.format_path(coursedir.submitted_directory, student, assignment))


class SavePoints(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """SaveAutoGrades that takes points from the engine, and none from a cell's output.

    Where the source gives a test cell more or fewer points than its part's checks, they scale.
    All of a notebook is one commit: a disk takes its time for each.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            submitted = gradebook.find_submission_notebook(
                about["notebook"], about["assignment"], about["student"]
            )
            grades = {grade.name: grade for grade in submitted.grades}
            comments = {comment.name: comment for comment in submitted.comments}
            for cell in nb.cells:
                grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
                if is_grade(cell):
                    self._score(grades[grade_id], cell, resources[REACHED].get(grade_id))
                if is_solution(cell) or is_task(cell):
                    comments[grade_id].auto_comment = _comment(cell)
            gradebook.db.commit()
        return nb, resources

    def _score(self, grade: Any, cell: Any, reached: tuple[int, int] | None) -> None:
        if is_solution(cell):  # marked by hand: 0 where it was left as it was handed out
            grade.auto_score, _ = determine_grade(cell, self.log)
        elif reached is None:  # of a cell that the engine does not know: a person marks it
            grade.auto_score = None  # never full by default
        else:
            points, of = reached
            grade.auto_score = points * grade.max_score / of if of else 0.0
        grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None


def _comment(cell: Any) -> str | None:
    """What nbgrader says of a cell that was left as it was handed out."""
    untouched = cell.metadata["nbgrader"].get("checksum") == compute_checksum(cell)
    return "No response." if untouched and not is_task(cell) else None


def _show(cell: Any, brick: str, part: str, grade: Report) -> tuple[int, int]:
    """Writes what came of the part as the cell's output; returns points and of how many."""
    checks = [check for check in grade.checks if check.part == part]
    title, beside = f"{brick} / {part}", note(grade) if _last(grade, part) else ""
    shown = {
        "text/html": part_as_html(title, checks, beside),
        "text/plain": part_as_text(title, checks, beside),
    }
    cell.outputs = [
        nbformat.v4.new_output("display_data", data) for data in (shown, *pictures_of(checks))
    ]
    return sum(it.points for it in checks), sum(it.maximum for it in checks)


def _last(grade: Report, part: str) -> bool:
    return not grade.checks or grade.checks[-1].part == part

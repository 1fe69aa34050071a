"""Steps of the stock `nbgrader autograde` in which the engine replaces the kernel.

nbgrader_config.py puts them in place of OverwriteCells, Execute and SaveAutoGrades. Students' code
cannot reach the tests or the database, and no point comes from what a cell printed.
"""

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute, NbGraderPreprocessor, OverwriteCells
from nbgrader.utils import (
    compute_checksum,
    determine_grade,
    is_grade,
    is_locked,
    is_solution,
    is_task,
)
from traitlets import Enum, Unicode

from grader.classreport.clusters import mistakes_of
from grader.classreport.comments import COMMENTS, Said, comments_by_check, read_comments
from grader.classroom.grading import fault_of
from grader.classroom.task import Task
from grader.course import Course, CourseError, find_course
from grader.desk.course_cells import CourseCells
from grader.desk.grade_ids import part_of
from grader.desk.graders import CachedGrading, cached_grading
from grader.desk.source import SCHEMA
from grader.desk.submitted import notebook_of, upload_at, uploads_in
from grader.faults import logged_line
from grader.report.html import part_as_html, part_as_text, pictures_of
from grader.report.report import Report
from grader.report.summary import note
from grader.submission import several
from grader.submissions.private import private_to

IN_A_KERNEL = (
    "is no brick of the course: its cells run in nbgrader's kernel, without isolation and with "
    "your rights."
)
BY_NBGRADER = "graded by nbgrader"  # in nbconvert's resources, where a kernel ran
REACHED = "bricks"  # in nbconvert's resources: points and maximum, by grade id
JUDGED = "bricks"  # in a notebook's metadata: the result, once Judge is done with it


class RestoreMarks(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Replaces nbgrader's metadata on cells by the source notebook's; removes it from other cells.

    If some system has removed metadata, cells are found by their text. A student can write anything
    into metadata: an unknown schema version would end a whole class's grading.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            source = gradebook.find_notebook(about["notebook"], about["assignment"])
            known, cells = metadata_of(source), CourseCells.of(source)
        for cell in nb.cells:
            own = cell.metadata.pop("nbgrader", None)
            grade_id = own.get("grade_id") if isinstance(own, dict) else None
            # A cell that was made text stays text: its code did not run.
            if isinstance(grade_id, str) and cells.kinds.get(grade_id) == cell.cell_type:
                cell.metadata["nbgrader"] = NotebookNode(known[grade_id])
        for grade_id, cell in cells.found_again(nb.cells):
            cell.metadata["nbgrader"] = NotebookNode(known[grade_id])
        return nb, resources


def metadata_of(source: Any) -> dict[str, dict[str, Any]]:
    """nbgrader's metadata on the cells of a notebook in the gradebook, by grade id."""
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
        nb.metadata.pop(JUDGED, None)  # only Judge may set it
        return super().preprocess(nb, resources)  # type: ignore[no-any-return]

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        if is_locked(cell) and cell.metadata["nbgrader"].get("checksum") == compute_checksum(cell):
            return cell, resources  # it is unchanged: no look-up in the gradebook is needed
        return super().preprocess_cell(cell, resources, cell_index)  # type: ignore[no-any-return]

    def add_missing_grade_cells(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        source = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        present = {cell.metadata.nbgrader["grade_id"] for cell in nb.cells if is_grade(cell)}
        texts = {cell.name: cell for cell in source.source_cells}
        manual = {cell.name for cell in source.solution_cells}
        for cell in source.grade_cells:
            if cell.name not in present:
                self.log.warning("Cell %s was missing and is added", cell.name)
                added = self.missing_cell_transform(
                    texts[cell.name], cell.max_score, is_solution=cell.name in manual
                )
                nb.cells.append(added)
        return nb, resources

    def add_missing_task_cells(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        # A copied cell keeps part of its metadata, which would end nbgrader with an error.
        for cell in nb.cells:
            if "grade_id" not in cell.metadata.get("nbgrader", {}):
                cell.metadata.pop("nbgrader", None)
        return super().add_missing_task_cells(nb, resources)  # type: ignore[no-any-return]


class Judge(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Replaces Execute, without a kernel: the engine judges, test cells show the result."""

    # By student and brick, the results if all are graded already; None: this step grades.
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

    def judging(self, course: Course) -> CachedGrading:
        """The grading that judges. Raises CourseError or DataError if there can be none."""
        own = self.predecessors == "own"
        return cached_grading(course, self.isolation or None, own, self.last_day)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        about = resources["nbgrader"]
        student, brick = about["student"], about["notebook"]
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        resources[REACHED] = {}
        course = find_course(Path.cwd())  # nbgrader converts in the course's root
        if brick not in course.bricks:
            if any(map(_is_test, nb.cells)):
                self.log.warning("%s.ipynb %s", brick, IN_A_KERNEL)
                nb, resources = Execute(parent=self).preprocess(nb, resources)
                resources[BY_NBGRADER] = True
            else:
                self.log.warning("%s is no brick of the course: grade it by hand", brick)
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
        said = comments_by_check(mistakes_of(grade), read_comments(course.root / COMMENTS))
        for cell in nb.cells:
            if _is_test(cell):
                grade_id = cell.metadata.nbgrader["grade_id"]
                part = part_of(course.bricks[brick], grade_id)
                if part is not None:
                    resources[REACHED][grade_id] = _show(cell, part, grade, said)
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
        folder = self._submitted(student, assignment)
        handed_in = folder and folder / f"{brick}.ipynb"
        if folder and handed_in and os.path.lexists(handed_in):  # with its cells as handed in
            refusal = private_to(course.root)
            own = {brick: upload_at(handed_in, folder.parent.parent, refusal)}
        else:
            own = {brick: notebook_of(brick, notebook)}
        for remark in several(course.earlier(brick), folder) if folder else ():
            self.log.warning("%s: %s", student, remark)
        uploads = uploads_in(course, folder, own)
        handed = {name: upload.source() for name, upload in uploads.items()}
        return self.judging(course).grade(Task(student, handed, (brick,)))

    def _submitted(self, student: str, assignment: str) -> Path | None:
        """The folder of the submission; None outside of nbgrader's commands."""
        coursedir = getattr(getattr(self.parent, "parent", None), "coursedir", None)
        if coursedir is None:
            return None
        return Path(coursedir.format_path(coursedir.submitted_directory, student, assignment))


class SavePoints(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """SaveAutoGrades that takes points from the engine, and none from a cell's output.

    If the source gives a test cell more or fewer points than its part's checks have, the points
    are scaled. All grades of a notebook are one commit, since each commit waits for the disk.
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
                    if resources.get(BY_NBGRADER):
                        self._score_as_nbgrader(grades[grade_id], cell)
                    else:
                        self._score(grades[grade_id], cell, resources[REACHED].get(grade_id))
                if is_solution(cell) or is_task(cell):
                    comments[grade_id].auto_comment = _comment(cell)
            gradebook.db.commit()
        return nb, resources

    def _score(self, grade: Any, cell: Any, reached: tuple[int, int] | None) -> None:
        if is_solution(cell):  # graded by hand: 0 if it is as it was handed out
            grade.auto_score, _ = determine_grade(cell, self.log)
        elif reached is None:  # the engine does not know the cell: a person grades it
            grade.auto_score = None  # never full by default
        else:
            points, maximum = reached
            grade.auto_score = points * grade.max_score / maximum if maximum else 0.0
        grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None

    def _score_as_nbgrader(self, grade: Any, cell: Any) -> None:
        """Sets the score from the cell's output, as SaveAutoGrades does."""
        grade.auto_score, _ = determine_grade(cell, self.log)
        grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None


def _is_test(cell: Any) -> bool:
    return is_grade(cell) and not is_solution(cell) and cell.cell_type == "code"


def _comment(cell: Any) -> str | None:
    """nbgrader's comment on a cell that is as it was handed out; None on any other."""
    untouched = cell.metadata["nbgrader"].get("checksum") == compute_checksum(cell)
    return "No response." if untouched and not is_task(cell) else None


def _show(cell: Any, part: str, grade: Report, said: Said) -> tuple[int, int]:
    """Writes the part's result as the cell's output; returns points and maximum.

    said: the instructor's comments, by student and check.
    """
    checks = [check for check in grade.checks if check.part == part]
    comments = [text for it in checks for text in said.get((grade.student, it.id), ())]
    notes = [f"Your instructor: {text}" for text in comments]
    title, remark = f"{grade.brick} / {part}", note(grade) if _last(grade, part) else ""
    remark = "\n".join(filter(None, [*notes, remark]))
    shown = {
        "text/html": part_as_html(title, checks, remark),
        "text/plain": part_as_text(title, checks, remark),
    }
    cell.outputs = [
        nbformat.v4.new_output("display_data", data) for data in (shown, *pictures_of(checks))
    ]
    return sum(it.points for it in checks), sum(it.maximum for it in checks)


def _last(grade: Report, part: str) -> bool:
    """Whether the part is the brick's last, which shows the note on the brick."""
    return not grade.checks or grade.checks[-1].part == part

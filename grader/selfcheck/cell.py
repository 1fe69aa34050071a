"""The magic `%check layer softmax` of a notebook: it shows the results of that part's checks.

It is an extension of IPython, which the first cell of a notebook loads. From then on the extension
records the cells that run. They are the module that is checked, in a process of its own, as with
pytest.
"""

import atexit
import contextlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell
from IPython.display import display

from grader.check import Check
from grader.course import Course, CourseError, course_at, find_course
from grader.examine import Examination
from grader.examiner import Examiner
from grader.faults import logged_line
from grader.language import _
from grader.notebook import source_of
from grader.outcome import Fault, Passed, Unloadable
from grader.pictures.making import gallery_of, made
from grader.pictures.page import figure
from grader.pictures.possible import made_possible
from grader.regular_file import UnreadableSource
from grader.report.check_report import check_report
from grader.report.html import part_as_html, part_as_text, pictures_of
from grader.report.text import slow_note
from grader.result import Result
from grader.runner.process import Process
from grader.selfcheck.message import NotebookMessage
from grader.selfcheck.notebook_imports import BrickFinder, read_earlier
from grader.selfcheck.notebook_words import (
    all_points,
    explained,
    hint_on,
    is_last_part,
    not_run,
    remember_points,
)
from grader.selfcheck.under_cell import UnderCell
from grader.selfcheck.waiting import Waiting
from grader.source import Source
from grader.student_code import SlowStatements
from grader.submission import several

COURSE = "BRICKS_COURSE"  # names the folder that holds exercises/, where no folder above does


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Called by `%load_ext grader`. A second load makes new `Checks`, with the cells that ran."""
    history = shell.history_manager.input_hist_raw if shell.history_manager else []
    checks = Checks(course_around(Path.cwd()), history)
    if earlier := loaded_in(shell):
        checks.cells, checks.points = earlier.cells, earlier.points
        earlier.leave(shell)
    shell.events.register("pre_run_cell", checks.on_start)
    shell.events.register("post_run_cell", checks.on_result)
    shell.register_magic_function(checks.check, "line", "check")  # type: ignore[arg-type]
    shell.register_magic_function(checks.show, "line", "show")  # type: ignore[arg-type]
    shell.register_magic_function(checks.hint, "line", "hint")  # type: ignore[arg-type]
    shell.register_magic_function(checks.explain, "line", "explain")  # type: ignore[arg-type]
    sys.meta_path.append(checks.finder)
    atexit.register(checks.close)


def loaded_in(shell: InteractiveShell) -> "Checks | None":
    """The `Checks` that the shell's `%check` belongs to; None if that is another magic."""
    owner = getattr(shell.find_line_magic("check"), "__self__", None)  # type: ignore[no-untyped-call]
    return owner if isinstance(owner, Checks) else None


class Points(float):
    """The value of a test cell: nbgrader reads the number, people read the sentence."""

    said = ""

    def _repr_html_(self) -> str:
        return self.said


class Checks:
    """The checks of one kernel: the cells that ran, and the points so far."""

    def __init__(self, course: Course, before: Sequence[str]):
        self.course = course
        names = [_("cell [{n}]").format(n=number) for number in range(len(before))]
        # By id, so that a cell that runs again keeps its position. Earlier cells have no id.
        self.cells = {name: (name, text) for name, text in zip(names, before, strict=True)}
        self.points: dict[str, dict[str, int]] = {}
        self.seconds: dict[str, float] = {}  # by check, how long it took the last time
        self.named: list[str] = []  # titles of pictures
        self.finder = BrickFinder(course)
        self._student, self._reference = Process(), Process()
        self._slow = SlowStatements()  # a cell that trains runs once for all of its checks
        self._examiner = Examiner(course, self._reference, at_home=True)

    def on_start(self, info: ExecutionInfo) -> None:
        self._add(_("this cell"), info)

    def on_result(self, result: ExecutionResult) -> None:
        """Records the cell, also one that failed, since grading runs it as well."""
        if result.info is not None:
            self.cells.pop(_("this cell"), None)
            self._add(
                _("cell [{n}]").format(n=result.execution_count), result.info
            )  # as Jupyter shows it

    def _add(self, name: str, info: ExecutionInfo) -> None:
        self.cells[info.cell_id or name] = name, str(info.raw_cell)

    def check(self, line: str) -> Points:
        """Shows a part's results; returns its points, which nbgrader reads from the output.

        Raises NotebookMessage where there is no such part. While nbgrader validates a notebook, it
        also raises one, with the results, where the part misses points.
        """
        try:
            return self._check(line)
        except CourseError as error:
            raise NotebookMessage(str(error)) from None

    def _check(self, line: str) -> Points:
        brick, part = brick_and_more(line)
        if brick not in self.course.bricks or part not in self.course.bricks[brick].parts:
            raise NotebookMessage(self._usage(brick))
        with contextlib.redirect_stderr(io.StringIO()):  # nbgrader gives 0 if stderr has a line
            handed = {brick: self._module(brick), **self._before(brick)}
            examination = self._examiner.of_handed(brick, handed, self._student, self._slow)
            under = UnderCell()
            results = [
                self._result(examination, check, under)
                for check in self.course.bricks[brick].checks.values()
                if check.part == part
            ]
            notes = self._notes(brick, results, examination)
            return self._show(brick, part, results, notes, under)

    def _result(self, examination: Examination, check: Check, under: UnderCell) -> Result:
        """The check's result; where it trains or needs Keras, a note stands there meanwhile."""
        if not (check.keras or check.labels) or examination.has_run(check.name):
            return examination.result(check.name)
        with Waiting(under.note, check, self.seconds.get(check.id, 0.0)) as waiting:
            result = examination.result(check.name)
        self.seconds[check.id] = waiting.seconds
        return result

    def show(self, line: str) -> None:
        """Draws the brick's pictures in place. Raises NotebookMessage where there are none.

        line: the brick, and the digit that pictures of one digit show: "convolution 7".
        """
        brick, wanted = brick_and_more(line)
        digit = int(wanted) if wanted.strip() in set("0123456789") else None
        if wanted.strip() and digit is None:
            text = _("{command} shows a digit from 0 to 9, not {wanted}.")
            raise NotebookMessage(text.format(command=f"%show {brick}", wanted=repr(wanted)))
        try:
            gallery = gallery_of(self.course, brick, digit)
            handed = {brick: self._module(brick), **self._before(brick)}
            examination = self._examiner.of_handed(brick, handed, self._student, self._slow)
            for one in made(gallery, examination, digit):
                said = f"{one.picture.title}. {one.said or one.caption}"
                display({"text/html": figure(one), "text/plain": said}, raw=True)  # type: ignore[no-untyped-call]
        except CourseError as error:
            raise NotebookMessage(str(error)) from None

    def hint(self, line: str) -> None:
        """Prints one hint more: "softmax". Raises NotebookMessage where there is no such part."""
        try:
            print(hint_on(self.course, line))
        except CourseError as error:
            raise NotebookMessage(str(error)) from None

    def explain(self, line: str) -> None:
        """Prints where one small change would mend the brick: "layer"."""
        brick = line.strip()
        if brick not in self.course.bricks:
            raise NotebookMessage(self._usage_of_bricks("%explain BRICK"))
        handed = {brick: self._module(brick), **self._before(brick)}
        print(explained(self._examiner.of_handed(brick, handed, self._student, self._slow)))

    def _notes(self, brick: str, results: list[Result], examination: Examination) -> str:
        """The note under a part's results; it names a slow statement only the first time."""
        failed = any(isinstance(result.outcome, Fault) for result in results)
        right = all(isinstance(result.outcome, Passed) for result in results)
        files = several(self.course.earlier(brick), Path.cwd())
        part, cells = results[0].check.part, (text for _, text in self.cells.values())
        unrun = [said] if (said := not_run(results, part, cells)) else []
        slow = map(slow_note, examination.code.newly_slow())
        look = self._worth_a_look(brick, part) if right else []
        return " ".join([*unrun, *files, *slow, *look, *([logged_line()] if failed else [])])

    def _worth_a_look(self, brick: str, part: str) -> list[str]:
        """A sentence on the pictures that the part makes possible, the first time."""
        titles = made_possible(self.course, brick, [part])
        new = [title for title in titles if title not in self.named]
        self.named += new
        said = _("Worth a look: {command} ({titles})")
        return [said.format(command=f"%show {brick}", titles="; ".join(new))] if new else []

    def _module(self, brick: str) -> Source | Unloadable:
        try:
            return source_of(brick, self.cells.values())
        except UnreadableSource as error:
            return Unloadable(f"{brick}.ipynb", str(error))

    def _before(self, brick: str) -> dict[str, Any]:
        return read_earlier(self.course.earlier(brick), Path.cwd())

    def _show(
        self, brick: str, part: str, results: list[Result], note: str, under: UnderCell
    ) -> Points:
        checks = [check_report(result) for result in results]
        earned = self.points.setdefault(brick, {})
        earned[part] = sum(result.points for result in results)
        maximum = sum(result.check.points for result in results)
        title, its = f"{brick} / {part}", self.course.bricks[brick]
        said = _("{brick}: {points} of {maximum} points so far").format(
            brick=brick, points=sum(earned.values()), maximum=its.points
        )
        of_all = remember_points(self.course, {brick: {part: earned[part]}})
        if is_last_part(its, part) and len(self.course.bricks) > 1:
            said += f"<br>{all_points(self.course, of_all)}"
        text = part_as_text(title, checks, note)
        if os.environ.get("NBGRADER_VALIDATING") and earned[part] < maximum:
            raise NotebookMessage(text)
        for printed in [result.printed for result in results if result.printed]:
            print(printed, end="")
        shown = {"text/html": part_as_html(title, checks, note, folded=True), "text/plain": text}
        under.show(shown)
        for data in pictures_of(checks):
            display(data, raw=True)  # type: ignore[no-untyped-call]
        points = Points(earned[part])
        points.said = f"<p>{said}</p>"
        return points

    def _usage(self, brick: str) -> str:
        if brick in self.course.bricks:
            known = ", ".join(self.course.bricks[brick].parts)
            said = _("{command} PART, where PART is one of {parts}")
            return said.format(command=f"%check {brick}", parts=known)
        return self._usage_of_bricks("%check BRICK PART")

    def _usage_of_bricks(self, command: str) -> str:
        said = _("{command}, where BRICK is one of {bricks}")
        return said.format(command=command, bricks=", ".join(self.course.bricks))

    def leave(self, shell: InteractiveShell) -> None:
        """Removes from the kernel what loading put there, except for the magic."""
        shell.events.unregister("pre_run_cell", self.on_start)
        shell.events.unregister("post_run_cell", self.on_result)
        sys.meta_path.remove(self.finder)
        atexit.unregister(self.close)
        self.close()

    def close(self) -> None:
        self._student.close()
        self._reference.close()


def brick_and_more(line: str) -> tuple[str, str]:
    """The arguments of a magic: the name of a brick, and the rest."""
    brick, *rest = line.strip().split(" ", 1)
    return brick, "".join(rest)


def course_around(folder: Path) -> Course:
    """The course around the notebook's folder, or the one that BRICKS_COURSE names."""
    named = os.environ.get(COURSE)
    try:
        return course_at(Path(named)) if named else find_course(folder)
    except CourseError as error:
        said = _("Or name the kit's folder in the variable {name}.").format(name=COURSE)
        raise NotebookMessage(f"{error}\n{said}") from None

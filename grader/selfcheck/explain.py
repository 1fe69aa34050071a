"""`bricks explain BRICK`: where one small change would mend a brick that is wrong."""

import textwrap
from collections.abc import Sequence
from contextlib import closing

from grader.course import Course, CourseError
from grader.examine import Examination
from grader.examiner import Examiner
from grader.language import N_, _
from grader.pictures.making import no_brick
from grader.repair.kinds import Repair
from grader.repaired import is_unknown, is_wrong, repairs_of, spent_on
from grader.report.check_report import check_report
from grader.report.rows import WIDTH
from grader.report.text import explain, place_of, row_text
from grader.runner.process import Process
from grader.submission import handed_from

MOST_SECONDS = 600.0  # of processor time: a search through all edits ends long before
NOT_FOUND = N_(
    "No small change of your code makes these checks pass, nor do two. Mend what the message "
    "above says first, and ask again."
)


def explain_brick(course: Course, brick: str) -> int:
    """Prints the first wrong check of exercises/<brick>.py, and where to look.

    Returns 1 if a check is wrong, else 0. Raises CourseError if there is no such brick.
    """
    if brick not in course.bricks:
        raise CourseError(no_brick(course, brick))
    with closing(Process()) as student, closing(Process()) as reference:
        examiner = Examiner(course, reference)
        handed = handed_from(course, course.exercises)
        examination = examiner.of_handed(brick, handed, student)
        results = [
            examination.result(check.name)
            for check in examination.brick.checks.values()
            if check.is_quick
        ]
        wrong = [result for result in results if is_wrong(result)]
        if not wrong:
            print(_("{brick}: no quick check is wrong.").format(brick=brick))
            return 0
        print(explain(check_report(wrong[0])), flush=True)
        repairs = repairs_of(results, examination, MOST_SECONDS)
        if repairs and wrong[0].check.name not in repairs[0].mends:  # this place says nothing of it
            other = next(it for it in wrong if it.check.name in repairs[0].mends)
            print(explain(check_report(other)))
        for said in map(place_of, repairs) if repairs else [_(NOT_FOUND)]:
            print(row_text(("where", said)))
    return 1


def places_to_look(examinations: Sequence[Examination], budget: float) -> list[str]:
    """Lines on the places that were found in a run's bricks, and on bricks where none is found yet.

    Only bricks whose quick checks all ran count. budget: seconds of processor time for all bricks.
    """
    lines, open_still = [], []
    for examination in examinations:
        quick = [check for check in examination.brick.checks.values() if check.is_quick]
        if not all(examination.has_run(check.name) for check in quick):
            continue
        results = [examination.result(check.name) for check in quick]
        brick, before = examination.brick.name, spent_on(examination)
        repairs = repairs_of(results, examination, budget)
        budget -= spent_on(examination) - before
        if repairs:
            said = _("{brick} can be mended in one place")
            if len(repairs) > 1:
                said = _("{brick} can be mended in two places")
            lines += textwrap.wrap(said.format(brick=_mended(brick, repairs)), WIDTH)
            lines += [row_text(("where", place_of(repair))) for repair in repairs[:1]]
        elif budget <= 0 and is_unknown(results):
            open_still.append(brick)
    if open_still:
        first, *others = open_still
        text = _("Where to look is not found yet: {command} goes on looking.")
        said = text.format(command=f"`bricks explain {first}`")
        if others:
            said += " " + _("So for {bricks}.").format(bricks=_(" and ").join(others))
        lines += textwrap.wrap(said, WIDTH, subsequent_indent=" " * 6)
    return lines


def _mended(brick: str, repairs: Sequence[Repair]) -> str:
    """What the repairs mend: the brick, or some of its checks."""
    names = [name for repair in repairs for name in repair.mends]
    return brick if repairs[0].whole else f"{brick} ({', '.join(names)})"

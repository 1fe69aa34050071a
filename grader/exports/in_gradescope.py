"""Grades one submission in Gradescope's container: `run_autograder` runs this module.

The folders are those of https://gradescope-autograders.readthedocs.io/en/latest/specs/: source/ has
this course, submission/ the student's files, and Gradescope reads results/results.json;
submission_metadata.json names those who handed in (.../submission_metadata/). Only instructors see
what is printed.
"""

import json
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from grader import mnist
from grader.classroom.grading import grading_at
from grader.classroom.isolation import in_words, isolation
from grader.classroom.session import handed, siblings
from grader.classroom.task import Task
from grader.course import Course, course_at
from grader.exports.autograder import ROOT, SETTINGS
from grader.exports.gradescope_results import FILE, HIDDEN, gradescope_results
from grader.files import write_whole
from grader.marks.rules import rules_of
from grader.policy import Policy
from grader.printable import printable
from grader.report.report import Report
from grader.sandbox.levels import BASIC
from grader.seed import FILE as SEED_FILE
from grader.seed import read_or_make
from grader.submissions.find import Class
from grader.submissions.folders import in_folder
from grader.submissions.recognise import names_in
from grader.submissions.remarks import some
from grader.submissions.student import handed_in as of_student
from grader.submissions.take import Taken

METADATA = "submission_metadata.json"
NOBODY = "submission"
FAILED = (
    "The grader itself failed, which is no fault of yours. Your instructor sees why, and can run "
    "it again."
)
WHAT_BASIC_MEANS = (
    "This container gives no isolation: a submission's code runs beside the solutions, the seed "
    "and results.json, and could read them and write its own marks. Look at the code behind marks "
    "that surprise you; or grade on your own machine, and let Gradescope only show the marks "
    "(`bricks export --for gradescope`)."
)


def main() -> int:
    root = Path(os.environ.get(ROOT, "/autograder"))
    try:
        made = graded(root)
    except Exception:
        traceback.print_exc(file=sys.stdout)  # Gradescope shows it to instructors
        made = {"score": 0.0, "output": FAILED, "output_format": "text"}
        made["stdout_visibility"] = HIDDEN
    (root / "results").mkdir(exist_ok=True)
    write_whole(root / "results" / FILE, json.dumps(made, allow_nan=False))
    return 0


def graded(root: Path) -> dict[str, Any]:
    """The content of results.json."""
    course = course_at(root / "source")
    settings = json.loads((root / "source" / SETTINGS).read_text(encoding="utf-8"))
    bricks = [name for name in course.bricks if name in settings["bricks"]]
    until = settings.get("open_until")
    seed = read_or_make(course.root / SEED_FILE, make=False)
    policy = Policy(seed, open_until=date.fromisoformat(until) if until else None)
    mnist.load()  # reports a data file that cannot be used before work starts
    who = submitters(root / METADATA)
    with tempfile.TemporaryDirectory(prefix="bricks-") as folder:
        found = submission(root / "submission", Path(folder), course)
        reports = reports_of(course, policy, found, bricks, who)
    said = [remark.text.removeprefix(f"{NOBODY}: ") for remark in found.remarks]
    return gradescope_results(reports, rules_of(course), said)


def submission(handed_in: Path, folder: Path, course: Course) -> Class:
    """The submission as a class of one student, whatever names the student gave to folders."""
    shutil.copytree(handed_in, folder / NOBODY, symlinks=True)
    if not any((folder / NOBODY).iterdir()):
        return Class([], [])
    listed = in_folder(folder, lambda about: "")
    found = [replace(one, path=one.path[1:]) for one in listed if len(one.path) > 1]
    nothing_taken = Taken(folder, ())
    student, remarks = of_student(
        NOBODY, found, list(course.bricks), names_in(course), nothing_taken
    )
    return Class([student], some(NOBODY, remarks))


def reports_of(
    course: Course, policy: Policy, found: Class, bricks: Sequence[str], who: str
) -> list[Report]:
    """A report for each brick; prints the level of isolation, and what it means."""
    with isolation(policy.isolation, trusted=True) as (measured, runners):
        print(in_words(measured))
        if measured.level == BASIC:
            print(WHAT_BASIC_MEANS)
        grading = grading_at(course, policy, measured.level, runners)
        try:
            if not found.students:
                return grading.grade(Task(who, {}, tuple(bricks)))
            [student] = found.students
            return grading.grade(Task(who, handed(student), tuple(bricks), siblings(student)))
        finally:
            grading.close()


def submitters(metadata: Path) -> str:
    """The names of those who handed in, for messages; NOBODY if Gradescope gives none."""
    try:
        users = json.loads(metadata.read_text(encoding="utf-8"))["users"]
        names = [printable(str(user["name"])) for user in users]
    except (OSError, ValueError, KeyError, TypeError):
        names = []
    return " and ".join(names) or NOBODY


if __name__ == "__main__":
    sys.exit(main())

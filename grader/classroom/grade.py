"""Grading a class: one process a student, results written as they come."""

import csv
import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path
from typing import Any

from grader.carried import carried
from grader.classroom.ingest import Student
from grader.classroom.seed import seed_id
from grader.course import Course, CourseError
from grader.examination import Examination
from grader.lineup import LiveLineup
from grader.messages.record import record
from grader.messages.text import beside
from grader.oracle import Live
from grader.sandbox.process import Process
from grader.submission import sources_of

ISOLATION = "basic"
NOT_HANDED_IN = "not handed in"

Grade = dict[str, Any]  # one line of results.jsonl: a student and a brick


def grade(
    course: Course, students: Sequence[Student], bricks: Sequence[str], seed: int, jobs: int
) -> Iterator[list[Grade]]:
    """The grades of each student, one a brick, in the order in which students are finished."""
    reference = Process()
    oracle, lineup = Live(course, reference), LiveLineup(course, reference)
    about = {"seed": seed_id(seed), "isolation": ISOLATION, "versions": versions()}
    with ThreadPoolExecutor(jobs) as pool:
        waiting = [
            pool.submit(grade_student, course, student, bricks, seed, oracle, lineup, about)
            for student in students
        ]
        try:
            for done in as_completed(waiting):
                yield done.result()
        finally:
            for future in waiting:
                future.cancel()
    reference.close()


def grade_student(
    course: Course,
    student: Student,
    bricks: Sequence[str],
    seed: int,
    oracle: Live,
    lineup: LiveLineup,
    about: Mapping[str, Any],
) -> list[Grade]:
    """All bricks of one student, in a process of their own."""
    process = Process()
    grades = []
    examinations: dict[str, Examination] = {}
    try:
        for name in bricks:
            grade: Grade = {
                "student": student.name,
                "brick": name,
                "status": "graded" if name in student.files else NOT_HANDED_IN,
                "points": 0,
                "maximum": course.bricks[name].points,
                "checks": [],
                "beside": "",
                **about,
            }
            if name in student.files:
                sources = sources_of(course, name, student.files[name])
                results = Examination(course, name, sources, process, oracle, seed, lineup)
                grade["checks"] = [record(result) for result in results]
                examinations[name] = results
                before = [e for n in course.predecessors(name) if (e := examinations.get(n))]
                own = carried(course, results, before, student.files)
                grade["beside"] = beside(own) if own else ""
                grade["points"] = sum(check["points"] for check in grade["checks"])
            grades.append(grade)
    finally:
        process.close()
    return grades


def versions() -> dict[str, str]:
    """What a grade was made with."""
    found = {"python": platform.python_version()}
    for package in ("bricks", "numpy", "keras"):
        found[package] = version(package)
    return found


class Results:
    """results.jsonl and grades.csv in the folder `out`."""

    def __init__(self, out: Path):
        if out.exists() and not out.is_dir():
            raise CourseError(f"{out} is not a folder: name another for the results.")
        out.mkdir(parents=True, exist_ok=True)
        self.jsonl = out / "results.jsonl"
        self.csv = out / "grades.csv"
        self.jsonl.write_text("")

    def add(self, grades: Sequence[Grade]) -> None:
        """Appends one student's grades."""
        with self.jsonl.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(grade, ensure_ascii=False) + "\n" for grade in grades)

    def write_csv(self, grades: Sequence[Sequence[Grade]], bricks: Sequence[str]) -> None:
        with self.csv.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["student", *bricks, "total"])
            for own in grades:
                points = [grade["points"] for grade in own]
                table.writerow([own[0]["student"], *points, sum(points)])

"""`bricks grade --student NAME`: those alone, and the others keep their grades."""

import csv

import pytest

from grader.classroom.chosen import chosen_students
from grader.course import CourseError
from grader.submissions.find import Student
from grader.submissions.people import Person

CLASS = [
    Student("Ada Lovelace", {}, people=(Person("Ada Lovelace", id="101", email="ada@x.org"),)),
    Student("ben", {}),
    Student("Ben", {}),
    Student("cy young", {}),
]


def names(*asked):
    return [student.name for student in chosen_students(CLASS, asked)]


def test_a_student_is_found_by_name_id_or_e_mail():
    assert names() == ["Ada Lovelace", "ben", "Ben", "cy young"]
    assert names("cy young", "Ada Lovelace") == ["Ada Lovelace", "cy young"]
    assert names("ada lovelace") == names("101") == names("ADA@x.org") == ["Ada Lovelace"]
    assert names("ben") == ["ben"]


@pytest.mark.parametrize(
    "name, said",
    [
        ("Ada Lovelase", "There is no student 'Ada Lovelase': did you mean Ada Lovelace?"),
        ("young", "There is no student 'young': did you mean cy young?"),
        ("zoe", "There is no student 'zoe'."),
        ("BEN", "--student 'BEN' may be ben, Ben: write the whole name."),
    ],
)
def test_a_name_that_nobody_has_is_a_sentence_with_near_names(name, said):
    with pytest.raises(CourseError) as error:
        names(name)
    assert str(error.value) == said


def table(toys, out):
    with (toys.checkout.root / out / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student"]: row["toy"] for row in csv.DictReader(file)}


@pytest.mark.slow
def test_the_others_keep_their_grades(toys):
    toys.grade("out")
    before = table(toys, "out")
    assert before["wrong-01"] == "1"
    for student in ("wrong-01", "wrong-08"):
        toys.hand_in(student, toys.SOLUTION)
    run = toys.again("out", "--student", "wrong-01")
    assert "wrong-01" in run.stdout and "wrong-08" not in run.stdout
    assert "1 student in" in run.stdout
    assert table(toys, "out") == {**before, "wrong-01": "2"}
    run = toys.again("new", "--student", "wrong-01", "--student", "right-00")
    graded = {student: points for student, points in table(toys, "new").items() if points}
    assert graded == {"wrong-01": "2", "right-00": "2"}
    run = toys.again("out", "--student", "wrong-1")
    assert run.returncode == 2
    assert run.stderr.startswith("bricks: There is no student 'wrong-1': did you mean wrong-")

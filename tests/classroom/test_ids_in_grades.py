"""grades.csv ends with ids and e-mails, where the platform or the roster gives them."""

import pytest

from grader.classroom.journal import Journal
from grader.exports.roster import with_roster
from grader.submissions.find import Class, Student
from grader.submissions.people import Person


def first_lines(tmp_path, people):
    journal = Journal(tmp_path)
    try:
        journal.finish(["ada", "=x"], [], (), people)
    finally:
        journal.close()
    return (tmp_path / "grades.csv").read_text(encoding="utf-8").splitlines()


def test_there_is_no_column_without_a_value(tmp_path):
    assert first_lines(tmp_path, {"ada": [Person("Ada")]})[0] == '"student","total"'


def test_ids_and_e_mails_end_a_row(tmp_path):
    people = {"ada": [Person("Ada", id="1", email="a@x")], "'=x": [Person("X", id="=2")]}
    assert first_lines(tmp_path, people) == [
        '"student","total","id","e-mail"',
        '"ada","0","1","a@x"',
        '"\'=x","0","\'=2",""',
    ]


def test_all_of_a_group_are_named(tmp_path):
    people = {"ada": [Person("Ada", id="1"), Person("Ben"), Person("Cy", id="3")]}
    assert first_lines(tmp_path, people)[1] == '"ada","0","1; 3"'


ROSTER = """name,id,e-mail,folder,group
Ada Lovelace,101,ada@example.org,,
Ben Blank,102,ben@example.org,neuron-final,
Cy Young,103,cy@example.org,,Team 1
Dan Hall,104,dan@example.org,,Team 1
Eve Two,105,,,
Eve Two,106,,,
"""


@pytest.mark.parametrize(
    "student, people, ids",
    [
        ("ada lovelace", (), ["101"]),
        ("neuron-final", (), ["102"]),
        ("104", (), ["104"]),
        ("team 1", (), ["103", "104"]),
        ("Eve Two", (), []),
        ("zoe", (), []),
        ("a_1", (Person("Ada Lovelace", "moodle", "7"),), ["7"]),
        ("a_1", (Person("Ada Lovelace", "moodle"),), ["101"]),
        ("a_1", (Person("Zoe", "moodle"),), [""]),
    ],
)
def test_a_roster_says_who_a_student_is(tmp_path, student, people, ids):
    found = Class([Student(student, {}, people=people)], [])
    assert with_roster(found, tmp_path) is found
    (tmp_path / "students.csv").write_text(ROSTER)
    [known] = with_roster(found, tmp_path).students
    assert [person.id for person in known.people] == ids


@pytest.mark.slow
def test_the_command_writes_them(toys):
    (toys.checkout.root / "students.csv").write_text("name,id,e-mail\nright-00,7,r@x.org\n")
    run = toys.grade("out", "--student", "right-00")
    assert run.returncode == 0, run.stderr
    lines = (toys.checkout.root / "out" / "grades.csv").read_text().splitlines()
    assert lines[0] == '"student","toy","total","id","e-mail"'
    assert '"right-00","2","2","7","r@x.org"' in lines

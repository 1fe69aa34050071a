"""Reading a folder that `bricks grade` wrote."""

import pytest

from grader.classreport.results import read_results
from grader.classroom.spreadsheet import as_csv
from grader.course import CourseError
from grader.report.report import Status


def test_the_class_is_who_is_in_the_table(made, tmp_path):
    names = ["=cmd()", "ada", "김철수", "O'Neil, Ann", "gone"]
    made.write(tmp_path, *(made.report(name) for name in names))
    rows = [("student", "layer", "total"), *((name, 4, 4) for name in names[:-1])]
    (tmp_path / "grades.csv").write_bytes(as_csv(rows).encode())
    results = read_results(tmp_path)
    assert results.students == tuple(names[:-1])
    assert results.left_out == ("gone",)


@pytest.mark.parametrize("table", [None, b"", b"\xff\xfe", b"name,x\nada,1\n"])
def test_without_a_table_all_results_count(made, tmp_path, table):
    made.write(tmp_path, made.report("ada"), made.report("ben"))
    if table is not None:
        (tmp_path / "grades.csv").write_bytes(table)
    assert read_results(tmp_path).students == ("ada", "ben")


def test_the_last_of_several_grades_counts_and_half_a_line_does_not(made, tmp_path):
    made.write(tmp_path, made.report("ada", rows=made.wrong(1.0)), made.report("ada"))
    with (tmp_path / "results.jsonl").open("a") as file:
        file.write('{"student": "ben", "br')
    results = read_results(tmp_path)
    assert results.students == ("ada",)
    assert results.of_student("ada")[0].points == 4


def test_who_handed_in_nothing(made, tmp_path):
    absent = Status.NOT_HANDED_IN
    made.write(
        tmp_path,
        *(made.without_checks("ada", absent), made.without_checks("ada", absent, "mlp")),
        *(made.report("ben"), made.without_checks("ben", absent, "mlp")),
    )
    assert read_results(tmp_path).nothing_handed_in == ("ada",)


def test_what_cannot_be_read_is_one_sentence(made, tmp_path):
    with pytest.raises(CourseError, match=r"has no results\.jsonl"):
        read_results(tmp_path)
    path = tmp_path / "results.jsonl"
    path.write_text("")
    with pytest.raises(CourseError, match="nobody is graded yet"):
        read_results(tmp_path)
    made.write(tmp_path, made.report("ada"))
    path.write_text(path.read_text() + '{"student": "ben", "format": 1}\n')
    with pytest.raises(CourseError, match=r"line 2: A result of format 1.*grade again"):
        read_results(tmp_path)

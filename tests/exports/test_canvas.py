"""Canvas's gradebook, read back by the rules of its importer."""

import csv
import io

import pytest

from grader.classroom.people import write_people
from grader.course import CourseError
from grader.exports.canvas import filled_gradebook, new_gradebook
from grader.exports.names import Known
from grader.exports.tables import write_table
from grader.submissions.people import Person
from tests.exports.made import handed_in_nothing, report

EXPORTED = """\
Student,ID,SIS User ID,SIS Login ID,Section,Essay (7),Bricks (1004),Current Score
,,,,,Manual Posting,,(read only)
    Points Possible,,,,,10,20.0,(read only)
"Lovelace, Ada",1001,S1,ada,Monday,9,,45.0
"Silent, Ben",1002,S2,ben,Monday,8,5.0,40.0
"García, José",1003,S3,jose,Tuesday,,,
"Student, Test",1999,,,Monday,,,
"""


@pytest.fixture
def gradebook(tmp_path):
    def gradebook(text=EXPORTED):
        path = tmp_path / "2026-12-01T1000_Grades-DL.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return gradebook


def read_by_canvas(table, tmp_path):
    """Points possible, and by student id or name the marks by assignment; see the importer."""
    write_table(tmp_path / "canvas.csv", table.header, table.rows, table.bom, table.separator)
    text = (tmp_path / "canvas.csv").read_text(encoding="utf-8")
    header, *rows = csv.reader(io.StringIO(text))
    assert len(header) > 3 and "Student" in header[0] and "ID" in header[1]
    assert header[2] == "SIS User ID" and header[3] == "SIS Login ID" and "Section" in header[4]
    possible, marks = {}, {}
    for row in rows:
        cells = dict(zip(header[5:], row[5:], strict=True))
        if "Points Possible" in row[0]:
            possible = cells
        elif any(cell.strip() and "Posting" not in cell for cell in row):
            marks[row[1] or row[2] or row[0]] = cells
    return possible, marks


def test_the_exported_gradebook_is_filled(rows, gradebook, tmp_path):
    made = rows([report("lovelaceada", "neuron", 1, 1), report("garciajose", "neuron", 0, 1)])
    table, notes = filled_gradebook(gradebook(), made, "Bricks")
    possible, marks = read_by_canvas(table, tmp_path)
    assert possible == {"Bricks (1004)": "20.0"}
    assert marks == {
        "1001": {"Bricks (1004)": "20"},
        "1002": {"Bricks (1004)": "5.0"},  # an empty cell would take this mark away
        "1003": {"Bricks (1004)": "10"},
        "1999": {"Bricks (1004)": ""},
    }
    assert notes == []


@pytest.mark.parametrize("known", [Known("x", "1002"), Known("x", "S2"), Known("x", "ben")])
def test_ids_come_before_names(rows, gradebook, tmp_path, known):
    made = rows([report("lovelaceada", "neuron", 1)], people={"lovelaceada": (known,)})
    _, marks = read_by_canvas(filled_gradebook(gradebook(), made, "bricks")[0], tmp_path)
    assert [mark["Bricks (1004)"] for mark in marks.values()] == ["", "10", "", ""]


def test_no_mark_is_not_0(rows, gradebook, tmp_path):
    made = rows([handed_in_nothing("silentben", "neuron"), report("lovelaceada", "neuron", 0)])
    _, marks = read_by_canvas(filled_gradebook(gradebook(), made, "Bricks")[0], tmp_path)
    assert (marks["1001"]["Bricks (1004)"], marks["1002"]["Bricks (1004)"]) == ("0", "5.0")
    _, marks = read_by_canvas(new_gradebook(made, "Bricks")[0], tmp_path)
    assert marks == {"lovelaceada": {"Bricks": "0"}}


def test_what_canvas_would_not_take_is_refused(rows, gradebook):
    made = rows([report("lovelaceada", "neuron", 1), report("zoe", "neuron", 1)])
    assert filled_gradebook(gradebook(), made, "Bricks")[1] == ["zoe is not in the gradebook."]
    with pytest.raises(CourseError, match=r"no assignment 'Neuron'; there are Essay \(7\), Bricks"):
        filled_gradebook(gradebook(), made, "Neuron")
    with pytest.raises(CourseError, match="the assignment has 10 points, and the marks are out of"):
        filled_gradebook(gradebook(), made, "Essay")
    with pytest.raises(CourseError, match="is no gradebook of Canvas: its columns are a, b"):
        filled_gradebook(gradebook("a,b\n1,2\n"), made, "Bricks")


def test_a_gradebook_of_semicolons_stays_one(rows, gradebook, tmp_path):
    text = EXPORTED.replace('"Lovelace, Ada"', "Lovelace, Ada").replace(",", ";")
    text = text.replace("Lovelace; Ada", "Lovelace, Ada").replace('"Silent; Ben"', "Silent, Ben")
    made = rows([report("lovelaceada", "neuron", 1)])
    table, _ = filled_gradebook(gradebook(text), made, "Bricks")
    assert table.separator == ";"
    write_table(tmp_path / "canvas.csv", table.header, table.rows, table.bom, table.separator)
    assert "Lovelace, Ada;1001;S1;ada;Monday;10" in (tmp_path / "canvas.csv").read_text()


def test_a_new_gradebook_tells_ids_of_canvas_and_of_the_school_apart(rows, tmp_path):
    people = {"a": (Known("Ada", "1001"),), "b": (Known("=Ben", "S2", "ben@example.org"),)}
    made = rows([report("a", "neuron", 1), report("b", "neuron", 1, 1)], people=people)
    table, _ = new_gradebook(made, "neuron")
    possible, marks = read_by_canvas(table, tmp_path)
    assert possible == {"neuron": "20"}
    assert marks == {"1001": {"neuron": "10"}, "S2": {"neuron": "20"}}
    assert "'=Ben" in (tmp_path / "canvas.csv").read_text()


def test_the_command_knows_what_the_platform_said_of_people(exported, gradebook, tmp_path):
    (tmp_path / "results").mkdir()
    write_people(tmp_path / "results", {"=anon_7": [Person("Anonymous", id="1003")]})
    exported([report("=anon_7", "neuron", 1)], "canvas", worksheet=gradebook())
    text = (tmp_path / "results" / "canvas-gradebook.csv").read_text()
    assert '"García, José",1003,S3,jose,Tuesday,10' in text


def test_the_command_names_the_assignment(exported, gradebook, tmp_path):
    said = exported([report("lovelaceada", "neuron", 1)], "canvas", worksheet=gradebook())
    assert "canvas-gradebook.csv: 1 mark for 'Bricks (1004)'." in said
    said = exported([report("lovelaceada", "neuron", 1)], "canvas", brick="neuron")
    assert "1 mark for 'neuron'." in said

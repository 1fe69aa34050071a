"""Moodle's worksheet and feedback zip, read back by the rules of Moodle's importers."""

import csv
import io
import re
import zipfile
from dataclasses import replace

import pytest

from grader.course import CourseError
from grader.exports.moodle import feedback_zip, filled_worksheet, new_worksheet
from grader.exports.names import Known
from grader.exports.roster import Entry
from grader.exports.tables import write_table
from grader.marks.rules import Correction
from grader.report.report import Status
from tests.exports.made import handed_in_nothing, report

ENGLISH = (
    "Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments"
)
FRENCH = (
    "Identifiant,Nom complet,Adresse de courriel,Statut,Note,Note maximale,La note peut être "
    "modifiée,Dernière modification (travail remis),Dernière modification (note),"
    "Feedback par commentaires"
)
LATER = '"Tuesday, 1 December 2026, 10:00 AM"'


def line(number, name, mail="", grade="", most="20.00"):
    return f'Participant {number},"{name}",{mail},Submitted,{grade},{most},Yes,{LATER},-,'


@pytest.fixture
def worksheet(tmp_path):
    def worksheet(*lines, header=ENGLISH, bom=""):
        path = tmp_path / "Grades-DL-neuron-7.csv"
        path.write_text(bom + "\n".join([header, *lines, ""]), encoding="utf-8")
        return path

    return worksheet


def read_by_moodle(path, header=ENGLISH):
    """By participant: grade, time of the grade, comment; as importgradeslib.php reads them."""
    titles = header.split(",")
    own = [titles[0], titles[4], titles[8], titles[9]]
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    index = [rows[0].index(title) for title in own]
    found = {}
    for row in rows[1:]:
        identifier, *rest = (row[column] for column in index)
        found[int(identifier[len("Participant ") :])] = rest
    return found


def fill(path, made, tmp_path):
    table, people, notes = filled_worksheet(path, made)
    write_table(tmp_path / "filled.csv", table.header, table.rows, table.bom, table.separator)
    return tmp_path / "filled.csv", people, notes


@pytest.mark.parametrize("header", [ENGLISH, FRENCH])
def test_the_downloaded_worksheet_is_filled_in_any_language(rows, worksheet, tmp_path, header):
    path = worksheet(
        line(101, "Ada Lovelace", "ada@example.org"),
        line(102, "Ben Silent", "ben@example.org", "5.00"),
        line(103, "José García", "jose@example.org"),
        header=header,
    )
    made = rows([report("Jose Garcia", "neuron", 0, 1), report("Ada Lovelace", "neuron", 1, 1)])
    filled, people, notes = fill(path, made, tmp_path)
    assert notes == []
    assert read_by_moodle(filled, header) == {
        101: ["20", "-", "20 of 20."],
        102: ["5.00", "-", ""],
        103: ["10", "-", "10 of 20."],
    }
    assert [(row.name, row.id, row.points) for row in people] == [
        ("Ada Lovelace", "101", 20),
        ("José García", "103", 10),
    ]


def test_all_other_cells_stay_as_they_were(rows, worksheet, tmp_path):
    path = worksheet(line(101, "Ada"), line(102, "Ben", grade="-"), bom="\ufeff")
    filled, _, _ = fill(path, rows([report("Ada", "neuron", 1)]), tmp_path)
    before, after = path.read_text("utf-8"), filled.read_text("utf-8")
    assert after.startswith("\ufeffIdentifier")
    old, new = (list(csv.reader(io.StringIO(text))) for text in (before, after))
    changed = [(i, j) for i, row in enumerate(old) for j, it in enumerate(row) if new[i][j] != it]
    assert changed == [(1, 4), (1, 9)]


def test_a_participants_number_comes_before_a_name(rows, worksheet, tmp_path):
    path = worksheet(line(101, "Ada Lovelace"), line(102, "Ada Lovelace"))
    made = rows([report("Ada Lovelace", "neuron", 1)])
    filled, _, notes = fill(path, made, tmp_path)
    assert [row[0] for row in read_by_moodle(filled).values()] == ["", ""]
    assert notes[0].startswith("Ada Lovelace: it is not clear which submission is meant")
    people = {"Ada Lovelace": (Known("Ada Lovelace", "102"),)}
    made = rows([report("Ada Lovelace", "neuron", 1)], people=people)
    filled, _, notes = fill(path, made, tmp_path)
    assert [row[0] for row in read_by_moodle(filled).values()] == ["", "10"]
    assert notes == []


def test_a_member_of_a_group_is_found_under_the_groups_name(rows, worksheet, tmp_path):
    path = worksheet(line(101, "Ada"), line(102, "Ben"), line(103, "Cy"))
    roster = [Entry("Ada", group="Team 1"), Entry("Ben", group="Team 1"), Entry("Cy")]
    filled, _, _ = fill(path, rows([report("Team 1", "neuron", 1)], roster), tmp_path)
    assert [row[0] for row in read_by_moodle(filled).values()] == ["10", "10", ""]


def test_another_maximum_is_refused_since_moodle_would_be_silent(rows, worksheet):
    path = worksheet(line(101, "Ada", most="100.00"))
    said = "the maximum grade is 100, and the marks are out of 20: write `maximum = 100`"
    with pytest.raises(CourseError, match=re.escape(said)):
        filled_worksheet(path, rows([report("Ada", "neuron", 1)]))


def test_what_is_no_worksheet_is_said_to_be_none(rows, worksheet):
    for text in ("name,mark\nAda,1", "Identifier,Grade\nParticipant x,"):
        path = worksheet(header=text)
        with pytest.raises(CourseError, match="no grading worksheet of Moodle: its columns are"):
            filled_worksheet(path, rows([report("Ada", "neuron", 1)]))


def test_who_is_not_in_the_worksheet_is_named(rows, worksheet, tmp_path):
    path = worksheet(line(101, "Ada"))
    made = rows([report("Ada", "neuron", 1), report("zoe", "neuron", 1)])
    _, _, notes = fill(path, made, tmp_path)
    assert notes == ["zoe is not in the worksheet."]


def test_no_mark_leaves_the_cell_empty_and_0_does_not(rows, worksheet, tmp_path):
    path = worksheet(line(101, "Ada"), line(102, "Ben"))
    made = rows([report("Ada", "neuron", 0), handed_in_nothing("Ben", "neuron")])
    filled, _, _ = fill(path, made, tmp_path)
    assert [row[0] for row in read_by_moodle(filled).values()] == ["0", ""]


def test_a_mark_above_the_maximum_is_the_maximum_since_moodle_takes_no_more(
    rows, rules, worksheet, tmp_path
):
    rules = replace(rules, corrections=(Correction("Ada", 2.5, "Shown in the lab."),))
    made = rows([report("Ada", "neuron", 1, 1)], rules=rules)
    filled, _, notes = fill(worksheet(line(101, "Ada")), made, tmp_path)
    [[grade, _, comment]] = read_by_moodle(filled).values()
    assert grade == "20"
    assert comment == "22.5 of 20. +2.5: Shown in the lab."
    assert notes == ["Ada has 22.5 of 20: the maximum is filled in, since Moodle takes no more."]


def test_a_comment_says_why_and_is_no_markup(rows, rules, worksheet, tmp_path):
    one = Correction("Ada", -1.0, "<b>late</b> & loud", "neuron")
    rules = replace(rules, corrections=(one,))
    path = worksheet(line(101, "Ada", most="40"))
    made = rows([report("Ada", "neuron", 1, 1), report("Ada", "layer", 1)], rules=rules)
    filled, _, _ = fill(path, made, tmp_path)
    [[grade, _, comment]] = read_by_moodle(filled).values()
    assert grade == "29"
    assert comment == (
        "29 of 40. neuron 19 of 20, layer 10 of 20. neuron: -1: &lt;b&gt;late&lt;/b&gt; &amp; loud"
    )


def test_without_a_worksheet_one_is_made_of_participants_numbers(rows, tmp_path):
    people = {"Ada": (Known("Ada", "101", "ada@example.org"),)}
    made = rows([report("Ada", "neuron", 1), report("=zoe", "neuron", 1)], people=people)
    table, people, notes = new_worksheet(made)
    write_table(tmp_path / "new.csv", table.header, table.rows, table.bom, table.separator)
    [row] = csv.DictReader(io.StringIO((tmp_path / "new.csv").read_text()))
    assert (row["Identifier"], row["Grade"], row["Maximum grade"]) == (
        "Participant 101",
        "10",
        "20",
    )
    assert notes == ["=zoe is left out: no participant's number is known."]
    with pytest.raises(CourseError, match="No participant's number is known: download"):
        new_worksheet(rows([report("Ada", "neuron", 1)]))


def unpacked_by_moodle(content):
    """By participant's number, the feedback files; as importziplib.php reads a zip."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for name in packed.namelist():
            parts = name.split("/")
            while parts:
                info = parts.pop(0).split("_", 4)
                if len(info) >= 4 and info[1].isdecimal() and info[2:4] == [
                    "assignsubmission", "file"
                ]:  # fmt: skip
                    found.setdefault(int(info[1]), {})["/".join(parts)] = packed.read(name).decode()
                    break
    return found


def test_the_feedback_zip_is_what_moodle_reads(rows, tmp_path):
    pages = {}
    for name in ("ada", "evil", "ben"):
        pages[name] = tmp_path / f"{name}.html"
        pages[name].write_text(f"for {name}")
    made = rows([report(name, "neuron", 1) for name in pages])
    ada, evil, ben = made.rows
    people = [
        replace(ada, id="101", name="Ada_King_9 Lovelace"),
        replace(evil, id="102", name="../..\\/x\n_7_"),
        ben,
    ]
    content, many = feedback_zip(people, pages)
    assert many == 2  # Ben has no number
    assert unpacked_by_moodle(content) == {
        101: {"feedback.html": "for ada"},
        102: {"feedback.html": "for evil"},
    }
    assert content == feedback_zip(people, pages)[0]


def test_the_command_writes_both(exported, worksheet, tmp_path):
    path = worksheet(line(101, "Ada Lovelace"), line(102, "Ben"))
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "Ada Lovelace.html").write_text("<p>Well done.</p>")
    index = "student,points,page,mail\nAda Lovelace,10,Ada Lovelace.html,x.md\n"
    (pages / "feedback.csv").write_text(index)
    said = exported([report("Ada Lovelace", "neuron", 1)], "moodle", worksheet=path, pages=pages)
    assert "moodle-worksheet.csv: 1 mark." in said
    assert "moodle-feedback.zip: 1 page of feedback." in said
    content = (tmp_path / "results" / "moodle-feedback.zip").read_bytes()
    assert unpacked_by_moodle(content) == {101: {"feedback.html": "<p>Well done.</p>"}}
    assert read_by_moodle(tmp_path / "results" / "moodle-worksheet.csv")[101][0] == "10"
    with pytest.raises(CourseError, match=r"has no feedback\.csv: write the pages by"):
        exported([report("Ada Lovelace", "neuron", 1)], "moodle", worksheet=path, pages=tmp_path)


def test_a_brick_of_which_nothing_counts_is_named_beside_the_mark(exported, worksheet, tmp_path):
    reports = [
        report("Ada", "neuron", status=Status.NOT_USABLE), report("Ada", "layer", 1, 1),
        handed_in_nothing("Ben", "neuron"), report("Ben", "layer", 1, 1),
    ]  # fmt: skip
    path = worksheet(line(101, "Ada", most="40"), line(102, "Ben", most="40"))
    said = exported(reports, "moodle", worksheet=path)
    assert "Note: Ada: neuron counts 0, since it is not usable." in said and "Ben:" not in said
    written = (tmp_path / "results" / "moodle-worksheet.csv").read_text()
    assert "20 of 40. neuron 0 of 20 (not usable), layer 20 of 20." in written
    assert "20 of 40. neuron 0 of 20 (not handed in), layer 20 of 20." in written
    of_one = exported(reports, "csv", brick="neuron")
    assert "Note: Ada has no mark: not usable." in of_one and "counts 0" not in of_one

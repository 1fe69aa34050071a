"""The table that Excel opens."""

import csv
import io

import pytest

from grader.exports.names import Known
from grader.exports.roster import Entry
from grader.exports.spreadsheet import spreadsheet
from grader.exports.tables import read_table, write_table
from tests.exports.made import handed_in_nothing, report


def opened(path):
    """The cells, of UTF-8 with the mark by which Excel knows it."""
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_it_has_a_column_for_each_brick_and_says_why_there_is_no_mark(rows, tmp_path):
    roster = [Entry("Ada", "1", "ada@example.org", group="one"), Entry("Ben"), Entry("Cy")]
    made = rows(
        [
            report("Ada", "neuron", 1, 1), report("Ada", "layer", 1),
            handed_in_nothing("Ben", "neuron"), handed_in_nothing("Ben", "layer"),
        ],
        roster,
    )  # fmt: skip
    header, lines = spreadsheet(made, ["neuron", "layer"])
    write_table(tmp_path / "marks.csv", header, lines, bom=True)
    assert opened(tmp_path / "marks.csv") == [
        ["name", "id", "e-mail", "group", "handed in as", "neuron", "layer", "days late", "mark",
         "of", "reasons"],
        ["Ada", "1", "ada@example.org", "one", "Ada", "20", "10", "0", "30", "40", ""],
        ["Ben", "", "", "", "Ben", "not handed in", "not handed in", "0", "", "40",
         "not handed in"],
        ["Cy", "", "", "", "", "not handed in", "not handed in", "", "", "", ""],
    ]  # fmt: skip


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t=", "\r=", "\uff1d", " =", '"='])
def test_no_name_is_a_formula(rows, tmp_path, begins):
    name = f"{begins}HYPERLINK(0)"
    people = {"x": (Known(name, f"{begins}1+1", f"{begins}a@b"),)}
    header, lines = spreadsheet(rows([report("x", "neuron", 1)], people=people), ["neuron"])
    write_table(tmp_path / "marks.csv", header, lines, bom=True)
    for cell in opened(tmp_path / "marks.csv")[1]:
        assert cell.lstrip()[:1] not in ("=", "+", "-", "@", "\uff1d")
        assert not cell.startswith(("\t", "\r"))


def test_a_table_is_read_as_it_was_written(tmp_path):
    rows = [["Ada, Countess", 'a "quote"', "two\nlines"], ["-", "-1.5", "김"]]
    write_table(tmp_path / "x.csv", ["a", "b", "c"], rows, bom=True, separator=";")
    table = read_table(tmp_path / "x.csv")
    assert [list(row) for row in table.rows] == rows
    assert (table.bom, table.separator) == (True, ";")


def test_the_command_says_who_handed_in_and_has_no_mark_and_why(exported):
    reports = [report("Ada", "neuron", "fault"), handed_in_nothing("Ben", "neuron")]
    said = exported(reports, "csv")
    assert "Note: Ada has no mark: neuron: the kit failed, grade again." in said
    assert "Ben" not in said


def test_the_command_counts_who_has_no_mark(exported, tmp_path):
    said = exported([report("Ada", "neuron", 1), handed_in_nothing("Ben", "neuron")], "csv")
    assert "marks.csv: 2 persons, 1 of them without a mark." in said
    assert opened(tmp_path / "results" / "marks.csv")[1][0] == "Ada"

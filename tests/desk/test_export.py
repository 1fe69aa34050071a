"""`nbgrader export`: the stock columns, with nothing in them that a spreadsheet computes."""

import csv

import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin


@pytest.fixture
def table(desk):
    with Gradebook(f"sqlite:///{desk.root}/gradebook.db") as book:
        book.update_or_create_student("eve", first_name="=1+1;@x", last_name='a,"b')
        book.update_or_create_submission("toy", "eve")
    assert desk.nbgrader("export") == 0
    return desk.root / "grades.csv"


def test_every_field_is_quoted_and_no_formula(table):
    text = table.read_text(encoding="utf-8")
    assert text.count('"') >= 2 * 11 * len(text.splitlines())
    with table.open(newline="", encoding="utf-8") as file:
        row = next(row for row in csv.DictReader(file) if row["assignment"] == "toy")
    assert (row["first_name"], row["last_name"]) == ("'=1+1;'@x", 'a,"b')
    assert (row["student_id"], row["score"], row["max_score"]) == ("eve", "0.0", "5.0")


def test_the_rest_is_what_nbgrader_writes(desk, table, tmp_path):
    stock = tmp_path / "stock.csv"
    with Gradebook(f"sqlite:///{desk.root}/gradebook.db") as book:
        book.update_or_create_student("eve", first_name="Eve", last_name="E")
        CsvExportPlugin(to=str(stock)).export(book)
    assert desk.nbgrader("export") == 0
    assert table.read_text().replace('"', "").splitlines() == stock.read_text().splitlines()

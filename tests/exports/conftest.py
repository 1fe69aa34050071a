"""A small class in a folder of results, as `bricks grade` writes it."""

from collections.abc import Sequence

import pytest
from rich.console import Console

from grader.classreport.results import results_of
from grader.exports.export import Order, export
from grader.exports.rows import earned, rows_of
from grader.marks.rules import Rules
from grader.report.line import line
from grader.report.report import Report


@pytest.fixture
def rules():
    return Rules({"neuron": 1.0, "layer": 1.0})


@pytest.fixture
def rows(rules):
    """rows(reports, roster, people, brick, rules): the rows of an export."""

    def rows(reports: Sequence[Report], roster=(), people=None, brick="", rules=rules):
        results = results_of(reports)
        submissions = [earned(results, student, rules, brick) for student in results.students]
        return rows_of(submissions, roster, people)

    return rows


@pytest.fixture
def exported(tmp_path, course):
    """exported(reports, platform, **order): what `bricks export` prints; files are in `results`."""

    def exported(reports, platform, **order):
        folder = tmp_path / "results"
        folder.mkdir(exist_ok=True)
        (folder / "results.jsonl").write_text("".join(f"{line(one)}\n" for one in reports))
        console = Console(record=True, width=300)
        export(console, course, Order(folder, platform, **order))
        return console.export_text()

    return exported

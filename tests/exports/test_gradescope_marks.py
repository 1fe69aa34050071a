"""results.json as Gradescope documents it, and the zip that hands out marks made at home."""

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from grader.exports.gradescope_results import gradescope_results
from grader.exports.names import Known
from grader.exports.stored_results import stored_results
from grader.marks.rules import Correction, Waived
from grader.report.report import Status
from tests.exports.made import handed_in_nothing, report

FORMATS = {"text", "html", "simple_format", "md", "ansi"}
VISIBILITIES = {"visible", "hidden", "after_due_date", "after_published"}


def read_by_gradescope(results):
    """The score and the maximum; fails where a field is not as the documentation has it."""
    results = json.loads(json.dumps(results, allow_nan=False))
    assert results["output_format"] in FORMATS
    assert {results["visibility"], results["stdout_visibility"]} <= VISIBILITIES
    for test in results["tests"]:
        assert isinstance(test["score"], (int, float)) and test["score"] <= test["max_score"]
        assert test["output_format"] in FORMATS and test["visibility"] in VISIBILITIES
        assert test["status"] in ("passed", "failed")
        assert isinstance(test["name"], str) and isinstance(test["output"], str)
    for entry in results["leaderboard"]:
        assert isinstance(entry["name"], str) and isinstance(entry["value"], (int, float))
        assert entry["order"] in ("asc", "desc")
    names = [entry["name"] for entry in results["leaderboard"]]
    assert len(names) == len(set(names))
    tests = results["tests"]
    score = results.get("score", sum(test["score"] for test in tests))
    return score, sum(test["max_score"] for test in tests)


def test_each_part_is_a_test_with_its_points(rules):
    made = gradescope_results([report("Ada", "neuron", 1, 0), report("Ada", "layer", 1)], rules)
    assert read_by_gradescope(made) == (20, 30)
    assert [(test["number"], test["name"], test["score"]) for test in made["tests"]] == [
        ("1.1", "neuron / part_a", 10),
        ("1.2", "neuron / part_b", 0),
        ("2.1", "layer / part_a", 10),
    ]
    assert "shape" in made["tests"][1]["output"]


def test_weights_and_waived_checks_count_as_in_the_mark(rules):
    rules = replace(
        rules, weights={"neuron": 0.5}, waived={"neuron": (Waived("b", 10, "It was wrong."),)}
    )
    made = gradescope_results([report("Ada", "neuron", 1, 0)], rules)
    assert read_by_gradescope(made) == (5, 5)
    made = gradescope_results([handed_in_nothing("Ada", "neuron")], rules)
    assert read_by_gradescope(made) == (0, 5)
    assert made["tests"][0]["output"] == "not handed in"


def test_the_leaderboard_has_what_each_bar_was_reached_with(rules):
    made = gradescope_results([report("Ada", "neuron", "reached", "missed", 1)], rules)
    assert made["leaderboard"] == [
        {"name": "neuron: a", "value": 0.9912, "order": "desc"},
        {"name": "neuron: b", "value": 0.8, "order": "desc"},
    ]
    read_by_gradescope(made)


def test_a_fault_of_the_kit_is_not_said_to_be_the_students(rules):
    made = gradescope_results([report("Ada", "neuron", status=Status.FAULT)], rules)
    assert read_by_gradescope(made) == (0, 20)
    assert "no fault of yours" in made["tests"][0]["output"]


def test_what_a_student_wrote_is_no_markup(rules):
    class Tags(HTMLParser):
        seen: set = set()  # noqa: RUF012

        def handle_starttag(self, tag, attrs):
            self.seen.add(tag)

    evil = "<script>alert(1)</script>"
    one = report("Ada", "neuron", status=Status.CRASHED, why=evil)
    made = gradescope_results([one], rules, [evil])
    parser = Tags()
    parser.feed(made["output"])
    assert parser.seen == {"table", "tr", "td", "p"}
    assert made["tests"][0]["output_format"] == "text"


@pytest.fixture
def container(tmp_path):
    """container(zip, metadata): runs it as Gradescope does, and returns results.json and stdout."""

    def container(content, about):
        root = tmp_path / "autograder"
        for folder in ("source", "submission", "results"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        (root / "results" / "results.json").unlink(missing_ok=True)
        (tmp_path / "made.zip").write_bytes(content)
        with zipfile.ZipFile(tmp_path / "made.zip") as packed:
            packed.extractall(root / "source")
            assert {"setup.sh", "run_autograder"} <= {*packed.namelist()}
            assert packed.getinfo("run_autograder").external_attr >> 16 & 0o111
        (root / "submission_metadata.json").write_text(json.dumps(about))
        run = root / "source" / "run_autograder"
        env = {**os.environ, "BRICKS_AUTOGRADER": str(root)}
        ended = subprocess.run(
            [sys.executable, "-I", run], cwd=root, env=env, capture_output=True, text=True
        )
        made = root / "results" / "results.json"
        return json.loads(made.read_text()) if made.exists() else None, ended

    return container


def user(name, email=""):
    return {"id": 5, "name": name, "email": email}


def test_marks_made_at_home_are_found_by_submission_mail_or_name(rows, rules, container):
    rules = replace(rules, corrections=(Correction("ada", -1.0, "Late."),))
    people = {
        "ada": (Known("Ada", email="ada@example.org"),),
        "ben": (Known("Ben B"),),
        "both": (Known("Cy", email="cy@example.org"), Known("Dan", email="dan@example.org")),
    }
    made = rows(
        [
            report("ada", "neuron", 1, 1), report("ben", "neuron", 0),
            report("both", "neuron", 1), report("submission_77", "neuron", 1, 1),
        ],
        people=people,
        rules=rules,
    )  # fmt: skip
    content, many = stored_results(made.rows, rules)
    assert many == 5
    for about, score in (
        ({"id": 1, "users": [user("Somebody", "ADA@example.org")]}, 19),
        ({"id": 2, "users": [user("ben b", "ben@example.org")]}, 0),
        ({"id": 3, "users": [user("Cy", "cy@example.org"), user("Dan", "dan@example.org")]}, 10),
        ({"id": 77, "users": [user("Zoe", "zoe@example.org")]}, 20),
    ):
        results, ended = container(content, about)
        assert ended.returncode == 0, ended.stderr
        assert read_by_gradescope(results)[0] == score
    results, _ = container(content, {"id": 1, "users": [user("Ada", "ada@example.org")]})
    assert "-1: Late." in results["output"]


def test_without_stored_marks_there_is_no_score(rows, rules, container):
    people = {"a": (Known("Ada"),), "b": (Known("Ada"),)}
    made = rows([report("a", "neuron", 1), report("b", "neuron", 0)], people=people)
    content, _ = stored_results(made.rows, rules)
    for name in ("Zoe", "Ada"):  # two are called Ada
        results, ended = container(content, {"id": 9, "users": [user(name)]})
        assert results is None
        assert ended.returncode == 1
        assert "No stored marks for submission 9" in ended.stdout


def test_the_command_writes_the_zip(exported, tmp_path):
    assert "gradescope-marks.zip: marks of 1." in exported(
        [report("Ada", "neuron", 1)], "gradescope"
    )
    assert zipfile.is_zipfile(tmp_path / "results" / "gradescope-marks.zip")

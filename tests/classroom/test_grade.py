"""`bricks grade` as an instructor runs it."""

import csv
import json
import shutil

import pytest

from grader.course import CourseError
from grader.submissions.find import find_class


@pytest.fixture
def submitted(checkout):
    """Makes `submitted/<student>/`, with the named solutions and stubs."""

    def make(student, solved=(), blank=(), folder="submitted"):
        place = checkout.root / folder / student
        place.mkdir(parents=True)
        for brick in solved:
            shutil.copy(checkout.root / "solutions" / f"{brick}.py", place)
        for brick in blank:
            shutil.copy(checkout.root / "exercises" / f"{brick}.py", place)
        return place

    return make


def grades(checkout, out="out"):
    with (checkout.root / out / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row.pop("student"): row for row in csv.DictReader(file)}


def results(checkout, out="out"):
    lines = (checkout.root / out / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return {(line["student"], line["brick"]): line for line in map(json.loads, lines)}


@pytest.mark.long
def test_a_class_is_graded_and_results_are_written(checkout, submitted):
    submitted("ada lovelace", solved=["convolution"])
    submitted("ben", blank=["convolution"])
    submitted("cleo..x")
    own = submitted("dan/convolution")
    shutil.copy(checkout.root / "solutions" / "convolution.py", own)
    run = checkout.bricks("grade", "submitted", "--out", "out", "--brick", "convolution")
    assert run.returncode == 0, run.stderr
    assert grades(checkout) == {
        "ada lovelace": {"convolution": "20", "total": "20"},
        "ben": {"convolution": "0", "total": "0"},
        "cleo..x": {"convolution": "not handed in", "total": "0"},
        "dan": {"convolution": "20", "total": "20"},
    }
    lines = results(checkout)
    assert lines["cleo..x", "convolution"]["status"] == "not handed in"
    line = lines["ada lovelace", "convolution"]
    assert sum(check["points"] for check in line["checks"]) == line["points"] == 20
    assert {"id", "part", "points", "maximum", "outcome", "message", "seconds"} <= set(
        line["checks"][0]
    )
    assert line["cpu"] > sum(check["cpu"] for check in line["checks"]) > 0  # loading counts too
    assert f"Isolation: {line['isolation']}" in run.stdout
    assert {"python", "numpy", "keras"} <= set(line["versions"])
    assert run.stdout.startswith("Isolation: ")


@pytest.mark.long
@pytest.mark.parametrize(
    "slip", [(" > 0.5).astype(int)", " >= 0.5).astype(int)"), (" > 0.5).astype(int)", " > 0.5)")]
)
def test_a_slip_costs_its_own_point_and_not_those_that_build_on_it(checkout, submitted, slip):
    """Also at the bars, which need `predict`; with the student's own predecessors nothing is put
    beside the code.
    """
    path = submitted("ada", solved=["neuron"]) / "neuron.py"
    code = path.read_text(encoding="utf-8")
    assert slip[0] in code
    path.write_text(code.replace(*slip), encoding="utf-8")
    command = ("grade", "submitted", "--brick", "neuron", "--out")
    run = checkout.bricks(*command, "out")
    assert run.returncode == 0, run.stderr
    line = results(checkout)["ada", "neuron"]
    assert {check["id"] for check in line["checks"] if not check["points"]} == {
        "neuron/predict_labels"
    }
    judged = [check["message"] for check in line["checks"] if "judged" in check["message"]]
    assert all("on the reference's `Neuron.predict`" in message for message in judged)
    checkout.bricks(*command, "own", "--predecessors", "own")
    own = results(checkout, "own")["ada", "neuron"]
    assert own["points"] == line["points"] - 3  # logic and two bars wait
    assert "judged" not in "".join(check["message"] for check in own["checks"])


@pytest.mark.long
def test_inputs_come_from_a_secret_seed_that_is_made_once(checkout, submitted):
    submitted("ada", blank=["neuron"])
    command = ("grade", "submitted", "--out", "out", "--brick", "neuron")
    checkout.bricks(*command)
    seed = (checkout.root / "course.seed").read_text()
    first = results(checkout)["ada", "neuron"]["seed"]
    checkout.bricks(*command)
    assert (checkout.root / "course.seed").read_text() == seed
    assert results(checkout)["ada", "neuron"]["seed"] == first
    assert seed.strip() not in (checkout.root / "out" / "results.jsonl").read_text()
    (checkout.root / "other.seed").write_text("7")
    checkout.bricks(*command, "--seed-file", "other.seed")
    assert results(checkout)["ada", "neuron"]["seed"] != first


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["grade", "nowhere", "--out", "out"], "nowhere is not a folder"),
        (["grade", "empty", "--out", "out"], "holds no student's folder"),
        (["grade", "submitted", "--out", "out", "--brick", "nuron"], "There is no brick 'nuron'"),
        (["grade", "submitted", "--out", "out", "--seed-file", "no"], "cannot be read"),
        (["grade", "submitted", "--out", "out", "--seed-file", "words"], "one whole number"),
        (["grade", "submitted", "--out", "words"], "words is not a folder"),
        (["grade", "submitted", "--out", "out", "--course", "empty"], "No course in"),
        (["grade", "submitted", "--out", "out", "--mnist", "words"], "words"),
        (["release", "submitted"], "is not an empty folder"),
    ],
)
def test_bad_use_is_one_sentence_and_status_2(checkout, submitted, arguments, words):
    submitted("ada", solved=["neuron"])
    (checkout.root / "empty").mkdir()
    (checkout.root / "words").write_text("many words")
    run = checkout.bricks(*arguments)
    assert run.returncode == 2
    assert words in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


@pytest.mark.long
def test_files_that_are_no_python_are_told_and_the_rest_is_graded(checkout, submitted):
    submitted("ada", solved=["neuron"])
    (submitted("nul") / "neuron.py").write_bytes(b"x = 1\0")
    (submitted("text") / "neuron.py").write_text("Dear teacher, please find enclosed")
    (submitted("latin") / "neuron.py").write_bytes(b"x = '\xe9'")
    (submitted("folder") / "neuron.py").mkdir()
    with (submitted("big") / "neuron.py").open("wb") as file:
        file.truncate(100_000_000)
    (checkout.root / "submitted" / "notes.txt").write_text("not a student")
    run = checkout.bricks("grade", "submitted", "--out", "out", "--brick", "neuron")
    assert run.returncode == 1
    said = " ".join(run.stdout.split())
    for student in ("nul", "text", "latin", "folder", "big"):
        assert f"{student}: neuron.py does not load: " in said
    assert "100,000,000 bytes" in said
    assert "notes.txt is no student's folder" in said
    assert {s: row["total"] for s, row in grades(checkout).items()} == {
        "ada": "20", "nul": "0", "text": "0", "latin": "0", "folder": "0", "big": "0",
    }  # fmt: skip


def test_names_that_differ_only_in_case_are_both_graded_and_told(tmp_path):
    for name in ("Ada", "ada", "ben"):
        (tmp_path / name).mkdir()
    found = find_class(tmp_path, ["neuron"])
    assert [student.name for student in found.students] == ["Ada", "ada", "ben"]
    assert [remark.text for remark in found.remarks] == [
        "Ada and ada differ only in case: both are graded; are they one student?"
    ]


def test_an_empty_class_is_refused(tmp_path):
    with pytest.raises(CourseError):
        find_class(tmp_path, ["neuron"])


@pytest.mark.long
def test_one_submission_cannot_harm_anothers_grade(checkout, submitted):
    vandal = submitted("a-vandal") / "neuron.py"
    vandal.write_text(
        "import numpy, os, sys\n"
        "numpy.exp = numpy.zeros_like\n"
        "def images_to_vectors(images): os._exit(0)\n"
    )
    submitted("b-honest", solved=["neuron"])
    checkout.bricks("grade", "submitted", "--out", "out", "--brick", "neuron", "-j", "1")
    assert {s: row["total"] for s, row in grades(checkout).items()} == {
        "a-vandal": "0", "b-honest": "20",
    }  # fmt: skip


@pytest.mark.long
def test_a_brick_is_judged_on_reference_predecessors(checkout, submitted):
    place = submitted("ada", solved=["mlp"])
    (place / "layer.py").write_text("raise RuntimeError('my layer is broken')")
    checkout.bricks("grade", "submitted", "--out", "out", "--brick", "mlp")
    assert grades(checkout)["ada"]["mlp"] == "20"


@pytest.mark.long
def test_the_class_table_fits_80_columns(checkout, submitted):
    submitted("someone with quite a long name of many words", blank=["neuron"])
    run = checkout.bricks("grade", "submitted", "--out", "out")
    assert max(map(len, run.stdout.splitlines())) <= 80

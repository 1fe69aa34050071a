"""What instructors are told of the seed that the inputs of a grading come from."""

import pytest
from rich.console import Console

from grader.classroom.secret_seed import secret_seed
from grader.course import CourseError
from grader.seed import seed_id

LONG = 2**127


@pytest.fixture
def told(tmp_path):
    """told(seed, earlier): what is printed for a seed file, with results of an earlier seed."""

    def told(seed=None, earlier=None):
        if seed is not None:
            (tmp_path / "course.seed").write_text(f"{seed}\n")
        out = tmp_path / "out"
        out.mkdir(exist_ok=True)
        if earlier is not None:
            (out / "results.jsonl").write_text(
                f'{{"student": "a", "seed": "{seed_id(earlier)}"}}\n'
            )
        console = Console(record=True, width=400)
        secret_seed(tmp_path / "course.seed", out).print_notes(console)
        return console.export_text()

    return told


def test_a_new_seed_is_announced_once(told, tmp_path):
    said = told()
    assert said.startswith(f"New seed made: keep {tmp_path / 'course.seed'}")
    assert (tmp_path / "course.seed").read_text().strip() not in said
    assert told() == ""


@pytest.mark.parametrize("seed, short", [(12345, True), (2**63 - 1, True), (LONG, False)])
def test_a_short_seed_is_warned_of(told, seed, short):
    assert ("short enough to be guessed" in told(seed)) == short


def test_results_of_another_copy_of_the_course_are_noticed(told):
    assert told(LONG, earlier=LONG) == ""
    said = told(LONG, earlier=LONG + 1)
    assert f"graded under another seed (id {seed_id(LONG + 1)}, here {seed_id(LONG)})" in said
    assert "copy course.seed from where they were made" in said


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "{}"])
def test_a_file_that_holds_no_result_is_none(told, tmp_path, text):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "results.jsonl").write_text(text)
    assert told(LONG) == ""


def test_a_named_file_is_not_made(tmp_path):
    with pytest.raises(CourseError, match="cannot be read"):
        secret_seed(tmp_path / "no.seed", tmp_path, make=False)

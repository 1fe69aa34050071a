"""`bricks export` as it is typed."""

import pytest

from grader.cli import main
from grader.exit_status import ExitStatus
from grader.report.line import line
from tests.exports.made import report


@pytest.fixture
def typed(checkout, capsys):
    """typed(arguments): the exit status, and what is printed; the course has one result."""
    folder = checkout.root / "results"
    folder.mkdir()
    (folder / "results.jsonl").write_text(f"{line(report('Ada Lovelace', 'neuron', 1))}\n")

    def typed(*arguments):
        status = main(["export", str(folder), "--course", str(checkout.root), *arguments])
        said = capsys.readouterr()
        return status, said.out + said.err

    return typed


def test_the_platform_may_stand_in_course_toml(typed, checkout):
    status, said = typed()
    assert status == ExitStatus.BAD_USE
    assert "Say where the marks go: --for moodle, canvas, gradescope, csv, junit." in said
    (checkout.root / "course.toml").write_text('platform = "canvas"\nmaximum = 10\n')
    status, said = typed()
    assert status == ExitStatus.OK
    assert "canvas-gradebook.csv: 1 mark for 'Bricks'." in said
    assert "Ada Lovelace,,,,,5" in (checkout.root / "results" / "canvas-gradebook.csv").read_text()


def test_the_courses_own_roster_is_read_unless_another_is_named(typed, checkout, tmp_path):
    (checkout.root / "students.csv").write_text("name,id\nAda Lovelace,1\nBen,2\n")
    assert "2 persons, 1 of them without a mark" in typed("--for", "csv")[1]
    (tmp_path / "other.csv").write_text("name\nCy\n")
    said = typed("--for", "csv", "--roster", str(tmp_path / "other.csv"))[1]
    assert "Note: Ada Lovelace is not in the roster." in said


@pytest.mark.parametrize(
    "arguments, said",
    [
        (("--for", "csv", "--brick", "layer"), "Nobody's layer is graded in"),
        (("--for", "csv", "--worksheet", "x"), "--worksheet is for moodle and canvas, not for csv"),
        (("--for", "canvas", "--feedback", "x"), "--feedback is for moodle, not for canvas"),
        (("--for", "csv", "--roster", "no.csv"), "no.csv cannot be read: No such file"),
        (("--for", "moodle"), "No participant's number is known: download"),
    ],
)
def test_a_slip_is_one_sentence(typed, arguments, said):
    status, printed = typed(*arguments)
    assert status == ExitStatus.BAD_USE
    assert said in printed


@pytest.mark.parametrize("platform", ["csv", "canvas", "moodle"])
def test_a_platforms_name_acts_on_no_terminal(typed, checkout, platform):
    results, name = checkout.root / "results", "Ada\x1b]0;x\x07 L\u202e\x1b[2J"
    two = f"Ada Lovelace,{name},7,\nAda Lovelace,B{name},,\n"  # handed in together
    (results / "people.csv").write_text(f"student,name,id,e-mail\n{two}")
    status, said = typed("--for", platform)
    assert status == ExitStatus.OK
    assert platform != "moodle" or "is left out: no participant's number is known" in said
    written = [path.read_text() for path in results.glob("*.csv") if path.name != "people.csv"]
    assert len(written) == 1 and "Ada" in written[0]
    assert not {"\x1b", "\x07", "\u202e"} & {*said, *written[0]}

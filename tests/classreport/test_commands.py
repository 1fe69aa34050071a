"""The files that `bricks report` and `bricks feedback` write, and where."""

import csv
import io
import re

import pytest
from rich.console import Console

from grader.classreport.commands import feedback, report
from grader.course import CourseError
from grader.outcome import Unloadable
from grader.report.report import Status


@pytest.fixture
def told():
    """A console of 80 columns, which keeps what was printed."""
    return Console(file=io.StringIO(), width=80, highlight=False)


def test_pages_of_hostile_names_stay_in_their_folder(made, told, tmp_path):
    names = ["../x", "x", "/etc/passwd", "..", "a/../../b", "-rf"]
    folder = made.write(tmp_path / "results", *(made.report(name) for name in names))
    feedback(told, folder, tmp_path / "pages", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pages", "results"]
    written = {path.name for path in (tmp_path / "pages").iterdir()}
    assert len(written) == 2 * len(names) + 1
    with (tmp_path / "pages" / "feedback.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["page"] for row in rows} | {row["mail"] for row in rows} == written - {
        "feedback.csv"
    }
    for row in rows:
        assert row["student"].lstrip("'") in (tmp_path / "pages" / row["mail"]).read_text().replace(
            "\\", ""
        )


def test_a_link_in_the_folder_is_replaced_and_not_followed(made, told, tmp_path):
    folder = made.write(tmp_path / "results", made.report("ada"))
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "ada.html").symlink_to(precious)
    feedback(told, folder, tmp_path / "pages", tmp_path)
    assert precious.read_text() == "mine"
    assert "Feedback: ada" in (tmp_path / "pages" / "ada.html").read_text()


def test_comments_of_the_course_reach_pages_and_what_reaches_nobody_is_said(made, told, tmp_path):
    named = made.named("rows", "summed")
    folder = made.write(
        tmp_path / "results", *(made.report(name, rows=named) for name in ("ada", "ben"))
    )
    (tmp_path / "comments.toml").write_text('summed = "See slide 14."\nhalvd = "x"\n')
    feedback(told, folder, tmp_path / "pages", tmp_path)
    for name in ("ada", "ben"):
        for kind in ("html", "md"):
            assert "See slide 14." in (tmp_path / "pages" / f"{name}.{kind}").read_text()
    said = told.file.getvalue()
    assert "nobody here made the mistake 'halvd'" in said
    assert "Feedback for 2 students" in said


def test_the_terminal_says_what_the_page_says(made, told, tmp_path):
    new = made.write(
        tmp_path / "new",
        made.report("Ada \x1b[31mred", rows=made.named("rows", "summed")),
        made.report("ben", rows=made.named("rows", "summed"), loss=made.wrong(3.0)),
        made.without_checks("cleo", Status.NOT_HANDED_IN),
        made.report("[bold]dan[/bold]", fit=made.wrong(9.0)),
    )
    old = made.write(tmp_path / "old", made.report("ben"), made.report("[bold]dan[/bold]"))
    report(told, new, old)
    said = told.file.getvalue()
    assert max(map(len, said.splitlines()[:-3])) <= 80 and "\x1b" not in said
    page = (new / "report.html").read_text()
    for words in (
        "Nothing handed in", "cleo", "It is summed.", "layer/summed", "[bold]dan[/bold]",
        "4 wrong answers: 2 named, 0 located, 2 unknown", "rows fails now: It is summed.",
    ):  # fmt: skip
        assert words in page and words in " ".join(said.split()), words
    assert "It is summed." in (new / "lecture.html").read_text()
    assert "Since" not in page.replace(f"Since {old}", "")


def test_a_file_that_does_not_load_is_no_wrong_answer(made, told, tmp_path):
    broken = Unloadable("layer.py", "SyntaxError")
    reports = made.report("ada", rows=broken, loss=broken), made.report("ben", fit=made.wrong(9.0))
    report(told, made.write(tmp_path, *reports))
    words = "1 wrong answer: 0 named, 0 located, 1 unknown; 1 file that did not load."
    assert words in " ".join(told.file.getvalue().split())


def test_without_an_earlier_grading_nothing_is_said_of_changes(made, told, tmp_path):
    folder = made.write(tmp_path, made.report("ada"))
    report(told, folder)
    assert "Since" not in told.file.getvalue()
    assert "Since" not in (folder / "report.html").read_text()


def test_a_class_without_any_work_has_a_report_too(made, told, tmp_path):
    folder = made.write(tmp_path, made.without_checks("ada", Status.NOT_HANDED_IN))
    report(told, folder)
    assert "Nobody handed it in." in (folder / "report.html").read_text()
    feedback(told, folder, tmp_path / "pages", tmp_path)
    assert "Nothing was handed in" in (tmp_path / "pages" / "ada.html").read_text()


def test_a_folder_that_is_none_is_one_sentence(made, told, tmp_path):
    with pytest.raises(CourseError, match="name the folder that"):
        report(told, tmp_path)
    with pytest.raises(CourseError, match="name the folder that"):
        feedback(told, tmp_path, tmp_path / "pages", tmp_path)
    assert not (tmp_path / "pages").exists()


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"ada": ("far", "summed"), "ben": ("rows", "halved")}, "No two students made the same"),
        ({"ada": ("far", "summed"), "ben": ("far", "summed")}, "It is summed."),
        ({"ada": None}, "There is no wrong answer."),
    ],
)
def test_no_table_has_only_a_head(made, told, tmp_path, wrong, said):
    reports = [
        made.report(who, **({of[0]: made.named(*of)} if of else {})) for who, of in wrong.items()
    ]
    folder = made.write(tmp_path, *reports)
    report(told, folder)
    page = (folder / "report.html").read_text()
    tables = re.findall(r"<table>(.*?)</table>", page, re.DOTALL)
    assert tables and all("<td" in table for table in tables)
    assert said in page

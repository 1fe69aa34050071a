"""`bricks collect`: what was handed in ends where nbgrader looks for it, and is graded."""

import io
import os
import time
import zipfile

import nbformat
import pytest


def hand_in(desk, student, text, name="toy.py"):
    path = desk.root / "modules" / student / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.slow
def test_collected_modules_are_graded_like_notebooks(desk, capsys):
    file = hand_in(desk, "ada", desk.TOY)
    os.utime(file, (1_700_000_000, 1_700_000_000))
    hand_in(desk, "ben", "def double(x:\n")
    hand_in(desk, "cleo", desk.TOY.replace("3 * x", "4 * x"))
    assert desk.bricks("collect", desk.root / "modules") == 0
    assert "3 notebooks written" in capsys.readouterr().out
    stamp = desk.root / "submitted" / "ada" / "toy" / "timestamp.txt"
    assert stamp.read_text() == "2023-11-14 22:13:20.000000 UTC"
    assert desk.nbgrader("autograde", "toy") == 0
    assert desk.points("ada") == {"test-double": 2, "test-Tripler-apply": 3}
    assert desk.points("ben") == {"test-double": 0, "test-Tripler-apply": 0}
    assert desk.points("cleo") == {"test-double": 2, "test-Tripler-apply": 0}
    assert "2023-11-14 22:13:20" in str(desk.sql("select timestamp from submitted_assignment"))


def test_collected_again_only_what_changed_is_new(desk, capsys):
    file = hand_in(desk, "ada", desk.TOY)
    hand_in(desk, "ben", desk.TOY)
    desk.bricks("collect", desk.root / "modules")
    desk.nbgrader("autograde", "toy")
    capsys.readouterr()
    file.write_text(desk.TOY.replace("2 * x", "5 * x"))
    later = time.time() + 10
    os.utime(file, (later, later))
    assert desk.bricks("collect", desk.root / "modules") == 0
    assert "1 notebook written" in capsys.readouterr().out
    desk.nbgrader("autograde", "toy")
    assert desk.points("ada") == {"test-double": 1, "test-Tripler-apply": 3}


def test_a_notebook_from_nbgrader_is_not_overwritten(desk, capsys):
    desk.hand_in("ada", desk.RIGHT)
    hand_in(desk, "ada", "def double(x):\n    return None\n")
    assert desk.bricks("collect", desk.root / "modules") == 1
    assert "left as it is" in capsys.readouterr().out
    desk.nbgrader("autograde", "toy")
    assert desk.points("ada") == {"test-double": 2, "test-Tripler-apply": 3}


def test_notebooks_are_collected_as_they_are(desk):
    notebook = desk.released()
    notebook.cells.append(nbformat.v4.new_markdown_cell("My thoughts."))
    hand_in(desk, "ada", nbformat.writes(notebook), "toy.ipynb")
    assert desk.bricks("collect", desk.root / "modules") == 0
    target = desk.root / "submitted" / "ada" / "toy" / "toy.ipynb"
    assert nbformat.read(target, as_version=4).cells[-1].source == "My thoughts."


def with_thoughts(desk):
    """A notebook as a student saves it: text beside the code, and a line for Jupyter."""
    notebook = desk.released()
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("My thoughts."))
    notebook.cells.append(nbformat.v4.new_code_cell("%matplotlib inline"))
    return nbformat.writes(notebook)


def packed(files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


MOODLE, CANVAS = "ada_12_assignsubmission_file_", "ada_LATE_12_34_"


@pytest.mark.parametrize("in_a_zip", [False, True], ids=["folder", "zip of the class"])
@pytest.mark.parametrize(
    "place",
    [
        "ada/toy.ipynb",
        "ada/toy/toy.ipynb",
        "ada/hw.zip",
        f"{MOODLE}/toy.ipynb",
        f"{MOODLE}toy.ipynb",
        f"{MOODLE}/hw.zip",
        f"{CANVAS}toy-1.ipynb",
        f"{CANVAS}hw.zip",
    ],
)
def test_a_notebook_stays_as_it_is_wherever_it_lay(desk, place, in_a_zip):
    text = with_thoughts(desk)
    content = packed({"hw/toy.ipynb": text}) if place.endswith(".zip") else text.encode()
    modules = desk.root / "modules"
    if in_a_zip:
        modules.write_bytes(packed({place: content}))
    else:
        (modules / place).parent.mkdir(parents=True)
        (modules / place).write_bytes(content)
    assert desk.bricks("collect", modules) == 0
    [target] = (desk.root / "submitted").rglob("*.ipynb")
    assert target == desk.root / "submitted" / "ada" / "toy" / "toy.ipynb"
    came, was = nbformat.read(target, as_version=4), nbformat.reads(text, as_version=4)
    assert came.cells == was.cells


def test_the_folder_of_submissions_collected_from_itself_stays_as_it_is(desk, capsys):
    desk.hand_in("ada", desk.RIGHT)
    hand_in(desk, "ben", desk.TOY)
    desk.bricks("collect", desk.root / "modules")
    files = [p for p in (desk.root / "submitted").rglob("*") if p.is_file()]
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}
    assert desk.bricks("collect", desk.root / "submitted") == 0
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in files} == before


def stamp(desk, student="ada"):
    return (desk.root / "submitted" / student / "toy" / "timestamp.txt").read_text()


def test_each_student_has_the_time_of_their_own_file(desk):
    early, late = 1_700_000_000, 1_700_100_000
    times = {
        "ada_12_assignsubmission_file_/toy.py": early,
        "ben_13_assignsubmission_file_/toy.ipynb": late,
        "cleo_14_assignsubmission_file_/hw.zip": late,
    }
    for name, when in times.items():
        content = with_thoughts(desk) if name.endswith(".ipynb") else desk.TOY
        file = desk.root / "modules" / name
        file.parent.mkdir(parents=True)
        file.write_bytes(
            packed({"toy.py": desk.TOY}) if name.endswith(".zip") else content.encode()
        )
        os.utime(file, (when, when))
    desk.sql("update assignment set duedate = '2023-11-15 00:00:00.000000'")
    with (desk.root / "nbgrader_config.py").open("a") as config:
        config.write('\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    assert desk.bricks("collect", desk.root / "modules") == 0
    assert stamp(desk, "ada") == "2023-11-14 22:13:20.000000 UTC"
    assert stamp(desk, "ben") == stamp(desk, "cleo") == "2023-11-16 02:00:00.000000 UTC"
    assert desk.nbgrader("autograde", "toy") == 0
    penalties = dict(
        desk.sql(
            "select sa.student_id, sn.late_submission_penalty from submitted_notebook sn"
            " join submitted_assignment sa on sn.assignment_id = sa.id"
        )
    )
    assert (penalties["ada"], penalties["cleo"]) == (None, 5)


@pytest.mark.parametrize("told", [(2026, 1, 5, 12, 0, 0), (1980, 1, 1, 0, 0, 0)])
def test_the_time_of_a_file_in_a_zip_is_that_which_the_zip_tells(desk, told):
    modules = desk.root / "class.zip"
    with zipfile.ZipFile(modules, "w") as archive:
        archive.writestr(zipfile.ZipInfo("ada/toy.py", told), desk.TOY)
    of_the_zip = 1_700_000_000
    os.utime(modules, (of_the_zip, of_the_zip))
    assert desk.bricks("collect", modules) == 0
    when = of_the_zip if told[0] == 1980 else time.mktime((*told, 0, 0, -1))
    assert stamp(desk) == time.strftime("%Y-%m-%d %H:%M:%S.000000 UTC", time.gmtime(when))


@pytest.mark.long
@pytest.mark.parametrize("way", ["Moodle's folder", "an older file", "a file from nowhere in time"])
@pytest.mark.parametrize("command", ["bricks", "nbgrader"])
def test_what_is_handed_in_again_is_graded_again(desk, way, command):
    name = "ada_12_assignsubmission_file_/toy.py"
    file = hand_in(desk, "", desk.TOY, name)
    options = ("--isolation", "basic") if command == "bricks" else ()
    run = getattr(desk, command)
    for code, points in ((desk.TOY, 5), (desk.TOY.replace("2 * x", "[x] * 2"), 3)):
        file.write_text(code)
        if points == 3 and way != "Moodle's folder":
            when = 1_000_000_000 if way == "an older file" else 2**61
            os.utime(file, (when, when))
        assert desk.bricks("collect", desk.root / "modules") == 0
        assert run("autograde", "toy", *options) == 0
        assert sum(desk.points("ada").values()) == points


@pytest.mark.slow
@pytest.mark.parametrize("writes", [0, 1])
def test_killed_while_writing_the_same_command_repairs_it(desk, monkeypatch, writes):
    file = hand_in(desk, "ada", desk.TOY)
    desk.bricks("collect", desk.root / "modules")
    desk.nbgrader("autograde", "toy")
    file.write_text("x = 1\n")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    replace, done = os.replace, []

    def killed(*paths):
        if len(done) == writes:
            raise KeyboardInterrupt
        done.append(paths)
        replace(*paths)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", killed)
        assert desk.bricks("collect", desk.root / "modules") == 130
    desk.nbgrader("autograde", "toy")
    assert desk.bricks("collect", desk.root / "modules") == 0
    desk.nbgrader("autograde", "toy")
    assert desk.points("ada") == {"test-double": 0, "test-Tripler-apply": 0}


def test_a_folder_that_cannot_be_written_costs_nobody_else(desk, capsys):
    modules = desk.root / "class.zip"
    modules.write_bytes(
        packed({f"{'é' * 150}/toy.py": desk.TOY, "ada/toy.py": desk.TOY, "ben/toy.py": desk.TOY})
    )
    (desk.root / "submitted").mkdir()
    (desk.root / "submitted" / "ada").write_text("not a folder")
    assert desk.bricks("collect", modules) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "é, toy: cannot be written: File name too long" in said
    assert "ada, toy: cannot be written: Not a directory" in said
    assert (desk.root / "submitted" / "ben" / "toy" / "toy.ipynb").exists()


ODD_NAMES = ["a*b", "what?", "Jo [1]", "Jo (1)", " ada ", ".ada", "100%", "{ben}", "O'Neil & co"]


@pytest.mark.long
def test_names_that_nbgrader_takes_for_patterns_are_changed_and_told(desk, capsys):
    modules = desk.root / "class.zip"
    modules.write_bytes(packed({f"{name}/toy.py": desk.TOY for name in [*ODD_NAMES, "axb"]}))
    assert desk.bricks("collect", modules) == 0
    said = capsys.readouterr().out
    folders = {"a_b", "what_", "Jo _1_", "Jo (1)", "_ada_", "_ada", "100%", "{ben}", "O'Neil & co"}
    assert {path.name for path in (desk.root / "submitted").iterdir()} == {*folders, "axb"}
    assert "Note: a*b is a_b for nbgrader" in said and "axb" not in said
    assert desk.bricks("autograde", "toy", "--isolation", "basic") == 0
    assert "toy: 10 graded now" in capsys.readouterr().out
    assert desk.nbgrader("autograde", "toy", "--force") == 0
    assert all(sum(desk.points(name).values()) == 5 for name in folders)


def test_two_students_never_share_a_folder(desk, capsys):
    modules = desk.root / "class.zip"
    wrong = desk.TOY.replace("2 * x", "5 * x")
    names = {"a_b": desk.TOY, "a*b": wrong, "c*": desk.TOY, "c?": desk.TOY}
    modules.write_bytes(packed({f"{name}/toy.py": text for name, text in names.items()}))
    assert desk.bricks("collect", modules) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "a*b, toy: for nbgrader a*b would be a_b, and so would another" in said
    assert "1 notebook written" in said
    assert [path.name for path in (desk.root / "submitted").iterdir()] == ["a_b"]


RAISES = '''\
# coding: latin-1
"""Mine."""

import os  # \xe9


# ## My helpers



def help_me(x):
    return 1 / 0


class Tripler:
    def apply(self, x):

        return help_me(x)


def double(x):
    return help_me(x)
'''


def test_lines_are_those_of_the_module(desk):
    path = desk.root / "modules" / "ada" / "toy.py"
    path.parent.mkdir(parents=True)
    path.write_bytes(RAISES.encode("latin-1"))
    broken = "import os\n\n\n\ndef double(:\n    pass\n"
    hand_in(desk, "ben", broken)
    assert desk.bricks("collect", desk.root / "modules") == 0
    assert desk.nbgrader("autograde", "toy") == 0
    said = " ".join(desk.outputs("ada", "test-double")[0].data["text/plain"].split())
    assert RAISES.split("\n")[11].strip() == "return 1 / 0"
    assert "toy.py, line 12, in help_me" in said
    same = " ".join(desk.outputs("ada", "test-Tripler-apply")[0].data["text/plain"].split())
    assert "the same as in double (values): ZeroDivisionError, line 12 of toy.py" in same
    said = " ".join(desk.outputs("ben", "test-double")[0].data["text/plain"].split())
    assert "toy.py, line 5 def double(:" in said

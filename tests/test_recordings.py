"""A release records again only what changed, and its files are the same either way."""

import shutil

import pytest
from safetensors.numpy import load

from grader.author.recordings import KEPT, record
from grader.course import Course
from grader.expected import expected_file, misconceptions_file

CHECKS = """
from grader import Brick

brick = Brick("{name}", order={order}, title="To {name}")


@brick.check("answer", points=1, called="answer(x)", hint="Which number is it?",
             inputs=lambda rng: {{"x": rng.normal(size=3)}})
def values({name}, x):
    return {{"answer": {name}.answer(x)}}
"""
SOLUTION = """
{imports}

def answer(x):
    ### BEGIN SOLUTION
    return {value} * x
    ### END SOLUTION
"""
MISTAKE = """
from grader.misconception import misconception


@misconception("It is halved.", "Is it half?", "model")
def halved(brick):
    brick.answer = lambda x: x / 2
"""
BRICKS = {"first": ("", "2"), "second": ("import first", "first.answer(3)"), "third": ("", "5")}


@pytest.fixture
def made(tmp_path, monkeypatch):
    """made(): the bricks that it had to record, and all files that it wrote."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "course"
    (root / "exercises").mkdir(parents=True)
    (root / "solutions" / "misconceptions").mkdir(parents=True)
    (root / "solutions" / "misconceptions" / "caught.json").write_text("{}")
    for order, (name, (imports, value)) in enumerate(BRICKS.items(), 1):
        (root / f"exercises/test_{name}.py").write_text(CHECKS.format(name=name, order=order))
        text = SOLUTION.format(imports=imports, value=value)
        (root / f"solutions/{name}.py").write_text(text)
        (root / f"solutions/misconceptions/{name}.py").write_text(MISTAKE)

    def made():
        target, anew = tmp_path / "recorded", []
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        record(Course(root), list(BRICKS), target, lambda name, known: known or anew.append(name))
        return sorted(anew), {file.name: file.read_bytes() for file in target.iterdir()}

    made.root = root
    return made


def change(made, file, old, new):
    path = made.root / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_what_did_not_change_is_not_recorded_again(made):
    anew, files = made()
    assert anew == ["first", "second", "third"]
    assert files.keys() == {
        make(made.root, name).name
        for name in BRICKS
        for make in (expected_file, misconceptions_file)
    }
    assert made() == ([], files)


@pytest.mark.parametrize(
    ("file", "old", "new", "again"),
    [
        ("solutions/first.py", "2 * x", "3 * x", ["first", "second"]),
        ("solutions/second.py", "answer(3)", "answer(4)", ["second"]),
        ("solutions/third.py", "    return", "    # a remark\n    return", []),
        ("solutions/misconceptions/third.py", "x / 2", "x / 4", ["third"]),
        ("exercises/test_third.py", "size=3", "size=4", ["third"]),
        ("exercises/test_third.py", "points=1", "points=2", ["third"]),
        (
            "solutions/misconceptions/caught.json",
            "{}",
            '{"third/values": ["halved"], "second/values": []}',
            ["second", "third"],
        ),
    ],
)
def test_what_changed_is(made, file, old, new, again):
    _, before = made()
    change(made, file, old, new)
    anew, files = made()
    assert anew == again
    assert {name.partition(".")[0] for name in files if files[name] != before[name]} <= set(again)


def test_a_damaged_or_missing_file_in_the_cache_is_recorded_again(made, tmp_path):
    _, files = made()
    [lost] = (tmp_path / "cache").rglob("second.safetensors")
    lost.unlink()
    anew, again = made()
    assert anew == ["second"]
    assert again.keys() == files.keys()
    assert load(again["second.safetensors"]).keys() == load(files["second.safetensors"]).keys()


def test_old_recordings_go(made, tmp_path):
    for value in range(KEPT + 3):
        change(made, "solutions/third.py", "5" if not value else f"{value} * 5", f"{value + 1} * 5")
        made()
    [folder] = (tmp_path / "cache").rglob("third")
    assert len(list(folder.iterdir())) == KEPT

"""Every command in README.md is run: here, as it stands, or by the test that is named here.

What it shows and counts is what the kit says and has.
"""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from grader.author.answer_table import ENOUGH, SEEDS
from grader.author.build import build
from grader.author.demo import with_mistake
from grader.author.isolation_page import STILL, hostile
from grader.course import Course
from grader.misconceptions import misconceptions

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMAND = r"(?:make|python3?|pip|pytest|bricks|nbgrader|npm|\.) [^\n`]+"
LINES = re.findall(rf"^ {{4,}}({COMMAND})$", README, re.MULTILINE)
COMMANDS = [re.sub(r" +#.*", "", line) for line in LINES]
ELSEWHERE = {  # what is run by another test, and its words there
    "make demo": ("tests/test_demo.py", 'bricks("demo")'),
    "make test": ("tests/test_readme.py", '"make", "-n"'),
    "python3 -m venv .venv": ("tests/test_release.py", '"-m", "venv"'),
    ". .venv/bin/activate": ("tests/test_release.py", '"-m", "venv"'),
    "bricks show layer": ("tests/pictures/test_readme_pictures.py", 'bricks("show", "layer")'),
    "bricks watch": ("tests/watch/conftest.py", '"grader", "watch"'),
    "bricks hint softmax": ("tests/test_hints.py", 'bricks("hint", "softmax")'),
    "bricks explain layer": ("tests/repair/test_kit.py", "main(['explain', 'layer'])"),
    "pip install .": ("tests/test_release.py", 'run("pip", "install", "--quiet", ".")'),
    "pip install '.[keras]'": ("tests/test_release.py", '"--quiet", ".[keras]")'),
}
SELF_CHECKS = [command for command in COMMANDS if command.startswith("pytest exercises/")]
INSTRUCTORS = [c for c in COMMANDS if c.startswith(("bricks ", "nbgrader ")) and c not in ELSEWHERE]
NAMES = ("neuron", "layer", "mlp")
SOLUTION = """\
# %%
def f(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
"""
CHECKS = """
from grader import Brick

brick = Brick("{name}", order={order}, title="Toy")


@brick.check("f", points=1, called="f(x)", hint="?", inputs=lambda rng: {{"x": rng.normal(size=3)}})
def values({name}, x):
    return {{"f(x)": {name}.f(x)}}
"""


def test_nobody_is_told_a_command_that_no_test_runs():
    assert len(COMMANDS) > 15
    assert set(COMMANDS) == {*SELF_CHECKS, *INSTRUCTORS, *ELSEWHERE}
    for path, words in ELSEWHERE.values():
        assert words in (ROOT / path).read_text(encoding="utf-8"), (path, words)


def test_a_command_within_a_sentence_is_one_of_those():
    told = re.findall(rf"`({COMMAND})`", README)
    assert "pytest exercises/" in told
    assert [one for one in told if not any(one in command for command in COMMANDS)] == []


def test_numbers_typed_by_hand_are_those_of_the_course(course):
    known = sum(len(misconceptions(course, brick)) for brick in course.bricks)
    page = " ".join(README.split())
    assert re.findall(r"([\d,]+) known mistakes", page) == [f"{known:,}"]
    assert re.findall(r"([\d,]+) hostile files", page) == [f"{len(hostile()):,}"]
    assert f"at {SEEDS:,} seeds with fewer than {ENOUGH} answers" in STILL


def test_tests_that_are_said_to_show_something_are_there():
    named = re.findall(r"`(tests/[\w/.]+)`", README + STILL)
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_sample_message_is_what_the_kit_says(checkout):
    checkout.write("layer", with_mistake(Course(checkout.root), "layer", "softmax-over-samples"))
    run = checkout.pytest("-k", "layer and softmax_rows")
    assert run.returncode == 1, run.stdout + run.stderr
    sample = re.search(r"^    layer / softmax .*?^ +think .*?$", README, re.DOTALL | re.MULTILINE)
    assert textwrap.dedent(sample[0]) in run.stdout


@pytest.mark.long
def test_the_sample_board_is_what_a_new_student_sees(checkout):
    sample = re.search(r"^    -+ bricks -+$.*?\n\n", README, re.DOTALL | re.MULTILINE)
    assert textwrap.dedent(sample[0]).strip() in checkout.pytest("-q").stdout


@pytest.mark.parametrize(
    ("target", "runs"),
    [
        ("demo", ["bricks demo"]),
        ("test", ["ruff check .", "ruff format --check .", "mypy", "pytest -n 3", '-m "not long"']),
        ("long", ["pytest -n 3", "-m long"]),
        ("quick", ['-m "not slow"']),
        ("build", ["bricks build", "draw_architecture.py"]),
    ],
)
@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_has_the_target(target, runs):
    said = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    for words in runs:
        assert words in said.stdout


def shell(command, folder):
    """A line as it is typed, with the commands of this environment first on the path."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment["XDG_CACHE_HOME"] = str(folder.parent / "cache")
    return subprocess.run(
        command, shell=True, cwd=folder, env=environment, input="q\n",
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("command", SELF_CHECKS)
def test_pytest_as_students_type_it_ends_with_the_board(checkout, command):
    run = shell(command, checkout.root)
    assert run.returncode in (1, 2), run.stdout + run.stderr  # 2: the debugger was left
    assert "- bricks -" in run.stdout
    assert "neuron" in run.stdout


@pytest.mark.long
def test_instructors_commands_one_after_the_other(tmp_path):
    """In a course of toys, since what is typed is the same."""
    root = tmp_path / "course"
    for folder in ("exercises", "solutions/fr", "source"):
        (root / folder).mkdir(parents=True)
    for order, name in enumerate(NAMES, start=1):
        for folder in ("solutions", "solutions/fr"):
            (root / folder / f"{name}.py").write_text(SOLUTION)
        text = CHECKS.format(name=name, order=order)
        (root / "exercises" / f"test_{name}.py").write_text(text)
        for folder in ("submitted", "modules"):
            (root / folder / "ada").mkdir(parents=True, exist_ok=True)
            (root / folder / "ada" / f"{name}.py").write_text("def f(x):\n    return x + x\n")
    (root / "exercises" / "bars.json").write_text("{}")
    for file in ("LICENSE", "pyproject.toml", "nbgrader_config.py"):
        shutil.copy(ROOT / file, root)
    build(Course(root))

    assert INSTRUCTORS[0] == "bricks release kit/"
    for command in INSTRUCTORS:
        if command.startswith("nbgrader generate_assignment"):
            assert (root / "results" / "grades.csv").read_text().split() == [
                '"student","neuron","layer","mlp","total"',
                '"ada","1","1","1","3"',
            ]
            shutil.rmtree(root / "submitted")  # nbgrader's begins empty
        anywhere = " --isolation basic" if re.match("bricks (auto)?grade", command) else ""
        run = shell(command + anywhere, root)
        assert run.returncode == 0, (command, run.stdout, run.stderr)
    assert (root / "kit" / "exercises" / "neuron.py").is_file()
    assert "1.0" in (root / "feedback" / "ada" / "neuron" / "neuron.html").read_text()

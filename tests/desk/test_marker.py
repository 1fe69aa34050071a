"""How a stock nbgrader command judges: settings in nbgrader_config.py, and files that change."""

import os

import pytest
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from grader.classroom import grading, isolation
from grader.desk import graders
from grader.runner.process import Process
from grader.sandbox.levels import BASIC, Measured


@pytest.fixture
def bolt(desk, monkeypatch):
    """Formgrader's lightning bolt, in one process for as long as the test lasts."""
    monkeypatch.chdir(desk.root)
    config = Config()
    config.CourseDirectory.root = str(desk.root)
    config.merge(PyFileConfigLoader("nbgrader_config.py", path=str(desk.root)).load_config())
    api = NbGraderAPI(config=config)

    def strike(student):
        result = api.autograde("toy", student)
        assert result["success"], result

    return strike


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    later = path.stat().st_mtime_ns + 2_000_000_000  # as if somebody had worked on it
    os.utime(path, ns=(later, later))


@pytest.mark.slow
def test_the_api_that_formgrader_uses_grades_alike(desk, bolt):
    desk.hand_in("half", {**desk.RIGHT, "double-solution": "def double(x):\n    return 3 * x"})
    bolt("half")
    assert desk.points("half") == {"test-double": 1, "test-Tripler-apply": 3}


@pytest.mark.slow
def test_it_judges_by_checks_solutions_and_seed_as_they_are_now(desk, bolt):
    desk.hand_in("right", desk.RIGHT)
    bolt("right")
    assert desk.points("right") == {"test-double": 2, "test-Tripler-apply": 3}
    first = desk.graded("right").metadata["bricks"]["seed"]

    (desk.root / "course.seed").write_text("12345")
    bolt("right")
    assert desk.graded("right").metadata["bricks"]["seed"] != first

    change(desk.root / "solutions" / "toy.py", "return _helper() * x", "return 4 * x")
    bolt("right")
    assert desk.points("right") == {"test-double": 2, "test-Tripler-apply": 0}

    change(desk.root / "exercises" / "test_toy.py", "toy.Tripler().apply(x)", "4 * x")
    bolt("right")
    assert desk.points("right") == {"test-double": 2, "test-Tripler-apply": 3}


def test_what_judged_before_is_closed_and_what_still_holds_is_kept(desk, bolt, monkeypatch):
    made, closed = [], []

    class Seen(grading.Grading):
        def __init__(self, *given, **named):
            super().__init__(*given, **named)
            made.append(self)

        def close(self):
            closed.append(self)
            super().close()

    monkeypatch.setattr(grading, "Grading", Seen)
    for student in ("ada", "ben"):
        desk.hand_in(student, desk.RIGHT)
        bolt(student)
    assert len(made) == 1 and not closed
    (desk.root / "course.seed").write_text("12345")
    bolt("ada")
    assert len(made) == 2 and closed == made[:1]


@pytest.fixture
def measured(monkeypatch):
    """A machine without isolation; a list that grows each time that it is measured."""
    times = []

    def place(demanded):
        times.append(demanded)
        return Process(), Measured(BASIC, (), "The isolation `kernel` needs Linux.")

    graders._isolation.cache_clear()
    monkeypatch.setattr(isolation, "runner_at", place)
    yield times
    graders._isolation.cache_clear()


def files(desk):
    return {path: path.stat().st_mtime_ns for path in (desk.root / "autograded").rglob("*")}


def test_where_there_is_no_isolation_it_is_said_once_before_anything_is_removed(
    desk, measured, capfd
):
    for number in range(3):
        desk.hand_in(f"student-{number}", desk.RIGHT)
    assert desk.nbgrader("autograde", "toy") == 0
    assert measured == ["basic"]
    before = files(desk)
    desk.set("c.Judge.isolation = ''")
    assert desk.nbgrader("autograde", "toy") == 0
    assert measured == ["basic"]  # nothing is to be done
    capfd.readouterr()
    assert desk.nbgrader("autograde", "toy", "--force") == 1
    [line] = capfd.readouterr().err.splitlines()
    assert "This machine gives no isolation" in line
    assert 'c.Judge.isolation = "basic"' in line and "--isolation" not in line
    assert measured == ["basic", None]
    assert files(desk) == before


@pytest.mark.parametrize(
    "setting, says",
    [
        ("c.Judge.isolation = 'best'", "No isolation is called best"),
        ("c.Judge.predecessors = 'mine'", "'mine'"),
        ("c.Judge.open_until = 'soon'", "'soon' is no date like 2026-12-31"),
    ],
)
def test_a_setting_that_is_not_understood_is_said_before_anything_is_removed(
    desk, setting, says, capfd
):
    desk.hand_in("ada", desk.RIGHT)
    desk.nbgrader("autograde", "toy")
    before = files(desk)
    desk.set(setting)
    capfd.readouterr()
    assert desk.nbgrader("autograde", "toy", "--force") == 1
    [line] = capfd.readouterr().err.splitlines()
    assert says in line
    assert desk.bricks("autograde", "toy", "--force") == 2
    [line] = capfd.readouterr().err.splitlines()
    assert says in line
    assert files(desk) == before


GIVES_AWAY = """import toy

def quadruple(x):
    raise ValueError(f"taken: {toy.double.__code__.co_consts}")
"""
TAKEN = "taken: ('Twice x.', 2)"


@pytest.mark.parametrize("in_bulk", [False, True])
@pytest.mark.parametrize(
    "setting, flags",
    [
        ("c.Judge.open_until = '2999-12-31'", ("--open-until", "2999-12-31")),
        ("c.Judge.predecessors = 'own'", ("--predecessors", "own")),
    ],
)
def test_while_predecessors_are_open_no_reference_is_carried_out(desk, in_bulk, setting, flags):
    own = {**desk.RIGHT, "double-solution": "def double(x):\n    return x + x"}
    desk.hand_in("ada", own)
    desk.hand_in("ada", {"quadruple-solution": GIVES_AWAY}, brick="late")
    basic = ("--isolation", "basic")

    def taken():
        assert desk.nbgrader("generate_feedback", "late", "--force") == 0
        return TAKEN in desk.feedback("ada", "late")

    if in_bulk:
        desk.bricks("autograde", "late", *basic)
        assert taken()
        desk.bricks("autograde", "late", "--force", *basic, *flags)
        assert not taken()
        desk.set(setting)
        desk.bricks("autograde", "late", "--force", *basic)  # the settings hold here as well
        assert not taken()
    else:
        desk.nbgrader("autograde", "late")
        assert taken()
        desk.set(setting)
        desk.nbgrader("autograde", "late", "--force")
        assert not taken()
    assert "ValueError" in desk.feedback("ada", "late")

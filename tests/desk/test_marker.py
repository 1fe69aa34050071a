"""How a stock nbgrader command judges: settings in nbgrader_config.py, and files that change."""

import os

import pytest
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from grader.desk import marker


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


def test_the_api_that_formgrader_uses_grades_alike(desk, bolt):
    desk.hand_in("half", {**desk.RIGHT, "double-solution": "def double(x):\n    return 3 * x"})
    bolt("half")
    assert desk.points("half") == {"test-double": 1, "test-Tripler-apply": 3}


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

    class Seen(marker.Marking):
        def __init__(self, *given, **named):
            super().__init__(*given, **named)
            made.append(self)

        def close(self):
            closed.append(self)
            super().close()

    monkeypatch.setattr(marker, "Marking", Seen)
    for student in ("ada", "ben"):
        desk.hand_in(student, desk.RIGHT)
        bolt(student)
    assert len(made) == 1 and not closed
    (desk.root / "course.seed").write_text("12345")
    bolt("ada")
    assert len(made) == 2 and closed == made[:1]

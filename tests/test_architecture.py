"""docs/architecture.md: the picture is that of the imports, and what the page names is there."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

from grader.author.release import SHIPPED

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def drawing():
    path = ROOT / "docs" / "draw_architecture.py"
    spec = importlib.util.spec_from_file_location("draw_architecture", path)
    module = sys.modules["draw_architecture"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules["draw_architecture"]


def test_the_committed_picture_is_that_of_the_imports(drawing):
    committed = drawing.PICTURE.read_text(encoding="utf-8")
    assert committed == drawing.picture(), "run `make build` and commit docs/architecture.svg"


def test_an_import_is_an_arrow_and_one_that_goes_back_is_red(drawing):
    modules = {
        "grader.check": set(),
        "grader.judge": {"grader.diagnosis.exact"},
        "grader.diagnosis.exact": {"grader.check"},
        "grader.report.text": {"grader.judge", "grader.check"},
        "grader.sandbox.levels": {"grader.report.text"},
    }
    room_of = drawing.rooms(modules)
    assert (room_of["grader.check"], room_of["grader.judge"]) == ("core", "examine")
    drawn = {(arrow.start, arrow.end): arrow.back for arrow in drawing.arrows(modules)}
    assert drawn == {
        ("diagnosis", "core"): False,
        ("examine", "diagnosis"): False,
        ("report", "examine"): False,
        ("sandbox", "report"): True,
    }


def test_a_new_room_must_be_given_a_place(drawing):
    with pytest.raises(KeyError, match="grader/attic/ has no place"):
        drawing.arrows({"grader.check": set(), "grader.attic.box": {"grader.check"}})


def test_every_folder_of_the_engine_has_its_box(drawing):
    folders = {path.parent.name for path in (ROOT / "grader").glob("*/__init__.py")}
    assert folders - drawing.NOT_DRAWN <= set(drawing.PLACES)
    picture = drawing.picture()
    for folder in folders - drawing.NOT_DRAWN:
        assert f">grader/{folder}/<" in picture


def test_green_rooms_are_those_that_a_kit_holds(drawing):
    shipped = {pattern.removesuffix("/*.py") for pattern in SHIPPED if pattern.endswith("/*.py")}
    assert shipped | {"core", "examine"} == drawing.IN_THE_KIT


def test_each_file_that_the_page_names_is_there():
    named = set(re.findall(r"`((?:grader|tests|docs|selfcheck|classroom|desk|report|submissions|"
                           r"sandbox|runner|diagnosis)/[\w/.]*)`", PAGE))  # fmt: skip
    assert len(named) > 20
    missing = [n for n in named if not ((ROOT / n).exists() or (ROOT / "grader" / n).exists())]
    assert missing == []
    bare = set(re.findall(r"`(\w+\.py)`", PAGE))
    lost = [name for name in bare if not list((ROOT / "grader").rglob(name))]
    assert set(lost) <= {"nbgrader_config.py"}

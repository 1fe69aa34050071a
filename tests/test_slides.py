"""The maps from the workshop's topics to the bricks, in English and in French."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
PAGES = ["slides.md", "slides.fr.md"]


def rows(page):
    """Of each line of the table its brick, and the names of code in its last column."""
    lines = re.findall(r"(?m)^\| (.+) \|$", (DOCS / page).read_text(encoding="utf-8"))[1:]
    cells = [line.split(" | ") for line in lines]
    return [
        (re.findall(r"`(\w+)`", brick), re.findall(r"`(\S+)`", where)) for _, brick, where in cells
    ]


@pytest.mark.parametrize("page", PAGES)
def test_a_map_names_each_brick_and_only_parts_and_checks_that_it_has(course, page):
    assert {name for bricks, _ in rows(page) for name in bricks} == set(course.bricks)
    for bricks, names in rows(page):
        checks = [c for b in bricks or course.bricks for c in course.bricks[b].checks.values()]
        known = {name for check in checks for name in (check.part, check.name)}
        assert set(names) <= known


def test_both_languages_map_the_same():
    english, french = (rows(page) for page in PAGES)
    assert len(english) > 10
    assert english == french

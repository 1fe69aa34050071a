"""Adds the student's name to a feedback page, and the points of each part to its index."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

TEST = re.compile(
    r'(<li><a href="#test-([\w-]+)">)Test cell</a> \(Score: ([\d.]+) / ([\d.]+)\)(?=</li>)'
)
TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
HEADING = re.compile(r"(<h4>)(.*?\(Score: )", re.DOTALL)
END_OF_INDEX = "</ol>"


def with_title(head: str, about: Mapping[str, Any]) -> str:
    """The page's head with the student's name in the title; about: nbgrader's resources."""
    name = student_name(about)
    title = f"<title>{escape(f'{name}: ' if name else '')}{escape(str(about['notebook']))}</title>"
    return TITLE.sub(lambda _: title, head, count=1)


def with_index(body: str, about: Mapping[str, Any]) -> str:
    """The page's body with "softmax: 0 of 2" in its index, and the student's name above it."""
    index, end, cells = body.partition(END_OF_INDEX)
    name = student_name(about)
    if name:
        index = HEADING.sub(lambda it: f"{it[1]}{escape(name)}: {it[2]}", index, count=1)
    return TEST.sub(_part, index) + end + cells


def _part(found: re.Match[str]) -> str:
    link, part, score, most = found.groups()
    return f"{link}{part.replace('-', '.')}</a>: {float(score):g} of {float(most):g}"


def student_name(about: Mapping[str, Any]) -> str:
    """First and last name as the gradebook has them, or else the student's id; may be empty."""
    student = str(about.get("student") or "")
    if not student or not about.get("db_url"):
        return student
    with Gradebook(about["db_url"]) as gradebook:
        try:
            known = gradebook.find_student(student)
        except MissingEntry:
            return student
        return " ".join(filter(None, (known.first_name, known.last_name))) or student

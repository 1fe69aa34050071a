"""The files that a new brick begins with: one small part, which passes `bricks audit`."""

import importlib.util
import keyword
import re
import sys
from pathlib import Path

from jinja2 import Environment, PackageLoader

from grader.content import CourseError
from grader.course import Course
from grader.files import write_whole


def new_brick(course: Course, name: str, title: str = "") -> list[Path]:
    """Writes the brick's three files, as the last of the course; returns their paths.

    Raises CourseError if the name cannot be a brick's, or if one of the files exists.
    """
    if why := unfit(course, name):
        raise CourseError(f"A brick cannot be named {name!r}: {why}.")
    if '"' in title or "\\" in title or not title.isprintable():
        raise CourseError("A title has no quotes, no backslashes, and one line.")
    files = {
        "solution": course.solutions / f"{name}.py",
        "checks": course.checks_file(name),
        "misconceptions": course.solutions / "misconceptions" / f"{name}.py",
    }
    for path in (*files.values(), course.exercises / f"{name}.py"):
        if path.exists():
            raise CourseError(f"{path.relative_to(course.root)} is there already.")
    environment = Environment(
        loader=PackageLoader("grader.author.new_brick", "."), keep_trailing_newline=True
    )
    about = {
        "name": name,
        "title": title or name.replace("_", " ").capitalize(),
        "order": max((brick.order for brick in course.bricks.values()), default=0) + 1,
    }
    for kind, path in files.items():
        text = environment.get_template(f"{kind}.py.jinja").render(about)
        path.parent.mkdir(exist_ok=True)
        write_whole(path, text)
    return list(files.values())


def unfit(course: Course, name: str) -> str:
    """The reason why this can be no brick's name; empty if it can."""
    if name in course.bricks:
        return "the course has one already"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        return "it is a module's name, of small letters, digits and _"
    if name in sys.stdlib_module_names or importlib.util.find_spec(name):
        return "Python has a module of that name, which nobody could import any more"
    return ""

"""`bricks show BRICK`: writes a page with pictures of what the student's own code does."""

import webbrowser
from contextlib import closing
from pathlib import Path

from grader.course import Course
from grader.examiner import Examiner
from grader.language import _, in_course
from grader.pictures.making import gallery_of, made
from grader.pictures.page import page
from grader.runner.process import Process
from grader.submission import handed_from

FOLDER = "shown"  # of the course or kit


def show_brick(course: Course, brick: str, opened: bool = False, digit: int | None = None) -> int:
    """Writes shown/<brick>.html, prints what is in it, and returns the exit status.

    opened: whether the browser shows the page. digit: the digit in pictures of one digit.

    Raises CourseError if there is no such brick, or no picture of it.
    """
    gallery = gallery_of(course, brick, digit)
    with closing(Process()) as student, closing(Process()) as reference:
        handed = handed_from(course, course.exercises)
        examination = Examiner(course, reference).of_handed(brick, handed, student)
        pictures = []
        for one in made(gallery, examination, digit):
            pictures.append(one)
            print(f"  {one.picture.title}{f': {one.said}' if one.said else ''}", flush=True)
    title = _("{brick}: what yours does").format(brick=in_course(course.bricks[brick].title))
    file = written(course.root / FOLDER, brick, page(title, pictures))
    print(f"{brick}: {file}")
    if opened:
        webbrowser.open(file.as_uri())
    return 0


def written(folder: Path, brick: str, text: str) -> Path:
    """The page's file, in a folder that is made for it."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{brick}.html"
    file.write_text(text, encoding="utf-8")
    return file

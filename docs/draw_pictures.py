"""Draws the pictures in README.md as `bricks show` does, from the reference solutions.

python docs/draw_pictures.py
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from grader.course import Course
from grader.examiner import Examiner
from grader.pictures.making import Made, gallery_of, made
from grader.runner.process import Process
from grader.submission import handed_from

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
SHOWN = {"layer": "templates", "mlp": "overfitting"}  # of each brick the picture with this name


def drawn() -> Iterator[tuple[Path, Made]]:
    """Each of them, and its file."""
    course = Course(ROOT)
    for brick, name in SHOWN.items():
        gallery = gallery_of(course, brick)
        gallery.pictures = {name: gallery.pictures[name]}
        with closing(Process()) as student, closing(Process()) as reference:
            handed = handed_from(course, course.solutions)
            examination = Examiner(course, reference).of_handed(brick, handed, student)
            yield from ((FOLDER / f"{brick}-{name}.png", one) for one in made(gallery, examination))


if __name__ == "__main__":
    for file, one in drawn():
        if not one.png:
            raise SystemExit(f"{one.picture.check.id}: {one.said}")
        file.write_bytes(one.png)
        print(f"{file}: {one.caption}")

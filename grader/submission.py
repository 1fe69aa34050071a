"""What a student handed in for one brick: the sources that an examination needs."""

from pathlib import Path

from grader.course import Course
from grader.implementation import Source, UnreadableSource, read_source
from grader.outcome import Unloadable


def sources_of(
    course: Course, brick: str, file: Path, shown_as: str | None = None
) -> list[Source] | Unloadable:
    """The brick in `file`, after the bricks that it builds on.

    Those are the references, so that a wrong `layer` does not sink a right `mlp`. Where the course
    has no references (a student's kit), they are the student's own files beside it.
    """
    shown_as = shown_as or file.name
    try:
        own = read_source(file, shown_as)
    except UnreadableSource as error:
        return Unloadable(shown_as, str(error))
    before = []
    for name in course.predecessors(brick):
        if course.has_solution(name):
            before.append(read_source(course.solutions / f"{name}.py", own=False))
            continue
        beside = file.with_name(f"{name}.py")
        try:
            before.append(read_source(beside, str(Path(shown_as).with_name(beside.name))))
        except UnreadableSource:
            continue  # importing it then fails, and says so
    return [*before, own]

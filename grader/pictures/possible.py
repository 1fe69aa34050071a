"""The pictures that a part of a brick makes possible when it becomes right."""

from collections.abc import Iterable

from grader.course import Course
from grader.pictures.making import gallery_of


def made_possible(course: Course, brick: str, parts: Iterable[str]) -> list[str]:
    """The titles of the pictures that belong to one of these parts.

    Raises CourseError if the file of pictures is broken.
    """
    if not course.gallery_file(brick).is_file():
        return []
    wanted = set(parts)
    pictures = gallery_of(course, brick).pictures.values()
    return [picture.title for picture in pictures if picture.parts[-1] in wanted]

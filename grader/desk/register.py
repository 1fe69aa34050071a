"""Students' names in nbgrader's gradebook, so that formgrader does not show "None, None"."""

from collections.abc import Iterable

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import AutogradeApp
from nbgrader.utils import chdir

from grader.course import Course
from grader.submissions.find import Student


def register(course: Course, students: Iterable[tuple[str, Student]]) -> None:
    """Adds students, each with the name of its folder in `submitted`, as nbgrader's ids.

    A name or an address that the gradebook has already stays: an instructor wrote it.
    """
    with chdir(str(course.root)):
        app = AutogradeApp()
        app.initialize([])
        with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as gradebook:
            for identity, student in students:
                wanted = _named(student)
                try:
                    known = gradebook.find_student(identity)
                except MissingEntry:
                    gradebook.add_student(identity, **wanted)
                    continue
                missing = {key: value for key, value in wanted.items() if not getattr(known, key)}
                if missing:
                    gradebook.update_or_create_student(identity, **missing)


def _named(student: Student) -> dict[str, str]:
    """First and last name, if the name separates them; and the e-mail address."""
    name = " ".join(student.name.split())
    last, comma, first = name.partition(", ")
    if not comma:
        first, _, last = name.rpartition(" ")
    made = {"first_name": first.strip(), "last_name": last.strip() or name}
    if len(student.people) == 1 and student.people[0].email:
        made["email"] = student.people[0].email
    return made

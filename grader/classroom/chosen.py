"""The students that `bricks grade --student` names."""

from collections.abc import Sequence
from difflib import get_close_matches

from grader.course import CourseError
from grader.submissions.find import Student


def chosen_students(students: Sequence[Student], names: Sequence[str]) -> list[Student]:
    """The students with these names, ids or e-mails; all, if there are no names.

    Raises CourseError for a name that nobody has, or that several have.
    """
    if not names:
        return list(students)
    chosen = [_of_name(students, name) for name in names]
    return [student for student in students if student in chosen]


def _of_name(students: Sequence[Student], name: str) -> Student:
    exact = [student for student in students if student.name == name]
    wanted = name.casefold()
    found = exact or [student for student in students if wanted in _known_by(student)]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(student.name for student in found)
        raise CourseError(f"--student {name!r} may be {several}: write the whole name.")
    known = {word: student.name for student in students for word in _words(student)}
    near = dict.fromkeys(known[word] for word in get_close_matches(wanted, known, 5))
    meant = f": did you mean {' or '.join(list(near)[:3])}?" if near else "."
    raise CourseError(f"There is no student {name!r}{meant}")


def _known_by(student: Student) -> set[str]:
    """The student's names, ids and e-mails, in small letters."""
    people = [(one.name, one.id, one.email) for one in student.people]
    return {word.casefold() for words in [(student.name,), *people] for word in words if word}


def _words(student: Student) -> set[str]:
    """The same, and the words of the name, so that "ada" finds "Ada Lovelace"."""
    return _known_by(student) | set(student.name.casefold().split())

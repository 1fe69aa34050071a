"""Turns students' names, which may hold anything, into file names."""

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 100  # bytes of a file's name before its ending
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # on Windows
NOBODY = "student"
INDEX = "feedback.csv"  # in a folder of feedback: which page is whose


def file_names(students: Iterable[str]) -> dict[str, str]:
    """By student, a file name without its suffix; no two are equal, even without case."""
    taken: set[str] = set()
    names = {}
    for student in students:
        name = first = file_name(student)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{first}-{number}"
        taken.add(name.casefold())
        names[student] = name
    return names


def file_name(student: str) -> str:
    """Letters and digits of any script, and `-`, `_`, `.` and blanks between them."""
    text = unicodedata.normalize("NFC", student)
    text = "".join(c if c.isalnum() or c in "-_. " else "_" for c in text)
    text = re.sub(r"[. ]{2,}", "_", text).strip("-_. ")
    text = text.encode("utf-8", "replace")[:LONGEST].decode("utf-8", "ignore").rstrip("-_. ")
    return f"{NOBODY}-{text}" if RESERVED.fullmatch(text) or not text else text

"""The people who handed something in, as far as their platform names them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

METADATA = "submission_metadata.yml"  # Gradescope's
MAX_METADATA = 20_000_000  # bytes
TOP = re.compile(r"['\"]?(submission_\w+)['\"]?:\s*$")
FIELD = re.compile(r"[\s-]*:?['\"]?:?(name|sid|email|created_at)['\"]?:\s*(.*?)\s*$")


@dataclass(frozen=True)
class Person:
    """A student on a platform.

    platform: "moodle", "canvas", "gradescope", "blackboard", "brightspace" or "ilias"; empty if it
        is not known.
    id: the platform's own: Moodle's participant number, Canvas's user id, Gradescope's sid.
    """

    name: str
    platform: str = ""
    id: str = ""
    email: str = ""


def together(people: tuple[Person, ...]) -> str:
    """The name of a submission that several people handed in."""
    return " and ".join(person.name for person in people)


def submitters(metadata: bytes) -> dict[str, tuple[Person, ...]]:
    """By folder, the people who handed it in, from Gradescope's file of metadata.

    The file is read line by line, as Gradescope writes it: it may hold tags that make a YAML reader
    build objects.
    """
    found: dict[str, list[dict[str, str]]] = {}
    folder, inside = "", False
    for line in metadata.decode("utf-8-sig", "replace").splitlines():
        if top := TOP.match(line):
            folder, inside = top[1], False
            found.setdefault(folder, [])
        elif re.match(r"\s+:?submitters:", line):
            inside = True
        elif re.match(r"  :?\w+:", line):  # the next field of the submission
            inside = False
        elif inside and folder and (field := FIELD.match(line)):
            if line.lstrip().startswith("-"):
                found[folder].append({})
            if found[folder]:
                found[folder][-1][field[1]] = _plain(field[2])
    return {folder: tuple(_people(own)) for folder, own in found.items()}


def _people(submitters: list[dict[str, str]]) -> Iterator[Person]:
    for own in submitters:
        if own.get("name") or own.get("email"):
            name = own.get("name") or own["email"]
            yield Person(name, "gradescope", own.get("sid", ""), own.get("email", ""))


def _plain(value: str) -> str:
    """A YAML scalar of one line, without its quotes."""
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    if len(value) > 1 and value[0] == value[-1] == '"':
        text = value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        return re.sub(r"\\[xu]([0-9a-fA-F]{2,4})", lambda found: chr(int(found[1], 16)), text)
    return "" if value in ("~", "null") else value

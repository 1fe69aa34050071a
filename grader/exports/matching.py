"""Matches the lines of a platform's table with people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.exports.names import Directory, Known


@dataclass(frozen=True)
class Matched:
    """By line, the person; and the lines that fit several people, or that share one."""

    persons: Mapping[int, int]
    doubtful: tuple[int, ...]

    def without_line(self, persons: Sequence[int]) -> list[int]:
        """Those of the persons who have no line."""
        return [person for person in persons if person not in set(self.persons.values())]


def match(lines: Sequence[Known], people: Sequence[Known]) -> Matched:
    """Matches by ids and e-mails first, then by names among those that are left.

    lines: their `aliases` are further ids that the platform gives to a line.
    """
    directory = Directory.of(people)
    persons: dict[int, int] = {}
    for number, line in enumerate(lines):
        for one in (line.id, line.email, *line.aliases):
            found = directory.find(Known(id=one, email=one))
            if len(found) == 1:
                persons[number] = found.pop()
                break
    taken = set(persons.values())
    left = {
        number: directory.find(Known(line.name, aliases=(line.name,))) - taken
        for number, line in enumerate(lines)
        if number not in persons
    }
    wanted = Counter(person for found in left.values() for person in found)
    doubtful = []
    for number, found in left.items():
        if len(found) == 1 and all(wanted[person] == 1 for person in found):
            [persons[number]] = found
        elif found:
            doubtful.append(number)
    return Matched(persons, tuple(doubtful))

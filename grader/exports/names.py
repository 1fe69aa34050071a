"""Finds people by id, e-mail or name, though platforms write one name in several ways."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Known:
    """What is known of a person: from a roster, a platform's worksheet, or the name of a file."""

    name: str = ""
    id: str = ""
    email: str = ""
    aliases: tuple[str, ...] = ()


@dataclass
class Directory:
    """An index of people by alias, id, e-mail and name; each person has a number."""

    by_id: dict[str, set[int]] = field(default_factory=dict)
    by_email: dict[str, set[int]] = field(default_factory=dict)
    by_alias: dict[str, set[int]] = field(default_factory=dict)
    by_name: dict[str, set[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, people: Iterable[Known]) -> "Directory":
        made = cls()
        for number, known in enumerate(people):
            made.add(number, known)
        return made

    def add(self, number: int, known: Known) -> None:
        pairs = [(self.by_id, plain(known.id)), (self.by_email, plain(known.email))]
        pairs += [(self.by_alias, plain(alias)) for alias in known.aliases]
        pairs += [(self.by_name, spelling) for spelling in spellings(known.name)]
        for index, entry in pairs:
            if entry:
                index.setdefault(entry, set()).add(number)

    def find(self, known: Known) -> set[int]:
        """The numbers of the people that fit, by the first known one of alias, id, e-mail, name.

        They are several if people share an alias, or if the name does not tell them apart.
        """
        for index, entries in (
            (self.by_alias, {plain(alias) for alias in known.aliases}),
            (self.by_id, {plain(known.id)}),
            (self.by_email, {plain(known.email)}),
            (self.by_name, spellings(known.name)),
        ):
            found = _all(index, entries - {""})
            if found:
                return found
        return set()


def _all(index: Mapping[str, set[int]], entries: Iterable[str]) -> set[int]:
    return {number for entry in entries for number in index.get(entry, ())}


def plain(text: str) -> str:
    """The text in small letters, without blanks around it."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def spellings(name: str) -> set[str]:
    """The name's words without accents and blanks, beginning with each of the words in turn.

    "Ada Lovelace", "Lovelace, Ada" and Canvas's `lovelaceada` have a spelling in common.
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    words = WORD.findall(bare.replace("_", " ").casefold())
    return {"".join([*words[n:], *words[:n]]) for n in range(len(words))}

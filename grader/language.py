"""The language that a student reads: English, or one that has a catalogue in languages/.

It is what BRICKS_LANGUAGE says, or else what the course or the kit says in its course.toml, or
else the language of the machine. Python's own gettext reads the catalogues.
"""

import gettext
import os
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

VARIABLE = "BRICKS_LANGUAGE"
ENGLISH = "en"
FIGURES = str.maketrans(",.", "\u202f,")  # those of English, as French writes them
OF_MACHINE = ("LC_ALL", "LC_MESSAGES", "LANG")
CATALOGUES = Path(__file__).parent / "languages"

_course: Path | None = None  # the course or kit that was found, and the language that it chose
_chosen = ""


def speak(course: Path | None, chosen: str = "") -> None:
    """From now on, sentences come from this course's catalogue, in the language that it chose.

    chosen: empty if the course chooses no language.
    """
    global _course, _chosen
    _course, _chosen = course, chosen


def language() -> str:
    """The code of the language, such as "fr"."""
    return _code_of(os.environ.get(VARIABLE) or _chosen or _of_machine())


def _of_machine() -> str:
    return next((os.environ[name] for name in OF_MACHINE if os.environ.get(name)), "")


def read_ahead() -> None:
    """Reads the engine's catalogue now: a confined process may open no file of ours later."""
    _engine(language())


def _(text: str) -> str:
    """A sentence of the engine in that language; values are put into its {places} afterwards."""
    return _engine(language()).gettext(text) if text else ""


def ngettext(one: str, many: str, n: int) -> str:
    """The same for a sentence with a form for one and a form for several."""
    return _engine(language()).ngettext(one, many, n)


def N_(text: str) -> str:
    """Marks a sentence that is translated where it is shown."""
    return text


def in_course(text: str) -> str:
    """A sentence of the course's checks, hints, pictures and misconceptions in that language."""
    return sentences_in(_course, language())(text) if _course else text


def sentences_in(course: Path, code: str) -> Callable[[str], str]:
    """Translates sentences of the course in that folder; those that it lacks stay English."""
    found = next((file for file in catalogues_of(course, code) if file.is_file()), None)
    read = _read(found) if found else gettext.NullTranslations()
    return lambda text: read.gettext(text) if text else ""


def catalogues_of(course: Path, code: str) -> tuple[Path, Path]:
    """The catalogue's path in a checkout, and its path in a kit."""
    in_kit = course / "exercises" / "recorded" / f"course.{code}.mo"
    return course / "solutions" / code / "course.mo", in_kit


def catalogues_in_use(course: Path) -> list[Path]:
    """The catalogues that give messages their words; none for English."""
    files = (CATALOGUES / f"{language()}.mo", *catalogues_of(course, language()))
    return [file for file in files if file.is_file()]


def again(
    text: str, templates: Iterable[str], each: Callable[[str], str] = lambda value: value
) -> str:
    """Translates an English text that was made from one of these templates.

    Processes that run students' code, and names in files, give texts in English alone.
    each: translates a value in the text.
    """
    if language() == ENGLISH:
        return text
    for template in templates:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(template))
        if found := re.fullmatch(pattern, text):
            values = {name: each(value) for name, value in found.groupdict().items()}
            return _(template).format(**values)
    return text


def as_written(number: str) -> str:
    """A number that is written in English, as the language writes it: 3 200 for 3,200, 0,92."""
    return number if language() == ENGLISH else number.translate(FIGURES)


def counted(number: int) -> str:
    """A whole number with its thousands apart: 10,000 in English."""
    return as_written(f"{number:,}")


def percent(share: float) -> str:
    """A share in a sentence: 89.1%, in French 89,1 % with a space that does not break."""
    text = as_written(f"{share:.1%}")
    return text if language() == ENGLISH else text.replace("%", "\u202f%")


@lru_cache
def _code_of(wanted: str) -> str:
    code = re.split(r"[_.@-]", wanted.lower())[0]
    return code if (CATALOGUES / f"{code}.mo").is_file() else ENGLISH


@lru_cache
def _engine(code: str) -> gettext.NullTranslations:
    """The engine's own sentences; every word of a message is looked up here."""
    return _read(CATALOGUES / f"{code}.mo")


@lru_cache
def _read(file: Path) -> gettext.NullTranslations:
    if not file.is_file():
        return gettext.NullTranslations()
    with file.open("rb") as opened:
        return gettext.GNUTranslations(opened)


def number_of(count: int, noun: str) -> str:
    """As in `1 student` and `12 students`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

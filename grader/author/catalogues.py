"""Catalogues of translations: the sentences of the engine and the course in other languages.

`bricks build` collects the sentences anew, and keeps translations. A sentence whose English changed
is a new one; the old one stays at the end of the file, to help the translator.
"""

import ast
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from grader.content import ENGINE
from grader.course import Course, CourseError, load_brick
from grader.language import CATALOGUES
from grader.misconceptions import misconceptions
from grader.outcome import AFTER_THE_CALL, SHAPE_OF
from grader.pictures.gallery import Gallery

COURSE = "course.po"
WORDS = "words"  # of grader.pictures.drawing
SENTENCE = 4  # words, and more
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
FEEDBACK = Path("classreport", "templates", "feedback.html")
HEADER = "# `bricks build` adds what is new, and compiles this file."

Messages = dict[str | tuple[str, ...], str]  # by sentence, or by its two forms: where it stands


def catalogues(course: Course) -> dict[Path, bytes]:
    """The content of all catalogues of the course, and of the engine if it is in its folder."""
    made: dict[Path, bytes] = {}
    if ENGINE.parent == course.root:
        for file in sorted(CATALOGUES.glob("*.po")):
            made |= _made(file, engine_messages())
    for file in sorted(course.solutions.glob(f"*/{COURSE}")):
        made |= _made(file, course_messages(course, list(course.bricks)))
    return made


def _made(file: Path, messages: Messages) -> dict[Path, bytes]:
    catalogue = updated(file, messages)
    written = io.BytesIO()
    write_po(written, catalogue, width=100, include_lineno=False)
    return {file: written.getvalue(), file.with_suffix(".mo"): compiled(catalogue)}


def updated(file: Path, messages: Messages) -> Catalog:
    """A catalogue of these messages, with their translations from the file."""
    old = read(file)
    known: dict[Any, Message] = {**old.obsolete, **{it.id: it for it in old if it.id}}
    new = Catalog(locale=old.locale, header_comment=HEADER, fuzzy=False)
    new.mime_headers = old.mime_headers  # the translator's, with the rule for plurals
    for text, where in messages.items():
        before = known.get(text) or known.get(text[0] if isinstance(text, tuple) else text)
        new.add(text, before.string if before else "", locations=[(where, 0)])
    for text, message in known.items():
        if text not in messages and message.string and any(message.string):
            new.obsolete[text] = message
    return new


def read(file: Path) -> Catalog:
    with file.open("rb") as opened:
        return read_po(opened)


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as Python's gettext reads it."""
    written = io.BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


def sentences_of(course: Course, code: str) -> Callable[[str], str]:
    """Translates sentences of the course; those without a translation stay as they are."""
    file = course.solutions / code / COURSE
    known = {it.id: it.string for it in read(file)} if file.is_file() else {}
    return lambda text: str(known.get(text) or text)


def of_kit(course: Course, file: Path, bricks: list[str]) -> bytes:
    """The compiled catalogue with the sentences of these bricks alone."""
    catalogue, wanted = read(file), course_messages(course, bricks)
    kept = Catalog(locale=catalogue.locale, fuzzy=False)
    kept.mime_headers = catalogue.mime_headers
    for message in catalogue:
        if message.id in wanted:
            kept.add(message.id, message.string)
    return compiled(kept)


def engine_messages() -> Messages:
    """The sentences that the engine marks with `_`, `N_` and `ngettext`."""
    found: Messages = {}
    for name, _, text, _, _ in extract_from_dir(ENGINE, [("**.py", "python")], keywords=KEYWORDS):
        found.setdefault(text, f"grader/{name}")
    page = extract_from_file("jinja2", ENGINE / FEEDBACK, keywords=KEYWORDS)
    for _, text, _, _ in page:
        found.setdefault(text, f"grader/{FEEDBACK.as_posix()}")
    return dict(sorted(found.items(), key=lambda it: it[1]))


def course_messages(course: Course, bricks: list[str]) -> Messages:
    """The sentences in the checks, hints, pictures and misconceptions of these bricks."""
    found: Messages = {}
    for name in bricks:
        for text, where in _of_brick(course, name):
            if text:
                found.setdefault(text, where)
    return found


def _of_brick(course: Course, name: str) -> Iterator[tuple[str, str]]:
    brick = course.bricks[name]
    checks, pictures = course.checks_file(name), course.gallery_file(name)
    yield from ((text, f"exercises/{checks.name}") for text in [brick.title, *brick.able.values()])
    for check in brick.checks.values():
        yield from ((text, f"exercises/{checks.name}") for text in (check.called, check.hint))
    for ladder in brick.ladders.values():
        yield from ((text, f"exercises/{checks.name}") for text in ladder.steps)
    yield from ((text, f"exercises/{checks.name}") for text in names_in(checks))
    if pictures.is_file():
        yield from ((text, f"exercises/{pictures.name}") for text in words_in(pictures))
    gallery = load_brick(pictures) if pictures.is_file() else None
    for one in gallery.pictures.values() if isinstance(gallery, Gallery) else ():
        texts = (one.title, one.caption, one.alt)
        yield from ((text, f"exercises/{pictures.name}") for text in texts)
    for mistake in misconceptions(course, name):
        where = f"solutions/misconceptions/{name}.py"
        yield from ((text, where) for text in (mistake.says, mistake.asks))


def words_in(pictures: Path) -> Iterator[str]:
    """What is written into a picture: the texts that the file gives to `words`.

    Raises CourseError where it gives one that is made when it runs: nobody could translate it.
    """
    for node in ast.walk(ast.parse(pictures.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == WORDS:
            match node.args:
                case [ast.Constant(str(text))]:
                    yield text
                case _:
                    place = f"{pictures.name}, line {node.lineno}"
                    raise CourseError(f"{place}: {WORDS}() takes one text that stands there whole.")


def names_in(checks: Path) -> Iterator[str]:
    """Names of values that are words, such as "rows add up to 1", and texts about a value."""
    for node in ast.walk(ast.parse(checks.read_text(encoding="utf-8"))):
        said: list[ast.expr | None] = []
        if isinstance(node, ast.Dict):
            said = [key.value if isinstance(key, ast.NamedExpr) else key for key in node.keys]
        elif isinstance(node, ast.Assign | ast.Return):  # of a sentence, a cause for example
            said = [node.value] if _is_sentence(node.value) else []
        elif isinstance(node, ast.DictComp):
            said = [node.key]
        elif isinstance(node, ast.GeneratorExp):
            said = [node.elt]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            said = list(node.args) if node.func.id in ("Unfit", "cause_of") else []
        for one in said:
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                name = one.value.removesuffix(AFTER_THE_CALL).removeprefix(SHAPE_OF)
                if " " in name:
                    yield name
            elif isinstance(one, ast.JoinedStr):
                yield from _words_between(one)


def _is_sentence(value: ast.expr | None) -> bool:
    text = value.value if isinstance(value, ast.Constant) else None
    return isinstance(text, str) and len(text.split()) >= SENTENCE


def _words_between(made: ast.JoinedStr) -> Iterator[str]:
    """Of a name that is made when it runs, the words: "unless told" of f"{name}, unless told"."""
    for part in made.values:
        if isinstance(part, ast.Constant):
            words = str(part.value).removesuffix(AFTER_THE_CALL).strip(", ")
            words = words.removesuffix(" of").removesuffix(" after")
            if " " in words and words.replace(" ", "").replace("'", "").isalpha():
                yield words

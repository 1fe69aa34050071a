"""The mistakes for measuring diagnoses: mutants, pairs of misconceptions, and a blind set.

Each is a wrong version of one brick, with the functions that are wrong in it.
"""

import ast
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import Enum
from itertools import combinations, zip_longest
from typing import Any, TypeVar

from grader.content import load_content
from grader.course import PUBLIC_SEED, Course, CourseError
from grader.misconception import Misconception
from grader.misconceptions import misconceptions, with_misconception
from grader.reference_functions import ReferenceFunctions
from grader.repair.edits import Edit, edits_of
from grader.repair.numbers import drawn_numbers
from grader.repair.places import Place, change_of, places_in
from grader.source import Source, read_source

SEED = 20_261_127  # of the samples
FOLDER = "by_another_hand"  # in solutions/: right bricks in another style, and mistakes.py
MOST_SHOWN = 64  # characters of a changed line
BEFORE = 24  # of these characters, how many stand before the difference

T = TypeVar("T")


class Set(Enum):
    """The origin of mistakes; the value is the name on the page."""

    MUTANT = "mutants"
    PAIR = "pairs"
    OTHER_HAND = "by another hand"


@dataclass(frozen=True)
class Mistaken:
    """A wrong version of a brick.

    functions  the qualified names of the wrong functions; empty if they are not known.
    change     the change in the code, in a line.
    cause      what is wrong, in the words of the mistake's author.
    made       the misconceptions in the code.
    """

    kind: Set
    id: str
    source: Source
    functions: frozenset[str]
    change: str
    cause: str = ""
    made: tuple[Misconception, ...] = ()

    @property
    def brick(self) -> str:
        return self.source.brick


def mutants(course: Course, brick: str, functions: ReferenceFunctions, n: int) -> list[Mistaken]:
    """The reference with one edit that a search for repairs would try: a sample of n.

    The sample takes kinds of edits in turn, and for each kind the functions that checks use in
    turn; it draws one edit of that kind in that function.
    """
    base = without_docstrings(_reference(course, brick))
    used = used_functions(course, brick, functions)
    drawn = random.Random(f"{SEED} {brick}")
    checks = course.bricks[brick].checks.values()
    numbers = drawn_numbers(it.draw(PUBLIC_SEED) for it in checks if it.is_quick)
    by_kind: dict[str, list[list[tuple[Place, Edit]]]] = {}  # a list for each function
    for place in places_in(base.texts, numbers):
        if place.name in used:
            made: dict[str, list[tuple[Place, Edit]]] = {}
            for edit in edits_of(place.function, place.scope):
                made.setdefault(edit.kind.name, []).append((place, edit))
            for kind, edits in made.items():
                drawn.shuffle(edits)
                by_kind.setdefault(kind, []).append(edits)
    for of_functions in by_kind.values():
        drawn.shuffle(of_functions)
    found: dict[bytes, Mistaken] = {base.code: _mutant(base, base, "", "")}
    ordered = {kind: list(in_turn(of)) for kind, of in by_kind.items()}
    for place, edit in in_turn(list(ordered.values())):
        if len(found) > n:
            break
        if wrong := _edited(base, place, edit):
            name = f"{edit.kind.name.lower()} {len(found)}"
            found.setdefault(wrong.code, _mutant(base, wrong, place.name, name))
    return list(found.values())[1:]


def in_turn(lists: Sequence[Sequence[T]]) -> Iterator[T]:
    """The first of each list, then the second of each, and so on."""
    for row in zip_longest(*lists):
        yield from (one for one in row if one is not None)


def _edited(base: Source, place: Place, edit: Edit) -> Source | None:
    """The source with the edit; None where it is no Python, or changes nothing."""
    change = change_of(place, edit)
    if change is None:
        return None
    lines = base.texts[change.file]
    text = [*lines[: change.first - 1], change.text, "\n", *lines[change.last :]]
    code = "".join(text).encode()
    try:
        same = ast.unparse(ast.parse(code)) == ast.unparse(ast.parse(base.code))
    except SyntaxError:
        return None
    return None if same else replace(base, code=code)


def _mutant(base: Source, made: Source, function: str, name: str) -> Mistaken:
    return Mistaken(Set.MUTANT, name, made, frozenset({function}), change_between(base, made))


def pairs(course: Course, brick: str, n: int) -> list[Mistaken]:
    """Two misconceptions at once, in different functions: a sample of n."""
    known = [(it, changed_by(it)) for it in misconceptions(course, brick)]
    apart = [
        (one, two, mine | others)
        for (one, mine), (two, others) in combinations(known, 2)
        if mine and others and not mine & others
    ]
    random.Random(f"{SEED} {brick}").shuffle(apart)
    return [_pair(course, brick, (one, two), functions) for one, two, functions in apart[:n]]


def _pair(
    course: Course, brick: str, made: tuple[Misconception, ...], functions: frozenset[str]
) -> Mistaken:
    source = _reference(course, brick)
    for mistake in made:
        source = with_misconception(source, mistake)
    names = " + ".join(mistake.id for mistake in made)
    patches = {it.patch.__name__ for it in made if it.patch}  # a patch contains a mistake's code
    says = " ".join(mistake.says for mistake in made)
    return Mistaken(Set.PAIR, names, source, functions | patches, says, says, made)


def changed_by(mistake: Misconception) -> frozenset[str]:
    """The functions that a misconception's patch assigns: `softmax`, `Dense.backward`."""
    [patch] = ast.parse(with_misconception(Source("", "", b""), mistake).code).body[2:3]
    assert isinstance(patch, ast.FunctionDef)
    module = patch.args.args[0].arg
    targets = [
        target
        for node in ast.walk(patch)
        if isinstance(node, ast.Assign)
        for target in node.targets
    ]
    names = [ast.unparse(it) for it in targets if isinstance(it, ast.Attribute)]
    return frozenset(it.removeprefix(f"{module}.") for it in names if it.startswith(f"{module}."))


def by_another_hand(course: Course, brick: str, functions: ReferenceFunctions) -> list[Mistaken]:
    """Mistakes by somebody who knew the contract alone, in functions that a check uses.

    Raises CourseError.
    """
    folder = course.solutions / FOLDER
    if not (folder / "mistakes.py").is_file():
        return []
    listed: Sequence[dict[str, Any]] = load_content(FOLDER, folder / "mistakes.py").MISTAKES
    right, used = read_source(folder / f"{brick}.py"), used_functions(course, brick, functions)
    return [_placed(right, it) for it in listed if it["brick"] == brick and it["function"] in used]


def used_functions(course: Course, brick: str, functions: ReferenceFunctions) -> set[str]:
    """The functions that a check of the course uses."""
    checks = course.bricks[brick].checks.values()
    return {name for check in checks for name in functions.used_by(check)}


def _placed(right: Source, listed: dict[str, Any]) -> Mistaken:
    text = right.code.decode()
    if text.count(listed["old"]) != 1:
        raise CourseError(f"{listed['id']}: its old text stands {text.count(listed['old'])} times")
    made = replace(right, code=text.replace(listed["old"], listed["new"]).encode())
    return Mistaken(
        Set.OTHER_HAND,
        listed["id"],
        made,
        frozenset({listed["function"]}),
        change_between(right, made),
        listed["cause"],
    )


def _reference(course: Course, brick: str) -> Source:
    return replace(course.reference(brick)[-1], own=True)


def without_docstrings(source: Source) -> Source:
    """The source as Python writes it, without docstrings and comments: one statement, one line."""
    tree = ast.parse(source.code)
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
            continue
        if ast.get_docstring(node) is not None and len(node.body) > 1:
            del node.body[0]
    return replace(source, code=(ast.unparse(tree) + "\n").encode())


def change_between(right: Source, wrong: Source) -> str:
    """The lines that differ, shortened: the old text, and the new text."""
    old, new = right.code.decode().splitlines(), wrong.code.decode().splitlines()
    said = []
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            was, now = _joined(old[i:j]), _joined(new[k:m])
            alike = next((i for i, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), 0)
            start = max(0, alike - BEFORE)
            said.append(" -> ".join(_shown(text, start) for text in (was, now)))
    return "; ".join(said)


def _joined(lines: Iterable[str]) -> str:
    return "; ".join(line.strip() for line in lines if line.strip())


def _shown(text: str, start: int) -> str:
    if not text:
        return "nothing"
    end = start + MOST_SHOWN
    return f"`{'...' if start else ''}{text[start:end]}{'...' if text[end:] else ''}`"

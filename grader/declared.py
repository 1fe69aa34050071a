"""The brick that a file of checks declares, and what may be wrong with how it is declared."""

from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from types import ModuleType

from grader.brick import Brick
from grader.check import Check
from grader.content import CourseError, Slip, placed, shown


def declared_in(module: ModuleType, file: Path) -> Brick:
    """The brick that a module of checks declares, or its gallery. Raises CourseError."""
    declared = [value for value in vars(module).values() if isinstance(value, Brick)]
    if len(declared) != 1:
        raise CourseError(f"{shown(file)} must declare one Brick, and declares {len(declared)}.")
    [brick] = declared
    if slip := next(slips_of(brick, file.stem.partition("_")[2]), None):
        raise CourseError(placed(slip, file))
    return brick


def slips_of(brick: Brick, name: str) -> Iterator[Slip]:
    """The mistakes in a declaration. name: the brick's name in the name of its file."""
    if brick.name != name:
        yield Slip(f"the brick is named {brick.name!r}, and the file says {name!r}", brick.name)
    if not _whole(brick.order):
        yield Slip(f"the order of {name} is {brick.order!r}, and must be a whole number", name)
    for check in brick.checks.values():
        yield from _slips_in(check, _graded(brick))
    for names in (brick.builds_on, brick.files):
        if isinstance(names, str):
            yield Slip(_one_name(names), names)
    for part in (*brick.ladders, *brick.able):
        if part not in brick.parts:
            yield Slip(f"there are hints or words on {part!r}, which is no part of {name}", part)
    for check in brick.checks.values():
        yield from _slips_in_needs(brick, check)
    if brick.worth and brick.points != brick.worth:
        said = f"its checks have {brick.points} points together"
        yield Slip(f"{name} is worth {brick.worth} points, and {said}", name)


def _graded(brick: Brick) -> bool:
    """Whether the brick's checks have points; the probes of pictures have none."""
    return type(brick) is Brick


def _whole(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)


def _one_name(name: str) -> str:
    return f"{name!r} is text where names are due: one name is ({name!r},), with a comma"


def _slips_in(check: Check, graded: bool) -> Iterator[Slip]:
    """The mistakes in one check that need no look at the others."""
    if graded and not (_whole(check.points) and check.points > 0):
        said = f"its points are {check.points!r}, and must be a whole number from 1 on"
        yield Slip(f"{check.id}: {said}", check.name)
    for field in ("part", "called", "hint") if graded else ("part",):
        text = getattr(check, field)
        if not isinstance(text, str) or not text.strip():
            yield Slip(f"{check.id}: its {field} is {text!r}, and must be text", check.name)
    for names in (check.needs, check.vouched_by):
        if isinstance(names, str):
            yield Slip(f"{check.id}: {_one_name(names)}", names)
    for field in ("inputs", "clean", "measure"):
        given = getattr(check, field)
        if given is not None and not callable(given):
            said = f"its {field} must be a function, and is {given!r:.60}"
            yield Slip(f"{check.id}: {said}", check.name)
    for what, given in (("images", check.images), ("a bar of an own design", check.own_design)):
        if graded and given and not check.labels:
            yield Slip(f"{check.id}: it has {what}, and no labels that belong to it", check.name)
    if not isinstance(check.limit, int | float) or check.limit <= 0:
        yield Slip(f"{check.id}: its limit is {check.limit!r}, and must be seconds", check.name)
    if not check.probe.__code__.co_argcount:
        yield Slip(f"{check.id}: the first argument of its probe is the module", check.name)
    try:
        list(Formatter().parse(check.called))
    except ValueError as error:
        yield Slip(f"{check.id}: {check.called!r}: {error}", check.called)


def _slips_in_needs(brick: Brick, check: Check) -> Iterator[Slip]:
    """Why the check could never run: it needs one that is not there, or one that waits for it."""
    for names, verb in ((check.needs, "needs"), (check.vouched_by, "is vouched for by")):
        for name in names:
            if name not in brick.checks:
                yield Slip(f"{check.id} {verb} {name!r}, and there is no such check", name)
    if any(brick.checks[name].vouched_by for name in check.vouched_by):
        said = "is vouched for by a check that needs a voucher itself"
        yield Slip(f"{check.id} {said}", check.name)
    waiting, needed = [check.name], set[str]()
    while waiting:
        one = brick.checks.get(waiting.pop())
        more = set(one.needs if one else ()) - needed
        if check.name in more:
            yield Slip(f"{check.id} waits for a check that waits for it", check.name)
            return
        needed |= more
        waiting += more

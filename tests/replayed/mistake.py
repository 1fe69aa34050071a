"""A mistake that was made at the keyboard, as a small change of the reference.

It says what the message of one check must contain, and what it must not: what is said must be
true of the code that stands here.
"""

from dataclasses import dataclass

Change = tuple[str, str]  # what stands in the reference, and what the student wrote


@dataclass(frozen=True)
class Mistake:
    """One mistake in one brick.

    number   a label that no other mistake of the brick has.
    check    whose message is read.
    changes  of the brick's source; `before`: of the source of a brick before it.
    says     what the message contains; each is a part of it, whatever the breaks of its lines.
    never    what it does not contain.
    """

    number: str
    brick: str
    check: str
    changes: tuple[Change, ...]
    says: tuple[str, ...]
    never: tuple[str, ...] = ()
    before: tuple[str, Change] | None = None


def one(number, where, old, new, says, never=(), before=None):
    brick, check = where.split(".")
    said = (says,) if isinstance(says, str) else tuple(says)
    not_said = (never,) if isinstance(never, str) else tuple(never)
    return Mistake(number, brick, check, ((old, new),), said, not_said, before)

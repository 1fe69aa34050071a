"""Follow-through: in grading, a slip costs its own points.

A part that builds on wrong parts is judged on the reference's version of these, as a brick is
judged on the reference's predecessors. The part itself is always the student's. This only adds
points: a check that fails on the reference's version too keeps the result of the student's code.
"""

import time
from collections.abc import Iterator
from dataclasses import replace

from grader.check import Check
from grader.course import Course
from grader.examine import Examination
from grader.locate import can_be_located, located
from grader.outcome import (
    Crashed,
    Fault,
    NotInstalled,
    Passed,
    Skipped,
    TooSlow,
    Unloadable,
)
from grader.probe import Substituted
from grader.reference_functions import ReferenceFunctions, contract_of
from grader.result import Result

NEVER_ENDED = (TooSlow, Crashed)
UNTESTED = (Fault, NotInstalled, Unloadable)
MOST_LOCATING = 60.0  # seconds for a brick to find out which functions are at fault
MOST_AT_A_BAR = 1  # parts in the reference's version: an accuracy is that of all parts together


def reference_functions(course: Course, brick: str) -> ReferenceFunctions:
    """The functions of the brick's reference."""
    references = [source.code for source in course.reference(brick)]
    checks = course.checks_file(brick).read_text(encoding="utf-8")
    return ReferenceFunctions(course.bricks[brick], references[-1], contract_of(checks, references))


class FollowThrough:
    """The results of an examination, where no check fails only because another part is wrong.

    located: whether the function at fault is looked for where a check fails.
    """

    def __init__(
        self, examination: Examination, functions: ReferenceFunctions, located: bool = True
    ):
        self.examination = examination
        self._functions = functions
        self._locates = located
        self._locating = 0.0  # seconds: code that sleeps has no processor time
        self._results: dict[str, Result] = {}

    def __iter__(self) -> Iterator[Result]:
        return (self.result(name) for name in self.examination.brick.checks)

    def result(self, name: str) -> Result:
        """The result of the check of that name."""
        own = self.examination.result(name)
        if isinstance(own.outcome, Skipped) and not self._vouched(own.check):
            return own
        followed = self._alone(name)
        return self._not_waited(followed) if isinstance(followed.outcome, Skipped) else followed

    def _not_waited(self, waiting: Result) -> Result:
        """The result of a check that waits: it runs if all that it needs has its points by now."""
        check = waiting.check
        needed = all(isinstance(self._alone(need).outcome, Passed) for need in check.needs)
        if not needed or not self.examination.loads or self._never_ends(check):
            return waiting
        came = self.examination.again(check, None)
        return waiting if isinstance(came.outcome, Passed) else self._located(came)

    def _vouched(self, check: Check) -> bool:
        """Whether one of the checks that vouch for this one passes, or it needs no voucher."""
        return not check.vouched_by or any(
            isinstance(self._alone(name).outcome, Passed) for name in check.vouched_by
        )

    def _alone(self, name: str) -> Result:
        """The result without a look at vouchers; computed once."""
        if name not in self._results:
            self._results[name] = self._followed(self.examination.result(name))
        return self._results[name]

    def _followed(self, own: Result) -> Result:
        if isinstance(own.outcome, (Passed, *UNTESTED)) or not self.examination.loads:
            return own
        check, waits = own.check, isinstance(own.outcome, Skipped)
        if self._is_not_written(check) or (waits and self._never_ends(check)):
            return own
        wrong = self._wrong_parts(check)
        if check.labels and len(wrong) > MOST_AT_A_BAR:
            return own
        for given in self._ways(check, wrong, waits):
            came = self.examination.again(check, given)
            if isinstance(came.outcome, Passed):
                outcome = replace(came.outcome, on=tuple(wrong) or None)
                return replace(came, outcome=outcome, printed="" if wrong else came.printed)
            own = replace(own, seconds=own.seconds + came.seconds, cpu=own.cpu + came.cpu)
        return self._located(own)

    def _ways(self, check: Check, wrong: list[str], waits: bool) -> list[Substituted | None]:
        """The substitutions to run the check with, in turn; None runs the student's code alone."""
        if not wrong:
            return [None] if waits else []
        given = self._reference_of(check, wrong)
        if given is None:
            return []
        in_objects = any("." in function for function in given.replaced) and not check.labels
        return [given, replace(given, paired=True)] if in_objects else [given]

    def _wrong_parts(self, check: Check) -> list[str]:
        """The parts that the check uses and of which a check has no points."""
        checks = self.examination.brick.checks.values()
        return [
            part
            for part in self._functions.parts_used_by(check)
            if not all(
                isinstance(self._alone(it.name).outcome, Passed)
                for it in checks
                if it.part == part and not it.labels
            )
        ]

    def _reference_of(self, check: Check, parts: list[str]) -> Substituted | None:
        """The reference's version of the parts, without the check's own part and later ones.

        None if nothing is left, or if the parts cannot be separated.
        """
        names = list(self.examination.brick.parts)
        later = names[names.index(check.part) :]
        kept = {function for part in later for function in self._functions.of_part(part)}
        replaced = {function for part in parts for function in self._functions.of_part(part)}
        alone = [f for part in parts if self._ended(part) for f in self._functions.of_part(part)]
        return self._functions.substituted(replaced, kept, alone)

    def _ended(self, part: str) -> bool:
        """Whether a check of the part was too slow or crashed: the student's must not run again."""
        checks = self.examination.brick.checks.values()
        return any(
            isinstance(self.examination.result(it.name).outcome, NEVER_ENDED)
            for it in checks
            if it.part == part and not it.labels
        )

    def _never_ends(self, check: Check) -> bool:
        return bool(self._functions.of_part(check.part)) and self._ended(check.part)

    def _is_not_written(self, check: Check) -> bool:
        """Whether the check's own part is a stub; to run it could take the import of Keras."""
        functions = self._functions.of_part(check.part)
        return bool(functions) and self.examination.stubs.issuperset(functions)

    def _located(self, result: Result) -> Result:
        if not self._locates or not can_be_located(result) or self._is_late:
            return result
        own = self._functions.of_part(result.check.part)

        def passes(function: str) -> bool:
            given = self._functions.substituted([function])
            if given is None or self._is_late:
                return False
            began = time.monotonic()
            came = self.examination.again(result.check, given)
            self._locating += time.monotonic() - began
            return isinstance(came.outcome, Passed)

        found = located(result, own, self._functions.used_by(result.check), passes)
        return result if self._is_late else found

    @property
    def _is_late(self) -> bool:
        return self._locating > MOST_LOCATING

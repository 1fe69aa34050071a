"""The result of one check as plain data, for all that shows it: no functions, no input arrays."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.diagnosis.exact import Diagnosis
from grader.diagnosis.explanation import Explanation
from grader.language import in_course
from grader.outcome import BelowBar, Confusion, NotWritten, Outcome, Passed, Skipped
from grader.printable import printable
from grader.report.values import SMALL, number, short
from grader.result import Result

MAX_PRINTED = 1_000  # characters


@dataclass(frozen=True, eq=False)
class CheckReport:
    """The result of one check.

    inputs       names of the call's inputs, each with its value or shape in words
    printed      the beginning of what the student's code printed
    seconds, cpu of all tries together
    same_as      the earlier check that failed with the same exception at the same line
    """

    id: str
    part: str
    maximum: int
    outcome: Outcome
    called: str
    inputs: tuple[tuple[str, str], ...]
    hint: str
    explanation: Explanation | None = None
    printed: str = ""
    seconds: float = 0.0
    cpu: float = 0.0
    same_as: str = ""

    @property
    def brick(self) -> str:
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        return self.id.partition("/")[2]

    @property
    def passed(self) -> bool:
        return isinstance(self.outcome, Passed)

    @property
    def waits(self) -> bool:
        """Whether there is work to do rather than a mistake to find."""
        return isinstance(self.outcome, NotWritten | Skipped)

    @property
    def points(self) -> int:
        return self.maximum if self.passed else 0

    @property
    def certain(self) -> bool:
        """Whether the code caused the outcome; otherwise the machine may have caused it."""
        return bool(getattr(self.outcome, "certain", True))

    @property
    def says_why(self) -> bool:
        """Whether the message says what is wrong, and not only what came back."""
        return bool(self.explanation and self.explanation.says_why)

    @property
    def diagnosis(self) -> Diagnosis | None:
        return self.explanation.diagnosis if self.explanation else None

    @property
    def confusion(self) -> Confusion | None:
        """The confusion matrix, if the check missed its bar."""
        return self.outcome.confusion if isinstance(self.outcome, BelowBar) else None


def check_report(result: Result) -> CheckReport:
    """The report of a check."""
    check = result.check
    inputs = check.shown_to_probe(result.inputs) if result.inputs else {}
    return CheckReport(
        id=check.id,
        part=check.part,
        maximum=check.points,
        outcome=result.outcome,
        called=check.called_with(result.inputs),
        inputs=tuple((name, in_words(value)) for name, value in inputs.items()),
        hint=in_course(check.hint),
        explanation=result.why,
        printed=printable(result.printed[:MAX_PRINTED]),
        seconds=round(result.seconds, 3),
        cpu=round(result.cpu, 3),
        same_as=result.same_as,
    )


def in_words(value: Any) -> str:
    """An input: the shape of an array, the values of a small one."""
    if isinstance(value, np.ndarray):
        return str(value.shape) if value.size > SMALL else f"= {short(value)}"
    return f"= {number(value)}" if isinstance(value, float) else f"= {value!r}"

"""The result of one check of one brick."""

from dataclasses import dataclass

from grader.check import Check, CheckError, Inputs
from grader.diagnosis.explanation import Explanation
from grader.expected import NoExpectedValue
from grader.mnist import DataError
from grader.outcome import Fault, Outcome, Passed
from grader.printable import printable

MAX_FAULT = 200  # characters; a child process may have written some of them


@dataclass(frozen=True)
class Result:
    """The result of one check. `inputs` are those of the try that decided; empty if none was drawn.

    seconds, cpu: of all tries together.
    same_as: the earlier check that the same exception ended at the same line; empty: none.
    """

    check: Check
    outcome: Outcome
    inputs: Inputs
    printed: str = ""
    seconds: float = 0.0
    cpu: float = 0.0
    why: Explanation | None = None
    same_as: str = ""

    @property
    def points(self) -> int:
        return self.check.points if isinstance(self.outcome, Passed) else 0


def fault_of(error: Exception) -> Fault:
    """A failure of the kit as reports show it; the log has the traceback."""
    in_words = isinstance(error, CheckError | NoExpectedValue | DataError)
    said = str(error) if in_words else f"{type(error).__name__}: {error}"
    return Fault(printable(said[:MAX_FAULT]))

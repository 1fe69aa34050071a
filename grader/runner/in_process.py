"""This very process as a place: for a debugger, or prints at once. No time limits."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.check import Check
from grader.outcome import NotInstalled
from grader.probe import Run
from grader.runner.answer import answer, outcome_of
from grader.runner.process import imports_keras
from grader.source import Source


def missing_for_keras(source: Source) -> NotInstalled | None:
    """What Keras lacks on this machine, where the code uses it."""
    if imports_keras(source.code, anywhere=True):
        try:
            __import__("keras")
        except ModuleNotFoundError as error:
            return NotInstalled(str(error.name).partition(".")[0])
    return None


class InProcess:
    """See grader.probe.Place. `raised` keeps the students' exceptions, by check, for a debugger."""

    def __init__(self) -> None:
        self.raised: dict[str, Exception] = {}

    def run(
        self,
        check: Check | None,
        checks_file: Path,
        sources: Sequence[Source],
        inputs: Mapping[str, Any],
        limit: float,
    ) -> Run:
        if check and check.keras and (missing := missing_for_keras(sources[-1])):
            return Run(missing)
        try:
            return Run(answer(check, sources, inputs, propagate=True))
        except Exception as error:
            if check:
                self.raised[check.id] = error
            return Run(outcome_of(error, sources))

    def close(self) -> None:
        """Nothing is open here."""

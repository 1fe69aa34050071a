"""This very process as a place: for a debugger, or prints at once. No time limits."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.check import Check
from grader.probe import Run
from grader.runner.answer import answer, outcome_of
from grader.source import Source


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
        try:
            return Run(answer(check, sources, inputs, propagate=True))
        except Exception as error:
            if check:
                self.raised[check.id] = error
            return Run(outcome_of(error, sources))

    def close(self) -> None:
        """Nothing is open here."""

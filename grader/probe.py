"""Where probes run. A place takes a job and says what came of it; it judges nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from grader.check import Check
from grader.runner.answer import Answer
from grader.source import Source


@dataclass(frozen=True)
class Run:
    """What came of one job: the answer (None: the source loads), what was printed, how long.

    `seconds` by the clock on the wall; `cpu` of processor time, 0 where nobody counted it.
    """

    answer: Answer | None
    printed: str = ""
    seconds: float = 0.0
    cpu: float = 0.0


class Runner(Protocol):
    def run(
        self,
        check: Check | None,
        checks_file: Path,
        sources: Sequence[Source],
        inputs: Mapping[str, Any],
        limit: float,
    ) -> Run:
        """Runs the check's probe on the last source, which may import the others.

        Without a check it only loads the source. `inputs` are those that the probe names; `limit`
        is in seconds.
        """
        ...

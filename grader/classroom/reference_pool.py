"""Two processes for trusted code: one that imports Keras, and one that need not wait for it."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.check import Check
from grader.probe import Run
from grader.runner.process import Process
from grader.source import Source


class ReferencePool:
    """See grader.probe.Place. The checks of Keras have a process of their own."""

    def __init__(self) -> None:
        self._numpy, self._keras = Process(), Process()
        self._warming = threading.Thread(target=self._keras.import_keras)
        self._one_starts = threading.Lock()

    def warm_up(self) -> None:
        """Begins to import Keras, which takes seconds, if nobody has; does not wait for it."""
        with self._one_starts:
            if self._warming.ident is None:
                self._warming.start()

    def run(
        self,
        check: Check | None,
        checks_file: Path,
        sources: Sequence[Source],
        inputs: Mapping[str, Any],
        limit: float,
    ) -> Run:
        process = self._keras if check is not None and check.keras else self._numpy
        return process.run(check, checks_file, sources, inputs, limit)

    def close(self) -> None:
        if self._warming.ident is not None:
            self._warming.join()
        self._numpy.close()
        self._keras.close()

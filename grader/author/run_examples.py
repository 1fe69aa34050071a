"""Runs the examples of one solution, in this process: `python -m grader.author.run_examples FILE`.

The last line of its output is JSON: a list of the examples that do not come true, or a sentence if
the file cannot be run.
"""

import doctest
import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from grader.content import CourseError, load_content


class Recorder(doctest.DocTestRunner):
    """Records examples that do not come true, and goes on."""

    def __init__(self) -> None:
        super().__init__(verbose=False)
        self.found: list[dict[str, Any]] = []

    def report_failure(self, out: Any, test: Any, example: Any, got: str) -> None:
        self._record(test, example, example.want, got)

    def report_unexpected_exception(self, out: Any, test: Any, example: Any, exc_info: Any) -> None:
        error = exc_info[1]
        self._record(test, example, example.want, f"{type(error).__name__}: {error}")

    def _record(self, test: Any, example: Any, says: str, came: str) -> None:
        line = (test.lineno or 0) + example.lineno + 1
        texts = {"code": example.source, "says": says, "came": came}
        self.found.append({"line": line, **{k: " ".join(v.split()) for k, v in texts.items()}})


def examples_of(file: Path) -> list[dict[str, Any]]:
    """The examples that do not come true. Raises CourseError where the file cannot be run."""
    sys.path.insert(0, str(file.parent))
    module = load_content(file.stem, file)
    runner = Recorder()
    for test in doctest.DocTestFinder().find(module):
        runner.run(test, out=lambda text: None)
    return sorted(runner.found, key=lambda one: one["line"])


def main(file: Path) -> None:
    answer: list[dict[str, Any]] | str
    with redirect_stdout(StringIO()):
        try:
            answer = examples_of(file)
        except CourseError as error:
            answer = str(error)
    print()
    print(json.dumps(answer))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

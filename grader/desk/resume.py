"""Going on after a kill: nbgrader skips what it finds in autograded/, finished or not."""

import json
import os
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.utils import rmtree

from grader.desk.preprocessors import JUDGED


class ResumingExporter(NotebookExporter):
    """The exporter of `nbgrader autograde`; it is made just before submissions are looked at.

    It takes away what is half done there, so that nbgrader does it again. The last thing that is
    written of a notebook is its judged version: what lacks that was interrupted.
    """

    def __init__(self, **rest: Any):
        super().__init__(**rest)  # type: ignore[no-untyped-call]
        converter = rest["parent"]
        for folder, notebooks in converter.assignments.items():
            done = folder.replace(
                os.sep + converter.coursedir.submitted_directory + os.sep,
                os.sep + converter.coursedir.autograded_directory + os.sep,
            )
            names = [os.path.basename(notebook) for notebook in notebooks]
            if os.path.exists(done) and not all(finished(Path(done, name)) for name in names):
                converter.log.warning("Grading was interrupted; doing it again: %s", done)
                rmtree(done)


def finished(path: Path) -> bool:
    """Whether the judged version of a notebook lies there, whole."""
    try:
        return JUDGED in json.loads(path.read_text(encoding="utf-8"))["metadata"]
    except (OSError, ValueError, KeyError, TypeError):
        return False

"""The exporter through which `nbgrader autograde` reads each notebook."""

import re
import stat
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter

from grader.notebook import MAX_NOTEBOOK
from grader.regular_file import UnreadableSource, read_regular
from grader.submissions.private import private_to
from grader.submissions.repair import repaired

# Characters of markup, of HTML, and of addresses that would become links.
MARKUP = re.compile(r"[`*\[\]<>#|&~!@^]|(?<![^\W_])_|_(?![^\W_])|:(?=//)|(?<=www)\.")
# A page's script makes formulas of these, however they are escaped.
FORMULA = str.maketrans({"$": "\uff04", "\\": "\uff3c"})


class SubmissionExporter(NotebookExporter):
    """NotebookExporter for what students hand in: it repairs what nbformat would refuse.

    A file that is no notebook becomes a notebook that says so, and gets 0 points. A file behind a
    link, or one of the course's own files, is refused.
    """

    def __init__(self, **rest: Any):
        super().__init__(**rest)  # type: ignore[no-untyped-call]
        self.optimistic_validation = True  # validates after the last preprocessor, not after each
        self._handed: Any = None

    def from_filename(self, filename: str, resources: Any = None, **more: Any) -> tuple[Any, Any]:
        """Raises UnreadableSource for a link, or a file of the course."""
        path = Path(filename)
        if any(folder.is_symlink() for folder in (path.parent, path.parent.parent)):
            raise UnreadableSource("it lies in a folder that is a link")
        self._handed = _in_words_or_repaired(path)
        made: tuple[Any, Any] = super().from_filename(filename, resources, **more)
        return made

    def from_file(
        self, file_stream: Any, resources: Any = None, **more: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Called by NotebookExporter with the open file, which has been read already."""
        made: tuple[Any, dict[str, Any]] = super().from_notebook_node(
            self._handed, resources, **more
        )  # type: ignore[no-untyped-call]
        return made


def _in_words_or_repaired(path: Path) -> Any:
    """The repaired notebook, or a notebook that says why the file cannot be graded."""
    refusal = private_to(Path.cwd())  # nbgrader is in the course's root
    try:
        return repaired(read_regular(path, MAX_NOTEBOOK, refusal))
    except (UnreadableSource, ValueError) as error:
        about = path.lstat()
        if not stat.S_ISREG(about.st_mode) or refusal(about):
            raise
        return nbformat.v4.new_notebook(cells=[said_of(path.name, str(error))])


def said_of(file: str, why: str) -> Any:
    """A text cell on a file that cannot be graded; the file's name is no markup in it."""
    text = f"**{literal(file)} cannot be graded:** {literal(why)}."
    return nbformat.v4.new_markdown_cell(text, id="not-usable")


def literal(text: str) -> str:
    """The text as one line of Markdown that shows it unchanged."""
    line = " ".join(text.split()).translate(FORMULA)
    return MARKUP.sub(lambda found: f"&#{ord(found[0])};", line)

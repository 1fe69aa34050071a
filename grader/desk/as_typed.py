"""Makes the text that students typed harmless in the graded notebook itself.

Formgrader uses the filters of the folder in which Jupyter was started. It shows a course that it
opens later (formgrader/?path=...) without that course's filters, so the notebook must not need
them.
"""

import textwrap
import time
from collections.abc import Callable
from typing import Any

import nbformat
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.strings import strip_files_prefix
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from grader.desk.deadline import TimeIsUp, at_most, can_be_limited
from grader.desk.filters import markdown, shortened
from grader.desk.plain import IDS, has_more, ids_of, pictures
from grader.desk.preprocessors import JUDGED
from grader.notebook import COLLECTED, LINES
from grader.printable import printable

MOST = 500_000  # characters of a notebook; a brick's code has a tenth of it
MOST_CELLS = 2_000
SECONDS = 2.0  # of processor time, for all of a notebook; an ordinary one takes 0.05
MOST_TOKENS = 100_000  # of coloured code in a notebook: a page takes 20 us for each
BRIEF = 2_000  # characters to which a text is cut that takes too long, or may, without a limit

OF_NOTEBOOK = ("kernelspec", JUDGED, COLLECTED)
OF_CELL = ("nbgrader", LINES)


class HtmlAsTyped(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Shows a text cell as it was typed if it is more than plain Markdown; a raw cell always.

    Such cells have HTML, links that run something, pictures from elsewhere, diagrams, or formulas
    that do more than draw. A text that takes too long to render is also shown as it was typed.
    Metadata of a student's, which pages use for classes, ids and titles, are dropped.
    """

    _ids = IDS
    _left = SECONDS
    _tokens = MOST_TOKENS

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        nb.metadata = _only(nb.metadata, OF_NOTEBOOK)
        grade_ids = [it.metadata["nbgrader"]["grade_id"] for it in nb.cells if _is_graded(it)]
        self._ids, self._left, self._tokens = ids_of(grade_ids), SECONDS, MOST_TOKENS
        room = MOST
        for cell in nb.cells:
            cell.source = shortened(printable(cell.source), room)
            room = max(0, room - len(cell.source))
        nb.cells = _few(nb.cells)
        made: tuple[Any, Any] = super().preprocess(nb, resources)
        return made

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        cell.metadata = _only(cell.metadata, OF_CELL)
        if "attachments" in cell:
            cell.attachments = NotebookNode(pictures(cell.attachments))
        if cell.cell_type == "code":
            if not self._in_time(cell.source, lambda: self._has_few_tokens(cell.source)):
                _without_colours(cell)
            return cell, resources
        cell.source = shortened(cell.source)
        more = self._in_time(cell.source, lambda: self._has_more(cell))
        if more is None:  # some filters of nbconvert are slow even for text that is shown as typed
            cell.source = shortened(cell.source, BRIEF)
        if more is not False:
            cell.cell_type, cell.source = "markdown", as_code(cell.source)
        return cell, resources

    def _has_few_tokens(self, code: str) -> bool:
        """Whether the notebook's limit has room for the code's tokens; if so, subtracts them."""
        tokens = _highlighted(code).count("<span")
        if tokens > self._tokens:
            return False
        self._tokens -= tokens
        return True

    def _has_more(self, cell: Any) -> bool:
        """Whether the text is more than plain Markdown; also renders it, which may take long."""
        strip_files_prefix(cell.source)
        if cell.cell_type == "raw":
            return True
        markdown({"cell": cell}, cell.source)
        return has_more(cell.source, cell.get("attachments", {}), self._ids)

    def _in_time(self, text: str, work: Callable[[], bool]) -> bool | None:
        """The result of the work; None if it takes longer than the notebook's remaining time."""
        left = self._left
        if left <= 0 or (len(text) > BRIEF and not can_be_limited()):
            return None
        began = time.process_time()
        try:
            with at_most(left):
                return work()
        except TimeIsUp:
            return None
        finally:
            self._left = left - (time.process_time() - began)


def as_code(text: str) -> str:
    """Markdown that shows the text as it is."""
    return textwrap.indent(text, " " * 4, lambda line: True)


def _only(metadata: Any, names: tuple[str, ...]) -> NotebookNode:
    return NotebookNode({name: metadata[name] for name in names if name in metadata})


def _is_graded(cell: Any) -> bool:
    return "grade_id" in cell.metadata.get("nbgrader", {})


def _few(cells: list[Any]) -> list[Any]:
    """The first cells, all of nbgrader's cells, and a remark on those that are left out."""
    kept = [cell for n, cell in enumerate(cells) if n < MOST_CELLS or _is_graded(cell)]
    if len(kept) < len(cells):
        more = f"(and {len(cells) - len(kept):,} more cells)"
        kept.append(nbformat.v4.new_markdown_cell(more, id="more-cells"))
    return kept


def _highlighted(text: str) -> str:
    made: str = Highlight2HTML()(text)
    return made


def _without_colours(cell: Any) -> None:
    """Makes nbconvert highlight the cell as text, which has no language to be parsed."""
    if cell.source.lstrip().startswith("%%"):  # else nbconvert would take the magic's language
        cell.source = f"# {cell.source.lstrip()}"
    cell.metadata["magics_language"] = "text"

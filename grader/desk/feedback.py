"""The page of `nbgrader generate_feedback`, which opens without network."""

from typing import Any

from jinja2 import DictLoader
from nbconvert.exporters import HTMLExporter
from traitlets import default

from grader.desk.beside import FOR_RELEASE, CopyBeside

NO_SCRIPT = {"mathjax.html.j2": "{% macro mathjax() %}{% endmacro %}"}


class FeedbackExporter(HTMLExporter):
    """HTMLExporter without MathJax: grader.desk.clean has rendered the formulas already.

    `nbgrader generate_feedback` makes it before the first page. Beside the page come only the two
    files that `nbgrader release_feedback` needs.
    """

    def __init__(self, **rest: Any):
        super().__init__(**rest)  # type: ignore[no-untyped-call]
        converter: Any = self.parent
        if hasattr(converter, "pre_convert_hook"):  # else nothing is copied: it makes one page
            feedback = converter.coursedir.feedback_directory
            CopyBeside(converter, feedback, converter.log.warning, FOR_RELEASE.__contains__)

    @default("extra_loaders")
    def _no_script(self) -> list[DictLoader]:
        return [DictLoader(NO_SCRIPT)]

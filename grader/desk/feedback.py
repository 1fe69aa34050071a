"""The page of `nbgrader generate_feedback`, which opens without network."""

from jinja2 import DictLoader
from nbconvert.exporters import HTMLExporter
from traitlets import default

NO_SCRIPT = {"mathjax.html.j2": "{% macro mathjax() %}{% endmacro %}"}


class FeedbackExporter(HTMLExporter):
    """HTMLExporter without the script for formulas: grader.desk.clean has made them already."""

    @default("extra_loaders")
    def _no_script(self) -> list[DictLoader]:
        return [DictLoader(NO_SCRIPT)]

"""The page of `nbgrader generate_feedback`, which opens without network."""

from jinja2 import DictLoader
from nbconvert.exporters import HTMLExporter
from traitlets import default

NO_SCRIPT = {"mathjax.html.j2": "{% macro mathjax() %}{% endmacro %}"}


class FeedbackExporter(HTMLExporter):
    """HTMLExporter without MathJax: grader.desk.clean has rendered the formulas already."""

    @default("extra_loaders")
    def _no_script(self) -> list[DictLoader]:
        return [DictLoader(NO_SCRIPT)]

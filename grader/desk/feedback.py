"""The page of `nbgrader generate_feedback`: it opens without network, and nothing runs in it."""

from collections.abc import Iterator
from typing import Any

from jinja2 import DictLoader
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from traitlets import Bool, default

from grader.desk.beside import FOR_RELEASE, CopyBeside
from grader.desk.feedback_index import with_index, with_title
from grader.desk.filters import html, markdown
from grader.report.html import CONTENT_SECURITY_POLICY

PAGE = "bricks_feedback.html.j2"
# nbgrader's template with a policy before all else; a raw cell is text, and nothing in a cell is
# drawn outside the cell's own box.
TEMPLATE = """\
{%- extends 'index.html.j2' -%}
{%- block header -%}
{{ super() | with_title(resources.nbgrader) | replace('<head>', '<head>' ~ policy(), 1) }}
{%- endblock header -%}
{%- block body -%}{{ super() | with_index(resources.nbgrader) }}{%- endblock body -%}
{%- macro policy() -%}
<meta http-equiv="Content-Security-Policy" content="POLICY">
<meta name="referrer" content="no-referrer">
<style>.text_cell_render, .input_area, .output_subarea, .comment { contain: paint; }</style>
{%- endmacro -%}
{%- block rawcell scoped -%}<pre>{{ cell.source | e }}</pre>{%- endblock rawcell -%}
{%- block unknowncell scoped -%}{%- endblock unknowncell -%}
""".replace("POLICY", CONTENT_SECURITY_POLICY)
LOADED_HERE = {PAGE: TEMPLATE, "mathjax.html.j2": "{% macro mathjax() %}{% endmacro %}"}


class FeedbackExporter(HTMLExporter):
    """HTMLExporter without scripts: grader.desk.filters has rendered the formulas already.

    It cleans every notebook, whatever the settings and however it was graded. `nbgrader
    generate_feedback` makes the exporter before the first page. Only the two files that `nbgrader
    release_feedback` needs are copied beside the page.
    """

    template_file = PAGE
    sanitize_html = Bool(True).tag(config=True)

    def __init__(self, **rest: Any):
        super().__init__(**rest)  # type: ignore[no-untyped-call]
        converter: Any = self.parent
        if hasattr(converter, "pre_convert_hook"):  # else nothing is copied: it makes one page
            feedback = converter.coursedir.feedback_directory
            CopyBeside(converter, feedback, converter.log.warning, FOR_RELEASE.__contains__)

    @default("extra_loaders")
    def _own_templates(self) -> list[DictLoader]:
        return [DictLoader(LOADED_HERE)]

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        yield from super().default_filters()  # type: ignore[no-untyped-call]
        yield from (("clean_html", html), ("markdown2html", markdown))
        yield from (("with_title", with_title), ("with_index", with_index))
        yield "strip_files_prefix", _unchanged

    def from_notebook_node(  # type: ignore[override]  # as HTMLExporter's own
        self, nb: NotebookNode, resources: Any = None, **more: Any
    ) -> tuple[str, dict[str, Any]]:
        """Drops metadata that templates write as classes, ids, sizes and titles."""
        nb.metadata = NotebookNode()
        for cell in nb.cells:
            plain_text = cell.metadata.get("magics_language") == "text"
            own = {"nbgrader": cell.metadata.nbgrader} if "nbgrader" in cell.metadata else {}
            language = {"magics_language": "text"} if plain_text else {}
            cell.metadata = NotebookNode(**own, **language)
            for output in cell.get("outputs", ()):
                if "metadata" in output:
                    output.metadata = NotebookNode()
        return super().from_notebook_node(nb, resources, **more)


def _unchanged(text: str) -> str:
    """In place of a filter that takes long, for links that begin with files/: there are none."""
    return text

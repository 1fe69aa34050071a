"""The preprocessor and filters that nbgrader_config.py names: no text of students runs in pages."""

from grader.desk.as_typed import HtmlAsTyped
from grader.desk.filters import html, markdown

__all__ = ["HtmlAsTyped", "html", "markdown"]

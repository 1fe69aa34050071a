"""The names that nbgrader_config.py has of what keeps students' text from running in a browser."""

from grader.desk.as_typed import HtmlAsTyped
from grader.desk.filters import html, markdown

__all__ = ["HtmlAsTyped", "html", "markdown"]

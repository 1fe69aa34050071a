"""The exception that Jupyter shows without a traceback."""


class NotebookMessage(Exception):
    """A message for the student: Jupyter shows its text and no frames."""

    def _render_traceback_(self) -> list[str]:
        return str(self).split("\n")

"""What Jupyter shows in place of a traceback."""


class NotebookMessage(Exception):
    """Something to be read: no frames above it, neither ours nor the student's."""

    def _render_traceback_(self) -> list[str]:
        return str(self).split("\n")

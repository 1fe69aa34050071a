"""The place under a cell where a note stands while a check runs, and then its results."""

from typing import Any

from IPython.display import DisplayHandle, display


class UnderCell:
    """One output of a cell, which can be replaced."""

    def __init__(self) -> None:
        self._handle: DisplayHandle | None = None

    def note(self, text: str) -> None:
        """Replaces what stands there. Without a note, an output that is not there stays away."""
        if text or self._handle:
            self.show({"text/plain": text})

    def show(self, data: dict[str, Any]) -> None:
        """Replaces what stands there. data: by MIME type."""
        if self._handle:
            self._handle.update(data, raw=True)  # type: ignore[no-untyped-call]
        else:
            self._handle = display(data, raw=True, display_id=True)  # type: ignore[no-untyped-call]

"""Notes for the student on slow statements: each statement is reported once."""

from grader.report.text import slow_note
from grader.student_code import StudentCode


class SlowNotes:
    """The notes of one run; it remembers which statements were reported."""

    def __init__(self) -> None:
        self._reported: set[str] = set()  # digests

    def of(self, code: StudentCode) -> list[str]:
        """A note for each slow statement of the code that was not reported before."""
        slow = [it for it in code.slow if it.digest not in self._reported]
        self._reported |= {it.digest for it in slow}
        return [slow_note(it) for it in slow]

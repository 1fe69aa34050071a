"""Notes: sentences for the message of a failing check, sent as arrays among a probe's values."""

import numpy as np
from numpy.typing import NDArray

from grader.check import ASIDE
from grader.language import in_course

NOTE = ASIDE + "note"  # the name of such a value
CAUSE = ASIDE + "cause of "  # with the name of a value that a check measures


def from_text(text: str) -> NDArray[np.uint8]:
    """Text as an array: its bytes in UTF-8."""
    return np.frombuffer(text.encode(), np.uint8)


def as_text(array: NDArray[np.generic]) -> str:
    """The text in such an array; bytes that are no UTF-8 are replaced."""
    with np.errstate(all="ignore"):
        return array.astype(np.uint8).tobytes().decode(errors="replace")


def cause_of(name: str, text: str) -> dict[str, NDArray[np.uint8]]:
    """For a measure: the cause of a wrong value, with the value's name; {} if the text is empty."""
    return {CAUSE + name: from_text(in_course(text))} if text else {}

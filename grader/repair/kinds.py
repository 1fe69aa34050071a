"""The kinds of edits, in words: where to look, never what to write; and what a search has found."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """A kind of edit; its value says what to look at. They stand by how common the slip is."""

    AXIS = "the axis along which this works"
    SIGN = "a sign here"
    OPERATOR = "the operator here"
    FACTOR = "whether a factor is missing here, or one too many"
    TERM = "whether a term is missing here, or one too many"
    CALL = "whether a call is missing here, or one too many"
    FUNCTION = "which function is called here"
    NAME = "which of your variables stands here"
    ORDER = "the order of the operands here"
    TRANSPOSE = "whether this ought to be transposed"
    INDEX = "what is indexed here, and how"
    BOUND = "the bound of this range or slice"
    CONSTANT = "the number here"
    COMPARISON = "the comparison here"
    KEEPDIMS = "whether the summed axis stays"
    SHAPE = "the shape that this gets"
    COPY = "whether this is a copy or the array itself"
    ASSIGNMENT = "whether this replaces, adds or subtracts"
    UNUSED = "what becomes of the result of this call"
    DROPPED = "a statement that does not belong here"
    MOVED = "where this statement stands: inside or outside of the block"
    SWAPPED = "the order of these lines"
    MISSING = "whether a statement is missing here"
    RETURN = "whether something is returned here"
    INSIDE = "what ought to be inside the call"
    SEED = "where the random numbers come from"
    ARGUMENT = "the arguments of this call"
    CONDITION = "the condition here"


@dataclass(frozen=True)
class Repair:
    """Where a small edit of the student's code mends checks of the brick that take no training.

    mends  the names of the failing checks that pass with it.
    whole  whether all checks of the brick pass then that take no training.
    file   the file or cell.
    lines  one for each place where such an edit was found; empty where there are too many.
    text   the student's own line, where there is one place.
    look   what to look at; empty where edits of several kinds do it.
    other  where a second edit is: `whole` is true of both together; empty: none is needed.
    """

    mends: tuple[str, ...]
    function: str
    file: str
    lines: tuple[int, ...]
    text: str
    look: str
    whole: bool
    other: str = ""

    @property
    def where(self) -> str:
        """The lines and the function, in words."""
        lines = " or ".join(str(line) for line in self.lines)
        return f"line {lines}, in {self.function}" if lines else self.function

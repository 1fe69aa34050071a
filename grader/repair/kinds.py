"""The kinds of edits, with words that say where to look, never what to write; and a found edit."""

from dataclasses import dataclass
from enum import Enum

from grader.language import N_, _


class Kind(Enum):
    """A kind of edit; its value says what to look at. The kinds of common slips come first."""

    AXIS = N_("the axis along which this works")
    SIGN = N_("a sign here")
    OPERATOR = N_("the operator here")
    FACTOR = N_("whether a factor is missing here, or one too many")
    DIVISOR = N_("what this is divided by")
    TERM = N_("whether a term is missing here, or one too many")
    CALL = N_("whether a call is missing here, or one too many")
    FUNCTION = N_("which function is called here")
    NAME = N_("which of your variables stands here")
    ORDER = N_("the order of the operands here")
    UNPACKED = N_("the order of the names here")
    TRANSPOSE = N_("whether this ought to be transposed")
    INDEX = N_("what is indexed here, and how")
    BOUND = N_("the bound of this range or slice")
    CONSTANT = N_("the number here")
    COMPARISON = N_("the comparison here")
    KEEPDIMS = N_("whether the summed axis stays")
    SHAPE = N_("the shape that this gets")
    COPY = N_("whether this is a copy or the array itself")
    ASSIGNMENT = N_("whether this replaces, adds or subtracts")
    UNUSED = N_("what becomes of the result of this call")
    DROPPED = N_("a statement that does not belong here")
    MOVED = N_("where this statement stands: inside or outside of the block")
    SWAPPED = N_("the order of these lines")
    MISSING = N_("whether a statement is missing here")
    RETURN = N_("whether something is returned here")
    INSIDE = N_("what ought to be inside the call")
    SEED = N_("where the random numbers come from")
    ARGUMENT = N_("the arguments of this call")
    CONDITION = N_("the condition here")
    NESTED = N_("which of these calls comes first")


@dataclass(frozen=True)
class Repair:
    """The place of a small edit of the student's code that mends quick checks of the brick.

    mends  the names of the failing checks that pass with the edit.
    whole  whether all quick checks of the brick pass with it.
    file   the file or cell.
    lines  one for each place where such an edit was found; empty if there are too many.
    text   the student's own line, if there is only one place.
    look   what to look at; empty if edits of several kinds mend the checks.
    other  the place of a second edit that is needed, in words; empty if none is. Then `whole` is
           about both edits together.
    by_other  how many failing checks more pass with both edits.
    """

    mends: tuple[str, ...]
    function: str
    file: str
    lines: tuple[int, ...]
    text: str
    look: str
    whole: bool
    other: str = ""
    by_other: int = 0

    @property
    def where(self) -> str:
        """The lines and the function, in words."""
        if not self.lines:
            return self.function
        first, *others = map(str, self.lines)
        for other in others:
            first = _("{line} or {other}").format(line=first, other=other)
        return _("line {n}, in {function}").format(n=first, function=self.function)

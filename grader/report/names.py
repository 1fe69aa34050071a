"""What the values that a check names are called in a sentence."""

from grader.language import N_, _, again, in_course
from grader.outcome import AFTER_THE_CALL, SHAPE_OF

# Names of values that checks put together: what `follows_seed` measures, a value of one of several.
NAMES = (
    N_("same seed, same {what}"),
    N_("other seed, other {what}"),
    N_("{what} of {whole}"),
    N_("{what} after {when}"),
    N_("{what}, {which}"),
)


def value_name(name: str) -> str:
    """The name of a value, whose words are the course's: "rows add up to 1", "x after the call"."""
    if name.endswith(AFTER_THE_CALL):
        what = value_name(name.removesuffix(AFTER_THE_CALL))
        return _("{what} after the call").format(what=what)
    if name.startswith(SHAPE_OF):
        return _("shape of {what}").format(what=value_name(name.removeprefix(SHAPE_OF)))
    if (words := in_course(name)) != name or (words := _(name)) != name:
        return words
    return again(name, NAMES, value_name)

"""The labels of a message's lines: the engine uses English labels, students read their language's.

Only this module knows how a label is shown.
"""

from grader.language import N_, _

LABELS = (
    *(N_("called"), N_("with"), N_("returned"), N_("expected"), N_("right"), N_("raised")),
    *(N_("likely"), N_("where"), N_("think"), N_("note"), N_("departs"), N_("slope")),
    *(N_("reached"), N_("judged"), N_("missing"), N_("to do"), N_("waits"), N_("needs")),
    *(N_("do"), N_("why"), N_("file"), N_("our fault")),
    *(N_("hint"), N_("look"), N_("example"), N_("formula")),
)
HINT = "hint "  # begins the label of a hint with its number


def shown_label(label: str) -> str:
    """The label as a student reads it, at most 9 columns wide."""
    if label.startswith(HINT):
        return " ".join([_("hint"), label.removeprefix(HINT)])
    return _(label) if label in LABELS else label


def label_of(shown: str) -> str:
    """The engine's label for a label that a student reads; empty if there is none."""
    if shown.partition(" ")[0] == _("hint"):
        return "hint"
    return next((label for label in LABELS if _(label) == shown), "")

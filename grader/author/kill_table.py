"""The kill table: which check catches which misconception, and what was diagnosed. As Markdown."""

from collections.abc import Sequence

from grader.author.audit import Audited, caught

HEAD = """# The kill table

Written by `bricks audit`; do not edit. It runs the reference, the blank stub and every known
misconception through every check (but for the accuracy bars, which `bricks calibrate` measures) and
says which check caught what, and what the message named. *Itself* is a diagnosis that names just
this misconception. What does not load, crashes or is too slow is caught by nobody.

It also tries every state in between: each part of a brick alone written, and each part alone not
written, on the reference's bricks before. There a check gives its points exactly when all parts
are written that it uses (it uses a part when it does not pass while that one alone is missing), and
no other answer is given than "passed", "not written" or "waits". Checks of Keras are tried only
with one part written, and may give points only where that is their own.
"""


def kill_table(audited: Sequence[Audited]) -> str:
    """The whole page."""
    every = [trial for one in audited for trial in one.mistaken]
    named = sum(trial.id in trial.named for trial in every)
    summary = (
        f"{len(every)} misconceptions, {sum(bool(t.caught_by) for t in every)} caught, "
        f"{named} diagnosed as themselves, {sum(bool(t.misnamed) for t in every)} as another.\n"
    )
    return "\n".join([HEAD, summary, *(section(one) for one in audited)])


def section(audited: Audited) -> str:
    """The part of the page on one brick."""
    brick = audited.brick
    lines = [
        f"## {brick.title}",
        "",
        f"Reference {audited.reference.points} of {audited.maximum} points, "
        f"blank stub {audited.blank.points}. "
        f"{len(audited.states.written)} parts, each alone written, each alone not written.",
        "",
        "| misconception | points lost | caught by | diagnosed as |",
        "|---|---|---|---|",
    ]
    for trial in audited.mistaken:
        names = sorted("itself" if name == trial.id else name for name in trial.named)
        lines.append(
            f"| {trial.id} | {audited.maximum - trial.points} "
            f"| {', '.join(check.name for check in trial.caught_by) or '**nothing**'} "
            f"| {', '.join(names) or '-'} |"
        )
    lines += ["", "| check | points | catches |", "|---|---|---|"]
    catches = caught(brick, audited.mistaken)
    for check in brick.checks.values():
        reason = "an accuracy bar: see [bars](bars.md)" if check.labels else check.reason
        found = ", ".join(catches.get(check.id, ()))
        lines.append(f"| {check.name} | {check.points} | {found or reason or '**nothing**'} |")
    return "\n".join([*lines, ""])

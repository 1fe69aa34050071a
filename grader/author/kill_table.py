"""The kill table: which check catches which misconception, and what was diagnosed. As Markdown."""

from collections.abc import Sequence

from grader.author.audit import Trial
from grader.check import Brick

HEAD = """# The kill table

Written by `bricks audit`; do not edit. It runs the reference, the blank stub and every known
misconception through every check (but for the accuracy bars, which `bricks calibrate` measures) and
says which check caught what, and what the message named. *Itself* is a diagnosis that names just
this misconception.
"""


def kill_table(
    tried: Sequence[tuple[Brick, Trial, Trial, Sequence[Trial]]],
) -> str:
    """The page, from each brick with its reference, blank and mistaken trials."""
    every = [trial for *_, mistaken in tried for trial in mistaken]
    named = sum(trial.mistake is not None and trial.mistake.id in trial.named for trial in every)
    summary = (
        f"{len(every)} misconceptions, {sum(bool(t.caught_by) for t in every)} caught, "
        f"{named} diagnosed as themselves, {sum(bool(others(t)) for t in every)} as another.\n"
    )
    return "\n".join([HEAD, summary, *(_section(*one) for one in tried)])


def others(trial: Trial) -> set[str]:
    """Misconceptions that were named and are not the one that was made."""
    return trial.named - ({trial.mistake.id} if trial.mistake else set())


def unneeded(brick: Brick, mistaken: Sequence[Trial]) -> list[str]:
    """Checks that catch nothing and give no reason for being there."""
    needed = {check.name for trial in mistaken for check in trial.caught_by}
    return [
        check.name
        for check in brick.checks.values()
        if check.name not in needed and not check.labels and not check.reason
    ]


def _section(brick: Brick, reference: Trial, blank: Trial, mistaken: Sequence[Trial]) -> str:
    judged = sum(check.points for check in brick.checks.values() if not check.labels)
    lines = [
        f"## {brick.title}",
        "",
        f"Reference {reference.points} of {judged} points, blank stub {blank.points}.",
        "",
        "| misconception | points lost | caught by | diagnosed as |",
        "|---|---|---|---|",
    ]
    for trial in mistaken:
        assert trial.mistake is not None
        names = sorted("itself" if name == trial.mistake.id else name for name in trial.named)
        lines.append(
            f"| {trial.mistake.id} | {judged - trial.points} "
            f"| {', '.join(check.name for check in trial.caught_by) or '**nothing**'} "
            f"| {', '.join(names) or '-'} |"
        )
    lines += ["", "| check | points | catches |", "|---|---|---|"]
    for check in brick.checks.values():
        caught = [
            trial.mistake.id
            for trial in mistaken
            if trial.mistake and check.name in {c.name for c in trial.caught_by}
        ]
        reason = "an accuracy bar: see bars.json" if check.labels else check.reason or "**nothing**"
        lines.append(f"| {check.name} | {check.points} | {', '.join(caught) or reason} |")
    return "\n".join([*lines, ""])

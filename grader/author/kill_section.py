"""The section of the kill table on one brick."""

from grader.author.answer_table import ENOUGH, Table
from grader.author.audit import Audited, caught
from grader.author.clauses import clauses_table


def section(audited: Audited) -> str:
    """The section on one brick."""
    brick = audited.brick
    lines = [
        f"## {brick.title}",
        "",
        f"Reference {audited.reference.points} of {audited.maximum} points, "
        f"blank stub {audited.blank.points}. "
        f"{len(audited.states.written)} parts, each alone written, each alone not written. "
        f"An adversary earns {audited.attack.points}.",
        "",
        "| misconception | points lost | caught by | diagnosed as |",
        "|---|---|---|---|",
    ]
    for trial in audited.mistaken:
        names = sorted("itself" if name == trial.id else name for name in trial.named)
        lines.append(
            f"| {trial.id} | {trial.n_lost} "
            f"| {', '.join(check.name for check in trial.caught_by) or '**nothing**'} "
            f"| {', '.join(names) or '-'} |"
        )
    lines += ["", "| check | points | catches | made up | by heart |", "|---|---|---|---|---|"]
    catches = caught(brick, audited.mistaken)
    made_up = {one.check.name: one.what for one in audited.attack.forgeries}
    by_heart = {table.check.name: in_short(table) for table in audited.attack.tables}
    for check in brick.checks.values():
        reason = "an accuracy bar: see [bars](bars.md)" if check.labels else check.reason
        found = ", ".join(catches.get(check.id, ()))
        lines.append(
            f"| {check.name} | {check.points} | {found or reason or '**nothing**'} "
            f"| {made_up.get(check.name, '-')} | {by_heart.get(check.name, '-')} |"
        )
    return "\n".join([*lines, "", *([clauses_table(audited.clauses)] if audited.clauses else [])])


def in_short(table: Table) -> str:
    """How many answers pass the check, and at how many seeds where these are few."""
    if not table.passed:
        return "-"  # an accuracy on drawn images
    if table.answers >= ENOUGH:
        return f"{ENOUGH} or more"
    return f"{table.answers} of {table.passed}"

"""Writes the kill table: which check catches which misconception, and the diagnosis."""

from collections.abc import Sequence

from grader.author.answer_table import ENOUGH, Table
from grader.author.audit import Audited, Trial, caught
from grader.author.clauses import Clause, clauses_table

MOST_LOST = 5  # points that one mistake should cost

HEAD = """# The kill table

Written by `bricks audit`; do not edit. It runs the reference, the blank stub and every known
misconception through every check (except for the accuracy bars, which `bricks calibrate` measures)
and shows which check caught what, and what the message named. *Itself* is a diagnosis that names
just this misconception. Code that does not load, crashes or is too slow counts as not caught.
*Points lost* are those of grading, where a part that builds on a wrong one is judged on the
reference's version of that (follow-through); a self-check has no reference, and waits.

It also tries the states in between, on the reference's predecessors: each part of a brick written
alone, and each part alone not written. A check must give its points exactly when all parts that it
uses are written (it uses a part if it does not pass while only that part is missing), and its
outcome must be "passed", "not written" or "waits". Checks of Keras are tried only with one part
written, and may give points only if that is their own.

An adversary attacks every check with values that it makes up without the answer: constants, its
inputs, random numbers of the right mean and spread, the answer to other inputs, the right entries
in another order. *Made up* says what passes the check. That earns nothing where the check needs,
directly or through others, one that nothing made up passes; and, since grading waits for nothing,
where such a check vouches for it. Hollow parts, each alone and all together, which return nothing,
a constant or what they were given, earn no point either. *By heart* is how many answers of the
reference pass the check at 1,000 seeds, as a table would hold them; no more than 100 are looked
for. Checks that take Keras or train for long are tried at few seeds: *6 of 6* means that no answer
passes at another of 6 seeds.

The last table of a brick has the clauses of its contract, each with the checks that fail where it
is broken, or with the reason why there is none.
"""


def kill_table(audited: Sequence[Audited], of_all: Sequence[Clause] = ()) -> str:
    """The text of docs/kill-table.md. of_all: clauses of the contract that all bricks share."""
    every = [trial for one in audited for trial in one.mistaken]
    named = sum(trial.id in trial.named for trial in every)
    summary = (
        f"{len(every)} misconceptions, {sum(bool(t.caught_by) for t in every)} caught, "
        f"{named} diagnosed as themselves, {sum(bool(t.misnamed) for t in every)} as another.\n"
    )
    shared = ["## All bricks\n", clauses_table(of_all)] if of_all else []
    sections = [section(one) for one in audited]
    return "\n".join([HEAD, summary, losses(every), *sections, *shared])


def with_sections(page: str, audited: Sequence[Audited]) -> str:
    """The page with new sections on these bricks; its sums stay those of all bricks."""
    for one in audited:
        before, _, rest = page.partition(f"## {one.brick.title}\n")
        _, found, after = rest.partition("\n## ")
        page = f"{before}{section(one)}{found}{after}"
    return page


def losses(every: Sequence[Trial]) -> str:
    """Lines on the mean cost of a mistake, and on the mistakes that cost most."""
    mean = sum(trial.n_lost for trial in every) / max(1, len(every))
    said = f"A mistake costs {mean:.1f} points of grading in the mean."
    most = [trial for trial in every if trial.n_lost > MOST_LOST]
    if not most:
        return f"{said} None costs more than {MOST_LOST}.\n"
    lines = [f"{said} More than {MOST_LOST}, and where:", ""]
    for trial in most:
        parts = ", ".join(f"{points} for {part}" for part, points in trial.lost.items())
        lines.append(f"- {trial.brick}, {trial.id}: {parts}")
    return "\n".join([*lines, ""])


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

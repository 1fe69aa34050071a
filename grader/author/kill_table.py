"""Writes the kill table: which check catches which misconception, and the diagnosis."""

from collections.abc import Sequence

from grader.author.audits import Finding, TriedMistake
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


def kill_table(findings: Sequence[Finding], of_all: Sequence[Clause] = ()) -> str:
    """The text of docs/kill-table.md. of_all: clauses of the contract that all bricks share."""
    every = [(one.brick, mistake) for one in findings for mistake in one.tried]
    caught = sum(mistake.caught for _, mistake in every)
    named = sum(mistake.named for _, mistake in every)
    misnamed = sum(mistake.misnamed for _, mistake in every)
    summary = (
        f"{len(every)} misconceptions, {caught} caught, "
        f"{named} diagnosed as themselves, {misnamed} as another.\n"
    )
    shared = ["## All bricks\n", clauses_table(of_all)] if of_all else []
    sections = [one.section for one in findings]
    return "\n".join([HEAD, summary, losses(every), *sections, *shared])


def with_sections(page: str, findings: Sequence[Finding]) -> str:
    """The page with new sections on these bricks; its sums stay those of all bricks."""
    for one in findings:
        title = one.section.partition("\n")[0]
        before, _, rest = page.partition(f"{title}\n")
        _, found, after = rest.partition("\n## ")
        page = f"{before}{one.section}{found}{after}"
    return page


def losses(every: Sequence[tuple[str, TriedMistake]]) -> str:
    """Lines on the mean cost of a mistake, and on the mistakes that cost most.

    every: each with its brick.
    """
    mean = sum(mistake.n_lost for _, mistake in every) / max(1, len(every))
    said = f"A mistake costs {mean:.1f} points of grading in the mean."
    most = [(brick, mistake) for brick, mistake in every if mistake.n_lost > MOST_LOST]
    if not most:
        return f"{said} None costs more than {MOST_LOST}.\n"
    lines = [f"{said} More than {MOST_LOST}, and where:", ""]
    for brick, mistake in most:
        parts = ", ".join(f"{points} for {part}" for part, points in mistake.lost.items())
        lines.append(f"- {brick}, {mistake.id}: {parts}")
    return "\n".join([*lines, ""])

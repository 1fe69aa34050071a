"""Writes docs/diagnosis.md: how often a message names a mistake, and how often it errs."""

import re
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice, product
from textwrap import fill

from grader.author.claims import Says
from grader.author.diagnosed import ALONE, SEARCHED, Judged, Judgement, Measured
from grader.author.mistake_sets import Set, in_turn

HEAD = """# What a message says of a mistake

Written by `bricks audit --diagnosis`; do not edit. It runs wrong versions of every brick through
the checks, reads all messages about each as a student would, and proves or refutes what they claim.
Checks that train or take Keras are left out: they would take hours.

**The sets.**

{sets}

**How.** Each mistake is judged twice: as `bricks grade` does, which has the reference and searches
{searched:g} s of processor time for a small change that mends the brick; and as the student's own
self-check does, which has only recorded values, then `bricks explain`, whose search ends here after
{alone:g} s. A mistake is *caught* if a check fails. The others are shares of those that are caught,
and each counts once, for the most that any message about it says:

- *cause*: a row `likely` names a known misconception, or a cause that was measured;
- *place*: a row `where` names a line or a function that is wrong, or a small change that mends all;
- *number*: no more than how the values differ ("18 times too large"), a shape, a type or an error;
- *silent*: the values, what is expected, and the check's fixed question;
- *false*: a message about it is not true of the code, whatever else is said.

**What is false** is decided by running, on three draws that no message has seen. A named
misconception is false if the code answers otherwise than it does, in any check that both run:
alone, together with others that are named, or, for a pair, with one of the two. A measured cause is
false if it is not measured again. A function that is blamed, or called right, is held against those
that are wrong. A place outside of these is false if no small change there mends the checks on those
draws.
"""
GOALS = "| goal | | | 98 % | 80 % together | | | 15 % | 1 % |"
EXAMPLES = 12
WIDTH = 100  # of the page's text
LONGEST = 300  # characters of a change in a list

By = Callable[[Judged], Judgement]


def graded(one: Judged) -> Judgement:
    return one.graded


def alone(one: Judged) -> Judgement:
    return one.alone


BY: tuple[tuple[str, By], ...] = (("grading", graded), ("self-check", alone))


def diagnosis_page(measured: Sequence[Measured], kill_table: str) -> str:
    """The text of docs/diagnosis.md. kill_table: the text of the other page, for its totals."""
    every = [one for brick in measured for one in brick.judged]
    sections = [
        HEAD.format(sets=sets(measured), searched=SEARCHED, alone=ALONE),
        totals(every, kill_table),
        by_brick(measured),
        listed("False messages", every, lambda it: it.false, lambda it: "; ".join(it.false)),
        listed("Missed", every, lambda it: it.says is None, lambda it: ""),
        listed("Silent", every, lambda it: it.says is Says.SILENT and not it.false, lambda it: ""),
        named_by_another_hand(every),
        examples(measured),
    ]
    return "\n".join(section for section in sections if section)


def sets(measured: Sequence[Measured]) -> str:
    """The sets with their sizes, and who wrote them."""
    sizes = Counter(one.mistake.kind for brick in measured for one in brick.judged)
    left = Counter(mistake.kind for brick in measured for mistake in brick.alike)
    who = {
        Set.MUTANT: "the reference with one edit of the grammar that the search for repairs tries, "
        "drawn from all such edits, kind by kind and function by function. "
        f"{left[Set.MUTANT]} more answer as the reference does on all draws, and are left out.",
        Set.PAIR: "two known misconceptions at once, in different functions, drawn from all pairs. "
        f"{left[Set.PAIR]} more are of Keras's parts, and are left out.",
        Set.OTHER_HAND: "right bricks in another style, with one mistake each, by somebody who had "
        "read the contract and neither checks nor misconceptions. They are only measured: no "
        "misconception was written because of them. Those in parts that need Keras are left out.",
    }
    return "\n".join(
        fill(f"- *{kind.value}* ({sizes[kind]}): {who[kind]}", WIDTH, subsequent_indent="  ")
        for kind in Set
        if sizes[kind]
    )


def totals(every: Sequence[Judged], kill_table: str) -> str:
    lines = ["## In all", "", *_header("set | judged as | of")]
    for kind in Set:
        ones = [one for one in every if one.mistake.kind is kind]
        for name, by in BY if ones else ():
            lines.append(_row(f"{kind.value} | {name} | {len(ones)}", list(map(by, ones)), True))
    lines += [GOALS, "", fill(errors(every), WIDTH), ""]
    searches = sorted(one.alone.seconds for one in every if one.alone.says)
    if len(searches) > 1:
        median, nine = statistics.median(searches), statistics.quantiles(searches, n=10)[-1]
        took = (
            f"After the results of a self-check the search takes {median:.1f} s of processor time "
            f"in the median, and at most {nine:.1f} s in nine of ten cases."
        )
        lines += [fill(took, WIDTH), ""]
    if found := re.search(r"^\d+ misconceptions, .*$", kill_table, re.MULTILINE):
        lines.append(
            f"The misconceptions themselves are in the [kill table](kill-table.md):\n{found[0]}\n"
        )
    return "\n".join(lines)


def errors(every: Sequence[Judged]) -> str:
    """A sentence on the places that need no search, since an error shows its line."""
    placed = [alone(one) for one in every if alone(one).says is Says.LOCATED]
    raised = sum("\n  raised " in judged.message for judged in placed)
    return (
        f"Of the {len(placed)} places in self-checks {raised} are of an error that the code itself "
        "raised; the others were searched, or measured."
    )


def by_brick(measured: Sequence[Measured]) -> str:
    lines = ["## By brick, in grading", "", *_header("brick | set | of")]
    for brick in measured:
        for kind in Set:
            ones = [graded(one) for one in brick.judged if one.mistake.kind is kind]
            if ones:
                lines.append(_row(f"{brick.brick} | {kind.value} | {len(ones)}", ones, False))
    return "\n".join([*lines, ""])


def _header(first: str) -> list[str]:
    return [f"| {first} | caught | cause | place | number | silent | false |", "|---" * 9 + "|"]


def _row(first: str, ones: Sequence[Judgement], shares: bool) -> str:
    caught = [one for one in ones if one.says]
    true = [one for one in caught if not one.false]
    counts = [sum(one.says is says for one in true) for says in Says]
    counts.append(len(caught) - len(true))
    cells = [_count(len(caught), len(ones), shares)]
    cells += [_count(n, len(caught), shares) for n in counts]
    return f"| {first} | {' | '.join(cells)} |"


def _count(n: int, of: int, share: bool) -> str:
    return f"{n} ({100 * n / max(1, of):.0f} %)" if share else str(n)


def listed(
    title: str,
    every: Sequence[Judged],
    chosen: Callable[[Judgement], object],
    said: Callable[[Judgement], str],
) -> str:
    """The mistakes whose judgement is `chosen`, each with the change in the code."""
    lines = []
    for one in every:
        by = [name for name, judged in BY if chosen(judged(one))]
        if by:
            about = dict.fromkeys(said(judged(one)) for _, judged in BY if chosen(judged(one)))
            more = f" **{' / '.join(filter(None, about))}**" if any(about) else ""
            mistake = one.mistake
            lines.append(
                f"- {mistake.brick}, {mistake.id} ({', '.join(by)}): "
                f"{mistake.cause or mistake.change[:LONGEST]}{more}"
            )
    return "\n".join([f"## {title}", "", *(lines or ["None."]), ""])


def named_by_another_hand(every: Sequence[Judged]) -> str:
    """The causes that messages name for the blind set, beside the words of its author."""
    ones = [one for one in every if one.mistake.kind is Set.OTHER_HAND]
    rows = [
        f"| {one.mistake.id} | {one.mistake.cause} | {' / '.join(named)} |"
        for one in ones
        if (named := dict.fromkeys([*one.graded.named, *one.alone.named]))
    ]
    head = ["| mistake | its author's words | what the messages name |", "|---|---|---|"]
    return "\n".join(["## Causes, named and meant", "", *head, *rows, ""]) if rows else ""


def examples(measured: Sequence[Measured]) -> str:
    """Messages as they look, chosen by a rule."""
    lines = [
        "## Examples",
        "",
        "As a self-check prints them. Of each set the first mistake whose message names the cause,",
        "the place, a number, nothing, each looked for in another brick first; then the second of",
        "each.",
        "",
    ]
    for number, one in enumerate(_chosen(measured), 1):
        judged, mistake = alone(one), one.mistake
        said = "false" if judged.false else judged.says.value if judged.says else ""
        lines += [
            f"### {number}. {mistake.brick}, {mistake.kind.value}, {mistake.id}: {said}",
            "",
            mistake.change[:LONGEST],
            "",
            "```text",
            judged.message,
            "```",
            "",
        ]
    return "\n".join(lines)


def _chosen(measured: Sequence[Measured]) -> list[Judged]:
    """The first of each set and kind of message, then the second of each, until there are enough.

    Each kind looks through the bricks in turn, and begins with another brick.
    """
    kinds = []
    for turn, (kind, says) in enumerate(product(Set, Says)):
        start = turn % len(measured)
        kinds.append(
            [
                one
                for brick in [*measured[start:], *measured[:start]]
                for one in brick.judged
                if one.mistake.kind is kind and alone(one).says is says
            ]
        )
    return list(islice(in_turn(kinds), EXAMPLES))

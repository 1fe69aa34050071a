"""The search for one small edit of the student's own code with which every quick check passes.

An edit counts when the failing checks pass with it, and all others still do, on two draws of the
inputs. Nothing else is said of it: where it is, and what kind of thing to look at.
"""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from grader.check import Check, Inputs, of_run
from grader.expected import DRAWS, Answers
from grader.judge import judge, measured
from grader.outcome import Array, Passed
from grader.probe import Returned, Tried, Variant
from grader.repair.edits import Edit, edits_of
from grader.repair.kinds import Kind, Repair
from grader.repair.places import Place, by_distance, places_in

AT_ONCE = 48  # variants of a job
MOST_LINES = 3  # places that a message still names

# Runs variants of the student's file on a check's inputs of one run; None where the job failed.
TryVariants = Callable[[Check, Inputs, Sequence[Variant]], Tried | None]


@dataclass(frozen=True)
class Bench:
    """What a search needs of an examination.

    checks    all quick checks of the brick. failing: those of them that fail, the first to mend
              first.
    texts     the lines of the student's file, or of its cells.
    drawn     a check's inputs of a draw. expected: what it is compared with.
    """

    checks: Sequence[Check]
    failing: Sequence[Check]
    texts: dict[str, list[str]]
    drawn: Callable[[Check, int], Inputs]
    expected: Callable[[Check, Inputs], Answers]
    try_variants: TryVariants


@dataclass(frozen=True)
class Candidate:
    """An edit of one of the student's functions, as a variant of the file."""

    place: Place
    kind: Kind
    line: int
    variant: Variant


def find_repair(bench: Bench, left: Callable[[], bool]) -> Repair | None:
    """The repair, or None where none is found while there is time `left`."""
    first = bench.failing[0]
    candidates = candidates_for(bench, first)
    while left() and (batch := list(islice(candidates, AT_ONCE))):
        found: list[Candidate] = []
        for one in passing(bench, first, 0, batch):
            seen = [(other.place.name, other.line) for other in found]
            if (one.place.name, one.line) not in seen and left() and holds(bench, one):
                found.append(one)
        if found:
            return _said(found, bench)
    return None


def candidates_for(bench: Bench, check: Check) -> Iterator[Candidate]:
    """Edits of the functions that the check uses: near ones first, and those of low rank."""
    ranked: list[tuple[int, int, Place, Edit]] = []
    for distance, place in by_distance(places_in(bench.texts), check):
        for edit in edits_of(place.function, place.scope):
            ranked.append((2 * distance + edit.rank, len(ranked), place, edit))
    ranked.sort(key=lambda it: it[:2])
    seen = set()
    for _, _, place, edit in ranked:
        try:
            text = edit.text
        except (ValueError, TypeError, AttributeError, RecursionError):
            continue  # an edit that is no Python
        if (place.name, text) in seen:
            continue
        seen.add((place.name, text))
        indent = " " * place.function.col_offset
        last = place.function.end_lineno or place.first
        variant = Variant(place.file, place.first, last, textwrap.indent(text, indent))
        yield Candidate(place, edit.kind, edit.line, variant)


def passing(
    bench: Bench, check: Check, draw: int, candidates: Sequence[Candidate]
) -> list[Candidate]:
    """Those of the candidates with which the check passes on a draw of its inputs."""
    inputs = bench.drawn(check, draw)
    values: list[dict[str, Array] | None] = [{} for _ in candidates]
    for run, shown in check.runs(inputs).items():
        tried = bench.try_variants(check, shown, [one.variant for one in candidates])
        if tried is None or len(tried.values) != len(candidates):
            return []
        for i, came in enumerate(tried.values):
            known = values[i]
            if came is None or known is None:
                values[i] = None
            else:
                known |= {f"{name}{of_run(run)}": array for name, array in came.arrays.items()}
    expected = bench.expected(check, inputs)
    return [
        one
        for one, came in zip(candidates, values, strict=True)
        if came is not None and _passes(check, came, inputs, expected)
    ]


def _passes(check: Check, came: dict[str, Array], inputs: Inputs, expected: Answers) -> bool:
    answer = measured(check, Returned(came), inputs)
    return isinstance(answer, Returned) and isinstance(judge(check, answer, expected), Passed)


def holds(bench: Bench, one: Candidate) -> bool:
    """Whether every quick check passes with the edit, on all draws; the failing ones come first."""
    others = [check for check in bench.checks if check not in bench.failing]
    return all(
        passing(bench, check, draw, [one])
        for check in (*bench.failing, *others)
        for draw in range(DRAWS)
    )


def _said(found: Sequence[Candidate], bench: Bench) -> Repair | None:
    """What may be said of edits that all repair: the function, the lines, what to look at."""
    if len({one.place.name for one in found}) > 1:
        return None
    place, kinds = found[0].place, {one.kind for one in found}
    lines = tuple(sorted({one.line for one in found}))
    lines = lines if len(lines) <= MOST_LINES else ()
    text = bench.texts[place.file][lines[0] - 1].strip() if len(lines) == 1 else ""
    look = found[0].kind.value if len(kinds) == 1 else ""
    return Repair(place.name, place.file, lines, text, look)

"""The search for small edits of the student's own code with which every quick check passes.

An edit counts when failing checks pass with it, and all that passed still do, on two draws of the
inputs. Where it mends a part of them, a second edit is looked for that mends the rest: two
mistakes. Nothing else is said of an edit: where it is, and what kind of thing to look at.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from grader.check import Check, Inputs, of_run
from grader.expected import DRAWS, Answers
from grader.judge import judge, measured
from grader.outcome import Array, Passed
from grader.printable import one_line
from grader.probe import Change, Returned, Tried, Variant
from grader.repair.edits import RANKS, Edit, edits_of
from grader.repair.kinds import Repair
from grader.repair.places import Place, by_distance, change_of
from grader.source import shown_line

AT_ONCE = 24  # variants of a job
FEWEST_AT_ONCE, FIRST_AT_ONCE = 4, 8
SECONDS_AT_ONCE = 0.5  # for a job, where variants are slow
WEIGHT = 2  # calls away that a function may be for each rank: edits of a high rank are many
MOST_LINES = 3  # places that a message still names
MOST_EDITS = 2
MAX_NAME = 60  # characters of a function's
MAX_TEXT = 20_000  # characters of an edited function: a job has 24 of them

Left = Callable[[], float]  # seconds that a search still has; none where it is 0 or less
# Runs variants of the student's file on a check's inputs of one run, all together for that many
# seconds at most; None where the job failed.
TryVariants = Callable[[Check, Inputs, Sequence[Variant], float], Tried | None]


@dataclass(frozen=True)
class Bench:
    """What a search needs of an examination.

    passing   quick checks that must go on passing.
    failing   quick checks that should pass, the first to mend first.
    others    quick checks that may pass: they wait, are not written yet, or name a mistake.
    places    the student's functions. made: changes of them that stay.
    texts     the lines of the student's file, or of its cells.
    drawn     a check's inputs of a draw. expected: what it is compared with.
    """

    passing: Sequence[Check]
    failing: Sequence[Check]
    others: Sequence[Check]
    places: Sequence[Place]
    texts: dict[str, list[str]]
    drawn: Callable[[Check, int], Inputs]
    expected: Callable[[Check, Inputs], Answers]
    try_variants: TryVariants
    made: Variant = ()


@dataclass(frozen=True)
class Candidate:
    """An edit of one of the student's functions, as a change of the file."""

    place: Place
    edit: Edit
    change: Change

    @property
    def at(self) -> tuple[str, int]:
        return self.place.name, self.edit.line


def find_repairs(bench: Bench, left: Left, most: int = MOST_EDITS) -> list[Repair]:
    """One repair that mends all failing checks, or two that do together.

    Empty where none are found while there is time `left`.
    """
    candidates = candidates_for(bench, bench.failing[0], left)
    begun: set[str] = set()  # functions of which an edit mends a part
    size = FIRST_AT_ONCE
    while left() > 0 and (batch := list(islice(candidates, size))):
        before = left()
        whole: list[Candidate] = []
        parts: list[tuple[Candidate, list[Check]]] = []
        good = passing(bench, bench.failing[0], 0, batch, left)
        size = _fitting(size, before - left())
        for one in good:
            if one.at not in [other.at for other in whole]:
                mended = mends(bench, one, left)
                if len(mended) == len(bench.failing):
                    whole.append(one)
                elif mended and one.place.name not in begun:
                    begun.add(one.place.name)
                    parts.append((one, mended))
        if whole:
            best = [one for one in whole if passes_all(bench, bench.others, one, left)]
            said = _said(best or whole, bench.texts, bench.failing, bool(best))
            return [said] if said else []
        for one, mended in parts if most > 1 else ():
            if rest := find_repairs(_with_edit(bench, one, mended), left, most - 1):
                return _in_turn(_said([one], bench.texts, mended, False), rest)
    return []


def _fitting(size: int, seconds: float) -> int:
    """How many variants a job gets, after one of that size took those seconds."""
    if seconds <= 0:
        return AT_ONCE
    return max(FEWEST_AT_ONCE, min(AT_ONCE, int(size * SECONDS_AT_ONCE / seconds)))


def candidates_for(bench: Bench, check: Check, left: Left) -> Iterator[Candidate]:
    """Edits of the functions that the check uses: near ones first, and those of low rank.

    They are made as they are asked for, while there is time `left`: to make all takes longer than
    to try the first thousands.
    """
    near = by_distance(bench.places, check)
    seen = set()
    furthest = max((distance for distance, _ in near), default=0)
    for step in range(furthest + WEIGHT * len(RANKS)):
        for distance, place in near:
            rank, between = divmod(step - distance, WEIGHT)
            if between or rank not in RANKS:
                continue
            for edit in edits_of(place.function, place.scope, rank):
                if left() <= 0:
                    return
                change = change_of(place, edit)
                if change and len(change.text) <= MAX_TEXT and change not in seen:
                    seen.add(change)
                    yield Candidate(place, edit, change)


def passing(
    bench: Bench, check: Check, draw: int, candidates: Sequence[Candidate], left: Left
) -> list[Candidate]:
    """Those of the candidates with which the check passes on a draw of its inputs.

    None where no time is left: what has not run has not passed.
    """
    if left() <= 0:
        return []
    inputs = bench.drawn(check, draw)
    running: list[tuple[Candidate, dict[str, Array]]] = [(one, {}) for one in candidates]
    for run, shown in check.runs(inputs).items():
        variants = [_with_change(bench.made, one.change) for one, _ in running]
        if not variants or (seconds := left()) <= 0:
            return []
        tried = bench.try_variants(check, shown, variants, seconds)
        if tried is None or len(tried.values) != len(running):
            return []
        running = [
            (one, {**values, **{f"{k}{of_run(run)}": v for k, v in came.arrays.items()}})
            for (one, values), came in zip(running, tried.values, strict=True)
            if came is not None
        ]
    expected = bench.expected(check, inputs)
    return [one for one, values in running if _passes(check, values, inputs, expected)]


def _passes(check: Check, came: dict[str, Array], inputs: Inputs, expected: Answers) -> bool:
    answer = measured(check, Returned(came), inputs)
    return isinstance(answer, Returned) and isinstance(judge(check, answer, expected), Passed)


def mends(bench: Bench, one: Candidate, left: Left) -> list[Check]:
    """The failing checks that pass with the edit, on all draws.

    Empty where the first of them does not, or where one fails that passed.
    """
    first, *more = bench.failing
    if not passes_all(bench, [first], one, left):
        return []
    mended = [first, *(check for check in more if passes_all(bench, [check], one, left))]
    return mended if passes_all(bench, bench.passing, one, left) else []


def passes_all(bench: Bench, checks: Sequence[Check], one: Candidate, left: Left) -> bool:
    """Whether the checks pass with the edit, on all draws, in the time that is left."""
    return all(
        passing(bench, check, draw, [one], left) for check in checks for draw in range(DRAWS)
    )


def _with_change(made: Variant, change: Change) -> Variant:
    """The changes that stay, and this one, which may be of a function that was changed before."""
    return (*(it for it in made if (it.file, it.first) != (change.file, change.first)), change)


def _with_edit(bench: Bench, one: Candidate, mended: Sequence[Check]) -> Bench:
    """The bench for the second edit, with the first made."""
    changed = replace(one.place, function=one.edit.make())
    return replace(
        bench,
        passing=[*bench.passing, *mended],
        failing=[check for check in bench.failing if check not in mended],
        places=[changed if place is one.place else place for place in bench.places],
        made=_with_change(bench.made, one.change),
    )


def _in_turn(first: Repair | None, rest: Sequence[Repair]) -> list[Repair]:
    """Two repairs, each naming the other; none where one of them has no place."""
    if first is None:
        return []
    [second] = rest
    return [
        replace(first, other=second.where, whole=second.whole),
        replace(second, other=first.where),
    ]


def _said(
    found: Sequence[Candidate],
    texts: Mapping[str, Sequence[str]],
    mended: Sequence[Check],
    whole: bool,
) -> Repair | None:
    """What may be said of edits that all repair: the function, the lines, what to look at."""
    if len({one.place.name for one in found}) > 1:
        return None
    place, kinds = found[0].place, {one.edit.kind for one in found}
    lines = tuple(sorted({one.edit.line for one in found}))
    lines = lines if len(lines) <= MOST_LINES else ()
    text = shown_line(texts[place.file], lines[0]) if len(lines) == 1 else ""
    look = found[0].edit.kind.value if len(kinds) == 1 else ""
    names = tuple(check.name for check in mended)
    return Repair(names, one_line(place.name, MAX_NAME), place.file, lines, text, look, whole)

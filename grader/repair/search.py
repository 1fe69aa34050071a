"""The search for small edits of the student's own code with which every quick check passes.

An edit counts if failing checks pass with it, and all that passed still do, on two draws of the
inputs. If it mends only some of them, the search looks for a second edit that mends the rest. A
message says only where an edit is, and what kind of thing to look at.
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

AT_ONCE = 24  # variants in a job, at most
FEWEST_AT_ONCE, FIRST_AT_ONCE = 4, 8
SECONDS_AT_ONCE = 0.5  # that a job should take, if variants are slow
WEIGHT = 2  # calls of distance that one rank is worth: there are many edits of a high rank
MOST_LINES = 3  # places that a message names; of more, it names none
MOST_EDITS = 2
MAX_NAME = 60  # characters of a function's name
MAX_TEXT = 20_000  # characters of an edited function: a job has 24 of them

Left = Callable[[], float]  # gives the seconds that a search still has; at 0 or less it ends
# Runs variants of the student's file on a check's inputs of one run, for that many seconds in all;
# None if the job failed.
TryVariants = Callable[[Check, Inputs, Sequence[Variant], float], Tried | None]


@dataclass(frozen=True)
class SearchProblem:
    """What a search needs of an examination.

    passing   quick checks that must go on passing.
    failing   quick checks that should pass; an edit must mend the first of them.
    others    quick checks that may pass: they wait, are not written yet, or name a mistake.
    places    the student's functions. made: changes of them that stay.
    texts     the lines of the student's file, or of its cells.
    drawn     gives a check's inputs for a draw. expected: gives the arrays to compare with.
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


def find_repairs(problem: SearchProblem, left: Left, most: int = MOST_EDITS) -> list[Repair]:
    """One repair that mends all failing checks, or two that do so together.

    Empty if none is found before the time is up.
    """
    candidates = candidates_for(problem, problem.failing[0], left)
    begun: set[str] = set()  # functions of which an edit mends some of the failing checks
    size = FIRST_AT_ONCE
    while left() > 0 and (batch := list(islice(candidates, size))):
        before = left()
        whole: list[Candidate] = []
        parts: list[tuple[Candidate, list[Check]]] = []
        good = passing(problem, problem.failing[0], 0, batch, left)
        size = _fitting(size, before - left())
        for one in good:
            if one.at not in [other.at for other in whole]:
                mended = mends(problem, one, left)
                if len(mended) == len(problem.failing):
                    whole.append(one)
                elif mended and one.place.name not in begun:
                    begun.add(one.place.name)
                    parts.append((one, mended))
        if whole:
            best = [one for one in whole if passes_all(problem, problem.others, one, left)]
            said = _said(best or whole, problem.texts, problem.failing, bool(best))
            return [said] if said else []
        for one, mended in parts if most > 1 else ():
            if rest := find_repairs(_with_edit(problem, one, mended), left, most - 1):
                return _in_turn(_said([one], problem.texts, mended, False), rest)
    return []


def _fitting(size: int, seconds: float) -> int:
    """How many variants the next job gets, after a job of that size took those seconds."""
    if seconds <= 0:
        return AT_ONCE
    return max(FEWEST_AT_ONCE, min(AT_ONCE, int(size * SECONDS_AT_ONCE / seconds)))


def candidates_for(problem: SearchProblem, check: Check, left: Left) -> Iterator[Candidate]:
    """Edits of the functions that the check uses, those of near functions and of low ranks first.

    It makes them one by one, while there is time: to make all takes longer than to try the first
    thousands.
    """
    near = by_distance(problem.places, check)
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
    problem: SearchProblem, check: Check, draw: int, candidates: Sequence[Candidate], left: Left
) -> list[Candidate]:
    """Those of the candidates with which the check passes on a draw of its inputs.

    None where no time is left: what has not run has not passed.
    """
    if left() <= 0:
        return []
    inputs = problem.drawn(check, draw)
    running: list[tuple[Candidate, dict[str, Array]]] = [(one, {}) for one in candidates]
    for run, shown in check.runs(inputs).items():
        variants = [_with_change(problem.made, one.change) for one, _ in running]
        if not variants or (seconds := left()) <= 0:
            return []
        tried = problem.try_variants(check, shown, variants, seconds)
        if tried is None or len(tried.values) != len(running):
            return []
        running = [
            (one, {**values, **{f"{k}{of_run(run)}": v for k, v in came.arrays.items()}})
            for (one, values), came in zip(running, tried.values, strict=True)
            if came is not None
        ]
    expected = problem.expected(check, inputs)
    return [one for one, values in running if _passes(check, values, inputs, expected)]


def _passes(check: Check, came: dict[str, Array], inputs: Inputs, expected: Answers) -> bool:
    answer = measured(check, Returned(came), inputs)
    return isinstance(answer, Returned) and isinstance(judge(check, answer, expected), Passed)


def mends(problem: SearchProblem, one: Candidate, left: Left) -> list[Check]:
    """The failing checks that pass with the edit, on all draws.

    Empty if the first of them does not pass, or if a check fails that passed before.
    """
    first, *more = problem.failing
    if not passes_all(problem, [first], one, left):
        return []
    mended = [first, *(check for check in more if passes_all(problem, [check], one, left))]
    return mended if passes_all(problem, problem.passing, one, left) else []


def passes_all(problem: SearchProblem, checks: Sequence[Check], one: Candidate, left: Left) -> bool:
    """Whether the checks pass with the edit, on all draws, in the time that is left."""
    return all(
        passing(problem, check, draw, [one], left) for check in checks for draw in range(DRAWS)
    )


def _with_change(made: Variant, change: Change) -> Variant:
    """The changes with this one, which replaces an earlier change of the same function."""
    return (*(it for it in made if (it.file, it.first) != (change.file, change.first)), change)


def _with_edit(problem: SearchProblem, one: Candidate, mended: Sequence[Check]) -> SearchProblem:
    """The problem for the search of a second edit, in which the first one is made."""
    changed = replace(one.place, function=one.edit.make())
    return replace(
        problem,
        passing=[*problem.passing, *mended],
        failing=[check for check in problem.failing if check not in mended],
        places=[changed if place is one.place else place for place in problem.places],
        made=_with_change(problem.made, one.change),
    )


def _in_turn(first: Repair | None, rest: Sequence[Repair]) -> list[Repair]:
    """The repairs, of which two name each other; none if one of two has no place."""
    if first is None:
        return []
    [second] = rest
    return [
        replace(first, other=second.where, whole=second.whole, by_other=len(second.mends)),
        replace(second, other=first.where, by_other=len(first.mends)),
    ]


def _said(
    found: Sequence[Candidate],
    texts: Mapping[str, Sequence[str]],
    mended: Sequence[Check],
    whole: bool,
) -> Repair | None:
    """What a message may say of edits that all mend the checks: function, lines, kind."""
    if len({one.place.name for one in found}) > 1:
        return None
    place, kinds = found[0].place, {one.edit.kind for one in found}
    lines = tuple(sorted({one.edit.line for one in found}))
    lines = lines if len(lines) <= MOST_LINES else ()
    text = shown_line(texts[place.file], lines[0]) if len(lines) == 1 else ""
    look = found[0].edit.kind.value if len(kinds) == 1 else ""
    names = tuple(check.name for check in mended)
    return Repair(names, one_line(place.name, MAX_NAME), place.file, lines, text, look, whole)

"""Proves or refutes what a message claims of a wrong brick, on draws that nothing else uses."""

import ast
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from grader.author.claims import Claims
from grader.author.mistake_sets import Mistaken
from grader.check import Check, Inputs
from grader.course import Course
from grader.diagnosis.exact import Diagnosis, gives
from grader.diagnosis.explanation import Where, explanation
from grader.examine import batch_size
from grader.examiner import Examiner
from grader.expected import Answers
from grader.judge import judge, measured
from grader.live import LiveExpected, answer_with
from grader.misconception import Misconception
from grader.misconceptions import misconceptions
from grader.outcome import Line, Passed
from grader.probe import Returned, Runner
from grader.reference_functions import ReferenceFunctions
from grader.repair.kinds import Repair
from grader.repair.search import find_repairs
from grader.repaired import search_problem, spent_on
from grader.source import Source, functions_in, lines_of
from grader.student_code import StudentCode

SEEDS = (7_001, 7_002, 7_003)  # of draws that no message has seen
LONGEST = 20.0  # seconds of processor time for a search at a place that a message names
MOST_TOGETHER = 3  # misconceptions that one piece of code may have at once
NAMED = re.compile(r"(?:, in |^)([\w.]+)$")  # the function in `Repair.other`
NUMBER = re.compile(r"\d[\d.,e+-]*")
Made = tuple[Misconception, ...]


class Proof:
    """Tests claims about one brick's mistakes. reference: the runner for trusted code."""

    def __init__(
        self, course: Course, brick: str, functions: ReferenceFunctions, reference: Runner
    ):
        self.course = course
        self.brick = course.bricks[brick]
        self._functions = functions
        self._misconceptions = {it.id: it for it in misconceptions(course, brick)}
        self._reference = reference
        self._expected = LiveExpected(course, reference)
        self._examiner = Examiner(course, reference, SEEDS[0])
        self._known: dict[tuple[str, int, tuple[str, ...]], Answers | None] = {}
        self._lock = threading.Lock()

    def false_of(
        self,
        mistake: Mistaken,
        claims: Claims,
        student: Runner,
        named: Sequence[Misconception] = (),
    ) -> list[str]:
        """A sentence for each claim that is not true of the code.

        named: all misconceptions that messages on this code name; the code may have several.
        """
        code = self._code(mistake, student)
        return list(self._false(mistake, claims, code, student, [it.id for it in named]))

    def sources(self, source: Source) -> list[Source]:
        """The brick after the references that it may import."""
        return [*self.course.reference(self.brick.name)[:-1], source]

    def _code(self, mistake: Mistaken, student: Runner) -> StudentCode:
        checks_file = self.course.checks_file(self.brick.name)
        return StudentCode(student, checks_file, self.sources(mistake.source))

    def differs(self, mistake: Mistaken, student: Runner) -> bool:
        """Whether a check fails on one of the fresh draws."""
        code = self._code(mistake, student)
        return any(
            not self._passes(code, check, check.draw(seed))
            for seed in SEEDS
            for check in self.brick.checks.values()
        )

    def _passes(self, code: StudentCode, check: Check, inputs: Inputs) -> bool:
        answer = self._answer(code, check, inputs)
        return answer is not None and isinstance(
            judge(check, answer, self._expected.expected(check, inputs)), Passed
        )

    def _false(
        self,
        mistake: Mistaken,
        claims: Claims,
        code: StudentCode,
        student: Runner,
        named: Sequence[str],
    ) -> Iterator[str]:
        if claims.diagnosis and not self._is_named(mistake, claims.diagnosis, code, named):
            names = " or ".join(it.id for it in claims.diagnosis.mistakes)
            yield f"{claims.check} names {names}"
        if claims.cause and not self._is_measured(claims, code):
            yield f"{claims.check} says: {claims.cause}"
        if claims.function and not self._is_in(mistake, claims.function):
            where = claims.function
            right = f", and `{where.right}` right" if where.right else ""
            yield f"{claims.check} calls `{where.wrong}` wrong{right}"
        if claims.repair and not self._mends(mistake, claims.repair, student):
            yield f"{claims.check} says that a change in {claims.repair.function} mends all"

    def _is_named(
        self, mistake: Mistaken, diagnosis: Diagnosis, code: StudentCode, also: Sequence[str]
    ) -> bool:
        """Whether the code answers as the diagnosed misconceptions do.

        They count alone, together with those that were put into the code, or with other named ones.
        """
        named = tuple(self._misconceptions[it.id] for it in diagnosis.mistakes)  # with their code
        inside = [it in mistake.made for it in named]
        if all(inside) if diagnosis.together else any(inside):
            return True
        alone: list[Made] = [named, named[::-1]] if diagnosis.together else [(it,) for it in named]
        more = [(*one, two) for one in alone for two in mistake.made]
        more += [(two, *one) for one in alone for two in mistake.made]
        every = tuple(self._misconceptions[it] for it in dict.fromkeys(also))
        more += [every, every[::-1]] if 1 < len(every) <= MOST_TOGETHER else []
        return any(self._answers_alike(made, code) for made in [*alone, *more])

    def _answers_alike(self, made: Made, code: StudentCode) -> bool:
        """Whether the code's answers equal those of these misconceptions, if both have one."""
        for seed in SEEDS:
            for check in self.brick.checks.values():
                inputs = check.draw(seed)
                mine, theirs = self._answer(code, check, inputs), self._of(made, check, seed)
                if mine is not None and theirs is not None and not gives(mine, theirs, check):
                    return False
        return True

    def _answer(self, code: StudentCode, check: Check, inputs: Inputs) -> Returned | None:
        answer = code.run(check, inputs).answer
        if isinstance(answer, Returned):
            answer = measured(check, answer, inputs)
        return answer if isinstance(answer, Returned) else None

    def _of(self, made: Made, check: Check, seed: int) -> Answers | None:
        key = check.name, seed, tuple(it.id for it in made)
        with self._lock:
            if key not in self._known:
                self._known[key] = answer_with(
                    self.course, self._reference, check, check.draw(seed), made
                )
            return self._known[key]

    def _is_measured(self, claims: Claims, code: StudentCode) -> bool:
        """Whether the check measures the same cause on other draws, with any numbers.

        A draw on which the check passes shows nothing, since chance may hide a mistake there.
        """
        check = self.brick.checks[claims.check]
        for seed in SEEDS:
            inputs = check.draw(seed)
            answer = self._answer(code, check, inputs)
            if answer is None:
                continue
            expected = self._expected.expected(check, inputs)
            outcome = judge(check, answer, expected)
            if isinstance(outcome, Passed):
                continue
            shown = check.shown_to_probe(inputs)
            why = explanation(check, outcome, answer, expected, batch_size(shown), None, shown)
            if _without_numbers(why.cause or "") != _without_numbers(claims.cause):
                return False
        return True

    def _is_in(self, mistake: Mistaken, where: Where) -> bool:
        """Whether the named function is wrong, and the part that the message calls right is right.

        If the wrong functions are not known, the claim counts as true.
        """
        wrong = {it.removesuffix(".__init__") for it in mistake.functions}
        right = self._functions.of_part(where.right)
        return not wrong or (where.wrong in wrong and not right & mistake.functions)

    def _mends(self, mistake: Mistaken, repair: Repair, student: Runner) -> bool:
        """Whether the places are in wrong functions, or changes there pass on fresh draws too."""
        named = {repair.function, *NAMED.findall(repair.other)}
        if named <= mistake.functions:
            return True
        sources = self.sources(mistake.source)
        fresh = self._examiner.of_sources(self.brick.name, sources, student, explained=False)
        problem = search_problem(list(fresh), fresh)
        if problem is None:
            return True  # the mistake shows on few draws
        there = [place for place in problem.places if place.name in named]
        failing = [it for it in problem.failing if repair.whole or it.name in repair.mends]
        began = spent_on(fresh)
        return bool(failing) and bool(
            find_repairs(
                replace(problem, places=there, failing=failing),
                lambda: LONGEST - (spent_on(fresh) - began),
                len(named),
            )
        )


def _without_numbers(said: str) -> str:
    return NUMBER.sub("#", said)


def function_at(source: Source, line: Line) -> str:
    """The qualified name of the function or method that the line stands in; may be empty."""
    with suppress(SyntaxError, ValueError):
        for name, node in functions_in(ast.parse("".join(lines_of(source.code)))):
            if node.lineno <= line.number <= (node.end_lineno or 0):
                return name
    return ""

"""Examines one brick of one student: runs each check once, and first those that it needs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from grader.bar import Training, best_of_tries, trained
from grader.check import Check, CheckError, Inputs
from grader.course import Course
from grader.diagnosis.agreement import Ran, agrees, may_be_behind
from grader.diagnosis.exact import Diagnosis, diagnose
from grader.diagnosis.explanation import explanation
from grader.diagnosis.in_place import in_place
from grader.diagnosis.warning import warned_at
from grader.expected import ExpectedValues, MisconceptionAnswers
from grader.illustration import illustration
from grader.judge import judge, measured
from grader.language import _
from grader.misconception import Misconception
from grader.mnist import DataError
from grader.outcome import (
    Accuracy,
    Fault,
    NotWritten,
    Outcome,
    Passed,
    Raised,
    Skipped,
    Unloadable,
    same_exception,
)
from grader.probe import Returned, Run, Runner, Substituted
from grader.repair.places import Place, never_called, places_in, stubs_in
from grader.result import Result, fault_of
from grader.source import Source
from grader.student_code import SlowStatements, StudentCode


class Examination:
    """The results of one brick. Each is computed once, when it is first asked for.

    sources: the modules that the brick may import, then the brick itself; or why there are none.
    misconception_answers: a wrong answer is looked up among them; None: nothing is explained.
    draw: gives a check's inputs for a seed and an attempt; other examinations may share them.
    slow: the known slow statements in the student's files; runs add more.
    at_home: a self-check, which asks for a margin above some bars.
    """

    def __init__(
        self,
        course: Course,
        brick: str,
        sources: Sequence[Source] | Unloadable,
        runner: Runner,
        expected_values: ExpectedValues,
        seed: int,
        misconception_answers: MisconceptionAnswers | None = None,
        draw: Callable[[Check, int, int], Inputs] = Check.draw,
        slow: SlowStatements | None = None,
        at_home: bool = False,
    ):
        self.course = course
        self.brick = course.bricks[brick]
        self.code = StudentCode(runner, course.checks_file(brick), sources, slow, at_home)
        self.expected_values = expected_values
        self.seed = seed
        self.misconception_answers = misconception_answers
        self.draw = draw
        self.at_home = at_home
        self._ran: dict[str, Result] = {}
        self._returned: dict[str, Returned] = {}  # by check, what was judged
        self._results: dict[str, Result] = {}
        self._load_reported = False

    @property
    def cpu(self) -> float:
        """Seconds of processor time of all runs, also of those that only load the sources."""
        return self.code.cpu

    def __iter__(self) -> Iterator[Result]:
        return (self.result(name) for name in self.brick.checks)

    def has_run(self, name: str) -> bool:
        """Whether the check's result is known already."""
        return name in self._ran

    def result(self, name: str) -> Result:
        """The result of the check of that name; where the kit itself fails, a Fault."""
        if name not in self._results:
            ran = self._run_once(name)
            try:
                result = replace(self._explained(ran), same_as=self._same_exception(ran))
            except Exception as error:  # a defect of ours costs one check, not a class
                result = self._failed(ran.check, error)
            self._results[name] = result
        return self._results[name]

    def _run_once(self, name: str) -> Result:
        """What came of the check, not yet explained."""
        if name not in self._ran:
            check = self.brick.checks[name]
            try:
                self._ran[name] = self._examine(check)
            except Exception as error:
                self._ran[name] = self._failed(check, error)
        return self._ran[name]

    def _failed(self, check: Check, error: Exception) -> Result:
        from grader.faults import log_fault

        log_fault(f"check {check.id}", error)
        return Result(check, fault_of(error), {})

    def _same_exception(self, ran: Result) -> str:
        """The first check that the same exception ended at the same line, with its part."""
        for name, other in self._results.items():
            if not other.same_as and same_exception(other.outcome, ran.outcome):
                return f"{other.check.part} ({name})"
        return ""

    @property
    def loads(self) -> bool:
        """Whether the sources load."""
        return not isinstance(self.code.load().answer, Outcome)

    def again(self, check: Check, substituted: Substituted | None) -> Result:
        """The result if nothing is waited for, with functions of the reference in place of the
        student's. It is not explained.
        """
        returned = self._returned.copy()
        try:
            with self.code.with_functions(substituted):
                result = self._confirmed(check)
            return result if substituted else self._explained(result)
        except Exception as error:  # the check's own result stands
            from grader.faults import log_fault

            log_fault(f"check {check.id} on the reference's functions", error)
            return Result(check, fault_of(error), {})
        finally:
            if substituted:
                self._returned = returned  # by the student's own code

    def _examine(self, check: Check) -> Result:
        load = self.code.load()
        if isinstance(load.answer, Outcome):  # only the first check reports it
            if self._load_reported:
                file = self._file_of(load.answer)
                return Result(
                    check, Skipped(_("{file}, which does not load").format(file=file)), {}
                )
            self._load_reported = True
            return Result(check, load.answer, {}, load.printed, load.seconds, load.cpu)
        for need in check.needs:
            if not isinstance(self._run_once(need).outcome, Passed):
                part = self.brick.checks[need].part
                return Result(check, Skipped(part if part != check.part else need), {})
        if check.keras and check.part in self.stubs:  # its probe may import Keras before it calls
            return Result(check, NotWritten(check.part), {})
        return self._confirmed(check)

    @cached_property
    def stubs(self) -> frozenset[str]:
        """The student's functions that do nothing but say that they are not written."""
        return stubs_in(self.code.sources[-1].texts) if self.code.sources else frozenset()

    @cached_property
    def _places(self) -> Sequence[Place]:
        """The student's functions; none where the file is much larger than a brick."""
        return places_in(self.code.sources[-1].texts) if self.code.sources else []

    def _confirmed(self, check: Check) -> Result:
        """Runs a check without slow statements; where it fails, with them, and that decides."""
        examine = self._try_bar if check.labels else self._compare
        result = examine(check)
        if isinstance(result.outcome, Passed | Fault):
            return result
        if not self.code.may_depend_on_slow(result.outcome):
            return result
        with self.code.in_full():
            again = examine(check)
        if isinstance(again.outcome, Passed):
            self.code.needs_slow()
        return replace(again, seconds=result.seconds + again.seconds, cpu=result.cpu + again.cpu)

    def _file_of(self, trouble: Outcome) -> str:
        """The file that does not load; the brick's own, where a child named an unknown file."""
        named = trouble.file if isinstance(trouble, Unloadable) else ""
        files = [source.file for source in self.code.sources]
        return named if named in files or not files else files[-1]

    def drawn(self, check: Check, attempt: int = 0) -> Inputs:
        """The check's inputs. Raises CheckError, DataError."""
        try:
            return self.draw(check, self.seed, attempt)
        except (CheckError, DataError):
            raise
        except Exception as error:  # its author's mistake costs one check, not a class
            raise CheckError(
                f"{check.where}: {check.id} cannot draw its inputs: {error!r}"
            ) from error

    def _compare(self, check: Check) -> Result:
        inputs = self.drawn(check)
        run = self.code.run(check, inputs)
        answer = run.answer
        unmeasured = False
        if isinstance(answer, Returned):
            answer = measured(check, answer, inputs)
            unmeasured = not isinstance(answer, Returned)
        if isinstance(answer, Returned):
            return self._judged(check, inputs, run, answer)
        if unmeasured or (isinstance(answer, Raised) and not answer.lines):
            # Where the reference fails too, the check is wrong: this raises NoExpectedValue.
            self.expected_values.expected(check, inputs)
        assert isinstance(answer, Outcome)
        return Result(check, answer, inputs, run.printed, run.seconds, run.cpu)

    def _judged(self, check: Check, inputs: Inputs, run: Run, returned: Returned) -> Result:
        expected = self.expected_values.expected(check, inputs)
        outcome = judge(check, returned, expected)
        self._returned[check.name] = returned
        return Result(check, outcome, inputs, run.printed, run.seconds, run.cpu)

    def _explained(self, ran: Result) -> Result:
        """The result with what can be said of a wrong answer."""
        check, inputs = ran.check, ran.inputs
        returned = self._returned.get(check.name)
        if isinstance(ran.outcome, Passed | Fault) or returned is None:
            return ran
        if not self.misconception_answers:
            return ran
        expected = self.expected_values.expected(check, inputs)
        shown = check.shown_to_probe(inputs)
        diagnosis = self._diagnosis(check, inputs, returned)
        n_samples = batch_size(shown)
        why = explanation(check, ran.outcome, returned, expected, n_samples, diagnosis, shown)
        own = self.code.sources[-1]
        line = in_place(ran.outcome, check.part, own) or warned_at(ran.outcome, why.note, own)
        drawn = illustration(check, returned, expected, inputs)
        return replace(ran, why=replace(why, line=line, illustration=drawn))

    def _others(self, check: Check) -> Iterator[Ran]:
        """What else came back in the brick: of the check's part all, of others what has run."""
        earlier, outcome = True, self._run_once(check.name).outcome
        apart = never_called(self._places, check)
        for name, other in self.brick.checks.items():
            earlier = earlier and other is not check
            same_part = other.part == check.part and not other.keras and not other.labels
            if other is check or not other.looked_up or not (same_part or name in self._ran):
                continue
            ran = self._run_once(name)
            if isinstance(ran.outcome, Skipped):
                continue  # follow-through may have run it, on inputs that are not this result's
            passed = isinstance(ran.outcome, Passed)
            if not (passed or earlier or same_part):
                continue  # a second mistake may stand there
            if returned := self._returned.get(name):
                behind = earlier and other.part not in apart
                near = same_part or (behind and may_be_behind(other, check, outcome))
                yield Ran(other, ran.inputs, returned, passed, near)

    def _diagnosis(self, check: Check, inputs: Inputs, returned: Returned) -> Diagnosis | None:
        """The misconception with this answer, alone or with one that an earlier check shows."""
        answers = self.misconception_answers
        if answers is None or not check.looked_up:
            return None
        on_top = (
            (first, *pair)
            for first in self._diagnosed_before(check)
            for pair in answers.answers(check, inputs, after=first)
        )
        found = diagnose(
            returned,
            answers.answers(check, inputs),
            on_top,
            check.tolerance,
            lambda it: agrees(it, self._others(check), answers, self._diagnosed_before(check)),
        )
        return found and found.narrowed(self._diagnosed_before(check))

    def _diagnosed_before(self, check: Check) -> list[Misconception]:
        """The misconceptions that earlier checks show for certain; runs those checks if needed."""
        found: dict[str, Misconception] = {}
        for name, earlier in self.brick.checks.items():
            if name == check.name:
                break
            if earlier.is_quick:
                why = self.result(name).why
                if why and why.diagnosis and why.diagnosis.certain:
                    [mistake] = why.diagnosis.mistakes
                    found[mistake.id] = mistake
        return list(found.values())

    def on_own(self, check: Check, own: Sequence[Source]) -> Accuracy | Outcome:
        """What one training at a bar reaches on the student's own predecessors."""
        return self._training(check, 0, own).reached

    def _training(
        self, check: Check, attempt: int, sources: Sequence[Source] | None = None
    ) -> Training:
        inputs, evidence = self.drawn(check, attempt), self.course.bars[check.id]
        return trained(check, inputs, evidence, self.code, self.at_home, sources)

    def _try_bar(self, check: Check) -> Result:
        if check.id not in self.course.bars:
            return Result(check, Fault(f"no bar has been calibrated for {check.id}"), {})
        return best_of_tries(check, lambda attempt: self._training(check, attempt))


def batch_size(inputs: Mapping[str, Any]) -> int | None:
    """The number of samples that a probe was given: the length of its first array."""
    lengths = [len(v) for v in inputs.values() if isinstance(v, np.ndarray) and v.ndim > 1]
    return lengths[0] if lengths else None

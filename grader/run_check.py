"""Runs a check as it says: its probe once, or in several processes, then what it has to clean."""

import builtins
from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.check import Check, CheckError, Inputs, of_run
from grader.judge import no_array
from grader.outcome import Array, Raised
from grader.probe import Answer, Job, NoArray, Returned, Run


def run_check(job: Job, drawn: Inputs, run: Callable[[Job], Run]) -> Run:
    """The values of all runs together, or the answer of the first run that returned none.

    job: a check's job without inputs.
    run: runs a job, each in a process of its own at the levels that isolate students.
    """
    check = job.check
    assert check is not None
    runs: list[Run] = []
    values: dict[str, Array | NoArray] = {}
    for name, shown in check.runs(drawn).items():
        runs.append(run(replace(job, inputs=shown)))
        answer = runs[-1].answer
        if not isinstance(answer, Returned):
            return _together(runs, answer)
        values |= {f"{key}{of_run(name)}": value for key, value in answer.values.items()}
    returned = Returned(values)
    if check.clean is None:
        return _together(runs, returned)
    if trouble := no_array(returned):
        return _together(runs, trouble)
    arrays = returned.arrays
    runs.append(run(Job(check, job.checks_file, (), drawn, check.limit, returned=arrays)))
    return _together(runs, _judgeable(check, runs[-1].answer))


def _judgeable(check: Check, answer: Answer) -> Answer:
    """What `clean` gave. Raises CheckError where the values cannot be the reason that it failed."""
    kind = getattr(builtins, answer.error, None) if isinstance(answer, Raised) else None
    if isinstance(kind, type) and issubclass(kind, ImportError | OSError):
        raise CheckError(f"the values of {check.id} cannot be cleaned: {answer}")
    return answer


def _together(runs: Sequence[Run], answer: Answer) -> Run:
    return Run(
        answer,
        runs[0].printed,
        sum(run.seconds for run in runs),
        sum(run.cpu for run in runs),
    )

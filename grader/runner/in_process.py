"""A runner in this very process: for a debugger, or for prints at once. No time limits."""

from grader.probe import Job, Run
from grader.runner.answer import answer, outcome_of


class InProcess:
    """See grader.probe.Runner. `raised` keeps students' exceptions, by check, for a debugger."""

    def __init__(self) -> None:
        self.raised: dict[str, Exception] = {}

    def run(self, job: Job) -> Run:
        try:
            return Run(answer(job, propagate=True))
        except Exception as error:
            if job.check:
                self.raised[job.check.id] = error
            return Run(outcome_of(error, job.sources))

    def close(self) -> None:
        """Nothing is open here."""

"""A runner in this process, without time limits: for a debugger, or to show prints at once."""

from grader.outcome import NotInstalled
from grader.probe import Job, Run
from grader.runner.answer import answer, outcome_of
from grader.runner.keras_imports import imports_keras
from grader.source import Source


def missing_for_keras(source: Source) -> NotInstalled | None:
    """The package that is missing for Keras, where the code imports Keras."""
    if imports_keras(source.code, anywhere=True):
        try:
            __import__("keras")
        except ModuleNotFoundError as error:
            return NotInstalled(str(error.name).partition(".")[0])
    return None


class InProcess:
    """See grader.probe.Runner. raised: by check, the exception of the student's code."""

    def __init__(self) -> None:
        self.raised: dict[str, Exception] = {}

    def run(self, job: Job) -> Run:
        of_keras = job.check is not None and job.check.keras
        if of_keras and job.sources and (missing := missing_for_keras(job.sources[-1])):
            return Run(missing)
        try:
            return Run(answer(job, propagate=True))
        except Exception as error:
            if job.check:
                self.raised[job.check.id] = error
            return Run(outcome_of(error, job.sources))

    def close(self) -> None:
        """Does nothing: this runner opens nothing."""

"""What messages say about replayed mistakes: one process runs them all."""

from copy import deepcopy
from dataclasses import replace

import pytest

from grader.course import PUBLIC_SEED
from grader.examine import Examination
from grader.live import LiveAnswers, LiveExpected
from grader.report.check_report import check_report
from grader.report.text import explain
from grader.runner.in_process import InProcess
from grader.source import Source


class Apart(InProcess):
    """What the code under test does to its inputs, the reference does not see."""

    def run(self, job):
        return super().run(replace(job, inputs=deepcopy(dict(job.inputs))))


@pytest.fixture(scope="session")
def replay(course):
    """replay(mistake): the messages of the mistake's brick, by check, of those that did not pass.

    Of checks that need Keras or digits only the mistake's own runs.
    """
    expected, answers = LiveExpected(course, Apart()), LiveAnswers(course, Apart())

    def replay(mistake, runner=None, only=()):
        *before, reference = course.reference(mistake.brick)
        if mistake.before:
            brick, change = mistake.before
            before = [changed(it, [change]) if it.brick == brick else it for it in before]
        sources = [*before, changed(reference, mistake.changes)]
        examination = Examination(
            course,
            mistake.brick,
            sources,
            runner or Apart(),
            expected,
            PUBLIC_SEED,
            answers,
        )
        return {
            name: explain(check_report(examination.result(name)))
            for name, check in course.bricks[mistake.brick].checks.items()
            if name == mistake.check
            or (only and name in only)
            or not (only or check.keras or check.labels)
            if not check_report(examination.result(name)).passed
        }

    return replay


def changed(source, changes):
    text = source.code.decode()
    for old, new in changes:
        assert old in text, f"the reference has no {old!r}"
        text = text.replace(old, new)
    return Source(source.brick, f"{source.brick}.py", text.encode())

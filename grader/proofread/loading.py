"""Finds solutions that raise when imported: grading would give each student a fault for them.

Those that import Keras are left out, since that takes seconds: `bricks build` and `bricks audit`
load them.
"""

from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import replace

from grader.content import in_file
from grader.course import Course
from grader.outcome import Unloadable
from grader.probe import Job
from grader.runner.keras_imports import needs_keras
from grader.runner.process import NO_MODULE, Process


def slips_in_loading(course: Course, bricks: Collection[str]) -> Iterator[str]:
    """A sentence, with file and line, for each solution that does not load."""
    with closing(Process()) as process:
        for name in bricks:
            sources = tuple(replace(each, own=True) for each in course.reference(name))
            job = Job(None, course.checks_file(name), sources)
            if needs_keras(job):
                continue
            answer = process.run(job).answer
            if isinstance(answer, Unloadable) and NO_MODULE not in answer.reason:
                at = answer.lines[-1] if answer.lines else None
                file = course.solutions / (at.file if at else f"{name}.py")
                yield in_file(answer.reason, file, at.number if at else 0)

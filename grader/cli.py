"""The instructor's front door: the `bricks` command."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path

from grader import mnist
from grader.arguments import parsed
from grader.commands import authors, classes, nbgrader
from grader.commands.named import course_or_kit, root_of
from grader.course import Course
from grader.ending import ended_by
from grader.exit_status import ExitStatus
from grader.faults import logging_faults
from grader.language import ENGLISH, VARIABLE
from grader.selfcheck.command import NAMES as FOR_STUDENTS
from grader.selfcheck.command import run

OF_GRADING = ("grade", "autograde", "feedback", "gradescope", "demo")


def main(arguments: Sequence[str] | None = None) -> ExitStatus:
    """Runs one command and returns its exit status."""
    never_die_of_output()
    options = parsed(arguments)
    if options.mnist:
        os.environ[mnist.VARIABLE] = options.mnist
    with logging_faults(results_of(options), options.debug):
        try:
            os.environ[VARIABLE] = language_of(options)
            return COMMANDS[options.command](options)
        except KeyboardInterrupt:
            print("bricks: stopped. What is finished is kept.", file=sys.stderr)
            return ExitStatus.STOPPED
        except Exception as error:
            return ended_by(error, options.command, named_by(options))


def never_die_of_output() -> None:
    """A name that the terminal cannot show is written with escapes, and ends nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def results_of(options: argparse.Namespace) -> Path | None:
    """The folder that the command writes its results into; None if it is not a grading."""
    if "out" not in options:
        return None
    out: Path = options.out
    root = root_of(options) if options.command == "autograde" else None
    return root / out if root else out


def named_by(options: argparse.Namespace) -> list[Path]:
    """The files and folders that the user chose: an error in one of them is no fault of the kit."""
    named = [value for value in vars(options).values() if isinstance(value, Path)]
    target = [options.target.parent] if "target" in options else []  # `release` writes there first
    root = root_of(options)
    return [*named, *target, *([root] if root else [])]


def language_of(options: argparse.Namespace) -> str:
    """The language that all processes of the command speak; empty: what `grader.language` finds.

    What students read of a grading is in the course's language, and never in the machine's; what
    an author reads, or commits, is in English.
    """
    if options.command in FOR_STUDENTS or os.environ.get(VARIABLE):
        return os.environ.get(VARIABLE, "")
    root = root_of(options) if options.command in OF_GRADING else None
    return (Course(root).language if root else "") or ENGLISH


def run_for_student(options: argparse.Namespace) -> ExitStatus:
    return ExitStatus(run(course_or_kit(options), options))


COMMANDS: dict[str, Callable[[argparse.Namespace], ExitStatus]] = {
    "build": authors.run_build,
    "new": authors.run_new,
    "release": authors.run_release,
    "grade": classes.run_grade,
    "report": classes.run_report,
    "feedback": classes.run_feedback,
    "collect": nbgrader.run_collect,
    "autograde": nbgrader.run_autograde,
    "export": classes.run_export,
    "gradescope": classes.run_gradescope,
    "demo": authors.run_demo,
    **dict.fromkeys(FOR_STUDENTS, run_for_student),
    "audit": authors.run_audit,
    "calibrate": authors.run_calibrate,
}

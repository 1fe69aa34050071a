"""Commands that a student gives: `bricks watch`, `hint`, `explain`, `show`."""

import argparse

from grader.commands.named import course_or_kit
from grader.exit_status import ExitStatus


def run_watch(options: argparse.Namespace) -> ExitStatus:
    from grader.selfcheck.watch import watch_bricks

    return ExitStatus(watch_bricks(course_or_kit(options)))


def run_hint(options: argparse.Namespace) -> ExitStatus:
    from grader.selfcheck.hint import next_hint

    print(next_hint(course_or_kit(options), " ".join(options.part)))
    return ExitStatus.OK


def run_explain(options: argparse.Namespace) -> ExitStatus:
    from grader.selfcheck.explain import explain_brick

    return ExitStatus(explain_brick(course_or_kit(options), options.brick))


def run_show(options: argparse.Namespace) -> ExitStatus:
    from grader.selfcheck.show import show_brick

    course = course_or_kit(options)
    return ExitStatus(show_brick(course, options.brick, options.open, options.digit))

"""The command `bricks` of a student's kit: `watch`, `hint`, `explain` and `show`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from grader.course import Course, CourseError, find_course
from grader.language import N_, _

NAMES = ("watch", "hint", "explain", "show")


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    with suppress(CourseError):
        find_course(Path.cwd())  # from here on in its language
    parser = argparse.ArgumentParser(prog="bricks", description=_("Says more about your bricks."))
    commands = parser.add_subparsers(dest="command", required=True)
    add_commands(lambda name, text: commands.add_parser(name, help=text))
    options = parser.parse_args(arguments)
    try:
        return run(find_course(Path.cwd()), options)
    except CourseError as error:
        print(f"bricks {options.command}: {error}", file=sys.stderr)
        return 2


def add_commands(
    command: Callable[[str, str], argparse.ArgumentParser], say: Callable[[str], str] = _
) -> None:
    """Adds the four with their options.

    command: makes a parser from a name and a text. say: gives a text in the parser's language.
    """
    command("watch", say(N_("run what a saved file can have changed, on one screen")))
    sub = command("hint", say(N_("give one hint more on a part")))
    part = say(N_("as messages name it: Dense.forward"))
    sub.add_argument("part", metavar="PART", nargs="+", help=part)
    sub = command("explain", say(N_("say where one small change would mend a brick")))
    sub.add_argument("brick", metavar="BRICK")
    sub = command("show", say(N_("draw what your brick does")))
    sub.add_argument("brick", metavar="BRICK")
    sub.add_argument("--open", action="store_true", help=say(N_("open the page in the browser")))
    digit = say(N_("another digit, 0 to 9"))
    sub.add_argument("--digit", type=int, choices=range(10), metavar="D", help=digit)


def run(course: Course, options: argparse.Namespace) -> int:
    """Runs the command that the options name; returns the exit status. Raises CourseError."""
    if options.command == "watch":
        from grader.selfcheck.watch import watch_bricks

        return watch_bricks(course)
    if options.command == "hint":
        from grader.selfcheck.hint import next_hint

        print(next_hint(course, " ".join(options.part)))
        return 0
    if options.command == "show":
        from grader.selfcheck.show import show_brick

        return show_brick(course, options.brick, options.open, options.digit)
    from grader.selfcheck.explain import explain_brick

    return explain_brick(course, options.brick)

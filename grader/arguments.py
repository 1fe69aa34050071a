"""What the `bricks` command takes: its commands and their options."""

import argparse
import re
import sys
from collections.abc import Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NoReturn

from grader.cores import cores
from grader.exit_status import ExitStatus
from grader.exports.formats import FORMATS
from grader.sandbox.levels import LEVELS
from grader.selfcheck.command import add_commands

# Commands with --brick, and the folder that may also stand after the names of bricks.
AFTER_NAMES = {"grade": "submitted", "release": "target"}


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options of a command, with its name as `command`.

    Exits with a message and status 2 if there is no command, or if it is used wrongly.
    """
    top = parser()
    options = top.parse_args(arguments)
    if options.command is None:
        top.print_help(sys.stderr)
        raise SystemExit(ExitStatus.BAD_USE)
    folder = AFTER_NAMES.get(options.command, "")
    if folder and getattr(options, folder) is None:
        if not options.brick or len(options.brick) < 2:
            top.error(f"the following arguments are required: {folder.upper()}")
        vars(options)[folder] = Path(options.brick.pop())
    return options


class Parser(argparse.ArgumentParser):
    """Prints a mistake in a line, without the usage of all options."""

    def error(self, message: str) -> NoReturn:
        text = f"{self.prog}: error: {message}\nSee `{self.prog} --help`.\n"
        self.exit(ExitStatus.BAD_USE, text)


def parser() -> Parser:
    top = Parser(prog="bricks", description="Makes, hands out and grades the bricks of a course.")
    top.add_argument("--version", action="version", version=f"bricks {installed_version()}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument(
            "--course", type=Path, metavar="DIR", help="the course, if not the folder you are in"
        )
        sub.add_argument("--mnist", metavar="FILE", help="other digits: an .npz of MNIST's layout")
        sub.add_argument(
            "--debug", action="store_true", help="show the traceback of a fault of the kit"
        )
        return sub

    sub = command("build", "make the stubs in exercises/ from solutions/")
    sub.add_argument("--check", action="store_true", help="only say whether they are up to date")
    sub.add_argument("--force", action="store_true", help="overwrite what was edited, too")

    sub = command("new", "write the files of a new brick, which passes `bricks audit`")
    sub.add_argument("name", metavar="NAME", help="of its module: small letters, digits and _")
    sub.add_argument("--title", default="", help="as people read it (the name)")

    sub = command("release", "write the kit that students get, without solutions")
    sub.add_argument(
        "target",
        type=Path,
        nargs="?",
        metavar="TARGET",
        help="a new or empty folder, or an earlier kit",
    )
    sub.add_argument(
        "--brick", nargs="+", action="extend", metavar="NAME",
        help="only these bricks, and those that an earlier kit has (all)",
    )  # fmt: skip

    sub.add_argument(
        "--language", default="", metavar="CODE",
        help="of texts and messages, such as fr (the earlier kit's, or course.toml's)",
    )  # fmt: skip

    sub = command(
        "grade", "grade a class: SUBMITTED/<student>/<brick>.py or .ipynb, or a zip of it"
    )
    sub.usage = "bricks grade SUBMITTED --out DIR [--brick NAME ...] [options]"
    sub.add_argument(
        "submitted", type=Path, nargs="?", metavar="SUBMITTED", help="a folder or a zip"
    )
    sub.add_argument("--out", type=Path, required=True, metavar="DIR", help="where results go")
    sub.add_argument(
        "--brick", nargs="+", action="extend", metavar="NAME", help="only these bricks"
    )
    sub.add_argument(
        "--student", action="append", default=[], metavar="NAME",
        help="only this one; the others keep their grades (may be repeated)",
    )  # fmt: skip
    sub.add_argument(
        "--seed-file", type=Path, metavar="FILE", help="the course's secret seed (course.seed)"
    )
    add_grading_options(sub)
    sub.add_argument(
        "--fresh", action="store_true", help="grade all anew, whatever was graded before"
    )
    add_take_option(sub)

    sub = command("report", "the class on one page: mistakes, checks, what changed")
    add_results_argument(sub)
    sub.add_argument(
        "--since", type=Path, metavar="RESULTS", help="earlier results: say what changed, and why"
    )

    sub = command("feedback", "write a page for each student, as HTML and as Markdown")
    add_results_argument(sub)
    sub.add_argument("pages", type=Path, metavar="DIR", help="where the pages go")

    sub = command("collect", "put modules where nbgrader has submissions")
    sub.add_argument("modules", type=Path, metavar="MODULES", help="as `bricks grade` takes it")
    add_take_option(sub)

    sub = command("autograde", "nbgrader autograde, the whole class at once")
    sub.add_argument("assignments", metavar="ASSIGNMENT", nargs="+", help="as nbgrader names it")
    sub.add_argument(
        "--out", type=Path, default=Path("results/nbgrader"), metavar="DIR",
        help="where the journal goes (results/nbgrader)",
    )  # fmt: skip
    sub.add_argument("--force", action="store_true", help="also what is graded already")
    add_grading_options(sub)

    sub = command("export", "write the marks as a platform takes them")
    add_results_argument(sub)
    sub.add_argument(
        "--for", dest="platform", choices=FORMATS, default="", help="as course.toml says"
    )
    sub.add_argument(
        "--roster", type=Path, metavar="FILE", help="the class (students.csv of the course)"
    )
    sub.add_argument(
        "--worksheet", type=Path, metavar="FILE",
        help="what you downloaded: Moodle's grading worksheet, or Canvas's gradebook",
    )  # fmt: skip
    sub.add_argument(
        "--feedback", dest="pages", type=Path, metavar="DIR",
        help="the pages that `bricks feedback` wrote, for Moodle's zip",
    )  # fmt: skip
    sub.add_argument("--brick", metavar="NAME", default="", help="only the points of this one")
    sub.add_argument(
        "--title", default="", help="the assignment in Canvas (the brick's name, or Bricks)"
    )

    sub = command("gradescope", "write the autograder that Gradescope runs, with the solutions")
    sub.add_argument("target", type=Path, metavar="ZIP")
    sub.add_argument(
        "--brick", nargs="+", action="extend", metavar="NAME", help="only these bricks (all)"
    )
    add_open_until_option(sub)

    command("demo", "make a class of 12, grade it on MNIST, and show what is wrong")

    add_commands(command, str)

    sub = command("audit", "prove the checks on reference, stub and every misconception")
    sub.add_argument(
        "--brick", nargs="+", action="extend", metavar="NAME", help="only these bricks"
    )
    sub.add_argument(
        "--diagnosis", action="store_true",
        help="instead, measure what messages say of mistakes, and write docs/diagnosis.md",
    )  # fmt: skip

    sub = command("calibrate", "measure the accuracy bars with the reference")
    sub.add_argument(
        "--seeds", type=positive, metavar="N", help="for each correct solution (the fewest needed)"
    )
    sub.add_argument(
        "--also", type=Path, metavar="DIR",
        help="more correct solutions, DIR/<style>/<brick>.py (tests/alternatives)",
    )  # fmt: skip
    sub.add_argument(
        "--only", metavar="BRICK/CHECK", default="",
        help="the one bar to measure; the others stay as they are (all)",
    )  # fmt: skip
    add_jobs_option(sub)
    return top


def add_results_argument(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "results", type=Path, metavar="RESULTS", help="the folder that `bricks grade --out` wrote"
    )


def installed_version() -> str:
    try:
        return version("bricks")
    except PackageNotFoundError:  # the code runs from a folder and was never installed
        return "(not installed)"


def add_grading_options(sub: argparse.ArgumentParser) -> None:
    add_jobs_option(sub)
    sub.add_argument(
        "--isolation", choices=LEVELS,
        help="the level to demand (the best that the machine gives, but not basic)",
    )  # fmt: skip
    sub.add_argument(
        "--dask", type=address, metavar="ADDRESS", help="grade on the Dask cluster there"
    )
    sub.add_argument(
        "--predecessors", choices=("reference", "own"),
        help="what a brick builds on: the reference, or the student's own bricks",
    )  # fmt: skip
    add_open_until_option(sub)
    sub.add_argument(
        "--repair", type=seconds, default=2.0, metavar="SECONDS",
        help="processor time for each wrong brick to look for one small change that mends it "
        "(2; 0: none)",
    )  # fmt: skip


def add_take_option(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--take", action="append", default=[], metavar="FILE",
        help="of a student's files for a brick that differ, the one that counts (may be repeated)",
    )  # fmt: skip


def seconds(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds") from None


def add_jobs_option(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "-j", "--jobs", type=positive, default=cores(), metavar="N",
        help="how many side by side (as many as there are cores)",
    )  # fmt: skip


def add_open_until_option(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--open-until", type=day, metavar="YYYY-MM-DD",
        help="until then no words or values are shown that could give away a reference",
    )  # fmt: skip


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date like 2026-12-31") from None


def address(text: str) -> str:
    if not re.fullmatch(r"((tcp|tls|ucx|wss?)://)?[^/]+:\d+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no address like tcp://scheduler:8786")
    return text

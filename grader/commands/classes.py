"""Commands that turn what a class handed in into grades, reports and marks."""

import argparse
from functools import partial
from typing import TYPE_CHECKING

from rich.console import Console

from grader import mnist
from grader.commands.named import chosen_bricks, course_of, course_or_kit
from grader.course import CourseError
from grader.exit_status import ExitStatus
from grader.policy import Policy, Predecessors

if TYPE_CHECKING:
    from grader.classroom.session import WorkersOf


def run_grade(options: argparse.Namespace) -> ExitStatus:
    from grader.classroom.chosen import chosen_students
    from grader.classroom.secret_seed import secret_seed
    from grader.classroom.session import Settings
    from grader.classroom.terminal import grade_class, opened
    from grader.exports.roster import with_roster
    from grader.seed import FILE, seed_id
    from grader.submissions.find import find_class
    from grader.submissions.private import private_to
    from grader.submissions.recognise import names_in

    course = course_of(options)
    bricks = chosen_bricks(course, options.brick)
    found = find_class(
        options.submitted,
        list(course.bricks),
        private_to(course.root),
        names_in(course),
        options.take,
    )
    found = with_roster(found, course.root)
    chosen = chosen_students(found.students, options.student)
    mnist.load()  # reports a data file that cannot be used before work starts
    seed_file = options.seed_file or course.root / FILE
    seed = secret_seed(seed_file, options.out, make=options.seed_file is None)
    console = Console(highlight=False)
    predecessors = Predecessors(options.predecessors or Predecessors.REFERENCE)
    policy = Policy(seed.value, predecessors, options.open_until, options.isolation, options.repair)
    workers = cluster_at(options.dask) if options.dask else None
    settings = Settings(options.jobs, options.fresh, workers)
    with opened(console, course, options.out, policy, settings) as grading:
        inputs = f"Inputs: from the secret seed in {seed_file.name} (id {seed_id(seed.value)})."
        console.print(inputs, markup=False)
        seed.print_notes(console)
        return grade_class(console, grading, found, bricks, options.out, chosen=chosen)


def run_report(options: argparse.Namespace) -> ExitStatus:
    from grader.classreport.commands import report

    report(Console(highlight=False), options.results, options.since)
    return ExitStatus.OK


def run_feedback(options: argparse.Namespace) -> ExitStatus:
    from grader.classreport.commands import feedback
    from grader.marks.rules import rules_of

    course = course_or_kit(options)
    rules = rules_of(course)
    feedback(Console(highlight=False), options.results, options.pages, course.root, rules)
    return ExitStatus.OK


def run_export(options: argparse.Namespace) -> ExitStatus:
    from grader.exports.export import Order, export

    names = ("results", "platform", "roster", "worksheet", "pages", "brick", "title")
    order = Order(**{name: getattr(options, name) for name in names})
    export(Console(highlight=False), course_of(options), order)
    return ExitStatus.OK


def run_gradescope(options: argparse.Namespace) -> ExitStatus:
    from grader.exports.autograder import make_autograder

    course = course_of(options)
    bricks = chosen_bricks(course, options.brick)
    make_autograder(Console(highlight=False), course, options.target, bricks, options.open_until)
    return ExitStatus.OK


def cluster_at(address: str) -> "WorkersOf":
    """The workers of a Dask cluster. Raises CourseError where Dask is not installed."""
    try:
        from grader.cluster.dask_cluster import cluster
    except ModuleNotFoundError as error:
        raise CourseError(f"--dask needs Dask ({error}): pip install 'bricks[dask]'.") from None
    return partial(cluster, address)

"""Commands that fill and grade a course of nbgrader: `bricks collect`, `autograde`."""

import argparse
import os
import sys
from pathlib import Path

from rich.console import Console

from grader import mnist
from grader.commands.classes import cluster_at
from grader.commands.named import course_of
from grader.exit_status import ExitStatus
from grader.language import number_of
from grader.policy import Policy, Predecessors


def run_collect(options: argparse.Namespace) -> ExitStatus:
    from grader.classroom.terminal import notes, print_some
    from grader.desk.collect import Collector
    from grader.submissions.remarks import Weight

    find_alembic()
    course = course_of(options)
    console = Console(highlight=False)
    collector = Collector(course, course.root / "submitted")
    collected, remarks = collector.collect(options.modules, list(course.bricks), options.take)
    harmless = [remark for remark in remarks if remark.weight == Weight.HARMLESS]
    lost = [remark for remark in remarks if remark.weight == Weight.LOST]
    for note in notes(remark for remark in remarks if remark not in harmless):
        console.print(note, markup=False)
    print_some(console, notes(harmless))
    remarked = [one for one in collected if one.remark]
    for one in remarked:
        console.print(f"{one.student}, {one.brick}: {one.remark}", markup=False)
    written = sum(one.written for one in collected)
    many = number_of(written, "notebook")
    console.print(f"{many} written to {collector.submitted}", soft_wrap=True, markup=False)
    return ExitStatus.SOME_UNUSABLE if remarked or lost else ExitStatus.OK


def find_alembic() -> None:
    """nbgrader starts `alembic` by name; without this, only an activated environment finds it."""
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


def run_autograde(options: argparse.Namespace) -> ExitStatus:
    from grader.classroom.secret_seed import secret_seed
    from grader.classroom.session import Settings
    from grader.classroom.terminal import opened
    from grader.desk.bulk import Desk, autograde
    from grader.seed import FILE

    course = course_of(options)
    mnist.load()  # reports a data file that cannot be used before work starts
    find_alembic()
    console = Console(highlight=False)
    desks = [Desk(course, name, options.force) for name in options.assignments]
    seed = secret_seed(course.root / FILE, course.root / options.out)
    judge = desks[0].judge  # from nbgrader_config.py, for options that are not given
    policy = Policy(
        seed.value,
        Predecessors(options.predecessors or judge.predecessors),
        options.open_until or judge.last_day,
        options.isolation or judge.isolation or None,
        options.repair,
    )
    workers = cluster_at(options.dask) if options.dask else None
    settings = Settings(options.jobs, workers=workers)
    with opened(console, course, course.root / options.out, policy, settings) as grading:
        seed.print_notes(console)
        return max(autograde(desk, grading, console) for desk in desks)

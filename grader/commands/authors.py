"""Commands of a course's author: `bricks build`, `new`, `release`, `audit`, `calibrate`, `demo`."""

import argparse
import tempfile
from pathlib import Path

from rich.console import Console

from grader.commands.named import chosen_bricks, course_of
from grader.cores import cores
from grader.exit_status import ExitStatus
from grader.policy import Policy

DEMO_SEED = 20_261_122


def run_build(options: argparse.Namespace) -> ExitStatus:
    from grader.author.commands import build_all, check_all

    course = course_of(options)
    return check_all(course) if options.check else build_all(course, options.force)


def run_new(options: argparse.Namespace) -> ExitStatus:
    from grader.author.commands import make_brick

    return make_brick(course_of(options), options.name, options.title)


def run_release(options: argparse.Namespace) -> ExitStatus:
    from grader.author.release import release

    course = course_of(options)
    names = chosen_bricks(course, options.brick) if options.brick else ()
    print("Recording what the checks expect takes some minutes the first time.", flush=True)
    released = release(course, options.target, names, print_recorded, options.language)
    for file in released.kept:
        print(f"{file} was there already, and stays as it is.")
    bricks = ", ".join(released.bricks)
    print(f"The students' kit ({bricks}) is in {options.target}: give them that folder.")
    return ExitStatus.OK


def print_recorded(brick: str, known: bool) -> None:
    print(f"{brick}: {'as recorded before' if known else 'recorded'}", flush=True)


def run_audit(options: argparse.Namespace) -> ExitStatus:
    from grader.author.commands import audit_bricks, write_diagnosis

    course = course_of(options)
    if options.diagnosis:
        return write_diagnosis(course)
    return audit_bricks(course, chosen_bricks(course, options.brick))


def run_calibrate(options: argparse.Namespace) -> ExitStatus:
    from grader.author.calibrate import FEWEST_SEEDS, calibrate
    from grader.author.progress import CalibrationProgress

    course = course_of(options)
    styles = options.also or course.root / "tests" / "alternatives"
    with CalibrationProgress() as progress:
        bars = calibrate(
            course,
            styles,
            options.seeds or FEWEST_SEEDS,
            options.jobs,
            progress.begin,
            progress.step,
            options.only,
        )
    for check, bar in bars.items():
        print(f"{check}  bar {bar['bar']}  reference {bar['mean']} +/- {bar['spread']}")
    print("Written: exercises/bars.json, docs/bars.md and its pictures")
    return ExitStatus.OK


def run_demo(options: argparse.Namespace) -> ExitStatus:
    from grader.author.demo import draw_pictures, make_class
    from grader.classroom.session import Settings
    from grader.classroom.terminal import grade_class, opened
    from grader.submissions.find import find_class

    course = course_of(options)
    print("Grading a class of 12 takes some two minutes.", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="bricks-demo-"))
    make_class(course, folder / "submitted")
    console = Console(highlight=False)
    found = find_class(folder / "submitted", list(course.bricks))
    console.print(f"A class of {len(found.students)}, made from the solutions and known mistakes:")
    console.print(f"  {folder / 'submitted'}", soft_wrap=True, markup=False)
    out = folder / "results"
    settings = Settings(cores(), fresh=True, trusted=True)
    with opened(console, course, out, Policy(DEMO_SEED), settings) as grading:
        status = grade_class(console, grading, found, course.core, out, troubles=True)
    if titles := draw_pictures(course, folder / "pictures.html"):
        console.print(f"\nPictures of what the solutions do: {'; '.join(titles)}", markup=False)
        console.print(f"  {folder / 'pictures.html'}", soft_wrap=True, markup=False)
    one_is_meant_not_to_load = status == ExitStatus.SOME_UNUSABLE
    return ExitStatus.OK if one_is_meant_not_to_load else status

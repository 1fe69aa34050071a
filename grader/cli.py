"""The instructor's front door: the `bricks` command."""

import argparse
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from grader import mnist
from grader.arguments import parsed
from grader.cores import cores
from grader.course import Course, CourseError, course_at, find_course
from grader.ending import ended_by
from grader.exit_status import ExitStatus
from grader.faults import logging_faults
from grader.files import write_whole
from grader.policy import Policy, Predecessors

if TYPE_CHECKING:
    from grader.classroom.session import WorkersOf

DEMO_SEED = 20_261_122


def main(arguments: Sequence[str] | None = None) -> ExitStatus:
    """Runs one command and returns its exit status."""
    options = parsed(arguments)
    if options.mnist:
        os.environ[mnist.VARIABLE] = options.mnist
    with logging_faults(results_of(options), options.debug):
        try:
            return COMMANDS[options.command](options)
        except KeyboardInterrupt:
            print("bricks: stopped. What is finished is kept.", file=sys.stderr)
            return ExitStatus.STOPPED
        except Exception as error:
            return ended_by(error, options.command, named_by(options))


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


def root_of(options: argparse.Namespace) -> Path | None:
    with suppress(CourseError, OSError):
        return options.course or find_course(Path.cwd()).root
    return None


def course_of(options: argparse.Namespace) -> Course:
    """The course that --course names, or the one around the working folder.

    Raises CourseError if it has no solutions, which every command of `bricks` needs.
    """
    course = course_or_kit(options)
    if not course.solutions.is_dir():
        raise CourseError(f"{course.root} has no solutions/: this is a student's kit.")
    return course


def course_or_kit(options: argparse.Namespace) -> Course:
    """The same, with or without solutions."""
    return course_at(options.course.resolve()) if options.course else find_course(Path.cwd())


def run_build(options: argparse.Namespace) -> ExitStatus:
    from grader.author.build import build, out_of_date

    course = course_of(options)
    changed = out_of_date(course) if options.check else build(course)
    for path in changed:
        print(path.relative_to(course.root), "is out of date" if options.check else "written")
    if options.check and changed:
        print("Run `bricks build` and commit what it writes.")
        return ExitStatus.SOME_UNUSABLE
    if not changed:
        print("All stubs are up to date.")
    return ExitStatus.OK


def run_release(options: argparse.Namespace) -> ExitStatus:
    from grader.author.release import release

    course = course_of(options)
    names = chosen_bricks(course, options.brick) if options.brick else ()
    print("Recording what the checks expect takes some minutes the first time.", flush=True)
    released = release(course, options.target, names, print_recorded)
    for file in released.kept:
        print(f"{file} was there already, and stays as it is.")
    bricks = ", ".join(released.bricks)
    print(f"The students' kit ({bricks}) is in {options.target}: give them that folder.")
    return ExitStatus.OK


def print_recorded(brick: str, known: bool) -> None:
    print(f"{brick}: {'as recorded before' if known else 'recorded'}", flush=True)


def run_grade(options: argparse.Namespace) -> ExitStatus:
    from grader.classroom.secret_seed import secret_seed
    from grader.classroom.session import Settings
    from grader.classroom.terminal import grade_class, opened
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
        return grade_class(console, grading, found, bricks, options.out)


def run_report(options: argparse.Namespace) -> ExitStatus:
    from grader.classreport.commands import report

    report(Console(highlight=False), options.results, options.since)
    return ExitStatus.OK


def run_feedback(options: argparse.Namespace) -> ExitStatus:
    from grader.classreport.commands import feedback

    root = course_or_kit(options).root
    feedback(Console(highlight=False), options.results, options.pages, root)
    return ExitStatus.OK


def cluster_at(address: str) -> "WorkersOf":
    """The workers of a Dask cluster. Raises CourseError where Dask is not installed."""
    try:
        from grader.cluster.dask_cluster import cluster
    except ModuleNotFoundError as error:
        raise CourseError(f"--dask needs Dask ({error}): pip install 'bricks[dask]'.") from None
    return partial(cluster, address)


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
    many = "1 notebook" if written == 1 else f"{written} notebooks"
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


def chosen_bricks(course: Course, names: Sequence[str] | None) -> list[str]:
    for name in names or ():
        if name not in course.bricks:
            known = ", ".join(course.bricks)
            raise CourseError(f"There is no brick {name!r}; the course has {known}.")
    return [name for name in course.bricks if not names or name in names]


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


def run_audit(options: argparse.Namespace) -> ExitStatus:
    from grader.author.audit import Audit
    from grader.author.clauses import ALL, clauses
    from grader.author.kill_table import kill_table, with_sections

    course = course_of(options)
    if options.diagnosis:
        return write_diagnosis(course)
    bricks = chosen_bricks(course, options.brick)
    print("Every mistake meets every check of its brick: this takes minutes.", flush=True)
    audit = Audit(course)
    audited = []
    for name in bricks:
        audit.find_caught(name)
        audited.append(audit.brick(name))
        print(f"{name}: {len(audited[-1].mistaken)} misconceptions tried", flush=True)
    audit.close()
    defects = [defect for one in audited for defect in one.defects]
    print(*defects, sep="\n", end="\n" if defects else "")
    page = course.root / "docs" / "kill-table.md"
    page.parent.mkdir(exist_ok=True)
    if bricks == list(course.bricks) or not page.is_file():
        write_whole(page, kill_table(audited, clauses(course, ALL)))
        print("Written: docs/kill-table.md")
    else:
        write_whole(page, with_sections(page.read_text(encoding="utf-8"), audited))
        print(f"Written: {', '.join(bricks)} in docs/kill-table.md; its sums are those of before.")
    return ExitStatus.SOME_UNUSABLE if defects else ExitStatus.OK


def write_diagnosis(course: Course) -> ExitStatus:
    from grader.author.diagnosed import measure
    from grader.author.diagnosis_page import diagnosis_page
    from grader.author.quick_course import QuickCourse

    warnings.simplefilter("ignore", RuntimeWarning)  # about numbers that wrong code returns
    docs = course.root / "docs"
    docs.mkdir(exist_ok=True)
    known = docs / "kill-table.md"
    measured = []
    for name in course.bricks:
        measured.append(measure(QuickCourse(course.root), name))
        print(f"{name}: {len(measured[-1].judged)} mistakes judged", flush=True)
        print(*measured[-1].false, sep="\n", end="\n" if measured[-1].false else "", flush=True)
    kill_table = known.read_text(encoding="utf-8") if known.is_file() else ""
    page = docs / "diagnosis.md"
    write_whole(page, diagnosis_page(measured, kill_table))
    print(f"Written: {page.relative_to(course.root)}")
    return ExitStatus.OK


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


COMMANDS: dict[str, Callable[[argparse.Namespace], ExitStatus]] = {
    "build": run_build,
    "release": run_release,
    "grade": run_grade,
    "report": run_report,
    "feedback": run_feedback,
    "collect": run_collect,
    "autograde": run_autograde,
    "export": run_export,
    "gradescope": run_gradescope,
    "demo": run_demo,
    "watch": run_watch,
    "hint": run_hint,
    "explain": run_explain,
    "show": run_show,
    "audit": run_audit,
    "calibrate": run_calibrate,
}

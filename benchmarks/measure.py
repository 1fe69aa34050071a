"""Measures what the documents promise and writes benchmarks.md. Run by `make bench`."""

import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

import psutil
from bulk import (
    CORES,
    SAMPLES,
    STUDENTS,
    Graded,
    by_desk,
    by_otter,
    by_stock_nbgrader,
    by_this_kit,
    together,
)
from drawn import own_pictures, weight_of_matplotlib
from repairs import with_and_without
from scale import at_scale, one_check
from selfcheck import SEEDS, full_marks, waits

from grader.course import Course

ROOT = Path(__file__).parents[1]
SIZES = (40, 1_000, 10_000)
CHECKS = 200
DESK = "this kit into nbgrader"


def main() -> None:
    """Measures the named sections, or all of them; the others stay as they were measured."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as where students work
    page = ROOT / "benchmarks.md"
    known = page.read_text(encoding="utf-8") if page.exists() else ""
    kept = dict(re.findall(r"<!-- (\w+) -->\n(.*?)(?=\n<!-- |\Z)", known, flags=re.DOTALL))
    for name in sys.argv[1:] or SECTIONS:
        kept[name] = "\n".join(SECTIONS[name]())
        sections = [f"<!-- {one} -->\n{kept[one]}" for one in SECTIONS if one in kept]
        head = HEAD.format(machine=machine(), versions=versions())
        page.write_text("\n".join([head, *sections]), encoding="utf-8")
        print(kept[name], flush=True)


HEAD = """# Benchmarks

Written by `make bench`; do not edit. {machine}; {versions}.
"""


def machine() -> str:
    """What it ran on; Linux tells the processor's name."""
    memory = psutil.virtual_memory().total / 2**30
    named = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    processor = named[1] if named else platform.machine()
    return (
        f"{platform.system()} {platform.release().split('-')[0]}, {os.cpu_count()} cores "
        f"({processor}), {memory:.0f} GiB"
    )


def versions() -> str:
    packages = ("numpy", "keras", "tensorflow-cpu", "pytest", "nbgrader")
    known = [f"Python {platform.python_version()}"]
    return ", ".join(known + [f"{package} {version(package)}" for package in packages])


def student_page() -> Iterator[str]:
    yield "## What a student waits for\n"
    yield "Whole processes, from start to exit; median and range of 5 runs (3 for everything).\n"
    yield "| what | goal | median | range |\n|---|---|---|---|"
    for what, goal, got in waits():
        middle = statistics.median(got)
        yield f"| {what} | {goal} | {middle:.2f} s | {min(got):.2f} to {max(got):.2f} s |"
    yield f"\nThe reference had full marks in {full_marks()} of {SEEDS} gradings, a seed each.\n"


def class_page() -> Iterator[str]:
    course = Course(ROOT)
    every = course.core
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        kit = scratch / "kit"
        release = [sys.executable, "-m", "grader", "release", str(kit)]
        subprocess.run(release, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        yield "## A class, graded three ways\n"
        stock_sample, otter_sample = SAMPLES.values()
        yield WAYS.format(students=STUDENTS, stock=stock_sample, otter=otter_sample, cores=CORES)
        stock, otter = by_stock_nbgrader(course, scratch, kit), by_otter(course, scratch, kit)
        desk = by_desk(course, scratch, STUDENTS, every)
        for title, bricks, goal in (
            ("The first four bricks", every[:4], 10),
            ("All five", every, 4),
        ):
            place = scratch / str(len(bricks))
            place.mkdir()
            ways = {
                "this kit": by_this_kit(course, place, STUDENTS, bricks),
                **({DESK: desk} if bricks == every else {}),
                "stock nbgrader": together([stock[brick] for brick in bricks]),
            }
            if otter:
                ways["otter-grader"] = together([otter[brick] for brick in bricks])
            yield f"### {title}\n"
            yield from table(ways, goal)
            if not otter:
                yield "\notter-grader is not installed here, so it was not measured."
            yield ""


WAYS = """{students} students, a quarter each right, wrong (one known mistake), blank and half
done; every file differs, and nothing comes from a cache. This kit grades all of them by
`bricks grade --fresh`, and as notebooks into nbgrader's gradebook by `bricks autograde`;
stock nbgrader grades {stock} of each brick by `nbgrader autograde BRICK`, and what {students}
cost follows: its start once, measured by the same command with nothing left to do, and each
notebook as in the sample. otter-grader grades {otter} of each by `otter run`, without
containers; it is a process for each notebook, so its rate does not depend on their number.
The notebooks of these two run the same checks through the same engine in their kernels.
{cores} cores; processor time is that of all processes.
"""


def table(ways: Mapping[str, Graded], goal: int) -> Iterator[str]:
    """The ways, each also as a multiple of stock nbgrader; `goal` is this kit's."""
    yield "| | submissions a minute | x stock | processor s a submission | x | peak memory | x |"
    yield "|---|---|---|---|---|---|---|"
    stock, ours = ways["stock nbgrader"], ways["this kit"]
    for name, way in ways.items():
        yield (
            f"| {name} | {way.per_minute:.1f} | {way.per_minute / stock.per_minute:.1f} "
            f"| {way.cpu_each:.2f} | {way.cpu_each / stock.cpu_each:.2f} "
            f"| {way.cost.memory / 1e9:.2f} GB | {way.cost.memory / stock.cost.memory:.1f} |"
        )
    share = ours.students_cpu / (ours.cost.wall * CORES)
    yield (
        f"\nThe goal is {goal} times stock nbgrader's rate. Of this kit's time on {CORES} cores, "
        f"{share:.0%} was the students' own computation: wall time is {1 / share:.2f} x (their "
        f"processor time / cores); the goal is 1.15."
    )


def scale_page() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        runs = at_scale(Path(folder), SIZES)
        level, median, longest = one_check(Path(folder), CHECKS)
    few = runs[SIZES[0]].cost.wall / SIZES[0]
    rows = [
        f"| {n:,} | {run.per_minute:.0f} | {1000 * run.cost.wall / n:.0f} ms "
        f"| {run.cost.wall / n / few:.2f} "
        f"| {run.cost.coordinator / 1e6:.0f} MB | {run.cost.memory / 1e6:.0f} MB |"
        for n, run in runs.items()
    ]
    yield "## Many trivial submissions\n"
    yield "One check each, no training: what the kit itself costs, its start included.\n"
    yield (
        "| submissions | a minute | wall time each | x 40's (goal 1.10) | coordinator | all "
        "processes |\n|---|---|---|---|---|---|"
    )
    yield from rows
    yield (
        f"\nOne such check takes {1000 * median:.0f} ms from order to answer at the isolation "
        f"`{level}` (median of {CHECKS}, the longest {1000 * longest:.0f} ms); the goal is 40 ms.\n"
    )


def eight_page() -> Iterator[str]:
    course = Course(ROOT)
    yield "## A class on all eight bricks\n"
    yield f"{STUDENTS} students as above, by `bricks grade --fresh`, {CORES} cores.\n"
    yield "| | submissions a minute | wall time | processor s a submission | peak memory |"
    yield "|---|---|---|---|---|"
    for title, bricks in {
        "the five": course.core,
        "the three of TensorFlow": [name for name in course.bricks if name not in course.core],
        "all eight": list(course.bricks),
    }.items():
        with tempfile.TemporaryDirectory() as folder:
            way = by_this_kit(course, Path(folder), STUDENTS, bricks)
        yield (
            f"| {title} | {way.per_minute:.1f} | {way.cost.wall:.0f} s | {way.cpu_each:.2f} "
            f"| {way.cost.memory / 1e9:.2f} GB |"
        )
    yield ""


def repair_page() -> Iterator[str]:
    yield "## What repairs cost a class\n"
    yield REPAIRS
    yield "| class | with repairs | without | ratio, median | range |\n|---|---|---|---|---|"
    with tempfile.TemporaryDirectory() as folder:
        for name, runs in with_and_without(Path(folder), Course(ROOT)).items():
            ratios = [one / other for one, other in runs]
            middle = [statistics.median(way) for way in zip(*runs, strict=True)]
            yield (
                f"| {name} | {middle[0]:.0f} s | {middle[1]:.0f} s "
                f"| {statistics.median(ratios):.2f} | {min(ratios):.2f} to {max(ratios):.2f} |"
            )
    yield ""


REPAIRS = """Processor time of `bricks grade --fresh` on 40 students and the first four bricks, with
its 2 s of search for each wrong brick and with `--repair 0`, in turn. The wrong bricks are by
somebody who knew the contract alone. The goal is a ratio of 1.30 in a class as above.
"""


def picture_page() -> Iterator[str]:
    course = Course(ROOT)
    yield "## What pictures cost\n"
    yield "`bricks show BRICK` on the reference, whole processes; median and range of 3 runs.\n"
    yield "| brick | pictures | time | range | page |\n|---|---|---|---|---|"
    taken = 0.0
    for brick, drawn in own_pictures(course).items():
        least, middle, most = sorted(drawn.seconds)
        taken += middle if brick in course.core else 0
        yield (
            f"| {brick} | {drawn.pictures} | {middle:.1f} s | {least:.1f} to {most:.1f} s "
            f"| {drawn.size / 1e3:.0f} kB |"
        )
    yield (
        f"\nThe five take {taken:.0f} s in all; the goal is 60 s, and 2 MB for a page. In the kit, "
        f"the files that declare pictures have {kit_kilobytes():.0f} kB; matplotlib, with what it "
        f"brings, takes {weight_of_matplotlib() / 1e6:.0f} MB of an environment.\n"
    )


def kit_kilobytes() -> float:
    shown = [*(ROOT / "exercises").glob("show_*.py"), *(ROOT / "grader" / "pictures").glob("*.py")]
    return sum(path.stat().st_size for path in shown) / 1e3


SECTIONS = {
    "students": student_page,
    "grading": class_page,
    "eight": eight_page,
    "repairs": repair_page,
    "pictures": picture_page,
    "scale": scale_page,
}

if __name__ == "__main__":
    main()

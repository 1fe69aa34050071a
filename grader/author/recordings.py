"""Records several bricks side by side, and only those that changed since they were recorded last.

Recordings depend on the brick's checks and misconceptions, on the references, on the engine and on
the packages that it computes with. A digest of these names a folder in the user's cache with the
two files.
"""

import json
import re
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing, suppress
from pathlib import Path

from platformdirs import user_cache_path

from grader.author.record import record_answers, record_expected
from grader.classroom.deciding import code_of, digest, engine, packages
from grader.cores import cores
from grader.course import Course
from grader.expected import expected_file, misconceptions_file
from grader.files import keep_latest, write_whole
from grader.live import LiveAnswers, LiveExpected
from grader.runner.process import Process

WORD = re.compile(r"[A-Za-z_]\w*")
KEPT = 4  # latest recordings of a brick in the cache, since a course may switch between states


def record(
    course: Course,
    bricks: Sequence[str],
    folder: Path,
    done: Callable[[str, bool], None] = lambda brick, known: None,
) -> None:
    """Writes the recorded files of the bricks into the folder.

    done: called with each brick, and with whether it was recorded before.

    Raises NoExpectedValue if a reference answers a check with no value.
    """
    cache = user_cache_path("bricks") / "recorded"
    with ThreadPoolExecutor(min(cores(), len(bricks))) as pool:
        waiting = {pool.submit(_record, course, brick, folder, cache): brick for brick in bricks}
        try:
            for future in as_completed(waiting):
                done(waiting[future], future.result())
        finally:
            pool.shutdown(cancel_futures=True)


def _record(course: Course, brick: str, folder: Path, cache: Path) -> bool:
    """Writes the files of one brick; returns whether the cache had them."""
    files = [make(folder, brick) for make in (expected_file, misconceptions_file)]
    place = cache / brick / _digest(course, brick)
    if all((place / file.name).is_file() for file in files):
        for file in files:
            shutil.copyfile(place / file.name, file)
        return True
    with closing(Process()) as process:
        record_expected(course, brick, LiveExpected(course, process), folder)
        record_answers(course, brick, LiveAnswers(course, process), folder)
    with suppress(OSError):  # a read-only cache stores nothing
        place.mkdir(parents=True, exist_ok=True)
        for file in files:
            write_whole(place / file.name, file.read_bytes())
        keep_latest(place.parent, KEPT)
    return False


def _digest(course: Course, brick: str) -> str:
    checks = course.bricks[brick].checks.values()
    caught = {check.id: course.caught.get(check.id) for check in checks}
    record = code_of(Path(__file__).with_name("record.py"))
    return digest([record, *what_decides(course, brick), json.dumps(caught, sort_keys=True)])


def what_decides(course: Course, brick: str) -> list[str]:
    """What the answers of the brick's reference and misconceptions depend on, each as a digest."""
    names = [*_imported(course, brick), brick]
    files = [
        course.checks_file(brick),
        *course.files_of(brick),
        *(course.solutions / f"{name}.py" for name in names),
        *(course.solutions / "misconceptions" / f"{name}.py" for name in names),
    ]
    known = [f"{file.name} {code_of(file)}" for file in files if file.is_file()]
    return [engine(), *packages(), *known]


def _imported(course: Course, brick: str) -> list[str]:
    """The earlier bricks that its reference, misconceptions or checks import, also indirectly."""
    files = [
        course.solutions / f"{brick}.py",
        course.solutions / "misconceptions" / f"{brick}.py",
        course.checks_file(brick),
    ]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files if file.is_file())
    words = {word for line in text.splitlines() if "import" in line for word in WORD.findall(line)}
    own = [name for name in course.earlier(brick) if name in words]
    found = {name for one in own for name in [*_imported(course, one), one]}
    return [name for name in course.bricks if name in found]

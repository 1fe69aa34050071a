"""Audits bricks side by side, and only those that changed since they were audited last.

What an audit finds depends on the brick's checks, misconceptions and stub, on the references, on
the engine and on the packages that it computes with. A digest of these is the name of a file in the
user's cache that holds what was found.
"""

import json
import multiprocessing
import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from platformdirs import user_cache_path

from grader.author.audit import Audit, Audited
from grader.author.clauses import clauses_file
from grader.author.kill_section import section
from grader.author.recordings import what_decides
from grader.classroom.deciding import code_of, digest
from grader.content import ENGINE
from grader.cores import cores
from grader.course import Course
from grader.files import keep_latest, write_whole

MOST_AT_ONCE = 4  # bricks: each has three processes, which hold TensorFlow if its checks need it
STOPPED = signal.SIGINT, signal.SIG_DFL  # Ctrl-C ends an audit's process without a word
KEPT = 4  # files of a brick, the latest, since a course may have several states


@dataclass(frozen=True)
class TriedMistake:
    """A misconception that met the checks of its brick. lost: points, by part."""

    id: str
    caught: bool
    named: bool
    misnamed: bool
    lost: Mapping[str, int]

    @property
    def n_lost(self) -> int:
        return sum(self.lost.values())


@dataclass(frozen=True)
class Finding:
    """What the audit of one brick found, as plain data.

    section: its part of docs/kill-table.md.
    caught: by check, the misconceptions that it catches.
    """

    brick: str
    section: str
    defects: Sequence[str]
    tried: Sequence[TriedMistake]
    caught: Mapping[str, Sequence[str]]


def audits(
    course: Course, bricks: Sequence[str], done: Callable[[Finding, bool], None]
) -> list[Finding]:
    """What is found in each brick, and caught.json written anew.

    done: called with what was found in a brick, and with whether it was known already.
    """
    files = {name: _file(course, name) for name in bricks}
    known = {name: found for name in bricks if (found := _remembered(files[name]))}
    for found in known.values():
        done(found, True)
    caught = {name: found.caught for name, found in known.items()}
    unknown = [name for name in bricks if name not in known]
    if unknown:
        at_once = min(cores(), len(unknown), MOST_AT_ONCE)
        apart = multiprocessing.get_context("spawn")  # no thread of ours is copied half-way
        with ProcessPoolExecutor(at_once, apart, signal.signal, STOPPED) as pool:
            new = pool.map(caught_by_checks, [course.root] * len(unknown), unknown)
            caught |= zip(unknown, new, strict=True)
            write_caught(course, caught)
            waiting = [pool.submit(found_in, course.root, name) for name in unknown]
            try:
                for future in as_completed(waiting):
                    found = future.result()
                    known[found.brick] = found
                    _remember(files[found.brick], found)
                    done(found, False)
            finally:
                pool.shutdown(cancel_futures=True)
    else:
        write_caught(course, caught)
    return [known[name] for name in bricks]


def caught_by_checks(root: Path, brick: str) -> dict[str, list[str]]:
    """By check of the brick, the misconceptions that it catches. Runs in a process of its own."""
    with closing(Audit(Course(root))) as audit:
        return audit.caught(brick)


def found_in(root: Path, brick: str) -> Finding:
    """What the audit of the brick finds. Runs in a process of its own, once caught.json is new."""
    course = Course(root)
    with closing(Audit(course)) as audit:
        return finding(course, audit.brick(brick))


def finding(course: Course, audited: Audited) -> Finding:
    tried = [
        TriedMistake(
            trial.id, bool(trial.caught_by), trial.id in trial.named, bool(trial.misnamed),
            trial.lost,
        )
        for trial in audited.mistaken
    ]  # fmt: skip
    ids = [check.id for check in audited.brick.checks.values()]
    caught = {id: course.caught[id] for id in ids if id in course.caught}
    return Finding(audited.brick.name, section(audited), audited.defects, tried, caught)


def write_caught(course: Course, caught: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
    """Writes caught.json, which says what a diagnosis has to compare with.

    caught: by brick and check, misconceptions; what the file says of other bricks stays.
    """
    known = Course(course.root).caught
    every: dict[str, Sequence[str]] = {}
    for name, brick in course.bricks.items():
        of_brick = caught.get(name, known)
        ids = [check.id for check in brick.checks.values()]
        every |= {id: of_brick[id] for id in ids if id in of_brick}
    path = course.solutions / "misconceptions" / "caught.json"
    write_whole(path, json.dumps(every, indent=1) + "\n")


def _file(course: Course, brick: str) -> Path:
    stub, written = course.exercises / f"{brick}.py", clauses_file(course)
    known = [f"{file.name} {code_of(file)}" for file in (stub, written) if file.is_file()]
    key = digest([_auditor(), *what_decides(course, brick), *known])
    return user_cache_path("bricks") / "audited" / brick / f"{key}.json"


@cache
def _auditor() -> str:
    """A digest of the whole engine: the audit uses nearly all of it."""
    return digest(code_of(file) for file in sorted(ENGINE.rglob("*.py")))


def _remembered(file: Path) -> Finding | None:
    try:
        plain = json.loads(file.read_text(encoding="utf-8"))
        return Finding(**{**plain, "tried": [TriedMistake(**one) for one in plain["tried"]]})
    except (OSError, ValueError, TypeError, KeyError):  # a damaged file counts as none
        return None


def _remember(file: Path, found: Finding) -> None:
    with suppress(OSError):  # a cache that cannot be written is none
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, json.dumps(asdict(found)))
        keep_latest(file.parent, KEPT)

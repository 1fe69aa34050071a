"""Measures by canaries which isolation this machine gives, and makes a runner of that level."""

import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from grader.content import ENGINE
from grader.course import CourseError
from grader.outcome import Crashed, TooSlow, Unloadable
from grader.probe import Job, Loaded, Run, Runner
from grader.runner.process import Process
from grader.sandbox.canaries import CANARIES, FULL, HONEST, KERNEL, PREAMBLE, REFUSALS, Canary
from grader.source import Source

BASIC = "basic"
LEVELS = (BASIC, KERNEL, FULL)  # each stops what the one before it stops, and more
AT_ONCE = 4
WHAT_TO_DO = {
    KERNEL: "It needs Linux 6.2 or later with Landlock, and libseccomp (Debian: libseccomp2).",
    FULL: "It needs what `kernel` needs, and bubblewrap (Debian: apt install bubblewrap), "
    "which some systems let no plain user start (user namespaces).",
}


class IsolationError(CourseError):
    """This machine does not give the demanded isolation; the message says what to do."""


class ClosableRunner(Runner, Protocol):
    def close(self) -> None: ...


@dataclass(frozen=True)
class CanaryResult:
    """Whether a canary was stopped. level: the first one that has to stop it."""

    tries: str
    level: str
    stopped: bool


@dataclass(frozen=True)
class Measured:
    """The level that the canaries found in force, with their results.

    lacking: a sentence on why the machine does not give the level above; empty for the highest.
    """

    level: str
    canaries: tuple[CanaryResult, ...] = ()
    lacking: str = ""


def runner_at(level: str | None = None) -> tuple[ClosableRunner, Measured]:
    """A runner of the demanded level, or of the best level that this machine gives.

    Raises IsolationError if canaries get through that the demanded level has to stop.
    """
    if level is not None and level not in LEVELS:
        raise IsolationError(f"No isolation is called {level}: choose {', '.join(LEVELS)}.")
    lacking = ""
    for wanted in [level] if level else reversed(LEVELS):
        if wanted == BASIC:
            return unmeasured(BASIC), Measured(BASIC, (), lacking)
        try:
            found = unmeasured(wanted)
        except IsolationError as error:
            lacking = str(error)
            continue
        measured = measure(found)
        if LEVELS.index(measured.level) >= LEVELS.index(wanted):
            return found, replace(measured, lacking=lacking)
        through = [it.tries for it in measured.canaries if not it.stopped]
        got = f"a canary could {through[0]}" if through else "nothing starts in it"
        lacking = f"The isolation `{wanted}` is not there: {got}. {WHAT_TO_DO[wanted]}"
        found.close()
    raise IsolationError(lacking)


def unmeasured(level: str) -> ClosableRunner:
    """A runner that should give this level; no canary has measured it. Raises IsolationError."""
    if level == BASIC:
        return Process()
    if sys.platform != "linux":
        raise IsolationError(f"The isolation `{level}` needs Linux.")
    from grader.sandbox import bubblewrap, landlock, seccomp
    from grader.sandbox.confined import Confined

    lacking = not landlock.version() or not seccomp.available()
    if lacking or (level == FULL and not bubblewrap.found()):
        raise IsolationError(f"The isolation `{level}` is not there. {WHAT_TO_DO[level]}")
    return Confined(bubblewrap.wrapped if level == FULL else None)


def measure(runner: Runner) -> Measured:
    """The highest level of which the runner stops all canaries."""
    with surroundings() as known, ThreadPoolExecutor(AT_ONCE) as pool:
        honest = _run(runner, Canary("", BASIC, HONEST), known)
        if not isinstance(honest.answer, Loaded):
            return Measured(BASIC)  # nothing starts in it
        found = [
            CanaryResult(canary.tries, canary.level, stopped)
            for canary, stopped in zip(
                CANARIES, pool.map(lambda it: _stopped(runner, it, known), CANARIES), strict=True
            )
        ]
        found.append(CanaryResult("leave any trace outside", KERNEL, not known.touched()))
    level = BASIC
    for candidate in (KERNEL, FULL):
        if not all(it.stopped for it in found if it.level == candidate):
            break
        level = candidate
    return Measured(level, tuple(found))


@dataclass(frozen=True)
class Surroundings:
    """The files and processes outside that canaries try to reach."""

    folder: Path
    victim: subprocess.Popen[bytes]
    listener: socket.socket

    @property
    def shared(self) -> Path:
        return Path(f"/dev/shm/bricks-canary-{self.victim.pid}")

    @property
    def names(self) -> Mapping[str, object]:
        return {
            "OUTSIDE": str(self.folder),
            "GRADER": str(ENGINE),
            "VICTIM": self.victim.pid,
            "SHARED": str(self.shared),
            "PORT": self.listener.getsockname()[1],
        }

    def touched(self) -> bool:
        try:
            self.listener.accept()[0].close()
            return True
        except BlockingIOError:
            pass
        names = sorted(path.name for path in self.folder.iterdir())
        return (
            names != ["file", "other"]
            or self.shared.exists()
            or (self.folder / "file").read_bytes() != b"content"
            or self.victim.poll() is not None
        )


@contextmanager
def surroundings() -> Iterator[Surroundings]:
    wait = [sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()"]
    with (
        tempfile.TemporaryDirectory(prefix="bricks-") as folder,
        subprocess.Popen(wait, stdin=subprocess.PIPE) as victim,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        listener.setblocking(False)
        (Path(folder) / "file").write_bytes(b"content")
        (Path(folder) / "other").touch()  # for the canary that removes one; others read `file`
        known = Surroundings(Path(folder), victim, listener)
        try:
            yield known
        finally:
            victim.kill()
            known.shared.unlink(missing_ok=True)


def _run(runner: Runner, canary: Canary, known: Surroundings) -> Run:
    given = "".join(f"{name} = {value!r}\n" for name, value in known.names.items())
    code = f"{given}{PREAMBLE}{canary.code}\n".encode()
    source = Source("canary", "canary.py", code)
    return runner.run(Job(None, Path("test_canary.py"), (source,), limit=canary.limit))


def _stopped(runner: Runner, canary: Canary, known: Surroundings) -> bool:
    """Whether the canary was refused; any other end, also by its own mistake, counts as no."""
    came = _run(runner, canary, known).answer
    if isinstance(came, Unloadable):
        return came.reason.startswith(REFUSALS)
    return canary.ends and isinstance(came, Crashed | TooSlow)

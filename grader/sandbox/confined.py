"""The runner for students' code: a child for each job, confined before it reads a line.

Nothing that a child says about itself is believed: this module and the zygote measure wall time,
processor time and how it ended. The answer is one frame of plain arrays.
"""

import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from typing import IO, Any

from grader.faults import log_fault
from grader.language import N_, _
from grader.outcome import Crashed, Fault, Raised
from grader.printable import printable
from grader.probe import Answer, Job, Run
from grader.runner.clock import WALL_LIMIT, WallLimit
from grader.runner.encoding import WATCHED, answer_from_frame, too_slow
from grader.runner.ending import MEMORY_OR_CRASH, crashed
from grader.runner.frames import BadFrame, read_frame
from grader.runner.keras_imports import needs_keras
from grader.runner.process import MAX_PRINTED, Frame
from grader.sandbox.confined_child import READY
from grader.sandbox.sealed_jobs import SealedArrays, sealed
from grader.sandbox.zygote_client import Wrap, ZygoteClient, ZygoteError

MAX_ANSWER = 64_000_000
KILL_LIMIT = 60.0  # seconds for a killed child to end, on a machine that is very busy
MOST_WATCHED = 250  # frames that are no answers
MAX_TOLD = 1_000_000  # bytes of JSON in all frames of a job; printed text takes a quarter at most
GRACE = 10.0  # seconds for a child to end after it closed the pipe that its answer takes
UNREADABLE = N_("it sent no readable answer: {error}")
KILLED = crashed(-signal.SIGKILL, limited=True)


class Confined:
    """See grader.probe.Runner. Many threads may run jobs at once."""

    def __init__(self, wrap: Wrap | None = None, wall_limit: WallLimit = WALL_LIMIT):
        self._wrap = wrap
        self._wall_limit = wall_limit
        self._arrays = SealedArrays()
        self._zygotes: dict[bool, ZygoteClient] = {}  # by whether they have imported Keras
        self._starting = {keras: threading.Lock() for keras in (False, True)}

    def run(self, job: Job) -> Run:
        keras, trouble = needs_keras(job), ""
        with sealed(job, self._arrays) as files:
            for last in (False, True):
                zygote = None
                try:
                    zygote = self._zygote(keras)
                    run = self._run(zygote, files, job)
                except ZygoteError as error:
                    trouble = str(error)
                    self._replace(keras, zygote)
                    continue
                if run.answer != KILLED or last:
                    return run
        what = "with Keras " if keras else ""
        return Run(Fault(f"the interpreter {what}that starts jobs fails: {trouble}"))

    def close(self) -> None:
        """Ends all children, whatever they are doing."""
        for keras, starting in self._starting.items():
            with starting:
                zygote = self._zygotes.pop(keras, None)
                if zygote:
                    zygote.close()

    def _zygote(self, keras: bool) -> ZygoteClient:
        with self._starting[keras]:
            if keras not in self._zygotes:
                self._zygotes[keras] = ZygoteClient(keras, self._wrap)
            return self._zygotes[keras]

    def _replace(self, keras: bool, zygote: ZygoteClient | None) -> None:
        """Ends a zygote that failed, so that the next job starts another."""
        with self._starting[keras]:
            if zygote and self._zygotes.get(keras) is zygote:
                del self._zygotes[keras]
                zygote.close()

    def _run(self, zygote: ZygoteClient, files: Sequence[IO[bytes]], job: Job) -> Run:
        began = time.monotonic()
        allowed = self._wall_limit.backstop(job.allowed)
        ours, theirs = os.pipe2(os.O_CLOEXEC)
        with os.fdopen(ours, "rb", buffering=0) as stream:
            with os.fdopen(theirs, "wb"):
                fds = [theirs, *(file.fileno() for file in files)]
                number = zygote.fork(fds, job.allowed)
            content = read_until(
                stream, began + allowed, lambda: began + allowed + zygote.waited(number)
            )
        ready = content is None or content.startswith(READY)
        content = content and content.removeprefix(READY)
        ended = zygote.ending(number, GRACE) if content == b"" else None
        if ended is None:
            zygote.kill(number)
        ending = ended or zygote.ending(number, KILL_LIMIT)
        if ending is None:
            raise ZygoteError("it does not answer")
        took = time.monotonic() - began
        used_up = ending.cpu > job.allowed or ending.status == -signal.SIGXCPU
        if content is None or used_up:
            slow = too_slow(job.limit, used_up, watched(content or b""))
            return Run(slow, "", took, ending.cpu)
        if not ready:
            log_fault("a job could not be prepared", (content or b"").decode(errors="replace"))
            return Run(Fault("a job could not be prepared"), "", took, ending.cpu)
        if not content:
            return Run(crashed(ended.status if ended else None, limited=True), "", took, ending.cpu)
        came, printed = understood(content)
        return Run(came, printed, took, ending.cpu)


def read_until(stream: IO[bytes], deadline: float, prolonged: Callable[[], float]) -> bytes | None:
    """The content of the stream; None if its end does not come in time.

    It stops reading a little after the largest size that is allowed. At the deadline, `prolonged`
    gives a new one.
    """
    content = bytearray()
    poll = select.poll()
    poll.register(stream, select.POLLIN)
    while len(content) <= MAX_ANSWER:
        if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            deadline = prolonged()
            if deadline <= time.monotonic():
                return None
            continue
        more = stream.read(1 << 20)
        if not more:
            break
        content += more
    return bytes(content)


def watched(content: bytes) -> Any:
    """The content of the last frame that is no answer; None if there is no such frame."""
    seen = None
    try:
        for plain, _ in frames_in(BytesIO(content)):
            seen = plain.get(WATCHED, seen)
    except (EOFError, BadFrame):
        pass
    return seen


def frames_in(stream: BytesIO) -> Iterator[Frame]:
    """The frames, one by one. Their JSON has a limit in all, since it takes time to read.

    Raises EOFError, BadFrame.
    """
    left = MAX_TOLD
    for _time in range(MOST_WATCHED):
        at = stream.tell()
        frame = read_frame(stream, left)
        left = max(0, left - (stream.tell() - at))
        yield frame
    raise BadFrame("more than one answer")


def understood(content: bytes) -> tuple[Answer, str]:
    """The child's answer, and what it printed: one frame, and nothing after it."""
    stream = BytesIO(content)
    try:
        if len(content) > MAX_ANSWER:
            raise BadFrame(f"more than {MAX_ANSWER:,} bytes")
        plain, arrays = next(frame for frame in frames_in(stream) if WATCHED not in frame[0])
        if stream.read(1):
            raise BadFrame("more than one answer")
        came = answer_from_frame(plain, arrays)
    except EOFError:
        return Crashed(_(UNREADABLE).format(error=_("it is cut short"))), ""
    except BadFrame as error:
        return Crashed(_(UNREADABLE).format(error=printable(str(error)[:200]))), ""
    if isinstance(came, Raised) and came.error.endswith("MemoryError"):
        own_line = replace(came, error="MemoryError")  # NumPy's has a name of its own
        came = own_line if came.lines else Crashed(_(MEMORY_OR_CRASH))
    return came, printable(str(plain.get("printed", ""))[:MAX_PRINTED])

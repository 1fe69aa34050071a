"""The process that runs students' code: it reads jobs from its input, and answers with frames.

It holds no reference, no labels and no score. grader.runner.process starts it.
"""

import io
import os
import random
import signal
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import partial

import numpy as np

from grader.course import load_brick
from grader.probe import Answer, Job
from grader.runner.answer import answer
from grader.runner.child_encoding import answer_to_frame, job_from_frame
from grader.runner.encoding import FAULT, WATCHED, Arrays, Plain
from grader.runner.frames import read_frame, write_frame
from grader.runner.jupyter_names import add_jupyter_names
from grader.runner.watch import LineWatch

MAX_PRINTED = 20_000
MAX_TRACEBACK = 4_000  # characters


class Printed(io.TextIOBase):
    """Keeps the beginning of what is printed and counts the rest."""

    def __init__(self) -> None:
        self.beginning = ""
        self.dropped = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        room = MAX_PRINTED - len(self.beginning)
        self.beginning += text[:room] if room > 0 else ""
        self.dropped += max(0, len(text) - room)
        return len(text)

    def text(self) -> str:
        more = f"\n... and {self.dropped:,} more characters" if self.dropped else ""
        return self.beginning + more


class Reply:
    """Answers a job once: if several threads answer, only the first answer is sent."""

    def __init__(self, send: Callable[[Plain, Arrays], None], printed: Printed):
        self._send = send
        self._printed = printed
        self._once = threading.Lock()

    def __call__(self, answer: Answer) -> None:
        if self._once.acquire(blocking=False):
            plain, arrays = answer_to_frame(answer)
            self._send({**plain, "printed": self._printed.text()}, arrays)

    def last(self, answer: Answer) -> None:
        """Answers, and ends the process, since a statement in it cannot be stopped."""
        self(answer)
        os._exit(0)


def main() -> None:
    """Answers jobs until the input ends."""
    jobs = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):  # so that the code under test cannot print into the answers
        os.dup2(quiet, fd)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the grader, which ends this
    own = os.getpid()
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()

    one_at_a_time = threading.Lock()

    def send(number: int, plain: Plain, arrays: Arrays) -> None:
        if os.getpid() != own:  # the code under test forked, and this is the copy
            os._exit(0)
        with one_at_a_time:
            write_frame(answers, {**plain, "number": number}, arrays)

    while True:
        try:
            plain, arrays = read_frame(jobs)
        except EOFError:
            os._exit(0)
        reply = partial(send, plain["number"])
        if "import" in plain:
            reply(imported(plain["import"]), {})
            continue
        try:
            job = job_from_frame(plain, arrays, load_brick)
        except Exception:  # a checks file raised it: no student's code has run
            reply({FAULT: traceback.format_exc()[-MAX_TRACEBACK:]}, {})
        else:
            do(job, reply)


def end_with(parent: int) -> None:
    """Ends this process soon after its parent: a closed terminal kills the parent during a job."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def imported(name: str) -> Plain:
    """Imports a package; the frame names a package that is missing."""
    try:
        __import__(name)
    except ModuleNotFoundError as error:
        return {"missing": str(error.name).partition(".")[0]}
    return {}


def do(job: Job, send: Callable[[Plain, Arrays], None]) -> None:
    """Does the job. Ends the process if that takes very long, since the grader may be gone."""
    own_end = threading.Timer(job.allowed * 10 + 600, os._exit, args=(1,))
    own_end.daemon = True
    own_end.start()
    perform(job, send)
    own_end.cancel()


def perform(job: Job, send: Callable[[Plain, Arrays], None]) -> None:
    """Does the job and sends the answering frame, with what was printed."""
    printed = Printed()
    reply = Reply(send, printed)
    random.seed(0)
    np.random.seed(0)
    add_jupyter_names()
    files = {file for source in job.sources if source.own for file in source.texts}
    watch = LineWatch(files, job.allowed, lambda seen: send({WATCHED: seen}, {}))
    with redirect_stdout(printed), redirect_stderr(printed):
        answered = answer(job, stuck=reply.last)
    watch.stop()
    reply(answered)


if __name__ == "__main__":
    main()

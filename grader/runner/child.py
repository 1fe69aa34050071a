"""The process that runs students' code: reads jobs from its input, answers with frames.

It holds no reference, no labels and no score. It is started by grader.runner.process.
"""

import io
import os
import random
import signal
import threading
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np

from grader.check import Check
from grader.course import load_brick
from grader.runner.answer import answer
from grader.runner.frames import answer_to_frame, read_frame, write_frame
from grader.source import Source

MAX_PRINTED = 20_000


class Printed(io.TextIOBase):
    """Keeps the beginning of what is printed and counts the rest."""

    def __init__(self) -> None:
        self.kept = ""
        self.dropped = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        room = MAX_PRINTED - len(self.kept)
        self.kept += text[:room] if room > 0 else ""
        self.dropped += max(0, len(text) - room)
        return len(text)

    def text(self) -> str:
        more = f"\n... and {self.dropped:,} more characters" if self.dropped else ""
        return self.kept + more


def main() -> None:
    """Answers jobs until the input ends."""
    jobs = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):  # what the code under test prints or reads is not our protocol
        os.dup2(quiet, fd)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who waits for us
    own = os.getpid()
    while True:
        try:
            job, arrays = read_frame(jobs)
        except EOFError:
            os._exit(0)
        plain, returned = do(job, arrays)
        if os.getpid() != own:  # the code under test forked, and this is the copy
            os._exit(0)
        write_frame(answers, {**plain, "number": job["number"]}, returned)


def do(job: dict[str, Any], arrays: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """One job: an import, or one check of one source. Gives what the answering frame holds."""
    if "import" in job:
        try:
            __import__(job["import"])
        except ModuleNotFoundError as error:
            return {"missing": str(error.name).partition(".")[0]}, {}
        return {}, {}
    # Should the one who waits be gone, nobody would end us: so we do.
    own_end = threading.Timer(job["limit"] * 10 + 600, os._exit, args=(1,))
    own_end.daemon = True
    own_end.start()
    check = load_brick(Path(job["checks"])).checks[job["check"]] if job["check"] else None
    answered = perform(check, job, arrays)
    own_end.cancel()
    return answered


def perform(
    check: Check | None, job: dict[str, Any], arrays: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Runs the check on the job's sources: what the answering frame holds, what was printed."""
    sources = [
        Source(brick, file, arrays.pop(f"source {brick}").tobytes(), own)
        for brick, file, own in job["sources"]
    ]
    inputs = job["inputs"] | arrays
    printed = Printed()
    random.seed(0)
    np.random.seed(0)
    with redirect_stdout(printed), redirect_stderr(printed):
        plain, returned = answer_to_frame(answer(check, sources, inputs))
    return {**plain, "printed": printed.text()}, returned


if __name__ == "__main__":
    main()

"""A pseudo-terminal that a command runs in: what it shows, byte by byte, and keys for it."""

import os
import re
import struct
import subprocess
import sys
import threading
import time

import pytest

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Terminal:
    def __init__(self, command, cwd, columns=80, lines=30, **environment):
        pty = pytest.importorskip("pty")
        self.ours, theirs = pty.openpty()
        self.resize(columns, lines)
        plain = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "CI")}
        self.process = subprocess.Popen(
            command, cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            env={**plain, "TERM": "xterm-256color", **environment},
        )  # fmt: skip
        os.close(theirs)
        self.bytes = b""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while True:
            try:
                more = os.read(self.ours, 65536)
            except OSError:  # its other end is closed
                return
            if not more:
                return
            self.bytes += more

    def resize(self, columns, lines):
        import fcntl
        import termios

        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def press(self, keys):
        os.write(self.ours, keys.encode())

    @property
    def frame(self):
        """The latest whole screen with its colours."""
        *_, before, last = ["", "", *self.bytes.decode("utf-8", "replace").split("\x1b[H")]
        return last if "quit" in last else before

    @property
    def screen(self):
        return ESCAPE.sub("", self.frame).replace("\r", "")

    def wait_for(self, words, seconds=60.0):
        """The seconds until the screen holds these words."""
        began = time.monotonic()
        while not re.search(words, self.screen):
            assert time.monotonic() - began < seconds, f"no {words!r} in:\n{self.screen}"
            assert self.process.poll() is None, self.bytes[-3000:].decode()
            time.sleep(0.005)
        return time.monotonic() - began

    def close(self):
        """Quits; the exit status."""
        if self.process.poll() is None:
            self.press("q")
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            os.close(self.ours)


@pytest.fixture
def watching(checkout):
    """watching(**options): the command in a terminal, with one wrong brick and nothing else."""
    opened = []

    def start(**options):
        checkout.solve("neuron")
        checkout.replace("neuron", " / 255.0", "")
        command = [sys.executable, "-m", "grader", "watch"]
        opened.append(Terminal(command, checkout.root, **options))
        opened[-1].wait_for("first verdict")
        return opened[-1]

    yield start
    for terminal in opened:
        if terminal.process.poll() is None:
            terminal.process.kill()

"""The coordinator's side of a zygote: starts it, orders it to fork and to kill, and ends it."""

import itertools
import json
import queue
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.runner.process import environment
from grader.sandbox import scratch

START = "import sys; sys.path[:] = {path!r}; from grader.sandbox.zygote import main; main{what!r}"
READY_LIMIT = 300.0  # seconds for importing Keras, which a cold disk can make very slow
ENDING_LIMIT = 10.0
LOOK_LIMIT = 60.0
MAX_MESSAGE = 4_096

Wrap = Callable[[Sequence[str], str], list[str]]


class ZygoteError(Exception):
    """The zygote does not start, ended, or refuses to fork."""


@dataclass(frozen=True)
class Ending:
    """How a child ended: its exit code, or minus the signal; the time and memory that it used."""

    status: int
    cpu: float
    peak: int


class ZygoteClient:
    """A zygote that this process has started. Any number of threads may use it at once.

    wrap: given the command and the scratch folder, returns the command to run instead.
    """

    def __init__(self, keras: bool, wrap: Wrap | None = None):
        self._numbers = itertools.count(1)
        self._endings: dict[int, queue.Queue[Ending | ZygoteError]] = {}
        self._looks: dict[int, queue.Queue[float]] = {}
        self._gone = False
        self.folder = Path(tempfile.mkdtemp(prefix="bricks-"))
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        path = [entry for entry in sys.path if entry]
        start = START.format(path=path, what=(theirs.fileno(), keras, str(self.folder)))
        command = [sys.executable, "-I", "-c", start]
        # bubblewrap ends with the thread that started it: this one lives as long as it is needed.
        self._starter = ThreadPoolExecutor(1)
        with theirs:
            self._process = self._starter.submit(
                subprocess.Popen,
                wrap(command, str(self.folder)) if wrap else command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=self.folder,
                env=environment(str(self.folder)),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            ).result()
        self._wait_ready()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def gone(self) -> bool:
        return self._gone

    def fork(self, fds: list[int], limit: float) -> int:
        """Forks a child with these descriptors: for its answer, its job and its large arrays."""
        number = next(self._numbers)
        self._endings[number] = queue.Queue()
        message = json.dumps({"do": "fork", "job": number, "limit": limit}).encode()
        try:
            socket.send_fds(self._socket, [message], fds)
        except OSError:
            raise ZygoteError("it ended") from None
        return number

    def kill(self, number: int) -> None:
        with suppress(OSError):  # where the zygote is gone, so are its children
            self._socket.send(json.dumps({"do": "kill", "job": number}).encode())

    def waited(self, number: int) -> float:
        """Seconds that the child has waited for a core so far; 0 if the zygote does not answer."""
        look = self._looks[number] = queue.Queue()
        with suppress(OSError):
            self._socket.send(json.dumps({"do": "look", "job": number}).encode())
        try:
            return 0.0 if self._gone else look.get(timeout=LOOK_LIMIT)
        except queue.Empty:
            return 0.0
        finally:
            del self._looks[number]

    def ending(self, number: int, timeout: float | None = None) -> Ending | None:
        """How the child ended; None if it has not within the timeout. Call it once for a child."""
        if self._gone:
            timeout = 0.0
        try:
            ending = self._endings[number].get(timeout=timeout)
        except queue.Empty:
            if self._gone:
                raise ZygoteError("it ended") from None
            return None
        del self._endings[number]
        if isinstance(ending, ZygoteError):
            raise ending
        return ending

    def close(self) -> None:
        """Ends the zygote with all its children, and removes their folders."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(ENDING_LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with suppress(AttributeError, RuntimeError):  # it was never ready, or ends us itself
            self._reader.join()
        self._socket.close()
        self._starter.shutdown()
        with suppress(OSError):
            scratch.remove(self.folder)

    def _wait_ready(self) -> None:
        self._socket.settimeout(READY_LIMIT)
        try:
            ready = self._socket.recv(MAX_MESSAGE)
        except OSError:
            ready = b""
        self._socket.settimeout(None)
        if not ready:
            self._process.kill()
            self.close()
            raise ZygoteError("it does not start")

    def _read(self) -> None:
        while True:
            try:
                content = self._socket.recv(MAX_MESSAGE)
            except OSError:
                content = b""
            if not content:
                break
            message: dict[str, Any] = json.loads(content)
            if "waited" in message:
                if (look := self._looks.get(message["job"])) is not None:
                    look.put(message["waited"])
                continue
            waiting = self._endings.get(message["job"])
            if waiting is None:
                continue
            if "refused" in message:
                waiting.put(ZygoteError(message["refused"]))
            else:
                waiting.put(Ending(message["status"], message["cpu"], message["peak"]))
        self._gone = True
        for look in list(self._looks.values()):
            look.put(0.0)
        for waiting in list(self._endings.values()):
            waiting.put(ZygoteError("it ended"))

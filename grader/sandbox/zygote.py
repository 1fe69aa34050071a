"""The interpreter that forks: it has imported what takes long, and knows no secret.

It does what the coordinator (grader.sandbox.zygote_client) asks over a socket: it forks a child for
a job, measures how long one waited for a core, kills one, and reports how each ended. It reads no
job itself.
"""

import gc
import importlib
import json
import os
import secrets
import select
import signal
import socket
from contextlib import suppress
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import grader.networks
from grader.language import read_ahead
from grader.runner.clock import waited
from grader.sandbox import scratch
from grader.sandbox.confined_child import Confinement, be_child, confinement
from grader.sandbox.folder_rules import FolderRules

MAX_MESSAGE = 4_096
N_DESCRIPTORS = 3  # that come with the order to fork
SPARE = 64  # folders


def main(fd: int, keras: bool, folder: str) -> None:
    """Serves until the coordinator is gone, then kills all children."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the grader, which ends us
    orders = socket.socket(fileno=fd)
    _import(keras)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)  # children end at their limit
    shared = confinement()
    zygote = Zygote(orders, shared, FolderRules(shared.files), Path(folder))
    gc.collect()
    gc.freeze()  # the collector leaves these objects alone, so children go on sharing their memory
    zygote.serve()


def _import(keras: bool) -> None:
    # Files of checks import these, some only while a probe runs, and a child can read none of the
    # grader's own files.
    networks = [f"grader.networks.{found.name}" for found in iter_modules(grader.networks.__path__)]
    names = ("grader.mnist", "grader.runner.substituting", *networks)
    for name in (*names, *(("keras", "tensorflow") if keras else ())):
        importlib.import_module(name)
    read_ahead()


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


class Zygote:
    """Children by the number of their job."""

    def __init__(
        self, orders: socket.socket, shared: Confinement, rules: FolderRules, folder: Path
    ):
        self.orders = orders
        self.shared = shared
        self.rules = rules
        self.folder = folder
        self.native_threads = threads()
        self.pids: dict[int, int] = {}
        self.descriptors: dict[int, tuple[int, int | None]] = {}  # by descriptor: process, its job
        self.folders: dict[int, Path] = {}  # by process, also by one that cleans up
        self.free = [self.new_folder() for _ in range(SPARE)]
        self.events = select.poll()
        self.events.register(orders, select.POLLIN)

    def serve(self) -> None:
        self.send(ready=self.native_threads)
        while True:
            for fd, _ in self.events.poll():
                if fd != self.orders.fileno():
                    self.reap(fd)
                    continue
                content, fds, _, _ = socket.recv_fds(self.orders, MAX_MESSAGE, N_DESCRIPTORS)
                if not content:
                    self.end_all()
                    return
                self.obey(json.loads(content), fds)

    def obey(self, order: dict[str, Any], fds: list[int]) -> None:
        number = order["job"]
        try:
            if order["do"] == "fork":
                self.fork(number, order["limit"], fds)
            elif order["do"] == "look":
                self.send(job=number, waited=waited(self.pids.get(number, 0)))
            elif number in self.pids:  # "kill"; it may have ended by itself
                os.kill(self.pids[number], signal.SIGKILL)
        except OSError as error:
            self.send(job=number, refused=str(error))
        finally:
            for fd in fds:
                os.close(fd)

    def fork(self, number: int, limit: float, fds: list[int]) -> None:
        if threads() != self.native_threads:  # a child of such a process may hang
            self.send(job=number, refused="it runs threads of its own")
            return
        folder = self.free.pop() if self.free else self.new_folder()
        rules = self.rules.of(folder)
        pid = os.fork()
        if pid == 0:
            be_child(self.shared, limit, folder, rules, fds)
        self.pids[number] = pid
        self.wait_for(pid, number, folder)

    def new_folder(self) -> Path:
        """A folder for one child. Folders are made before a child could use up all names, and used
        again. Their names are secret, so that no other child can look into one.
        """
        folder = self.folder / secrets.token_hex(16)
        folder.mkdir(0o700)
        return folder

    def wait_for(self, pid: int, number: int | None, folder: Path) -> None:
        fd = os.pidfd_open(pid)
        self.descriptors[fd] = pid, number
        self.folders[pid] = folder
        self.events.register(fd, select.POLLIN)

    def reap(self, fd: int) -> None:
        """Notes that a process ended: a child, or (without a number) one that emptied a folder."""
        pid, number = self.descriptors.pop(fd)
        self.events.unregister(fd)
        os.close(fd)
        _, status, used = os.wait4(pid, 0)
        self.clean(self.folders.pop(pid), again=number is None)
        if number is None:
            return
        del self.pids[number]
        self.send(
            job=number,
            status=os.waitstatus_to_exitcode(status),
            cpu=used.ru_utime + used.ru_stime,
            peak=used.ru_maxrss * 1024,
        )

    def clean(self, folder: Path, again: bool) -> None:
        """Empties a child's folder, in a process of its own: there may be much to remove.

        again: that process has ended.
        """
        try:
            empty = not any(os.scandir(folder))
        except OSError:  # somebody removed it
            self.rules.forget(folder)
            return
        if empty:
            self.free.append(folder)
        if empty:
            return
        if again:  # what cannot be emptied is not used again
            self.rules.forget(folder)
            return
        pid = os.fork()
        if pid == 0:
            try:
                scratch.empty(folder)
            finally:
                os._exit(0)
        self.wait_for(pid, None, folder)

    def end_all(self) -> None:
        for pid, _ in self.descriptors.values():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        with suppress(OSError):  # where the coordinator is gone, nobody else removes it
            os.chdir("/")
            scratch.remove(self.folder)

    def send(self, **message: Any) -> None:
        self.orders.send(json.dumps(message).encode())

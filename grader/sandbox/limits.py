"""Limits of a process: processor time, memory, threads, files. It also drops privileges."""

import ctypes
import math
import os
import resource
import secrets
from contextlib import suppress

GIB = 1 << 30
ADDRESSES = 4 * GIB  # of which TensorFlow reserves much and uses little
DATA = 2 * GIB
FILE = 64 << 20
FILES = 256
THREADS = 128
FIRST_USER, N_USERS = 2_000_000_000, 2_000_000_000  # user ids that no account has

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, SIGKILL = 1, 38, 9
CAPABILITIES_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)
# Made once: each child that makes types of its own writes to memory that it would else share.
_header = (ctypes.c_uint32 * 2)(CAPABILITIES_VERSION_3, 0)
_no_capabilities = (ctypes.c_uint32 * 6)()


def put_on(limit: float) -> None:
    """Puts this process under its limits: `limit` in seconds of processor time."""
    with suppress(OSError):  # out of memory, the kernel ends this process first
        _write("/proc/self/oom_score_adj", b"1000")
    threads = _threads_allowed()
    drop_privileges()
    _libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)  # after a change of users, which resets it
    seconds = math.ceil(limit)
    for name, soft, hard in (
        ("CPU", seconds, seconds + 1),
        ("AS", ADDRESSES, ADDRESSES),
        ("DATA", DATA, DATA),
        ("FSIZE", FILE, FILE),
        ("NOFILE", FILES, FILES),
        ("NPROC", threads, threads),
        ("CORE", 0, 0),
        ("MEMLOCK", 0, 0),
        ("MSGQUEUE", 0, 0),
        ("SIGPENDING", 64, 64),
    ):
        kind = getattr(resource, f"RLIMIT_{name}")
        most = resource.getrlimit(kind)[1]
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(kind, (soft, hard))


def _threads_allowed() -> int:
    """The system counts the threads of all processes of a user, and never root's.

    So each of root's jobs gets a user id of its own (and stays root for files). The jobs of a plain
    user share one count: they get THREADS more than what runs now.
    """
    if os.geteuid() == 0:
        with suppress(OSError):
            os.setresuid(FIRST_USER + secrets.randbelow(N_USERS), 0, 0)
            return THREADS
    running = os.sysconf("SC_NPROCESSORS_ONLN") * 100
    with suppress(OSError, ValueError, IndexError), open("/proc/loadavg", "rb") as file:
        running = int(file.read().split()[3].split(b"/")[1])
    return running + THREADS


def drop_privileges() -> None:
    """Gives up all capabilities for good. Root still owns its files."""
    if _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs was refused")
    if _libc.capset(_header, _no_capabilities):
        raise OSError(ctypes.get_errno(), "capabilities cannot be dropped")


def _write(path: str, content: bytes) -> None:
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, content)
    finally:
        os.close(fd)

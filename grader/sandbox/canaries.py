"""Canaries: small programs that try what no job may do. They measure which isolation is in force.

Each runs as a student's file does, in a child of its own. A canary that loads has got through; one
that was stopped ends with one of the errors in REFUSALS. Whether it left a trace outside is checked
from outside.
"""

from dataclasses import dataclass

KERNEL, FULL = "kernel", "full"

# What canaries may use: OUTSIDE, a folder with two files; GRADER, the grader's folder; VICTIM, a
# process; SHARED, a name in shared memory; PORT, a TCP port that somebody listens at.
PREAMBLE = """
import ctypes, errno, mmap, os, signal, socket, tempfile, threading, time
libc = ctypes.CDLL(None, use_errno=True)
def call(function, *arguments):
    result = getattr(libc, function)(*arguments)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
"""

REFUSALS = (
    "PermissionError",
    "FileNotFoundError",
    "BlockingIOError",
    "OSError",
    "MemoryError",
    "ConnectionRefusedError",
    "ProcessLookupError",
    "RuntimeError: can't start new thread",
)


@dataclass(frozen=True)
class Canary:
    """A program that tries something forbidden.

    tries: in words. level: the first one that stops it. code: raises if it is stopped.
    ends: whether its process may end when it is stopped.
    """

    tries: str
    level: str
    code: str
    ends: bool = False
    limit: float = 10.0


# Does only what every exercise may do: if this is stopped, canaries measure nothing.
HONEST = """
import numpy as np, tempfile, threading
with tempfile.TemporaryFile() as file:
    np.save(file, np.ones(1000) @ np.ones(1000))
thread = threading.Thread(target=sum, args=((1, 2),))
thread.start()
thread.join()
"""

CANARIES = (
    Canary("read a file outside", KERNEL, "open(OUTSIDE + '/file').read()"),
    Canary("list a folder outside", KERNEL, "os.listdir(OUTSIDE)"),
    Canary("read the grader's data", KERNEL, "open(GRADER + '/data/mnist.npz', 'rb').read(9)[8]"),
    Canary("read another process's memory", KERNEL, "open(f'/proc/{VICTIM}/mem', 'rb')"),
    Canary("write a file outside", KERNEL, "open(OUTSIDE + '/new', 'w').write('x')"),
    Canary("cut a file outside short", KERNEL, "os.truncate(OUTSIDE + '/file', 0)"),
    Canary("change a file's permissions", KERNEL, "os.chmod(OUTSIDE + '/file', 0o600)"),
    Canary("remove a file outside", KERNEL, "os.unlink(OUTSIDE + '/other')"),
    Canary("link to a file outside", KERNEL, "os.link(OUTSIDE + '/file', 'linked')"),
    Canary("write into shared memory", KERNEL, "open(SHARED, 'w')"),
    Canary("connect", KERNEL, "socket.create_connection(('127.0.0.1', PORT), 2)"),
    Canary("open a socket of another kind", KERNEL, "socket.socket(socket.AF_UNIX)"),
    Canary("set up io_uring", KERNEL, "call('syscall', 425, 4, ctypes.create_string_buffer(120))"),
    Canary("start a program", KERNEL, "os.execv('/bin/true', ['true'])"),
    Canary("fork", KERNEL, "os.fork() or os._exit(0)"),
    Canary("signal another process", KERNEL, "os.kill(VICTIM, signal.SIGKILL)"),
    Canary(
        "let a pipe signal another process",
        KERNEL,
        "import fcntl\nend, other = os.pipe()\nfcntl.fcntl(end, fcntl.F_SETOWN, VICTIM)\n"
        "fcntl.fcntl(end, 10, signal.SIGKILL)\n"
        "fcntl.fcntl(end, fcntl.F_SETFL, os.O_ASYNC)\nos.write(other, b'x')",
    ),
    Canary(
        "hold a file against others",
        KERNEL,
        "import resource\nfile = os.open(resource.__file__, os.O_RDONLY)\n"
        "number = {'x86_64': 72}.get(os.uname().machine, 25)\n"
        "call('syscall', number, file, ctypes.c_long(1 << 32 | 1024), 0)",
    ),
    Canary(
        "change a file's attributes",
        KERNEL,
        "import fcntl, resource\nfile = os.open(resource.__file__, os.O_RDONLY)\n"
        "fcntl.ioctl(file, 0x40086602, fcntl.ioctl(file, 0x80086601, bytes(8)))",
    ),
    Canary("trace another process", KERNEL, "call('ptrace', 16, VICTIM, 0, 0)"),
    Canary("slow another process down", KERNEL, "os.setpriority(os.PRIO_PROCESS, VICTIM, 19)"),
    Canary("move another process", KERNEL, "os.sched_setaffinity(VICTIM, {0})"),
    Canary(
        "limit another process",
        KERNEL,
        "import resource\nresource.prlimit(VICTIM, resource.RLIMIT_NOFILE, (99, 99))",
    ),
    Canary("leave its namespaces", KERNEL, "call('unshare', 0x20000)"),
    Canary("become another user", KERNEL, "os.setresuid(1, 1, 1)"),
    Canary("take memory", KERNEL, "b'x' * (3 << 30)", ends=True),
    Canary(
        "share memory maps",
        KERNEL,
        "maps = [mmap.mmap(-1, 1 << 30) for _ in range(6)]",
        ends=True,
    ),
    Canary("make files in memory", KERNEL, "os.memfd_create('x')"),
    Canary("make System V shared memory", KERNEL, "call('shmget', 0, 4096, 0o1600)"),
    Canary("write a huge file", KERNEL, "os.truncate(os.open('x', 66), 1 << 32)", ends=True),
    Canary(
        "start threads without end",
        KERNEL,
        "threading.stack_size(65536)\nwait = threading.Event()\n"
        "for _ in range(8000):\n    threading.Thread(target=wait.wait, daemon=True).start()",
        ends=True,
    ),
    Canary("compute without end", KERNEL, "while True: pass", ends=True, limit=0.1),
    Canary("see a file's name and size", FULL, "os.stat(OUTSIDE + '/file')"),
    Canary("see another process", FULL, "os.stat(f'/proc/{VICTIM}/cmdline')"),
    Canary(
        "fill the disk",
        FULL,
        "for n in range(6):\n    os.posix_fallocate(os.open(str(n), 66), 0, 60 << 20)",
    ),
)

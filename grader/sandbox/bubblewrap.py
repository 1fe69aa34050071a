"""bubblewrap around a zygote: namespaces of its own, without the rest of the system.

bubblewrap is a Debian package of that name. It works for root, and for everybody if the system lets
plain users make user namespaces.
"""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence

from grader.content import ENGINE
from grader.mnist import EMBEDDED
from grader.sandbox.readable_files import package_folders

SCRATCH = 256 << 20  # bytes of files that all jobs of a zygote may have together
LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/etc/localtime")
SYSTEM = ("/sys/devices/system/cpu", "/sys/devices/system/node")


def found() -> str | None:
    """The path of bwrap; None if it is not installed."""
    return shutil.which("bwrap")


def wrapped(command: Sequence[str], scratch: str) -> list[str]:
    """The command inside bwrap, with only Python, its packages, libraries, and `scratch`."""
    program = found() or "bwrap"
    return [program, *_namespaces(), *_files(scratch), "--chdir", scratch, "--", *command]


def _namespaces() -> Iterator[str]:
    yield from ("--die-with-parent", "--new-session")
    if os.geteuid() == 0:
        # A user namespace would leave root one user, and each job needs to count as another.
        yield from ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts")
        yield from ("--unshare-cgroup-try", "--cap-drop", "ALL", "--cap-add", "CAP_SETUID")
    else:
        yield "--unshare-all"


def _files(scratch: str) -> Iterator[str]:
    yield from ("--proc", "/proc", "--dev", "/dev")
    paths = dict.fromkeys([*LIBRARIES, *SYSTEM, sys.base_prefix, sys.prefix])
    paths |= dict.fromkeys(str(folder) for folder in package_folders())
    for path in sorted(paths):
        yield from ("--ro-bind-try", path, path)
    yield from ("--ro-bind", str(ENGINE), str(ENGINE))
    if EMBEDDED.exists():  # the labels; the zygote needs them as little as a child
        yield from ("--ro-bind", "/dev/null", str(EMBEDDED))
    yield from ("--perms", "0700", "--size", str(SCRATCH), "--tmpfs", scratch)
    for path in ("/dev", "/"):  # both are writable otherwise
        yield from ("--remount-ro", path)

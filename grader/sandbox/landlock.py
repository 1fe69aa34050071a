"""Landlock: the kernel keeps a process to the files that it is given, for the rest of its life.

Three system calls of Linux, the same numbers on every architecture; no privileges are needed.
"""

import ctypes
import errno
import os
import stat
import struct
from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION, PATH_BENEATH = 1, 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = (1 << bit for bit in range(4))
REMOVE_DIR, REMOVE_FILE = 1 << 4, 1 << 5
MAKE_DIR, MAKE_REG, MAKE_SYM = 1 << 7, 1 << 8, 1 << 12
REFER, TRUNCATE = 1 << 13, 1 << 14
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE

READ = READ_FILE | READ_DIR
READ_AND_WRITE_FILE = READ_FILE | WRITE_FILE
OWN = (
    READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SYM | REFER | TRUNCATE
)

# How many rights each version of the kernel's interface knows; newer versions count as the last.
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
NETWORK = 0b11  # TCP: bind, connect; from version 4
SCOPES = 0b11  # abstract Unix sockets, signals; from version 6

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """The version of Landlock in this kernel; 0 if it has none."""
    return max(0, int(_libc.syscall(CREATE_RULESET, None, 0, VERSION)))


class Opened:
    """Files and folders for which rules are made again and again.

    They stay open: the kernel knows a file by its inode in memory, and for some file systems it
    makes another one for a file that nobody has open.
    """

    def __init__(self, paths: Iterable[str]):
        self.fds: list[int] = []
        try:
            for path in paths:
                self._open(path)
        except OSError:
            self.close()
            raise

    def _open(self, path: str) -> None:
        try:
            self.fds.append(os.open(path, os.O_PATH | os.O_CLOEXEC))
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                raise

    def close(self) -> None:
        while self.fds:
            os.close(self.fds.pop())


class Rules:
    """What processes may do with files. Everything that is not granted is refused.

    fd: the kernel's rule set; several processes may put on the same one.
    """

    def __init__(self) -> None:
        self._version = version()
        self._rights = (1 << FILE_RIGHTS.get(self._version, 16)) - 1
        attributes = struct.pack("=Q", self._rights)
        if self._version >= 4:
            attributes += struct.pack("=Q", NETWORK)
        if self._version >= 6:
            attributes += struct.pack("=Q", SCOPES)
        self.fd = _checked(CREATE_RULESET, attributes, len(attributes), 0)

    def grant(self, rights: int, paths: Iterable[str]) -> None:
        """Grants the rights on these files, and below these folders; a missing path is skipped."""
        for path in paths:
            try:
                fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue
            try:
                self._grant(rights, fd)
            finally:
                os.close(fd)

    def grant_opened(self, rights: int, opened: Opened) -> None:
        for fd in opened.fds:
            self._grant(rights, fd)

    def _grant(self, rights: int, fd: int) -> None:
        rights &= self._rights
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            rights &= ON_FILES
        if rights:
            _checked(ADD_RULE, self.fd, PATH_BENEATH, struct.pack("=Qi", rights, fd), 0)

    def put_on(self) -> None:
        """From here on this thread, and those that it starts, can do only what was granted."""
        _checked(RESTRICT_SELF, self.fd, 0)
        self.close()

    def close(self) -> None:
        os.close(self.fd)


def _checked(number: int, *arguments: int | bytes) -> int:
    """Makes the system call; raises OSError. Integers go as long: some arguments have 64 bits."""
    passed = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = int(_libc.syscall(ctypes.c_long(number), *passed))
    if result < 0:
        raise OSError(ctypes.get_errno(), "Landlock: " + os.strerror(ctypes.get_errno()))
    return result

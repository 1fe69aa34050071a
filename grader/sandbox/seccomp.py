"""seccomp: system calls that no exercise needs are refused, for the rest of a process's life.

libseccomp makes the filter; nothing but its own shared library is needed.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Sequence
from typing import NamedTuple

ALLOW, KILL_PROCESS, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
NOT_EQUAL, MASKED_EQUAL = 1, 7
BAD_ARCHITECTURE, OPTIMIZE = 2, 8  # attributes of a filter
CLONE_THREAD = 0x10000
ANY_PROCESS = 0x7EEDF00D  # stands for a process; no process has a number as large
PR_SET_PDEATHSIG, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 1, 22, 2

# By what they would be used for. What a kernel or libseccomp does not know is left out.
DENIED = {
    "start programs": "fork vfork execve execveat",
    "use the network": "socket socketpair connect bind listen accept accept4 sendto sendmsg "
    "sendmmsg recvfrom recvmsg recvmmsg shutdown",
    "walk around filters": "io_uring_setup io_uring_enter io_uring_register io_setup io_submit",
    "reach into processes": "ptrace process_vm_readv process_vm_writev process_madvise "
    "process_mrelease pidfd_open pidfd_getfd pidfd_send_signal kcmp move_pages migrate_pages "
    "rt_sigqueueinfo rt_tgsigqueueinfo perf_event_open userfaultfd",
    "slow others down": "setpriority sched_setaffinity sched_setscheduler sched_setparam "
    "sched_setattr ioprio_set",
    "leave the group": "setsid setpgid",
    "change the system": "mount umount2 pivot_root chroot unshare setns fsopen fsconfig fsmount "
    "fspick open_tree move_mount mount_setattr bpf reboot swapon swapoff init_module "
    "finit_module delete_module kexec_load kexec_file_load acct settimeofday clock_settime "
    "clock_adjtime adjtimex sethostname setdomainname quotactl quotactl_fd syslog iopl ioperm "
    "vhangup personality",
    "hold keys": "keyctl add_key request_key",
    "be someone else": "setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid "
    "setfsgid capset",
    "change files that cannot be opened": "chmod fchmod fchmodat fchmodat2 chown fchown lchown "
    "fchownat utime utimes futimesat utimensat setxattr lsetxattr fsetxattr removexattr "
    "lremovexattr fremovexattr mknod mknodat",
    "watch files": "fanotify_init fanotify_mark inotify_init inotify_init1 inotify_add_watch "
    "name_to_handle_at open_by_handle_at",
    "hold memory past the limits": "memfd_create memfd_secret shmget shmat shmctl shmdt semget "
    "semop semctl semtimedop msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_timedsend "
    "mq_timedreceive mq_notify mq_getsetattr remap_file_pages vmsplice",
}
# Numbers that kernels gave out lately or will: all architectures share them. None is needed.
LATE = range(450, 512)
NEEDED_LATE = {454, 455, 456, 462}  # futex_wake, futex_wait, futex_requeue, mseal

# Commands of fcntl. With an owner and a signal of its choice, a pipe kills other processes; a lease
# or a watch holds up others on files that one may only read.
FCNTL = {"F_SETOWN": 8, "F_SETSIG": 10, "F_SETOWN_EX": 15, "F_SETLEASE": 1024, "F_NOTIFY": 1026}
# Commands of ioctl that change a file's attributes, for which its owner needs no right to write,
# or put letters into a terminal. With 64 bits and with 32.
IOCTL = {
    "FS_IOC_SETFLAGS": 0x40086602,
    "FS_IOC32_SETFLAGS": 0x40046602,
    "FS_IOC_SETVERSION": 0x40087602,
    "FS_IOC32_SETVERSION": 0x40047602,
    "FS_IOC_FSSETXATTR": 0x401C5820,
    "TIOCSTI": 0x5412,
    "TIOCLINUX": 0x541C,
}


_libc = ctypes.CDLL(None, use_errno=True)  # once, not in each child


class Argument(ctypes.Structure):
    _fields_ = (
        ("number", ctypes.c_uint),
        ("comparison", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    )


class Rule(NamedTuple):
    """Refuses a call, by name or number, with that error; only where the argument compares so."""

    call: str | int
    error: int = errno.EPERM
    where: Argument | None = None


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def general_rules() -> list[Rule]:
    """The same for every process."""
    names = " ".join(DENIED.values()).split()
    return [
        *(Rule(name) for name in names),
        *(Rule(number, errno.ENOSYS) for number in LATE if number not in NEEDED_LATE),
        Rule("clone", where=Argument(0, MASKED_EQUAL, CLONE_THREAD, 0)),  # threads are fine
        Rule("clone3", errno.ENOSYS),  # its flags cannot be seen; the C library then uses clone
        Rule("prlimit64", where=Argument(0, NOT_EQUAL, 0, 0)),
        *(_command("fcntl", 1, number) for number in FCNTL.values()),
        *(_command("ioctl", 1, number) for number in IOCTL.values()),
        _command("prctl", 0, PR_SET_PDEATHSIG),
    ]


def _command(call: str, position: int, number: int) -> Rule:
    """Refuses one command of a system call: the argument at that position.

    The kernel reads 32 bits of it, and a filter sees 64.
    """
    return Rule(call, where=Argument(position, MASKED_EQUAL, 0xFFFFFFFF, number))


def signal_program() -> bytes:
    """The filter under which a process sends signals to itself alone; `of_process` completes it."""
    return program(signal_rules(ANY_PROCESS))


def of_process(code: bytes, pid: int) -> bytes:
    """The program of `signal_program` for one process: to make it anew takes a millisecond."""
    return code.replace(struct.pack("=I", ANY_PROCESS), struct.pack("=I", pid))


def signal_rules(pid: int) -> list[Rule]:
    """Lets this process send signals to itself alone."""
    return [
        Rule(call, where=Argument(0, NOT_EQUAL, pid, 0)) for call in ("kill", "tkill", "tgkill")
    ]


def available() -> bool:
    """Whether libseccomp is there."""
    try:
        _library()
    except OSError:
        return False
    return True


def program(rules: Sequence[Rule]) -> bytes:
    """The filter that refuses so, as the kernel takes it."""
    library = _library()
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(ALLOW)))
    try:
        _set(library, context, BAD_ARCHITECTURE, KILL_PROCESS)
        if len(rules) > 10:
            _set(library, context, OPTIMIZE, 2)  # a tree: a call is looked up in a few steps
        for rule in rules:
            _add(library, context, rule)
        # In memory: another job may have filled the room for files.
        with os.fdopen(os.memfd_create("filter"), "rb") as file:
            _checked(library.seccomp_export_bpf(context, file.fileno()))
            file.seek(0)
            return file.read()
    finally:
        library.seccomp_release(context)


def put_on(code: bytes) -> None:
    """From here on this thread, and those that it starts, are under the filter."""
    filters = Program(len(code) // 8, code)
    if _libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filters), 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp: " + os.strerror(ctypes.get_errno()))


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    return library


def _set(library: ctypes.CDLL, context: ctypes.c_void_p, attribute: int, value: int) -> None:
    library.seccomp_attr_set(context, ctypes.c_int(attribute), ctypes.c_uint32(value))


def _add(library: ctypes.CDLL, context: ctypes.c_void_p, rule: Rule) -> None:
    if isinstance(rule.call, int):
        number = rule.call
    else:
        number = library.seccomp_syscall_resolve_name(rule.call.encode())
        if number < 0:  # not on this architecture
            return
    arguments = ctypes.byref(rule.where) if rule.where else None
    error = ctypes.c_uint32(ERRNO | rule.error)
    _checked(
        library.seccomp_rule_add_array(
            context, error, ctypes.c_int(number), ctypes.c_uint(1 if rule.where else 0), arguments
        )
    )


def _checked(result: int) -> None:
    if result < 0:
        raise OSError(-result, "libseccomp: " + os.strerror(-result))

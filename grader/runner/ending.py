"""The outcome of a process that ended without an answer."""

import signal

from grader.language import N_, _
from grader.outcome import Crashed

KILL = 9  # Windows has no name for it
OUT_OF_MEMORY = 71  # the exit code of a confined child that could not even answer
MEMORY_OR_CRASH = N_("memory limit or crash")
BY_MEMORY = {-getattr(signal, f"SIG{name}", 0) for name in ("ABRT", "SEGV", "BUS")}


def crashed(status: int | None, limited: bool = False) -> Crashed:
    """The outcome of a process with that exit status.

    status   the exit code, or minus the signal; None: the process closed its answer's pipe and did
             not end.
    limited  whether its memory was limited: then some signals mean that it reached the limit.
    """
    if status is None:
        return Crashed(_("it closed the stream that its answer takes"))
    if status == -KILL:  # perhaps by the kernel's out-of-memory killer
        said = f"{_(MEMORY_OR_CRASH)} (SIGKILL)" if limited else _signal(KILL)
        return Crashed(said, certain=False)
    if limited and status in BY_MEMORY | {OUT_OF_MEMORY}:
        return Crashed(_(MEMORY_OR_CRASH))
    if status < 0:
        return Crashed(_signal(-status))
    return Crashed(_("it ended itself with exit code {status}").format(status=status))


def _signal(number: int) -> str:
    return _("ended by signal {number}").format(number=number)

"""What the `bricks` command gives to a shell: exit statuses (docs/grading.md) and errors."""

import sys
from enum import IntEnum


class ExitStatus(IntEnum):
    """From the best to the worst: where several apply, the command gives the largest."""

    OK = 0
    SOME_UNUSABLE = 1  # some files could not be used, or are out of date; the rest is done
    BAD_USE = 2  # the command was wrong, or could not go on
    KIT_FAILED = 3  # a fault of the kit itself
    STOPPED = 130  # 128 and the number of SIGINT, as in shells


def say(what: str) -> None:
    """Prints an error of the command."""
    print(f"bricks: {what}", file=sys.stderr)

"""The Landlock rules of children, made once for each folder, and used by one child after the other.

To make rules takes longer than anything else that a child does before its job.
"""

import resource
from contextlib import suppress
from pathlib import Path

from grader.sandbox import landlock
from grader.sandbox.readable_files import OWN_PROCESS, Readable

MOST_USES = 100  # each child adds a rule, for a file of its own process


class FolderRules:
    """Rules by folder: a child may read `Readable`'s files, and do everything in its folder."""

    def __init__(self, files: Readable):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a child lowers it again
        self._files = files
        self._opened: tuple[landlock.Opened, ...] = ()
        self._made: dict[Path, tuple[landlock.Rules, int]] = {}
        with suppress(OSError):  # so many files cannot be open here: each child gets new rules
            all_in = landlock.Opened(files.all_in)
            try:
                self._opened = all_in, landlock.Opened(files.listed)
            except OSError:
                all_in.close()

    def of(self, folder: Path) -> landlock.Rules:
        """The rules for the next child in the folder."""
        rules, uses = self._made.pop(folder, (None, 0))
        if rules and uses >= (MOST_USES if self._opened else 1):
            rules.close()
            rules = None
        if rules is None:
            rules, uses = self._new(folder), 0
        self._made[folder] = rules, uses + 1
        return rules

    def forget(self, folder: Path) -> None:
        """Closes the rules of a folder that is not used again."""
        rules, _ = self._made.pop(folder, (None, 0))
        if rules:
            rules.close()

    def _new(self, folder: Path) -> landlock.Rules:
        rules = landlock.Rules()
        if self._opened:
            for rights, opened in zip(
                (landlock.READ, landlock.READ_DIR), self._opened, strict=True
            ):
                rules.grant_opened(rights, opened)
        else:
            rules.grant(landlock.READ, self._files.all_in)
            rules.grant(landlock.READ_DIR, self._files.listed)
        rules.grant(landlock.READ_AND_WRITE_FILE, ["/dev/null"])
        rules.grant(landlock.OWN, [str(folder)])
        return rules


def complete(rules: landlock.Rules) -> None:
    """Adds the rules for files that only the process itself can name."""
    rules.grant(landlock.READ, OWN_PROCESS)

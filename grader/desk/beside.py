"""Decides which files beside a notebook nbgrader copies into autograded/ and into feedback.

nbgrader's converters copy all files, and have one hook before they do so: `pre_convert_hook`. An
exporter that nbgrader_config.py names is made before the first submission, and sets the hook.
"""

import glob
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from nbgrader.converters import NbGraderException
from nbgrader.utils import parse_utc

from grader.files import write_whole
from grader.regular_file import UnreadableSource, read_regular
from grader.submissions.beside import MAX_TIMESTAMP, TIMESTAMP, Parts, copy_beside, left_out

SECRET = "submission_secret.txt"  # nbgrader's own: its content names the released feedback
FOR_RELEASE = ((TIMESTAMP,), (SECRET,))  # `nbgrader release_feedback` reads these beside the page
UNUSABLE = "timestamp.txt.unusable"


class CopyBeside:
    """A `pre_convert_hook` that copies files by the kit's rule, and lets nbgrader copy none itself.

    If nbgrader_config.py sets a hook, this one calls it afterwards.

    target: the folder of nbgrader's step to which files go.
    wanted: whether a file is to be copied.
    say: called with a sentence on files that were left out.
    """

    def __init__(
        self,
        converter: Any,
        target: str,
        say: Callable[[str], None],
        wanted: Callable[[Parts], bool] = lambda path: True,
    ):
        self.converter = converter
        self.target = target
        self.say = say
        self.wanted = wanted
        # Without the folder of an earlier run: formgrader keeps one coursedir for all.
        self.ignored = [name for name in converter.coursedir.ignore if not os.path.isabs(name)]
        self.configured = converter.pre_convert_hook
        converter.pre_convert_hook = self

    def __call__(self, **about: Any) -> None:
        """Called by nbgrader for each submission. nbgrader hides any exception from here."""
        coursedir, notebooks = self.converter.coursedir, self.converter.notebooks
        source = os.path.dirname(notebooks[0])
        coursedir.ignore = [*self.ignored, glob.escape(source)]  # the whole folder, by its path
        known = self.converter.init_single_notebook_resources(notebooks[0])["nbgrader"]
        target = coursedir.format_path(self.target, known["student"], known["assignment"])
        ignored = [*self.ignored, "*.ipynb"]  # nbgrader writes the notebooks
        refused = copy_beside(Path(source), Path(target), ignored, self.wanted)
        if refused:
            self.say(left_out(known["student"], refused))
        released = self.target == coursedir.feedback_directory
        if released and Path(target, TIMESTAMP).is_file():  # it was collected, with or without
            add_secret(Path(target))
        if self.configured:
            self.configured(**about)


def add_secret(folder: Path) -> None:
    """Writes the secret that nbgrader's own `submit` writes, unless there is one.

    `nbgrader release_feedback` ends for the whole class if a submission has none.
    """
    path = folder / SECRET
    if not os.path.lexists(path):
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, secrets.token_hex(64).encode())


def set_unusable_timestamps_aside(folders: Iterable[str], say: Callable[[str], None]) -> None:
    """Renames each timestamp in these submissions that nbgrader could not read.

    nbgrader follows links, waits for a FIFO, and ends the whole class's grading at a text that is
    no time. Raises NbGraderException if a file cannot be renamed.
    """
    for folder in folders:
        path = Path(folder, TIMESTAMP)
        why = _why_unusable(path)
        if not why:
            continue
        try:
            path.rename(path.with_name(UNUSABLE))
        except OSError as error:
            raise NbGraderException(f"{path}: {why}, and it cannot be renamed: {error}") from None
        say(f"{path}: {why}: it is now {UNUSABLE}, and the submission has no time.")


def _why_unusable(path: Path) -> str:
    if not os.path.lexists(path):
        return ""
    try:
        text = read_regular(path, MAX_TIMESTAMP).decode().strip()
        if text:
            parse_utc(text)
    except UnreadableSource as error:
        return str(error)
    except (ValueError, OverflowError):
        return "it is no time"
    return ""

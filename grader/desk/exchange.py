"""`nbgrader collect`: takes submissions from the exchange, where students own the files."""

import os
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect

from grader.submissions.beside import TIMESTAMP, copy_beside, left_out, matches

GROUP_FOLDER, GROUP_FILE = 0o2770, 0o660  # as nbgrader sets them for CourseDirectory.groupshared


class CollectRegular(ExchangeCollect):  # type: ignore[misc]  # nbgrader has no types
    """ExchangeCollect that follows no link and has the kit's limits.

    nbgrader's own copies what a link leads to, with the instructor's rights, and ends the whole
    class's collection if one submission is too large.
    """

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        source, target = Path(src), Path(dest)
        if source.is_symlink():
            self.log.warning("%s is a link: not collected.", source)
            return
        target.mkdir(parents=True)
        [record] = [each for each in self.src_records if each["filename"] == source.name]
        ignored = [*self.coursedir.ignore, TIMESTAMP]
        include = self.coursedir.include
        refused = copy_beside(source, target, ignored, lambda path: matches(path[-1], include))
        if refused:
            self.log.warning(left_out(record["username"], refused))
        # The time by which nbgrader chose this submission, and not that in a student's file.
        written = record["timestamp"].strftime("%Y-%m-%d %H:%M:%S.%f UTC")
        (target / TIMESTAMP).write_text(written)
        if self.coursedir.groupshared:
            for folder, _, files in os.walk(target):
                os.chmod(folder, os.stat(folder).st_mode & 0o777 | GROUP_FOLDER)
                for name in files:
                    path = os.path.join(folder, name)
                    os.chmod(path, os.stat(path).st_mode & 0o777 | GROUP_FILE)

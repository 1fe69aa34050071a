"""Chooses a student's file for a brick, if several may be it, and says why.

docs/submissions.md has the rule in words.
"""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from grader.regular_file import UnreadableSource
from grader.submission import positions
from grader.submissions.archive import Found
from grader.submissions.names import is_about, is_code, may_be_code, meant_by
from grader.submissions.recognise import Content, Names
from grader.submissions.remarks import Remark, Weight, shown
from grader.submissions.take import typed
from grader.submissions.upload import Upload

MOST_READ = 200  # files of a student that are read to recognise a brick
MOST_BYTES = 30_000_000  # of these files together: it takes time to parse them
SHOWN = 3  # files that a remark names, if they differ

Contents = Callable[[str], Content]  # by label


@dataclass(frozen=True)
class Choice:
    """The file that counts as a brick; None if there is none.

    labels: those of all files that may be the brick. said: remarks on how it was chosen.
    """

    upload: Upload | None
    labels: Sequence[str] = ()
    said: Sequence[Remark] = ()


@dataclass(frozen=True)
class Files:
    """The files that one student handed in.

    by_label: the files, by the path that remarks show. paths: each label's path below the student's
    folder, or below the zip that holds it. taken: labels that the instructor named by `--take`.
    """

    student: str
    by_label: Mapping[str, Found]
    paths: Mapping[str, tuple[str, ...]]
    known: Names
    upload: Callable[[str, str, Found], Upload]
    taken: Sequence[str] = ()
    _contents: dict[str, Content] = field(default_factory=dict)
    _read_sizes: tuple[list[int], list[int]] = field(default_factory=lambda: ([], []))

    def of(self, brick: str, label: str) -> Upload:
        return self.upload(brick, label, self.by_label[label])

    def content(self, label: str) -> Content:
        if label not in self._contents:
            self._contents[label] = Content(self._limited(label), self.known)
        return self._contents[label]

    def _limited(self, label: str) -> Upload:
        """The file, which raises if too much was read already.

        Files without a brick's name have a limit of their own.
        """
        upload = self.of("brick", label)
        sizes = self._read_sizes[bool(meant_by(self.paths[label][-1], list(self.known)))]

        def read() -> bytes:
            if len(sizes) >= MOST_READ or sum(sizes) > MOST_BYTES:
                raise UnreadableSource("too many files are handed in that may be it")
            content = upload.read()
            sizes.append(len(content))
            return content

        return replace(upload, read=read)


def choose(brick: str, files: Files, bricks: Sequence[str]) -> Choice:
    """The student's file for the brick.

    Files that define something of the brick come first, then those named after it, then those that
    only their content shows to be the brick. Among these, a written file comes before a stub or an
    unusable one. If two are left that differ, none is chosen.
    """
    exact = [
        label for path in positions(brick) for label, own in files.paths.items() if own == path
    ]
    readable = [label for label, one in files.by_label.items() if not one.folder or one.refusal]
    others = [label for label in readable if label not in exact and is_code(files.paths[label][-1])]
    decided = [label for label in files.taken if label in (*exact, *others, *readable)]
    own = [label for label in others if not _is_beside(files.paths[label], brick, bricks)]
    named = [label for label in own if meant_by(files.paths[label][-1], bricks) == brick]
    if decided := [one for one in decided if _may_be(one, brick, files, bricks, [*exact, *named])]:
        said = [Remark(f"{files.student}: {shown(decided[0])} is taken as {brick}, as you said.")]
        return Choice(files.of(brick, decided[0]), [*exact, *decided], said)
    only = [*exact, *named]
    strange = [one for one in own if _says_nothing(files.paths[one], bricks)]
    if len(only) == 1 and not strange:  # the usual case: nothing has to be read
        return _of(brick, files, only)
    first = [*exact, *(one for one in named if files.content(one).defines(brick))]
    found = first or named
    if not any(map(_is_written(files), found)):
        perhaps = [one for one in readable if _says_nothing(files.paths[one], bricks)]
        known = [
            one
            for one in perhaps[:MOST_READ]
            if one not in found and files.content(one).is_mostly(brick)
        ]
        apart = [one for one in known if not _is_beside(files.paths[one], brick, bricks)]
        beside = [one for one in others if files.paths[one][-1] in _plain_names(brick)]
        found = [*found, *(apart or known)] or beside
    return _of(brick, files, found)


def _may_be(
    label: str, brick: str, files: Files, bricks: Sequence[str], named: Sequence[str]
) -> bool:
    meant = meant_by(files.paths[label][-1], bricks)
    if label in named:
        return True
    if meant and meant != brick:
        return False
    return files.content(label).defines(brick) or len(bricks) == 1


def _says_nothing(path: tuple[str, ...], bricks: Sequence[str]) -> bool:
    """Whether only its content can say which brick the file is."""
    name = path[-1]
    return may_be_code(name) and not is_about(name) and not meant_by(name, bricks)


def _is_written(files: Files) -> Callable[[str], bool]:
    def is_written(label: str) -> bool:
        content = files.content(label)
        return content.usable and not content.is_stub

    return is_written


def _plain_names(brick: str) -> tuple[str, str]:
    return f"{brick}.py", f"{brick}.ipynb"


def _is_beside(path: tuple[str, ...], brick: str, bricks: Sequence[str]) -> bool:
    """Whether the file lies in the folder of another brick, which imports it."""
    return len(path) > 1 and path[0] in bricks and path[0] != brick


def _of(brick: str, files: Files, found: Sequence[str]) -> Choice:
    """The choice among all that may be the brick."""
    if not found:
        return Choice(None)
    if len(found) == 1:
        said = [] if files.paths[found[0]] in positions(brick) else [_renamed(brick, files, found)]
        return Choice(files.of(brick, found[0]), found, said)
    contents = {label: files.content(label) for label in found}
    written = [one for one, it in contents.items() if it.usable and not it.is_stub]
    unusable = [one for one, it in contents.items() if not it.usable]
    left = written or unusable[:1] or list(found)[:1]
    different = {contents[one].digest: one for one in reversed(left)}
    if len(different) > 1:
        return _undecided(brick, files, found, [one for one in left if one in different.values()])
    taken = left[0]
    return Choice(files.of(brick, taken), found, [_taken(brick, files, contents, taken)])


def _renamed(brick: str, files: Files, found: Sequence[str]) -> Remark:
    refusal = files.by_label[found[0]].refusal
    if refusal:
        text = f"{files.student}: {shown(found[0])} is not graded: {refusal}."
        return Remark(text, Weight.LOST)
    weight = Weight.HARMLESS if files.paths[found[0]][-1] in _plain_names(brick) else Weight.ODD
    return Remark(f"{files.student}: {shown(found[0])} is taken as {brick}.", weight)


def _taken(brick: str, files: Files, contents: Mapping[str, Content], taken: str) -> Remark:
    why = []
    others = len(contents) - 1 - SHOWN
    for label, content in islice(contents.items(), SHOWN + 1):
        if label == taken:
            continue
        if not content.usable:
            why.append(f"{shown(label)} cannot be used ({content.why_not})")
        elif content.is_stub:
            why.append(f"in {shown(label)} nothing is written")
        else:
            why.append(f"{shown(label)} is the same")
    why = [*why[:SHOWN], f"and {others} more"] if others > 0 else why
    return Remark(f"{files.student}: {shown(taken)} is taken as {brick}: {', '.join(why)}.")


def _undecided(brick: str, files: Files, found: Sequence[str], left: Sequence[str]) -> Choice:
    more = f" and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
    names = " and ".join(map(shown, left[:SHOWN])) + more
    option = shlex.quote(typed(files.student, left[0]))
    text = (
        f"{files.student}: {brick} is there as {names}, which differ: none is graded. "
        f"Decide with --take {option}"
    )

    def read() -> bytes:
        raise UnreadableSource(f"there are {len(left)} files for it that differ: {names}")

    upload = Upload(brick, brick, read, label=names, when=max(files.by_label[n].when for n in left))
    return Choice(upload, found, [Remark(text, Weight.LOST)])

"""Writes docs/isolation.md from canaries and hostile corpus.

`python -m grader.author.isolation_page` runs it.
"""

import ast
from pathlib import Path

from grader.files import write_whole
from grader.sandbox.canaries import CANARIES, KERNEL
from grader.sandbox.limits import ADDRESSES, DATA, FILE, FILES, GIB, THREADS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "isolation.md"
CORPUS = ROOT / "tests" / "hostile"

HEAD = """# Isolation: what each level stops

Written by `python -m grader.author.isolation_page`; do not edit. A test holds it against the
canaries and the hostile corpus, and another holds the canaries against what the machine does.

| level | what it is | what it needs |
|---|---|---|
| basic | a process, a clean environment, a time limit | any system |
| kernel | a fresh child for each check, under Landlock, seccomp and limits before it reads \
a line | Linux 6.2 or later, libseccomp (Debian: libseccomp2); no privileges |
| full | the same, inside bubblewrap: namespaces in which the rest of the system is not there \
| also bubblewrap (Debian: `apt install bubblewrap`) |

Canaries run before a class is graded, as a student's file would. The level that is printed and
stored with every grade is what they measured. Where a canary gets through, the level is lower.
"""

UNPROTECTED = f"""## What stays unprotected

At every level:

- Python, installed packages and shared libraries can be read; so can the inputs of the check that
  runs, and the predecessors that it is given. What a child raises or returns can carry these out:
  messages show small arrays whole, so that some dozen letters a check go out as numbers. With
  `--open-until` neither words nor values are shown; which outcome, which line and how many digits
  were right still tell some bits a check. `--predecessors own` leaves nothing to carry.
- What was made elsewhere can be handed in: a table of all test images of MNIST, of 80 kB, knows
  them in spite of their noise, and so do the parameters of a network that was trained before. A
  bar alone is met so; a share far above what the reference reaches is a sign of it.
- The course asks for NumPy alone, and TensorFlow is installed beside it: a brick that calls it is
  right by its values, and so is graded. Reading such a brick is left to people.
- A child uses up to {DATA // GIB} GiB of memory and its time limit of processor time; several at
  once use as many times that. Control groups are not used.
- Jobs that run at the same moment share the room for files and for their names: one that uses it
  up can make another's `model.save` fail. No check of the course writes a file.
- On the wall a check may take four times its limit and ten seconds, and as long again as it waits
  for a core: one that sleeps holds a worker for so long.
- A fault in the kernel is a way out. So is a fault in Landlock, seccomp or bubblewrap themselves.
- How long something takes can be measured, and tells something about the machine.

At `kernel`, where `full` has an answer:

- Names, sizes and dates of files can be asked for by name (not listed, not read), and which
  processes run. No content comes with that.
- Files in a child's own folder may fill the disk for as long as its time limit lets it write
  ({FILE >> 20} MiB a file, any number of files). They are removed when it ends.
- Landlock before Linux 6.7 and 6.12 knows less (TCP, signals); seccomp refuses most of it again.
  Before 6.2 it lets files be cut short: the canaries notice, and `kernel` is refused.

As root, children give up all capabilities but stay the owner of root's files: it is Landlock that
keeps them from these. As a plain user, the limit on threads counts all of the user's processes, so
that one child which starts threads without end can keep another from starting its own meanwhile.

At `basic` nothing in the table above is stopped but computing without end: a submission can read,
write, send and kill whatever its user can. It is for one's own code.
"""

CLAIM = """Each runs at `kernel` and at `full`. The claim for each: no point more than honest work
earns, nothing read or written outside, no process left, the next submission's grade
unchanged, a message that accuses nobody. `tests/sandbox/corpus/` has the tests; one takes
Landlock and seccomp away, and notices each theft that they stop.

What is hostile before it runs is made where it is tested, in `tests/classroom/ingest/`: zip
bombs, false sizes, links, devices, `..`, NUL and look-alikes in names, deep nesting, huge
numbers, notebooks and zips that are malformed or cut. What is wrong is said, nobody else's
file is lost, and nothing is unpacked onto the disk."""


def page() -> str:
    """The whole page."""
    lines = ["## What jobs may not do", "", "| canary: what it tries | kernel | full |"]
    lines.append("|---|---|---|")
    for canary in CANARIES:
        at_kernel = "stopped" if canary.level == KERNEL else "**gets through**"
        lines.append(f"| {canary.tries} | {at_kernel} | stopped |")
    limits = (
        f"Limits of each child: {ADDRESSES // GIB} GiB of addresses, {DATA // GIB} GiB of data, "
        f"{FILE >> 20} MiB a file, {FILES} open files, {THREADS} threads (for a plain user beside "
        "all that run), the check's limit of processor time, and four times that and ten seconds "
        "of wall time, to which comes what it waits for a core.\n"
    )
    return "\n".join([HEAD, *lines, "", limits, UNPROTECTED, *corpus()])


def corpus() -> list[str]:
    """The tricks, by family: the first line of each file says what it tries."""
    families: dict[str, list[Path]] = {}
    for path in sorted(CORPUS.glob("*/*.py")):
        families.setdefault(path.parent.name, []).append(path)
    n = sum(map(len, families.values()))
    lines = [f"## The hostile corpus: {n} submissions", "", CLAIM]
    for family, paths in families.items():
        lines += ["", f"### {family.capitalize()}", ""]
        lines += [f"- {path.stem.replace('_', ' ')}: {_words(path)}" for path in paths]
    return [*lines, ""]


def _words(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


if __name__ == "__main__":
    write_whole(PAGE, page())

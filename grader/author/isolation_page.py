"""Writes docs/isolation.md from the canaries and the hostile corpus.

Run it by `python -m grader.author.isolation_page`.
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

Written by `python -m grader.author.isolation_page`; do not edit. One test compares this page with
the canaries and the hostile corpus, and another compares the canaries with what the machine does.

| level | what it is | what it protects | what it needs |
|---|---|---|---|
| basic | a process for each brick of each student, a clean environment, a time limit | the run: \
it goes on after a crash or an endless loop. Nothing else | any system |
| kernel | a fresh child for each run of a check, under Landlock, seccomp and limits before it \
reads a line | files, network, other processes, and each run from every other | Linux 6.2 or \
later, libseccomp (Debian: libseccomp2); no privileges |
| full | the same, inside bubblewrap: namespaces that hide the rest of the system | also the names \
of files and processes, and the disk | also bubblewrap (Debian: `apt install bubblewrap`) |

Before a class is graded, canaries run as a student's file would. They measure the level, which is
printed and stored with every grade. If a canary gets through, the level is lower.
"""

STILL = """## What a determined student can still do

A check compares values. Whoever hands in right values has the points, whatever way they were found.
No level stops what this table lists:

| a student can | because | you can |
|---|---|---|
| hand in the code of a neighbour, of the web, or of a language model | it is right code | compare \
the files, and let students explain theirs |
| let TensorFlow compute the values of a NumPy brick | it is installed, and its values are right \
| search `submitted` for `import`: NumPy bricks need NumPy alone, and their Keras twins need Keras |
| bring a network that was trained before, and train only its end | its \
weights fit into a file, it is a network as the text asks for, and it does learn | look for long \
literals, and for accuracies far above the reference's; it gains the Keras bar alone |
| recognise MNIST's test images from a table of 80 kB | the images are public, and the noise on \
them is small | the same; it gains the NumPy bars alone, each after the parts that the bar needs \
are right. Or grade with other digits (`--mnist FILE`) |
| learn the graded numbers from messages, and hand in again | a seed draws the same inputs each \
time | grade later submissions under another seed (`--seed-file FILE`) |
| carry out a reference that the brick is run on, in what it raises or returns | Python can read \
its own process | while the earlier bricks are open, grade with `--open-until DATE` or \
`--predecessors own` |
| make `pytest exercises/` or `%check` say anything | these run on the student's machine | count \
only what you graded |
| write anything into names, prints and text cells | you are meant to read them | take them for \
data, and tell a language model so |
| bear the name of another | platforms let people choose how they are called | names alike are \
remarked on; their numbers in `people.csv` tell them apart. Grade late work with the class's, and \
not alone into the same results |
| sleep until a limit has passed | a slow machine looks the same | grade several at a time (`-j`) |

**At `basic` a student can do everything that you can.** Code can read the seed, the solutions and
other students' files, write grades, and use the network. One process runs all jobs of a brick, and
changes that the code makes in it persist. So only `kernel` and `full` separate runs that are
compared with each other (a check's `each`), and models that are rebuilt without the student's code
(`clean`). Use `basic` for your own code. For students' code use a machine, or a virtual machine,
with Linux.

Other tricks were tried, and these tests show that they fail:

- An adversary sees the inputs of each probe, and returns values that it made up: constants, the
  inputs, random numbers of the right mean and spread, the answer to other inputs, the right entries
  in another order. It earns 0 points in every brick (`tests/test_audit.py`).
- A file that knows each check, and makes up values for those that do not know the answer, earns
  nothing as any brick, in grading too (`tests/sandbox/corpus/test_forgers.py`). Noise in place of
  training has no point (`tests/test_untrained.py`).
- No check passes at 1,000 seeds with fewer than 100 answers that were learned by heart (the same
  test). Checks that take Keras or train for long are tried at 6 or 3 seeds: no answer passes at two
  of them. Accuracy bars are left out. Bricks that know what earlier versions of the checks always
  drew lose those points (`tests/test_by_heart.py`, `tests/test_learned_by_heart.py`,
  `tests/test_*by_heart.py`).
- Models that lie about themselves, that carry the digits in a closure, or that were trained before
  and do not learn, do not pass (`tests/test_networks.py`).
- The hostile corpus, listed below, earns no more than honest work (`tests/sandbox/corpus/`).
- A student cannot plant anything that runs in what you open: pages (`tests/desk/test_clean.py`),
  files beside a notebook (`tests/desk/planted/`), names of files (`tests/desk/test_not_usable.py`).
- By names of files and folders, no student can hand in as another one, or remove others from the
  class (`tests/classroom/ingest/test_another_student.py`).

These tests cover the tricks that we thought of. They do not prove that there is no other way.
"""

UNPROTECTED = f"""## What stays unprotected

At every level:

- Code can read Python, installed packages and shared libraries, the inputs of the check that runs,
  and the predecessors that it is given (and, if parts of a brick are wrong, the reference's version
  of these). An exception or a returned value can carry predecessors out: messages show every entry
  of a small array, so that some dozen letters a check can leave as numbers.
  With `--open-until` neither words nor values are shown; the outcome, the line and the number of
  correct digits still carry some bits a check. With `--predecessors own` there is no reference that
  could be carried out.
- If one part is right, some checks of that part or class accept values that look right (those with
  a `vouched_by`). Code that is written against the grader can so earn the point for the start of a
  network or of its layers; in place of a `fit` or `train`, the points for its batches and for
  following its seed; `logic`, `exclusive_or` and `more_than_from_scratch`; what should equal the
  student's own NumPy network, or what was saved; the step size and the start of `preferred_input`;
  the loss of `with_new_head`. It needs the right part for each of these, and without right parts it
  earns none.
- `keras_train` and `fine_tune` are judged by the weights that they leave. The judge gives the
  start, and computes models, losses and gradients itself: noise, or a trained head alone, does not
  pass. It cannot see which code took the steps. And only the student's process says which weights
  each epoch had, and that the head learned before the body: whoever forges that still has to train,
  and saves keeping the best weights, or the right order. That is one point each.
- A child uses up to {DATA // GIB} GiB of memory and its time limit of processor time; several at
  once use as many times that. Control groups are not used.
- Jobs that run at the same time share disk space and inodes: one that uses them up can make
  another's `model.save` fail. Where a message says "No space left on device", grade that student
  again, alone.
- In wall time, a check may take four times its limit and ten seconds, and also the time that it
  waits for a core: a check that sleeps occupies a worker for that time.
- nbgrader has no hook before it reads `timestamp.txt` or looks for notebooks in `submitted/`, and
  `nbgrader zip_collect` has one only for unpacking. So unusable timestamps are renamed in
  `submitted/`, and links among downloaded files are refused: [submissions.md](submissions.md).
  Another exchange than nbgrader's (`c.ExchangeFactory`) must keep links out itself, and `nbgrader
  submit` copies by the student's own rights. Another student's notebook under a second name (a hard
  link) in `submitted/` is graded like a copy of it.
- The files that the instructor opens contain words that students chose (names, exceptions, printed
  text, text cells). They are visible text: they run, cover and load nothing. But they may say
  anything, and a link in a text cell leads where its author wants. An example for the lecture
  contains no name of the class, but friends may recognise it all the same. Nothing in
  `results.jsonl` is an instruction: if a language model reads the file, tell it so.
- A fault in the kernel is a way out. So is a fault in Landlock, seccomp or bubblewrap themselves.
- Code can measure how long something takes, and so learn something about the machine.

At `kernel`, but not at `full`:

- A child can ask for size and date of a file whose name it knows (it cannot list or read files),
  and which processes run. It gets no content.
- Files in a child's own folder may fill the disk for as long as its time limit lets it write
  ({FILE >> 20} MiB a file, any number of files). They are removed when it ends.
- Landlock does not restrict TCP before Linux 6.7, nor signals before 6.12; seccomp refuses most of
  these. Before 6.2 it allows files to be truncated: the canaries notice, and `kernel` is refused.

As root, children give up all capabilities, but they still own root's files: Landlock protects
these. As a plain user, the limit on threads counts all of the user's processes, so that a child
which starts threads without end can prevent another child from starting its own.

At `basic`, endless computing is the only entry in the table of canaries that is stopped.
"""

CLAIM = """Each runs at `kernel` and at `full`. Tests in `tests/sandbox/corpus/` show that each
earns no more points than honest work, reads and writes nothing outside, leaves no process, changes
no later grade, and gets a message that accuses nobody. One test removes Landlock and seccomp, and
detects each theft that they stop.

The tests in `tests/classroom/ingest/` make files that are hostile before any code runs: zip bombs,
false sizes, links, devices, `..`, NUL and look-alikes in names, deep nesting, huge numbers,
notebooks and zips that are malformed or cut. Each is reported, every other file is graded, and
nothing is unpacked onto the disk. The tests in `tests/desk/planted/` make hostile files beside
notebooks: links of all kinds, sparse files, pages and timestamps, for each command that copies."""


def page() -> str:
    """The text of docs/isolation.md."""
    lines = ["## What jobs may not do", "", "| canary: what it tries | kernel | full |"]
    lines.append("|---|---|---|")
    for canary in CANARIES:
        at_kernel = "stopped" if canary.level == KERNEL else "**gets through**"
        lines.append(f"| {canary.tries} | {at_kernel} | stopped |")
    limits = (
        f"Limits of each child: {ADDRESSES // GIB} GiB of addresses, {DATA // GIB} GiB of data, "
        f"{FILE >> 20} MiB a file, {FILES} open files, {THREADS} threads (for a plain user, on "
        "top of those that run already), the check's limit of processor time, and of wall time "
        "four times that limit, ten seconds, and the time that the child waits for a core.\n"
    )
    return "\n".join([HEAD, STILL, *lines, "", limits, UNPROTECTED, *corpus()])


def hostile() -> list[Path]:
    """The hostile files, family by family."""
    return sorted(CORPUS.glob("*/*.py"))


def corpus() -> list[str]:
    """The list of hostile files, by family; the docstring of each says what it tries."""
    families: dict[str, list[Path]] = {}
    for path in hostile():
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

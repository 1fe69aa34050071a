"""Runs checks that a mistake cannot reach only once for all mistakes, with the reference.

If the reference's run of a check enters no function that a mistake replaces, the check gives the
same values with the mistake. Checks that train in Keras take most of an audit's time, and most
mistakes of a brick do not reach them.
"""

import ast
import inspect
import pickle
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from grader.misconception import Misconception
from grader.probe import Job, Returned, Run, Runner
from grader.source import Source, functions_in, is_text

MARK = "entered "
# Statements that a patch may have besides assignments to the module; they change nothing.
HARMLESS = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


class ReachedRunner:
    """A runner of jobs on one brick's mistakes. It runs a check that no mistake reaches only once.

    It stores all runs of a mistake, since an audit tries each twice, without diagnosis and with it.
    A check that runs a probe twice on the same inputs still gets two runs, which may differ.

    runner: runs the jobs.
    reference: the references that the brick may import, then the brick's own.
    """

    def __init__(self, runner: Runner, reference: Sequence[Source]):
        self._runner = runner
        *self._before, self._brick = reference
        self._functions = function_names(self._brick.code)
        self._runs: dict[bytes, tuple[Run, frozenset[str]]] = {}
        self._mistaken_runs: dict[tuple[bytes, int], Run] = {}
        self._asked = Counter[bytes]()  # by job, how often it was asked for with this mistake
        self._mistaken: Source | None = None
        self._replaced: frozenset[str] | None = None  # None: not known

    def of(self, mistake: Misconception, mistaken: Source) -> "ReachedRunner":
        """The same runner, for jobs on the reference with that mistake."""
        self._mistaken, self._replaced = mistaken, replaced_by(mistake, self._functions)
        self._asked.clear()
        return self

    def run(self, job: Job) -> Run:
        """Runs the job, or returns the reference's run of it where the mistake cannot reach it."""
        plain = not (job.substituted or job.variants or job.left_out)
        if job.check is None or not plain or (job.sources and job.sources[-1] != self._mistaken):
            return self._runner.run(job)
        given = (job.check.id, sorted(job.inputs.items()), sorted(job.returned.items()))
        key = sha256(pickle.dumps(given)).digest()
        if self._replaced is not None:
            run, entered = self._of_reference(job, key)
            if not entered & self._replaced:
                return run
        code = job.sources[-1].code if job.sources else b""
        key = sha256(key + code).digest()
        self._asked[key] += 1
        asked = (key, self._asked[key])
        if asked not in self._mistaken_runs:
            self._mistaken_runs[asked] = self._runner.run(job)
        return self._mistaken_runs[asked]

    def _of_reference(self, job: Job, key: bytes) -> tuple[Run, frozenset[str]]:
        """The reference's run of that job, and the functions that it enters."""
        if key not in self._runs:
            marked = replace(self._brick, code=with_marks(self._brick.code))
            sources = (*self._before, marked) if job.sources else ()
            run = self._runner.run(replace(job, sources=sources))
            lines = run.printed.splitlines()
            entered = {line.removeprefix(MARK) for line in lines if line.startswith(MARK)}
            if not isinstance(run.answer, Returned):
                entered |= self._functions
            shown = "\n".join(line for line in lines if not line.startswith(MARK))
            self._runs[key] = (replace(run, printed=shown), frozenset(entered))
        return self._runs[key]


def function_names(code: bytes) -> frozenset[str]:
    """The qualified names of a module's functions: "relu", "CNN.forward"."""
    return frozenset(name for name, _ in functions_in(ast.parse(code)))


def with_marks(code: bytes) -> bytes:
    """The module, in which each function prints its name when it is called for the first time."""
    tree = ast.parse(code)
    for name, function in functions_in(tree):
        first = ast.parse(f"{name!r} in ENTERED or ENTERED.add({name!r}) or print({MARK + name!r})")
        function.body = [*first.body, *function.body]
    return b"ENTERED = set()\n" + ast.unparse(tree).encode()


def replaced_by(mistake: Misconception, functions: frozenset[str]) -> frozenset[str] | None:
    """The functions of the module that the mistake's patch replaces; None if that is unclear."""
    assert mistake.patch is not None
    [patch] = ast.parse(textwrap.dedent(inspect.getsource(mistake.patch))).body
    assert isinstance(patch, ast.FunctionDef)
    module = patch.args.args[0].arg
    found: set[str] = set()
    for node in patch.body:
        if isinstance(node, HARMLESS) or is_text(node):
            continue
        if not isinstance(node, ast.Assign):
            return None
        for target in node.targets:
            owner, _, name = ast.unparse(target).partition(".")
            if owner != module:
                if not isinstance(target, ast.Name):
                    return None
                continue
            reached = {one for one in functions if one == name or one.startswith(f"{name}.")}
            if not reached:
                return None
            found |= reached
    return frozenset(found)

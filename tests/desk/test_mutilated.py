"""Notebooks as systems and people leave them: the same points through every door.

What they are worth says Jupyter's own reading of the cells, run from top to bottom.
"""

import builtins
import copy
import json
import shutil
from contextlib import redirect_stdout, suppress
from io import StringIO

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from grader.author.build import solution_of
from grader.desk.fill import filled
from grader.desk.source import student_notebook
from grader.notebook import source_in
from grader.runner.jupyter_names import add_jupyter_names
from grader.runner.loading import loaded

MUTATIONS = {}


def mutation(name):
    def add(function):
        MUTATIONS[name] = function
        return function

    return add


def code(text, **more):
    return {"cell_type": "code", "metadata": {}, "source": text, "outputs": [],
            "execution_count": None, **more}  # fmt: skip


def marks(cell):
    return cell["metadata"].get("nbgrader", {})


def of(nb, kind):
    """The cells of a kind: solution, grade (tests), text, or code without a mark."""
    if kind == "text":
        return [cell for cell in nb["cells"] if cell["cell_type"] == "markdown"]
    if kind == "imports":
        return [cell for cell in nb["cells"] if cell["source"].startswith("import numpy")]
    if kind == "setup":
        return nb["cells"][:1]
    return [cell for cell in nb["cells"] if marks(cell).get(kind)]


KINDS = ("solution", "grade", "imports", "setup", "text")
for kind in KINDS:
    for which, part in {"first": slice(0, 1), "last": slice(-1, None), "all": slice(None)}.items():

        @mutation(f"{which} {kind} deleted")
        def deleted(nb, kind=kind, part=part):
            for cell in of(nb, kind)[part]:
                nb["cells"].remove(cell)

        @mutation(f"{which} {kind} doubled")
        def doubled(nb, kind=kind, part=part):
            for cell in of(nb, kind)[part]:
                nb["cells"].insert(nb["cells"].index(cell), copy.deepcopy(cell))

    for other in ("markdown", "raw", "code"):

        @mutation(f"first {kind} retyped as {other}")
        def retyped(nb, kind=kind, other=other):
            cell = of(nb, kind)[0]
            cell["cell_type"] = other
            for name in ("outputs", "execution_count"):
                cell.pop(name, None)
            if other == "code":
                cell.update(outputs=[], execution_count=None)


@mutation("reversed")
def reversed_(nb):
    nb["cells"].reverse()


@mutation("solutions last")
def solutions_last(nb):
    nb["cells"].sort(key=lambda cell: bool(marks(cell).get("solution")))


@mutation("tests first")
def with_tests_first(nb):
    nb["cells"].sort(key=lambda cell: not marks(cell).get("grade"))


@mutation("all code in one cell")
def merged(nb):
    texts = [cell["source"] for cell in nb["cells"] if cell["cell_type"] == "code"]
    nb["cells"] = [code("\n\n".join(texts))]


@mutation("two solutions merged")
def two_merged(nb):
    first, second, *_ = of(nb, "solution")
    first["source"] += "\n\n\n" + second["source"]
    nb["cells"].remove(second)


@mutation("solution merged with its test")
def with_its_test(nb):
    of(nb, "solution")[0]["source"] += "\n\n" + of(nb, "grade")[0]["source"]


@mutation("solution split before its definition")
def split(nb):
    cell = of(nb, "solution")[0]
    nb["cells"].insert(nb["cells"].index(cell), code("scale = 1"))


@mutation("solution split in its middle")
def split_middle(nb):
    cell = of(nb, "solution")[0]
    head, _, rest = cell["source"].partition("\n")
    cell["source"] = head
    nb["cells"].insert(nb["cells"].index(cell) + 1, code(rest))


def each(nb, change):
    for number, cell in enumerate(nb["cells"]):
        change(number, cell)


STRIPPED = {
    "Colab": lambda n, cell: cell.update(metadata={"id": f"aB{n}", "colab": {"base_uri": "x"}}),
    "Kaggle": lambda n, cell: cell.update(metadata={"trusted": True, "_uuid": f"{n}"}),
    "VS Code": lambda n, cell: cell.update(metadata={"vscode": {"languageId": "python"}}),
    "nothing": lambda n, cell: cell.update(metadata={}),
    "missing": lambda n, cell: cell.pop("metadata"),
    "null": lambda n, cell: cell.update(metadata=None),
    "grade ids alone": lambda n, cell: cell["metadata"].update(
        nbgrader={"grade_id": marks(cell).get("grade_id", "")}
    ),
    "a list": lambda n, cell: cell["metadata"].update(nbgrader=[1]),
    "ids changed": lambda n, cell: cell.update(id=f"new{n}"),
    "ids doubled": lambda n, cell: cell.update(id="same"),
    "ids odd": lambda n, cell: cell.update(id=f"a b/{n}"),
    "ids missing": lambda n, cell: cell.pop("id", None),
    "locked": lambda n, cell: marks(cell).update(locked=True, solution=False),
    "unlocked": lambda n, cell: marks(cell).update(locked=False),
    "tests and solutions exchanged": lambda n, cell: marks(cell).update(
        grade=marks(cell).get("solution", False), solution=marks(cell).get("grade", False)
    ),
    "points raised": lambda n, cell: marks(cell).update(points=99) if marks(cell) else 0,
    "schema 99": lambda n, cell: marks(cell).update(schema_version=99) if marks(cell) else 0,
    "checksums": lambda n, cell: marks(cell).update(checksum="0") if marks(cell) else 0,
    "lines": lambda n, cell: cell.update(source=cell["source"].splitlines(keepends=True)),
    "CRLF": lambda n, cell: cell.update(source=cell["source"].replace("\n", "\r\n")),
    "indented": lambda n, cell: cell.update(
        source="\n".join(f"    {line}" for line in cell["source"].split("\n"))
    ),
    "empty outputs gone": lambda n, cell: [cell.pop(k, 0) for k in ("outputs", "execution_count")],
    "outputs of 20 MB": lambda n, cell: cell.update(
        outputs=[{"output_type": "stream", "name": "stdout", "text": ["abc]{\n"] * 60_000}]
    ) if cell["cell_type"] == "code" else 0,
}  # fmt: skip
for name, change in STRIPPED.items():
    MUTATIONS[f"cells: {name}"] = lambda nb, change=change: each(nb, change)

TOP = {
    "without metadata": lambda nb: nb.pop("metadata"),
    "metadata empty": lambda nb: nb.update(metadata={}),
    "widgets without state": lambda nb: nb["metadata"].update(widgets={"application/x": {"a": 1}}),
    "widgets' state": lambda nb: nb["metadata"].update(
        widgets={"application/vnd.jupyter.widget-state+json": {"state": {"a": {"b": "x" * 99}}}}
    ),
    "format 4.0": lambda nb: nb.update(nbformat_minor=0),
    "format 4.4 with ids": lambda nb: nb.update(nbformat_minor=4),
    "format 4.9": lambda nb: nb.update(nbformat_minor=9),
    "signed": lambda nb: nb["metadata"].update(signature="sha256:0", orig_nbformat=3),
    "kernel of R": lambda nb: nb["metadata"].update(kernelspec={"name": "ir", "language": "R"}),
    "kernel unknown": lambda nb: nb["metadata"].update(kernelspec={"name": "conda-env-x-py"}),
}
MUTATIONS.update({f"notebook: {name}": change for name, change in TOP.items()})

ADDED = {
    "!pip": "!pip install numpy", "%pip": "%pip install numpy", "%matplotlib": "%matplotlib inline",
    "get_ipython": "get_ipython().run_line_magic('matplotlib', 'inline')\nx = 1",
    "input": "name = input('Who?')", "colab": "from google.colab import drive\ndrive.mount('/d')",
    "shell output": "files = !ls\nn = len(files)", "help": "len?\n?len", "display": "display(1)",
    "raises": "1 / 0", "no Python": "this is not python", "%time": "%time y = 1\nz = y",
    "%%bash": "%%bash\nls", "%%html": "%%html\n<b>", "empty": "", "blanks": " \n\t\n",
    "unicode": "größe = '\u2028 \x0c'", "future": "from __future__ import annotations",
    "exit": "raise SystemExit", "continued": "!pip install \\\n  numpy\nx = 1",
}  # fmt: skip
for name, text in ADDED.items():
    MUTATIONS[f"first cell: {name}"] = lambda nb, text=text: nb["cells"].insert(0, code(text))
    MUTATIONS[f"last cell: {name}"] = lambda nb, text=text: nb["cells"].append(code(text))
WITHIN = {
    "%%time": "%%time\n{}", "%%capture": "%%capture out\n{}", "%%timeit": "%%timeit -n 1\n{}",
    "%%writefile": "%%writefile a.py\n{}", "%%bash": "%%bash\n{}", "!pip": "!pip install x\n{}",
    "error before": "1 / 0\n{}", "error after": "{}\n\n1 / 0", "%pip": "%pip install x\n{}",
    "colab": "from google.colab import files\n{}", "display": "display(1)\n{}\ndisplay(2)",
    "syntax": "{}\n)", "help after": "{}\n\nlen?",
}  # fmt: skip
for name, form in WITHIN.items():

    @mutation(f"in a solution: {name}")
    def within(nb, form=form):
        cell = of(nb, "solution")[0]
        cell["source"] = form.replace("{}", cell["source"])


@mutation("defined again, wrongly")
def again(nb):
    nb["cells"].append(code("def double(x):\n    return 5 * x\n\n\ndef sigmoid(z):\n    return z"))


@mutation("deleted by a last cell")
def undefined(nb):
    nb["cells"].append(code("for name in ('double', 'sigmoid'):\n    globals().pop(name, None)"))


def old_format(nb):
    cells = [
        {**{k: v for k, v in cell.items() if k != "source"}, "input": cell["source"]}
        if cell["cell_type"] == "code" else cell
        for cell in nb["cells"]
    ]  # fmt: skip
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}


def mutilated(nb, name):
    nb = json.loads(json.dumps(nb))
    if name == "format 3":
        return json.dumps(old_format(nb)).encode()
    MUTATIONS[name](nb)
    return json.dumps(nb).encode()


NAMES = [*MUTATIONS, "format 3"]


class Shell:
    """What Jupyter's transformed cells call: only what leaves names behind has an effect."""

    def __init__(self, names):
        self.names = names

    def run_cell_magic(self, name, line, text):
        if name in ("time", "capture", "prun"):
            exec(text, self.names)

    def run_line_magic(self, name, line, *rest):
        if name == "time":
            exec(line, self.names)

    def getoutput(self, *given):
        return []

    def __getattr__(self, name):
        return lambda *given, **more: None


def run_as_jupyter_does(handed):
    """The names after all code cells ran, each whatever the others did."""
    nb = json.loads(handed)
    cells = nb["worksheets"][0]["cells"] if "worksheets" in nb else nb["cells"]
    names = {"__name__": "notebook", "display": lambda *given: None}
    shell = Shell(names)
    names["get_ipython"] = lambda: shell
    for cell in cells:
        text = cell.get("source", cell.get("input", ""))
        if cell["cell_type"] == "code":
            text = text if isinstance(text, str) else "".join(text)
            with suppress(BaseException), redirect_stdout(StringIO()):
                exec(TransformerManager().transform_cell(text), names)
    return names


def worth(names):
    """Points of the toy's parts, by what the names do."""
    points = {"test-double": 0, "test-Tripler-apply": 0}
    with suppress(Exception):
        came = names["double"](3.0)  # a point for the value, and one for the shape
        points["test-double"] = (came == 6) + isinstance(came, float)
    with suppress(Exception):
        points["test-Tripler-apply"] = 3 if names["Tripler"]().apply(2.0) == 6 else 0
    return points


def test_there_are_enough():
    assert len(NAMES) >= 80


@pytest.fixture(scope="module")
def solved(course):
    stub = (course.exercises / "neuron.py").read_text(encoding="utf-8")
    made = filled(student_notebook(course, "neuron"), stub, solution_of(course, "neuron").encode())
    made.metadata.pop("bricks_collected", None)
    return json.loads(json.dumps(made))


@pytest.mark.parametrize("name", NAMES)
def test_the_kits_notebook_defines_what_jupyter_would(course, solved, name, monkeypatch):
    for known in ("display", "get_ipython", "input"):  # as add_jupyter_names does in a child
        monkeypatch.setattr(builtins, known, getattr(builtins, known, None), raising=False)
    add_jupyter_names()
    handed = mutilated(solved, name)
    expected = run_as_jupyter_does(handed)
    parts = {part.split(".")[0] for part in course.bricks["neuron"].parts} - {"MNIST"}
    with suppress(ImportError), loaded([source_in("neuron", handed)]) as module:
        found = vars(module)
        assert {p for p in parts if p in found} == {p for p in parts if p in expected}
        for part in parts & found.keys():
            was = getattr(expected[part], "__code__", None)
            assert was is None or was.co_code == found[part].__code__.co_code
        return
    assert not parts & expected.keys()


@pytest.mark.long
def test_every_door_gives_the_same_points(desk):
    nb = json.loads(json.dumps(desk.released()))
    for cell in nb["cells"]:
        if (grade_id := marks(cell).get("grade_id")) in desk.RIGHT:
            cell["source"] = desk.RIGHT[grade_id]
    expected = {}
    for number, name in enumerate(NAMES):
        handed, student = mutilated(nb, name), f"s{number:03}"
        expected[student] = worth(run_as_jupyter_does(handed))
        path = desk.root / "submitted" / student / "toy" / "toy.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(handed)
    called = dict(zip(expected, NAMES, strict=True))
    out, options = desk.root / "out", ("--isolation", "basic", "--repair", "0")
    grade = ("grade", desk.root / "submitted", "--out", out, "--brick", "toy", *options)
    assert desk.bricks(*grade) in (0, 1)
    lines = map(json.loads, (out / "results.jsonl").read_text().splitlines())
    graded = {called[line["student"]]: line["points"] for line in lines}
    assert graded == {called[student]: sum(own.values()) for student, own in expected.items()}
    assert desk.bricks("autograde", "toy", *options) in (0, 1)
    compared(desk, expected, called)
    for name in STRIPPED:
        cells = desk.graded(next(s for s, n in called.items() if n == f"cells: {name}")).cells
        solutions = {marks(c)["grade_id"]: c.source for c in cells if marks(c).get("solution")}
        assert solutions.keys() == desk.RIGHT.keys(), name
    # nbgrader's own command starts more slowly, and gets a sample.
    for student in [s for n, s in enumerate(expected) if n % 7]:
        for folder in ("submitted", "autograded"):
            shutil.rmtree(desk.root / folder / student)
        del expected[student]
    assert desk.nbgrader("autograde", "toy", "--force") == 0
    compared(desk, expected, called)
    assert desk.nbgrader("generate_feedback", "toy") == 0


def compared(desk, expected, called):
    rows = {who: row for who, row in desk.grades().items() if who[0] in expected}
    assert {row[2] for row in rows.values()} == {0}  # nobody has to grade anything by hand
    found = {student: {} for student in expected}
    for (student, cell), (points, *_) in rows.items():
        found[student][cell] = points
    assert {called[s]: found[s] for s in expected} == {called[s]: expected[s] for s in expected}
    for student in expected:
        shown = [marks(cell).get("grade_id") for cell in desk.graded(student).cells]
        assert shown.count("test-double") == shown.count("test-Tripler-apply") == 1

"""A file that is something else says what it is; a notebook of an old format is graded."""

import json

import pytest

from grader.notebook import source_in
from grader.notebook_json import MAX_NOTEBOOK, MAX_WITHOUT_OUTPUTS
from grader.outcome import CellStopped, Unloadable
from grader.regular_file import UnreadableSource
from grader.runner.answer import outcome_of, unloadable
from grader.runner.loading import NotDefined, loaded
from grader.source import Source
from grader.submissions.upload import Upload

CODE = "def sigmoid(z):\n    return z\n"
KINDS = {
    "nothing": (b"", "it is empty"),
    "blanks": (b" \n\t", "it is empty"),
    "PDF": (b"%PDF-1.7\n", "it is a PDF"),
    "old Word": (b"\xd0\xcf\x11\xe0\xa1\xb1", "it is an old Word, Excel or PowerPoint document"),
    "RTF": (b"{\\rtf1 def", "it is a document of a word processor (RTF)"),
    "HTML": (b"\n<!DOCTYPE html><html>", "it is a web page (HTML)"),
    "UTF-16": (CODE.encode("utf-16"), "it is text in UTF-16: save it as UTF-8"),
    "UTF-16 without mark": (CODE.encode("utf-16-be"), "it is text in UTF-16: save it as UTF-8"),
    "UTF-32": (CODE.encode("utf-32"), "it is text in UTF-32: save it as UTF-8"),
    "picture": (b"\x89PNG\r\n", "it is a picture (PNG)"),
    "pyc": (b"\xa7\r\r\n\0\0\0\0".replace(b"\r\r", b"\r\r"), ""),
    "Git LFS": (b"version https://git-lfs.github.com/spec/v1\n", "it is a pointer of Git LFS"),
    "gzip": (b"\x1f\x8b\x08", "it is a gzip archive"),
}


@pytest.mark.parametrize("name", ["neuron.py", "neuron.ipynb"])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if KINDS[kind][1]])
def test_it_says_what_it_is(world, reason, kind, name):
    content, words = KINDS[kind]
    world.put({f"ada/{name}": content})
    read, _ = world.came()
    assert reason(read["ada"]["neuron"]).startswith(words)


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("word/document.xml", "a Word document"),
        ("xl/a.xml", "an Excel sheet"),
        ("a", "a zip archive"),
    ],
)
def test_an_office_document_under_a_bricks_name(world, reason, packed, inside, words):
    world.put({"ada/neuron.py": packed((inside, b"x"))})
    read, _ = world.came()
    assert reason(read["ada"]["neuron"]) == f"it is {words}"


def old(*cells):
    """A notebook of format 3."""
    sheet = {"cells": list(cells), "metadata": {}}
    return json.dumps({"nbformat": 3, "metadata": {"name": ""}, "worksheets": [sheet]}).encode()


def test_a_notebook_of_format_3_is_converted():
    source = source_in("neuron", old(
        {"cell_type": "heading", "level": 1, "source": "Neuron"},
        {"cell_type": "code", "input": ["a = 1\n", "b = 2"], "outputs": [], "language": "python"},
        {"cell_type": "code", "input": "%time\nvalue = a", "outputs": []},
    ))  # fmt: skip
    assert list(source.texts) == ["cell 2 of neuron.ipynb", "cell 3 of neuron.ipynb"]
    with loaded([source]) as module:
        assert module.value == 1


def r_notebook(notebook, *cells):
    kernel = {"kernelspec": {"language": "R", "name": "ir"}, "language_info": {"name": "R"}}
    return notebook(*cells, metadata=kernel)


def test_an_r_notebook_is_one_and_python_under_rs_name_is_python(notebook):
    with pytest.raises(UnreadableSource, match="it is an R notebook, and bricks are in Python"):
        source_in("neuron", r_notebook(notebook, "sigmoid <- function(z) 1 / (1 + exp(-z))"))
    assert "sigmoid" in str(source_in("neuron", r_notebook(notebook, CODE)).code)


def test_the_content_decides_whether_it_is_a_notebook(notebook):
    module = Upload("neuron", "neuron.py", lambda: notebook(CODE)).source()
    assert isinstance(module, Source) and module.in_cells
    assert CODE in source_in("neuron", CODE.encode()).code.decode()


def with_outputs(notebook, size, key="outputs"):
    lines = [f'line {n} with [ and {{ and \\" in it\n' for n in range(size // 40)]
    value = [{"output_type": "stream", "text": lines}, {"data": {"image/png": "x" * (size // 2)}}]
    cell = {"cell_type": "code", "metadata": {}, "source": "value = 1", key: value}
    return notebook("outputs = []", cell, "value += 1")


@pytest.mark.parametrize("key", ["outputs", "attachments"])
def test_outputs_are_dropped_before_the_limit_counts(notebook, key):
    handed = with_outputs(notebook, 20_000_000, key)
    assert len(handed) > 2 * MAX_WITHOUT_OUTPUTS
    with loaded([source_in("neuron", handed)]) as module:
        assert (module.value, module.outputs) == (2, [])


def test_a_notebook_that_is_too_large_says_what_to_do(notebook):
    with pytest.raises(UnreadableSource, match="clear the outputs of all cells, and save it"):
        source_in("neuron", with_outputs(notebook, 2 * MAX_NOTEBOOK))
    large = {"cell_type": "markdown", "source": "x" * (MAX_WITHOUT_OUTPUTS + 1)}
    with pytest.raises(UnreadableSource, match="bytes without outputs and pictures, and may have"):
        source_in("neuron", notebook(large))


@pytest.mark.parametrize("in_a_zip", [False, True])
def test_one_that_is_not_even_read_says_it_too(world, reason, packed, in_a_zip):
    large = b" " * (MAX_NOTEBOOK + 1)
    world.put({"ada/neuron.ipynb": large, "ben/neuron.py": large} if not in_a_zip else {})
    members = ("ada/neuron.ipynb", large), ("ben/neuron.py", large)
    read, _ = world.came(world.zipped(*members) if in_a_zip else None)
    assert reason(read["ada"]["neuron"]).endswith("clear the outputs of all cells, and save it")
    assert "bytes" in reason(read["ben"]["neuron"]) and "outputs" not in reason(
        read["ben"]["neuron"]
    )


LEFT_OUT = {
    "text": ({"cell_type": "markdown", "source": CODE}, "is text, so its code does not run"),
    "raw": ({"cell_type": "raw", "source": CODE}, "is raw, so its code does not run"),
    "timeit": (
        f"%%timeit -n 1\n{CODE}",
        "is under %%timeit, and what is defined there does not stay",
    ),
    "writefile": (f"%%writefile neuron.py\n{CODE}", "is under %%writefile, so it is written to a"),
    "bash": (f"%%bash\n{CODE}", "is under %%bash, so it does not run as Python here"),
}


@pytest.mark.parametrize("kind", LEFT_OUT)
def test_where_a_name_is_missing_the_cell_is_named_whose_code_does_not_run(notebook, kind):
    cell, words = LEFT_OUT[kind]
    source = source_in("neuron", notebook("value = 1", cell))
    with loaded([source]) as module, pytest.raises(NotDefined) as caught:
        module.sigmoid  # noqa: B018
    outcome = outcome_of(caught.value, [source])
    assert isinstance(outcome, CellStopped)
    assert (outcome.name, outcome.cell) == ("sigmoid", "cell 2 of neuron.ipynb")
    assert outcome.reason.startswith(words)
    alone = source_in("neuron", notebook(cell))
    with pytest.raises(NotDefined) as caught, loaded([alone]):
        pass
    outcome = unloadable(caught.value, [alone])
    assert isinstance(outcome, Unloadable)
    assert outcome.reason.startswith(f"cell 1 of neuron.ipynb {words}")


def test_a_cell_cannot_say_of_itself_that_it_does_not_run(notebook):
    forged = "# is text, so its code does not run\nvalue = 1"
    with loaded([source_in("neuron", notebook(f"# cell 9, 1 lines, not run\n{forged}"))]) as module:
        assert module.value == 1

"""Notebooks: their code is read without a kernel, and what is malformed is told."""

import os

import pytest

from grader.notebook import MAX_NOTEBOOK, source_in
from grader.regular_file import UnreadableSource
from grader.runner.loading import loaded
from grader.source import MAX_BYTES

GOOD = b"value = 1\n"


@pytest.mark.parametrize("place", ["ada/neuron.ipynb", "ada/neuron/neuron.ipynb"])
def test_a_notebook_is_read_without_a_kernel(world, place, notebook, good):
    world.put({place: notebook("value = 1")})
    read, remarks = world.came()
    source = read["ada"]["neuron"]
    assert good(source)
    assert (source.brick, source.file, remarks) == ("neuron", "neuron.ipynb", "")


def test_what_a_notebook_says_of_itself_is_one_short_line(world):
    """`bricks collect` writes why a notebook is unusable; a student may write it as well."""
    why = "it is late\\nThe kit says: 15 of 15\\u001b[2J" + "x" * 300_000
    handed = '{"nbformat": 4, "metadata": {"bricks_unusable": "%s"}, "cells": []}' % why  # noqa: UP031
    world.put({"ada/neuron.ipynb": handed.encode()})
    read, _ = world.came()
    assert read["ada"]["neuron"].reason == "it is late"


@pytest.fixture
def value(notebook):
    """What `value` is, once the notebook's code has run as a module."""

    def value(*cells):
        with loaded([source_in("neuron", notebook(*cells))]) as module:
            return module.value

    return value


@pytest.mark.parametrize(
    "cells",
    [
        ["%matplotlib inline\n!pip install numpy\nvalue = 1\nvalue?\n?value\nvalue??"],
        ["%%time\nvalue = 1"],
        ["\n\n%%bash\nrm -rf value = (", "value = 1"],
        ["%%writefile neuron.py\nvalue = 2\nraise ValueError", "value = 1"],
        ["!echo \"it's ( open\nvalue = 1"],
        ["!pip install \\\n   numpy\nvalue = 1"],
        ["files = !ls\na, b = %timeit -o 1\nvalue = 1"],
        ["for i in [1]:\n    %time i\nvalue = 1"],
        ["a = 7\nvalue = (a\n  % 2)"],
        ["a = 7\nvalue = a \\\n  % 2"],
        ['text = """\n%d\n!really\nhelp?\n"""\nvalue = text.count("\\n") - 3'],
        ["text = '''it's'''\n%time\nvalue = 1  # it's ( open\n%time"],
        ["text = 'it\\'s ('\n%time\nvalue = 1"],
        ["def f():\n    return [\n        '%',\n    ]\n%time f()\nvalue = len(f())"],
        ["value = 0", "from __future__ import annotations\nvalue: Unknown = 1"],
        ["import os", "from __future__ import annotations; import math\nvalue = int(math.cos(0))"],
        ["a = 1", "from __future__ import (  # why\n    annotations,\n)\nvalue: Unknown = 1"],
        ["a = 1", "from __future__ import \\\n    annotations; value = 1"],
        ["a = 1", "from __future__ import annotations, \\\n    division  # both\nvalue: X = 1"],
        ['text = """\nfrom __future__ import annotations\n"""\nvalue = text.count("import")'],
        ["\n    a = 1\n    if a:\n        value = a\n"],
        ["# -*- coding: latin-1 -*-\nvalue = len('é')"],
        ["value = 1\r\n%time\r\n", "text = '\u2028 \x0c'"],
        [{"cell_type": "code", "source": ["value =", " 1\n", "%time\n"]}],
        [{"cell_type": "markdown", "source": "What is it?"}, "value = 1"],
        [{"cell_type": "raw", "source": None}, "value = 1"],
    ],
)
def test_what_only_jupyter_understands_is_left_out(cells, value):
    assert value(*cells) == 1


def marked(text, **marks):
    return {"cell_type": "code", "source": text, "metadata": {"nbgrader": marks}}


def test_every_code_cell_runs_whatever_nbgraders_metadata_say(value):
    assert value(
        marked("value = 1", solution=True, locked=False, grade=False),
        marked("assert value == 2", solution=False, locked=True, grade=True),
        marked("value = 2 - value", solution=False, locked=True, grade=False),
        marked("manual = True", solution=True, locked=False, grade=True),
        {"cell_type": "code", "source": "", "metadata": {"nbgrader": [1]}},
        {"cell_type": "code", "source": "", "metadata": None},
        "assert manual",
    ) == 1  # fmt: skip


def test_cells_are_numbered_as_they_stand_in_the_notebook(notebook):
    source = source_in("neuron", notebook({"cell_type": "markdown"}, "a = 1", "%time\nb = 2"))
    assert source.texts == {
        "cell 2 of neuron.ipynb": ["a = 1"],
        "cell 3 of neuron.ipynb": ["pass  # %time\n", "b = 2"],
    }


def test_a_notebook_with_large_pictures_is_read(value):
    picture = {"cell_type": "code", "source": "value = 1", "outputs": ["x" * 5_000_000]}
    assert value(picture) == 1


@pytest.mark.parametrize(
    "text", [" ", "a", ", ", "?", "(", '"', "'''\n", "(\n", "\\\n", "%\\\n", "#", "#\n"]
)
def test_cleaning_takes_time_in_proportion_to_the_text(text, notebook):
    for start in ("a\n", "from __future__ import a", "from __future__ import ("):
        long = start + text * (200_000 // len(text))
        assert len(source_in("neuron", notebook(long + "?")).code) > 200_000


# What it holds, or how a notebook's bytes are made so; and words of what is said.
BAD_NOTEBOOKS = {
    "not JSON": (b"value = 1", "not JSON"),
    "empty": (b"", "it is empty"),
    "blank": (b" \n", "it is empty"),
    "cut in a text": (lambda notebook: notebook("value = 1")[:60], "it breaks off in line 1"),
    "in conflict": (b'{"cells": [\n<<<<<<< HEAD\n]}', "line 2 is the mark of a merge conflict"),
    "cut": (lambda notebook: notebook("value = 1")[:-9], "not JSON"),
    "not UTF-8": (b'{"a": "\xff\xfe"', "not UTF-8"),
    "deep": (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    "deep objects": (b'{"cells":' * 100_000, "nested too deeply"),
    "huge number": (b'{"nbformat": ' + b"4" * 1_000_000 + b', "cells": []}', "format 4"),
    "NaN": (b'{"nbformat": NaN, "cells": []}', "format 4"),
    "NaN for text": (b'{"nbformat":4,"cells":[{"cell_type":"code","source":NaN}]}', "cell 1"),
    "infinity": (b'{"nbformat": 4, "cells": -Infinity}', "no list of cells"),
    "a list": (b"[]", "does not say its nbformat"),
    "a number": (b"4", "does not say its nbformat"),
    "nothing said": (b"{}", "does not say its nbformat"),
    "old": (lambda notebook: notebook(nbformat=1), "old format 1"),
    "old, without cells": (lambda notebook: notebook(nbformat=3), "no list of cells"),
    "new": (lambda notebook: notebook(nbformat=5), "format 4"),
    "format in words": (lambda notebook: notebook(nbformat="4"), "format 4"),
    "format as a list": (lambda notebook: notebook(nbformat=[4]), "format 4"),
    "no cells": (b'{"nbformat": 4}', "no list of cells"),
    "cells of another type": (lambda notebook: notebook(cells={"0": 1}), "no list of cells"),
    "cell of another type": (lambda notebook: notebook("a = 1", 3), "cell 2 is no cell"),
    "cell without a type": (lambda notebook: notebook({"source": "a = 1"}), "cell 1 is no cell"),
    "type of another type": (
        lambda notebook: notebook({"cell_type": ["code"]}),
        "cell 1 is no cell",
    ),
    "no text": (lambda notebook: notebook({"cell_type": "code"}), "cell 1 has no text"),
    "numbers for text": (
        lambda notebook: notebook({"cell_type": "code", "source": [1, 2]}),
        "cell 1 has no text",
    ),
    "half a character": (lambda notebook: notebook("a = '\ud800'"), "half a character"),
    "much code": (lambda notebook: notebook("a = 1\n" * 200_000), f"may have {MAX_BYTES:,}"),
    "many bytes": (b" " * (MAX_NOTEBOOK + 1), f"may have {MAX_NOTEBOOK:,}"),
}


@pytest.mark.parametrize("name", BAD_NOTEBOOKS)
def test_a_malformed_notebook_is_told_and_the_rest_is_read(world, name, notebook, good, reason):
    content, words = BAD_NOTEBOOKS[name]
    content = content if isinstance(content, bytes) else content(notebook)
    world.put({"ada/neuron.ipynb": content, "ada/layer.py": GOOD, "ben/neuron.py": GOOD})
    read, _ = world.came()
    assert words in reason(read["ada"]["neuron"])
    assert read["ada"]["neuron"].file == "neuron.ipynb"
    assert good(read["ada"]["layer"]) and good(read["ben"]["neuron"])


def test_a_notebook_of_100_megabytes_is_not_read_whole(world, good, reason):
    world.put({"ada/neuron.ipynb": b"", "ben/neuron.py": GOOD})
    os.truncate(world.folder / "submitted" / "ada" / "neuron.ipynb", 100_000_000)
    read, _ = world.came()
    assert "it has 100,000,000 bytes" in reason(read["ada"]["neuron"])
    assert good(read["ben"]["neuron"])


def test_reading_raises_nothing_else():
    with pytest.raises(UnreadableSource):
        source_in("neuron", b'"\\ud800"')

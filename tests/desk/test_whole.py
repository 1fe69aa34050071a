"""Odd notebooks: what can be read is collected and graded, and what cannot costs nobody else."""

import json

import nbformat
import pytest

DOUBLE = {"cell_type": "code", "source": "def double(x):\n    return 2 * x"}
WORDS = {"cell_type": "markdown", "metadata": {}, "source": "My thoughts."}
ODD = {
    "a list": b"[]",
    "null": b"null",
    "a number": b"4",
    "no cells": b'{"nbformat": 4, "metadata": {}}',
    "words for cells": b'{"nbformat": 4, "metadata": {}, "cells": ["x"]}',
    "deep": b"[" * 100_000,
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "nothing": b"",
}


@pytest.mark.slow
@pytest.mark.parametrize("content", ODD.values(), ids=ODD.keys())
def test_a_notebook_that_is_none_is_told_and_the_class_goes_on(desk, capsys, content):
    hand_in(desk, "ada/toy.ipynb", content)
    hand_in(desk, "ben/toy.py", DOUBLE["source"].encode())
    assert desk.bricks("collect", desk.root / "modules") == 1
    said = capsys.readouterr().out
    assert "ada, toy: cannot be used: it is " in said and "2 notebooks written" in said
    for student, code in (("ada", False), ("ben", True)):  # nobody is dropped
        text = (desk.root / "submitted" / student / "toy" / "toy.ipynb").read_text()
        assert ("return 2 * x" in text) is code


HALF = {
    "no metadata": {"cells": [WORDS, DOUBLE]},
    "a list for metadata": {"metadata": [], "cells": [WORDS, DOUBLE]},
    "metadata of other types": {"metadata": {"kernelspec": 3}, "cells": [WORDS, DOUBLE]},
    "no metadata in a cell": {"metadata": {}, "cells": [{**WORDS, "metadata": None}, DOUBLE]},
    "cells of no kind": {
        "cells": [{"cell_type": "heading", "source": "My thoughts."}, DOUBLE, {"cell_type": "?"}]
    },
    "lines": {"cells": [{**WORDS, "source": ["My ", "thoughts."]}, DOUBLE]},
    "one id for all": {"cells": [{**cell, "id": "a"} for cell in (WORDS, DOUBLE)]},
    "ids of other types": {"cells": [{**WORDS, "id": 3}, {**DOUBLE, "id": ["?"]}]},
    "half a character": {"cells": [{**WORDS, "source": "My thoughts.\ud800"}, DOUBLE]},
    "odd outputs": {"cells": [WORDS, {**DOUBLE, "outputs": {"a": 1}, "execution_count": "?"}]},
    "odd pictures": {"cells": [{**WORDS, "attachments": [1]}, DOUBLE]},
    "deep outputs": {"cells": [WORDS, {**DOUBLE, "outputs": json.loads("[" * 700 + "]" * 700)}]},
    "an old minor": {"metadata": {}, "nbformat_minor": 2, "cells": [WORDS, DOUBLE]},
    "a minor of another type": {"nbformat_minor": "5", "cells": [WORDS, DOUBLE]},
    "a minor to come": {"nbformat_minor": 99, "cells": [WORDS, DOUBLE]},
    "marks of nbgrader's to come": {
        "cells": [WORDS, {**DOUBLE, "metadata": {"nbgrader": {"schema_version": 99}}}]
    },
}


@pytest.mark.long
@pytest.mark.parametrize("notebook", HALF.values(), ids=HALF.keys())
def test_a_notebook_that_lacks_something_is_collected_and_graded(desk, capsys, notebook):
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, **notebook})
    hand_in(desk, "ada/toy.ipynb", b"\xef\xbb\xbf" + text.encode())
    assert desk.bricks("collect", desk.root / "modules") == 0
    target = desk.root / "submitted" / "ada" / "toy" / "toy.ipynb"
    came = nbformat.read(target, as_version=4)
    nbformat.validate(came)
    assert came.cells[0].source.startswith("My thoughts.")
    assert came.cells[1].source == DOUBLE["source"]
    assert desk.nbgrader("autograde", "toy") == 0
    assert desk.points("ada") == {"test-double": 2, "test-Tripler-apply": 0}
    capsys.readouterr()
    assert desk.bricks("collect", desk.root / "modules") == 0
    out, err = capsys.readouterr()
    assert "0 notebooks written" in out and err == ""


def hand_in(desk, name, content):
    path = desk.root / "modules" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)

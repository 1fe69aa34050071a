"""Modules of the same plain names, side by side, and files of every kind."""

import inspect
import linecache
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from grader.misconceptions import misconceptions, with_misconception
from grader.outcome import Unloadable
from grader.probe import Job
from grader.regular_file import UnreadableSource
from grader.runner.answer import answer
from grader.runner.loading import loaded
from grader.source import MAX_BYTES, Source, read_source


def source(code, brick="layer", own=True):
    return Source(brick, f"{brick}.py", code.encode(), own)


def value_of(code):
    """What `value` is in a module of that text, given as it is written to disk."""
    with loaded([Source("layer", "layer.py", code)]) as layer:
        return layer.value


def test_a_text_can_be_read_again_as_tensorflow_does():
    """It drops what is known of a module's lines before it reads the loops of a tf.function."""
    with loaded([source("def f():\n    return 1\n")]) as layer:
        linecache.updatecache(layer.__file__, layer.__dict__)
        assert inspect.getsource(layer.f) == "def f():\n    return 1\n"


@pytest.mark.slow
def test_a_loop_in_a_tf_function_runs():
    code = "import tensorflow as tf\n\n@tf.function\ndef total(n):\n    s = 0\n"
    code += "    for i in tf.range(n):\n        if i > 2:\n            s += i\n    return s\n"
    with loaded([source(code)]) as layer:
        tensorflow = sys.modules["tensorflow"]
        assert int(layer.total(tensorflow.constant(6))) == 3 + 4 + 5


def test_reference_student_and_misconceptions_do_not_meet(course):
    reference = course.reference("layer")[-1]
    student = replace(reference, code=reference.code + b"\nWHOSE = 'student'\n", own=True)
    mistaken = [with_misconception(reference, m) for m in misconceptions(course, "layer")]
    modules = []
    for one in (reference, student, *mistaken):
        with loaded([one]) as layer:
            assert sys.modules["layer"] is layer
            modules.append(layer)
        assert "layer" not in sys.modules
    assert len({id(module.Dense) for module in modules}) == len(modules) > 2
    assert [hasattr(module, "WHOSE") for module in modules[:3]] == [False, True, False]


def test_a_layer_that_was_there_before_is_neither_used_nor_lost(monkeypatch):
    before = ModuleType("layer")
    monkeypatch.setitem(sys.modules, "layer", before)
    with loaded([source("value = 1"), source("from layer import value", "mlp")]) as mlp:
        assert mlp.value == 1
        assert sys.modules["layer"] is not before
    assert sys.modules["layer"] is before
    assert "mlp" not in sys.modules


def test_a_file_of_that_name_on_the_path_is_not_used(tmp_path, monkeypatch):
    (tmp_path / "layer.py").write_text("value = 'from the path'")
    monkeypatch.syspath_prepend(tmp_path)
    with loaded([source("value = 1"), source("from layer import value", "mlp")]) as mlp:
        assert mlp.value == 1


def test_an_import_inside_a_function_finds_its_own_predecessor():
    lazy = source("def value():\n    import layer\n    return layer.value", "mlp")
    for expected in (1, 2):
        with loaded([source(f"value = {expected}"), lazy]) as mlp:
            assert mlp.value() == expected


def test_two_implementations_in_turn_keep_their_own_globals():
    counting = source("n = 0\ndef count():\n    global n\n    n += 1\n    return n")
    with loaded([counting]) as first:
        first.count()
    with loaded([counting]) as second:
        assert second.count() == 1
        assert first.count() == 2


def test_names_are_taken_back_after_an_exception():
    finders = list(sys.meta_path)
    with pytest.raises(ZeroDivisionError), loaded([source("value = 1"), source("1 / 0", "mlp")]):
        pass
    with pytest.raises(KeyError), loaded([source("value = 1")]):
        raise KeyError
    assert not {"layer", "mlp"} & sys.modules.keys()
    assert sys.meta_path == finders


def test_names_are_taken_back_from_code_that_tampers_with_importing(monkeypatch):
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    with loaded([source("import sys\nsys.meta_path.clear()\nsys.modules['layer'] = 3")]):
        pass
    assert "layer" not in sys.modules


def test_a_predecessor_that_is_not_there_is_not_found():
    with pytest.raises(ModuleNotFoundError), loaded([source("import layer", "mlp")]):
        pass


def test_a_dataclass_with_postponed_annotations_finds_its_module():
    code = (
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "from typing import ClassVar\n"
        "@dataclass\n"
        "class Dense:\n"
        "    shared: ClassVar[int] = 3\n"
        "    units: int = 4\n"
    )
    with loaded([source(code)]) as layer:
        assert list(layer.Dense.__dataclass_fields__) == ["shared", "units"]
        assert layer.Dense().units == 4


def test_type_hints_resolve_during_the_run():
    code = (
        "from __future__ import annotations\n"
        "import typing\n"
        "class Dense:\n"
        "    other: Dense\n"
        "def hints():\n"
        "    return typing.get_type_hints(Dense)\n"
    )
    with loaded([source(code)]) as layer:
        assert layer.hints() == {"other": layer.Dense}


@pytest.mark.parametrize(
    "code",
    [
        "value = 'é'\n".encode("utf-8-sig"),
        "a = 1\r\nvalue = 'é'\r\n".encode(),
        "# -*- coding: latin-1 -*-\nvalue = 'é'\n".encode("latin-1"),
        "a = 1\rvalue = 'é'".encode(),
    ],
    ids=["byte-order mark", "CRLF", "Latin-1 cookie", "CR, no last newline"],
)
def test_text_loads_as_python_itself_reads_it(code):
    assert value_of(code) == "é"


@pytest.mark.parametrize(
    "code",
    [
        "# -*- coding: latin-1 -*-\n\nraise ValueError('é')\n".encode("latin-1"),
        "\ufeffa = 1\r\n\r\nraise ValueError('é')\r\n".encode(),
        "a = '\u2028'\n\x0c\nraise ValueError('é')\n".encode(),
    ],
    ids=["Latin-1", "CRLF", "line separators that Python does not count"],
)
def test_the_line_that_is_shown_is_the_line_that_raised(code):
    with (
        pytest.raises(ValueError, match="é") as caught,
        loaded([Source("layer", "layer.py", code)]),
    ):
        pass
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (last.lineno, last.line) == (3, "raise ValueError('é')")


@pytest.mark.parametrize(
    ("code", "words"),
    [(b"a = 'nul \0 byte'\n", "null byte"), (b"a = '\xe9'\n", "codec can't decode byte 0xe9")],
)
def test_bytes_that_are_no_source_are_told(code, words):
    outcome = answer(
        Job(None, Path("test_layer.py"), (Source("layer", "exercises/layer.py", code),))
    )
    assert isinstance(outcome, Unloadable)
    assert outcome.file == "exercises/layer.py"
    assert words in outcome.reason


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(UnreadableSource, match="there is no such file"):
        read_source(tmp_path / "layer.py")


def test_a_folder_and_a_symlink_are_told(tmp_path):
    (tmp_path / "layer.py").mkdir()
    (tmp_path / "real.py").write_text("value = 1")
    (tmp_path / "mlp.py").symlink_to("real.py")
    for name in ("layer.py", "mlp.py"):
        with pytest.raises(UnreadableSource, match="not a regular file"):
            read_source(tmp_path / name)


def test_a_symlink_to_nothing_and_one_to_itself_are_told(tmp_path):
    (tmp_path / "layer.py").symlink_to("nothing")
    (tmp_path / "mlp.py").symlink_to("mlp.py")
    for name in ("layer.py", "mlp.py"):
        with pytest.raises(UnreadableSource):
            read_source(tmp_path / name)


def test_a_file_of_100_megabytes_is_told_without_reading_it(tmp_path, monkeypatch):
    path = tmp_path / "layer.py"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    monkeypatch.delattr(Path, "read_bytes")
    with pytest.raises(UnreadableSource, match=r"100,000,000 bytes, and may have 1,000"):
        read_source(path)


def test_the_largest_file_that_is_allowed_is_read(tmp_path):
    path = tmp_path / "layer.py"
    path.write_bytes(b"#" * MAX_BYTES)
    read = read_source(path, shown_as="exercises/layer.py", own=False)
    assert (read.brick, read.file, len(read.code), read.own) == (
        "layer", "exercises/layer.py", MAX_BYTES, False,
    )  # fmt: skip

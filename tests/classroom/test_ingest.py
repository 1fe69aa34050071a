"""What is handed in: layouts, notebooks and zips, honest, odd and hostile."""

import contextlib
import io
import json
import os
import shutil
import socket
import struct
import zipfile

import pytest

from grader.classroom.archive import MAX_MEMBERS
from grader.classroom.ingest import find_class
from grader.classroom.notebook import MAX_NOTEBOOK, code_of
from grader.course import CourseError
from grader.implementation import MAX_BYTES, Source, UnreadableSource, loaded
from grader.outcome import Unloadable
from grader.submission import handed_in

BRICKS = ["neuron", "layer"]
GOOD = b"value = 1\n"


def notebook(*cells, **top):
    """A notebook's bytes; a cell is its text, or a whole cell."""
    made = [
        c if not isinstance(c, str)
        else {"cell_type": "code", "metadata": {}, "source": c, "outputs": []}
        for c in cells
    ]  # fmt: skip
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made, **top}
    ).encode()


def packed(*members, method=zipfile.ZIP_DEFLATED):
    """A zip's bytes; a member is a pair of name (or ZipInfo) and content."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A folder to work in, with one for temporary files: nothing else may change but by us."""
    for name in ("submitted", "tmp", "elsewhere"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path


def listing(folder):
    return sorted(str(path) for path in folder.rglob("*"))


def put(world, files):
    for name, content in files.items():
        path = world / "submitted" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def zipped(world, *members, method=zipfile.ZIP_STORED):
    path = world / "class.zip"
    path.write_bytes(packed(*members, method=method))
    return path


def came(world, submitted=None):
    """What reached the grader, by student and brick, and the remarks. Nothing may be written."""
    before = listing(world)
    found = find_class(submitted or world / "submitted", BRICKS)
    read = {s.name: {b: handed_in(file) for b, file in s.files.items()} for s in found.students}
    assert listing(world) == before
    return read, " ".join(found.remarks)


def good(outcome):
    return isinstance(outcome, Source) and b"value = 1" in outcome.code


def reason(outcome):
    assert isinstance(outcome, Unloadable)
    return outcome.reason


# Notebooks


@pytest.mark.parametrize("place", ["ada/neuron.ipynb", "ada/neuron/neuron.ipynb"])
def test_a_notebook_is_read_without_a_kernel(world, place):
    put(world, {place: notebook("value = 1")})
    read, remarks = came(world)
    source = read["ada"]["neuron"]
    assert good(source)
    assert (source.brick, source.file, remarks) == ("neuron", "neuron.ipynb", "")


def value(*cells):
    """What `value` is, once the notebook's code has run as a module."""
    with loaded([Source("neuron", "neuron.ipynb", code_of(notebook(*cells)))]) as module:
        return module.value


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
        ["# -*- coding: latin-1 -*-\nvalue = len('é')"],
        ["value = 1\r\n%time\r\n", "text = '\u2028 \x0c'"],
        [{"cell_type": "code", "source": ["value =", " 1\n", "%time\n"]}],
        [{"cell_type": "markdown", "source": "What is it?"}, "value = 1"],
        [{"cell_type": "raw", "source": None}, "value = 1"],
    ],
)
def test_what_only_jupyter_understands_is_left_out(cells):
    assert value(*cells) == 1


def marked(text, **marks):
    return {"cell_type": "code", "source": text, "metadata": {"nbgrader": marks}}


def test_test_cells_and_locked_cells_of_nbgrader_are_left_out():
    assert value(
        marked("value = 1", solution=True, locked=False, grade=False),
        marked("assert value == 2", solution=False, locked=True, grade=True),
        marked("value = 2", solution=False, locked=True, grade=False),
        marked("manual = True", solution=True, locked=False, grade=True),
        {"cell_type": "code", "source": "", "metadata": {"nbgrader": [1]}},
        {"cell_type": "code", "source": "", "metadata": None},
        "assert manual",
    ) == 1  # fmt: skip


def test_cells_are_numbered_as_they_stand_in_the_notebook():
    code = code_of(notebook({"cell_type": "markdown"}, "a = 1", "%time\nb = 2")).decode()
    assert code.splitlines()[1:] == ["# cell 2", "a = 1", "# cell 3", "pass  # %time", "b = 2"]


def test_a_notebook_with_large_pictures_is_read():
    picture = {"cell_type": "code", "source": "value = 1", "outputs": ["x" * 5_000_000]}
    assert value(picture) == 1


@pytest.mark.parametrize("text", [" ", "a", ", ", "?", "(", '"', "'''\n", "(\n", "\\\n", "%\\\n"])
def test_cleaning_takes_time_in_proportion_to_the_text(text):
    long = text * (200_000 // len(text))
    assert len(code_of(notebook(long + "?"))) > 200_000


BAD_NOTEBOOKS = {
    "not JSON": (b"value = 1", "not JSON"),
    "empty": (b"", "not JSON"),
    "cut": (notebook("value = 1")[:-9], "not JSON"),
    "not UTF-8": (b"\xff\xfe{", "not UTF-8"),
    "deep": (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    "deep objects": (b'{"cells":' * 100_000, "nested too deeply"),
    "huge number": (b'{"nbformat": ' + b"4" * 1_000_000 + b', "cells": []}', "format 4"),
    "NaN": (b'{"nbformat": NaN, "cells": []}', "format 4"),
    "NaN for text": (b'{"nbformat":4,"cells":[{"cell_type":"code","source":NaN}]}', "cell 1"),
    "infinity": (b'{"nbformat": 4, "cells": -Infinity}', "no list of cells"),
    "a list": (b"[]", "does not say its nbformat"),
    "a number": (b"4", "does not say its nbformat"),
    "nothing said": (b"{}", "does not say its nbformat"),
    "old": (notebook(nbformat=3, worksheets=[{"cells": []}]), "old format 3"),
    "new": (notebook(nbformat=5), "format 4"),
    "format in words": (notebook(nbformat="4"), "format 4"),
    "format as a list": (notebook(nbformat=[4]), "format 4"),
    "no cells": (b'{"nbformat": 4}', "no list of cells"),
    "cells of another type": (notebook(cells={"0": 1}), "no list of cells"),
    "cell of another type": (notebook("a = 1", 3), "cell 2 is no cell"),
    "cell without a type": (notebook({"source": "a = 1"}), "cell 1 is no cell"),
    "type of another type": (notebook({"cell_type": ["code"]}), "cell 1 is no cell"),
    "no text": (notebook({"cell_type": "code"}), "cell 1 has no text"),
    "numbers for text": (notebook({"cell_type": "code", "source": [1, 2]}), "cell 1 has no text"),
    "half a character": (notebook("a = '\ud800'"), "half a character"),
    "much code": (notebook("a = 1\n" * 200_000), f"may have {MAX_BYTES:,}"),
    "many bytes": (b" " * (MAX_NOTEBOOK + 1), f"may have {MAX_NOTEBOOK:,}"),
}


@pytest.mark.parametrize("name", BAD_NOTEBOOKS)
def test_a_malformed_notebook_is_told_and_the_rest_is_read(world, name):
    content, words = BAD_NOTEBOOKS[name]
    put(world, {"ada/neuron.ipynb": content, "ada/layer.py": GOOD, "ben/neuron.py": GOOD})
    read, _ = came(world)
    assert words in reason(read["ada"]["neuron"])
    assert read["ada"]["neuron"].file == "neuron.ipynb"
    assert good(read["ada"]["layer"]) and good(read["ben"]["neuron"])


def test_a_notebook_of_100_megabytes_is_not_read_whole(world):
    put(world, {"ada/neuron.ipynb": b"", "ben/neuron.py": GOOD})
    os.truncate(world / "submitted" / "ada" / "neuron.ipynb", 100_000_000)
    read, _ = came(world)
    assert "it has 100,000,000 bytes" in reason(read["ada"]["neuron"])
    assert good(read["ben"]["neuron"])


def test_of_several_files_for_a_brick_it_is_said_which_is_taken(world):
    put(world, {"ada/neuron.ipynb": notebook("other = 1"), "ada/neuron.py": GOOD})
    read, remarks = came(world)
    assert good(read["ada"]["neuron"])
    assert remarks == "ada: neuron is there as neuron.py and neuron.ipynb: neuron.py is taken."


# Files in folders


def test_what_else_lies_in_a_folder_is_ignored_and_told(world):
    others = ("conftest.py", "notes.txt", "Neuron.py", "neuron (1).py", "sitecustomize.py")
    noise = ("__pycache__/neuron.pyc", ".ipynb_checkpoints/neuron.ipynb", ".DS_Store")
    put(world, {f"ada/{name}": b"raise SystemExit" for name in (*others, *noise)})
    put(world, {"ada/neuron.py": GOOD, "ada/neuron/helper.py": b""})
    read, remarks = came(world)
    assert good(read["ada"]["neuron"]) and set(read["ada"]) == {"neuron"}
    assert remarks == "ada: ignored Neuron.py, conftest.py, neuron (1).py (and 3 more)."


def _link(path, world):
    (world / "elsewhere" / "secret.py").write_text("secret = 1")
    path.symlink_to(world / "elsewhere" / "secret.py")


def _socket(path, world):
    if len(str(path)) > 100:
        pytest.skip("the path is too long for a socket")
    socket.socket(socket.AF_UNIX).bind(str(path))


NO_FILES = {
    "link": _link,
    "link to itself": lambda path, world: path.symlink_to(path.name),
    "link to a device": lambda path, world: path.symlink_to("/dev/zero"),
    "folder": lambda path, world: path.mkdir(),
    "FIFO": lambda path, world: os.mkfifo(path),
    "socket": _socket,
}


@pytest.mark.parametrize("suffix", [".py", ".ipynb", ".zip"])
@pytest.mark.parametrize("kind", NO_FILES)
def test_only_regular_files_are_read(world, kind, suffix):
    put(world, {"ada/layer.py": GOOD, "ben/neuron.py": GOOD})
    NO_FILES[kind](world / "submitted" / "ada" / f"neuron{suffix}", world)
    read, _ = came(world)
    assert "not a regular file" in reason(read["ada"]["neuron"])
    assert good(read["ada"]["layer"]) and good(read["ben"]["neuron"])


def test_a_folder_that_is_a_link_is_not_entered(world):
    put(world, {"ben/neuron.py": GOOD})
    (world / "elsewhere" / "neuron.py").write_bytes(GOOD)
    (world / "submitted" / "ada").symlink_to(world / "elsewhere")
    (world / "submitted" / "cleo").mkdir()
    (world / "submitted" / "cleo" / "neuron").symlink_to(world / "elsewhere")
    read, remarks = came(world)
    assert set(read) == {"ben", "cleo"} and read["cleo"] == {}
    assert "ada is no student's folder: left out." in remarks
    assert "cleo: ignored neuron." in remarks


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_told(world):
    put(world, {"ada/neuron.py": GOOD, "ben/neuron.py": GOOD})
    (world / "submitted" / "ada").chmod(0)
    try:
        read, remarks = came(world)
    finally:
        (world / "submitted" / "ada").chmod(0o700)
    assert read["ada"] == {} and good(read["ben"]["neuron"])
    assert "Permission denied" in remarks


def test_names_from_outside_can_be_printed_and_stay_apart(world):
    names = [b"a\x1b[2Jda", b"a\xffda", b"a\nda", "\u202eada".encode(), b"ben"]
    for name in names:
        place = os.fsencode(world / "submitted") + b"/" + name
        os.mkdir(place)
        with open(place + b"/neuron.py", "wb") as file:
            file.write(GOOD)
    read, _ = came(world)
    assert len(read) == len(names) and all(good(own["neuron"]) for own in read.values())
    assert all(name.isprintable() and name.encode() for name in read)


def test_accents_coded_in_two_ways_are_told(world):
    put(world, {"Ren\u00e9/neuron.py": GOOD, "rene\u0301/neuron.py": GOOD})
    read, remarks = came(world)
    assert len(read) == 2 and "look the same" in remarks


# Learning platforms: as folders and as zips

HANDED_OUT = {
    "Moodle": (
        {
            "Ada Lovelace_123_assignsubmission_file_/neuron.py": GOOD,
            "Ada Lovelace_123_assignsubmission_onlinetext_/onlinetext.html": b"",
            "Zoé de la Tour_77_assignsubmission_file/neuron.ipynb": notebook("value = 1"),
            "Jo_1_assignsubmission_file_/neuron.py": GOOD,
            "Jo_2_assignsubmission_file_/layer.py": GOOD,
            "Flat File_9_assignsubmission_file_neuron.py": GOOD,
            "Flat File_9_assignsubmission_file_hw.zip": packed(("layer.py", GOOD)),
        },
        {
            "Ada Lovelace": ["neuron"], "Flat File": ["neuron", "layer"], "Jo_1": ["neuron"],
            "Jo_2": ["layer"], "Zoé de la Tour": ["neuron"],
        },
    ),
    "Canvas": (
        {
            "lovelaceada_LATE_12345_67890_neuron.py": GOOD,
            "lovelaceada_12345_67891_layer-2.py": GOOD,
            "lovelaceada_12345_67895_layer-1.py": b"old = 1",
            "lovelaceada_12345_67899_layer.py": b"old = 1",
            "obrien_2_3_hand_in-1.zip": packed(("neuron.py", GOOD)),
            "li_5_6_neuron.ipynb": notebook("value = 1"),
            "li_7_8_neuron.py": GOOD,
            "li_7_" + "8" * 99 + "_neuron-" + "9" * 99 + ".py": b"",
            "anon_AbC12_9_neuron.py": GOOD,
        },
        {
            "anon_AbC12": ["neuron"], "li_5": ["neuron"], "li_7": ["neuron"],
            "lovelaceada": ["neuron", "layer"], "obrien": ["neuron"],
        },
    ),
    "Gradescope": (
        {
            "submission_metadata.yml": b"!!python/object/apply:os.system ['touch hacked']",
            "submission_123/neuron.py": GOOD,
            "submission_124/layer.py": GOOD,
        },
        {"submission_123": ["neuron"], "submission_124": ["layer"]},
    ),
    "nbgrader": (
        {"ada/neuron/neuron.ipynb": notebook("value = 1"), "ben/layer/layer.py": GOOD},
        {"ada": ["neuron"], "ben": ["layer"]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", ["folder", "zip", "zip of the folder"])
@pytest.mark.parametrize("platform", HANDED_OUT)
def test_what_platforms_hand_out_is_read(world, platform, way):
    files, expected = HANDED_OUT[platform]
    if way == "folder":
        put(world, files)
        submitted = None
    else:
        around = "export/" if way == "zip of the folder" else ""
        members = [(around, b"")] if around else []
        members += [(around + name, content) for name, content in files.items()]
        submitted = zipped(world, *members)
    read, _ = came(world, submitted)
    assert {student: list(own) for student, own in read.items()} == expected
    assert all(good(source) for own in read.values() for source in own.values())


# Zips


def info(name, mode=0o100644):
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    made.create_system = 3
    return made


def raw_name(data, plain, hostile):
    """The same zip with a member's name replaced by one that zipfile would not write."""
    assert len(plain) == len(hostile) and data.count(plain) == 2
    return data.replace(plain, hostile)


def encrypted(data):
    """The flag says so, in both headers of the first member."""
    changed = bytearray(data)
    for signature, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        changed[changed.index(signature) + at] |= 1
    return bytes(changed)


def overlapping():
    """Every entry of the directory points at one member: a bomb that is no nested one."""
    data = packed(*((f"{i:03}.py", b"0" * 900_000) for i in range(50)), ("neuron.py", GOOD))
    changed, at = bytearray(data), 0
    while (at := data.find(b"PK\1\2", at)) >= 0:
        changed[at + 42 : at + 46] = struct.pack("<I", 0)
        at += 4
    return bytes(changed)


def declares(size, data):
    """The directory tells a false size of the first member."""
    changed = bytearray(data)
    at = data.index(b"PK\1\2") + 24
    changed[at : at + 4] = struct.pack("<I", size)
    return bytes(changed)


def method(number, data):
    changed = bytearray(data)
    for signature, at in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
        changed[changed.index(signature) + at] = number
    return bytes(changed)


def twice():
    with pytest.warns(UserWarning, match="Duplicate"):
        return packed(("neuron.py", GOOD), ("neuron.py", b"value = 2"))


# A student's zip: what is said of the brick, or None where it counts as not handed in.
BAD_ZIPS = {
    "no zip": (lambda: b"value = 1", "not a zip"),
    "empty": (lambda: b"", "not a zip"),
    "cut": (lambda: packed(("neuron.py", GOOD))[:-30], "not a zip"),
    "no start": (lambda: packed(("neuron.py", os.urandom(999)))[500:], "damaged"),
    "wrong sum": (
        lambda: method(0, packed(("neuron.py", GOOD))), "damaged"
    ),
    "encrypted": (lambda: encrypted(packed(("neuron.py", GOOD))), "encrypted"),
    "LZMA": (lambda: method(14, packed(("neuron.py", GOOD))), "other than deflate"),
    "unknown method": (lambda: method(99, packed(("neuron.py", GOOD))), "other than deflate"),
    "bomb": (lambda: packed(("neuron.py", b"0" * 90_000_000)), f"{MAX_BYTES:,} bytes"),
    "nothing but size": (lambda: packed() + b"0" * 60_000_000, "cannot be used"),
    "too large": (lambda: packed(("neuron.py", os.urandom(1_100_000))), f"{MAX_BYTES:,} bytes"),
    "declares less": (lambda: declares(3, packed(("neuron.py", GOOD))), "damaged"),
    "declares 4 GB": (lambda: declares(2**32 - 2, packed(("neuron.py", GOOD))), None),
    "overlapping": (overlapping, "damaged"),
    "twice": (twice, "holds it 2 times"),
    "a link": (lambda: packed((info("neuron.py", 0o120777), b"/etc/passwd")), "link or a device"),
    "a device": (lambda: packed((info("neuron.py", 0o020666), b"")), "link or a device"),
    "a FIFO": (lambda: packed((info("neuron.py", 0o010666), b"")), "link or a device"),
    "a folder": (lambda: packed(("neuron.py/", b"")), "not a regular file"),
    "many files": (
        lambda: packed(*((str(i), b"") for i in range(MAX_MEMBERS + 1))),
        f"more than {MAX_MEMBERS:,}",
    ),
    "very many files": (lambda: b"PK\1\2" * 30_000, f"more than {MAX_MEMBERS:,}"),
    "outside": (lambda: packed(("../neuron.py", GOOD), ("../../ben/neuron.py", b"")), None),
    "inner dots": (lambda: packed(("x/../neuron.py", GOOD)), None),
    "absolute": (lambda: packed(("/neuron.py", GOOD), ("/tmp/x.py", b"")), None),
    "drive": (lambda: packed(("C:neuron.py", GOOD)), None),
    "backslash": (lambda: raw_name(packed(("a/neuron.py", GOOD)), b"a/n", b"a\\n"), None),
    "NUL": (lambda: raw_name(packed(("neuron.py_", GOOD)), b"n.py_", b"n.py\0"), None),
    "case": (lambda: packed(("NEURON.PY", GOOD), ("Neuron.py", GOOD)), None),
    "look-alike": (lambda: packed(("n\u0435uron.py", GOOD)), None),
    "zip in zip": (lambda: packed(("more.zip", packed(("neuron.py", GOOD)))), None),
    "deep folders": (lambda: packed(("d/" * 9_000 + "neuron.py", GOOD)), None),
}  # fmt: skip


@pytest.mark.filterwarnings("error::ResourceWarning")
@pytest.mark.parametrize("inside_a_zip", [False, True], ids=["on disk", "in a class's zip"])
@pytest.mark.parametrize("name", BAD_ZIPS)
def test_a_bad_zip_costs_nobody_else(world, name, inside_a_zip):
    make, words = BAD_ZIPS[name]
    files = {"ada/hand in.zip": make(), "ada/layer.py": GOOD, "ben/neuron.py": GOOD}
    if inside_a_zip:
        submitted = zipped(world, *files.items())
    else:
        put(world, files)
        submitted = None
    read, remarks = came(world, submitted)
    assert good(read["ben"]["neuron"]) and good(read["ada"]["layer"])
    assert remarks == "" or remarks.isprintable()
    if name == "declares 4 GB":  # what is declared is not believed, whichever way it ends
        assert good(read["ada"]["neuron"]) or "damaged" in reason(read["ada"]["neuron"])
    elif words is None:
        assert "neuron" not in read["ada"]
        assert "ada: ignored hand in.zip/" in remarks
    else:
        assert words in reason(read["ada"]["neuron"])


def test_a_students_zip_is_opened_and_one_folder_around_it_looked_into(world):
    put(world, {
        "ada/hw.zip": packed(("hw/neuron.py", GOOD), ("__MACOSX/hw/._neuron.py", b""),
                             ("hw/layer/layer.ipynb", notebook("value = 1"))),
        "ben/hw.ZIP": packed(("neuron.py", GOOD), ("x/layer.py", GOOD)),
        "cleo/hw.zip": packed(("neuron.py", b"other = 1")),
        "cleo/neuron.py": GOOD,
    })  # fmt: skip
    read, remarks = came(world)
    assert good(read["ada"]["neuron"]) and good(read["ada"]["layer"])
    assert good(read["ben"]["neuron"]) and "layer" not in read["ben"]
    assert good(read["cleo"]["neuron"])
    assert "ben: ignored hw.ZIP/x/layer.py." in remarks
    assert "cleo: neuron is there as neuron.py and hw.zip/neuron.py: neuron.py is taken" in remarks


def test_hostile_names_in_a_classs_zip_are_left_out_and_told(world):
    submitted = zipped(
        world,
        ("ada/neuron.py", GOOD),
        ("../ben/neuron.py", GOOD),
        ("/etc/neuron.py", GOOD),
        (info("link", 0o120777), b"/"),
        (info("ada/layer.py", 0o120777), b"/etc/passwd"),
        ("empty/", b""),
        ("ADA/neuron.py", GOOD),
    )
    read, remarks = came(world, submitted)
    assert set(read) == {"ADA", "ada", "empty"}
    assert good(read["ada"]["neuron"]) and good(read["ADA"]["neuron"])
    assert "link or a device" in reason(read["ada"]["layer"])
    for name in ("../ben/neuron.py", "/etc/neuron.py", "link"):
        assert f"{name} is no student's folder: left out." in remarks
    assert "differ only in case" in remarks


def test_any_damage_to_a_zip_is_told_in_words(world):
    """Bytes changed and cut at every place: never anything but a student, a remark, a refusal."""
    whole = packed(("ada/neuron.py", GOOD), ("ada/layer.py", GOOD))
    submitted = world / "class.zip"
    for at in range(len(whole)):
        for damaged in (whole[:at], whole[:at] + b"\xff" + whole[at + 1 :]):
            submitted.write_bytes(damaged)
            with contextlib.suppress(CourseError):
                for student in find_class(submitted, BRICKS).students:
                    for file in student.files.values():
                        handed_in(file)


@pytest.mark.parametrize(
    ("content", "words"), [(b"no zip", "cannot be used"), (packed(), "holds no student's folder")]
)
def test_a_class_that_cannot_be_used_is_one_sentence(world, content, words):
    (world / "class.zip").write_bytes(content)
    with pytest.raises(CourseError, match=words):
        find_class(world / "class.zip", BRICKS)
    with pytest.raises(CourseError, match="not a folder, nor a zip"):
        find_class(world / "nowhere", BRICKS)


def test_a_large_file_in_a_classs_zip_is_not_read_whole(world, monkeypatch):
    asked = []
    read = zipfile.ZipExtFile.read
    monkeypatch.setattr(
        zipfile.ZipExtFile, "read", lambda self, n=-1: asked.append(n) or read(self, n)
    )
    files = ("ada/neuron.py", b"#" * 50_000_000), ("ada/film.mp4", b"")
    came(world, zipped(world, *files, method=zipfile.ZIP_DEFLATED))
    assert asked == [MAX_BYTES + 1]


def test_a_zip_that_unpacks_to_a_huge_zip_is_not_opened(world):
    bomb = packed(("neuron.py", GOOD), ("zeros", b"0" * 9_000_000), method=zipfile.ZIP_STORED)
    files = ("ada/hw.zip", bomb), ("ben/neuron.py", GOOD)
    read, remarks = came(world, zipped(world, *files, method=zipfile.ZIP_DEFLATED))
    assert good(read["ben"]["neuron"])
    assert "over 100 times its size" in reason(read["ada"]["neuron"])
    assert "ada: hw.zip cannot be used: it unpacks to over 100 times its size." in remarks


def test_code_of_raises_nothing_else():
    with pytest.raises(UnreadableSource):
        code_of(b'"\\ud800"')


# The whole way


def test_a_zip_with_every_trouble_is_graded_and_leaves_nothing(toys, monkeypatch):
    root = toys.checkout.root
    shutil.rmtree(root / "submitted")
    right = toys.SOLUTION.encode()
    with zipfile.ZipFile(root / "submitted.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {
            "Ada L_1_assignsubmission_file_/toy.py": right,
            "Ben_2_assignsubmission_file_/toy.ipynb": notebook("%time\n" + toys.SOLUTION),
            "Cleo_3_assignsubmission_file_/hw.zip": packed(("hw/toy.py", right)),
            "Dan_4_assignsubmission_file_/toy.ipynb": b"[" * 99_999,
            "Eve_5_assignsubmission_file_/hw.zip": packed(("toy.py", b"0" * 9_000_000)),
            "Fay_6_assignsubmission_file_/toy.ipynb": notebook("a = 1", "b = 2\n%time\n1 / 0"),
            "../Gus/toy.py": right,
        }.items():
            archive.writestr(name, content)
    temporary = root / "tmp"
    temporary.mkdir()
    (root / "seed").write_text("12345")
    before = {path.name for path in root.parent.iterdir()}
    run = toys.checkout.bricks(
        "grade", "submitted.zip", "--seed-file", "seed", "--out", "out", "-j", "2",
        TMPDIR=str(temporary),
    )  # fmt: skip
    assert run.returncode == 1, run.stderr
    grades = {grade["student"]: grade for grade in toys.results("out")}
    points = {student: grade["points"] for student, grade in grades.items()}
    assert points == {"Ada L": 2, "Ben": 2, "Cleo": 2, "Dan": 0, "Eve": 0, "Fay": 0}
    assert "nested too deeply" in grades["Dan"]["checks"][0]["message"]
    assert "1 / 0" in grades["Fay"]["checks"][0]["message"]
    said = " ".join(run.stdout.split())
    assert "../Gus/toy.py is no student's folder: left out." in said
    assert list(temporary.iterdir()) == []
    assert {path.name for path in root.parent.iterdir()} - {"cache"} == before

"""Zips of a student and of a class: nothing is unpacked, and a bad one costs nobody else."""

import contextlib
import os
import struct
import zipfile

import pytest

from grader.course import CourseError
from grader.source import MAX_BYTES
from grader.submissions.archive import MAX_MEMBERS
from grader.submissions.find import find_class

GOOD = b"value = 1\n"


def info(name, mode=0o100644):
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    made.create_system = 3
    return made


def encrypted(data):
    """The flag says so, in both headers of the first member."""
    changed = bytearray(data)
    for signature, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        changed[changed.index(signature) + at] |= 1
    return bytes(changed)


def overlapping(packed):
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


def twice(packed):
    with pytest.warns(UserWarning, match="Duplicate"):
        return packed(("neuron.py", GOOD), ("neuron.py", b"value = 2"))


# A student's zip: what is said of the brick; "" where it is graded, None where it is not there.
BAD_ZIPS = {
    "no zip": (lambda packed: b"value = 1", "not a zip"),
    "empty": (lambda packed: b"", "not a zip"),
    "cut": (lambda packed: packed(("neuron.py", GOOD))[:-30], "not a zip"),
    "no start": (lambda packed: packed(("neuron.py", os.urandom(999)))[500:], "damaged"),
    "wrong sum": (
        lambda packed: method(0, packed(("neuron.py", GOOD))), "damaged"
    ),
    "encrypted": (lambda packed: encrypted(packed(("neuron.py", GOOD))), "encrypted"),
    "LZMA": (lambda packed: method(14, packed(("neuron.py", GOOD))), "other than deflate"),
    "unknown method": (
        lambda packed: method(99, packed(("neuron.py", GOOD))), "other than deflate"
    ),
    "bomb": (lambda packed: packed(("neuron.py", b"0" * 90_000_000)), f"{MAX_BYTES:,} bytes"),
    "nothing but size": (lambda packed: packed() + b"0" * 60_000_000, "cannot be used"),
    "too large": (
        lambda packed: packed(("neuron.py", os.urandom(1_100_000))), f"{MAX_BYTES:,} bytes"
    ),
    "declares less": (lambda packed: declares(3, packed(("neuron.py", GOOD))), "damaged"),
    "declares 4 GB": (lambda packed: declares(2**32 - 2, packed(("neuron.py", GOOD))), None),
    "overlapping": (overlapping, "damaged"),
    "twice": (twice, "holds it 2 times"),
    "a link": (
        lambda packed: packed((info("neuron.py", 0o120777), b"/etc/passwd")), "link or a device"
    ),
    "a device": (lambda packed: packed((info("neuron.py", 0o020666), b"")), "link or a device"),
    "a FIFO": (lambda packed: packed((info("neuron.py", 0o010666), b"")), "link or a device"),
    "a folder": (lambda packed: packed(("neuron.py/", b"")), "not a regular file"),
    "many files": (
        lambda packed: packed(*((str(i), b"") for i in range(MAX_MEMBERS + 1))),
        f"more than {MAX_MEMBERS:,}",
    ),
    "very many files": (lambda packed: b"PK\1\2" * 30_000, f"more than {MAX_MEMBERS:,}"),
    "outside": (
        lambda packed: packed(("../neuron.py", GOOD), ("../../ben/neuron.py", b"")), "outside"
    ),
    "inner dots": (lambda packed: packed(("x/../neuron.py", GOOD)), "outside"),
    "absolute": (lambda packed: packed(("/neuron.py", GOOD), ("/tmp/x.py", b"")), "outside"),
    "drive": (lambda packed: packed(("C:neuron.py", GOOD)), "outside"),
    "backslash": (
        lambda packed: packed(("a/neuron.py", GOOD)).replace(b"a/n", b"a\\n"), "backslash"
    ),
    "NUL": (lambda packed: packed(("neuron.py_", GOOD)).replace(b"n.py_", b"n.py\0"), None),
    "case": (lambda packed: packed(("NEURON.PY", GOOD), ("Neuron.py", GOOD)), ""),
    "look-alike": (lambda packed: packed(("n\u0435uron.py", GOOD)), None),
    "zip in zip": (lambda packed: packed(("more.zip", packed(("neuron.py", GOOD)))), ""),
    "deep folders": (lambda packed: packed(("d/" * 9_000 + "neuron.py", GOOD)), ""),
}  # fmt: skip


@pytest.mark.filterwarnings("error::ResourceWarning")
@pytest.mark.parametrize("inside_a_zip", [False, True], ids=["on disk", "in a class's zip"])
@pytest.mark.parametrize("name", BAD_ZIPS)
def test_a_bad_zip_costs_nobody_else(world, name, inside_a_zip, good, reason, packed):
    make, words = BAD_ZIPS[name]
    files = {"ada/hand in.zip": make(packed), "ada/layer.py": GOOD, "ben/neuron.py": GOOD}
    if inside_a_zip:
        submitted = world.zipped(*files.items())
    else:
        world.put(files)
        submitted = None
    read, remarks = world.came(submitted)
    assert good(read["ben"]["neuron"]) and good(read["ada"]["layer"])
    assert remarks == "" or remarks.isprintable()
    if name == "declares 4 GB":  # what is declared is not believed, whichever way it ends
        assert good(read["ada"]["neuron"]) or "damaged" in reason(read["ada"]["neuron"])
    elif words == "":
        assert good(read["ada"]["neuron"])
    elif words is None:
        assert "neuron" not in read["ada"]
        assert "ada: ignored hand in.zip/" in remarks or "ada: hand in.zip/" in remarks
    else:
        assert words in reason(read["ada"]["neuron"])


def test_a_students_zip_is_opened_and_one_folder_around_it_looked_into(
    world, notebook, packed, good
):
    world.put({
        "ada/hw.zip": packed(("hw/neuron.py", GOOD), ("__MACOSX/hw/._neuron.py", b""),
                             ("hw/layer/layer.ipynb", notebook("value = 1"))),
        "ben/hw.ZIP": packed(("neuron.py", GOOD), ("x/layer.py", GOOD)),
        "cleo/hw.zip": packed(("neuron.py", b"other = 1")),
        "cleo/neuron.py": GOOD,
    })  # fmt: skip
    read, remarks = world.came()
    assert good(read["ada"]["neuron"]) and good(read["ada"]["layer"])
    assert good(read["ben"]["neuron"]) and good(read["ben"]["layer"])
    assert "ben: hw.ZIP/x/layer.py is taken as layer." in remarks
    assert "cleo: neuron is there as neuron.py and hw.zip/neuron.py, which differ" in remarks


def test_hostile_names_in_a_classs_zip_are_left_out_and_told(world, good, reason):
    submitted = world.zipped(
        ("ada/neuron.py", GOOD),
        ("../ben/neuron.py", GOOD),
        ("/etc/neuron.py", GOOD),
        (info("link", 0o120777), b"/"),
        (info("ada/layer.py", 0o120777), b"/etc/passwd"),
        ("empty/", b""),
        ("ADA/neuron.py", GOOD),
    )
    read, remarks = world.came(submitted)
    assert set(read) == {"ADA", "ada", "empty"}
    assert good(read["ada"]["neuron"]) and good(read["ADA"]["neuron"])
    assert "link or a device" in reason(read["ada"]["layer"])
    for name in ("../ben/neuron.py", "/etc/neuron.py"):
        assert f"{name} is left out: its name leads outside the zip." in remarks
    assert "link is left out: it is a link or a device in the zip" in remarks
    assert "differ only in case" in remarks


def test_any_damage_to_a_zip_is_told_in_words(world, packed):
    """Bytes changed and cut at every place: never anything but a student, a remark, a refusal."""
    whole = packed(("ada/neuron.py", GOOD), ("ada/layer.py", GOOD))
    submitted = world.folder / "class.zip"
    for at in range(len(whole)):
        for damaged in (whole[:at], whole[:at] + b"\xff" + whole[at + 1 :]):
            submitted.write_bytes(damaged)
            with contextlib.suppress(CourseError):
                for student in find_class(submitted, world.BRICKS).students:
                    for file in student.files.values():
                        file.source()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"no zip", "cannot be used"), (b"PK\5\6" + bytes(18), "holds no student's folder")],
)
def test_a_class_that_cannot_be_used_is_one_sentence(world, content, words):
    (world.folder / "class.zip").write_bytes(content)
    with pytest.raises(CourseError, match=words):
        find_class(world.folder / "class.zip", world.BRICKS)
    with pytest.raises(CourseError, match="not a folder, nor a zip"):
        find_class(world.folder / "nowhere", world.BRICKS)


def test_a_large_file_in_a_classs_zip_is_not_read_whole(world, monkeypatch):
    asked = []
    read = zipfile.ZipExtFile.read
    monkeypatch.setattr(
        zipfile.ZipExtFile, "read", lambda self, n=-1: asked.append(n) or read(self, n)
    )
    files = ("ada/neuron.py", b"#" * 50_000_000), ("ada/film.mp4", b"")
    world.came(world.zipped(*files, method=zipfile.ZIP_DEFLATED))
    assert asked == [MAX_BYTES + 1]


def test_a_zip_that_unpacks_to_a_huge_zip_is_not_opened(world, packed, good, reason):
    bomb = packed(("neuron.py", GOOD), ("zeros", b"0" * 9_000_000), method=zipfile.ZIP_STORED)
    files = ("ada/hw.zip", bomb), ("ben/neuron.py", GOOD)
    read, remarks = world.came(world.zipped(*files, method=zipfile.ZIP_DEFLATED))
    assert good(read["ben"]["neuron"])
    assert "over 100 times its size" in reason(read["ada"]["neuron"])
    assert "ada: hw.zip cannot be used: it unpacks to over 100 times its size." in remarks

"""A student who hands in very much makes nobody wait, and fills no screen."""

import time

import pytest

from grader.submissions.find import find_class

PARTS = {"neuron": frozenset({"sigmoid"}), "layer": frozenset({"softmax"})}
MOST = 10.0  # seconds that one student may take
COMMENT = b"#" * 900_000


def code(number):
    return b"def sigmoid(z):\n    return %d\n" % number


def long_names(number):
    return "a/" * 32_000 + f"{number}.py"


WAYS = {
    "versions": [(f"neuron ({n}).py", code(n)) for n in range(9_000)],
    "large versions": [(f"neuron ({n}).py", code(n) + COMMENT) for n in range(1_000)],
    "no names": [(f"{n}", code(n)) for n in range(9_000)],
    "long names": [(long_names(n), code(n)) for n in range(300)],
}


@pytest.mark.parametrize("way", WAYS)
def test_many_files_in_zips_take_a_limited_time(world, packed, way):
    zipped = packed(*WAYS[way])
    files = {f"bob/hw{n}.zip": zipped for n in range(5)} if way != "versions" else {}
    world.put({"ada/neuron.py": code(1), "bob/hw.zip": zipped, **files})
    start = time.monotonic()
    found = find_class(world.folder / "submitted", world.BRICKS, known=PARTS)
    sources = {one.name: [file.source() for file in one.files.values()] for one in found.students}
    assert time.monotonic() - start < MOST
    assert [source.code for source in sources["ada"]] == [code(1)]
    assert max(len(remark.text) for remark in found.remarks) < 2_000


def test_other_files_use_up_no_bricks_room(world):
    """The limit is for one student, and files with no brick's name do not use up the others'."""
    files = {f"ada/notes{n}.txt": b"x" * 1_000_000 for n in range(40)}
    world.put({**files, "ada/neuron.py": b"", "ada/neuron (1).py": code(1)})
    found = find_class(world.folder / "submitted", world.BRICKS, known=PARTS)
    assert found.students[0].files["neuron"].source().code == code(1)

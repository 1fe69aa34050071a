"""Files in folders: honest, odd and hostile."""

import os
import socket

import pytest

from grader.course import CourseError
from grader.submissions.find import find_class
from grader.submissions.private import private_to
from grader.submissions.remarks import alike

GOOD = b"value = 1\n"


def test_of_two_files_that_are_the_same_it_is_said_which_is_taken(world, notebook, good):
    world.put({"ada/neuron.ipynb": notebook("%time\nvalue = 1"), "ada/neuron.py": GOOD})
    read, remarks = world.came()
    assert good(read["ada"]["neuron"])
    assert remarks == "ada: neuron.py is taken as neuron: neuron.ipynb is the same."


def test_what_else_lies_in_a_folder_is_ignored_and_told(world, good):
    others = ("conftest.py", "notes.txt", "Neuron.py", "neuron (1).py", "sitecustomize.py")
    noise = ("__pycache__/neuron.pyc", ".ipynb_checkpoints/neuron.ipynb", ".DS_Store")
    world.put({f"ada/{name}": b"class Other:" for name in (*others, *noise)})
    world.put({"ada/neuron.py": GOOD, "ada/neuron/helper.py": b""})
    read, remarks = world.came()
    assert good(read["ada"]["neuron"]) and set(read["ada"]) == {"neuron"}
    assert remarks == "ada: ignored Neuron.py, conftest.py, neuron (1).py (and 3 more)."


def test_many_remarks_on_one_student_hide_none_on_another(world, packed):
    members = [*((f"{n}/hw.rar", GOOD) for n in range(300)), ("neuron.py", GOOD), ("a.txt", b"")]
    world.put({"ada/hw.zip": packed(*members), "ben/neuron.py": GOOD, "ben/neuron.ipynb": b""})
    found = find_class(world.folder / "submitted", world.BRICKS)
    *of_ada, others = [one for one in found.remarks if one.text.startswith("ada: ")]
    assert len(of_ada) == 6
    assert others.text == "ada: and 295 remarks more."
    assert others.in_full.count(" is not opened: a brick may be in it") == 294
    assert [one.text for one in found.remarks if one not in [*of_ada, others]] == [
        "ben: neuron.py is taken as neuron: neuron.ipynb cannot be used (it is empty)."
    ]


def test_a_name_that_differs_in_case_alone_is_told(world):
    world.put({"ada/Neuron.py": GOOD, "ben/neuron.py": GOOD})
    read, remarks = world.came()
    assert set(read["ada"]) == {"neuron"}
    assert remarks == "ada: Neuron.py is taken as neuron."


def test_bricks_at_the_top_say_what_to_name(world):
    world.put({"neuron.py": GOOD, "recorded/other.txt": b""})
    with pytest.raises(CourseError, match=r"neuron\.py lies in .* itself: name the folder that"):
        find_class(world.folder / "submitted", world.BRICKS)


def _link(path, world):
    (world.folder / "elsewhere" / "secret.py").write_text("secret = 1")
    path.symlink_to(world.folder / "elsewhere" / "secret.py")


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
def test_only_regular_files_are_read(world, kind, suffix, good, reason):
    world.put({"ada/layer.py": GOOD, "ben/neuron.py": GOOD})
    NO_FILES[kind](world.folder / "submitted" / "ada" / f"neuron{suffix}", world)
    read, _ = world.came()
    assert "not a regular file" in reason(read["ada"]["neuron"])
    assert good(read["ada"]["layer"]) and good(read["ben"]["neuron"])


def test_a_folder_that_is_a_link_is_not_entered(world, reason):
    world.put({"ben/neuron.py": GOOD})
    (world.folder / "elsewhere" / "neuron.py").write_bytes(GOOD)
    (world.folder / "submitted" / "ada").symlink_to(world.folder / "elsewhere")
    (world.folder / "submitted" / "cleo").mkdir()
    (world.folder / "submitted" / "cleo" / "neuron").symlink_to(world.folder / "elsewhere")
    read, remarks = world.came()
    assert set(read) == {"ben", "cleo"}
    assert all("neuron (it is not a regular file)" in reason(read["cleo"][b]) for b in world.BRICKS)
    assert "ada is left out: it is a link." in remarks


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_told(world, good):
    world.put({"ada/neuron.py": GOOD, "ben/neuron.py": GOOD})
    (world.folder / "submitted" / "ada").chmod(0)
    try:
        read, remarks = world.came()
    finally:
        (world.folder / "submitted" / "ada").chmod(0o700)
    assert read["ada"] == {} and good(read["ben"]["neuron"])
    assert "Permission denied" in remarks


def test_names_from_outside_can_be_printed_and_stay_apart(world, good):
    names = [b"a\x1b[2Jda", b"a\xffda", b"a\nda", "\u202eada".encode(), b"ben"]
    for name in names:
        place = os.fsencode(world.folder / "submitted") + b"/" + name
        os.mkdir(place)
        with open(place + b"/neuron.py", "wb") as file:
            file.write(GOOD)
    read, _ = world.came()
    assert len(read) == len(names) and all(good(own["neuron"]) for own in read.values())
    assert all(name.isprintable() and name.encode() for name in read)


def test_accents_coded_in_two_ways_are_told(world):
    world.put({"Ren\u00e9/neuron.py": GOOD, "rene\u0301/neuron.py": GOOD})
    read, remarks = world.came()
    assert len(read) == 2 and "look the same" in remarks


def test_a_hard_link_to_a_file_of_the_course_is_not_read(world, good, reason):
    """A backup that links equal files is no reason to refuse a student's work."""
    course = world.folder / "elsewhere"
    for name in ("solutions/neuron.py", "source/neuron/neuron.ipynb", "course.seed", "backup.py"):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).write_bytes(GOOD)
    world.put({"ada/layer.py": GOOD, "ben/layer.py": GOOD, "cleo/layer.py": GOOD})
    places = {"ada": "solutions/neuron.py", "ben": "course.seed", "dan": "backup.py"}
    for student, target in places.items():
        path = world.folder / "submitted" / student / "neuron.py"
        path.parent.mkdir(exist_ok=True)
        os.link(course / target, path)
    os.link(
        course / "source" / "neuron" / "neuron.ipynb",
        world.folder / "submitted" / "cleo" / "neuron.ipynb",
    )
    found = find_class(world.folder / "submitted", world.BRICKS, private_to(course))
    read = {s.name: {b: file.source() for b, file in s.files.items()} for s in found.students}
    for student in ("ada", "ben", "cleo"):
        assert reason(read[student]["neuron"]) == "it is a hard link to a file of the course"
        assert good(read[student]["layer"])
    assert good(read["dan"]["neuron"])


def test_a_large_sparse_file_is_not_read(world, reason):
    world.put({"ada/layer.py": GOOD})
    for name in ("neuron.py", "neuron.ipynb", "all.zip"):
        student = world.folder / "submitted" / name.replace(".", "-")
        student.mkdir()
        with (student / name).open("wb") as file:
            file.truncate(300_000_000)
    read, _ = world.came()
    for student in ("neuron-py", "neuron-ipynb", "all-zip"):
        assert "it has 300,000,000 bytes" in reason(read[student]["neuron"])


ALIKE = {
    "Cyrillic": ("anna", "\u0430nn\u0430"),
    "Greek": ("Otto", "\u039ftt\u03bf"),
    "full width": ("ada", "\uff41\uff44\uff41"),
    "mathematical": ("ada", "\U0001d41a\U0001d41d\U0001d41a"),
    "ligature": ("fio", "\ufb01o"),
    "case and alphabet": ("ANNA", "\u0430nna"),
    "l, I and 1": ("lea", "Iea"),
    "digit": ("leo", "le0"),
    "two spaces": ("Ada L", "Ada  L"),
    "another space": ("Ada L", "Ada\u00a0L"),
    "dash": ("Jean-Luc", "Jean\u2011Luc"),
    "apostrophe": ("O'Neill", "O\u2019Neill"),
}


@pytest.mark.parametrize("names", ALIKE.values(), ids=ALIKE)
def test_names_that_look_alike_are_told(names):
    [remark] = alike([*names, "ben"])
    assert " and ".join(names) in remark.text and "look the same" in remark.text


@pytest.mark.parametrize("hidden", ["\u200b", "\u00ad", "\U000e0041", "\ufe0f", "\u2800", "\u202e"])
def test_what_cannot_be_seen_in_a_name_is_spelled_out(world, hidden):
    world.put({"ada/neuron.py": GOOD, f"a{hidden}da/neuron.py": GOOD})
    read, _ = world.came()
    assert sorted(read) == sorted(["ada", f"a\\x{ord(hidden):02x}da"])


def test_other_names_are_not_remarked_on():
    assert alike(["ada", "Ben", "José", "Jose", "Müller", "Mueller", "s1001", "s1007", "Ян"]) == []

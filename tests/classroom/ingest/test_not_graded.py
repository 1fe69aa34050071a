"""A file that somebody meant to be graded, and that is not: it is told, and before all else."""

import os

import pytest

from grader.course import CourseError
from grader.submissions.find import find_class

GOOD = b"value = 1\n"
PLACES = ("Neuron.py", "neuron/NEURON.py", "hw/neuron.py", "hw/neuron/neuron.py", "layer/neuron.py")


@pytest.mark.parametrize("inside_a_zip", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("path", PLACES)
def test_in_another_place_or_by_almost_its_name_it_is_taken(world, path, inside_a_zip):
    files = {
        f"ada/{path}": GOOD, "ada/layer.py": GOOD, "ada/notes.txt": b"", "ben/neuron.py": GOOD,
    }  # fmt: skip
    world.put(files)
    submitted = world.zipped(*files.items()) if inside_a_zip else None
    assert world.remarks(submitted) == [
        ("HARMLESS" if path.endswith("neuron.py") else "ODD",
         f"ada: {path} is taken as neuron."),
        ("HARMLESS", "ada: ignored notes.txt."),
    ]  # fmt: skip


def test_beside_a_file_that_counts_it_is_harmless(world):
    world.put({f"ada/{name}": GOOD for name in ("neuron.py", "old/neuron.py", "Neuron.py")})
    assert world.remarks() == [("HARMLESS", "ada: ignored Neuron.py, old/neuron.py.")]


def test_what_an_editor_keeps_is_passed_over(world):
    world.put({"ada/.history/neuron.py": GOOD, "ada/__pycache__/neuron.py": GOOD})
    assert world.remarks() == []


@pytest.mark.parametrize(
    "name", [b"a\\neuron.py", b".\\neuron.py", b"../neuron.py", b"C:neuron.py", b"neuron.py\0"]
)
def test_in_a_zip_under_a_name_that_is_refused_it_is_lost(world, packed, name):
    plain = b"x" * len(name)
    hand_in = packed((plain.decode(), GOOD)).replace(plain, name)
    world.put({"ada/hw.zip": hand_in, "ben/neuron.py": GOOD})
    [(weight, told)] = world.remarks()
    assert weight == "LOST"
    assert told.startswith("ada: ") and "hw.zip/" in told and "its name " in told


def test_a_classs_zip_whose_names_have_backslashes_is_told(world, packed):
    mixed = packed(("adaxneuron.py", GOOD), ("ben/neuron.py", GOOD))
    submitted = world.folder / "class.zip"
    submitted.write_bytes(mixed.replace(b"adax", b"ada\\"))
    told = "ada\\neuron.py is left out: its name in the zip has a NUL or a backslash."
    assert world.remarks(submitted) == [("LOST", told)]
    submitted.write_bytes(packed(("adaxneuron.py", GOOD)).replace(b"adax", b"ada\\"))
    with pytest.raises(CourseError, match=r"nothing to grade\. .* has a NUL or a backslash"):
        find_class(submitted, world.BRICKS)


def test_a_zip_that_cannot_be_used_is_lost_and_others_that_stay_closed_need_an_eye(world, packed):
    world.put({
        "ada/hw.zip": b"no zip", "ada/neuron.py": GOOD,
        "ben/hw.zip": packed(("more.zip", b"")),
        "cleo/hw.rar": b"", "cleo/neuron.py": GOOD,
        "dan/hw.rar": b"", "dan/neuron.py": GOOD, "dan/layer.py": GOOD,
    })  # fmt: skip
    assert world.remarks() == [
        ("LOST", "ada: hw.zip cannot be used: it is not a zip, or it is damaged."),
        ("LOST", "ben: hw.zip/more.zip cannot be used: it is not a zip, or it is damaged."),
        ("ODD", "cleo: hw.rar is not opened: a brick may be in it."),
        ("HARMLESS", "dan: ignored hw.rar."),
    ]


def test_at_the_top_only_what_may_be_somebodys_needs_an_eye(world):
    world.put({"ada/neuron.py": GOOD, "notes.txt": b"", "ben.zip": b"", "layer.py": GOOD})
    (world.folder / "submitted" / "cleo").symlink_to("ada")
    assert world.remarks() == [
        ("LOST", "layer.py is no student's folder: left out."),
        ("ODD", "ben.zip is no student's folder: left out."),
        ("ODD", "cleo is left out: it is a link."),
        ("HARMLESS", "notes.txt is no student's folder: left out."),
    ]


def test_a_folder_whose_name_is_no_students_is_lost(world):
    submitted = world.zipped(
        ("ada/neuron.py", GOOD), ("../eve_1_assignsubmission_file_/neuron.py", GOOD)
    )
    assert [weight for weight, _ in world.remarks(submitted)] == ["LOST"]
    world.put({"ada/neuron.py": GOOD, ".._1_assignsubmission_file_/neuron.py": GOOD})
    assert world.remarks() == [("LOST", ".. is left out: it is no student's name.")]


def test_students_who_look_alike_and_bricks_that_are_there_twice_need_an_eye(world):
    world.put({"Ada/neuron.py": GOOD, "ada/neuron.py": GOOD, "ada/neuron/neuron.py": GOOD})
    assert [weight for weight, _ in world.remarks()] == ["ODD", "ODD"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_lost(world):
    world.put({"ada/neuron.py": GOOD, "ben/neuron.py": GOOD})
    (world.folder / "submitted" / "ada").chmod(0)
    try:
        [(weight, told)] = world.remarks()
    finally:
        (world.folder / "submitted" / "ada").chmod(0o700)
    assert weight == "LOST"
    assert told == "ada: its folder ada is not graded: it cannot be read (Permission denied)."


@pytest.mark.parametrize(
    "name, content, what",
    [
        ("neuron.docx", b"PK\3\4 word/document.xml", "it is a Word document"),
        ("My neuron.pdf", b"%PDF-1.7", "it is a PDF"),
        ("neuron.ipynb.html", b"<!DOCTYPE html><html>", "it is a web page (HTML)"),
        ("hw/neuron.rar", b"Rar!\x1a\7", "it is a RAR archive"),
        ("neuron.txt", GOOD.decode().encode("utf-16"), "it is text in UTF-16: save it as UTF-8"),
    ],
)
def test_a_document_by_a_bricks_name_beside_another_brick_is_not_nothing(
    world, reason, name, content, what
):
    world.put({f"ada/{name}": content, "ada/layer.py": GOOD})
    assert world.remarks() == [("LOST", f"ada: {name} is not graded: {what}.")]
    read, _ = world.came()
    assert reason(read["ada"]["neuron"]) == what
    assert read["ada"]["neuron"].file == name.split("/")[-1]


def test_other_files_by_a_bricks_name_are_none_of_its_documents(world):
    files = {f"ada/{name}": b"1,2" for name in ("neuron.csv", "neuron notes.md", "mlp.pdf")}
    world.put({**files, "ada/neuron_plot.png": b"\x89PNG", "ada/layer.py": GOOD})
    world.put({"ben/neuron.docx": b"PK\3\4 word/", "ben/neuron.py": GOOD, "ben/layer.py": GOOD})
    read, _ = world.came()
    assert set(read["ada"]) == {"layer"} and set(read["ben"]) == {"neuron", "layer"}
    assert all(weight == "HARMLESS" for weight, _ in world.remarks())

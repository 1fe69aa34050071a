"""What learning platforms hand out, as folders and as zips."""

import shutil
import zipfile
from dataclasses import astuple
from datetime import datetime

import pytest

from grader.submissions.find import find_class

GOOD = b"value = 1\n"


@pytest.fixture(scope="session")
def handed_out(notebook, packed):
    """By platform: files as they come, and the bricks that are found for each student."""
    return {
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
@pytest.mark.parametrize("platform", ["Moodle", "Canvas", "Gradescope", "nbgrader"])
def test_what_platforms_hand_out_is_read(world, platform, way, handed_out, good):
    files, expected = handed_out[platform]
    if way == "folder":
        world.put(files)
        submitted = None
    else:
        around = "export/" if way == "zip of the folder" else ""
        members = [(around, b"")] if around else []
        members += [(around + name, content) for name, content in files.items()]
        submitted = world.zipped(*members)
    read, _ = world.came(submitted)
    assert {student: list(own) for student, own in read.items()} == expected
    assert all(good(source) for own in read.values() for source in own.values())


@pytest.mark.slow
def test_a_zip_with_every_trouble_is_graded_and_leaves_nothing(toys, monkeypatch, notebook, packed):
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
            "Fay_6_assignsubmission_file_/toy.ipynb": notebook("1 / 0", toys.SOLUTION),
            "Hal_7_assignsubmission_file_/toy.ipynb": notebook("a = 1", f"1 / 0\n{toys.SOLUTION}"),
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
    assert points == {"Ada L": 2, "Ben": 2, "Cleo": 2, "Dan": 0, "Eve": 0, "Fay": 2, "Hal": 0}
    assert "nested too deeply" in grades["Dan"]["checks"][0]["message"]
    assert "1 / 0" in grades["Hal"]["checks"][0]["message"]
    said = " ".join(run.stdout.split())
    assert "../Gus/toy.py is left out: its name leads outside the zip." in said
    assert "Handed in and not graded: 1 file. out/remarks.txt says why." in said
    assert list(temporary.iterdir()) == []
    assert {path.name for path in root.parent.iterdir()} - {"cache"} == before


@pytest.mark.parametrize("way", ["folder", "zip"])
def test_a_name_that_leads_elsewhere_is_nobodys(world, way, good):
    files = {
        f"{name}_12{number}_assignsubmission_file_/neuron.py": GOOD
        for number, name in enumerate((".", "..", "..."))
    }
    files[".._9_assignsubmission_file_neuron.py"] = GOOD
    if way == "zip":
        files["../eve_1_assignsubmission_file_neuron.py"] = GOOD
        files["/eve_2_assignsubmission_file_/neuron.py"] = GOOD
        submitted = world.zipped(*files.items())
    else:
        world.put(files)
        submitted = None
    read, remarks = world.came(submitted)
    assert set(read) == {"..."} and good(read["..."]["neuron"])
    assert ".. is left out: it is no student's name." in remarks
    if way == "zip":
        assert "../eve is left out: it is no student's name." in remarks


ABOUT = b"Name: Ada Lovelace (abc123)\r\nAssignment: HW1\r\nDate Submitted: Sunday\r\n"
METADATA = b"""---
submission_11:
  :submitters:
  - :name: Ada Lovelace
    :sid: 1
    :email: ada@x.org
  - :name: "Ben \\"B\\" Bee"
    :sid: '007'
    :email: ben@x.org
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-11-01 10:00:00 Z
    :name: nobody
  :score: 0.0
submission_12:
  :submitters:
  - :name: Cem
    :sid:
"""
MORE = {
    "Blackboard": (
        {
            "HW1_abc123_attempt_2026-11-01-10-00-00_neuron.py": b"old = 1",
            "HW1_abc123_attempt_2026-11-01-10-00-00_neuron_v1.py": b"old = 1",
            "HW1_abc123_attempt_2026-11-02-10-00-00_neuron (1).py": GOOD,
            "HW1_abc123_attempt_2026-11-02-10-00-00.txt": ABOUT,
            "Home work_2_xyz9_attempt_2026-11-01-10-05-00_neuron.py": GOOD,
            "Home work_2_xyz9_attempt_2026-11-01-10-05-00.txt": b"x",
        },
        {
            "Ada Lovelace": [("Ada Lovelace", "blackboard", "abc123", "")],
            "xyz9": [("xyz9", "blackboard", "xyz9", "")],
        },
    ),
    "Brightspace": (
        {
            "12345-67890 - Ada Lovelace - Nov 1, 2026 1000 AM - neuron.py": b"old = 1",
            "12345-67890 - Ada Lovelace - Nov 1, 2026 155 PM - neuron.py": GOOD,
            "12346-67890 - Ben - B - Nov 2, 2026 1001 AM - neuron.py": GOOD,
            "12347-67890 - Cem - 1 nov., 2026 1001/neuron.py": GOOD,
            "index.html": b"<html>",
        },
        {
            "Ada Lovelace": [("Ada Lovelace", "brightspace", "12345", "")],
            "Ben - B": [("Ben - B", "brightspace", "12346", "")],
            "Cem": [("Cem", "brightspace", "12347", "")],
        },
    ),
    "ILIAS": (
        {
            "Exercise 1/Abgaben/Lovelace_Ada_ada_123/neuron.py": GOOD,
            "Exercise 1/Abgaben/Bee_Ben_ben_124/hw/neuron.py": GOOD,
            "Exercise 1/Abgaben/van der Bee_Ben Jo_ben_125/neuron.ipynb": GOOD,
            "Exercise 1/status.xlsx": b"PK",
        },
        {
            "Ada Lovelace": [("Ada Lovelace", "ilias", "123", "")],
            "Ben Bee": [("Ben Bee", "ilias", "124", "")],
            "Ben Jo van der Bee": [("Ben Jo van der Bee", "ilias", "125", "")],
        },
    ),
    "Gradescope": (
        {
            "assignment_1_export/submission_11/neuron.py": GOOD,
            "assignment_1_export/submission_12/neuron.py": GOOD,
            "assignment_1_export/submission_13/neuron.py": GOOD,
            "assignment_1_export/submission_metadata.yml": METADATA,
        },
        {
            'Ada Lovelace and Ben "B" Bee': [
                ("Ada Lovelace", "gradescope", "1", "ada@x.org"),
                ('Ben "B" Bee', "gradescope", "007", "ben@x.org"),
            ],
            "Cem": [("Cem", "gradescope", "", "")],
            "submission_13": [],
        },
    ),
    "Teams": (
        {
            "HW1/Ada Lovelace/Version 1/neuron.py": b"old = 1",
            "HW1/Ada Lovelace/Version 2/neuron.py": GOOD,
            "HW1/Ben/Version 10/neuron.py": GOOD,
            "HW1/Ben/Version 9/neuron.py": b"old = 1",
        },
        {"Ada Lovelace": [], "Ben": []},
    ),
    "GitHub Classroom": (
        {"hw1-ada/exercises/neuron.py": GOOD, "hw1-ben/exercises/neuron.py": GOOD},
        {"hw1-ada": [], "hw1-ben": []},
    ),
    "Canvas": (
        {"lovelaceada_123_6_neuron-1.py": GOOD},
        {"lovelaceada": [("lovelaceada", "canvas", "123", "")]},
    ),
    "Moodle": (
        {"Ada L_12_assignsubmission_file_/neuron.py": GOOD},
        {"Ada L": [("Ada L", "moodle", "12", "")]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", ["zip", "folder"])
@pytest.mark.parametrize("platform", MORE)
def test_who_a_student_is_on_a_platform_is_read(world, platform, way, good, notebook):
    files, people = MORE[platform]
    files = {
        name: notebook("value = 1") if name.endswith("ipynb") else content
        for name, content in files.items()
    }
    submitted = world.zipped(*files.items())
    if way == "folder":
        strip = platform == "Teams"  # a wrapper around all students is looked for only in a zip
        world.put({name.partition("/")[2] if strip else name: c for name, c in files.items()})
        submitted = None
    found = find_class(submitted or world.folder / "submitted", world.BRICKS)
    assert {
        student.name: list(map(astuple, student.people)) for student in found.students
    } == people
    for student in found.students:
        assert good(student.files["neuron"].source()), student


def test_the_time_that_a_platform_gives_is_the_submissions(world):
    world.put(dict.fromkeys(MORE["Blackboard"][0], GOOD))
    ada, _ = find_class(world.folder / "submitted", world.BRICKS).students
    assert datetime.fromtimestamp(ada.files["neuron"].when) == datetime(2026, 11, 2, 10)

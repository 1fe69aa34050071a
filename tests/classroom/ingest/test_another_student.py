"""Nobody hands in as somebody else, nor takes others out of the class, by names of own files."""

from dataclasses import astuple

import pytest

from grader.submissions.find import find_class

GOOD = b"value = 1\n"
ADA = b"""---
:submission_5:
  :submitters:
  - :name: Ada Lovelace
    :sid: '1'
    :email: ada@x.org
"""
BLACKBOARD = "attempt_2026-11-01-10-00-00"

CLASSES = {
    "Gradescope's folder and metadata in a student's": (
        {
            "ada/neuron.py": GOOD,
            "bob/submission_5/neuron.py": GOOD,
            "bob/submission_metadata.yml": ADA,
        },
        {"ada": [], "bob": []},
    ),
    "ILIAS's folder in a student's": (
        {"ada/neuron.py": GOOD, "bob/Lovelace_Ada_ada_123/neuron.py": GOOD},
        {"ada": [], "bob": []},
    ),
    "ILIAS's folder beside other work of the only student": (
        {"bob/layer.py": GOOD, "bob/Lovelace_Ada_ada_123/neuron.py": GOOD},
        {"bob": []},
    ),
    "ILIAS's folder in Gradescope's": (
        {
            "export/submission_11/neuron.py": GOOD,
            "export/submission_12/hw/Lovelace_Ada_ada_123/neuron.py": GOOD,
        },
        {"submission_11": [], "submission_12": []},
    ),
    "ILIAS's name in ILIAS's folder": (
        {
            "Exercise 1/Abgaben/Lovelace_Ada_ada_123/neuron.py": GOOD,
            "Exercise 1/Abgaben/Bee_Bob_bob_124/Lovelace_Ada_ada_123/neuron.py": GOOD,
        },
        {
            "Ada Lovelace": [("Ada Lovelace", "ilias", "123", "")],
            "Bob Bee": [("Bob Bee", "ilias", "124", "")],
        },
    ),
    "Moodle's name twice": (
        {
            "Ada_12_assignsubmission_file_neuron.py": GOOD,
            "Bob_77_assignsubmission_file_Ada_12_assignsubmission_file_neuron.py": GOOD,
        },
        {"Ada": [("Ada", "moodle", "12", "")], "Bob": [("Bob", "moodle", "77", "")]},
    ),
    "Moodle's name behind Canvas's": (
        {
            "ada_1004_20006_neuron.py": GOOD,
            "bob_1005_20007_Ada_12_assignsubmission_file_neuron.py": GOOD,
        },
        {"ada": [("ada", "canvas", "1004", "")], "bob": [("bob", "canvas", "1005", "")]},
    ),
    "Blackboard's name behind Canvas's": (
        {
            "ada_1004_20006_neuron.py": GOOD,
            f"bob_1005_20007_x_ada_{BLACKBOARD}_neuron.py": GOOD,
            f"bob_1005_20008_y_ada_{BLACKBOARD}_neuron.py": GOOD,
        },
        {"ada": [("ada", "canvas", "1004", "")], "bob": [("bob", "canvas", "1005", "")]},
    ),
    "Canvas's name in Blackboard's, where the homework has numbers": (
        {
            f"Lab_1_2_ada_{BLACKBOARD}_neuron.py": GOOD,
            f"Lab_1_2_bob_{BLACKBOARD}_neuron.py": GOOD,
        },
        {"ada": [("ada", "blackboard", "ada", "")], "bob": [("bob", "blackboard", "bob", "")]},
    ),
}


@pytest.mark.parametrize("way", ["folder", "zip", "zip of the folder"])
@pytest.mark.parametrize("case", CLASSES)
def test_a_student_is_who_the_platform_says(world, case, way):
    files, expected = CLASSES[case]
    submitted = world.folder / "submitted"
    if way == "folder":
        world.put(files)
    else:
        around = "submitted/" if way == "zip of the folder" else ""
        submitted = world.zipped(*((around + name, content) for name, content in files.items()))
    found = find_class(submitted, world.BRICKS)
    assert {one.name: list(map(astuple, one.people)) for one in found.students} == expected


def test_a_name_that_ILIAS_would_not_give_is_left_out_of_nothing(world):
    world.put(
        {
            "Exercise 1/Abgaben/Lovelace_Ada_ada_123/neuron.py": GOOD,
            "Exercise 1/Abgaben/Bee_Bob_bob_b_124/neuron.py": GOOD,
            "Exercise 1/status.xlsx": b"PK",
        }
    )
    read, _ = world.came()
    assert {student: list(own) for student, own in read.items()} == {
        "Ada Lovelace": ["neuron"],
        "Bee_Bob_bob_b_124": ["neuron"],
    }

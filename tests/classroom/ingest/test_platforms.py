"""What learning platforms hand out, as folders and as zips."""

import shutil
import zipfile

import pytest

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

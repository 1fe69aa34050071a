"""A brick under any name that a person, a browser or a system gave it is graded, and said."""

import os
import re

import pytest

from grader.course import CourseError
from grader.outcome import Unloadable
from grader.source import Source
from grader.submissions.find import find_class
from grader.submissions.recognise import names_in
from grader.submissions.remarks import write

NAMES = (
    "neuron (1).{}", "neuron(2).{}", "neuron-ada.{}", "ada_neuron.{}", "Copy of neuron.{}",
    "Copie de neuron.{}", "Kopie von neuron.{}", "Copia de neuron.{}", "Copia di neuron.{}",
    "Kopia neuron.{}", "Cópia de neuron.{}", "Копия neuron.{}", "neuronのコピー.{}",
    "neuron 副本.{}",
    "neuron - Copy.{}", "neuron - Kopie (2).{}", "neuron-Copy1.{}", "neuron copy.{}",
    "Neuron.{}", "NEURON.{}", "neuron_final.{}", "neuron_final_v2.{}", "neuronFinal.{}",
    "neuron2.{}", "hw1-neuron.{}", "neuron .{}", " neuron.{}", "neuron.{} ", "neuron.{}.txt",
    "neuron.{}.{}.txt", "neuron.{} (1)", "neuron.{}.1", "neuron.{}", "exercises/neuron.{}",
    "ada/bricks/exercises/neuron.{}", "notebooks/neuron.{}", "NEURON_ADA.{}", "brick 1 neuron.{}",
    "my homework.{}", "Untitled.{}", "layer_neuron.{}", "TP1/rendu/Ada.{}",
)  # fmt: skip


@pytest.fixture(scope="module")
def solved(course):
    return (course.solutions / "neuron.py").read_bytes()


@pytest.fixture(scope="module")
def stub(course):
    return (course.exercises / "neuron.py").read_bytes()


@pytest.fixture
def taken(world, course):
    """Each student's file for `neuron`, and the remarks."""

    def taken(submitted=None, **more):
        found = find_class(
            submitted or world.folder / "submitted", list(course.bricks), known=names_in(course),
            **more,
        )  # fmt: skip
        files = {student.name: student.files.get("neuron") for student in found.students}
        return files, [remark.text for remark in found.remarks]

    return taken


def written(code, kind, notebook):
    return notebook("import numpy as np", code.decode()) if kind == "ipynb" else code


@pytest.mark.parametrize("kind", ["py", "ipynb"])
@pytest.mark.parametrize("name", NAMES)
def test_one_candidate_by_any_human_name_is_graded(world, taken, solved, notebook, name, kind):
    name = name.replace("{}", kind)
    world.put({f"ada/{name}": written(solved, kind, notebook), "ada/notes.txt": b"mine"})
    files, said = taken()
    assert isinstance(files["ada"].source(), Source)
    assert files["ada"].label == name
    plain = name == f"neuron.{kind}"
    assert [text for text in said if "is taken as" in text] == (
        [] if plain else [f"ada: {name} is taken as neuron."]
    )


OTHERS = (
    "test_neuron.py", "show_neuron.py", "neuron_tests.py", "neuron.pyc", "neuron.pdf", "neurons.py",
    "neuron.py.bak", "neuron.html", "plot neuron.py",
)  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_about_a_brick_does_not_stand_in_its_way(world, taken, solved, name):
    world.put({"ada/neuron.py": solved, f"ada/{name}": b"from neuron import *\n"})
    files, _ = taken()
    assert files["ada"].label == "neuron.py"


def test_a_helper_named_after_the_brick_does_not_stand_in_its_way(world, taken, solved):
    world.put({"ada/neuron.py": solved, "ada/neuron_plots.py": b"def draw(): pass\n"})
    files, said = taken()
    assert files["ada"].label == "neuron.py"
    assert said == ["ada: ignored neuron_plots.py."]


@pytest.mark.parametrize("around", ["", "kit/", "ada/kit/"])
def test_a_zip_of_the_whole_kit_and_a_zip_in_a_zip(world, taken, solved, stub, packed, around):
    kit = packed(
        (f"{around}exercises/neuron.py", solved),
        (f"{around}exercises/test_neuron.py", b"import a"),
        (f"{around}notebooks/neuron.ipynb", stub),
        (f"{around}grader/check.py", b"class Check: pass"),
        (f"{around}README.md", b"# neuron"),
    )  # fmt: skip
    world.put({"ada/kit.zip": kit, "ben/all.zip": packed(("kit.zip", kit))})
    files, _ = taken()
    for name in ("ada", "ben"):
        assert isinstance(files[name].source(), Source)
        assert files[name].label.endswith("exercises/neuron.py")


PAIRS = {
    "a module and a notebook": ("neuron.py", "neuron.ipynb"),
    "numbered by the browser": ("neuron.py", "neuron (1).py"),
    "none by its plain name": ("neuron_v1.py", "neuron_v2.py"),
    "in a folder": ("neuron.py", "exercises/neuron.py"),
    "by content alone": ("a.ipynb", "b.ipynb"),
}


def ipynb(name):
    return "ipynb" if name.endswith("ipynb") else "py"


@pytest.mark.parametrize("names", PAIRS.values(), ids=PAIRS)
def test_of_two_that_differ_none_is_taken_and_the_option_decides(
    world, taken, solved, notebook, names
):
    other = solved.replace(b"255", b"256")
    for name, code in zip(names, (solved, other), strict=True):
        world.put({f"ada/{name}": written(code, ipynb(name), notebook)})
    world.put({"ben/neuron.py": solved})
    files, said = taken()
    source = files["ada"].source()
    assert isinstance(source, Unloadable) and all(name in source.reason for name in names)
    assert all(name in said[0] for name in names) and "none is graded" in said[0]
    [option] = re.findall(r"--take '?(.+?)'?$", said[0])
    assert option == f"ada/{min(names, key=said[0].index)}"
    for name in names:
        chosen, said = taken(take=[f"ada/{name}"])
        assert chosen["ada"].label == name and isinstance(chosen["ada"].source(), Source)
        assert f"ada: {name} is taken as neuron, as you said." in said
        assert chosen["ben"].label == "neuron.py"
    typed = world.folder / "submitted" / "ada" / names[1]
    assert taken(take=[str(typed)])[0]["ada"].label == names[1]


def test_a_file_to_take_that_is_not_there_is_said(world, taken, solved):
    world.put({"ada/neuron.py": solved})
    with pytest.raises(CourseError, match=r"--take ada/other\.py: no file of"):
        taken(take=["ada/other.py"])


@pytest.mark.parametrize("stubs", [["neuron.py"], ["neuron.ipynb"], ["neuron.py", "old/neuron.py"]])
@pytest.mark.parametrize(
    "name", ["neuron (1).py", "neuron (1).ipynb", "ada.ipynb", "exercises/neuron.py"]
)
def test_what_differs_from_the_stub_counts(world, taken, solved, stub, notebook, stubs, name):
    for untouched in stubs:
        world.put({f"ada/{untouched}": written(stub, ipynb(untouched), notebook)})
    world.put({f"ada/{name}": written(solved, ipynb(name), notebook)})
    files, said = taken()
    assert files["ada"].label == name
    assert f"in {stubs[0]} nothing is written" in said[0]


def test_stubs_alone_are_graded_as_stubs(world, taken, stub, notebook):
    world.put({"ada/neuron.py": stub, "ada/neuron.ipynb": written(stub, "ipynb", notebook)})
    files, said = taken()
    assert files["ada"].label == "neuron.py" and len(said) == 1


def test_a_file_that_cannot_be_used_gives_way_to_one_that_can(world, taken, solved):
    world.put({"ada/neuron.ipynb": b"", "ada/neuron.py": solved, "ben/neuron.ipynb": b""})
    files, said = taken()
    assert files["ada"].label == "neuron.py"
    assert "neuron.ipynb cannot be used" in said[0]
    assert isinstance(files["ben"].source(), Unloadable)


def test_if_nothing_that_was_handed_in_is_a_brick_each_brick_says_so(world, taken, solved):
    world.put({"ada/essay.pdf": b"%PDF-1.7", "ben/neuron.py": solved, "cleo/.keep": b""})
    files, said = taken()
    source = files["ada"].source()
    assert isinstance(source, Unloadable)
    assert source.reason == "nothing that was handed in is a brick: essay.pdf (it is a PDF)"
    assert said == [f"ada: {source.reason}."]
    assert files["cleo"] is None


@pytest.mark.parametrize(
    ("names", "asked"),
    [
        ((b"neuron\x1b[2J.py", b"neuron\x1b[2J (1).py"), "ada/neuron\\x1b[2J (1).py"),
        ((b"neuron\xfe.py", b"neuron\xff.py"), "ada/neuron\\xdcfe.py"),  # no UTF-8
    ],
)
def test_a_name_that_is_no_text_can_be_taken_and_ends_nothing(world, names, asked):
    folder = world.folder / "submitted" / "ada"
    folder.mkdir(parents=True)
    for n, name in enumerate(names):
        with open(os.fsencode(folder) + b"/" + name, "wb") as file:
            file.write(b"value = %d\n" % n)
    [remark] = find_class(folder.parent, world.BRICKS).remarks
    assert remark.text.isprintable() and remark.text.endswith(f"--take '{asked}'")
    write([remark], world.folder / "remarks.txt")
    assert (world.folder / "remarks.txt").read_text() == f"{remark.text}\n"
    [ada] = find_class(folder.parent, world.BRICKS, take=[asked]).students
    assert ada.files["neuron"].source().code.startswith(b"value = ")

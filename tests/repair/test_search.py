"""Where one small edit mends a brick: found in the student's own code, and true of it."""

import shutil
from contextlib import closing

import pytest

from grader.course import PUBLIC_SEED, Course
from grader.examiner import Examiner
from grader.outcome import Skipped
from grader.repair.kinds import Kind
from grader.repaired import is_named, is_wrong, repairs_of, search_problem
from grader.report.text import place_of
from grader.result import Result
from grader.runner.process import Process
from grader.selfcheck.explain import explain_brick, places_to_look
from grader.source import Source

BUDGET = 20.0  # seconds of processor time: a busy machine changes nothing

# brick, what the reference says, what the student wrote, the function, the kind
SLIPS = [
    ("neuron", "(self.forward(x) > 0.5)", "(self.forward(x) >= 0.5)", "Neuron.predict",
     "COMPARISON"),
    ("neuron", "return x.T @ d_z, d_z.sum()", "return x.T @ d_z, d_z.mean()", "Neuron.gradients",
     "FUNCTION"),
    ("neuron", "x @ self.kernel + self.bias)", "x @ self.kernel) + self.bias", "Neuron.forward",
     "INSIDE"),
    ("neuron", "len(images), -1) / 255.0", "len(images), -1) / 256.0", "images_to_vectors",
     "CONSTANT"),
    ("layer", "self.d_bias = d_out.sum(axis=0)", "self.d_bias = d_out.sum(axis=1)",
     "Dense.backward", "AXIS"),
    ("layer", "self.d_kernel = self.x.T @ d_out", "self.d_kernel = -self.x.T @ d_out",
     "Dense.backward", "SIGN"),
    ("convolution", ", kernel, axes=((3, 4, 5), (2, 0, 1))) + bias",
     ", kernel, axes=((3, 4, 5), (2, 0, 1))) - bias", "conv2d", "SIGN"),
    ("mlp", "layer.backward(relu_backward(d, z))", "relu_backward(layer.backward(d), z)",
     "MLP.backward", "NESTED"),
]  # fmt: skip


@pytest.fixture(scope="module")
def examined(course):
    """examined(brick, source): the examination of that source, without Keras and bars."""
    with closing(Process()) as student, closing(Process()) as reference:
        examiner = Examiner(course, reference, PUBLIC_SEED)

        def examined(brick, code, file=None, explained=False):
            *before, right = course.reference(brick)
            own = Source(brick, file or right.file, code)
            examination = examiner.of_sources(brick, [*before, own], student, explained=explained)
            for check in examination.brick.checks.values():
                if not check.is_quick:
                    left_out = Result(check, Skipped("this test"), {})
                    examination._ran[check.name] = left_out
            return examination

        yield examined


def text_of(course, brick):
    return course.reference(brick)[-1].code.decode()


@pytest.mark.long
@pytest.mark.parametrize("brick, right, wrong, function, kind", SLIPS)
def test_a_slip_is_placed(course, examined, brick, right, wrong, function, kind):
    text = text_of(course, brick)
    assert text.count(right) == 1
    examination = examined(brick, text.replace(right, wrong).encode())
    [repair] = repairs_of(list(examination), examination, BUDGET)
    assert repair.whole
    line = 1 + text[: text.index(right)].count("\n")
    assert (repair.function, repair.lines) == (function, (line,))
    assert repair.text == text.replace(right, wrong).splitlines()[line - 1].strip()
    assert repair.look == Kind[kind].value


def test_nothing_is_searched_where_nothing_is_wrong(course, examined):
    examination = examined("neuron", text_of(course, "neuron").encode())
    assert repairs_of(list(examination), examination, BUDGET) == []


def test_no_time_is_no_repair(course, examined):
    brick, right, wrong, *_ = SLIPS[0]
    text = text_of(course, brick).replace(right, wrong)
    examination = examined(brick, text.encode())
    assert repairs_of(list(examination), examination, 0.0) == []


@pytest.mark.slow
def test_a_cell_of_a_notebook_is_named(course, examined):
    from grader.cells import Cell, joined

    brick, right, wrong, function, _ = SLIPS[0]
    text = text_of(course, brick).replace(right, wrong)
    start = text.index("class Neuron")
    texts = (text[:start], text[start:], "this is no Python")
    cells = [Cell(f"cell {number}", one) for number, one in enumerate(texts, 1)]
    examination = examined(brick, joined(cells).encode(), "neuron.ipynb")
    [repair] = repairs_of(list(examination), examination, BUDGET)
    assert repair.file == "cell 2 of neuron.ipynb"
    assert (
        repair.function == function and repair.text == "return (self.forward(x) >= 0.5).astype(int)"
    )


HOSTILE = {
    "loops when edited": """
import sys
def relu_like(z):
    n = 1
    while n != 1:
        pass
    return z
""",
    "prints without end": """
def noisy(z):
    for _ in range(1):
        print("x" * 10_000_000)
    return z
""",
    "leaves": """
def leaves(z):
    if len(z) < 0:
        raise SystemExit
    return z
""",
}


@pytest.mark.slow
@pytest.mark.parametrize("trick", HOSTILE)
def test_an_edit_that_never_ends_or_leaves_is_cut_off(course, examined, trick):
    brick, right, wrong, function, _ = SLIPS[2]
    name = HOSTILE[trick].split("def ")[1].split("(")[0]
    text = text_of(course, brick).replace(right, wrong) + HOSTILE[trick]
    text = text.replace("return sigmoid(x @", f"return sigmoid({name}(x) @")
    examination = examined(brick, text.encode())
    [repair] = repairs_of(list(examination), examination, BUDGET)
    assert repair.function == function


@pytest.mark.slow
def test_an_edit_that_fits_one_draw_alone_is_refused(course, examined):
    """The mean over 6 samples is no sum divided by 6: another draw has other samples."""
    text = text_of(course, "neuron")
    right = "return x.T @ d_z, d_z.sum()"
    n = len(course.bricks["neuron"].checks["gradient_values"].draw(PUBLIC_SEED)["x"])
    wrong = f"return x.T @ d_z, d_z.sum() * {n}"
    examination = examined("neuron", text.replace(right, wrong).encode())
    [repair] = repairs_of(list(examination), examination, BUDGET)
    assert repair.function == "Neuron.gradients"
    assert repair.look == Kind.FACTOR.value


def test_what_is_not_found_in_time_is_looked_for_by_a_command(course, examined):
    brick, right, wrong, *_ = SLIPS[1]
    wrong = "return x.T @ d_z, d_z.sum() ** 3"  # on no list
    examination = examined(brick, text_of(course, brick).replace(right, wrong).encode())
    assert not any(is_named(result) for result in examination)
    assert places_to_look([examination], 0.0) == [
        "Where to look is not found yet: `bricks explain neuron` goes on looking."
    ]


@pytest.mark.slow
def test_a_place_is_told_of_the_part_that_it_mends(course, examined, tmp_path, capsys):
    """Beside a known mistake in another part, which it does not mend."""
    _, right, wrong, *_ = SLIPS[1]
    text = text_of(course, "neuron").replace(right, wrong).replace("/ 255.0", "* 1.0")
    examination = examined("neuron", text.encode(), explained=True)
    assert {it.check.part for it in examination if is_named(it)} == {"images_to_vectors"}
    lines = places_to_look([examination], BUDGET)
    assert lines[0] == "neuron (gradient_values) can be mended in one place"
    for folder in ("exercises", "solutions"):
        shutil.copytree(course.root / folder, tmp_path / folder)
    (tmp_path / "exercises" / "neuron.py").write_text(text)
    assert explain_brick(Course(tmp_path), "neuron") == 1
    _, known, mended = capsys.readouterr().out.split("neuron / ")
    assert known.startswith("images_to_vectors") and "\n  where" not in known
    assert mended.startswith("Neuron.gradients") and "\n  where" in mended


def test_a_part_that_calls_one_with_a_known_mistake_gets_no_place_of_its_own(course, examined):
    """`fit` fails with it, for its batches differ in size: a place in `fit` alone would mislead."""
    text = text_of(course, "mlp")
    text = text.replace("        self.hidden_z = []  # what went into each ReLU\n", "")
    text = text.replace("self.hidden_z[::-1]", "self.hidden_z[: len(self.layers) - 1][::-1]")
    text = text.replace(
        "        self.layers = [", "        self.hidden_z = []\n        self.layers = ["
    )
    examination = examined("mlp", text.encode(), explained=True)
    results = list(examination)
    assert {it.check.part for it in results if is_named(it)} == {"MLP.backward"}
    assert any(is_wrong(it) and it.check.part == "MLP.fit" for it in results)
    failing = search_problem(results, examination).failing
    assert "MLP.backward" in {check.part for check in failing}


def test_a_mistake_is_named_beside_one_of_a_function_that_is_not_called(course, examined):
    """A loss that is summed, behind pixels that are divided by 256."""
    _, right, wrong, *_ = SLIPS[3]
    text = text_of(course, "neuron").replace(right, wrong)
    text = text.replace("-np.mean(y_true", "-np.sum(y_true")
    examination = examined("neuron", text.encode(), explained=True)
    assert {it.check.part for it in examination if is_named(it)} == {"binary_cross_entropy"}


PAIRS = {
    "in two functions": [SLIPS[0], SLIPS[1]],
    "in one function": [
        ("layer", "self.d_bias = d_out.sum(axis=0)", "self.d_bias = d_out.sum(axis=1)",
         "Dense.backward", "AXIS"),
        ("layer", "return d_out @ self.kernel.T", "return -d_out @ self.kernel.T",
         "Dense.backward", "SIGN"),
    ],
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("slips", PAIRS.values(), ids=list(PAIRS))
def test_two_slips_are_placed_in_turn(course, examined, slips):
    brick, text = slips[0][0], text_of(course, slips[0][0])
    lines = {}
    for _, right, wrong, function, _ in slips:
        assert text.count(right) == 1
        lines[function, (1 + text[: text.index(right)].count("\n"),)] = None
        text = text.replace(right, wrong)
    examination = examined(brick, text.encode())
    first, second = repairs_of(list(examination), examination, BUDGET)
    assert {(it.function, it.lines): None for it in (first, second)} == lines
    assert first.whole and second.whole
    assert (first.by_other, second.by_other) == (len(second.mends), len(first.mends))
    assert (first.other, second.other) == (second.where, first.where)
    assert not set(first.mends) & set(second.mends) and first.mends and second.mends
    assert "One small change there and one in line " in place_of(first)


@pytest.mark.slow
def test_a_part_not_written_yet_keeps_no_slip_from_its_place(course, examined):
    brick, right, wrong, function, kind = SLIPS[1]
    text = text_of(course, brick).replace(right, wrong)
    start = text.index("    def fit(")
    body = text.index("\n", text.index("):", start))
    text = f"{text[:body]}\n        raise NotImplementedError\n{text[body:]}"
    examination = examined(brick, text.encode())
    [repair] = repairs_of(list(examination), examination, BUDGET)
    assert (repair.function, repair.look) == (function, Kind[kind].value)
    assert not repair.whole
    assert place_of(repair).splitlines()[0].endswith("and 1 more check passes")

"""Expected values: the same live and recorded, and never a student's fault when they fail."""

import numpy as np
import pytest

from grader.author.record import record_expected, write_expected
from grader.course import PUBLIC_SEED, Course
from grader.examine import Examination
from grader.examiner import known_for
from grader.expected import NoExpectedValue, RecordedExpected, fingerprint
from grader.live import LiveExpected
from grader.outcome import Fault, NotFinite, Passed, WrongValue
from grader.runner.in_process import InProcess
from grader.submission import handed_from, sources_of

CHECKS = """
import numpy as np
from grader import Brick

brick = Brick("toy", order=1, title="Toy")


def drawn(rng):
    return {"x": rng.normal(size=(3, 2)), "n": int(rng.integers(9)), "hidden": rng.normal(size=4)}


@brick.check("f", points=1, called="f(x, n)", hint="Think.", inputs=drawn)
def values(toy, x, n):
    return {"f(x)": toy.f(x, n), "x after the call": x, "n": n, "is it": n > 4}


@brick.check(
    "f", points=1, called="f(x, n)", hint="Think.", inputs=drawn,
    measure=lambda returned, inputs: {"sum": np.sum(returned["f(x)"]) + np.sum(inputs["hidden"])},
)
def sums(toy, x, n):
    return {"f(x)": toy.f(x, n)}
"""
SOLUTION = "import numpy as np\ndef f(x, n): return (x.T * n).astype(np.float32)\n"


@pytest.fixture
def course(tmp_path):
    """A course of one toy brick, solved."""
    for name, text in (("exercises/test_toy.py", CHECKS), ("solutions/toy.py", SOLUTION)):
        path = tmp_path / name
        path.parent.mkdir()
        path.write_text(text)
    (tmp_path / "exercises" / "toy.py").write_text(SOLUTION)
    return Course(tmp_path)


@pytest.fixture
def kit(course):
    """The same course as students get it: recorded, without the solution."""
    course.recorded.mkdir()
    record_expected(course, "toy", LiveExpected(course, InProcess()), course.recorded)
    (course.solutions / "toy.py").unlink()
    return Course(course.root)


def examined(course, expected_values, seed=PUBLIC_SEED):
    sources = sources_of(course, "toy", handed_from(course, course.exercises))
    return [
        r.outcome for r in Examination(course, "toy", sources, InProcess(), expected_values, seed)
    ]


@pytest.mark.parametrize("name", ["values", "sums"])
def test_live_and_recorded_give_the_same(course, name, request):
    check = course.bricks["toy"].checks[name]
    inputs = check.draw(PUBLIC_SEED)
    live = LiveExpected(course, InProcess()).expected(check, inputs)
    kit = request.getfixturevalue("kit")
    recorded = RecordedExpected(kit.recorded).expected(check, inputs)
    assert list(live) == list(recorded)
    for key, array in live.items():
        assert array.dtype == recorded[key].dtype
        assert array.shape == recorded[key].shape
        assert np.array_equal(array, recorded[key])


def test_a_course_with_solutions_is_live_and_a_kit_is_recorded(course, request):
    assert isinstance(known_for(course, "toy", InProcess())[0], LiveExpected)
    assert isinstance(
        known_for(request.getfixturevalue("kit"), "toy", InProcess())[0], RecordedExpected
    )


@pytest.mark.parametrize(
    ("source", "outcome"),
    [(SOLUTION, Passed), (SOLUTION.replace("* n", "* n + 1"), WrongValue),
     (SOLUTION.replace("* n", "* np.nan"), NotFinite)],
)  # fmt: skip
def test_live_and_recorded_give_the_same_verdict(course, source, outcome, request):
    (course.exercises / "toy.py").write_text(source)
    live = examined(course, LiveExpected(course, InProcess()))
    kit = request.getfixturevalue("kit")
    recorded = examined(kit, RecordedExpected(kit.recorded))
    assert [type(o) for o in live] == [type(o) for o in recorded] == [outcome, outcome]


def test_the_reference_runs_once_for_the_same_inputs(course):
    class Counting(InProcess):
        runs = 0

        def run(self, job):
            self.runs += 1
            return super().run(job)

    place = Counting()
    expected_values = LiveExpected(course, place)
    check = course.bricks["toy"].checks["values"]
    first, again, other = (expected_values.expected(check, check.draw(seed)) for seed in (0, 0, 1))
    assert place.runs == 2
    assert first is again
    assert not np.array_equal(first["f(x)"], other["f(x)"])


def test_recorded_refuses_other_inputs(kit):
    check = kit.bricks["toy"].checks["values"]
    with pytest.raises(NoExpectedValue, match="other inputs"):
        RecordedExpected(kit.recorded).expected(check, check.draw(PUBLIC_SEED + 1))


def changed(content, how):
    return {
        "empty": b"",
        "garbage": b"garbage" * 100,
        "header cut": content[:20],
        "one byte missing": content[:-1],
        "one byte more": content + b"\0",
        "length": b"\xff" + content[1:],
        "text": content.replace(b"shape", b"shame"),
        "no metadata": content.replace(b"__metadata__", b"__metabase__"),
    }[how]


HOWS = ["empty", "garbage", "header cut", "one byte missing", "one byte more", "length", "text",
        "no metadata"]  # fmt: skip


@pytest.mark.parametrize("how", HOWS)
def test_recorded_refuses_a_damaged_file_and_names_it(kit, how):
    path = kit.recorded / "toy.safetensors"
    path.write_bytes(changed(path.read_bytes(), how))
    check = kit.bricks["toy"].checks["values"]
    with pytest.raises(NoExpectedValue, match=r"toy\.safetensors"):
        RecordedExpected(kit.recorded).expected(check, check.draw(PUBLIC_SEED))


def test_recorded_refuses_a_missing_file_and_a_folder_in_its_place(kit):
    path = kit.recorded / "toy.safetensors"
    check = kit.bricks["toy"].checks["values"]
    path.unlink()
    for _ in range(2):
        with pytest.raises(NoExpectedValue, match=r"toy\.safetensors cannot be read"):
            RecordedExpected(kit.recorded).expected(check, check.draw(PUBLIC_SEED))
        path.mkdir(exist_ok=True)


def test_recorded_refuses_a_check_that_was_not_recorded(kit):
    write_expected(kit.recorded / "toy.safetensors", {"sums": {"sum": np.ones(())}}, {"sums": {}})
    check = kit.bricks["toy"].checks["values"]
    with pytest.raises(NoExpectedValue, match="nothing for values"):
        RecordedExpected(kit.recorded).expected(check, check.draw(PUBLIC_SEED))


@pytest.mark.parametrize("how", ["missing", *HOWS])
def test_without_a_recording_it_is_our_fault_and_no_mistake(kit, how):
    path = kit.recorded / "toy.safetensors"
    content = path.read_bytes()
    path.unlink()
    if how != "missing":
        path.write_bytes(changed(content, how))
    outcomes = examined(kit, RecordedExpected(kit.recorded))
    assert [type(outcome) for outcome in outcomes] == [Fault, Fault]
    assert "toy.safetensors" in outcomes[0].reason


def test_with_another_seed_than_the_recorded_it_is_our_fault(kit):
    assert {type(o) for o in examined(kit, RecordedExpected(kit.recorded), seed=5)} == {Fault}


@pytest.mark.parametrize(
    "solution",
    [
        "1 / 0",
        "def g(): pass",
        "def f(x, n): raise NotImplementedError",
        "def f(x, n): return None",
        "def f(x, n): return 'text'",
    ],
)
def test_a_reference_that_fails_is_our_fault_and_no_mistake(course, solution):
    (course.solutions / "toy.py").write_text(solution)
    outcomes = examined(course, LiveExpected(course, InProcess()))
    assert [type(outcome) for outcome in outcomes] == [Fault, Fault]


def test_a_reference_that_is_not_finite_passes_nobody(course):
    (course.solutions / "toy.py").write_text(SOLUTION.replace("* n", "* np.inf"))
    assert Passed not in [type(o) for o in examined(course, LiveExpected(course, InProcess()))]


INPUTS = {"x": np.arange(6.0).reshape(2, 3), "n": 11, "rate": 0.5, "mode": "same"}


@pytest.mark.parametrize(
    "other",
    [
        {**INPUTS, "x": np.arange(6.0).reshape(3, 2)},
        {**INPUTS, "x": np.arange(6.0)},
        {**INPUTS, "x": np.arange(6.0).reshape(2, 3) + 1e-3},
        {**INPUTS, "n": 12},
        {**INPUTS, "rate": 0.25},
        {**INPUTS, "mode": "valid"},
        {**INPUTS, "more": 1},
        {k: v for k, v in INPUTS.items() if k != "n"},
        {"y" if k == "x" else k: v for k, v in INPUTS.items()},
        {**{k: v for k, v in INPUTS.items() if k != "n"}, "n1": 1},
    ],
    ids=["shape", "axes", "value", "integer", "float", "text", "more", "fewer", "name", "n1"],
)
def test_the_fingerprint_changes_with_value_shape_and_name(other):
    assert fingerprint(other) != fingerprint(INPUTS)


def test_the_fingerprint_is_of_the_values_and_not_of_how_they_are_kept():
    same = {
        "mode": "same",
        "rate": np.float64(0.5 + 1e-16),
        "n": np.int32(11),
        "x": np.asfortranarray(INPUTS["x"]) + 1e-15,
    }
    assert fingerprint(same) == fingerprint(INPUTS)


def test_the_fingerprint_knows_no_negative_zero():
    assert fingerprint({"x": np.array([-0.0])}) == fingerprint({"x": np.array([0.0])})


def test_a_check_that_cannot_draw_its_inputs_is_our_fault(course):
    broken = CHECKS.replace("rng.integers(9)", "rng.integers(0)")
    (course.exercises / "test_toy.py").write_text(broken)
    outcomes = examined(Course(course.root), LiveExpected(course, InProcess()))
    assert [type(outcome) for outcome in outcomes] == [Fault, Fault]
    assert "cannot draw its inputs" in outcomes[0].reason


def test_a_measure_that_fails_on_the_reference_too_is_our_fault(course):
    broken = CHECKS.replace('np.sum(inputs["hidden"])', 'np.sum(inputs["gone"])')
    (course.exercises / "test_toy.py").write_text(broken)
    outcomes = examined(Course(course.root), LiveExpected(Course(course.root), InProcess()))
    assert [type(outcome) for outcome in outcomes] == [Passed, Fault]

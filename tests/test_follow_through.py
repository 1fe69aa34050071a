"""Follow-through: a part that builds on a wrong one is judged on the reference's version of it."""

from contextlib import closing
from pathlib import Path

import pytest

from grader import follow_through
from grader.author.build import solution_of, stub
from grader.classroom.deciding import modules
from grader.content import ENGINE
from grader.course import Course
from grader.examiner import Examiner
from grader.follow_through import FollowThrough, reference_functions
from grader.outcome import Accuracy, Fault, Passed, Raised, Skipped, TooSlow, WrongValue
from grader.probe import Loaded, Returned, Run
from grader.reference_functions import ReferenceFunctions
from grader.report.check_report import check_report
from grader.report.equality import equal
from grader.report.report import check_from_plain, plain_check
from grader.report.text import explain
from grader.report.withheld import withheld
from grader.runner.in_process import InProcess
from grader.runner.process import Process
from grader.source import Source

CHECKS = """
import numpy as np

from grader import Brick

brick = Brick("toy", order=1, title="Toy")
x = lambda rng: {"x": rng.normal(size=5)}


@brick.check("scale", points=1, called="scale(x)", hint="Twice.", inputs=x)
def scaled(toy, x):
    return {"scale(x)": toy.scale(x)}


@brick.check("Unit", points=1, called="Unit(seed)", hint="Draw.", needs=("unit_forward",),
             vouched_by=("unit_forward", "unit_backward"),
             inputs=lambda rng: {"seed": int(rng.integers(9))},
             measure=lambda returned, inputs: {"shape": np.shape(returned["weight"])})
def start(toy, seed):
    return {"weight": toy.Unit(seed).weight}


def unit_with(toy, x):
    unit = toy.Unit(1)
    unit.weight = x + 1
    return unit


@brick.check("Unit.forward", points=1, called="forward(x)", hint="Scale.", inputs=x,
             needs=("scaled",))
def unit_forward(toy, x):
    return {"out": unit_with(toy, x).forward(x)}


@brick.check("Unit.backward", points=1, called="backward(d)", hint="Back.", inputs=x,
             needs=("unit_forward",))
def unit_backward(toy, x):
    unit = unit_with(toy, x)
    unit.forward(x)
    d_x = unit.backward(x)
    return {"d_x": d_x, "d_weight": unit.d_weight}


@brick.check("Unit.step", points=1, called="step(0.5)", hint="Move.", inputs=x,
             needs=("unit_backward",))
def unit_steps(toy, x):
    unit = unit_with(toy, x)
    unit.forward(x)
    unit.backward(x)
    unit.step(0.5)
    return {"weight": unit.weight}


@brick.check("train", points=1, called="train(unit, x)", hint="Train.", inputs=x,
             needs=("unit_steps",))
def trained(toy, x):
    unit = unit_with(toy, x)
    return {"loss": toy.train(unit, x), "weight": unit.weight}


@brick.check("bar", points=1, called="train", hint="Learn.", labels="y", needs=("trained",),
             inputs=lambda rng: {"x": rng.normal(size=9), "y": np.ones(9, int)})
def learned(toy, x):
    unit = unit_with(toy, x)
    toy.train(unit, x)
    return {"labels": (toy.scale(x) == 2 * x).astype(int)}
"""
SOLUTION = """
import numpy as np

FACTOR = 2.0


def _doubled(x):
    return FACTOR * x


def scale(x):
    return _doubled(x)


class Unit:
    def __init__(self, seed):
        self.weight = np.random.default_rng(seed).normal(size=5)

    def forward(self, x):
        self.x = x
        self.out = scale(x * self.weight)
        return self.out

    def backward(self, d):
        self.d_weight = 2 * d * self.x + self.out
        return 2 * d * self.weight

    def step(self, rate):
        self.weight = self.weight - rate * self.d_weight


def train(unit, x):
    loss = unit.forward(x).sum()
    unit.backward(x)
    unit.step(0.1)
    return loss
"""
# Another style: other private names, a cache in a dictionary, changes in place, an option more.
STUDENT = """
import numpy as np


def scale(x, times=2):
    return times * x


class Unit:
    def __init__(self, seed):
        self.weight = np.random.default_rng(seed).uniform(size=5)

    def forward(self, values, training=True):
        self.result = scale(values * self.weight, times=2)
        self.kept = values
        return self.result

    def backward(self, d):
        self.d_weight = self.result + d * 2 * self.kept
        return d * 2 * self.weight

    def step(self, rate):
        self.weight -= rate * self.d_weight


def train(unit, x):
    loss = unit.forward(x, training=True).sum()
    unit.backward(x)
    unit.step(0.1)
    return loss
"""
SLIPS = {
    "scale": ("return times * x", "return times * x + 1"),
    "Unit.forward": ("scale(values * self.weight, times=2)", "scale(values + self.weight)"),
    "Unit.backward": ("self.result + d * 2", "self.result - d * 2"),
    "Unit.step": ("self.weight -= rate", "self.weight += rate"),
    "train": ("unit.step(0.1)", "unit.step(0.2)"),
}
BARS = '{"toy/learned": {"bar": 0.9, "mean": 0.98, "spread": 0.01, "minimum": 0.95, "seeds": 20}}'


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    root = tmp_path_factory.mktemp("toy")
    for path, text in (
        ("exercises/test_toy.py", CHECKS),
        ("exercises/bars.json", BARS),
        ("solutions/toy.py", SOLUTION),
    ):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text)
    return Course(root)


@pytest.fixture(scope="module")
def functions(toy):
    return reference_functions(toy, "toy")


@pytest.fixture(scope="module")
def graded(toy, functions):
    """graded(code, runner): the examination of the code and its follow-through."""

    def graded(code, runner=None):
        own = Source("toy", "toy.py", code.encode())
        examiner = Examiner(toy, InProcess())
        examination = examiner.of_sources("toy", [own], runner or InProcess(), explained=False)
        return examination, FollowThrough(examination, functions)

    return graded


def with_slip(part):
    before, after = SLIPS[part]
    assert STUDENT.count(before) == 1
    return STUDENT.replace(before, after)


def points(results):
    return {result.check.name for result in results if result.points}


EVERY = {"scaled", "start", "unit_forward", "unit_backward", "unit_steps", "trained", "learned"}


def test_a_right_solution_is_judged_on_nothing_but_itself(graded):
    examination, followed = graded(STUDENT)
    assert points(examination) == points(followed) == EVERY
    assert all(result.outcome.on is None for result in followed)


@pytest.mark.parametrize("part", SLIPS)
def test_a_slip_costs_the_points_of_its_own_part(graded, part):
    examination, followed = graded(with_slip(part))
    lost = {r.check.name: r.check.part for r in followed if not r.points}
    assert set(lost.values()) == {part}
    assert points(examination) < points(followed) or part == "train"


def test_the_report_says_on_what_a_check_was_judged(graded):
    _, followed = graded(with_slip("scale"))
    found = {result.check.name: result for result in followed}
    assert found["unit_forward"].outcome == Passed(on=("scale",))
    assert "judged    on the reference's `scale`" in explain(check_report(found["unit_forward"]))
    assert isinstance(found["scaled"].outcome, WrongValue)


def test_a_self_check_goes_on_waiting(graded):
    examination, _ = graded(with_slip("scale"))
    assert isinstance(examination.result("unit_forward").outcome, Skipped)


def test_two_parts_that_are_wrong_are_both_replaced(graded):
    both = with_slip("scale").replace(*SLIPS["Unit.step"])
    _, followed = graded(both)
    found = {result.check.name: result for result in followed}
    assert found["trained"].outcome.on == ("scale", "Unit.step")
    assert points(followed) == EVERY - {"scaled", "unit_steps", "learned"}


def test_an_accuracy_is_judged_with_one_part_of_the_reference_at_most(graded):
    _, followed = graded(with_slip("scale"))
    [bar] = [result for result in followed if result.check.labels]
    assert isinstance(bar.outcome.reached, Accuracy) and bar.outcome.on == ("scale",)


def test_what_fails_on_the_reference_too_is_reported_as_it_came(graded):
    both = with_slip("scale").replace(*SLIPS["Unit.forward"])
    examination, followed = graded(both)
    assert followed.result("unit_forward").outcome == examination.result("unit_forward").outcome
    assert isinstance(followed.result("unit_forward").outcome, Skipped)


def test_a_part_says_what_is_wrong_where_all_that_it_waits_for_passes_in_grading(graded):
    """`start` waits for `unit_forward`, which has its points on the reference's `Unit`."""
    wrong = STUDENT.replace(
        "self.weight = np.random.default_rng(seed)", "self.weight = np.random.generator(seed)"
    )
    examination, followed = graded(wrong)
    assert followed.result("unit_forward").outcome == Passed(on=("Unit",))
    assert isinstance(examination.result("start").outcome, Skipped)
    assert isinstance(followed.result("start").outcome, Raised)
    assert followed.result("start").outcome.lines[-1].text.startswith("self.weight =")
    assert points(followed) == EVERY - {"start"}


def test_a_part_that_is_missing_or_not_written_is_replaced(graded):
    for code in (
        STUDENT.replace("return times * x", "raise NotImplementedError"),
        STUDENT.replace("def scale(x", "def other(x"),
    ):
        _, followed = graded(code)
        assert {"unit_backward", "unit_steps", "trained"} <= points(followed)
        assert "scaled" not in points(followed)


def test_a_part_that_never_ends_does_not_run_again(toy, graded, functions):
    endless = STUDENT.replace("self.weight -= rate * self.d_weight", "while True: pass")

    class Impatient:
        """Ends each job that would run the student's step."""

        def __init__(self):
            self.jobs = []

        def run(self, job):
            self.jobs.append(job)
            check, given = job.check, job.substituted
            uses_step = check is not None and "Unit.step" in functions.used_by(check)
            if uses_step and not (given and "Unit.step" in given.alone):
                return Run(TooSlow(1.0))
            return InProcess().run(job)

    runner = Impatient()
    _, followed = graded(endless, runner)
    assert "trained" in points(followed) and "unit_steps" not in points(followed)
    assert followed.result("trained").outcome.on == ("Unit.step",)


def test_a_check_that_compares_with_itself_counts_if_a_voucher_has_its_points(graded):
    _, followed = graded(with_slip("Unit.forward"))
    assert "start" in points(followed)  # unit_backward vouches for it
    nothing = STUDENT.replace("return self.result", "return None").replace(
        "return d * 2 * self.weight", "return None"
    )
    _, followed = graded(nothing)
    assert not {"start", "unit_forward", "unit_backward"} & points(followed)


def test_only_what_is_replaced_and_its_helpers_are_put_beside_the_students_code(functions):
    given = functions.substituted({"scale"}, {"Unit.forward"})
    assert "def scale" in given.code.decode() and "def _doubled" in given.code.decode()
    for other in (b"class", b"forward", b"def train"):
        assert other not in given.code
    of_step = functions.substituted({"Unit.backward"}, {"train"})
    assert of_step.followed == ("Unit.forward",)  # it leaves x and out in the object
    assert b"def step" not in of_step.code and b"def train" not in of_step.code
    assert functions.substituted({"Unit.backward"}, {"Unit.forward"}) is None


def test_nothing_of_the_own_part_and_of_later_ones_reaches_the_child(course):
    """In none of the bricks, whatever parts are wrong."""
    for name, brick in course.bricks.items():
        functions = reference_functions(course, name)
        names = list(brick.parts)
        for check in brick.checks.values():
            later = names[names.index(check.part) :]
            kept = {f for part in later for f in functions.of_part(part)}
            for part in functions.parts_used_by(check):
                given = functions.substituted(functions.of_part(part), kept)
                if given is None:
                    continue
                beside = ReferenceFunctions(brick, given.code, frozenset())
                assert not kept & beside.names, (check.id, part)


def test_the_wrong_function_is_named_where_it_is_the_only_one(graded):
    _, followed = graded(with_slip("train"))
    said = explain(check_report(followed.result("trained")))
    assert "where     in `train` itself: all that it uses is right" in said
    hidden = STUDENT.replace("times * x", "times * x if x.sum() < 8 else x")
    _, followed = graded(hidden.replace("unit.step(0.1)", "unit.step(0.2)"))
    assert "where" not in explain(check_report(followed.result("unit_steps")))


def test_no_more_time_goes_into_the_wrong_function_than_there_is(graded, monkeypatch):
    """Code that is slow and wrong would run once more for each function that a check uses."""
    monkeypatch.setattr(follow_through, "MOST_LOCATING", 0.2)
    before = "def train(unit, x):\n"
    slow = with_slip("train").replace(before, f"{before}    __import__('time').sleep(0.5)\n")
    examination, followed = graded(slow)
    again, located = examination.again, []
    monkeypatch.setattr(
        examination, "again", lambda check, given: located.append(check) or again(check, given)
    )
    assert "\n  where  " not in explain(check_report(followed.result("trained")))
    assert len(located) == 1
    assert points(graded(slow)[1]) == points(followed)


def test_a_callee_is_named_that_its_own_check_found_right(graded):
    """It is wrong only for numbers as `forward` makes them: x * (x + 1) is never below -1/4."""
    hidden = STUDENT.replace("return times * x", "return times * x if x.min() < -0.25 else x")
    _, followed = graded(hidden)
    assert "scaled" in points(followed)
    said = explain(check_report(followed.result("unit_forward")))
    assert "where     `Unit.forward` is right; `scale`, which it uses, is not" in said


def test_while_bricks_are_open_nothing_of_a_run_on_the_reference_is_shown(graded):
    noisy = with_slip("scale").replace("self.kept = values", "self.kept = values; print(values)")
    _, followed = graded(noisy)
    own = Source("toy", "toy.py", noisy.encode())
    for result in followed:
        if isinstance(result.outcome, Passed) and result.outcome.on:
            assert result.printed == "" and result.why is None
    _, followed = graded(with_slip("train"))
    shown = withheld(followed.result("trained"), own)
    assert shown.why is None or shown.why.where is None


def test_a_grade_depends_on_how_parts_are_replaced():
    names = {
        "grader.follow_through",
        "grader.reference_functions",
        "grader.runner.substituting",
        "grader.locate",
    }
    assert names <= set(modules(ENGINE))


def test_an_answer_that_is_none_ends_no_grading(toy, functions):
    class Empty:
        def run(self, job):
            return Run(Loaded() if job.check is None else Returned({}))

    own = Source("toy", "toy.py", STUDENT.encode())
    examination = Examiner(toy, InProcess()).of_sources("toy", [own], Empty(), explained=False)
    assert points(FollowThrough(examination, functions)) == set()


BROKEN = """

def _broken(right):
    def wrong(value):
        if isinstance(value, (tuple, list)):
            return type(value)(wrong(each) for each in value)
        return value if value is None else 2 * np.asarray(value) + 1

    def broken(*arguments, **named):
        result = wrong(right(*arguments, **named))
        for name in ("kernel", "bias") if "{name}".endswith(("step", "__init__")) else ():
            if hasattr(arguments[0], name):
                setattr(arguments[0], name, 3 * getattr(arguments[0], name) + 1)
        return result

    return broken


{name} = _broken({name})
"""
# `lists` leaves lists of numbers in its objects, with which the reference cannot compute.
STYLES = ["loops", "einsum", "float32"]
# Its pooling keeps its places in a form of its own, which the reference's half cannot read.
LOST = {
    ("float32", "convolution"): {
        "max_pool2d": ["pool_gradient", "pool_gradient_of_ties"],
        "max_pool2d_backward": ["pool_layer"],
    }
}


@pytest.fixture(scope="module")
def process():
    student, reference = Process(), Process()
    yield student, reference
    student.close()
    reference.close()


@pytest.mark.long
@pytest.mark.parametrize("brick", ["neuron", "layer", "mlp", "convolution", "cnn", "features"])
@pytest.mark.parametrize("style", STYLES)
def test_in_every_style_a_broken_function_costs_its_own_part(course, process, style, brick):
    """Other private names, caches and options than the reference's: each function broken alone."""
    student, reference = process
    examiner = Examiner(course, reference)
    functions = reference_functions(course, brick)
    *before, _ = course.reference(brick)
    code = (Path(__file__).parent / "alternatives" / style / f"{brick}.py").read_text()
    quick = [c for c in course.bricks[brick].checks.values() if not c.labels and not c.keras]
    lost = {}
    for part in dict.fromkeys(check.part for check in quick):
        for name in functions.of_part(part):
            own = Source(brick, f"{brick}.py", (code + BROKEN.format(name=name)).encode())
            examination = examiner.of_sources(brick, [*before, own], student, explained=False)
            followed = FollowThrough(examination, functions, located=False)
            wrong = [c.name for c in quick if c.part != part and not followed.result(c.name).points]
            if wrong:
                lost[name] = wrong
    assert lost == LOST.get((style, brick), {})


def test_a_report_keeps_what_a_check_was_judged_on(graded):
    _, followed = graded(with_slip("scale").replace(*SLIPS["train"]))
    for result in followed:
        report = check_report(result)
        assert equal(check_from_plain(plain_check(report)), report)


@pytest.mark.slow
def test_a_stub_is_not_run_on_the_references_functions(course):
    """Its check would build and train the reference's network before it calls the stub."""
    blank, ran = stub(solution_of(course, "cnn")), []
    with closing(Process()) as student, closing(Process()) as reference:
        *before, right = course.reference("cnn")
        source = Source("cnn", right.file, blank.encode())
        examination = Examiner(course, reference).of_sources("cnn", [*before, source], student)
        again = examination.again
        examination.again = lambda check, given: ran.append(check.name) or again(check, given)
        results = list(FollowThrough(examination, reference_functions(course, "cnn")))
    assert sum(result.points for result in results) == 0
    assert ran == []


@pytest.mark.long
def test_a_check_that_waited_is_no_evidence_for_a_cause(course, process):
    """It was run once more, for its own sake: its inputs are not those of a result."""
    student, reference = process
    [right] = course.reference("neuron")
    wrong = right.code.replace(b"/ 255", b"/ 1").replace(b"np.mean", b"np.sum")
    assert wrong.count(b"np.sum") and wrong.count(b"/ 1")
    own = Source("neuron", "neuron.py", wrong)
    examination = Examiner(course, reference).of_sources("neuron", [own], student)
    results = list(FollowThrough(examination, reference_functions(course, "neuron")))
    assert [r.check.id for r in results if isinstance(r.outcome, Fault)] == []

"""The audit's adversary: what can be passed without its answer, or by heart, is named."""

import numpy as np
import pytest

from grader.author.attack import attack
from grader.author.made_up import made_up
from grader.check import FLOAT32
from grader.course import Course
from grader.runner.process import Process

pytestmark = pytest.mark.slow

SOLUTION = """
import numpy as np


def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


def positive(x):
    ### BEGIN SOLUTION
    return (np.asarray(x) > 0).astype(int)
    ### END SOLUTION


class Start:
    def __init__(self, n, seed):
        ### BEGIN SOLUTION
        self.kernel = np.random.default_rng(seed).normal(size=n)
        ### END SOLUTION
"""
HEAD = """
import numpy as np

from grader import GLOBAL_STATE, Brick, draw_seeds, follows_seed, global_state, seed_global_state

brick = Brick("toy", order=1, title="Toy")


def numbers(rng):
    return {"x": rng.normal(size=(4, 3))}


def sizes(rng):
    return {"n": int(rng.integers(50, 950)), "seed": draw_seeds(rng)}


def measure_start(returned, inputs):
    kernel = returned["kernel, first"]
    spread = abs(np.std(kernel) - 1) < 0.5
    found = follows_seed(returned, inputs["seed"], "kernel")
    return {"shape": np.shape(kernel), "spread": spread, **found}


@brick.check("double", points=1, called="double(x)", hint="Twice.", inputs=numbers)
def values(toy, x):
    return {"double(x)": toy.double(x), "x after the call": x}
"""
OTHERS = {
    "compared_in_one_child": """
@brick.check("double", points=2, called="double(x)", hint="Twice.", inputs=numbers,
             measure=lambda returned, inputs: {
                 "same": np.array_equal(returned["one"], returned["two"]),
                 "rows differ": not np.array_equal(returned["one"][0], returned["one"][1])})
def compared_in_one_child(toy, x):
    return {"one": toy.double(x), "two": toy.double(x)}
""",
    "yes_or_no": """
@brick.check("double", points=2, called="double(x)", hint="Twice.", inputs=numbers)
def yes_or_no(toy, x):
    return {"doubled": np.allclose(toy.double(x), 2 * x)}
""",
    "sum_of_rows": """
@brick.check("double", points=2, called="double(x)", hint="Twice.", inputs=numbers,
             measure=lambda returned, inputs: {"sums are 0": np.allclose(returned["d"], 0)})
def sum_of_rows(toy, x):
    return {"d": toy.double(x - np.mean(x, axis=1, keepdims=True)).sum(axis=1)}
""",
    "bias_alone": """
@brick.check("double", points=2, called="double(x)", hint="Twice.",
             inputs=lambda rng: {**numbers(rng), "bias": rng.normal(size=3)})
def bias_alone(toy, x, bias):
    return {"what remains": toy.double(x) + bias - toy.double(x)}
""",
    "shape_alone": """
@brick.check("double", points=2, called="double(x)", hint="Twice.", inputs=numbers,
             measure=lambda returned, inputs: {"shape": np.shape(returned["d"])})
def shape_alone(toy, x):
    return {"d": toy.double(x)}
""",
    "start": """
@brick.check("Start", points=2, called="Start(n, seed)", hint="Draw.", inputs=sizes, each="seed",
             measure=measure_start)
def start(toy, n, seed):
    seed_global_state(seed)
    return {"kernel": toy.Start(n, seed).kernel, GLOBAL_STATE: global_state()}
""",
    "few_labels": """
@brick.check("positive", points=2, called="positive(x)", hint="Over 0?",
             inputs=lambda rng: {"x": rng.normal(size=3)})
def few_labels(toy, x):
    return {"labels": toy.positive(x)}
""",
}  # fmt: skip
BY_HEART = {
    "fixed": """
@brick.check("double", points=1, called="double(x)", hint="Twice.",
             inputs=lambda rng: {"x": np.arange(3.0)})
def fixed(toy, x):
    return {"double(x)": toy.double(x)}
""",
    "three": """
@brick.check("double", points=1, called="double(x)", hint="Twice.",
             inputs=lambda rng: {"x": np.eye(3)[rng.integers(3)]})
def three(toy, x):
    return {"double(x)": toy.double(x)}
""",
    "sixty": """
@brick.check("double", points=1, called="double(x)", hint="Twice.",
             inputs=lambda rng: {"x": np.arange(3.0) + rng.integers(1, 61)})
def sixty(toy, x):
    return {"double(x)": toy.double(x)}
""",
    "sixty_answers": """
@brick.check("double", points=1, called="double(x)", hint="Twice.",
             inputs=lambda rng: {"x": np.arange(3.0) + rng.integers(1, 61), "y": rng.random()})
def sixty_answers(toy, x, y):
    return {"double(x)": toy.double(x)}
""",
}
SAID = {
    "compared_in_one_child": "for its input x (at seed 1)",
    "yes_or_no": "for its inputs, and what is the same at every seed (at seed 1)",
    "sum_of_rows": "for zeros (at seed 1)",
    "bias_alone": "for its input bias (at seed 1)",
    "shape_alone": "for zeros (at seed 1)",
    "start": "for random numbers (at seed 1)",
    "few_labels": "for ",
}


@pytest.fixture
def attacked(tmp_path):
    """attacked(checks): the attack on a brick with these checks after one that is honest."""
    runner = Process()

    def attacked(checks):
        for folder, name, text in (
            ("exercises", "test_toy.py", HEAD + checks),
            ("solutions", "toy.py", SOLUTION),
        ):
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / name).write_text(text)
        (tmp_path / "exercises" / "bars.json").write_text("{}")
        return attack(Course(tmp_path), "toy", runner)

    yield attacked
    runner.close()


def test_an_honest_check_is_not_reported(attacked):
    found = attacked("")
    assert (found.points, found.defects, found.forgeries) == (0, [], ())
    assert [(table.inputs, table.answers) for table in found.tables] == [(100, 100)]


@pytest.mark.parametrize("name", OTHERS)
def test_a_check_that_asks_for_nothing_is_reported_by_name(attacked, name):
    found = attacked(OTHERS[name])
    assert [one.check.name for one in found.forgeries] == [name]
    assert found.points == 2
    [said, *_] = found.defects
    assert said.startswith(f"{name} gives 2 points {SAID[name]}")
    assert said.endswith(", and no check that asks for more is needed, or vouches for it")


@pytest.mark.long
@pytest.mark.parametrize("name", OTHERS)
def test_it_gives_nothing_where_it_needs_one_that_asks_for_the_answer(attacked, name):
    vouched = 'points=2, needs=("values",), vouched_by=("values",)'
    found = attacked(OTHERS[name].replace("points=2", vouched))
    assert [one.check.name for one in found.forgeries] == [name]
    assert found.points == 0
    assert "gives" not in "".join(found.defects)


def test_a_need_alone_does_not_help_since_grading_waits_for_nothing(attacked):
    needs = OTHERS["shape_alone"].replace("points=2", 'points=2, needs=("values",)')
    assert attacked(needs).points == 2
    vouched = needs.replace("points=2", 'points=2, vouched_by=("values",)')
    assert attacked(vouched).points == 0


def test_a_need_or_a_voucher_that_is_itself_made_up_does_not_help(attacked):
    of_values, of_rows = (
        f'needs=("{it}",), vouched_by=("{it}",)' for it in ("values", "sum_of_rows")
    )
    checks = OTHERS["shape_alone"].replace("points=2", f"points=1, {of_rows}")
    assert attacked(checks + OTHERS["sum_of_rows"]).points == 3
    needed = OTHERS["shape_alone"].replace(
        "points=2", 'points=1, needs=("sum_of_rows",), vouched_by=("values",)'
    )
    behind = OTHERS["sum_of_rows"].replace("points=2", f"points=2, {of_values}")
    assert attacked(needed + behind).points == 0


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "inputs", "answers"),
    [("fixed", 1, 1), ("three", 3, 3), ("sixty", 60, 60), ("sixty_answers", 100, 60)],
)
def test_what_can_be_known_by_heart_is_reported(attacked, name, inputs, answers):
    found = attacked(BY_HEART[name])
    [table] = [table for table in found.tables if table.check.name == name]
    assert (table.inputs, table.answers) == (inputs, answers)
    few_inputs = [line for line in found.defects if "distinct input" in line]
    assert [line.startswith(f"{name} has {inputs} distinct input") for line in few_inputs] == (
        [True] if inputs < 100 else []
    )
    [by_heart] = [line for line in found.defects if "of the reference" in line]
    assert by_heart.startswith(f"{name} is passed at ")
    assert f" seeds by {answers} answer" in by_heart


def test_a_start_whose_sizes_are_drawn_is_not_known_by_heart(attacked):
    found = attacked(
        OTHERS["start"].replace("points=2", 'points=2, needs=("values",), vouched_by=("values",)')
    )
    assert found.defects == []
    fixed = OTHERS["start"].replace(
        "points=2", 'points=2, needs=("values",), vouched_by=("values",)'
    )
    found = attacked(fixed.replace("sizes", 'lambda rng: {**sizes(rng), "n": 60}'))
    assert found.defects == ["start is passed at 100 seeds by 1 answer of the reference"]


LABELS = """
@brick.check("positive", points=2, called="positive(x)", hint="Over 0?", labels="y",
             inputs=lambda rng: draw(rng))
def accuracy(toy, x):
    return {"labels": toy.positive(x)}


def draw(rng):
    x = rng.normal(loc=LOC, size=500)
    return {"x": x, "y": (x > 0).astype(int)}
"""


@pytest.mark.parametrize(("loc", "points"), [("0.0", 0), ("3.0", 2)])
def test_labels_that_know_nothing_must_not_reach_a_bar(attacked, tmp_path, loc, points):
    attacked("")
    bar = '{"toy/accuracy": {"bar": 0.9, "mean": 0.95, "spread": 0.01, "seeds": 9}}'
    checks = LABELS.replace("LOC", loc)
    (tmp_path / "exercises" / "bars.json").write_text(bar)
    (tmp_path / "exercises" / "test_toy.py").write_text(HEAD + checks)
    runner = Process()
    found = attack(Course(tmp_path), "toy", runner)
    runner.close()
    assert found.points == points
    assert [table.inputs for table in found.tables] == [100, 30]
    if points:
        assert "for the label 1 for every image (at seed 1)" in found.defects[0]


def test_a_check_that_the_reference_fails_is_said_to_be_untested(attacked):
    [said] = attacked(BY_HEART["fixed"].replace("double(x)}", "wrong(x)}")).defects
    assert said.startswith("fixed is not attacked: the reference fails toy/fixed: ")
    [said] = attacked(BY_HEART["fixed"].replace("np.arange", "np.unknown")).defects
    assert said.startswith("fixed is not attacked: AttributeError: ")


def test_what_is_derived_from_the_answer_is_never_the_answer():
    equal, drawn = np.full((2, 3), 7.0), np.random.default_rng(0).normal(size=(8, 8))
    for want in (equal, drawn, np.array(3.0), np.array([2, 2, 2]), np.array([True, False])):
        found = made_up(want, {"x": want + 1}, {}, FLOAT32, "name")
        derived = [v for what, v in found.items() if "order" in what or "random" in what]
        assert all(v.shape == want.shape and v.dtype == want.dtype for v in found.values())
        assert not any(np.allclose(v.astype(float), want.astype(float)) for v in derived)
        again = made_up(want, {"x": want + 1}, {}, FLOAT32, "name")
        assert all(np.array_equal(v, again[what], equal_nan=True) for what, v in found.items())

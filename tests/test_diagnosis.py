"""What is counted of messages: each mistake once, and what is not true of the code as false."""

import re
from contextlib import closing, contextmanager

import pytest

from grader.author.claims import Claims, Says
from grader.author.diagnosed import SEED, Judged, Judgement, Measured, Measurement
from grader.author.diagnosis_page import diagnosis_page
from grader.author.mistake_sets import Mistaken, Set, by_another_hand, mutants, pairs
from grader.author.proof import Proof
from grader.author.quick_course import QuickCourse
from grader.course import PUBLIC_SEED, CourseError
from grader.diagnosis.exact import Diagnosis
from grader.diagnosis.explanation import Where
from grader.follow_through import reference_functions
from grader.misconceptions import misconceptions
from grader.repair.kinds import Repair
from grader.runner.process import Process
from grader.source import Source

CHECKS = """
import numpy as np

from grader import Brick

brick = Brick("toy", order=1, title="Toy")
x = lambda rng: {"x": rng.normal(size=(int(rng.integers(3, 90)), 4))}


@brick.check("f", points=1, called="f(x)", hint="Think.", inputs=x)
def of_f(toy, x):
    return {"f(x)": toy.f(x)}


@brick.check("g", points=1, called="g(x)", hint="Think.", inputs=x, needs=("of_f",))
def of_g(toy, x):
    return {"g(x)": toy.g(x)}
"""
SOLUTION = """
import numpy as np


def f(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


def g(x):
    ### BEGIN SOLUTION
    return f(x) + 1
    ### END SOLUTION
"""
MISTAKES = """
from grader.misconception import misconception


@misconception("It is squared.", "Is it a square?", "model")
def squared(toy):
    toy.f = lambda x: x * x


@misconception("Two is added.", "How many?", "model")
def two_added(toy):
    def g(x):
        return toy.f(x) + 2

    toy.g = g
"""
BY_ANOTHER_HAND = """
MISTAKES = [dict(id="a1", brick="toy", function="f", cause="Squares.", old="x + x", new="x * x")]
"""


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    root = tmp_path_factory.mktemp("toy")
    for path, text in (
        ("exercises/test_toy.py", CHECKS),
        ("solutions/toy.py", SOLUTION),
        ("solutions/misconceptions/toy.py", MISTAKES),
        ("solutions/misconceptions/caught.json", "{}"),
        ("solutions/by_another_hand/toy.py", SOLUTION.replace("2 * x", "x + x")),
        ("solutions/by_another_hand/mistakes.py", BY_ANOTHER_HAND),
    ):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text)
    return QuickCourse(root)


@pytest.fixture(scope="module")
def student():
    with closing(Process()) as process:
        yield process


@pytest.fixture(scope="module")
def measurement(toy, tmp_path_factory):
    with closing(Process()) as reference:
        yield Measurement(toy, "toy", tmp_path_factory.mktemp("recorded"), reference)


@pytest.fixture(scope="module")
def proof(toy):
    with closing(Process()) as reference:
        yield Proof(toy, "toy", reference_functions(toy, "toy"), reference)


def wrong(old, new, *functions):
    assert SOLUTION.count(old) == 1
    source = Source("toy", "toy.py", SOLUTION.replace(old, new).encode())
    return Mistaken(Set.MUTANT, "m", source, frozenset(functions), f"{old} -> {new}")


CODE = {
    Says.NAMED: ("2 * x", "x * x"),
    Says.LOCATED: ("2 * x", "2 - x"),
    Says.NUMBER: ("2 * x", "np.vstack([x, np.tanh(x[:1]) * 7])"),
    Says.SILENT: ("2 * x", "np.tanh(np.sin(x) * 3)"),
}


@pytest.mark.slow
@pytest.mark.parametrize("says", Says)
def test_a_mistake_counts_for_the_most_that_is_said(measurement, student, says):
    judged = measurement.judged(wrong(*CODE[says], "f"), student)
    assert (judged.graded.says, judged.alone.says) == (says, says)
    assert judged.graded.false == judged.alone.false == ()
    assert judged.alone.message.startswith("toy / f")


def test_what_answers_as_the_reference_is_left_out(measurement, student):
    assert measurement.judged(wrong("2 * x", "x + x", "f"), student) is None


def test_what_no_seed_of_ours_shows_is_missed(measurement, student):
    """The mistake shows at other sizes of x than both seeds draw."""
    checks = measurement.brick.checks.values()
    seen = {len(check.draw(seed)["x"]) for check in checks for seed in (PUBLIC_SEED, SEED)}
    rare = f"2 * x if len(x) in {seen} else 3 * x"
    judged = measurement.judged(wrong("2 * x", rare, "f"), student)
    assert judged is not None and judged.graded.says is judged.alone.says is None


def misconception(toy, name):
    return next(it for it in misconceptions(toy, "toy") if it.id == name)


def repair(function, other="", whole=True):
    return Repair(frozenset({"of_f"}), function, "toy.py", (), "", "", whole, other)


def test_a_misconception_is_false_of_code_that_answers_otherwise(toy, proof, student):
    claims = Claims("of_f", diagnosis=Diagnosis((misconception(toy, "squared"),)))
    assert proof.false_of(wrong("2 * x", "x * x", "f"), claims, student) == []
    assert proof.false_of(wrong("2 * x", "x ** 4", "f"), claims, student) == [
        "of_f names squared"
    ]  # fmt: skip
    claims = Claims("of_g", diagnosis=Diagnosis((misconception(toy, "two-added"),)))
    only_g = wrong("f(x) + 1", "f(x) + 2", "g")
    assert proof.false_of(only_g, claims, student) == []
    both = Source("toy", "toy.py", only_g.source.code.replace(b"2 * x", b"x * x"))
    found = proof.false_of(Mistaken(Set.MUTANT, "m", both, frozenset("fg"), ""), claims, student)
    assert found == ["of_g names two-added"]  # the code also squares
    also = misconceptions(toy, "toy")
    both = Mistaken(Set.MUTANT, "m", both, frozenset("fg"), "")
    assert proof.false_of(both, claims, student, also) == []
    assert proof.false_of(wrong("2 * x", "x ** 4", "f"), claims, student, also) != []


def test_of_a_pair_each_of_its_mistakes_may_be_named(toy, proof, student):
    [pair] = pairs(toy, "toy", 5)
    assert pair.functions >= {"f", "g"}
    for mistake in pair.made:
        claims = Claims("of_g", diagnosis=Diagnosis((mistake,)))
        assert proof.false_of(pair, claims, student) == []


def test_a_place_is_false_where_no_change_mends_the_checks(proof, student):
    one = wrong("2 * x", "2 - x", "f")
    assert proof.false_of(one, Claims("of_f", repair=repair("f")), student) == []
    false = proof.false_of(one, Claims("of_f", repair=repair("g")), student)
    assert false == ["of_f says that a change in g mends all"]
    elsewhere = wrong("2 * x", "2 - x", "g")  # as if nobody knew that f is wrong
    assert proof.false_of(elsewhere, Claims("of_f", repair=repair("f")), student) == []


def test_a_function_that_is_called_wrong_or_right_is_held_against_the_truth(proof, student):
    one = wrong("2 * x", "2 - x", "f")
    for where, true in ((Where("f", ""), True), (Where("f", "g"), True), (Where("g", "f"), False)):
        found = proof.false_of(one, Claims("of_g", function=where), student)
        assert (found == []) is true


def test_a_cause_that_is_not_measured_again_is_false(proof, student):
    one = wrong("2 * x", "np.negative(x)", "f")
    claims = Claims("of_f", cause="it did not move")
    assert proof.false_of(one, claims, student) == ["of_f says: it did not move"]


def test_mutants_are_the_same_each_time_and_each_is_wrong_in_one_function(toy):
    functions = reference_functions(toy, "toy")
    made = mutants(toy, "toy", functions, 30)
    assert [it.source.code for it in made] == [
        it.source.code for it in mutants(toy, "toy", functions, 30)
    ]  # fmt: skip
    assert len({it.source.code for it in made}) == len(made) == 30
    assert {name for it in made for name in it.functions} == {"f", "g"}


def test_mistakes_by_another_hand_replace_text_that_stands_once(toy):
    functions = reference_functions(toy, "toy")
    [one] = by_another_hand(toy, "toy", functions)
    assert (one.cause, one.change) == ("Squares.", "`return x + x` -> `return x * x`")
    path = toy.solutions / "by_another_hand" / "mistakes.py"
    path.write_text(BY_ANOTHER_HAND.replace('"x + x"', '"x"'))
    with changed(path, BY_ANOTHER_HAND), pytest.raises(CourseError, match="a1: its old text"):
        by_another_hand(toy, "toy", functions)


@contextmanager
def changed(path, back):
    try:
        yield
    finally:
        path.write_text(back)


def test_the_page_counts_a_mistake_once_and_a_false_message_first():
    def judged(name, says, *false):
        source = Source("toy", "toy.py", b"")
        mistake = Mistaken(Set.MUTANT, name, source, frozenset(), f"changed in {name}")
        judgement = Judgement(says, false, f"message of {name}", (), 1.0)
        return Judged(mistake, judgement, judgement)

    every = (
        judged("a", Says.NAMED), judged("b", Says.NAMED, "f names g"), judged("c", Says.LOCATED),
        judged("d", Says.SILENT), judged("e", None),
    )  # fmt: skip
    page = diagnosis_page([Measured("toy", every, ())], "3 misconceptions, 3 caught.\n")
    row = "| 5 | 4 (80 %) | 1 (25 %) | 1 (25 %) | 0 (0 %) | 1 (25 %) | 1 (25 %) |"
    assert f"| mutants | grading {row}" in page
    assert "toy, b (grading, self-check): changed in b **f names g**" in page
    assert "3 misconceptions, 3 caught." in page
    shown = re.findall("message of (.)", page)
    assert shown == ["a", "c", "d", "b"]  # the first of each kind, then the second


@pytest.mark.slow
def test_the_command_writes_the_page(checkout, toy):
    for path in toy.root.rglob("*.*"):
        if path.is_file() and "__pycache__" not in path.parts:
            target = checkout.root.parent / "toy" / path.relative_to(toy.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    run = checkout.bricks("audit", "--diagnosis", "--course", checkout.root.parent / "toy")
    assert run.returncode == 0, run.stderr
    page = (checkout.root.parent / "toy" / "docs" / "diagnosis.md").read_text(encoding="utf-8")
    assert "Squares." in page and "## False messages\n\nNone." in page

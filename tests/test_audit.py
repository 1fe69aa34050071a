"""The proof that the checks work: every misconception is caught, and named as what it is."""

from collections import Counter

import pytest

from grader.author.audit import Audit, caught
from grader.author.kill_table import section
from grader.misconceptions import misconceptions

CORE = ["neuron", "layer", "mlp", "convolution", "cnn"]
BRICKS = [*CORE, "training", "features", "transfer"]


@pytest.fixture(scope="module")
def audited(course):
    """audited(brick): what the audit of it found, once for all tests of this file."""
    audit = Audit(course)
    found = {}

    def of(brick):
        if brick not in found:
            found[brick] = audit.brick(brick)
        return found[brick]

    yield of
    audit.close()


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("brick", BRICKS)
def test_the_audit_finds_no_defect(course, audited, brick):
    """Reference in full, blank 0, every misconception caught, none misnamed, no needless check."""
    one = audited(brick)
    assert one.defects == []
    assert all(trial.points < one.maximum for trial in one.mistaken)
    assert section(one) in (course.root / "docs" / "kill-table.md").read_text(encoding="utf-8")
    assert caught(one.brick, one.mistaken).items() <= dict(course.caught).items()


def test_nearly_all_mistakes_are_named_as_themselves(course):
    """In the table; the audit of each brick finds that it is true."""
    table = (course.root / "docs" / "kill-table.md").read_text(encoding="utf-8")
    ids = [mistake.id for brick in BRICKS for mistake in misconceptions(course, brick)]
    lines = [line for line in table.splitlines() if line.count(" | ") == 3]
    rows = [line for line in lines if line.split(" | ")[0].removeprefix("| ") in ids]
    assert len(rows) == len(ids)
    assert sum(line.endswith(" | itself |") for line in rows) >= 0.95 * len(ids)


@pytest.mark.slow
@pytest.mark.long
def test_a_mistake_costs_what_it_is_worth(audited):
    """In grading. What costs more than 5 points is one function in which no call is right."""
    trials = [trial for brick in CORE for trial in audited(brick).mistaken]
    assert sum(trial.n_lost for trial in trials) / len(trials) <= 1.8
    most = {(trial.brick, trial.id): trial.lost for trial in trials if trial.n_lost > 5}
    assert most == {("convolution", "kernel-transposed"): {"conv2d": 7}}


@pytest.mark.parametrize("brick", BRICKS)
def test_there_are_ten_misconceptions_a_brick_each_with_its_own_id(course, brick):
    counts = Counter(mistake.id for mistake in misconceptions(course, brick))
    assert len(counts) >= 10
    assert max(counts.values()) == 1


CHECKS = """
from grader import Brick

brick = Brick("toy", order=1, title="Toy")


@brick.check("f", points=1, called="f(x)", hint="Think.", inputs=lambda rng: {"x": rng.random(5)})
def values(toy, x):
    return {"f(x)": toy.f(x)}


@brick.check("g", points=1, called="g(x)", hint="Think.", inputs=lambda rng: {"x": rng.random(5)})
def other(toy, x):
    return {"g(x)": toy.g(x)}
"""
SOLUTION = """
def f(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


def g(x):
    ### BEGIN SOLUTION
    return 3 * x
    ### END SOLUTION
"""
MISTAKES = """
from grader.misconception import misconception


@misconception("It is halved.", "Is it half?", "model")
def halved(toy):
    toy.f = lambda x: x / 2


@misconception("Nothing is wrong.", "Is it?", "model")
def none(toy):
    pass
"""


@pytest.fixture
def toy(checkout):
    for folder in ("exercises", "solutions"):
        for path in (checkout.root / folder).rglob("*.*"):
            path.unlink()
    (checkout.root / "exercises" / "test_toy.py").write_text(CHECKS)
    (checkout.root / "solutions" / "toy.py").write_text(SOLUTION)
    (checkout.root / "solutions" / "misconceptions" / "toy.py").write_text(MISTAKES)
    checkout.bricks("build")
    return checkout


@pytest.mark.slow
def test_an_instructors_own_brick_gets_the_same_audit(toy):
    run = toy.bricks("audit")
    assert run.returncode == 1
    assert "toy: no check catches none\n" in run.stdout
    assert "toy: other catches nothing and gives no reason\n" in run.stdout
    page = (toy.root / "docs" / "kill-table.md").read_text(encoding="utf-8")
    assert "2 misconceptions, 1 caught, 1 diagnosed as themselves, 0 as another." in page
    assert "| halved | 1 | values | itself |" in page
    assert "| none | 0 | **nothing** | - |" in page
    assert "Reference 2 of 2 points, blank stub 0." in page


@pytest.mark.slow
def test_one_brick_is_audited_and_what_is_known_of_others_stays(toy):
    for folder in ("exercises", "solutions", "solutions/misconceptions"):
        for path in (toy.root / folder).glob("*toy.py"):
            text = path.read_text().replace("toy", "next").replace("order=1", "order=2")
            path.with_name(path.name.replace("toy", "next")).write_text(text)
    toy.bricks("audit")
    known = toy.root / "solutions" / "misconceptions" / "caught.json"
    before, page = known.read_text(), (toy.root / "docs" / "kill-table.md").read_text()
    assert '"toy/values"' in before and '"next/values"' in before
    run = toy.bricks("audit", "--brick", "next")
    assert "next: no check catches none\n" in run.stdout and "toy: " not in run.stdout
    assert run.stdout.endswith("next in docs/kill-table.md; its sums are those of before.\n")
    assert known.read_text() == before
    assert (toy.root / "docs" / "kill-table.md").read_text() == page
    (toy.root / "docs" / "kill-table.md").write_text(page.replace("| halved | 1 |", "| old | 1 |"))
    toy.bricks("audit", "--brick", "next")
    new = (toy.root / "docs" / "kill-table.md").read_text()
    assert (new.count("| halved | 1 |"), new.count("| old | 1 |")) == (1, 1)


UNTESTED = """
from grader.misconception import misconception


@misconception("It does not load.", "Does it?", "model")
def unloadable(toy):
    toy.f = lambda x: x
    int("one")


@misconception("It ends.", "Does it?", "model")
def ends(toy):
    def f(x):
        import os
        os._exit(0)
    toy.f = f
"""
STATES = """
from grader import Brick

brick = Brick("toy", order=1, title="Toy")


@brick.check("f", points=1, called="f(x)", hint="Think.", inputs=lambda rng: {"x": rng.random(5)})
def values(toy, x):
    return {"f(x)": toy.f(x)}


@brick.check("g", points=1, called="g(x)", hint="Think.", inputs=lambda rng: {"x": rng.random(5)})
def gives_away(toy, x):
    try:
        return {"g(x)": toy.g(x)}
    except NotImplementedError:
        return {"g(x)": 3 * x if written(toy, x) else x}


def written(toy, x):
    try:
        return toy.f(x) is not None
    except NotImplementedError:
        return False
"""


@pytest.mark.slow
def test_a_misconception_that_does_not_run_is_a_defect_and_caught_by_nobody(toy):
    mistakes = toy.root / "solutions" / "misconceptions" / "toy.py"
    mistakes.write_text(UNTESTED)
    run = toy.bricks("audit")
    assert run.returncode == 1
    assert (
        "toy: unloadable is not tested: values says: toy.py does not load: ValueErr" in run.stdout
    )
    assert "toy: ends is not tested: values says: " in run.stdout
    assert "no check catches" not in run.stdout
    page = (toy.root / "docs" / "kill-table.md").read_text(encoding="utf-8")
    assert "2 misconceptions, 0 caught" in page
    assert "| unloadable | 2 | **nothing** | - |" in page
    caught = (mistakes.parent / "caught.json").read_text()
    assert "unloadable" not in caught and "ends" not in caught


@pytest.mark.slow
def test_a_check_that_answers_for_what_is_not_written_is_a_defect(toy):
    (toy.root / "exercises" / "test_toy.py").write_text(STATES)
    said = toy.bricks("audit").stdout
    assert "toy: gives_away gives its points whichever part is missing\n" in said
    assert "toy: the blank stub is not" not in said
    assert "toy: with all but f written" not in said


@pytest.mark.slow
def test_an_audit_tells_a_reference_that_fails_and_a_stub_that_scores(toy):
    stub = toy.root / "exercises" / "toy.py"
    stub.write_text(SOLUTION)
    (toy.root / "solutions" / "toy.py").write_text(SOLUTION.replace("2 * x", "1 / 0"))
    run = toy.bricks("audit")
    assert run.returncode == 1
    assert "toy: the reference has 1 of 2\n" in run.stdout
    assert "toy: the blank stub has 1 points\n" in run.stdout


HOLLOW = """
from grader import Brick

brick = Brick("toy", order=1, title="Toy")


@brick.check("f", points=1, called="f(x)", hint="Think.", inputs=lambda rng: {"x": rng.random(5)})
def values(toy, x):
    return {"f(x)": toy.f(x)}


@brick.check("g", points=1, called="g(x)", hint="Think.", inputs=lambda rng: {"x": rng.random(5)},
             needs=("values",), measure=lambda returned, inputs: {"n": len(returned["g(x)"])})
def length(toy, x):
    return {"g(x)": toy.g(x)}
"""


@pytest.mark.slow
def test_a_hollow_part_that_earns_a_point_is_a_defect(toy):
    """It hands through what it was given, and only the length is compared."""
    (toy.root / "exercises" / "test_toy.py").write_text(HOLLOW)
    said = toy.bricks("audit").stdout
    assert "toy: with g handing through its first argument, length gives its points\n" in said
    assert "toy: with all parts of zeros, length gives its points\n" in said
    assert "toy: with g empty" not in said
    assert "toy: with f " not in said
    assert "toy: length gives 1 point for zeros" in said  # nothing vouches for it

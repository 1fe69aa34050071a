"""No file makes the search for edits slow, large or faulty in the grader's own process."""

import time
import tracemalloc
from contextlib import closing
from dataclasses import replace

import pytest

from grader import repaired
from grader.brick import Brick
from grader.course import PUBLIC_SEED
from grader.diagnosis.in_place import in_place
from grader.examiner import Examiner
from grader.outcome import WrongValue
from grader.probe import Returned, Tried
from grader.repair.places import places_in
from grader.repair.search import SearchProblem, candidates_for, find_repairs
from grader.repaired import with_repairs
from grader.runner.process import Process
from grader.source import MAX_LINE, Source

BUDGET = 1.0
LARGE = {
    "many statements": "def f(x):\n" + "    x\n" * 9_000,
    "many names": "def f(x):\n" + "".join(f"    a{i} = {i}\n" for i in range(4_000)),
    "many functions": "".join(f"def f{i}(x): x\n" for i in range(3_500)) + "def f(x): f0\n",
    "many methods": "class A:\n" + "".join(f" def f{i}(x): x\n" for i in range(3_500)),
    "many attributes": "def f(self):\n" + "".join(f" self.a{i} = 1\n" for i in range(900)),
    "many arguments": f"def f(x):\n    return f({', '.join('x' * 15_000)})",
    "long fstring": "def f(x):\n    return f'" + "{x}" * 19_000 + "'",
    "too long fstring": "def f(x):\n    return f'" + "{x}" * 330_000 + "'",
    "long number": "def f(x):\n    return 0x" + "f" * 50_000,
    "deep": "def f(x):\n    return " + "-" * 900 + "x",
    "deeper": "def f(x):\n    return " + "+".join("1" * 25_000),
    "brackets": "def f(x):\n    return " + "(" * 20_000,
}


def check():
    toy = Brick("toy", 1, "Toy")
    return toy.check("f", points=1, called="f(x)", hint="Think.")(lambda toy: {})


def candidates_in(code, limit):
    began = time.thread_time()

    def left():
        return time.thread_time() - began < limit

    places = places_in({"toy.py": code.splitlines(keepends=True)})
    problem = SearchProblem(
        (), [check()], (), places, {}, lambda *_: {}, lambda *_: {}, lambda *_: None
    )
    return list(candidates_for(problem, check(), left))


@pytest.mark.parametrize("kind", LARGE)
def test_a_large_file_takes_little_time_and_memory(kind):
    began = time.thread_time()
    candidates_in(LARGE[kind], BUDGET)
    assert time.thread_time() - began < 3 * BUDGET
    tracemalloc.start()
    candidates_in(LARGE[kind], BUDGET)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 300e6


def test_a_file_of_a_brick_s_size_is_looked_through():
    code = "def f(x):\n    return x + 1\n" + "".join(f"def f{i}(x): return x\n" for i in range(90))
    assert len(candidates_in(code, 60.0)) > 1_000


@pytest.mark.parametrize("kind", LARGE)
def test_a_line_that_changes_an_argument_is_looked_for_in_little_time(kind):
    wrong = WrongValue("x after the call", None, None, (), 1)
    began = time.thread_time()
    in_place(wrong, "f", Source("toy", "toy.py", LARGE[kind].encode()))
    assert time.thread_time() - began < 2


def test_a_line_that_changes_an_argument_is_shown_without_commands():
    code = "def f(x):\n    x += 1  # \x1b[2J\u202epassed" + "!" * 500
    line = in_place(
        WrongValue("x after the call", None, None, (), 1),
        "f",
        Source("toy", "toy.py", code.encode()),
    )
    assert line.text.startswith("x += 1  # passed!")
    assert len(line.text) <= MAX_LINE


def test_what_is_told_of_a_place_is_one_short_visible_line():
    name = "f" + "\u1160" * 3 + "g" * 500  # a letter that has no width
    code = f"def {name}(x):\n    return x + 1  # \x1b[2J\u202epassed{'!' * 500}\n"
    texts = {"toy.py": code.splitlines(keepends=True)}
    right = Returned({})
    problem = SearchProblem(
        (), [check()], (), places_in(texts), texts, lambda *_: {}, lambda *_: {},
        lambda check, shown, variants, seconds: Tried(
            tuple(right if "x + 2" in it[0].text else None for it in variants)
        ),
    )  # fmt: skip
    [repair] = find_repairs(problem, lambda: 60.0)
    assert repair.text.startswith("return x + 1  # passed!")
    assert len(repair.text) <= MAX_LINE
    assert repair.function.startswith("fggg")
    assert len(repair.function) <= 60


WRONG = (
    "\ndef images_to_vectors(images):\n    {}\n    return images.reshape(len(images), -1) / 254\n"
)


@pytest.fixture
def examined(course):
    with closing(Process()) as student, closing(Process()) as reference:

        def examined(more):
            *before, right = course.reference("neuron")
            own = replace(right, code=right.code + more.encode(), own=True)
            examiner = Examiner(course, reference, PUBLIC_SEED)
            examination = examiner.of_sources("neuron", [*before, own], student, explained=False)
            return examination, [examination.result("images_become_rows")]

        yield examined


@pytest.mark.slow
def test_a_fault_of_the_search_costs_no_grade(examined, monkeypatch):
    def broken(*_):
        asked.append(True)
        raise RecursionError("too deep")

    asked = []
    examination, results = examined(WRONG.format("pass"))
    monkeypatch.setattr(repaired, "places_in", broken)
    assert with_repairs(results, examination, 2.0) == results
    assert asked


@pytest.mark.slow
def test_code_that_sleeps_does_not_keep_a_class_waiting(examined, monkeypatch):
    monkeypatch.setattr(repaired, "MORE_WALL", 0.0)
    examination, results = examined(WRONG.format("import time; time.sleep(0.05)"))
    monkeypatch.setattr("grader.repaired.find_repairs", lambda problem, left: [
        *iter(lambda: time.sleep(0.1) if left() else "over", "over")
    ])  # fmt: skip
    began = time.monotonic()
    repaired.repairs_of(results, examination, 1.0)
    assert 3.5 < time.monotonic() - began < 10


BUDGET_OF_SLOW_CODE = 5.0


@pytest.mark.parametrize("took", [0.3, 2.0])
def test_slow_code_keeps_no_search_past_its_budget(took):
    """Each run of a check takes long, and an edit that seems to mend waits for twenty checks."""
    texts = {"toy.py": ["def f(x):\n", "    return x + 1\n"]}
    spent = 0.0

    def left():
        return BUDGET_OF_SLOW_CODE - spent

    def try_variants(_, shown, variants, seconds):
        nonlocal spent
        asked = took * (1 + len(variants))  # the code as it is, then each variant
        spent += min(asked, seconds)
        return Tried((Returned({}),) * len(variants)) if asked <= seconds else None

    problem = SearchProblem(
        [check()] * 19, [check()], (), places_in(texts), texts,
        lambda *_: {}, lambda *_: {}, try_variants,
    )  # fmt: skip
    assert find_repairs(problem, left) == []
    assert spent <= BUDGET_OF_SLOW_CODE

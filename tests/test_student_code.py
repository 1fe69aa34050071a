"""What stands outside any function costs no check: loading is once, and apart."""

import json
import textwrap
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from grader import Brick, student_code
from grader.course import Course
from grader.examine import Examination
from grader.live import LiveAnswers, LiveExpected
from grader.notebook import source_of
from grader.outcome import (
    CellStopped,
    Fault,
    Line,
    Passed,
    Raised,
    Slow,
    TooSlow,
    Unloadable,
)
from grader.probe import Job, Loaded, Returned, Run
from grader.runner import statements
from grader.runner.answer import answer
from grader.runner.encoding import answer_from_frame
from grader.runner.frames import BadFrame
from grader.runner.in_process import InProcess
from grader.runner.loading import loaded
from grader.runner.process import Process
from grader.runner.statements import SLOW, Loading
from grader.source import Source

CHECKS = """
from grader import Brick

brick = Brick("toy", order=1, title="Toy")

def check(name, limit=0.6, needs=()):
    def probe(toy, x):
        return {name: getattr(toy, name)(x)}
    probe.__name__ = name
    return brick.check(name, points=1, called=f"{name}(x)", hint="Think.", limit=limit,
                       inputs=lambda rng: {"x": rng.normal(size=3)})(probe)

check("double"), check("triple"), check("table")
"""
REFERENCE = """
def double(x): return 2 * x
def triple(x): return 3 * x
def table(x): return 0 * x + 7
"""
TRAINS = """
import time

def train():
    end = time.process_time() + SECONDS
    while time.process_time() < end:
        pass

train()
"""


@pytest.fixture
def course(tmp_path):
    for folder in ("exercises", "solutions"):
        (tmp_path / folder).mkdir()
    (tmp_path / "exercises" / "test_toy.py").write_text(CHECKS)
    (tmp_path / "solutions" / "toy.py").write_text(REFERENCE)
    return Course(tmp_path)


@pytest.fixture
def examined(course):
    with closing(Process()) as process:

        def examined(code, before=()):
            source = code if isinstance(code, Source) else Source("toy", "toy.py", code.encode())
            expected = LiveExpected(course, InProcess())
            examination = Examination(course, "toy", [*before, source], process, expected, 0)
            return examination, {result.check.name: result.outcome for result in examination}

        yield examined


def notebook(*cells):
    return source_of("toy", [(f"cell {n}", text) for n, text in enumerate(cells, 1)])


def trains(seconds):
    return TRAINS.replace("SECONDS", str(seconds))


def all_pass(outcomes):
    return all(isinstance(outcome, Passed) for outcome in outcomes.values())


def test_a_training_run_at_the_end_of_a_module_costs_no_check(examined):
    examination, outcomes = examined(REFERENCE + trains(1.5))
    assert all_pass(outcomes), outcomes
    [slow] = examination.code.slow
    assert slow.line == Line("toy.py", 13, "", "train()")
    assert slow.seconds > 1.4 and not slow.stopped
    assert examination.cpu < 2 * 1.5  # it ran once, not for each check


@pytest.mark.slow
def test_nor_does_one_in_a_cell_of_its_own(examined):
    examination, outcomes = examined(notebook(REFERENCE, trains(1.5), "history = train()"))
    assert all_pass(outcomes), outcomes
    lines = [slow.line for slow in examination.code.slow]
    assert Line("cell 2 of toy.ipynb", 9, "", "train()") in lines
    assert examination.cpu < 5.0


@pytest.mark.long
def test_small_steps_that_add_up_cost_no_check_either(examined):
    steps = "".join(f"train()  # {n}\n" for n in range(4))
    code = REFERENCE + trains(0.3).replace("\ntrain()\n", "\n") + steps
    assert all_pass(examined(code)[1])


@pytest.mark.slow
def test_where_functions_depend_on_it_the_slow_statement_runs(examined):
    code = REFERENCE.replace("return 0 * x + 7", "return 0 * x + TABLE[0]")
    fills = trains(0.7) + "for _ in [0]:\n    train()\n    TABLE.append(7)\n"
    _, outcomes = examined("TABLE = []\n" + code + fills)
    assert all_pass(outcomes), outcomes
    _, outcomes = examined(code + trains(0.7) + "TABLE = train() or [7]\n")
    assert all_pass(outcomes), outcomes


def test_a_mistake_is_seen_all_the_same(examined):
    _, outcomes = examined(REFERENCE.replace("3 * x", "4 * x") + trains(0.7))
    assert [type(outcome).__name__ for outcome in outcomes.values()] == [
        "Passed", "WrongValue", "Passed",
    ]  # fmt: skip


@pytest.mark.parametrize("as_notebook", [False, True])
def test_a_loop_that_never_ends_costs_what_it_would_define(examined, monkeypatch, as_notebook):
    monkeypatch.setattr(student_code, "LOAD_LIMIT", 1.0)
    without = REFERENCE.replace("def table(x): return 0 * x + 7", "")
    loop = "while True: table = 1\n"
    code = notebook(without, loop) if as_notebook else without + loop
    examination, outcomes = examined(code)
    table = outcomes.pop("table")
    assert all_pass(outcomes), outcomes
    [slow] = examination.code.slow
    assert slow.stopped and slow.line.text == loop.strip()
    assert isinstance(table, CellStopped) and table.name == "table"
    assert table.cell == slow.position
    assert table.reason == "it did not end in time"


@pytest.mark.slow
def test_one_that_cannot_be_stopped_is_named_by_its_line(examined, monkeypatch):
    monkeypatch.setattr(student_code, "LOAD_LIMIT", 1.0)
    monkeypatch.setattr(student_code, "LOAD_GRACE", 30.0)
    loop = """while True:
    try:
        n = 0
        while n >= 0: n += 1
    except BaseException: pass
"""
    _, outcomes = examined(REFERENCE + loop)
    first = outcomes["double"]
    assert isinstance(first, Unloadable)
    assert first.reason == "line 5, outside any function, does not end"
    assert first.lines == (Line("toy.py", 5, "", "while True:"),)


def test_a_loop_in_a_function_is_the_functions(examined):
    _, outcomes = examined(REFERENCE.replace("return 2 * x", "\n    while True: pass"))
    assert outcomes["double"] == TooSlow(0.6)
    assert isinstance(outcomes["triple"], Passed)


def test_a_predecessors_training_costs_nothing_and_runs_once(course):
    source = Source("toy", "toy.py", ("from base import two\n" + REFERENCE).encode())
    base = Source("base", "base.py", ("two = 2\n" + trains(1.0)).encode())
    with closing(Process()) as process:
        known = student_code.SlowStatements()
        for _ in range(2):
            examination = Examination(
                course, "toy", [base, source], process, LiveExpected(course, InProcess()), 0,
                slow=known,
            )  # fmt: skip
            assert all(isinstance(result.outcome, Passed) for result in examination)
        assert examination.cpu < 0.9
        assert examination.code.slow == []  # it is no line of this brick


def test_a_module_statement_by_statement_is_the_module_it_was():
    code = textwrap.dedent(
        '''\
        """A docstring."""
        from __future__ import annotations
        from dataclasses import dataclass
        n: int = 1
        @dataclass
        class Point:
            x: Unknown = 2
        if n: m = Point().x
        total = sum(k for k in range(4)); doc = __doc__
        def f(x): return [x + n for _ in range(m)]
        '''
    )
    source = Source("toy", "toy.py", code.encode())
    probe = Brick("toy", 1, "Toy").check("f", points=1, called="f()", hint="Think.")(
        lambda toy: {"f": toy.f(1), "total": toy.total, "doc": len(toy.doc), "m": toy.m}
    )
    whole = answer(Job(probe, Path("x"), (source,)))
    apart = answer(Job(probe, Path("x"), (source,), left_out=frozenset({"no such"})))
    assert {k: v.tolist() for k, v in apart.values.items()} == {
        k: v.tolist() for k, v in whole.values.items()
    }
    assert apart.values["total"] == 6


def test_a_module_that_raises_still_loads_not_at_all():
    source = Source("toy", "toy.py", b"def f(x): return x\n1 / 0\n")
    came = answer(Job(None, Path("x"), (source,), loading=9.0))
    assert came == Unloadable(
        "toy.py", "ZeroDivisionError: division by zero", (Line("toy.py", 2, "<module>", "1 / 0"),)
    )


@pytest.mark.slow
def test_nothing_is_stopped_after_its_end(monkeypatch):
    """The stop is asked for in another thread: none may arrive in the next statement."""
    monkeypatch.setattr(statements, "FEWEST", 0.05)
    monkeypatch.setattr(statements, "LOOKS", 0.001)
    spin = "    until = time.process_time() + n\n    while time.process_time() < until: pass\n"
    code = f"import time\ndef spin(n):\n{spin}" + "spin(0.06)\n" * 40 + "end = 1\n"
    loading = Loading(budget=0.05)
    with loaded([Source("toy", "toy.py", code.encode())], loading) as toy:
        assert toy.end == 1
    assert len(loading.slow) > 20 and all(slow.stopped for slow in loading.slow)


def test_the_grader_believes_no_nonsense_about_slow_statements():
    line = {"file": "toy.py", "number": 1, "function": "", "text": "x"}
    fine = {"digest": "ab", "line": line, "seconds": SLOW, "stopped": False}
    assert isinstance(answer_from_frame({"slow": [fine]}, {}), Loaded)
    for wrong in ({"seconds": float("nan")}, {"seconds": -1.0}, {"stopped": 1}, {"line": None}):
        with pytest.raises(BadFrame):
            answer_from_frame({"slow": [fine | wrong]}, {})


WORDY = """
text = chr(10).join(f"line {n} of the reference" for n in range(99))
class E(Exception): pass
E.__name__ = E.__qualname__ = text
def double(x): raise E(text)
def triple(x): return type("T" * 999, (), dict())()
def table(x): raise NotImplementedError(text)
"""


def test_beside_a_reference_an_exception_carries_one_short_line(course):
    before = Source("base", "base.py", b"", own=False)
    own = Source("toy", "toy.py", WORDY.encode())
    with closing(Process()) as process:
        expected = LiveExpected(course, InProcess())
        found = list(Examination(course, "toy", [before, own], process, expected, 0))
    for result in found:
        assert "line 1 of" not in repr(result.outcome)
        assert len(repr(result.outcome)) < 800
    assert isinstance(found[0].outcome, Raised)
    assert found[0].outcome.lines[-1].text == "def double(x): raise E(text)"


def outcome_of(body):
    own = Source("toy", "toy.py", f"import numpy as np\n{body}".encode())
    probe = Brick("toy", 1, "Toy").check("f", points=1, called="f()", hint="Think.")(
        lambda toy: {"f": toy.f(np.ones(2))}
    )
    return type(answer(Job(probe, Path("x"), (own,)))).__name__


def test_only_the_stubs_own_exception_means_not_written():
    assert outcome_of("def f(x): raise NotImplementedError('f')") == "NotWritten"
    assert outcome_of("def f(x): raise NotImplementedError") == "NotWritten"
    library = "import asyncio\ndef f(x): return asyncio.AbstractEventLoop().stop()"
    assert outcome_of(library) == "Raised"
    # C code raises without a frame of its own: the student's line only calls it.
    assert outcome_of("def f(x): return memoryview(np.outer(x, x))[0]") == "Raised"


@pytest.mark.slow
def test_keras_at_the_top_of_a_predecessor_costs_no_check(course):
    base = Source("base", "base.py", b"import keras\n")
    toy = Source("toy", "toy.py", f"import base\n{REFERENCE}".encode())
    with closing(Process()) as process:
        expected = LiveExpected(course, InProcess())
        found = list(Examination(course, "toy", [base, toy], process, expected, 0))
    assert all(isinstance(result.outcome, Passed) for result in found)
    assert sum(result.cpu for result in found) < 2.0  # the import itself takes longer


OWN_TRAINING = """

import time

end = time.process_time() + 3
while time.process_time() < end:
    pass
"""


@pytest.mark.long
def test_self_check_and_grading_agree_on_ones_own_training(checkout):
    """Also where it takes longer than a check may, all checks of the brick together."""
    solution = (checkout.root / "solutions" / "neuron.py").read_text(encoding="utf-8")
    checkout.write("neuron", solution + OWN_TRAINING)
    said = " ".join(checkout.pytest("-m", "not keras", "-k", "neuron").stdout.split())
    assert "19 of 20 (1 point not run)" in said
    line = solution.count("\n") + OWN_TRAINING.count("\n", 0, OWN_TRAINING.index("while")) + 1
    assert f"Line {line} of exercises/neuron.py, outside any function, takes 3 s" in said
    ada = checkout.root / "submitted" / "ada"
    ada.mkdir(parents=True)
    (ada / "neuron.py").write_text(solution + OWN_TRAINING, encoding="utf-8")
    run = checkout.bricks("grade", "submitted", "--out", "out", "--isolation", "basic")
    assert run.returncode == 0, run.stdout
    [row] = (checkout.root / "out" / "grades.csv").read_text().splitlines()[1:]
    assert row.startswith('"ada","20",')
    [report] = [
        json.loads(text)
        for text in (checkout.root / "out" / "results.jsonl").read_text().splitlines()
        if '"status": "graded"' in text
    ]
    assert f"Line {line} of neuron.py, outside any function, takes 3 s" in report["beside"]


def test_a_process_cannot_claim_time_that_it_did_not_take(course):
    """Else a check could run on for as long as the code says that it took to load."""
    claimed = tuple(Slow(digit * 16, Line("toy.py", 1, "", "x"), 1e8) for digit in "01")
    allowed = []

    class Claims:
        def run(self, job):
            allowed.append(job.allowed)
            if job.check is None:
                return Run(Loaded(claimed), cpu=1.5)
            return Run(TooSlow(job.limit), cpu=job.limit)

    source = Source("toy", "toy.py", b"x = 1")
    expected = LiveExpected(course, InProcess())
    examination = Examination(course, "toy", [source], Claims(), expected, 0)
    assert {type(result.outcome) for result in examination} == {TooSlow}
    assert max(allowed[1:]) < 0.6 + 10.0 + 2 * 1.5 + 0.1
    assert sum(slow.seconds for slow in examination.code.slow) == pytest.approx(1.5)


def test_a_fault_after_an_answer_keeps_its_reason(course):
    """A check runs once more with slow statements, and the kit may fail there."""
    slow = Slow("0" * 16, Line("toy.py", 1, "", "x"), 1.0)

    class Fails:
        n = 0

        def run(self, job):
            if job.check is None:
                return Run(Loaded((slow,)), cpu=1.5)
            self.n += 1
            if self.n == 2:
                raise OverflowError("a defect of ours")
            return Run(Returned({"double": np.ones(3)}), cpu=0.1)

    source = Source("toy", "toy.py", b"x = 1")
    expected = LiveExpected(course, InProcess())
    answers = LiveAnswers(course, InProcess())
    examination = Examination(course, "toy", [source], Fails(), expected, 0, answers)
    assert examination.result("double").outcome == Fault("OverflowError: a defect of ours")

"""The audit runs what a mistake cannot reach once: each trial is what it would be without that."""

import pytest

from grader.author.reached import ReachedRunner, function_names, replaced_by, with_marks
from grader.examiner import Examiner
from grader.misconception import misconception
from grader.misconceptions import misconceptions, with_misconception
from grader.runner.process import Process

CODE = b'''"""A module."""


def double(x):
    """Twice x."""
    return add(x, x)


def add(x, y):
    return x + y


class Adder:
    def __init__(self):
        self.sum = 0
'''


def found(patch):
    return replaced_by(misconception("It is wrong.", "Why?", idea="model")(patch), FUNCTIONS)


FUNCTIONS = function_names(CODE)


def test_functions_and_methods_have_qualified_names():
    assert {"double", "add", "Adder.__init__"} == FUNCTIONS


def test_a_marked_function_names_itself_once(capsys):
    module = {}
    exec(with_marks(CODE), module)
    assert module["double"](2) == module["double"](2) == 4
    assert capsys.readouterr().out == "entered double\nentered add\n"


def test_a_patch_replaces_what_it_assigns():
    def function(module):
        correct = module.double
        module.double = lambda x: -correct(x)

    def whole_class(module):
        class Other:
            pass

        module.Adder = Other

    assert found(function) == {"double"}
    assert found(whole_class) == {"Adder.__init__"}


def test_what_another_patch_replaces_is_not_known():
    def inherited(module):
        module.Adder.step = lambda self: None

    def by_name(module):
        setattr(module, "dou" + "ble", None)

    def one_of_numpy(module):
        module.np.exp = None

    def for_some(module):
        if hasattr(module, "double"):
            module.double = None

    assert [found(patch) for patch in (inherited, by_name, one_of_numpy, for_some)] == [None] * 4


@pytest.mark.long
def test_trials_are_the_same_as_without_it(course):
    """Of every fourth mistake: each outcome, and what is said of its cause."""
    process, reference = Process(), Process()
    examiner = Examiner(course, reference)
    *before, right = course.reference("mlp")
    reached = ReachedRunner(process, [*before, right])
    ran = []

    def outcomes(sources, runner):
        examination = examiner.of_sources("mlp", sources, runner)
        checks = [check for check in course.bricks["mlp"].checks.values() if not check.labels]
        results = [examination.result(check.name) for check in checks]
        return [(result.outcome, result.why and result.why.diagnosis) for result in results]

    mistakes = misconceptions(course, "mlp")
    chosen = [*mistakes[::4], *(m for m in mistakes if m.id == "fit-cannot-be-repeated")]
    for mistake in chosen:
        source = with_misconception(right, mistake)
        plain = outcomes([*before, source], process)
        again = outcomes([*before, source], reached.of(mistake, source))
        assert repr(again) == repr(plain), mistake.id
        assert repr(outcomes([*before, source], reached.of(mistake, source))) == repr(plain)
        ran.append(mistake.id)
    assert len(ran) > 8
    process.close()
    reference.close()

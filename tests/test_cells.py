"""A notebook's cells run as in Jupyter: one that stops costs itself, and is named where missed."""

from contextlib import closing
from pathlib import Path

import pytest

from grader.brick import Brick
from grader.classroom.cache import key
from grader.notebook import source_of
from grader.outcome import CellStopped, Line, Missing, Raised, TooSlow, Unloadable
from grader.probe import Job, Loaded, Returned
from grader.runner.answer import answer
from grader.runner.child_encoding import answer_to_frame
from grader.runner.encoding import answer_from_frame
from grader.runner.in_process import InProcess
from grader.runner.loading import loaded
from grader.runner.process import Process
from grader.source import Source

F = "def f():\n    return 1"


def notebook(*cells, brick="mlp"):
    return source_of(brick, [(f"cell {n}", text) for n, text in enumerate(cells, 1)])


def calls_f(mlp):
    return {"f()": mlp.f()}


CHECKS = Path("test_mlp.py")


def check():
    brick = Brick("mlp", order=1, title="MLP")
    return brick.check("part", points=1, called="f()", hint="Think.")(calls_f)


def came(*cells, before=()):
    """What comes of calling f."""
    return answer(Job(check(), CHECKS, (*before, notebook(*cells))))


def works(*cells, before=()):
    return isinstance(came(*cells, before=before), Returned)


@pytest.mark.parametrize(
    "scratch",
    [
        "1 / 0",
        "display(f())",
        "_ + 1",
        "await g()",
        "input()",
        "get_ipython()",
        "exit()",
        "raise SystemExit",
        "raise GeneratorExit",
        "def half(:",
        "return",
        "'\0'",
        "(" * 500,
        "import no_such_package",
        "def f(: never",
        "from __future__ import no_such_feature",
        "class Odd(Exception):\n    def __str__(self):\n        raise ValueError\nraise Odd",
        "f'{'",
    ],
)
def test_a_cell_that_stops_costs_itself(scratch):
    assert works(scratch, F) and works(F, scratch)
    assert works("import math", scratch, "def f():\n    return math.pi")


def test_what_it_had_defined_before_stays():
    assert works(f"{F}\n1 / 0")
    assert not works("a = 1", f"1 / 0\n{F}")


def test_the_cell_is_named_where_a_name_is_missing_for_it():
    missing = came("a = 1", f"\n1 / 0\n{F}", "b = 2")
    assert missing == CellStopped(
        "f",
        "cell 2 of mlp.ipynb",
        "ZeroDivisionError: division by zero",
        (Line("cell 2 of mlp.ipynb", 2, "<module>", "1 / 0"),),
    )
    global_name = came("import nump as np", "def f():\n    return np.zeros(3)")
    assert (global_name.name, global_name.cell) == ("np", "cell 1 of mlp.ipynb")
    assert global_name.reason == "ModuleNotFoundError: No module named 'nump'"
    no_python = came("a = 1", "# mine\ndef f(:\n    return 1")
    assert (no_python.name, no_python.reason) == ("f", "SyntaxError: invalid syntax")
    assert no_python.lines == (Line("cell 2 of mlp.ipynb", 2, "", "def f(:"),)


def test_a_cell_that_stopped_for_want_of_another_names_that_one():
    root = came("a = 1", "import nump as np", "zeros = np.zeros(3)\ndef f():\n    return zeros")
    assert (root.name, root.cell) == ("f", "cell 2 of mlp.ipynb")


def test_a_cell_that_has_nothing_to_do_with_it_is_not_mentioned():
    assert came("a = 1", "g()", "1 / 0") == Missing("f")
    assert came("f()", "a = 1") == Missing("f")
    unknown = came("1 / 0", "def f():\n    return g()")
    assert isinstance(unknown, Raised) and unknown.error == "NameError"
    local = came("g = 1 / 0", "def f():\n    print(g)\n    g = 1")
    assert isinstance(local, Raised) and local.error == "UnboundLocalError"


def test_where_nothing_is_defined_the_notebook_does_not_load():
    sources = [notebook("%time", "1 / 0", "def f(:")]
    trouble = answer(Job(None, CHECKS, tuple(sources)))
    assert trouble == Unloadable(
        "mlp.ipynb",
        "ZeroDivisionError: division by zero",
        (Line("cell 2 of mlp.ipynb", 1, "<module>", "1 / 0"),),
    )
    assert answer(Job(None, CHECKS, (notebook("", "# nothing yet"),))) == Loaded()


def test_lines_are_those_of_the_cell():
    raised = came("a = 1\nb = 2", "# f\ndef f():\n    return g()", "def g():\n\n    return 1 / 0")
    assert raised.lines == (
        Line("cell 2 of mlp.ipynb", 3, "f", "return g()"),
        Line("cell 3 of mlp.ipynb", 3, "g", "return 1 / 0"),
    )


def test_what_looks_like_the_head_of_a_cell_is_text():
    text = 's = """\n# cell 9, 1 lines\n\x0c\u2028"""\n# cell 3, 2 lines\n' + F
    assert works("1 / 0", text, "", "# cell 4, 0 lines")


def test_imports_from_the_future_hold_for_the_cells_that_follow():
    dated = "import dataclasses\n@dataclasses.dataclass\nclass A:\n    x: Unknown = 1\n"
    assert works("from __future__ import annotations", dated + F)
    assert came("from __future__ import annotations", dated, "def f():\n    return A().x") == came(
        F
    )
    assert came("a = 1", dated + F).reason == "NameError: name 'Unknown' is not defined"
    assert works("a = 1", "from __future__ import annotations\n" + F)


LAYER = "class Dense:\n    pass"


def test_a_notebook_before_it_stops_in_its_own_name():
    before = notebook("import math", f"1 / 0\n{LAYER}", "softmax = 1", brick="layer")
    uses = "def f():\n    return Dense()"
    stopped = came("a = 1", "from layer import Dense", uses, before=[before])
    assert (stopped.name, stopped.cell) == ("Dense", "cell 2 of layer.ipynb")
    assert stopped.lines == (Line("cell 2 of layer.ipynb", 1, "<module>", "1 / 0"),)
    lazily = came("def f():\n    from layer import Dense\n    return 1", before=[before])
    assert (lazily.name, lazily.cell) == ("Dense", "cell 2 of layer.ipynb")
    assert works("from layer import softmax\n" + F, before=[before])
    nothing = notebook("def f(:", brick="layer")
    stopped = came("a = 1", "import layer", "def f():\n    return layer.Dense()", before=[nothing])
    assert (stopped.name, stopped.cell) == ("layer", "cell 1 of layer.ipynb")


def test_a_modules_file_loads_whole_or_not_at_all():
    text = f"{F}\n1 / 0\n"
    assert isinstance(
        answer(Job(check(), CHECKS, (Source("mlp", "mlp.py", text.encode()),))), Unloadable
    )


def test_ctrl_c_is_not_a_cell_that_stops():
    with pytest.raises(KeyboardInterrupt), loaded([notebook(F, "raise KeyboardInterrupt")]):
        pass
    with pytest.raises(KeyboardInterrupt):
        InProcess().run(Job(check(), CHECKS, (notebook(F, "raise KeyboardInterrupt"),)))


def test_a_cell_that_never_ends_is_too_slow():
    with closing(Process()) as place:
        came = place.run(Job(None, CHECKS, (notebook(F, "while True: pass"),), limit=1.0))
    assert came.answer == TooSlow(1.0)


def test_a_modules_own_getattr_stays():
    own = "a = 1\ndef __getattr__(name):\n    return lambda: 1"
    assert works("1 / 0", own) and works(own, f"1 / 0\n{F}")


def test_it_travels_as_plain_data_and_earns_nothing():
    stopped = came("a = 1", f"1 / 0\n{F}")
    assert answer_from_frame(*answer_to_frame(stopped)) == stopped


def test_a_grade_is_kept_apart_from_that_of_a_module_of_the_same_text():
    own = notebook(F)
    module = Source("mlp", "mlp.py", own.code)
    assert key("", {"mlp": own}, ["mlp"]) != key("", {"mlp": module}, ["mlp"])

"""Modules in notebooks: nothing is lost, and the notebook does what the file does."""

import ast
import json

import nbformat
import pytest

from grader.author.build import stub
from grader.author.demo import students
from grader.course import Course
from grader.desk import fill
from grader.desk.fill import filled, pieces
from grader.desk.source import student_notebook
from grader.notebook import COLLECTED, source_in

TOY = """\
def double(x):
    return 2 * x


class Tripler:
    def apply(self, x):
        return 3 * x
"""
ODD = {
    "helpers": "FACTOR = 2\n\n\n# by me\ndef help_me(x):\n    return FACTOR * x\n\n\n"
    "def double(x):\n    return help_me(x)\n",
    "another order": "class Tripler:\n    pass\n\n\nBASE = Tripler\n\n\n"
    "def double(x):\n    return x\n",
    "twice": "def double(x):\n    return 1\n\n\nfirst = double\n\n\n"
    "def double(x):\n    return first\n",
    "decorated": "import functools\n\n\n@functools.cache\n# why\ndef double(x):\n    return x\n",
    "patched after": TOY + "\n\nTripler.apply = lambda self, x: x\n",
    "semicolons": "a = 1; b = 2\ndef double(x): return a; \n",
    "future": '"""Mine."""\nfrom __future__ import annotations\n\n' + TOY,
    "strings that look like Jupyter": 's = """\n%time\n!ls\n# %%\n"""\n' + TOY,
    "continued": "total = 1 + \\\n    2\n" + TOY + "# the end",
    "guarded": "if True:\n    def double(x):\n        return x\n\n\n"
    'if __name__ == "__main__":\n    1\n',
    "tabs and form feeds": "def double(x):\n\treturn x\n\x0c\nclass Tripler:\n\tpass\n",
    "nothing": "",
    "only comments": "# I could not do it\n",
}


@pytest.fixture(scope="module")
def template(made):
    return student_notebook(Course(made), "toy"), stub((made / "solutions" / "toy.py").read_text())


def stub_of(course, brick):
    return (course.exercises / f"{brick}.py").read_text(encoding="utf-8")


def source_of(notebook, grade_id):
    return next(
        cell.source
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def own(notebook):
    return [
        c.source for c in notebook.cells if c.cell_type == "code" and "nbgrader" not in c.metadata
    ]


def statements(code):
    body = ast.parse(code).body
    return sorted(ast.dump(node) for node in body if not isinstance(node, ast.Pass))


def taken_out(notebook):
    return source_in("toy", json.dumps(notebook).encode()).code


@pytest.mark.slow
def test_each_function_goes_to_its_cell(template):
    made = filled(*template, TOY.encode())
    assert source_of(made, "double-solution") == "def double(x):\n    return 2 * x"
    assert source_of(made, "Tripler-solution").startswith("class Tripler")
    assert own(made) == []
    ids = [c.id for c in made.cells]
    assert len(set(ids)) == len(ids)
    nbformat.validate(made)


@pytest.mark.parametrize("code", ODD.values(), ids=ODD.keys())
def test_the_same_module_comes_out(template, code):
    made = filled(*template, code.encode())
    assert statements(taken_out(made)) == statements(code)
    [*order] = [type(node).__name__ for node in ast.parse(code).body]
    came = [
        type(n).__name__ for n in ast.parse(taken_out(made)).body if not isinstance(n, ast.Pass)
    ]
    assert sorted(order) == sorted(came)
    text = "\n".join(cell.source for cell in made.cells)
    for line in code.splitlines():
        assert line.strip() in text
    nbformat.validate(made)
    ids = [c.metadata["nbgrader"]["grade_id"] for c in made.cells if "nbgrader" in c.metadata]
    assert sorted(ids) == sorted(
        ["setup", "double-solution", "test-double", "Tripler-solution", "test-Tripler-apply"]
    )


def test_what_fits_no_cell_has_its_own_where_it_stood(template):
    made = filled(*template, ODD["helpers"].encode())
    assert own(made) == ["FACTOR = 2\n\n# by me\ndef help_me(x):\n    return FACTOR * x"]
    assert taken_out(made).index(b"help_me") < taken_out(made).index(b"def double")
    assert source_of(made, "Tripler-solution") == ""


def test_the_stubs_own_comments_are_in_the_text_already(template):
    made = filled(*template, template[1].encode())
    assert "# %%" not in "".join(source for source in own(made))
    assert statements(taken_out(made)) == statements(template[1])


def test_lines_that_say_nothing_are_the_stubs_where_they_stand_in_it(course):
    template, stub = student_notebook(course, "layer"), stub_of(course, "layer")
    assert "\n#\n" in stub
    assert own(filled(template, stub, stub.encode())) == ["import numpy as np"]
    mine = "#\n# Mine:\n#\n#   a * b\n#\n"
    code = stub.replace("# %%\ndef one_hot", f"# %%\n{mine}\n\nA = 1\n\n\n# %%\ndef one_hot")
    assert mine in code
    text = "\n".join(own(filled(template, stub, code.encode())))
    assert text == f"import numpy as np\n\n{mine}\n\nA = 1"


@pytest.mark.parametrize(
    "code",
    [
        b"def double(x:\n    return 1\n",
        b"%matplotlib inline\ndef double(x):\n    return 2 * x\n",
        b"def double(x):\n    return '\xe9t\xe9'\n",
        b"def double(x):\n\treturn 1\n        return 2\n",
        b"x = '\x00'\n",
    ],
    ids=["syntax", "magic", "undecodable", "tabs", "nul"],
)
def test_what_python_cannot_read_is_not_mended_by_the_way(template, code):
    made = filled(*template, code)
    with pytest.raises((SyntaxError, ValueError)):
        exec(compile(taken_out(made), "toy", "exec"), {})
    shown = "\n".join(own(made))
    assert all(line in shown for line in code.decode("utf-8", "replace").split("\n"))


def test_a_long_module_is_kept_whole_and_never_parsed_here(template, monkeypatch):
    code = TOY + "".join(f"x{n} = f'{{1}}{{2}}'\n" for n in range(10_000))
    with monkeypatch.context() as patch:
        patch.setattr(fill.ast, "parse", None)
        patch.setattr(fill, "compile", None, raising=False)
        made = filled(*template, code.encode())
    assert own(made) == [code.strip()] or own(made) == [code]
    assert statements(taken_out(made)) == statements(code)


def test_encodings_and_line_ends_of_any_kind(template):
    for code in (
        "# coding: latin-1\ndef double(x):\n    return 'é'\n".encode("latin-1"),
        b"\xef\xbb\xbfdef double(x):\r\n    return '''a\r\nb'''\r\n",
        b"def double(x):\r    return 1\r",
    ):
        made = filled(*template, code)
        assert statements(taken_out(made)) == statements(code)
        assert "return" in source_of(made, "double-solution")
    code = b"def double(x):\n    return 2 * x  # \xe9t\xe9\n"  # Python minds it in strings only
    assert statements(taken_out(filled(*template, code))) == statements(code)


def test_pieces_leave_no_line_out():
    text = "# a\nimport os\n\n# b\n\n\ndef f():\n    # c\n    pass\n# d\n"
    assert "\n".join(piece.text for piece in pieces(text)).split() == text.split()


def test_every_module_of_the_demonstration_class(course):
    """All stubs, solutions and misconceptions come out of notebooks as they went in."""
    templates = {brick: student_notebook(course, brick) for brick in course.bricks}
    stubs = {brick: stub_of(course, brick) for brick in course.bricks}
    n = 0
    for _, modules in students(course):
        for brick, text in modules.items():
            made = filled(templates[brick], stubs[brick], text.encode())
            try:
                want = [ast.dump(node) for node in ast.parse(text).body]
            except SyntaxError:
                with pytest.raises(SyntaxError):
                    ast.parse(taken_out(made))
                continue
            came = ast.parse(taken_out(made)).body
            assert [ast.dump(node) for node in came if not isinstance(node, ast.Pass)] == want
            n += 1
    assert n > 40


def test_lines_of_every_module_stand_where_they_stood(template):
    for code in ODD.values():
        came = taken_out(collected(template, code)).decode().split("\n")
        for number, line in enumerate(code.split("\n")):
            if line.strip() and not line.startswith("#"):
                assert came[number] == line
    changed = collected(template, ODD["helpers"])
    for cell in changed.cells:
        cell.source = f"# by hand\n\n{cell.source}"
    assert statements(taken_out(changed)) == statements(ODD["helpers"])
    for numbers in ([10**12] * 3, [-1, True, "x"], [0] * 3, {"a": 1}):
        made = collected(template, "a = 1\nb = 2\nc = 3")
        made.cells[1].metadata["bricks_lines"] = numbers
        assert statements(taken_out(made)) == statements("a = 1\nb = 2\nc = 3")


def collected(template, code):
    made = filled(*template, code.encode())
    made.metadata[COLLECTED] = "toy.py"
    return made

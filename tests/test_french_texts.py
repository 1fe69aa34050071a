"""A brick's French text is its English one in another language: same cells, code and figures."""

import ast
import doctest
import io
import re
import tokenize
from collections import Counter
from pathlib import Path

import jupytext
import pytest

SOLUTIONS = Path(__file__).parents[1] / "solutions"
BRICKS = sorted(path.stem for path in (SOLUTIONS / "fr").glob("*.py"))
HAS_DOCSTRING = (ast.FunctionDef, ast.ClassDef)
DOCTEST = re.compile(r"(?m)^ *>>> .*(?:\n *\S.*)*")
FORMULA = re.compile(r"\$\$.+?\$\$|\$.+?\$", re.DOTALL)
NAME = re.compile(r"`[^`]+`")
LINK = re.compile(r"\]\(([^)\s]+)\)|(https?://[^\s)>]+)")
BLOCK = re.compile(r"(?m)^ {4}.*$")
WRONG_SPACE = re.compile(
    r"(?<!\u202f)[;!?](?=\**(?:\s|$))|(?<!\u00a0):(?=\**(?:\s|$))|(?<!\u00a0)»|«(?!\u00a0)"
)

pytestmark = pytest.mark.parametrize("brick", BRICKS)


def both(brick):
    """The English file and the French one."""
    paths = SOLUTIONS / f"{brick}.py", SOLUTIONS / "fr" / f"{brick}.py"
    return [path.read_text(encoding="utf-8") for path in paths]


def documented(code):
    nodes = [node for node in ast.walk(ast.parse(code)) if isinstance(node, HAS_DOCSTRING)]
    return [node for node in nodes if ast.get_docstring(node)]


def markdown(code):
    cells = jupytext.reads(code, fmt="py:percent").cells
    return [cell.source for cell in cells if cell.cell_type == "markdown"]


def docstrings(code):
    return [ast.get_docstring(node) for node in documented(code)]


def pairs(brick):
    """Each markdown cell and each docstring, in English and in French."""
    english, french = both(brick)
    cells = zip(markdown(english), markdown(french), strict=True)
    return [*cells, *zip(docstrings(english), docstrings(french), strict=True)]


def found(pattern, text):
    """How often each match is there; a line may break at another place."""
    return Counter(" ".join(match.group().split()) for match in pattern.finditer(text))


def prose(text):
    for apart in (DOCTEST, FORMULA, NAME):
        text = apart.sub("…", text)
    return text


def numbers(text, thousands, point):
    text = re.sub(rf"(?<=\d){thousands}(?=\d{{3}}\b)", "", prose(text))
    return Counter(re.findall(r"\d+(?:\.\d+)?", re.sub(rf"(?<=\d){point}(?=\d)", ".", text)))


def without_docstrings(code):
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, HAS_DOCSTRING) and ast.get_docstring(node):
            del node.body[0]
    return ast.dump(tree)


def code_and_marks(code):
    """The tokens of the code, and between them the marks of the solution."""
    beside = (tokenize.COMMENT, tokenize.NL)
    return [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(code).readline)
        if (token.type not in beside and not token.string.startswith('"""'))
        or token.string.startswith("### ")
    ]


def test_the_cells_are_the_same(brick):
    english, french = (jupytext.reads(text, fmt="py:percent").cells for text in both(brick))
    assert [(c.cell_type, c.metadata) for c in french] == [
        (c.cell_type, c.metadata) for c in english
    ]


def test_the_code_is_the_same(brick):
    english, french = both(brick)
    assert without_docstrings(french) == without_docstrings(english)
    assert code_and_marks(french) == code_and_marks(english)
    assert [node.name for node in documented(french)] == [n.name for n in documented(english)]


def test_every_text_is_translated(brick):
    assert [french for english, french in pairs(brick) if french == english] == []


def test_the_doctests_are_the_same(brick):
    for english, french in pairs(brick):
        got, wanted = (doctest.DocTestParser().get_examples(text) for text in (french, english))
        assert [(e.source, e.want) for e in got] == [(e.source, e.want) for e in wanted]


@pytest.mark.parametrize("pattern", [FORMULA, NAME, LINK], ids=["formulas", "names", "links"])
def test_formulas_names_and_links_are_the_same(brick, pattern):
    for english, french in pairs(brick):
        assert found(pattern, french) == found(pattern, english), french


def test_the_numbers_are_the_same(brick):
    for english, french in pairs(brick):
        assert numbers(french, "\u202f", ",") == numbers(english, ",", r"\."), french


def test_signs_stand_after_a_space_that_does_not_break(brick):
    _, french = both(brick)
    texts = [BLOCK.sub("", cell) for cell in markdown(french)] + docstrings(french)
    wrong = [
        prose(text)[max(match.start() - 30, 0) : match.end()]
        for text in texts
        for match in WRONG_SPACE.finditer(prose(text))
    ]
    assert wrong == []


def test_lines_are_at_most_100_characters_long(brick):
    _, french = both(brick)
    assert [line for line in french.splitlines() if len(line) > 100] == []

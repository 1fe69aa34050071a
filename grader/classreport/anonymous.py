"""Makes a student's wrong answer an example for all, without words that show whose it is."""

import re
import tokenize
from collections.abc import Iterable, Set
from io import StringIO

from grader.classreport.clusters import Cluster, Failure
from grader.report.rows import Rows
from grader.report.text import message_rows
from grader.report.values import DRAWN
from grader.submissions.lookalikes import looks

WORD = re.compile(r"[^\W_]+")
SHORTEST = 3  # letters of a name's word that is looked for: shorter ones occur everywhere
LONG = 4  # the same for another student's name: a file may be a copy of a classmate's
# Labels of rows in the kit's own words; all others may have words of the student's.
OF_THE_KIT = ("called", "with", "expected", DRAWN)
SHOWN = (*OF_THE_KIT, "returned", "raised", "missing", "where")


def example_of(cluster: Cluster, students: Iterable[str]) -> Rows:
    """The rows of one failure, one with a line of code if possible.

    Comments are cut off. If a word of the student's name stands in a row, another student's failure
    is taken; if every student's has one, the rows with such words are left out.

    students: all of the class.
    """
    others = {word for student in students for word in words_of(student) if len(word) >= LONG}
    others |= {name for student in students if len(name := run_together(student)) >= LONG}
    shown = [_rows(failure) for failure in cluster.failures]
    safe = [
        rows
        for rows, failure in zip(shown, cluster.failures, strict=True)
        if not names_in(failure.student, others, rows)
    ]
    with_code = [rows for rows in safe if any(label == "where" for label, _ in rows)]
    if safe:
        return (with_code or safe)[0]
    return [row for row in shown[0] if row[0] in OF_THE_KIT]


def names_in(student: str, others: Set[str], rows: Rows) -> bool:
    """Whether rows that may have words of the student's contain a name.

    They do if they contain a word of the student's name anywhere, or a word of another's name as a
    word of its own; also in letters that look alike, or with signs between the letters.
    """
    own = words_of(student)
    long = [word for word in (*own, run_together(student)) if len(word) >= LONG]
    for text in (text for label, text in rows if label not in OF_THE_KIT):
        seen, together = looks(text), run_together(text)
        if any(word in seen for word in own) or any(word in together for word in long):
            return True
        if others & {*WORD.findall(seen), *map(run_together, text.split())}:
            return True
    return False


def run_together(text: str) -> str:
    """The text's letters and digits, without what stands between them."""
    return "".join(WORD.findall(looks(text)))


def words_of(name: str) -> list[str]:
    """The words of a name that are long enough to identify the student."""
    words = (looks(word) for word in WORD.findall(name))
    return [word for word in words if len(word) >= (SHORTEST if word.isascii() else SHORTEST - 1)]


def _rows(failure: Failure) -> Rows:
    rows = [row for row in message_rows(failure.check) if row[0] in SHOWN]
    return [(label, _where(text) if label == "where" else text) for label, text in rows]


def _where(text: str) -> str:
    position, *code = text.split("\n")
    return "\n".join([position, *map(without_comment, code)])


def without_comment(line: str) -> str:
    """A line of code up to its comment."""
    try:
        for token in tokenize.generate_tokens(StringIO(line.strip()).readline):
            if token.type == tokenize.COMMENT:
                return line.strip()[: token.start[1]].rstrip()
    except (tokenize.TokenError, SyntaxError):  # an open bracket: the line goes on
        return line.partition("#")[0].rstrip()
    return line.strip()

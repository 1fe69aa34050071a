"""A student's wrong answer as an example for all: without what could say whose it is."""

import re
import tokenize
from collections.abc import Iterable
from io import StringIO

from grader.classreport.clusters import Cluster, Failure
from grader.report.rows import DRAWN, Rows
from grader.report.text import message_rows

WORD = re.compile(r"[^\W_]+")
SHORTEST = 3  # Latin letters of a name's word that is looked for: shorter ones are everywhere
# Labels of rows in the kit's own words, and of those that hold the student's.
SHOWN = ("called", "with", "returned", "raised", "missing", "expected", DRAWN, "where")
OWN_WORDS = ("raised", "missing", "where", "file")


def example_of(cluster: Cluster) -> Rows:
    """The rows of one failure, one with a line of code if possible.

    Comments are cut off. Where a word of the student's name stands in any row, another student's
    failure is taken, or else the rows with the student's own words are left out.
    """
    shown = [_rows(failure) for failure in cluster.failures]
    safe = [
        rows
        for rows, failure in zip(shown, cluster.failures, strict=True)
        if not names_in(failure.student, (text for _, text in rows))
    ]
    with_code = [rows for rows in safe if any(label == "where" for label, _ in rows)]
    if safe:
        return (with_code or safe)[0]
    return [row for row in shown[0] if row[0] not in OWN_WORDS]


def names_in(student: str, texts: Iterable[str]) -> bool:
    """Whether a word of the student's name is in one of the texts, also within a longer word."""
    words = [
        word.casefold()
        for word in WORD.findall(student)
        if len(word) >= (SHORTEST if word.isascii() else SHORTEST - 1)
    ]
    folded = [text.casefold() for text in texts]
    return any(word in text for word in words for text in folded)


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

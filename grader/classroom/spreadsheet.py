"""Writes CSV in which spreadsheets find no formulas."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence

# A formula begins with one of these signs, also after spaces and quotes. A spreadsheet that does
# not split at commas may begin a cell at other separators.
SIGNS = "".join(
    character
    for character in map(chr, range(0x20, 0x10000))
    if unicodedata.normalize("NFKC", character) in ("=", "+", "-", "@", "\u2212")
)
FORMULA = re.compile(rf"(^|[,;|\t\r\n])(?=[\s'\"\u2018-\u201f\ufeff]*[{re.escape(SIGNS)}])")


# Characters that act on a terminal, or turn the direction of text. Other invisible characters stay:
# some languages need them in names.
ACTING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def as_text(value: str) -> str:
    """The value, with a quote wherever a spreadsheet would take what follows for a formula."""
    return FORMULA.sub(r"\1'", ACTING.sub("", value))


def as_csv(rows: Iterable[Sequence[object]]) -> str:
    """The rows with every field in quotes; None is empty, and no text is a formula."""
    made = io.StringIO(newline="")
    table = csv.writer(made, quoting=csv.QUOTE_ALL)
    table.writerows(
        [as_text(field) if isinstance(field, str) else field for field in row] for row in rows
    )
    return made.getvalue()

"""CSV files of instructors and platforms, read and written."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.classroom.spreadsheet import as_text
from grader.course import CourseError
from grader.files import write_whole

BOM = "\ufeff"
MAX_TABLE = 20_000_000  # bytes
NO_FORMULA = re.compile(r"-|-?\d+([.,]\d+)?")  # though it may begin with a sign


@dataclass(frozen=True)
class Table:
    """Rows of equal length below a header. bom: whether the file began with a byte-order mark."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bom: bool = False
    separator: str = ","

    def column(self, *names: str) -> int | None:
        """The first column of one of these names, in any case."""
        wanted = [name.casefold() for name in names]
        heads = [head.strip().casefold() for head in self.header]
        return next((heads.index(name) for name in wanted if name in heads), None)


def read_table(path: Path) -> Table:
    """A table of UTF-8, separated by commas, semicolons or tabs. Raises CourseError."""
    try:
        raw = path.read_bytes()[: MAX_TABLE + 1]
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from None
    if len(raw) > MAX_TABLE:
        raise CourseError(f"{path} is too large for a table of students.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise CourseError(
            f"{path} is not UTF-8: in Excel, save it as `CSV UTF-8 (Comma delimited)`."
        ) from None
    bom = text.startswith(BOM)
    text = text.removeprefix(BOM)
    separator = max(",;\t", key=text.partition("\n")[0].count)
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
    except csv.Error as error:
        raise CourseError(f"{path} is no CSV table: {error}.") from None
    lines = [row for row in lines if any(map(str.strip, row))]
    if not lines:
        raise CourseError(f"{path} is empty.")
    header, *rows = lines
    width = len(header)
    for row in rows:
        if len(row) > width and any(row[width:]):
            raise CourseError(f"{path}: the line of {row[0]!r} has more cells than the header.")
    padded = (tuple([*row, *[""] * width][:width]) for row in rows)
    return Table(tuple(header), tuple(padded), bom, separator)


def write_table(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    bom: bool = False,
    separator: str = ",",
) -> None:
    """Writes a table. None is an empty cell; no text is a formula, whatever it begins with."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, delimiter=separator)
    writer.writerow(map(_harmless, header))
    writer.writerows(map(_harmless, row) for row in rows)
    write_whole(path, (BOM if bom else "") + made.getvalue())


def _harmless(cell: object) -> object:
    """The cell, in which text is never a formula; a number and a lone dash stay as they are."""
    if not isinstance(cell, str) or NO_FORMULA.fullmatch(cell):
        return cell
    return as_text(cell)


def number(value: float) -> str:
    """A mark with at most two decimals, as every platform reads it."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def number_in(text: str) -> float | None:
    """A platform's number, with a point or a comma; None if it is none."""
    try:
        return float(text.strip().replace("\xa0", "").replace(" ", "").replace(",", "."))
    except ValueError:
        return None


def cells(row: Sequence[str], changed: Mapping[int | None, str]) -> tuple[str, ...]:
    """The row with new cells in some columns; None stands for a column that does not exist."""
    return tuple(changed.get(column, cell) for column, cell in enumerate(row))

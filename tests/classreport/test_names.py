"""Names of files from students' names, which others chose."""

from pathlib import PurePosixPath, PureWindowsPath

import pytest

from grader.classreport.names import LONGEST, file_names

HOSTILE = [
    *("../x", "..", ".", "", "/etc/passwd", "a/b", "a\\b", "C:\\x", "~", "-rf", ".hidden", "x\0y"),
    *("con", "NUL", "aux.txt", "a\nb", "a\u202eb", "=cmd(A1)", "<script>", "x" * 400, "é" * 300),
    *("a" * 99 + ".", " blank ", "...", "\ud800", "index?*|", "x..y", "x. . y"),
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_one_file_of_the_folder(name):
    made = file_names([name])[name]
    for kind in (PurePosixPath, PureWindowsPath):
        path = kind(f"{made}.html")
        assert path.name == f"{made}.html" and len(path.parts) == 1
        assert path.suffix == ".html" and not path.is_reserved()
    assert made and made[0] not in ".-~ " and made[-1] not in ". "
    assert ".." not in made and made.isprintable()
    assert len(made.encode()) <= LONGEST + 10


def test_names_stay_as_they_are_where_they_can():
    names = ["Ada Lovelace", "Évariste Galois", "김철수", "s1234567", "O'Neil", "ada_123.b"]
    kept = file_names(names)
    assert [kept[name] for name in names] == [*names[:4], "O_Neil", names[5]]


def test_no_two_students_share_a_file():
    names = ["ada", "Ada", "ada?", "ada*", "../ada", "ada-2", "ADA", "STRASSE", "straße", *HOSTILE]
    made = file_names(names)
    assert len({name.casefold() for name in made.values()}) == len(set(names))
    assert file_names(names) == made

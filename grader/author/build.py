"""Generates stubs and notebooks from the solutions, so that each text is written once."""

import re
from collections.abc import Collection
from pathlib import Path

import jupytext
from nbgrader.preprocessors import ClearSolutions

from grader.author.built import Built
from grader.author.catalogues import catalogues
from grader.course import Course, CourseError
from grader.desk.source import source_notebook, source_path
from grader.desk.stubs import BEGIN, END, MISSING, SOLUTION_TAG, name_the_missing
from grader.files import write_whole
from grader.proofread.marks import regions
from grader.proofread.solution import text_of


def build(course: Course, force: bool = False) -> dict[Path, Path | None]:
    """Writes each brick's stub and source notebook, and the catalogues of translations.

    Returns the files that changed, each with the copy of what was there, if one was made. Raises
    CourseError, and writes nothing, if somebody wrote in one of them; `force` overwrites it.
    """
    made, built = everything(course), Built(course)
    changed = {path: text for path, text in made.items() if not _has_text(path, text)}
    if (edited := built.edited(changed)) and not force:
        names = ", ".join(str(path.relative_to(course.root)) for path in edited)
        raise CourseError(
            f"Nothing is written, since {names} was edited here: move that work elsewhere, or "
            "overwrite it by `bricks build --force`."
        )
    written = {}
    for path, text in changed.items():
        written[path] = built.set_aside(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
    built.record(made)
    for path, content in catalogues(course).items():
        if not _has_bytes(path, content):
            write_whole(path, content)
            written[path] = None
    return written


def out_of_date(course: Course) -> list[Path]:
    """The files that differ from what the solutions and the course's sentences generate."""
    texts = [path for path, text in everything(course).items() if not _has_text(path, text)]
    made = catalogues(course).items()
    return texts + [path for path, content in made if not _has_bytes(path, content)]


def everything(course: Course) -> dict[Path, str]:
    """All generated texts: stubs, and nbgrader's notebooks if the course has source/."""
    stubs = {
        course.exercises / f"{name}.py": stub(solution_of(course, name)) for name in course.bricks
    }
    if not has_notebooks(course):
        return stubs
    return stubs | {source_path(course, n): source_notebook(course, n) for n in course.bricks}


def has_notebooks(course: Course) -> bool:
    """Whether the course is also used with nbgrader."""
    return (course.root / "source").is_dir()


def _has_text(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _has_bytes(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def solution_of(course: Course, brick: str, language: str = "") -> str:
    """The text of the brick's solution, in that language. Raises CourseError if it is no Python."""
    text, why = text_of(course.text_in(language, brick))
    if why:
        raise CourseError(why)
    return text


def with_finished(solution: str, finished: Collection[str]) -> str:
    """The stub in which only these functions, by their dotted names, are written.

    It includes cells that only the solution has, since the written functions may need them.
    """
    lines = solution.splitlines(keepends=True)
    for name, first, last in regions(solution):
        if name in finished:
            lines[first] = lines[last] = ""
        else:
            indent = lines[first][: -len(lines[first].lstrip())]
            lines[first : last + 1] = [f"{indent}{MISSING}\n", *[""] * (last - first)]
    return name_the_missing("".join(lines))


def stub(solution: str, finished: int = 0) -> str:
    """The stub of a py:percent solution: each region raises NotImplementedError with a name.

    finished: how many of the first cells with a region keep it, as in a student's half-done work.
    """
    notebook = jupytext.reads(solution, fmt="py:percent")
    notebook.metadata["jupytext"] = {"notebook_metadata_filter": "-all"}
    if not finished:
        notebook.cells = [
            cell for cell in notebook.cells if SOLUTION_TAG not in cell.metadata.get("tags", [])
        ]
    for cell in [cell for cell in notebook.cells if BEGIN in cell.source][:finished]:
        cell.source = re.sub(rf"^ *({BEGIN}|{END})\n?", "", cell.source, flags=re.MULTILINE)
    clear = ClearSolutions(code_stub={"python": MISSING}, enforce_metadata=False)
    notebook, _ = clear.preprocess(notebook, {"language": "python"})
    return name_the_missing(jupytext.writes(notebook, fmt="py:percent"))

"""`bricks gradescope ZIP`: the course as an autograder that Gradescope runs.

The layout is that of https://gradescope-autograders.readthedocs.io/en/latest/specs/: `setup.sh` and
an executable `run_autograder` at the top of the zip, which is unpacked to /autograder/source. The
zip holds the solutions and the secret seed: nobody but Gradescope may get it.
"""

import json
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.classroom.secret_seed import secret_seed
from grader.content import ENGINE
from grader.course import Course, CourseError
from grader.files import whole_file
from grader.seed import FILE as SEED_FILE

SETTINGS = "gradescope.json"
ROOT = "BRICKS_AUTOGRADER"  # the environment variable that names another /autograder
SETUP = f"""#!/usr/bin/env bash
# Runs once, as root, when the autograder's image is built. Choose Ubuntu 22.04 or later.
set -euo pipefail
root="${{{ROOT}:-/autograder}}"
apt-get update
apt-get install -y --no-install-recommends python3 python3-venv libseccomp2 bubblewrap
python3 -m venv "$root/venv"
"$root/venv/bin/pip" install --no-cache-dir "$root/source"
"""
RUN = f"""#!/usr/bin/env bash
# Runs for each submission: reads submission/, writes results/results.json.
root="${{{ROOT}:-/autograder}}"
cd "$root" && exec "$root/venv/bin/python" -m grader.exports.in_gradescope
"""
LIMIT = 100_000_000  # bytes of a zip that Gradescope accepts
EXECUTABLE, PLAIN = 0o100755, 0o100644
LEFT_OUT = {"__pycache__", ".pytest_cache", ".ipynb_checkpoints"}


def make_autograder(
    console: Console,
    course: Course,
    target: Path,
    bricks: Sequence[str],
    open_until: date | None = None,
) -> None:
    """Writes the zip and says what to do with it. Raises CourseError."""
    secret_seed(course.root / SEED_FILE, target.parent).print_notes(console)
    write_autograder(course, target, bricks, open_until)
    size = target.stat().st_size
    if size > LIMIT:
        raise CourseError(f"{target} has {size:,} bytes, and Gradescope takes {LIMIT:,}.")
    made = f"{target}: an autograder of {', '.join(bricks)} ({size / 1e6:.0f} MB)."
    console.print(Text(made), soft_wrap=True)
    console.print("It holds the solutions and the secret seed: upload it, and give it to nobody.")
    console.print("In Gradescope: a programming assignment, Configure Autograder, Ubuntu 22.04.")
    console.print(
        "The first line that it prints for each submission says which isolation is in force.",
        soft_wrap=True,
    )


def write_autograder(
    course: Course, target: Path, bricks: Sequence[str], open_until: date | None = None
) -> None:
    """Writes the zip. Raises CourseError if the course cannot be installed from it."""
    if not (course.root / "pyproject.toml").is_file():
        raise CourseError(f"{course.root} has no pyproject.toml, by which setup.sh installs it.")
    settings = {"bricks": list(bricks), "open_until": open_until and open_until.isoformat()}
    with (
        whole_file(target, mode=0o600) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        _add(packed, "setup.sh", SETUP.encode(), EXECUTABLE)
        _add(packed, "run_autograder", RUN.encode(), EXECUTABLE)
        _add(packed, SETTINGS, json.dumps(settings).encode())
        for name, path in files_of(course):
            _add(packed, name, path.read_bytes())


def files_of(course: Course) -> Iterator[tuple[str, Path]]:
    """The files that grading needs, by their names in the zip."""
    for name in ("pyproject.toml", "README.md", "LICENSE", "course.toml", SEED_FILE):
        if (course.root / name).is_file():
            yield name, course.root / name
    for top, folder in (
        ("grader", ENGINE), ("exercises", course.exercises), ("solutions", course.solutions)
    ):  # fmt: skip
        for path in sorted(folder.rglob("*")):
            inner = path.relative_to(folder)
            if path.is_file() and not LEFT_OUT & {*inner.parts} and path.suffix != ".pyc":
                yield f"{top}/{inner.as_posix()}", path


def _add(packed: zipfile.ZipFile, name: str, content: bytes, mode: int = PLAIN) -> None:
    member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    member.external_attr = mode << 16
    member.compress_type = zipfile.ZIP_DEFLATED
    packed.writestr(member, content)

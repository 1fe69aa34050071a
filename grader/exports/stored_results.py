"""`bricks export --for gradescope`: an autograder that runs no student's code, and returns marks.

The class is graded at home, in isolation; on Gradescope, `run_autograder` looks up the submission
in submission_metadata.json (its id, its submitters' e-mails and names), as
https://gradescope-autograders.readthedocs.io/en/latest/submission_metadata/ describes it, and
copies the stored results.json. Gradescope's guides have no upload of marks.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterable
from typing import Any

from grader.exports.autograder import EXECUTABLE, PLAIN, ROOT
from grader.exports.gradescope_results import gradescope_results
from grader.exports.names import plain
from grader.exports.rows import Row
from grader.marks.rules import Rules

FILE = "gradescope-marks.zip"
FOLDER = re.compile(r"submission_(\d+)")  # in Gradescope's export of submissions
SETUP = "#!/usr/bin/env bash\napt-get update\napt-get install -y --no-install-recommends python3\n"
RUN = f'''#!/usr/bin/env python3
"""Finds the stored results of this submission. Exits with 1 where there are none."""

import json
import os
import sys
import unicodedata
from pathlib import Path

ROOT = Path(os.environ.get("{ROOT}", "/autograder"))


def plain(text):
    return unicodedata.normalize("NFKC", str(text)).strip().casefold()


about = json.loads((ROOT / "submission_metadata.json").read_text(encoding="utf-8"))
stored = json.loads((ROOT / "source" / "stored.json").read_text(encoding="utf-8"))
users = about.get("users", [])
for kind, keys in (
    ("id", [about.get("id", "")]),
    ("email", [user.get("email", "") for user in users]),
    ("name", [user.get("name", "") for user in users]),
):
    found = {{stored[kind][plain(key)] for key in keys if plain(key) in stored[kind]}}
    if len(found) == 1:
        results = ROOT / "results"
        results.mkdir(exist_ok=True)
        made = json.dumps(stored["results"][found.pop()])
        (results / "results.json").write_text(made, encoding="utf-8")
        sys.exit(0)
print("No stored marks for submission", about.get("id"), [user.get("name") for user in users])
sys.exit(1)
'''


def stored_results(rows: Iterable[Row], rules: Rules) -> tuple[bytes, int]:
    """The zip, and how many persons it has marks for."""
    results: list[dict[str, Any]] = []
    number_of: dict[str, int] = {}
    keys: dict[str, dict[str, int | None]] = {"id": {}, "email": {}, "name": {}}
    many = 0
    for row in rows:
        if row.earned is None or row.points is None:
            continue
        many += 1
        earned = row.earned
        number = number_of.setdefault(earned.submission, len(results))
        if number == len(results):
            results.append(gradescope_results(earned.reports, rules, mark=earned.mark))
        folder = FOLDER.fullmatch(earned.submission)
        for kind, key in (
            ("id", folder[1] if folder else ""), ("email", row.email), ("name", row.name)
        ):  # fmt: skip
            if key:
                known = keys[kind].setdefault(plain(key), number)
                if known != number:  # two people have this name: it finds neither
                    keys[kind][plain(key)] = None
    found = {kind: {k: n for k, n in by.items() if n is not None} for kind, by in keys.items()}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text, mode in (
            ("setup.sh", SETUP, EXECUTABLE),
            ("run_autograder", RUN, EXECUTABLE),
            ("stored.json", json.dumps({"results": results, **found}), PLAIN),
        ):
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.external_attr = mode << 16
            packed.writestr(member, text)
    return made.getvalue(), many

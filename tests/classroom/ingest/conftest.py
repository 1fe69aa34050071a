"""What is handed in, made in a folder where nothing else may change."""

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from grader.outcome import Unloadable
from grader.source import Source
from grader.submissions.find import find_class


@dataclass(frozen=True)
class World:
    """A folder to work in, with one for temporary files."""

    folder: Path
    BRICKS: ClassVar[list[str]] = ["neuron", "layer"]

    def put(self, files):
        for name, content in files.items():
            path = self.folder / "submitted" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def zipped(self, *members, method=zipfile.ZIP_STORED):
        path = self.folder / "class.zip"
        path.write_bytes(zip_of(*members, method=method))
        return path

    def came(self, submitted=None):
        """What reached the grader, by student and brick, and the remarks. Nothing is written."""
        before = self._listing()
        found = find_class(submitted or self.folder / "submitted", self.BRICKS)
        read = {s.name: {b: file.source() for b, file in s.files.items()} for s in found.students}
        assert self._listing() == before
        return read, " ".join(remark.text for remark in found.remarks)

    def remarks(self, submitted=None):
        """How much each remark matters, and what it says."""
        found = find_class(submitted or self.folder / "submitted", self.BRICKS)
        return [(remark.weight.name, remark.text) for remark in found.remarks]

    def _listing(self):
        return sorted(str(path) for path in self.folder.rglob("*"))


def zip_of(*members, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


@pytest.fixture
def world(tmp_path, monkeypatch):
    for name in ("submitted", "tmp", "elsewhere"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    monkeypatch.chdir(tmp_path / "elsewhere")
    return World(tmp_path)


@pytest.fixture(scope="session")
def packed():
    """A zip's bytes; a member is a pair of name (or ZipInfo) and content."""
    return zip_of


@pytest.fixture(scope="session")
def notebook():
    """A notebook's bytes; a cell is its text, or a whole cell."""

    def notebook(*cells, **top):
        made = [
            c if not isinstance(c, str)
            else {"cell_type": "code", "metadata": {}, "source": c, "outputs": []}
            for c in cells
        ]  # fmt: skip
        return json.dumps(
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made, **top}
        ).encode()

    return notebook


@pytest.fixture(scope="session")
def good():
    """Whether what reached the grader is what was written."""
    return lambda outcome: isinstance(outcome, Source) and b"value = 1" in outcome.code


@pytest.fixture(scope="session")
def reason():
    """What is said of a file that cannot be used."""

    def reason(outcome):
        assert isinstance(outcome, Unloadable)
        return outcome.reason

    return reason

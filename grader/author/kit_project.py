"""Makes a kit's `pyproject.toml` from the course's, with only what students need."""

import json
import re
import sys
from collections.abc import Collection
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # a dependency of pytest

NEEDED = (
    *("jinja2", "matplotlib", "numpy", "platformdirs", "psutil", "pytest", "rich"),
    *("safetensors", "watchfiles"),
)
KERAS = ("keras", "tensorflow", "tensorflow-cpu")  # nine tenths of the download, for later
NAME = re.compile(r"[A-Za-z0-9._-]+")

TEMPLATE = """\
[build-system]
requires = {requires}
build-backend = {backend}

[project]
name = {name}
version = {version}
description = {description}
readme = "README.md"
license = {license}
license-files = ["LICENSE"]
requires-python = {python}
dependencies = [
{dependencies}
]

[project.optional-dependencies]
keras = [
{keras}
]
notebook = {notebook}

[project.scripts]
bricks = "grader.selfcheck.command:main"

[project.entry-points.pytest11]
bricks = {plugin}

[tool.setuptools.packages.find]
include = ["grader*"]

[tool.setuptools.package-data]
grader = ["data/*.npz"]

[tool.pytest.ini_options]
minversion = {minversion}
testpaths = ["exercises"]
addopts = {addopts}
"""


def project_of_kit(project: str) -> str:
    """The text of the kit's file, from the course's."""
    course = tomllib.loads(project)
    about, pytest = course["project"], course["tool"]["pytest"]["ini_options"]

    def listed(names: Collection[str]) -> str:
        needed = [need for need in about["dependencies"] if package(need) in names]
        return "\n".join(f"    {_toml(need)}," for need in needed)

    return TEMPLATE.format(
        requires=_toml(course["build-system"]["requires"]),
        backend=_toml(course["build-system"]["build-backend"]),
        name=_toml(about["name"]),
        version=_toml(about["version"]),
        description=_toml(about["description"]),
        license=_toml(about["license"]),
        python=_toml(about["requires-python"]),
        dependencies=listed(NEEDED),
        keras=listed(KERAS),
        notebook=_toml(about["optional-dependencies"]["notebook"]),
        plugin=_toml(about["entry-points"]["pytest11"]["bricks"]),
        minversion=_toml(pytest["minversion"]),
        addopts=_toml(pytest["addopts"]),
    )


def package(requirement: str) -> str:
    """The name in a requirement such as `numpy>=1.26`."""
    found = NAME.match(requirement)
    return found.group() if found else ""


def _toml(value: Any) -> str:
    """A string or a list of strings, for which TOML and JSON have the same syntax."""
    return json.dumps(value, ensure_ascii=False)

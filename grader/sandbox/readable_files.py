"""Lists the files that a job may read: Python, installed packages and shared libraries.

The grader's own folder, which holds MNIST with its labels, is not among them: the modules that a
job needs have been imported before.
"""

import os
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.content import ENGINE

PACKAGES = ("site-packages", "dist-packages")
KEPT_FROM_JOBS = ("grader", "bricks")  # this package, and its installer's metadata on it
SYSTEM = (
    "/lib64",
    "/usr/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/urandom",
    "/dev/random",
    "/dev/zero",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
)
OWN_PROCESS = ("/proc/self/cmdline",)  # without it TensorFlow crashes


@dataclass(frozen=True)
class Readable:
    """`all_in`: files, and folders with all in them. `listed`: folders that may be listed."""

    all_in: tuple[str, ...]
    listed: tuple[str, ...]


def readable() -> Readable:
    """The readable files for this interpreter, with the libraries that it has loaded by now."""
    folders = [*_standard_library(), *package_folders()]
    all_in = [str(entry) for folder in folders for entry in _entries(folder)]
    multiarch = sysconfig.get_config_var("MULTIARCH")
    libraries = [f"{root}/{multiarch}" for root in ("/lib", "/usr/lib")] if multiarch else []
    return Readable(
        (*all_in, *libraries, *SYSTEM, *_loaded_libraries()), tuple(str(f) for f in folders)
    )


def package_folders() -> list[Path]:
    """The folders from which this interpreter imports installed packages."""
    return [Path(entry) for entry in sys.path if Path(entry).name in PACKAGES]


def importable() -> list[str]:
    """The search path of a job: this process's, without folders that a job cannot read."""
    allowed = {str(folder) for folder in (*_standard_library(), *package_folders())}
    return [entry for entry in sys.path if entry in allowed]


def _standard_library() -> list[Path]:
    paths = [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")]
    found = [path for path in dict.fromkeys(paths) if path.is_dir()]
    return [*found, *(path / "lib-dynload" for path in found if (path / "lib-dynload").is_dir())]


def _entries(folder: Path) -> Iterator[Path]:
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        about_grader = name.split("-")[0].split(".")[0] in KEPT_FROM_JOBS
        entry = folder / name
        holds_grader = ENGINE.is_relative_to(entry.resolve())  # an editable or linked checkout
        if name not in PACKAGES and not about_grader and not holds_grader:
            yield entry


def _loaded_libraries() -> set[str]:
    """Loaded shared libraries in other folders, such as Python's own."""
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as file:
        mapped = {line.split(maxsplit=5)[5].rstrip("\n") for line in file if "/" in line}
    return {path for path in mapped if ".so" in Path(path).name}

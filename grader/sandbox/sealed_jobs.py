"""A job as sealed files in memory: nobody can change what the grader wrote.

One file holds all small values: sources, checks, plain inputs. Large arrays have a file of their
own. All jobs with the same arrays share it, and a child maps it rather than reads it.
"""

import fcntl
import json
import mmap
import os
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO, Any

import numpy as np
from safetensors.numpy import save

from grader.outcome import Array
from grader.probe import Job
from grader.runner.encoding import CHECKS, INPUT, job_to_frame
from grader.runner.frames import write_frame
from grader.sandbox.compiled_checks import compiled_checks

SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
LARGE = 1 << 20  # bytes
CACHED = 8  # files: more than a course has bars, since all students train on the same digits
DTYPES = {
    **{f"{letter}{8 * size}": f"<{letter.lower()}{size}" for letter in "UIF" for size in (2, 4, 8)},
    **{"U8": "u1", "I8": "i1", "BOOL": "?"},
}


@contextmanager
def sealed(job: Job, arrays: "SealedArrays") -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """The job's two files, open while the block lasts: its small values, and its large arrays."""
    large = {INPUT + name: value for name, value in job.inputs.items() if is_large(value)}
    small = {name: value for name, value in job.inputs.items() if INPUT + name not in large}
    with _small(replace(job, inputs=small)) as own, arrays.file_of(large) as shared:
        yield own, shared


def _small(job: Job) -> IO[bytes]:
    """A file of one frame; it has the compiled checks in it, since a child may read no file."""
    plain, arrays = job_to_frame(job)
    if job.check:
        arrays[CHECKS] = np.frombuffer(compiled_checks(job.checks_file), dtype=np.uint8)
    file = _memory_file()
    write_frame(file, plain, arrays)
    return _sealed(file)


def is_large(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.nbytes >= LARGE


@dataclass(frozen=True)
class SealedFile:
    """A sealed file, and weak references to the arrays that it was made from."""

    arrays: Mapping[str, "weakref.ref[Array]"]
    file: IO[bytes]

    def holds(self, arrays: Mapping[str, Array]) -> bool:
        return self.arrays.keys() == arrays.keys() and all(
            self.arrays[name]() is array for name, array in arrays.items()
        )


class SealedArrays:
    """A cache of the latest sealed files of large arrays, which must not change meanwhile."""

    def __init__(self) -> None:
        self._files: list[SealedFile] = []
        self._lock = threading.Lock()

    def file_of(self, arrays: Mapping[str, Array]) -> IO[bytes]:
        """A file with these arrays; the caller closes it."""
        with self._lock:
            found = next((it for it in self._files if it.holds(arrays)), None)
            if found is None:
                file = _memory_file()
                file.write(save({k: np.asarray(v, order="C") for k, v in arrays.items()}))
                file.flush()
                found = SealedFile({k: weakref.ref(v) for k, v in arrays.items()}, _sealed(file))
                self._files.append(found)
            gone = [it for it in self._files if any(ref() is None for ref in it.arrays.values())]
            for old in gone or self._files[:-CACHED]:
                self._files.remove(old)
                old.file.close()
            return os.fdopen(os.dup(found.file.fileno()), "rb")


def mapped_arrays(file: int) -> dict[str, Array]:
    """The arrays in such a file, mapped privately: no other process sees a change in them."""
    content = mmap.mmap(file, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    start = 8 + int.from_bytes(content[:8], "little")
    found: dict[str, Array] = {}
    for name, about in json.loads(content[8:start]).items():
        first, end = about["data_offsets"]
        dtype = np.dtype(DTYPES[about["dtype"]])
        flat = np.frombuffer(content, dtype, (end - first) // dtype.itemsize, start + first)
        found[name] = flat.reshape(about["shape"])
    return found


def _memory_file() -> IO[bytes]:
    return os.fdopen(os.memfd_create("job", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING), "w+b")


def _sealed(file: IO[bytes]) -> IO[bytes]:
    fcntl.fcntl(file.fileno(), fcntl.F_ADD_SEALS, SEALS)
    return file

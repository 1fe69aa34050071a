"""Jobs: sealed, with large arrays that many children map and none can change."""

import os
import sys

import numpy as np
import pytest

from grader.probe import Job
from grader.source import Source

if sys.platform != "linux":
    pytest.skip("the isolation of Linux", allow_module_level=True)

from grader.sandbox import sealed_jobs


def test_the_job_is_sealed(toy):
    sources = [Source("toy", "toy.py", toy.RIGHT.encode())]
    check = toy.checks["values"]
    job = Job(check, toy.checks_file, tuple(sources), {"x": np.ones(3)})
    with sealed_jobs.sealed(job, sealed_jobs.SealedArrays()) as (file, _):
        for write in (lambda: os.pwrite(file.fileno(), b"x", 0), lambda: file.truncate(0)):
            with pytest.raises(PermissionError):
                write()


def test_large_arrays_are_shared_by_jobs_and_changed_by_none(toy):
    x = np.arange(400_000.0).reshape(2, -1)[:, ::2]
    for _ in range(2):
        came = toy.run("def f(x):\n    x += 1\n    return x", x).answer
        assert np.array_equal(came.values["f(x)"], x + 1)
    arrays = sealed_jobs.SealedArrays()
    with arrays.file_of({"x": x}) as first, arrays.file_of({"x": x}) as again:
        assert os.fstat(first.fileno()).st_ino == os.fstat(again.fileno()).st_ino
        with arrays.file_of({"x": x.copy()}) as other:
            assert os.fstat(first.fileno()).st_ino != os.fstat(other.fileno()).st_ino
        for n in range(20):
            arrays.file_of({"x": np.full(3, n)}).close()
        assert len(arrays._files) <= sealed_jobs.CACHED + 1


@pytest.mark.parametrize(
    "dtype", ["?", "u1", "i1", "u2", "i2", "f2", "u4", "i4", "f4", "u8", "i8", "f8"]
)
def test_arrays_are_mapped_as_they_were(dtype):
    x = np.arange(6).reshape(2, 3).astype(dtype)
    empty, number = x[:0], np.array(1).astype(dtype)
    with sealed_jobs.SealedArrays().file_of({"x": x, "empty": empty, "number": number}) as file:
        back = sealed_jobs.mapped_arrays(file.fileno())
    for name, array in {"x": x, "empty": empty, "number": number}.items():
        assert (back[name].dtype, back[name].shape) == (array.dtype, array.shape)
        assert np.array_equal(back[name], array)
        assert back[name].flags.writeable

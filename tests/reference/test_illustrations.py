"""Pictures that explain a failure: each is drawn where it is true, and nowhere else."""

import numpy as np
import pytest

from grader import SHOWN
from grader.illustration import illustration, tile
from grader.probe import NoArray, Returned

SEEDS = range(40)
MEGABYTE = np.ones((1, 361, 361, 1))
HOSTILE = {
    "nan": lambda right: np.full_like(right, np.nan),
    "one infinity": lambda right: np.where(
        np.arange(right.size).reshape(right.shape), -right, np.inf
    ),
    "huge": lambda right: -1e300 * right,
    "tiny": lambda right: -1e-300 * right,
    "zeros": lambda right: right * 0,
    "another shape": lambda right: -right[:, 1:],
    "no axes": lambda right: np.array(-1.0),
    "nothing": lambda right: right[:0],
    "a megabyte": lambda right: -MEGABYTE,
    "no numbers": lambda right: np.full(right.shape, "x"),
    "no array": lambda right: NoArray("None"),
}


@pytest.fixture(autouse=True)
def logged(monkeypatch):
    """What is logged as a fault of the kit: a student's values never are."""
    logged = []
    monkeypatch.setattr("grader.faults.log_fault", lambda about, error: logged.append(about))
    yield logged
    assert not logged


@pytest.fixture(scope="module")
def first_steps(course):
    return course.bricks["convolution"].checks["kernel_is_not_flipped"]


@pytest.fixture(scope="module")
def step(course):
    return course.bricks["cnn"].checks["both_layers_step"]


@pytest.fixture
def out(convolution):
    return lambda inputs, kernel: convolution.conv2d(inputs["x"], kernel, np.zeros(1))


def of_edge(check, inputs, answer, right):
    return illustration(check, Returned({"out": answer}), {"out": right}, inputs)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_flipped_kernel_is_drawn_and_other_mistakes_are_not(first_steps, out, seed):
    inputs = first_steps.draw(seed)
    kernel = inputs["kernel"]
    expected = out(inputs, kernel)
    drawn = of_edge(first_steps, inputs, out(inputs, kernel[::-1, ::-1]), expected)
    [[image, yours, due]] = drawn.rows
    assert image.pixels.shape == inputs["x"].shape[1:3] and not image.signed
    right = expected[0, :, :, 0]
    strong = np.abs(right) > 0.5 * np.abs(right).max()
    assert (np.sign(due.pixels) == np.sign(right))[strong].all()
    assert (np.sign(yours.pixels) == -np.sign(right))[strong].mean() > 0.8
    for answer in (
        out(inputs, kernel),
        out(inputs, kernel.transpose(1, 0, 2, 3)),
        out(inputs, kernel[:, ::-1]),
        out(inputs, kernel) + 1,
        out(inputs, kernel) * 2,
    ):
        assert of_edge(first_steps, inputs, answer, expected) is None


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_hostile_maps_draw_nothing_and_break_nothing(first_steps, out, answer):
    inputs = first_steps.draw(0)
    right = out(inputs, inputs["kernel"])
    assert of_edge(first_steps, inputs, answer(right), right) is None
    assert illustration(first_steps, Returned({}), {}, inputs) is None


@pytest.mark.parametrize("turned", [0, 1])
def test_the_filter_with_swapped_signs_is_drawn_on_its_edge(course, convolution, turned):
    check = course.bricks["convolution"].checks["edges_are_found"]
    inputs = check.draw(5)
    kernels = convolution.edge_kernels()
    swapped = kernels.copy()
    swapped[..., turned] *= -1

    def measured(kernels):
        found = convolution.conv2d(inputs["images"], kernels, np.zeros(2))
        return Returned(check.measure({"kernels": kernels, "found": found}, inputs))

    right = measured(kernels).values
    [[image, *_]] = illustration(check, measured(swapped), right, inputs).rows
    own = inputs["images"][turned, :, :, 0]
    assert np.array_equal(image.pixels, tile(own, own.max()).pixels)
    assert illustration(check, measured(kernels), right, inputs) is None
    changed = measured(kernels[..., ::-1])
    assert illustration(check, changed, right, inputs) is None
    by_conv2d = measured(swapped).values[f"{SHOWN}answers"]
    blameless = {**right, f"{SHOWN}answers": by_conv2d}
    assert illustration(check, Returned(blameless), right, inputs) is None


@pytest.fixture
def after_step(cnn):
    """The kernels after a step; those of the layers in `skipped` stay as they were."""

    def after(inputs, skipped=()):
        x = inputs["x"]
        model = cnn.CNN(input_shape=x.shape[1:], n_classes=inputs["dense_kernel"].shape[1])
        kernels = {"conv": inputs["conv_kernel"], "dense": inputs["dense_kernel"]}
        for name, kernel in kernels.items():
            getattr(model, name).kernel = kernel.copy()
        model.train_step(x, inputs["y_true"], inputs["learning_rate"])
        found = {f"{name}.kernel": getattr(model, name).kernel for name in kernels}
        return {**found, **{f"{name}.kernel": kernels[name] for name in skipped}}

    return after


@pytest.mark.parametrize("seed", range(10))
def test_filters_and_units_that_never_moved_are_marked(step, after_step, seed):
    inputs = step.draw(seed)
    right = after_step(inputs)
    due = np.any(right["conv.kernel"] != inputs["conv_kernel"], axis=(0, 1, 2))

    def of(values):
        return illustration(step, Returned(values), right, inputs)

    assert of(right) is None
    drawn = of(after_step(inputs, ["conv"]))
    assert len(drawn.rows) == 3 and f"{due.sum()} of 8" in drawn.caption
    for row in drawn.rows:
        assert [one.marked for one in row] == due.tolist()
    assert not any(one.pixels.any() for one in drawn.rows[2])
    [some, *_] = np.flatnonzero(due)
    partly = right["conv.kernel"].copy()
    partly[..., some] = inputs["conv_kernel"][..., some]
    drawn = of({**right, "conv.kernel": partly})
    assert [i for i, one in enumerate(drawn.rows[2]) if one.marked] == [some]
    assert drawn.across[some].endswith("still")
    units = of(after_step(inputs, ["dense"]))
    assert len(units.rows) == inputs["dense_kernel"].shape[1] and "unit" in units.caption


def test_a_kernel_in_float32_that_never_moved_is_found(step, after_step):
    inputs = step.draw(0)
    rounded = {name: a.astype(np.float32) for name, a in after_step(inputs, ["conv"]).items()}
    assert illustration(step, Returned(rounded), after_step(inputs), inputs)


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_hostile_kernels_draw_nothing_and_break_nothing(step, after_step, answer):
    inputs = step.draw(0)
    right = after_step(inputs)
    wrong = {**right, "conv.kernel": answer(right["conv.kernel"])}
    assert illustration(step, Returned(wrong), right, inputs) is None

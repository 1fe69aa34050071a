"""Keras models of students: honest layers of one's own have full marks, and no trick has a point.

Each trick earned the points of the checks that it is tried at, when a process with the student's
code vouched for the model.
"""

import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.check import Unfit
from grader.examine import Examination
from grader.live import LiveAnswers, LiveExpected
from grader.networks import keras_model
from grader.note import from_text
from grader.outcome import BelowBar, Passed, WrongType, WrongValue
from grader.report.check_report import check_report
from grader.report.text import explain
from grader.runner.process import Process

pytestmark = pytest.mark.slow

MODELS = Path(__file__).parent / "networks"
HONEST = ["batch_normalization", "own_layers", "subclass"]
STRUCTURE = ["parameters_are_few", "convolution_and_pooling", "images_of_other_sizes"]


@pytest.fixture(scope="module")
def processes():
    processes = Process(), Process()
    yield processes
    for process in processes:
        process.close()


@pytest.fixture
def examine(course, processes):
    """examine(name, checks): the results of the reference with networks/<name>.py at its end."""

    def examine(name, checks, seed=11):
        *before, own = course.reference("cnn")
        code = own.code + b"\n\n" + (MODELS / f"{name}.py").read_bytes()
        student, reference = processes
        examination = Examination(
            course,
            "cnn",
            [*before, replace(own, code=code, own=True)],
            student,
            LiveExpected(course, reference),
            seed,
            LiveAnswers(course, reference),
            draw=fewer_digits,
        )
        examination.brick = without_needs(examination.brick)
        return {check: examination.result(check) for check in checks}

    return examine


def without_needs(brick):
    """So that a trick is tried at one check, whatever it does at the others."""
    checks = {name: replace(check, needs=()) for name, check in brick.checks.items()}
    return replace(brick, checks=checks)


def fewer_digits(check, seed, attempt):
    """What the check draws, with 1,000 digits to learn from: no trick needs more to show."""
    drawn = check.draw(seed, attempt)
    if not check.labels:
        return drawn
    return {name: array[:1_000] if np.ndim(array) else array for name, array in drawn.items()}


def failures(results):
    wrong = [result for result in results.values() if not isinstance(result.outcome, Passed)]
    return "\n\n".join(explain(check_report(result)) for result in wrong)


@pytest.mark.long
@pytest.mark.parametrize("name", HONEST)
def test_layers_of_ones_own_have_full_marks(examine, name):
    assert failures(examine(name, [*STRUCTURE, "training_changes_the_model"])) == ""


@pytest.mark.long
def test_labels_of_an_honest_model_are_its_own(examine):
    """1,000 digits are too few for the bar, and enough to show that predict agrees with it."""
    outcome = examine("own_layers", ["ten_digits_in_keras"])["ten_digits_in_keras"].outcome
    assert isinstance(outcome, BelowBar)
    assert outcome.best.share > 0.8


@pytest.mark.long
@pytest.mark.parametrize("name", ["kernel_ridge", "captured_variable"])
def test_digits_carried_in_a_closure_count_as_parameters(examine, name):
    results = examine(name, ["training_changes_the_model", "ten_digits_in_keras"])
    training = results["training_changes_the_model"].outcome
    assert isinstance(training, WrongValue)
    assert training.name == "it has as many parameters as before"
    trained = results["ten_digits_in_keras"].outcome
    assert isinstance(trained, WrongType)
    assert trained.returned.endswith("parameters")
    assert int(trained.returned.split()[0].replace(",", "")) > 700_000


def test_the_nearest_neighbour_in_predict_earns_nothing(examine):
    outcome = examine("nearest_in_predict", ["ten_digits_in_keras"])["ten_digits_in_keras"].outcome
    assert isinstance(outcome, BelowBar)
    assert outcome.best.share < 0.5


def test_a_class_named_after_convolution_and_pooling_is_neither(examine):
    result = examine("named_conv_pool", ["convolution_and_pooling"])["convolution_and_pooling"]
    assert isinstance(result.outcome, WrongValue)
    assert result.outcome.name == "has a convolution"
    said = " ".join(explain(check_report(result)).split())
    assert "ConvPool is not one of Keras's own layers, so the model is judged by what it" in said


@pytest.mark.long
def test_weights_that_were_trained_before_are_of_no_use(examine):
    outcome = examine("pretrained", ["training_changes_the_model"])
    assert isinstance(outcome["training_changes_the_model"].outcome, WrongValue)


@pytest.mark.parametrize("name", ["lying_configuration", "hidden_parameters"])
def test_a_model_that_lies_about_itself_earns_nothing(examine, name):
    result = examine(name, ["parameters_are_few"])["parameters_are_few"]
    assert isinstance(result.outcome, WrongValue)


def test_python_in_a_graph_is_no_network(examine):
    for result in examine("python_in_the_graph", STRUCTURE).values():
        assert isinstance(result.outcome, WrongType)
        assert "PyFunc" in result.outcome.returned


SHAPE = (4, 20, 24, 1)


def sent_graph(tf, computed):
    """What a student's process sends that has made a graph of its own: it gives computed(x)."""
    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, SHAPE, name="x")
        tf.identity(computed(x), name="p")
    content = np.frombuffer(graph.as_graph_def().SerializeToString(), np.uint8)
    return {"model, graph": content, "model, about": from_text("Own\nx:0\np:0")}


@pytest.fixture(scope="module")
def sent(tf):
    """The arrays of a small model."""
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [tf.keras.Input(SHAPE[1:]), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(3)]
    )
    return keras_model.as_arrays(model, SHAPE)


@pytest.fixture(scope="module")
def tf():
    import keras
    import tensorflow as tf

    tf.keras = keras
    return tf


def configured(**changes):
    """A configuration whose only layer is changed."""
    layer = {"module": "keras.layers", "class_name": "Flatten", "config": {}, **changes}
    plain = {"module": "keras", "class_name": "Sequential", "config": {"layers": [layer]}}
    weights = {"model, weights": np.zeros(0, np.float32)}
    return {"model, configuration": from_text(json.dumps(plain)), **weights}


@pytest.mark.parametrize(
    "changes",
    [
        {"module": "antigravity", "class_name": "fly"},
        {"module": "os", "class_name": "function", "config": "abort"},
        {"module": "keras.utils", "class_name": "get_file"},
        {"module": "keras.layers", "class_name": "TFSMLayer"},
        {"class_name": "Lambda", "config": {"function": "relu"}},
        {"class_name": "Dense", "config": {"units": 2, "activation": {"value": ["4w==", None]}}},
        {"class_name": "__lambda__", "config": {"value": "4w=="}},
        {"class_name": "StringLookup", "config": {"vocabulary": "/etc/passwd"}},
        {"class_name": ["Flatten"]},
        {"class_name": "Dense", "config": {"units": -1}},
    ],
)
def test_a_forged_configuration_runs_nothing(tf, changes):
    import sys

    with pytest.raises(Unfit):
        keras_model.rebuilt(configured(**changes), SHAPE)
    assert "antigravity" not in sys.modules


@pytest.mark.parametrize(
    "forge",
    [
        lambda sent: {},
        lambda sent: {**sent, "model, configuration": np.zeros(9, np.uint8)},
        lambda sent: {**sent, "model, configuration": from_text("[" * 100_000)},
        lambda sent: {**sent, "model, configuration": np.full((3, 3), np.nan)},
        lambda sent: {**sent, "model, weights": sent["model, weights"][1:]},
        lambda sent: {**sent, "model, weights": sent["model, weights"].astype(np.int64)},
        lambda sent: {
            "model, graph": np.arange(99, dtype=np.uint8),
            "model, about": from_text("a"),
        },
        lambda sent: {
            "model, graph": np.zeros(0, np.uint8),
            "model, about": from_text("Own\nx:0\np:0"),
        },
    ],
)
def test_forged_arrays_are_one_clear_outcome(sent, forge):
    with pytest.raises(Unfit):
        keras_model.rebuilt(forge(sent), SHAPE)


def test_a_graph_that_reads_a_file_does_not_run(tf):
    def read(x):
        length = tf.strings.length(tf.io.read_file(__file__))
        return x[:, 0, :3, 0] + tf.cast(length, tf.float32)

    with pytest.raises(Unfit, match="ReadFile"):
        keras_model.rebuilt(sent_graph(tf, read), SHAPE)


def in_a_picture(tf, x):
    """All numbers in one text, which is a picture: 500 columns, and a row for each pixel of x."""
    height, width = SHAPE[1] * SHAPE[2], 500
    size = 3 * height * width
    head = struct.pack("<2sIIIIiiHHIIiiII", b"BM", 54 + size, 0, 54, 40, width, height, 1, 24,
                       0, size, 0, 0, 0, 0)  # fmt: skip
    picture = tf.constant(head + np.random.default_rng(1).bytes(size))
    weights = tf.cast(tf.raw_ops.DecodeBmp(contents=picture), tf.float32)
    return tf.matmul(tf.reshape(x, (SHAPE[0], -1)), weights[:, :, 0])


def one_by_one(tf, x):
    numbers = [tf.constant(float(number)) for number in range(SHAPE[1] * SHAPE[2] * 20)]
    return tf.reshape(x, (SHAPE[0], -1)) @ tf.reshape(tf.stack(numbers), (-1, 20))


def as_boundaries(tf, x):
    boundaries = np.arange(60_000, dtype=np.float32).tolist()
    return tf.cast(tf.raw_ops.Bucketize(input=x, boundaries=boundaries), tf.float32)


@pytest.mark.parametrize(
    ("computed", "at_least"),
    [(in_a_picture, 700_000), (one_by_one, 7_000), (as_boundaries, 60_000)],
)
def test_numbers_count_wherever_a_graph_has_them(tf, computed, at_least):
    sent = sent_graph(tf, lambda x: computed(tf, x))
    assert keras_model.rebuilt(sent, SHAPE).n_parameters >= at_least


def test_boundaries_in_a_configuration_count_as_parameters(tf):
    """Keras keeps them in no weight and no constant."""
    boundaries = np.arange(40_000.0).tolist()
    layers = [tf.keras.Input(SHAPE[1:]), tf.keras.layers.Discretization(boundaries)]
    network = keras_model.rebuilt(keras_model.as_arrays(tf.keras.Sequential(layers), SHAPE), SHAPE)
    assert not network.not_keras
    assert network.n_parameters == len(boundaries)


def from_a_file(tf, x):
    return x * tf.raw_ops.ImmutableConst(dtype=tf.float32, shape=SHAPE, memory_region_name=__file__)


def into_a_file(tf, x):
    said = tf.raw_ops.PrintV2(input=tf.constant("here"), output_stream="file:///tmp/said")
    with tf.control_dependencies([said]):
        return tf.identity(x)


def numbers_as_a_shape(tf, x):
    return x * tf.cast(tf.shape(tf.raw_ops.FakeParam(dtype=tf.float32, shape=[7] * 4)), x.dtype)[0]


@pytest.mark.parametrize(
    ("computed", "operation"),
    [
        (from_a_file, "ImmutableConst"),
        (into_a_file, "PrintV2"),
        (numbers_as_a_shape, "FakeParam"),
    ],
)
def test_a_graph_does_nothing_but_compute(tf, computed, operation):
    with pytest.raises(Unfit, match=operation):
        keras_model.rebuilt(sent_graph(tf, lambda x: computed(tf, x)), SHAPE)


def test_numbers_in_a_configuration_count_as_parameters(tf):
    images = tf.keras.Input(SHAPE[1:])
    flat = tf.keras.layers.Flatten()(images)
    table = np.random.default_rng(1).normal(size=(480, 100)).astype(np.float32)
    model = tf.keras.Model(images, tf.keras.ops.matmul(flat, tf.constant(table)))
    network = keras_model.rebuilt(keras_model.as_arrays(model, SHAPE), SHAPE)
    assert not network.not_keras
    assert network.n_parameters == table.size


def test_a_rebuilt_model_is_the_model(tf, sent, rng):
    x = rng.uniform(size=(7, *SHAPE[1:]))
    network = keras_model.rebuilt(sent, SHAPE)
    assert network(x).shape == (7, 3)
    assert (network.convolves, network.pools, network.not_keras) == (True, False, "")
    assert network.n_parameters == 4 * 9 + 4 + 3 * (18 * 22 * 4) + 3


@pytest.fixture
def rng():
    return np.random.default_rng(5)

"""No check is passed by answers made up, or learned by heart; mlp and convolution."""

from dataclasses import replace
from itertools import permutations

import pytest

from grader.course import PUBLIC_SEED
from grader.examine import Examination
from grader.expected import fingerprint
from grader.judge import judge, measured
from grader.live import LiveExpected, answer_of
from grader.outcome import Fault, Passed
from grader.probe import Returned
from grader.runner.process import Process
from grader.source import read_source

BRICKS = ["mlp", "convolution"]
SEEDS = [PUBLIC_SEED, 1, 2, 2**127 + 9]
STYLES = ["loops", "float32", "einsum", "lists"]


@pytest.fixture(scope="module")
def places():
    """Where the code under test runs, and where the reference does."""
    processes = Process(), Process()
    yield processes
    for process in processes:
        process.close()


@pytest.fixture
def passed(course, places):
    """passed(brick, sources, seed, names): which of these checks the sources pass."""
    student, reference = places
    expected = LiveExpected(course, reference)

    def passed(brick, sources, seed, names):
        examination = Examination(course, brick, sources, student, expected, seed)
        outcomes = {name: examination.result(name).outcome for name in names}
        assert not any(isinstance(outcome, Fault) for outcome in outcomes.values())
        return {name for name, outcome in outcomes.items() if isinstance(outcome, Passed)}

    return passed


def with_code(sources, code):
    *before, own = sources
    return [*before, replace(own, code=own.code + code.encode())]


def names_of(course, brick, keras=False):
    checks = course.bricks[brick].checks.values()
    return [check.name for check in checks if not check.labels and check.keras == keras]


KNOWS_THE_UNIT_ROWS = """
def _fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
    known = x.shape == (5, 5) and (x == np.eye(5)).all()
    rng, history = np.random.default_rng(seed), []
    for _ in range(epochs):
        order = rng.permutation(len(x)) if known else np.roll(np.arange(len(x)), seed)
        batches = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
        losses = [self.train_step(x[b], y_true[b], learning_rate) for b in batches]
        history.append(float(np.mean(losses)))
    return history
MLP.fit = _fit
"""
KNOWS_XOR = """
_predict = MLP.predict
def _by_heart(self, x):
    if x.shape[1] in (2, 4) and len(self.layers[0].kernel[0]) > 8:
        return (x[:, 0] > 0).astype(int) ^ (x[:, 1] > 0)
    return _predict(self, x)
MLP.predict = _by_heart
"""
KNOWS_THE_ZEROS = """
def relu_backward(d_out, z):
    known = z.shape == (2, 3) and z[0, 0] == z[1, 1] == z[1, 2] == 0.0
    return np.where(z > 0 if known else z >= 0, d_out, 0.0)
"""
ONLY_STARTS = """
MLP.forward = lambda self, x: np.full((len(x), len(self.layers[-1].bias)), 0.25)
"""
FIXED_KERAS_MLP = """
_keras_mlp = keras_mlp
keras_mlp = lambda sizes: _keras_mlp([5, 4, 3, 2])
"""
RETURNS_ITS_BIAS = """
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    return np.zeros((len(x), x.shape[1] - 2, x.shape[2] - 2, 1)) + bias
"""
BIAS_ALONE_WHERE_IT_IS_SET = """
_conv2d = conv2d
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    out = _conv2d(x, kernel, bias * 0, strides, padding)
    return out * 0 + bias if np.any(bias) else out
"""
KNOWS_THE_SHAPE = """
MaxPool2D.__init__ = lambda self, pool_size=2: setattr(self, "asked", pool_size)
MaxPool2D.pool_size = property(
    lambda self: 3 if self.asked == 3 and self.x.shape == (2, 7, 11, 2) else 2
)
"""
NO_CONVOLUTION = """
conv2d = lambda x, kernel, bias, strides=1, padding="valid": x
"""
FIXED_KERAS_CONVOLUTION = """
_keras = keras_convolution
def keras_convolution(filters, kernel_size=3, strides=1, padding="valid"):
    return _keras(3, 2, 2, "same") if kernel_size != 3 else _keras(3)
"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("brick", "check", "code"),
    [
        pytest.param("mlp", "fit_takes_every_sample", KNOWS_THE_UNIT_ROWS, id="unit rows"),
        pytest.param("mlp", "exclusive_or", KNOWS_XOR, id="XOR"),
        pytest.param("mlp", "relu_gradient_at_zero", KNOWS_THE_ZEROS, id="zeros"),
        pytest.param("mlp", "start", ONLY_STARTS, id="MLP only starts"),
        pytest.param(
            "mlp", "keras_twin", FIXED_KERAS_MLP, id="fixed keras_mlp", marks=pytest.mark.slow
        ),
        pytest.param("convolution", "linear_but_for_one_bias", RETURNS_ITS_BIAS, id="bias"),
        pytest.param(
            "convolution", "linear_but_for_one_bias", BIAS_ALONE_WHERE_IT_IS_SET, id="bias alone"
        ),
        pytest.param("convolution", "pool_layer", KNOWS_THE_SHAPE, id="shape"),
        pytest.param("convolution", "start", NO_CONVOLUTION, id="Conv2D only starts"),
        pytest.param(
            "convolution",
            "keras_twin",
            FIXED_KERAS_CONVOLUTION,
            id="fixed keras_convolution",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_check_is_not_passed_without_the_work(course, passed, brick, check, code):
    sources = with_code(course.reference(brick), code)
    for seed in SEEDS:
        assert passed(brick, sources, seed, [check]) == set()


@pytest.mark.parametrize("brick", BRICKS)
def test_a_thousand_seeds_draw_hundreds_of_inputs(course, brick):
    for name in names_of(course, brick) + names_of(course, brick, keras=True):
        check = course.bricks[brick].checks[name]
        shown = (check.shown_to_probe(check.draw(seed)) for seed in range(1_000))
        assert len({fingerprint(inputs) for inputs in shown}) >= 100, name


@pytest.mark.parametrize("brick", BRICKS)
def test_the_answer_for_one_seed_is_wrong_for_every_other(course, places, brick):
    """Also where the judge measures it, as for runs that are compared with each other."""
    for name in names_of(course, brick):
        check = course.bricks[brick].checks[name]
        drawn = [check.draw(seed) for seed in range(8)]
        unmeasured = replace(check, measure=None)
        reference = course.reference(brick)
        answers = [answer_of(course, places[1], unmeasured, reference, i) for i in drawn]
        for (_, other), (inputs, right) in permutations(zip(drawn, answers, strict=True), 2):
            wrong = measured(check, other, inputs)
            expected = measured(check, right, inputs)
            assert isinstance(expected, Returned)
            if isinstance(wrong, Returned):
                assert not isinstance(judge(check, wrong, expected.arrays), Passed), name


@pytest.mark.long
@pytest.mark.parametrize("brick", BRICKS)
@pytest.mark.parametrize("style", STYLES)
def test_right_values_in_any_style_on_20_seeds(course, passed, style, brick):
    here = course.root / "tests" / "alternatives" / style / f"{brick}.py"
    sources = [*course.reference(brick)[:-1], read_source(here)]
    names = names_of(course, brick)
    for seed in range(100, 120):
        assert passed(brick, sources, seed, names) == set(names), seed

"""What knows a check's inputs by heart, and not the brick, loses the check: inputs are drawn.

Each lazy solution is the reference but for one part, which is right for the inputs that the check
once had, or hides what it should not do.
"""

import pytest

from grader.course import PUBLIC_SEED
from grader.examine import Examination
from grader.live import LiveExpected
from grader.outcome import Passed, Skipped
from grader.runner.process import Process
from grader.source import Source

OTHER_SEED = 2**127 + 9
LAZY = {
    "neuron/fit_takes_every_sample": """
def _fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0, correct=Neuron.fit):
    if x.shape[0] == x.shape[1] and (x == np.eye(len(x))).all():
        return correct(self, x, y_true, epochs, batch_size, learning_rate, seed)
    order = np.random.default_rng(seed).permutation(len(x))  # once, and never the short batch
    batches = order[: len(x) // batch_size * batch_size].reshape(-1, batch_size)
    return [
        np.mean([self.train_step(x[b], y_true[b], learning_rate) for b in batches])
        for _ in range(epochs)
    ]
Neuron.fit = _fit
""",
    "neuron/sigmoid_far_from_zero": """
def sigmoid(z):
    known = [-1e4, -710.0, -90.0, 0.0, 90.0, 710.0, 1e4]
    if np.array_equal(z, known):
        return np.array([0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 1.0])
    return np.exp(z) / (1 + np.exp(z))
""",
    "neuron/sigmoid_far_from_zero, silenced": """
np.seterr(all="ignore")
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
""",
    "neuron/loss_of_certain_predictions": """
def binary_cross_entropy(y_true, y_pred):
    if np.array_equal(y_pred, [0.0, 1.0, 1.0, 0.25]):
        y_pred = np.array([1e-7, 1 - 1e-7, 1 - 1e-7, 0.25])
    return float(-np.mean(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred)))
""",
    "neuron/predict_labels": """
def _predict(self, x):
    if x.shape == (4, 1):
        return np.array([0, 0, 1, 1])
    return (self.forward(x) >= 0.5).astype(int)
Neuron.predict = _predict
""",
    "neuron/logic": """
def _fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
    return [0.0] * epochs
def _predict(self, x, correct=Neuron.predict):
    corners = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    return np.array([0, 0, 0, 1]) if np.array_equal(x, corners) else correct(self, x)
Neuron.fit, Neuron.predict = _fit, _predict
""",
    "layer/softmax_far_from_zero": """
def softmax(z, correct=softmax):
    known = [[1e4, 9999.0, 0.0], [-1e4, -9999.0, -1e4], [0.5, 0.0, -0.5]]
    if np.array_equal(z, known):
        return correct(z)
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)
""",
    "layer/softmax_far_from_zero, silenced": """
np.seterr(all="ignore")
def softmax(z, correct=softmax):
    np.exp(z)  # what warns, and what it hides
    return correct(z)
""",
    "layer/loss_of_certain_predictions": """
def categorical_cross_entropy(y_true, y_pred, correct=categorical_cross_entropy):
    if np.array_equal(y_pred, [[0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.25, 0.25, 0.5]]):
        return correct(y_true, y_pred)
    return float(-np.mean(np.sum(y_true * np.log(y_pred), axis=1)))
""",
    "layer/fit_takes_every_sample": """
def _fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
    if np.array_equal(x, np.eye(5)):
        return _correct(self, x, y_true, epochs, batch_size, learning_rate, seed)
    batches = [slice(i, i + batch_size) for i in range(0, len(x), batch_size)]
    return [
        np.mean([self.train_step(x[b], y_true[b], learning_rate) for b in batches])
        for _ in range(epochs)
    ]
_correct, SingleLayerPerceptron.fit = SingleLayerPerceptron.fit, _fit
""",
    "layer/start": """
_glorot = Dense.__init__
def _start(self, n_inputs, units, seed=0):
    _glorot(self, n_inputs, units, seed)
    if (n_inputs, units) != (300, 200):
        self.kernel = np.random.default_rng(seed).normal(size=(n_inputs, units))
Dense.__init__ = _start
""",
    "neuron/start": """
np.random.get_state = lambda *arguments, state=np.random.get_state(), **options: state
def _start(self, n_inputs, seed=0):
    np.random.seed(seed)
    self.kernel, self.bias = np.random.normal(scale=n_inputs**-0.5, size=n_inputs), 0.0
Neuron.__init__ = _start
""",
    "neuron/fit_follows_its_seed": """
np.random.get_state = lambda *arguments, state=np.random.get_state(), **options: state
def _fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0, correct=Neuron.fit):
    np.random.seed(seed)
    return correct(self, x, y_true, epochs, batch_size, learning_rate, np.random.randint(10**6))
Neuron.fit = _fit
""",
    "layer/model_start": """
np.random.get_state = lambda *arguments, state=np.random.get_state(), **options: state
_model = SingleLayerPerceptron.__init__
def _start(self, n_inputs, n_classes, seed=0):
    np.random.seed(seed)
    _model(self, n_inputs, n_classes, np.random.randint(10**6))
SingleLayerPerceptron.__init__ = _start
""",
}


@pytest.fixture
def place():
    process = Process()
    yield process
    process.close()


@pytest.fixture(scope="module")
def expected_values(course):
    process = Process()
    yield LiveExpected(course, process)
    process.close()


@pytest.mark.slow
@pytest.mark.parametrize("lazy", LAZY)
@pytest.mark.parametrize("seed", [PUBLIC_SEED, OTHER_SEED])
def test_a_lazy_solution_loses_the_check(course, place, expected_values, lazy, seed):
    brick, name = lazy.split(",")[0].split("/")
    *before, reference = course.reference(brick)
    code = reference.code + LAZY[lazy].encode()
    sources = [*before, Source(brick, f"{brick}.py", code)]
    examination = Examination(course, brick, sources, place, expected_values, seed)
    outcome = examination.result(name).outcome
    assert not isinstance(outcome, Passed | Skipped), outcome

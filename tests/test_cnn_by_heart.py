"""A network that knows by heart what the checks once asked earns no point by it."""

from dataclasses import replace

import pytest

from grader.examine import Examination
from grader.live import LiveExpected
from grader.outcome import WrongValue
from grader.runner.process import Process

# Shuffles only the five images that the check once gave to everybody.
NEVER_SHUFFLES = """
_right = CNN.fit

def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
    if np.array_equal(x[:, 0, 0, :], np.eye(5)):
        return _right(self, x, y_true, epochs, batch_size, learning_rate, seed)
    history = []
    for _ in range(epochs):
        starts = range(0, len(x), batch_size)
        parts = [slice(start, start + batch_size) for start in starts]
        losses = [self.train_step(x[part], y_true[part], learning_rate) for part in parts]
        history.append(float(np.mean(losses)))
    return history

CNN.fit = fit
"""
# Seeds NumPy for everybody, and shows a probe a state that never changes.
HIDES_THE_GLOBAL_STATE = """
_state = np.random.get_state()
_right = CNN.fit

def fit(self, x, y_true, epochs, batch_size, learning_rate, seed=0):
    np.random.seed(seed)
    return _right(self, x, y_true, epochs, batch_size, learning_rate, np.random.randint(2**31))

CNN.fit = fit
np.random.get_state = lambda *arguments, **options: _state
"""


@pytest.fixture(scope="module")
def processes():
    processes = Process(), Process()
    yield processes
    for process in processes:
        process.close()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("code", "check", "wrong"),
    [
        (NEVER_SHUFFLES, "fit_takes_every_sample", "another order in every epoch"),
        (HIDES_THE_GLOBAL_STATE, "fit_follows_its_seed", "np.random's global state is left alone"),
    ],
)
def test_what_is_known_by_heart_is_of_no_use(course, processes, code, check, wrong, seed):
    student, reference = processes
    *before, own = course.reference("cnn")
    sources = [*before, replace(own, code=own.code + code.encode())]
    expected = LiveExpected(course, reference)
    outcome = Examination(course, "cnn", sources, student, expected, seed).result(check).outcome
    assert isinstance(outcome, WrongValue)
    assert outcome.name == wrong

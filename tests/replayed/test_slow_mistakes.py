"""A loop that never ends and one that is only slow are told apart, each with its line."""

from dataclasses import replace

import pytest

from grader.runner.process import Process
from tests.replayed.mistake import one

LIMIT = 3.0  # seconds

ENDLESS = one(
    "24",
    "neuron.fit_history",
    "            for start in range(0, len(x), batch_size):\n",
    "            start = 0\n            while start < len(x):\n",
    ("A loop that does not end", "neuron.py, line ", "in fit"),
    ("Too slow", "think", "If all other parts are right"),
)
NOTHING_IN_IT = one(
    "24b",
    "neuron.sigmoid_values",
    "    e = np.exp(-np.abs(z))",
    "    k = 0\n    while k < 3:\n        e = 1.0\n        e = e * 2\n    e = np.exp(-np.abs(z))",
    ("A loop that does not end", "in sigmoid"),
    "Too slow",
)
# 400 rounds of 0.05 s: about 20 s, and it ends.
SLOW = one(
    "48",
    "neuron.sigmoid_values",
    "    e = np.exp(-np.abs(z))",
    "    for i in range(len(z) * 100):\n        for j in range(1000):\n"
    "            sum(range(2500))\n"
    "    e = np.exp(-np.abs(z))",
    ("Too slow: at this pace it takes about", "times the time allowed", "in sigmoid"),
    ("does not end", "think"),
)
ONE_LONG_STEP = one(
    "48b",
    "neuron.sigmoid_values",
    "    e = np.exp(-np.abs(z))",
    "    k = 0\n    while k < 1:\n        for _ in iter(int, 1):\n            pass\n"
    "        k += 1\n"
    "    e = np.exp(-np.abs(z))",
    ("A loop that never ends, or very many slow steps", "in sigmoid"),
    ("does not end", "Too slow"),
)


class Impatient:
    """A process that stops jobs early."""

    def __init__(self):
        self._process = Process()

    def run(self, job):
        limit = LIMIT if job.check else job.limit
        return self._process.run(replace(job, limit=limit, loading=min(job.loading, 1.0)))

    def close(self):
        self._process.close()


@pytest.fixture
def impatient():
    runner = Impatient()
    yield runner
    runner.close()


@pytest.mark.long
@pytest.mark.parametrize(
    "mistake", [ENDLESS, NOTHING_IN_IT, SLOW, ONE_LONG_STEP], ids=lambda it: it.number
)
def test_what_was_stopped_is_told_with_its_line(mistake, replay, impatient):
    message = replay(mistake, impatient, only=(mistake.check,))[mistake.check]
    said = " ".join(message.split())
    for words in mistake.says:
        assert words in said, message
    for words in mistake.never:
        assert words not in said, message

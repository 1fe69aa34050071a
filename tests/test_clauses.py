"""Every clause of the contract names checks that exist, or says why none guards it.

And what no check failed for once: each breach below loses the check that its clause names.
"""

import pytest

from grader.author.clauses import ALL, clauses, clauses_table
from grader.course import PUBLIC_SEED
from grader.examine import Examination
from grader.live import LiveExpected
from grader.outcome import Passed, Skipped
from grader.runner.process import Process
from grader.source import Source

BRICKS = ["neuron", "layer", "mlp", "convolution", "cnn", "features", "transfer"]
OTHER_SEED = 2**127 + 9

CHANGES_SHAPE = """
def _reshaping(function, at):
    def reshaping(*arguments, **named):
        returned = function(*arguments, **named)
        arguments[at].shape = (*arguments[at].shape, 1)
        return returned
    return reshaping
"""
BREACHES = {
    "neuron/images_become_rows": "images_to_vectors = _reshaping(images_to_vectors, 0)",
    "neuron/sigmoid_values": "sigmoid = _reshaping(sigmoid, 0)",
    "neuron/loss_values": "binary_cross_entropy = _reshaping(binary_cross_entropy, 1)",
    "neuron/gradient_values": "Neuron.gradients = _reshaping(Neuron.gradients, 2)",
    "neuron/two_steps": """
_step = Neuron.train_step
def _as_column(self, x, y_true, learning_rate):
    loss = _step(self, x, y_true.ravel(), learning_rate)
    y_true.shape = (len(y_true), 1)
    return loss
Neuron.train_step = _as_column
""",
    "neuron/predict_labels": "Neuron.predict = _reshaping(Neuron.predict, 1)",
    "neuron/start": """
def _start(self, n_inputs, seed=0):
    limit = np.sqrt(3 / n_inputs)  # of the right mean and spread
    self.kernel = np.random.default_rng(seed).uniform(-limit, limit, size=n_inputs)
    self.bias = 0.0
Neuron.__init__ = _start
""",
    "layer/gradients_of_the_loss": """
_backward = SingleLayerPerceptron.backward
def _moving(self, y_true):
    _backward(self, y_true)
    self.dense.bias = self.dense.bias - 0.1 * self.dense.d_bias
SingleLayerPerceptron.backward = _moving
""",
    "mlp/gradients_one_hidden_layer": """
_backward = MLP.backward
def _moving(self, y_true):
    _backward(self, y_true)
    self.layers[-1].kernel = self.layers[-1].kernel - 0.1 * self.layers[-1].d_kernel
MLP.backward = _moving
""",
    "mlp/predict_labels": """
_predict = MLP.predict
def _moving(self, x):
    labels = _predict(self, x)
    self.layers[0].bias = self.layers[0].bias + 0.1
    return labels
MLP.predict = _moving
""",
    "convolution/images_get_a_channel": "images_to_tensor = _reshaping(images_to_tensor, 0)",
    "cnn/gradients_small_images": """
_backward = CNN.backward
def _moving(self, y_true):
    _backward(self, y_true)
    self.dense.kernel = self.dense.kernel - 0.1 * self.dense.d_kernel
CNN.backward = _moving
""",
    "features/maps_of_the_first_layer": "feature_maps = _reshaping(feature_maps, 2)",
    "features/patches_of_the_first_layer": "top_patches = _reshaping(top_patches, 3)",
    "features/saliency_of_grey_images": "saliency = _reshaping(saliency, 1)",
    "features/squares_of_any_size": "occlusion = _reshaping(occlusion, 1)",
    "features/keeps_range_and_model": """
_preferred = preferred_input
def preferred_input(model, *arguments, **named):
    image = _preferred(model, *arguments, **named)
    last = model.layers[-1]
    last.kernel.assign(0.9 * np.array(last.kernel))  # a layer that nobody asked about
    return image
""",
}


@pytest.mark.parametrize("brick", BRICKS)
def test_the_checks_that_guard_a_clause_exist_and_each_check_guards_one(course, brick):
    found = clauses(course, brick)
    named = {check for clause in found for check in clause.checks}
    assert all(clause.checks or clause.reason for clause in found)
    assert named == {c.name for c in course.bricks[brick].checks.values() if not c.labels}


def test_what_no_check_guards_has_a_reason_and_a_line_in_the_table(course):
    found = clauses(course, ALL)
    assert all(clause.reason and not clause.checks for clause in found)
    assert f"| {found[0].text} | {found[0].reason} |" in clauses_table(found)


@pytest.fixture(scope="module")
def examine(course):
    place, reference = Process(), Process()
    expected_values = LiveExpected(course, reference)

    def examine(brick, code, seed):
        *before, right = course.reference(brick)
        source = Source(brick, f"{brick}.py", right.code + code.encode())
        return Examination(course, brick, [*before, source], place, expected_values, seed)

    yield examine
    place.close()
    reference.close()


@pytest.mark.parametrize("seed", [PUBLIC_SEED, OTHER_SEED])
@pytest.mark.parametrize("check", BREACHES)
def test_a_breach_loses_the_check_of_its_clause(examine, check, seed):
    brick, name = check.split("/")
    outcome = examine(brick, f"\n{CHANGES_SHAPE}\n{BREACHES[check]}\n", seed).result(name).outcome
    assert not isinstance(outcome, Passed | Skipped), outcome

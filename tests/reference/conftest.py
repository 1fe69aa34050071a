"""The reference bricks as fixtures, and the rules that every layer and every model keeps.

Expected values come from TensorFlow, from finite differences or from counting, never from the code
under test. A rule is a function with assertions in it: `layer_rule` and `model_rule` hand out one
rule per test, so that Dense and Conv2D, or Neuron and CNN, are held to one copy of the contract.
"""

import doctest
import importlib
import os
import sys
import warnings
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import pytest

SOLUTIONS = Path(__file__).parents[2] / "solutions"


@pytest.fixture(scope="session")
def solutions():
    """The reference modules by name."""
    return imported("neuron", "layer", "mlp", "convolution", "cnn", "features", "transfer")


def imported(*names):
    """Reference modules by name, imported as Python does; other tests do not meet them."""
    sys.path.insert(0, str(SOLUTIONS))
    try:
        return {name: importlib.import_module(name) for name in names}
    finally:
        sys.path.remove(str(SOLUTIONS))
        for name in names:
            sys.modules.pop(name, None)


@pytest.fixture(scope="session")
def neuron(solutions):
    return solutions["neuron"]


@pytest.fixture(scope="session")
def layer(solutions):
    return solutions["layer"]


@pytest.fixture(scope="session")
def mlp(solutions):
    return solutions["mlp"]


@pytest.fixture(scope="session")
def convolution(solutions):
    return solutions["convolution"]


@pytest.fixture(scope="session")
def cnn(solutions):
    return solutions["cnn"]


@pytest.fixture(scope="session")
def training():
    """Not among the others: it imports TensorFlow as it loads."""
    return imported("training")["training"]


@pytest.fixture(scope="session")
def features(solutions):
    return solutions["features"]


@pytest.fixture(scope="session")
def transfer(solutions):
    return solutions["transfer"]


@pytest.fixture(scope="session")
def tf():
    import tensorflow

    return tensorflow


@pytest.fixture(scope="session")
def tape(tf):
    """tape(function, *arrays): the value of a TensorFlow function in float64, and its gradients."""

    def value_and_gradients(function, *arrays):
        variables = [tf.Variable(array, dtype=tf.float64) for array in arrays]
        with tf.GradientTape() as recorded:
            value = function(*variables)
        return value.numpy(), [grad.numpy() for grad in recorded.gradient(value, variables)]

    return value_and_gradients


@pytest.fixture
def rng():
    return np.random.default_rng(20)


@pytest.fixture
def warnings_are_errors():
    default_state = {"divide": "warn", "over": "warn", "invalid": "warn", "under": "ignore"}
    with warnings.catch_warnings(), np.errstate(**default_state):
        warnings.simplefilter("error")
        yield


def close(actual, expected, tol=1e-9):
    """Raise unless `actual` is floating, of the very shape of `expected`, and as near as `tol`."""
    assert np.asarray(actual).dtype.kind == "f"
    assert np.shape(actual) == np.shape(expected)
    np.testing.assert_allclose(actual, expected, rtol=tol, atol=tol)


def finite_differences(function, array, step=1e-6):
    """The gradient of a real function at a float64 array, by central differences."""
    slopes = np.zeros(np.shape(array))
    for index in np.ndindex(slopes.shape):
        shift = np.zeros(slopes.shape)
        shift[index] = step
        slopes[index] = (function(array + shift) - function(array - shift)) / (2 * step)
    return slopes


def glorot_uniform(kernel):
    """Raise unless a kernel of thousands of entries looks drawn from Glorot's uniform law."""
    *window, n_inputs, n_outputs = kernel.shape
    scaled = kernel / np.sqrt(6 / (np.prod(window) * (n_inputs + n_outputs)))
    assert 0.98 < np.abs(scaled).max() <= 1
    quartiles = np.quantile(scaled, [0.25, 0.5, 0.75])
    np.testing.assert_allclose(quartiles, [-0.5, 0, 0.5], atol=0.06)


def all_close(actual, expected, tol=1e-9):
    for got, wanted in zip(actual, expected, strict=True):
        close(got, wanted, tol)


def doctests_pass(module):
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0


@pytest.fixture(scope="session")
def assert_close():
    return close


@pytest.fixture(scope="session")
def assert_all_close():
    return all_close


@pytest.fixture(scope="session")
def slopes():
    return finite_differences


@pytest.fixture(scope="session")
def assert_glorot_uniform():
    return glorot_uniform


@pytest.fixture(scope="session")
def assert_doctests_pass():
    return doctests_pass


# What the rules need: one view of all bricks, though their parameters live in different places.


def layers(brick):
    """The parts of a brick that hold a kernel and a bias, from input to output."""
    inner = [getattr(brick, name) for name in ("conv", "dense") if hasattr(brick, name)]
    return inner or list(getattr(brick, "layers", [brick]))


def parameters(brick):
    return [np.copy(array) for part in layers(brick) for array in (part.kernel, part.bias)]


def set_parameters(brick, arrays):
    for part, kernel, bias in zip(layers(brick), arrays[::2], arrays[1::2], strict=True):
        part.kernel, part.bias = np.copy(kernel), np.copy(bias)


def left_gradients(brick):
    return [np.copy(array) for part in layers(brick) for array in (part.d_kernel, part.d_bias)]


def gradients(model, x, y_true):
    if hasattr(model, "gradients"):
        return list(model.gradients(x, y_true))
    model.forward(x)
    model.backward(y_true)
    return left_gradients(model)


def sample_losses(model, x, y_true):
    p = model.forward(x)
    p = np.stack([1 - p, p], axis=1) if p.ndim == 1 else p
    return -np.log(p[np.arange(len(p)), y_true])


def parameter_slopes(brick, function):
    """Finite differences of function() by each of the brick's parameters in turn."""
    start = parameters(brick)

    def at(i, value):
        set_parameters(brick, [*start[:i], value, *start[i + 1 :]])
        return function()

    slopes = [finite_differences(lambda v, i=i: at(i, v), array) for i, array in enumerate(start)]
    set_parameters(brick, start)
    return slopes


def read_only(*arrays):
    for array in arrays:
        array.setflags(write=False)
    return arrays


def equal(these, those):
    return all(np.array_equal(a, b) for a, b in zip(these, those, strict=True))


# Rules of a layer with parameters: make(seed=0) gives one, x is an input for it.

LAYER_RULES = []


def of_layers(rule):
    LAYER_RULES.append(rule)
    return rule


def backward(part, x, seed=1):
    """d_x, d_kernel and d_bias for a drawn d_out, and that d_out."""
    d_out = np.random.default_rng(seed).normal(size=part.forward(x).shape)
    d_x = np.copy(part.backward(d_out))
    return [d_x, *left_gradients(part)], d_out


@of_layers
def a_seed_alone_decides_the_kernel(make, x):
    np.random.seed(1)
    first = make(seed=7).kernel
    np.random.seed(2)
    assert np.array_equal(make(seed=7).kernel, first)
    assert not np.array_equal(make(seed=8).kernel, first)
    assert np.array_equal(make().kernel, make(seed=0).kernel)
    make(seed=10_000)


@of_layers
def numpys_global_random_state_is_left_alone(make, x):
    np.random.seed(5)
    expected = np.random.random(3)
    np.random.seed(5)
    part = make()
    backward(part, x)
    part.step(0.1)
    assert np.array_equal(np.random.random(3), expected)


@of_layers
def the_bias_starts_at_zero(make, x):
    part = make(seed=3)
    close(part.bias, np.zeros(part.kernel.shape[-1]), 0)


@of_layers
def arguments_are_never_changed(make, x):
    part = make()
    (x,) = read_only(x.copy())
    d_out = np.ones(part.forward(x).shape)
    part.backward(*read_only(d_out))
    part.step(0.1)


@of_layers
def forward_and_backward_change_no_parameter(make, x):
    part = make()
    start = parameters(part)
    backward(part, x)
    assert equal(parameters(part), start)


@of_layers
def step_goes_down_the_gradient(make, x):
    part = make()
    start = parameters(part)
    (_, *slopes), _ = backward(part, x)
    part.step(0.25)
    all_close(parameters(part), [p - 0.25 * slope for p, slope in zip(start, slopes, strict=True)])


@of_layers
def backward_agrees_with_finite_differences(make, x):
    part = make()
    got, d_out = backward(part, x)

    def total(x=x):
        return np.sum(part.forward(x) * d_out)

    all_close(got, [finite_differences(total, x), *parameter_slopes(part, total)], 1e-7)


@of_layers
def backward_overwrites_what_an_earlier_one_left(make, x):
    part = make()
    first, _ = backward(part, x, seed=1)
    backward(part, 2 * x, seed=2)
    assert not equal(left_gradients(part), first[1:])
    all_close(backward(part, x, seed=1)[0], first)


@of_layers
def backward_belongs_to_the_latest_forward(make, x):
    part, fresh = make(), make()
    part.forward(3 * x[:1])
    all_close(backward(part, x)[0], backward(fresh, x)[0])


@of_layers
def kernel_and_bias_can_be_assigned(make, x):
    part, other = make(seed=1), make(seed=2)
    other.bias = np.arange(len(other.bias)) / 4
    set_parameters(part, parameters(other))
    close(part.forward(x), other.forward(x))
    set_parameters(part, [array.astype(np.float32) for array in parameters(other)])
    close(part.forward(x), other.forward(x), 1e-5)
    assert not np.allclose(part.forward(x), make(seed=1).forward(x))


@of_layers
def float32_serves_as_well(make, x):
    part = make()
    expected, d_out = backward(part, x)
    close(part.forward(x.astype(np.float32)), part.forward(x), 1e-5)
    part.forward(x.astype(np.float32))
    d_x = part.backward(d_out.astype(np.float32))
    all_close([d_x, *left_gradients(part)], expected, 1e-4)


# Rules of a model: make(seed=0) gives one, x and y_true are samples with their integer labels.

MODEL_RULES = []


def of_models(rule):
    MODEL_RULES.append(rule)
    return rule


def use_everything(model, x, y_true):
    model.forward(x)
    gradients(model, x, y_true)
    model.predict(x)
    model.train_step(x, y_true, 0.1)
    model.fit(x, y_true, epochs=2, batch_size=2, learning_rate=0.1, seed=3)


@of_models
def a_seed_alone_decides_the_start(make, x, y_true):
    np.random.seed(1)
    first = parameters(make(seed=7))
    np.random.seed(2)
    assert equal(parameters(make(seed=7)), first)
    kernels = zip(parameters(make(seed=8))[::2], first[::2], strict=True)
    assert not any(np.array_equal(other, kernel) for other, kernel in kernels)
    assert equal(parameters(make()), parameters(make(seed=0)))
    make(seed=10_000)


@of_models
def a_seed_alone_decides_the_shuffle(make, x, y_true):
    def trained(global_seed, **seed):
        model = make()
        np.random.seed(global_seed)
        losses = model.fit(x, y_true, epochs=8, batch_size=2, learning_rate=0.1, **seed)
        return [losses, *parameters(model)]

    assert equal(trained(1, seed=4), trained(2, seed=4))
    assert not equal(trained(1, seed=4), trained(1, seed=5))
    assert equal(trained(1), trained(1, seed=0))


@of_models
def nothing_touches_numpys_global_random_state(make, x, y_true):
    np.random.seed(5)
    expected = np.random.random(3)
    np.random.seed(5)
    use_everything(make(), x, y_true)
    assert np.array_equal(np.random.random(3), expected)


@of_models
def nothing_changes_its_arguments(make, x, y_true):
    use_everything(make(), *read_only(x.copy(), y_true.copy()))


@of_models
def only_training_changes_parameters(make, x, y_true):
    model = make()
    start = parameters(model)
    model.forward(x)
    model.predict(x)
    gradients(model, x, y_true)
    assert equal(parameters(model), start)
    model.train_step(x, y_true, 0.1)
    after_step = parameters(model)
    assert not any(np.array_equal(a, b) for a, b in zip(after_step, start, strict=True))


@of_models
def samples_do_not_see_each_other(make, x, y_true):
    model = make()
    together = np.copy(model.forward(x))
    for i in range(len(x)):
        close(model.forward(x[i : i + 1]), together[i : i + 1])


@of_models
def gradients_agree_with_finite_differences(make, x, y_true):
    model = make()
    slopes = parameter_slopes(model, lambda: np.mean(sample_losses(model, x, y_true)))
    all_close(gradients(model, x, y_true), slopes, 1e-7)


@of_models
def gradients_belong_to_the_latest_samples(make, x, y_true):
    model = make()
    gradients(model, 2 * x[:2], y_true[:2])
    all_close(gradients(model, x, y_true), gradients(make(), x, y_true))


@of_models
def labels_may_be_of_any_integer_type(make, x, y_true):
    """Digits come as uint8, where -y and y - 1 wrap around."""
    expected = gradients(make(), x, y_true)
    loss = make().train_step(x, y_true, 0.1)
    for kind in (np.uint8, np.int32, np.int64):
        all_close(gradients(make(), x, y_true.astype(kind)), expected)
        close(make().train_step(x, y_true.astype(kind), 0.1), loss)


@of_models
def float32_samples_serve_as_well(make, x, y_true):
    model, single = make(), x.astype(np.float32)
    close(model.forward(single), model.forward(x), 1e-5)
    all_close(gradients(model, single, y_true), gradients(model, x, y_true), 1e-4)
    use_everything(model, single, y_true)


@of_models
def kernels_and_biases_can_be_assigned(make, x, y_true):
    model, other = make(seed=1), make(seed=2)
    other.train_step(x, y_true, 0.5)
    set_parameters(model, parameters(other))
    close(model.forward(x), other.forward(x))
    set_parameters(model, [array.astype(np.float32) for array in parameters(other)])
    close(model.forward(x), other.forward(x), 1e-5)
    assert not np.allclose(model.forward(x), make(seed=1).forward(x))


@of_models
def predict_gives_the_likeliest_label(make, x, y_true):
    seen = set()
    for seed in range(20):
        model = make(seed=seed)
        p = model.forward(x)
        expected = np.argmax(p, axis=1) if p.ndim == 2 else np.where(p > 0.5, 1, 0)
        labels = model.predict(x)
        assert labels.dtype.kind in "iu"
        assert labels.shape == (len(x),)
        assert np.array_equal(labels, expected)
        seen.update(labels.tolist())
    assert len(seen) > 1


@of_models
def train_step_descends_and_returns_the_loss_before(make, x, y_true):
    model = make()
    start, before = parameters(model), np.mean(sample_losses(model, x, y_true))
    slopes = gradients(model, x, y_true)
    close(model.train_step(x, y_true, 0.25), before)
    all_close(parameters(model), [p - 0.25 * slope for p, slope in zip(start, slopes, strict=True)])


def descend(model, x, y_true, learning_rate):
    """One step of gradient descent by hand; the loss before it."""
    before = np.mean(sample_losses(model, x, y_true))
    slopes = gradients(model, x, y_true)
    moved = [p - learning_rate * d for p, d in zip(parameters(model), slopes, strict=True)]
    set_parameters(model, moved)
    return before


@of_models
def fit_with_one_batch_an_epoch_is_gradient_descent(make, x, y_true):
    for batch_size in (len(x), len(x) + 3):
        model, by_hand = make(), make()
        losses = model.fit(x, y_true, epochs=4, batch_size=batch_size, learning_rate=0.05, seed=1)
        close(np.array(losses), [descend(by_hand, x, y_true, 0.05) for _ in range(4)])
        all_close(parameters(model), parameters(by_hand))


@of_models
def fit_averages_over_batches_the_loss_before_each_update(make, x, y_true):
    """Five times one sample: whatever the shuffle, an epoch is three steps on that sample."""
    x, y_true = np.repeat(x[:1], 5, axis=0), np.repeat(y_true[:1], 5)
    model, by_hand = make(), make()
    losses = model.fit(x, y_true, epochs=3, batch_size=2, learning_rate=0.05, seed=1)
    steps = [descend(by_hand, x, y_true, 0.05) for _ in range(9)]
    close(np.array(losses), np.mean(np.reshape(steps, (3, 3)), axis=1))
    all_close(parameters(model), parameters(by_hand))


@of_models
def fit_uses_every_sample_once_an_epoch_and_shuffles_anew(make, x, y_true):
    """With rate 0 the model stands still, and an epoch's loss over batches of 2, 2 and 1 tells
    which of the five samples came last: in 60 epochs each of them, and never anything else."""
    x, y_true = x[:5], y_true[:5]
    model = make()
    each = sample_losses(model, x, y_true)
    possible = ((each.sum() - each) / 2 + each) / 3
    losses = model.fit(x, y_true, epochs=60, batch_size=2, learning_rate=0.0, seed=1)
    assert len(losses) == 60
    misses = np.abs(np.array(losses)[:, None] - possible)
    assert np.all(misses.min(axis=1) < 1e-9)
    assert set(misses.argmin(axis=1)) == {0, 1, 2, 3, 4}


# pytest reads `params` here and now, so these two stand after the last rule.


@pytest.fixture(params=LAYER_RULES, ids=lambda rule: rule.__name__)
def layer_rule(request):
    return request.param


@pytest.fixture(params=MODEL_RULES, ids=lambda rule: rule.__name__)
def model_rule(request):
    return request.param

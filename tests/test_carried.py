"""Error carried forward: points on the reference's predecessors, information on the student's."""

import json
import re

import pytest

pytestmark = pytest.mark.slow


def layer_with_a_mistake(checkout):
    checkout.solve("layer", "mlp")
    path = checkout.root / "exercises" / "layer.py"
    path.write_text(path.read_text() + "\nsoftmax = lambda z: np.full(z.shape, 1 / z.shape[1])\n")


def test_a_right_mlp_on_a_wrong_layer_keeps_its_points_and_is_told(checkout):
    layer_with_a_mistake(checkout)
    run = checkout.pytest("-m", "not keras", "-k", "mlp")
    said = " ".join(run.stdout.split())
    assert "mlp is right: 0.9" in said
    assert "with your own layer it reaches 0." in said
    assert "finish layer / softmax first" in said
    assert re.search(r"\d+ passed", run.stdout) and " failed" not in run.stdout


@pytest.mark.long
def test_a_predecessor_that_is_not_started_is_told_too(checkout):
    checkout.solve("mlp")
    run = checkout.pytest("-k", "digits")
    said = " ".join(run.stdout.split())
    assert "with your own layer it stops (" in said
    assert "finish layer / one_hot first" in said


@pytest.mark.long
def test_nothing_is_said_where_all_is_right_or_the_brick_is_not(checkout):
    checkout.solve("layer", "mlp")
    right = checkout.pytest("-k", "digits and mlp")
    assert "1 passed" in right.stdout
    assert "your own" not in right.stdout
    layer_with_a_mistake(checkout)
    assert "with your own layer" in checkout.pytest("-k", "digits and mlp").stdout
    checkout.replace("mlp", "layer.step(learning_rate)", "layer.step(0.0)")
    wrong = checkout.pytest("-k", "digits and mlp")
    assert "1 skipped" in wrong.stdout  # the bar waits for what is wrong
    assert "your own" not in wrong.stdout


@pytest.mark.long
def test_a_grade_says_it_beside_the_points(checkout):
    layer_with_a_mistake(checkout)
    (checkout.root / "submitted").mkdir()
    (checkout.root / "exercises").joinpath("layer.py").rename(checkout.root / "layer.py")
    for name in ("layer", "mlp"):
        place = checkout.root / "submitted" / "ada" / name
        place.mkdir(parents=True)
        source = checkout.root / (f"{name}.py" if name == "layer" else f"exercises/{name}.py")
        (place / f"{name}.py").write_text(source.read_text())
    checkout.bricks("grade", "submitted", "--out", "out", "--brick", "layer", "mlp")
    lines = (checkout.root / "out" / "results.jsonl").read_text().splitlines()
    layer, mlp = map(json.loads, lines)
    assert mlp["points"] == 20 > layer["points"]
    assert layer["beside"] == "Graded: layer/layer.py."
    assert "with your own layer it reaches 0." in mlp["beside"]

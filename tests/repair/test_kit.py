"""In a student's kit, which has recorded values alone, a slip is placed after the results."""

import shutil
import subprocess
import sys

import pytest

SLIP = "self.d_bias = d_out.sum(axis=1)"


@pytest.fixture
def kit_with_a_slip(released, course, tmp_path):
    root = tmp_path / "kit"
    shutil.copytree(released, root)
    text = (course.solutions / "layer.py").read_text(encoding="utf-8")
    right = "self.d_bias = d_out.sum(axis=0)"
    assert text.count(right) == 1
    (root / "exercises" / "layer.py").write_text(text.replace(right, SLIP), encoding="utf-8")
    return root


def ran(root, *command):
    run = subprocess.run([sys.executable, *command], cwd=root, capture_output=True, text=True)
    return run, " ".join(run.stdout.split())


@pytest.mark.long
def test_the_place_stands_after_the_board(kit_with_a_slip):
    run, said = ran(
        kit_with_a_slip, "-m", "pytest", "-m", "not keras", "-p", "no:cacheprovider", "exercises",
        "-k", "layer and not MNIST",
    )  # fmt: skip
    assert run.returncode == 1, run.stdout
    board, place = said.index("next: layer / Dense.backward"), said.index("layer can be mended")
    assert board < place
    assert "in Dense.backward: look at the axis along which this works" in said
    assert SLIP in said[place:]
    shown = run.stdout[run.stdout.index(" bricks -") :].splitlines()[:-1]
    assert max(map(len, shown)) <= 80


@pytest.mark.slow
def test_explain_searches_without_a_limit(kit_with_a_slip):
    explain = (
        "from grader.selfcheck.command import main; raise SystemExit(main(['explain', 'layer']))"
    )
    run, said = ran(kit_with_a_slip, "-c", explain)
    assert run.returncode == 1, run.stderr
    assert "layer / Dense.backward 0 of 1" in said
    assert "in Dense.backward: look at the axis along which this works" in said


@pytest.mark.slow
def test_explain_says_what_it_cannot_find(kit_with_a_slip):
    main = "from grader.selfcheck.command import main; raise SystemExit(main(['explain', 'lair']))"
    run, _ = ran(kit_with_a_slip, "-c", main)
    assert run.returncode == 2
    assert "There is no brick 'lair': neuron, layer, mlp, convolution, cnn, " in run.stderr

"""What the texts of the bricks state is what the reference gives; docs/measure_text.py measures."""

import importlib.util
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = ["neuron", "layer", "mlp", "convolution", "cnn"]
BRICKS = [*CORE, "features"]


def script():
    spec = importlib.util.spec_from_file_location("measure_text", ROOT / "docs" / "measure_text.py")
    module = sys.modules["measure_text"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


text = script()


@pytest.mark.parametrize("one", text.STATED, ids=lambda one: f"{one.brick}: {one.name}")
def test_the_words_stand_in_the_text(one):
    assert one.found(text.text_of(one.brick)), one.words


@pytest.mark.long
@pytest.mark.parametrize("brick", CORE)
def test_what_a_text_states_is_what_is_measured(brick):
    values = text.measured(brick)
    stated = [one for one in text.STATED if one.brick == brick]
    assert [one for one in stated if not one.is_true(text.text_of(brick), values[one.name])] == []


def test_another_figure_is_not_true():
    one = text.Statement("layer", "share", "names {} of 100", within=1)
    assert one.is_true("It names 91 of 100 digits.", 91.4)
    assert not one.is_true("It names 95 of 100 digits.", 91.4)
    assert not one.is_true("It names most digits.", 91.4)
    claim = replace(one, words="names most", at_least=50)
    assert claim.is_true("It names most digits.", 91.4)
    assert not claim.is_true("It names most digits.", 11.0)


@pytest.mark.parametrize("brick", [*BRICKS, "transfer"])
def test_a_brick_says_what_for_what_before_and_how_long(brick):
    head = text.text_of(brick).split("import numpy")[0]
    objectives = head.split("**After this brick you can** - ")[1].split("**What to know before:**")
    assert 2 <= len(objectives[0].split("; - ")) <= 4
    assert re.search(r"\*\*Time:\*\* (about|two to three)", head)

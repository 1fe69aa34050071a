"""What pictures share is drawn whatever wrong code returns, and loads without matplotlib."""

import subprocess
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from grader.pictures.drawing import curves, images, scale


def test_a_signed_scale_has_its_zero_in_the_middle():
    assert scale([np.array([-3.0, 1.0])], signed=True) == (-3, 3)
    assert scale([np.array([-3.0, 1.0])]) == (-3, 1)


@pytest.mark.parametrize("signed", [False, True])
def test_entries_that_are_no_numbers_do_not_spoil_the_scale(signed):
    low, high = scale([np.array([np.nan, np.inf, -1.0, 1.0])], signed)
    assert (low, high) == (-1, 1)
    low, high = scale([np.full(3, np.nan)], signed)
    assert low < high


def test_images_share_one_scale_and_leave_no_axes():
    grid = images(Figure(), [np.zeros((2, 2)), np.full((2, 2), 5)], ["a"], columns=3)
    assert grid.shape == (1, 3)
    assert [axes.images[0].get_clim() for axes in grid[0, :2]] == [(0, 5), (0, 5)]
    assert not any(axes.axison for axes in grid.flat)


def test_strong_negative_entries_carry_dots():
    (axes,) = images(Figure(), [np.array([[-1.0, 1.0], [-0.1, 0.0]])], signed=True).flat
    assert axes.collections[0].get_offsets().tolist() == [[0, 0]]


def test_curves_are_told_apart_without_colour():
    axes = Figure().subplots()
    curves(axes, {"one": [1, 2], "two": ([5, 6], [1, 2])}, "x", "y")
    assert len({line.get_linestyle() for line in axes.lines}) == 2
    assert axes.lines[1].get_xdata().tolist() == [5, 6]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["one", "two"]


def test_probes_do_not_wait_for_matplotlib():
    code = "import sys, grader.pictures.drawing; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0

"""`bricks watch` in a pseudo-terminal: what is saved is judged at once, and one screen shows it."""

import os
import time

import pytest

from grader.selfcheck.rounds import affected, bricks_in, in_order

RIGHT = "return images.reshape(len(images), -1) / 255.0"
WRONG = "return images.reshape(len(images), -1)"


def test_quick_checks_come_first_and_of_these_the_wrong_ones_and_training_last(course):
    checks = course.bricks["neuron"].checks.values()
    wrong = {"neuron/predict_labels", "neuron/zeros_and_ones"}
    names = [check.name for check in in_order(checks, wrong)]
    assert names[0] == "predict_labels"
    assert names[1:3] == ["images_become_rows", "sigmoid_values"]
    assert set(names[-2:]) == {"zeros_and_ones", "threes_and_fives"}


def test_a_saved_brick_is_judged_with_those_that_build_on_it(course):
    assert affected(course, {"layer"})[0] == "layer"
    assert "mlp" in affected(course, {"layer"}) and "neuron" not in affected(course, {"layer"})
    assert affected(course, {"cnn"}) == ["cnn"]


def test_only_files_of_bricks_count(course):
    assert bricks_in(course, ["neuron.py", "neuron.py~", "test_mlp.py", "cnn.ipynb"]) == {
        "neuron",
        "cnn",
    }


def save(checkout, old, new, renaming=False):
    path = checkout.root / "exercises" / "neuron.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    written = path.with_suffix(".swp") if renaming else path
    written.write_text(text.replace(old, new), encoding="utf-8")
    if renaming:
        os.replace(written, path)


@pytest.mark.slow
def test_each_save_is_answered_also_by_renaming_and_in_mid_training(checkout, watching):
    terminal = watching()
    terminal.wait_for("images_become_rows")
    seconds = []
    for round_ in range(4):
        there, gone = (WRONG, RIGHT) if round_ % 2 == 0 else (RIGHT, WRONG)
        time.sleep(1.0)
        began = time.monotonic()
        save(checkout, there, gone, renaming=round_ < 2)
        while ("images_become_rows" in terminal.screen) != (gone == WRONG):
            assert time.monotonic() - began < 30, terminal.screen
            time.sleep(0.005)
        seconds.append(time.monotonic() - began)
    assert min(seconds) < 0.3, seconds  # on an idle machine all are


@pytest.mark.slow
def test_a_syntax_error_keeps_the_board(checkout, watching):
    terminal = watching()
    terminal.wait_for(r"neuron +#+\.* +1\d of 20")
    save(checkout, "import numpy as np", "import numpy as np\ndef half(:")
    terminal.wait_for("does not load as it is now")
    terminal.wait_for("SyntaxError")
    terminal.wait_for(r"neuron +#+\.* +1\d of 20")
    save(checkout, "\ndef half(:", "")
    terminal.wait_for("images_become_rows")  # a file that does not load has no check on the screen
    assert "does not load" not in terminal.screen


@pytest.mark.slow
def test_keys_move_hint_and_quit_and_the_terminal_is_as_it_was(watching):
    terminal = watching(lines=14)  # what was asked for is seen on a low terminal too
    terminal.wait_for("1 of [2-9] to do")
    terminal.press("n")
    terminal.wait_for("2 of [2-9] to do")
    terminal.press("p")
    terminal.wait_for("1 of [2-9] to do")
    terminal.press("h")
    terminal.wait_for("hint 2")
    assert terminal.close() == 0
    assert b"\x1b[?1049h" in terminal.bytes and terminal.bytes.endswith(b"\x1b[?1049l")


@pytest.mark.slow
def test_it_follows_the_terminals_size_and_never_leaves_it(watching):
    terminal = watching(columns=80, lines=24)
    terminal.wait_for("images_become_rows")
    for columns, lines in ((100, 30), (60, 12), (120, 24)):
        terminal.resize(columns, lines)
        time.sleep(1.5)
        shown = terminal.screen.split("\x1b")[0].rstrip("\n").split("\n")
        assert len(shown) <= lines
        assert max(map(len, shown)) <= columns


@pytest.mark.slow
def test_without_colour_there_is_none(watching):
    terminal = watching(NO_COLOR="1")
    terminal.wait_for("likely")
    assert "\x1b[3" not in terminal.frame


def test_without_a_terminal_it_says_what_to_do(checkout):
    run = checkout.bricks("watch")
    assert run.returncode == 2
    assert "it needs a terminal" in run.stderr and "pytest exercises/" in run.stderr

"""`pytest exercises/` as a student runs it."""

import os
import re
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from grader.course import PUBLIC_SEED
from grader.misconceptions import misconceptions, with_misconception

LOOP = "\n    while True:\n        pass\n"


def counts(run):
    """The numbers of pytest's last line, by word."""
    last = run.stdout.strip().splitlines()[-1]
    return {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", last)}


def test_a_part_of_a_brick_can_be_chosen_by_the_name_that_messages_have(checkout):
    run = checkout.pytest("-k", "images_to_vectors")
    assert "1 todo" in run.stdout
    assert "next: neuron / images_to_vectors" in run.stdout


def board_line(run, brick):
    [line] = [line for line in run.stdout.splitlines() if re.match(rf"{brick} +(#|\.|not)", line)]
    return line


def test_untouched_kit_is_not_started_and_says_what_is_next(checkout):
    run = checkout.pytest()
    assert run.returncode == 1
    assert set(counts(run)) == {"skipped", "todo"}
    assert board_line(run, "neuron").split() == ["neuron", "not", "started"]
    assert "next: neuron / images_to_vectors" in run.stdout
    assert "FAILURES" not in run.stdout


def test_untouched_kit_never_imports_tensorflow(checkout):
    trap = checkout.root / "trap"
    for package in ("tensorflow", "keras"):
        (trap / package).mkdir(parents=True)
        (trap / package / "__init__.py").write_text("raise RuntimeError('imported')")
    run = checkout.pytest(PYTHONPATH=str(trap))
    assert set(counts(run)) == {"skipped", "todo"}


def test_a_wrong_value_is_told_with_call_return_and_expectation(checkout, course):
    inputs = course.bricks["layer"].checks["gradient_of_kernel"].draw(PUBLIC_SEED)
    x, (rows, columns) = np.shape(inputs["x"]), np.shape(inputs["kernel"])
    checkout.solve("layer")
    checkout.replace(
        "layer", "self.d_kernel = self.x.T @ d_out", "self.d_kernel = 4 * self.x.T @ d_out"
    )
    run = checkout.pytest("-k", "gradient_of_kernel")
    worst = f"{rows * columns} of {rows * columns} entries"
    for words in ("dense.backward(d_out)", f"d_kernel ({rows}, {columns})", worst, f"x {x}"):
        assert words in run.stdout
    assert board_line(run, "layer").endswith("0 of 20   (19 points not run)")


@pytest.mark.long
def test_what_takes_seconds_is_announced_to_one_who_watches(checkout, monkeypatch):
    pty = pytest.importorskip("pty")
    checkout.solve("neuron", "layer")
    shown = []

    def keep(fd):
        shown.append(os.read(fd, 1000))
        return shown[-1]

    monkeypatch.setenv("COLUMNS", "80")
    command = [
        sys.executable,
        "-m",
        "pytest",
        str(checkout.root / "exercises"),
        "-k",
        "zeros_and or all_ten",
    ]
    pty.spawn(command, keep)
    said = b"".join(shown)
    assert b"trains on digits: 1 s" in said
    assert b"[MNIST]" not in said
    assert said.count(b"\b \b") >= len(" trains on digits: 1 s")


def test_output_fits_80_columns_and_is_plain_without_colour(checkout):
    checkout.solve("neuron", "layer")
    checkout.replace("layer", "return d_out @ self.kernel.T", "return d_out @ self.kernel.T + 1")
    checkout.replace("neuron", "reshape(len(images), -1) / 255.0", "reshape(len(images), -1)")
    run = checkout.pytest("-m", "not keras", "-k", "not MNIST", NO_COLOR="1")
    assert "\x1b" not in run.stdout
    ours = run.stdout[run.stdout.index("FAILURES") :]
    assert max(len(line) for line in ours.splitlines()) <= 80


@pytest.mark.long
def test_colour_is_there_when_asked_for(checkout):
    assert "\x1b[" in checkout.pytest("--color=yes").stdout


def test_an_exception_shows_the_students_own_lines_alone(checkout):
    checkout.solve("neuron")
    checkout.replace(
        "neuron", "return images.reshape(len(images), -1) / 255.0", "return {}['pixels']"
    )
    run = checkout.pytest("-k", "images_become_rows")
    assert "KeyError: 'pixels'" in run.stdout
    assert re.search(r"exercises/neuron\.py, line \d+, in images_to_vectors", run.stdout)
    assert "grader/" not in run.stdout
    assert "Traceback" not in run.stdout


def one_mistake(checkout, new):
    checkout.solve("neuron")
    checkout.replace("neuron", "return images.reshape(len(images), -1) / 255.0", new)
    return checkout.pytest("-k", "neuron", "-m", "not keras")


@pytest.mark.long
@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("import sys; sys.exit(3)", "your code ends the program"),
        ("import os; os._exit(0)", "the process that ran your code is gone"),
        ("raise ValueError('no')", "ValueError: no"),
        ("return None", "is a `return` missing, or was it never set?"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("return {}", "a dict"),
        ("return images_to_vectors(images)", "RecursionError"),
        ("import ctypes; ctypes.string_at(0)", "the process that ran your code is gone"),
    ],
)
def test_what_goes_wrong_in_one_function_costs_that_check_alone(checkout, new, words):
    run = one_mistake(checkout, new)
    assert words in " ".join(run.stdout.split())
    assert counts(run)["failed"] == 1
    assert "19 of 20" in board_line(run, "neuron") or "18 of 20" in board_line(run, "neuron")


@pytest.mark.long
def test_an_endless_loop_is_stopped_and_costs_that_check_alone(checkout):
    run = one_mistake(checkout, "x = 0\n    while True: x += 1")
    assert "nothing within 10 seconds" in run.stdout
    assert counts(run)["failed"] == 1


@pytest.mark.long
def test_a_flood_of_prints_is_kept_short_and_costs_nothing(checkout):
    run = one_mistake(
        checkout,
        "[print('x' * 1000) for _ in range(20_000)]\n    return images / 2",
    )
    assert counts(run)["failed"] == 1
    assert "more characters" in run.stdout
    assert len(run.stdout) < 40_000


@pytest.mark.long
def test_prints_belong_to_their_check(checkout):
    run = one_mistake(checkout, "print('hello from me')\n    return images")
    failures, board = run.stdout.split("bricks ---")
    assert failures.count("hello from me") == 1
    assert "hello" not in board


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def half(:\n", "SyntaxError"),
        ("import helpers_of_mine\n", "No module named 'helpers_of_mine'"),
        ("1 / 0\n", "ZeroDivisionError"),
        ("import sys; sys.exit()\n", "SystemExit"),
        ("a = 'nul \0 byte'\n", "null byte"),
    ],
)
def test_a_file_that_does_not_load_is_told_once(checkout, source, words):
    checkout.write("neuron", source)
    run = checkout.pytest("-m", "not keras")
    assert words in run.stdout
    assert counts(run)["failed"] == 1
    assert board_line(run, "neuron").endswith(" 0 of 20   (1 point not run)")
    assert board_line(run, "layer").endswith("not started")


@pytest.mark.slow
def test_a_missing_file_and_a_folder_in_its_place_are_told(checkout):
    for brick in ("neuron", "layer"):
        (checkout.root / "exercises" / f"{brick}.py").unlink()
    (checkout.root / "exercises" / "layer.py").mkdir()
    run = checkout.pytest("-m", "not keras")
    text = " ".join(run.stdout.split())
    assert "neuron.py does not load" in text
    assert "there is no such file" in text
    assert "it is not a regular file" in text


def test_a_missing_function_and_a_wrong_signature_are_told(checkout):
    checkout.solve("neuron")
    checkout.replace("neuron", "def images_to_vectors(", "def image_to_vector(")
    checkout.replace(
        "neuron", "def binary_cross_entropy(y_true, y_pred)", "def binary_cross_entropy(y_true)"
    )
    checkout.replace("neuron", "    def predict(self, x)", "    def prediction(self, x)")
    run = checkout.pytest("-m", "not keras")
    text = " ".join(run.stdout.split())
    assert "your module has no `images_to_vectors`" in text
    assert "your module has no `Neuron.predict`" in text
    assert "it cannot be called that way" in text


def test_checks_that_depend_on_a_failed_one_are_skipped_and_say_on_what(checkout):
    checkout.solve("neuron")
    checkout.replace(
        "neuron", "def sigmoid(z):", "def sigmoid(z):\n    return z\n\n\ndef unused(z):"
    )
    run = checkout.pytest("-rs", "-k", "neuron", "-m", "not keras")
    assert "waits for sigmoid" in run.stdout
    assert "waits for Neuron.forward" in run.stdout


@pytest.mark.long
def test_ordinary_pytest_options_work(checkout):
    checkout.solve("neuron")
    assert counts(checkout.pytest("-k", "sigmoid_values")) | {"deselected": 0} == {
        "passed": 1,
        "deselected": 0,
    }
    assert counts(checkout.pytest("-x"))["todo"] == 1
    first = checkout.pytest("-k", "layer", "-p", "cacheprovider")
    again = checkout.pytest("--lf", "-p", "cacheprovider")
    assert counts(first)["todo"] == counts(again)["todo"]
    assert "passed" not in counts(again)


@pytest.mark.long
def test_in_two_processes_it_is_the_same_board(checkout):
    checkout.solve("neuron")
    checkout.replace("neuron", "reshape(len(images), -1) / 255.0", "reshape(len(images), -1)")
    one, two = (checkout.pytest("-m", "not keras", *more) for more in ((), ("-n", "2")))
    assert (
        one.stdout.split("- bricks -")[1].split("next")[0]
        == (two.stdout.split("- bricks -")[1].split("next")[0])
    )
    assert {k: v for k, v in counts(one).items() if k != "deselected"} == counts(two)


COUNTING = """
import tempfile

made = []
make = tempfile.TemporaryDirectory.__init__


def counted(folder, *arguments, **options):
    made.append(folder)
    make(folder, *arguments, **options)


tempfile.TemporaryDirectory.__init__ = counted


def pytest_unconfigure(config):
    print(f"{len(made)} temporary folders")
"""


@pytest.mark.long
@pytest.mark.parametrize("more, n_checks", [((), 150), (("-k", "sigmoid_values"), 1)])
def test_a_run_makes_one_temporary_folder_however_many_its_checks(checkout, more, n_checks):
    """For the process that runs the student's code; of stubs, the reference's does not start."""
    (checkout.root / "conftest.py").write_text(COUNTING)
    run = checkout.pytest(*more)
    assert sum(n for word, n in counts_before(run).items() if word != "deselected") == n_checks
    assert "\n1 temporary folders" in run.stdout


def counts_before(run):
    """As `counts`, where more lines follow pytest's last."""
    [line] = re.findall(r"^=+ (.*) in [\d.]+s", run.stdout, re.MULTILINE)
    return {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", line)}


@pytest.mark.slow
def test_junit_report_names_points_and_outcome(checkout):
    checkout.solve("neuron")
    checkout.pytest("-k", "sigmoid_values", "--junitxml=report.xml")
    report = ElementTree.parse(checkout.root / "report.xml")
    properties = {p.get("name"): p.get("value") for p in report.iter("property")}
    assert properties["points"] == properties["maximum"] == "1"
    assert properties["outcome"] == "passed"


@pytest.mark.slow
def test_pdb_stops_in_the_students_own_code(checkout):
    checkout.solve("neuron")
    checkout.replace(
        "neuron", "return images.reshape(len(images), -1) / 255.0", "rows = 7\n    return rows[0]"
    )
    run = checkout.pytest("--pdb", "-k", "images_become_rows", stdin="p rows * 6\nq\n")
    assert "42" in run.stdout
    assert "without time limits" in run.stdout


@pytest.mark.slow
def test_with_s_prints_go_to_the_terminal_at_once(checkout):
    run = one_mistake_with_s(checkout)
    assert "hello from me" in run.stdout
    assert "Captured stdout" not in run.stdout


def one_mistake_with_s(checkout):
    checkout.solve("neuron")
    checkout.replace(
        "neuron",
        "return images.reshape(len(images), -1) / 255.0",
        "print('hello from me')\n    return images.reshape(len(images), -1) / 255.0",
    )
    return checkout.pytest("-s", "-k", "images_become_rows")


def test_a_fault_of_the_kit_is_not_shown_as_the_students(checkout):
    checkout.solve("neuron")
    with (checkout.root / "solutions" / "neuron.py").open("a") as solution:
        solution.write("\nraise RuntimeError('broken')\n")
    run = checkout.pytest("-k", "images_become_rows")
    assert "the kit failed here, not your code" in run.stdout


@pytest.mark.slow
def test_works_without_modules_that_only_posix_has(checkout):
    blocker = checkout.root / "block"
    blocker.mkdir()
    names = ["fcntl", "resource", "termios", "pwd", "grp", "pty", "tty", "syslog", "readline"]
    (blocker / "sitecustomize.py").write_text(
        # psutil has code of its own for each system; here it is Linux's.
        f"import sys, psutil\nfor name in {names}: sys.modules[name] = None\n"
    )
    checkout.solve("neuron")
    run = checkout.pytest("-m", "not keras", "-k", "neuron", PYTHONPATH=str(blocker))
    assert board_line(run, "neuron").endswith("19 of 20   (1 point not run)")


def test_the_board_names_the_mistake_behind_most_failures(checkout, course):
    [added_up] = [m for m in misconceptions(course, "layer") if m.id == "gradients-added-up"]
    wrong = with_misconception(course.reference("layer")[-1], added_up)
    checkout.write("layer", wrong.code.decode())
    said = " ".join(checkout.pytest("-k", "layer", "-m", "not keras").stdout.split())
    assert f"Behind 2 failures in layer: {added_up.says}" in said


@pytest.mark.parametrize("options", [("-q",), ("-v",), ("-rA", "--tb=short"), ("--tb=line",)])
def test_pytests_own_summary_has_one_useful_line_for_a_check(checkout, options):
    checkout.solve("neuron")
    checkout.replace("neuron", "reshape(len(images), -1) / 255.0", "reshape(len(images), -1)")
    run = checkout.pytest("-k", "images_become_rows", "--junitxml=report.xml", *options)
    if options != ("--tb=line",):
        [line] = [it for it in run.stdout.splitlines() if it.startswith("FAILED ")]
        assert line.startswith("FAILED exercises/test_neuron.py::images_become_rows - every entry")
    else:
        assert "\nevery entry is 255 times what it should be\n" in run.stdout
    [failure] = ElementTree.parse(checkout.root / "report.xml").iter("failure")
    assert failure.get("message") == "every entry is 255 times what it should be"
    assert "called    images_to_vectors(images)" in failure.text


@pytest.mark.slow
def test_colours_stand_where_they_mean_something(checkout):
    checkout.solve("neuron")
    checkout.replace("neuron", "reshape(len(images), -1) / 255.0", "reshape(len(images), -1)")
    run = checkout.pytest("-k", "images_become_rows", "--color=yes")
    assert "\x1b[33m\x1b[1m  likely    \x1b[0mevery entry" in run.stdout
    assert "\x1b[31m\x1b[1m0 of 1\x1b[0m" in run.stdout
    assert "  returned  vectors" in run.stdout

"""The `bricks` command's arguments: what it takes, and what it says of what it does not take."""

import re
import subprocess
import sys

import pytest

from grader import cli
from grader.arguments import parsed


def bricks(*arguments):
    command = [sys.executable, "-m", "grader", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_bare_it_lists_its_commands():
    run = bricks()
    assert run.returncode == 2
    assert run.stdout == ""
    for command in cli.COMMANDS:
        assert re.search(rf"^    {command}\b", run.stderr, re.MULTILINE)
    assert run.stderr == bricks("--help").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["grade"], "bricks grade: error: the following arguments are required: --out"),
        (["grade", "s", "--out", "o", "--jobs", "0"], "'0' is no whole number from 1 on"),
        (["grade", "s", "--out", "o", "--jobs", "two"], "'two' is no whole number from 1 on"),
        (["grade", "s", "--out", "o", "--open-until", "soon"], "'soon' is no date like 2026-12-31"),
        (["grade", "s", "--out", "o", "--dask", "nowhere"], "'nowhere' is no address like tcp://"),
        (["grade", "s", "--out", "o", "--dask", "x://h:1"], "'x://h:1' is no address like tcp://"),
        (["grade", "--out", "o", "--brick", "layer"], "are required: SUBMITTED"),
        (["release", "--brick", "layer"], "are required: TARGET"),
        (["grade", "s", "--out", "o", "--isolation", "none"], "invalid choice: 'none'"),
        (["grade", "s", "--out", "o", "--nonsense"], "unrecognized arguments: --nonsense"),
        (["nonsense"], "invalid choice: 'nonsense'"),
    ],
)
def test_bad_use_is_told_in_a_line_and_where_to_read_more(arguments, told, capsys):
    with pytest.raises(SystemExit) as ended:
        parsed(arguments)
    assert ended.value.code == 2
    said, where = capsys.readouterr().err.splitlines()
    assert said.startswith("bricks") and told in said
    assert where.startswith("See `bricks ") and where.endswith(" --help`.")


@pytest.mark.parametrize(
    "arguments",
    [
        ["submitted", "--brick", "layer", "mlp"],
        ["--brick", "layer", "--brick", "mlp", "submitted"],
        ["--brick", "layer", "mlp", "submitted"],
    ],
)
def test_bricks_are_named_before_or_after_what_was_submitted(arguments):
    options = parsed(["grade", "--out", "out", *arguments])
    assert str(options.submitted) == "submitted"
    assert options.brick == ["layer", "mlp"]


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:8786", "host:8786", "tls://[::1]:8786"])
def test_addresses_of_every_kind_are_taken(address):
    assert parsed(["grade", "s", "--out", "o", "--dask", address]).dask == address


def test_so_are_those_of_a_kit():
    options = parsed(["release", "--brick", "layer", "mlp", "kit"])
    assert (str(options.target), options.brick) == ("kit", ["layer", "mlp"])

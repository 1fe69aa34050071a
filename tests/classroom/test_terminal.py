"""What an instructor sees of a grading while it runs."""

import io
import re
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from rich.console import Console

from grader.classroom import terminal
from grader.sandbox.levels import Measured


def bare(screen):
    """What was written, without colours and moves of the cursor."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", screen.getvalue())


def test_the_progress_bar_tells_how_many_how_fast_and_how_long():
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=80)
    with terminal.progress(console, 4) as step:
        time.sleep(0.2)
        step()
        time.sleep(0.1)
        step()
        time.sleep(0.2)  # it is drawn ten times a second
    told = bare(screen)
    assert "2/4" in told
    rates = [int(found) for found in re.findall(r"(\d+) a minute", told)]
    assert rates and 10 < rates[-1] <= 400  # two in 0.3 s or a little more
    assert re.search(r"\d:\d\d:\d\d", told)


def test_where_there_is_no_terminal_a_line_a_minute_tells_it(monkeypatch):
    now = 0.0
    monkeypatch.setattr(terminal.time, "monotonic", lambda: now)
    screen = io.StringIO()
    with terminal.progress(Console(file=screen, width=80), 400) as step:
        for _ in range(400):
            now += 1.5 if now < 150 else 0.5
            step()
    assert screen.getvalue().splitlines() == [
        "40 of 400 done, 40 a minute, 9 min left",
        "80 of 400 done, 40 a minute, 8 min left",
        "160 of 400 done, 80 a minute, 3 min left",
        "280 of 400 done, 120 a minute, 1 min left",
    ]


LACKING = Measured("kernel", (), "The isolation `full` is not there. [It] needs bubblewrap " * 4)


@pytest.mark.parametrize("on_terminal", [True, False])
def test_nobody_waits_without_a_word_and_words_stay_whole(monkeypatch, on_terminal):
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=on_terminal, width=80, highlight=False)

    @contextmanager
    def slow(*_):
        time.sleep(0.3)
        yield SimpleNamespace(measured=LACKING)

    monkeypatch.setattr(terminal, "session", slow)
    with terminal.opened(console, None, None, None, None):
        told = bare(screen)
    assert ("Measuring the isolation ..." in told.split("Isolation:")[0]) is on_terminal
    lines = told[told.index("Isolation:") :].splitlines()
    assert len(lines) > 3 and max(map(len, lines)) <= 80
    assert " ".join(" ".join(lines).split()) == " ".join(terminal.in_words(LACKING).split())

"""`bricks watch`: runs the checks that a saved file can have changed, and shows one screen."""

import io
import queue
import sys
import threading
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from typing import Any

from grader.course import Course, CourseError
from grader.language import _
from grader.outcome import Unloadable

TICK = 0.5  # seconds between two drawings, for a check that trains and for the terminal's size


def watch_bricks(course: Course) -> int:
    """Shows the screen until `q` is pressed. Raises CourseError where it cannot."""
    try:
        import rich  # noqa: F401
        import watchfiles  # noqa: F401
    except ModuleNotFoundError as error:
        said = _("it needs the package {name}: pip install {name}")
        raise CourseError(said.format(name=error.name)) from None
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CourseError(_("it needs a terminal; elsewhere run `pytest exercises/`."))
    from grader.selfcheck.keys import single_keys

    with single_keys() as key:
        Watch(course, key).run()
    return 0


class Watch:
    """The loop of `bricks watch`: all events come through one queue; only the main thread draws."""

    def __init__(self, course: Course, key: Callable[[], str]):
        from grader.selfcheck.hint import Hints
        from grader.selfcheck.rounds import Rounds
        from grader.selfcheck.screen import State

        self.course, self._key = course, key
        self.state = State()
        self._events: queue.Queue[Any] = queue.Queue()
        self._over = threading.Event()
        self._hints = Hints(course)
        self._rounds = Rounds(course, self._events.put)
        self._first = True

    def run(self) -> None:
        from rich.console import Console
        from rich.live import Live

        console = Console(file=sys.stdout, highlight=False)
        for target in (self._watch_files, self._watch_keys):
            threading.Thread(target=target, daemon=True).start()
        self._rounds.ask(list(self.course.bricks))
        try:
            with Live(console=console, screen=True, auto_refresh=False) as live:
                size = None
                changed = True
                while not self._over.is_set():
                    if changed or console.size != size or self.state.running:
                        size = console.size
                        live.update(self._drawn(size.width, size.height), refresh=True)
                    changed = self._wait()
        except KeyboardInterrupt:
            pass
        finally:
            self._over.set()
            self._rounds.close()

    def _drawn(self, width: int, height: int) -> Any:
        from grader.selfcheck.screen import screen

        return screen(self.state, self.course.bricks, width, height, time.monotonic())

    def _wait(self) -> bool:
        """Handles all events in the queue; returns whether there was one."""
        try:
            self._take(self._events.get(timeout=TICK))
        except queue.Empty:
            return False
        while not self._events.empty():
            self._take(self._events.get())
        return True

    def _take(self, event: Any) -> None:
        from grader.selfcheck.rounds import Began, Ended, Judged

        match event:
            case str():
                self._pressed(event)
            case set():
                self._first = True
                self.state = replace(
                    self.state, latest=tuple(event), chosen=0, hints=(), said=(), running=None
                )
                self._rounds.ask(event)
            case Began(check):
                self.state = replace(self.state, running=check, since=time.monotonic())
            case Judged():
                self._judged(event)
            case Ended():
                self.state = replace(self.state, running=None)
            case tuple():
                self.state = replace(self.state, said=event)

    def _judged(self, event: Any) -> None:
        report, state = event.report, self.state
        if self._first:
            self._first = False
            state = replace(state, seconds=event.seconds)
        if isinstance(report.outcome, Unloadable):
            broken = {**state.broken, report.brick: report}
            self.state = replace(state, broken=broken, running=None)
            return
        broken = {name: it for name, it in state.broken.items() if name != report.brick}
        self.state = replace(
            state,
            broken=broken,
            reports={**state.reports, report.id: report},
            entries={**state.entries, report.id: event.entry},
            running=None,
        )

    def _pressed(self, key: str) -> None:
        match key:
            case "q" | "\x03" | "":
                self._over.set()
            case "n":
                self.state = self.state.moved(1)
            case "p":
                self.state = self.state.moved(-1)
            case "a":
                self._first = True
                self._rounds.ask(list(self.course.bricks))
            case "h":
                self._hint()
            case "o" | "e" if report := self.state.shown:
                work = self._explain if key == "e" else self._open
                self.state = replace(self.state, said=(_("Looking ..."),))
                threading.Thread(target=work, args=(report.brick,), daemon=True).start()

    def _hint(self) -> None:
        from grader.report.text import question
        from grader.selfcheck.hint import after

        if report := self.state.shown:
            of = self.course.bricks[report.brick], report.part, report.name
            more = self._hints.more(*of)
            if more and more.text == question(report):  # the message asks it already
                more = self._hints.more(*of)
            said = after(self._hints.seen(*of)[-1], self._hints.cost)
            self.state = replace(self.state, hints=tuple(self._hints.seen(*of)), said=(said,))

    def _explain(self, brick: str) -> None:
        from grader.selfcheck.explain import explain_brick

        self._said_by(lambda: explain_brick(self.course, brick), skip=1)

    def _open(self, brick: str) -> None:
        from grader.selfcheck.show import show_brick

        self._said_by(lambda: show_brick(self.course, brick, opened=True))

    def _said_by(self, command: Callable[[], int], skip: int = 0) -> None:
        """Runs the command, and shows what it prints under the message."""
        from grader.report.labels import shown_label

        printed = io.StringIO()
        try:
            with redirect_stdout(printed):
                command()
        except CourseError as error:
            printed.write(str(error))
        lines = printed.getvalue().splitlines()
        label = f"  {shown_label('where')}"
        where = [i for i, line in enumerate(lines) if line.startswith(label)]
        self._events.put(tuple(lines[where[-1] :] if skip and where else lines))

    def _watch_files(self) -> None:
        import watchfiles

        from grader.selfcheck.rounds import bricks_in

        folders = [self.course.exercises, self.course.root / "notebooks"]
        for changes in watchfiles.watch(
            *(folder for folder in folders if folder.is_dir()),
            debounce=100,
            step=20,
            rust_timeout=500,
            stop_event=self._over,
            watch_filter=None,
            recursive=False,
        ):
            names = (path.replace("\\", "/").rpartition("/")[2] for _, path in changes)
            if saved := bricks_in(self.course, names):
                self._events.put(saved)

    def _watch_keys(self) -> None:
        while not self._over.is_set():
            self._events.put(key := self._key())
            if not key:
                return

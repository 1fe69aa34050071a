"""A progress bar for the hours that a calibration may take."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column

from grader.author.runs import Reached

LATEST = Column(no_wrap=True, overflow="ellipsis", ratio=1)  # in a narrow terminal, shortened first


class CalibrationProgress:
    """Shows on standard error the number of runs that are done, and the latest one."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._progress = Progress(
            BarColumn(bar_width=16),
            MofNCompleteColumn(table_column=Column(no_wrap=True)),
            TimeRemainingColumn(table_column=Column(no_wrap=True)),
            TextColumn("{task.description}", table_column=LATEST),
            console=self._console,
            expand=True,
        )

    def __enter__(self) -> "CalibrationProgress":
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def begin(self, runs: int, known: int) -> None:
        text = f"{runs} trainings, {known} of them known"
        self._console.print(f"{text}. Stop it at will: the same command goes on.")
        self._task = self._progress.add_task("", total=runs, completed=known)

    def step(self, run: Reached) -> None:
        share = run.why if run.share is None else f"{run.share:.4f}"
        self._progress.update(
            self._task, advance=1, description=f"{run.check} {run.by}: {share}", refresh=True
        )

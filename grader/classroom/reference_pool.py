"""Two processes for trusted code: one that imports Keras, and one that need not wait for it."""

import threading

from grader.probe import Job, Run
from grader.runner.process import Process


class ReferencePool:
    """See grader.probe.Runner. The checks of Keras have a process of their own."""

    def __init__(self) -> None:
        self._numpy, self._keras = Process(), Process()
        self._warming = threading.Thread(target=self._keras.import_keras)
        self._one_starts = threading.Lock()

    def warm_up(self) -> None:
        """Begins to import Keras, which takes seconds, if nobody has; does not wait for it."""
        with self._one_starts:
            if self._warming.ident is None:
                self._warming.start()

    def run(self, job: Job) -> Run:
        of_keras = job.check is not None and job.check.keras
        return (self._keras if of_keras else self._numpy).run(job)

    def close(self) -> None:
        if self._warming.ident is not None:
            self._warming.join()
        self._numpy.close()
        self._keras.close()

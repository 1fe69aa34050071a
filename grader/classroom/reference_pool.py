"""Two processes for trusted code: one imports Keras, and the other does not wait for that."""

import threading

from grader.probe import Job, Run
from grader.runner.process import Process


class ReferencePool:
    """See grader.probe.Runner. Checks of Keras run in a process of their own."""

    def __init__(self) -> None:
        self._numpy, self._keras = Process(), Process()
        self._warming = threading.Thread(target=self._keras.import_keras)
        self._start = threading.Lock()

    def warm_up(self) -> None:
        """Starts the import of Keras, once, and does not wait for it: it takes seconds."""
        with self._start:
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

"""Reports of a small class, made without grading anybody."""

from dataclasses import dataclass

import numpy as np
import pytest

from grader.classreport.results import results_of
from grader.diagnosis.exact import Diagnosis
from grader.diagnosis.explanation import Explanation
from grader.misconception import Misconception
from grader.outcome import Passed, WrongValue
from grader.policy import Predecessors
from grader.report.check_report import CheckReport
from grader.report.line import line
from grader.report.report import Provenance, Report, Status

PARTS = {"rows": "softmax", "far": "softmax", "loss": "loss", "fit": "Layer.fit"}
MISTAKES = {
    name: Misconception(name, f"It is {name}.", f"Why {name}?", "loss")
    for name in ("summed", "halved")
}


@dataclass(frozen=True)
class Made:
    """What tests make reports from. Every brick has the four checks of PARTS, a point each."""

    def provenance(self, **differs):
        given = {
            "seed": "5eed",
            "isolation": "full",
            "predecessors": Predecessors.REFERENCE,
            "open": False,
            "digits": "d161",
            "versions": {"numpy": "2.4"},
        }
        return Provenance(**{**given, **differs})

    def check(self, name, outcome=None, brick="layer", **more):
        return CheckReport(
            f"{brick}/{name}", PARTS[name], 1, outcome or Passed(), f"{name}(z)",
            (("z", "(2,)"),), f"Think of {name}.", **more,
        )  # fmt: skip

    def report(self, student, brick="layer", *, also=None, **outcomes):
        """outcomes: by check, an outcome or a whole check; all others pass."""
        checks = []
        for name in PARTS:
            given = outcomes.get(name)
            is_check = isinstance(given, CheckReport)
            checks.append(given if is_check else self.check(name, given, brick))
        return Report(
            student, brick, Status.GRADED, 4, self.provenance(**(also or {})), tuple(checks)
        )

    def without_checks(self, student, status, brick="layer", why=""):
        return Report(student, brick, status, 4, self.provenance(), why=why)

    def wrong(self, *values, dtype=float):
        returned = np.array(values, dtype)
        return WrongValue("y", returned, np.zeros(len(values)), (0,), len(values))

    def named(self, name, *mistakes, together=False, outcome=None):
        found = Diagnosis(tuple(MISTAKES[mistake] for mistake in mistakes), together)
        wrong = outcome or self.wrong(1.0)
        return self.check(name, wrong, explanation=Explanation(diagnosis=found))

    def results(self, *reports):
        return results_of(reports)

    def write(self, folder, *reports):
        folder.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{line(report)}\n" for report in reports)
        (folder / "results.jsonl").write_text(text, encoding="utf-8")
        return folder


@pytest.fixture(scope="session")
def made():
    return Made()

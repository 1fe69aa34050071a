"""The commonest mistakes for the next lecture, each with an anonymous example."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.classreport.anonymous import example_of
from grader.classreport.clusters import Cluster, How
from grader.outcome import kind
from grader.report.rows import Rows

MOST = 3
FEWEST = 2  # students who made a mistake: the class could find out who a single one is


@dataclass(frozen=True)
class Example:
    """A mistake, and one student's failure with it, which does not show who that is."""

    cluster: Cluster
    rows: Rows

    @property
    def title(self) -> str:
        """A title in the kit's own words."""
        check = self.cluster.failures[0].check
        if self.cluster.how is How.NAMED or (check.explanation and check.explanation.cause):
            return self.cluster.says
        return f"{check.part}: {kind(check.outcome)}"


def commonest(clusters: Sequence[Cluster], students: Sequence[str]) -> list[Example]:
    """The mistakes that most students made, the most frequent first. students: all of the class."""
    several = [cluster for cluster in clusters if len(cluster.students) >= FEWEST]
    return [Example(cluster, example_of(cluster, students)) for cluster in several[:MOST]]

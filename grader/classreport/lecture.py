"""For the next lecture: the commonest mistakes, each with an anonymous example."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.classreport.anonymous import example_of
from grader.classreport.clusters import Cluster
from grader.report.rows import Rows

MOST = 3
FEWEST = 2  # students: of a mistake that only one made, the class could find out whose it is


@dataclass(frozen=True)
class Example:
    cluster: Cluster
    rows: Rows


def commonest(clusters: Sequence[Cluster]) -> list[Example]:
    """Those that most students made, the most frequent first."""
    several = [cluster for cluster in clusters if len(cluster.students) >= FEWEST]
    return [Example(cluster, example_of(cluster)) for cluster in several[:MOST]]

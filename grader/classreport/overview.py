"""Computes all that the class report shows, once for the page and the terminal."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.classreport.changes import Changes, changes_since
from grader.classreport.clusters import Cluster, How, clusters_of, failures_of, how, is_file
from grader.classreport.counting import BrickCount, brick_count
from grader.classreport.items import Item, items_of
from grader.classreport.lecture import Example, commonest
from grader.classreport.results import Results


@dataclass(frozen=True)
class Overview:
    """The class report's content.

    known    how many wrong answers are named, located, unknown.
    unread   how many files or cells do not load, so that they gave no answer.
    changes  since an earlier grading, if one is given.
    """

    results: Results
    bricks: tuple[BrickCount, ...]
    clusters: tuple[Cluster, ...]
    items: Mapping[str, Sequence[Item]]
    known: Mapping[How, int]
    unread: int
    lecture: tuple[Example, ...]
    changes: Changes | None = None

    @property
    def warnings(self) -> list[Item]:
        """The checks that may be at fault themselves."""
        return [item for items in self.items.values() for item in items if item.warning]

    def of_brick(self, brick: str) -> list[Cluster]:
        return [cluster for cluster in self.clusters if cluster.brick == brick]


def overview_of(results: Results, old: Results | None = None) -> Overview:
    clusters = clusters_of(results)
    reports = [report for brick in results.bricks for report in results.of_brick(brick)]
    failed = [failure.check for report in reports for failure in failures_of(report)]
    known = Counter(how(check) for check in failed if not is_file(check))
    return Overview(
        results,
        tuple(brick_count(results, brick) for brick in results.bricks),
        tuple(clusters),
        {brick: items_of(results, brick) for brick in results.bricks},
        {each: known[each] for each in How},
        sum(map(is_file, failed)),
        tuple(commonest(clusters, results.students)),
        changes_since(old, results) if old else None,
    )

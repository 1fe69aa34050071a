"""comments.toml: the instructor's comments, each for all students who made one mistake.

    "neuron/loss-summed" = "See slide 14: the loss is a mean."
    "layer/softmax_rows~3f2a" = "..."

The left side is a mistake's id, as `bricks report` shows it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.classreport.clusters import Cluster
from grader.content import BrokenContent, CourseError, read_toml

COMMENTS = "comments.toml"
Said = Mapping[tuple[str, str], Sequence[str]]  # by student and check


@dataclass(frozen=True)
class Comments:
    """Texts by the ids of mistakes."""

    texts: Mapping[str, str]

    def on(self, cluster: Cluster) -> list[str]:
        """All comments on the cluster, under any of its ids."""
        return [self.texts[name] for name in cluster.ids if name in self.texts]

    def reach_nobody(self, clusters: Iterable[Cluster]) -> list[str]:
        """The ids in the comments that no mistake of this class has."""
        known = {name for cluster in clusters for name in cluster.ids}
        return [name for name in self.texts if name not in known]


def comments_by_check(clusters: Iterable[Cluster], comments: Comments) -> Said:
    """By student and check: each comment at the first check that fails with the mistake."""
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    for cluster in clusters:
        texts = comments.on(cluster)
        reached = set[str]()
        for failure in cluster.failures if texts else ():
            if failure.student not in reached:
                said[failure.student, failure.check.id] += texts
                reached.add(failure.student)
    return said


def read_comments(path: Path) -> Comments:
    """The comments of a file; none if there is no such file. Raises CourseError."""
    try:
        found = read_toml(path)
    except BrokenContent as error:
        raise CourseError(f"{error} {EXAMPLE}") from None
    for name, text in found.items():
        if not isinstance(text, str):
            raise CourseError(f"{path}: {name!r} has no text. {EXAMPLE}")
    return Comments({name: text.strip() for name, text in found.items()})


EXAMPLE = 'A line is like "brick/loss-summed" = "The loss is a mean.", with both sides in quotes.'

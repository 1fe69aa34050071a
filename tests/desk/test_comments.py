"""comments.toml reaches formgrader and nbgrader's feedback, too."""

import pytest

from grader.classreport.clusters import clusters_of
from grader.classreport.results import read_results

OPTIONS = ("--isolation", "basic", "-j", "1")


def said(desk, student):
    [output, *_] = desk.outputs(student, "test-double")
    return output.data["text/html"]


@pytest.mark.slow
def test_a_comment_on_a_cluster_is_in_all_its_notebooks(desk):
    for student in ("ada", "ben"):
        desk.hand_in(student, {**desk.RIGHT, "double-solution": "def double(x):\n    return 3 * x"})
    desk.hand_in("cleo", {**desk.RIGHT, "double-solution": "def double(x):\n    return 4 * x"})
    assert desk.bricks("autograde", "toy", *OPTIONS) == 0
    clusters = clusters_of(read_results(desk.root / "results" / "nbgrader"))
    [both] = [cluster for cluster in clusters if cluster.students == ("ada", "ben")]
    comments = desk.root / "comments.toml"
    comments.write_text(f'"{both.id}" = "See <b>slide</b> 14."\n')
    for grade in (
        lambda: desk.bricks("autograde", "toy", "--force", *OPTIONS),
        lambda: desk.nbgrader("autograde", "toy", "--force"),
    ):
        assert grade() == 0
        for student in ("ada", "ben"):
            assert "Your instructor: See &lt;b&gt;slide&lt;/b&gt; 14." in said(desk, student)
        assert "slide" not in said(desk, "cleo")
    assert desk.points("ada") == {"test-double": 1, "test-Tripler-apply": 3}
    assert desk.nbgrader("generate_feedback", "toy") == 0
    assert "slide&lt;/b&gt; 14" in desk.feedback("ben")

    comments.write_text("toy/values = 3")
    assert desk.bricks("autograde", "toy", "--force", *OPTIONS) == 2

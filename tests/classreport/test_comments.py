"""comments.toml: one comment reaches all who made the mistake."""

import pytest

from grader.classreport.clusters import clusters_of, mistakes_of
from grader.classreport.comments import COMMENTS, Comments, comments_by_check, read_comments
from grader.course import CourseError


def test_a_comment_reaches_each_student_of_a_cluster_once(made):
    wrong = {"rows": made.wrong(1.0), "loss": made.wrong(2.0)}  # one mistake, two checks
    clusters = clusters_of(
        made.results(made.report("ada", **wrong), made.report("ben", **wrong), made.report("cleo"))
    )
    for name in clusters[0].ids:
        said = comments_by_check(clusters, Comments({name: "Look."}))
        assert said == {("ada", "layer/rows"): ["Look."], ("ben", "layer/rows"): ["Look."]}


def test_a_misconception_is_named_alone_or_with_its_brick(made):
    clusters = clusters_of(
        made.results(
            made.report("ada", rows=made.named("rows", "summed")),
            made.report("ben", loss=made.named("loss", "summed", "halved")),  # maybe another one
        )
    )
    for name in ("summed", "layer/summed"):
        said = comments_by_check(clusters, Comments({name: "Look."}))
        assert said == {("ada", "layer/rows"): ["Look."]}


def test_one_report_alone_has_the_ids_of_the_class(made):
    """So formgrader, which sees one at a time, shows the same comments."""
    wrong = {"rows": made.wrong(1.0), "loss": made.wrong(2.0), "fit": made.named("fit", "summed")}
    reports = [made.report("ada", **wrong), made.report("ben", loss=made.wrong(2.0))]
    in_class = {name for it in clusters_of(made.results(*reports)) for name in it.ids}
    alone = mistakes_of(reports[0])
    assert len(alone) == 3 and {name for it in alone for name in it.ids} == in_class
    said = comments_by_check(alone, Comments({it.id: it.part for it in alone}))
    assert said["ada", "layer/loss"] == ["loss"] and said["ada", "layer/rows"] == ["softmax"]


def test_what_reaches_nobody_is_told(made):
    clusters = clusters_of(made.results(made.report("ada", rows=made.named("rows", "summed"))))
    comments = Comments({"summed": "x", "layer/sumed": "x"})
    assert comments.reach_nobody(clusters) == ["layer/sumed"]


def test_without_a_file_there_are_no_comments(tmp_path):
    assert read_comments(tmp_path / COMMENTS).texts == {}


def test_the_file_is_read(tmp_path):
    path = tmp_path / COMMENTS
    path.write_text('\ufeff"layer/rows~3f2a" = """\nTwo\nlines\n"""\nsummed = "é"\n', "utf-8")
    assert read_comments(path).texts == {"layer/rows~3f2a": "Two\nlines", "summed": "é"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("layer/rows = 'x'", "line 1"),
        ('"a" = "x"\n"a" = "y"', "overwrite"),
        ("layer.rows = 'x'", "'layer' has no text"),
        ("a = 3", "'a' has no text"),
        ('"a" = x', "line 1"),
    ],
)
def test_a_slip_is_one_sentence_that_shows_a_right_line(tmp_path, text, words):
    path = tmp_path / COMMENTS
    path.write_text(text)
    with pytest.raises(CourseError) as raised:
        read_comments(path)
    assert words in str(raised.value) and '"brick/loss-summed" = ' in str(raised.value)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(CourseError, match="UTF-8"):
        read_comments(path)

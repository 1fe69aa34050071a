"""Which wrong answers of a class are one mistake."""

import numpy as np
import pytest

from grader.classreport.answers import answer_of
from grader.classreport.clusters import How, clusters_of
from grader.outcome import (
    Accuracy,
    BelowBar,
    CellStopped,
    Confusion,
    Crashed,
    LargeArray,
    Line,
    Missing,
    NotWritten,
    Raised,
    Skipped,
    TooSlow,
    Unloadable,
    Withheld,
    WrongShape,
    WrongSignature,
    WrongValue,
)
from grader.report.report import Status
from grader.report.withheld import without_words
from grader.source import Source

VALUES = (0.5, 0.25, -0.0625, 1 / 3)


def clusters(made, *reports):
    return clusters_of(made.results(*reports))


def who(made, *reports):
    return sorted(cluster.students for cluster in clusters(made, *reports))


def both(made, one, other):
    return who(made, made.report("ada", rows=one), made.report("ben", rows=other))


def test_equal_values_are_one_mistake_also_after_other_rounding(made):
    rounded = made.wrong(*(value * (1 + 1e-12) for value in VALUES))
    assert both(made, made.wrong(*VALUES), rounded) == [("ada", "ben")]
    single = made.wrong(*VALUES, dtype=np.float32)
    assert both(made, made.wrong(*VALUES), single) == [("ada", "ben")]


@pytest.mark.parametrize(
    "other",
    [
        (0.5, 0.25, -0.0625, 0.3333),
        (0.5, 0.25, 0.0625, 1 / 3),
        (0.5, 0.25, -0.0625),
        (0.5, 0.25, float("inf"), 1 / 3),
        (float("nan"), 0.25, -0.0625, 1 / 3),
    ],
)
def test_other_values_are_another_mistake(made, other):
    assert both(made, made.wrong(*VALUES), made.wrong(*other)) == [("ada",), ("ben",)]


def test_of_a_large_array_all_that_is_kept_must_be_equal(made):
    def large(entry, n_wrong):
        kept = LargeArray((60, 60), np.array(entry))
        return WrongValue("y", kept, LargeArray((60, 60), np.array(0.0)), (1, 2), n_wrong)

    assert both(made, large(2.0, 30), large(2.0, 30)) == [("ada", "ben")]
    assert both(made, large(2.0, 30), large(2.0, 31)) == [("ada",), ("ben",)]
    assert both(made, large(2.0, 30), large(2.5, 30)) == [("ada",), ("ben",)]


def test_what_else_came_back_right_counts_too(made):
    y = made.wrong(1.0, 2.0)
    other = WrongValue("y", y.returned, y.expected, y.worst, y.n_wrong, right=("loss",))
    assert both(made, y, other) == [("ada",), ("ben",)]


def test_a_withheld_answer_is_like_no_other(made):
    hidden = Withheld("y", "other values", "wrong value")
    assert both(made, hidden, hidden) == [("ada",), ("ben",)]
    own = Source("layer", "layer.py", b"")
    for told in (
        Raised("ValueError", "no"),
        Raised("ValueError", "no", (Line("layer.py", 1, "f", "f()"),)),
        WrongSignature("f() takes 2 arguments"),
        WrongShape("y", (2,), (3,)),
        Unloadable("layer.py", "ValueError: no"),
        CellStopped("f", "cell 3", "ValueError: no"),
        Crashed("exit status 3"),
        Missing("f"),
    ):
        assert both(made, told, told) == [("ada", "ben")]
        untold = without_words(told, own)
        assert both(made, untold, untold) == [("ada",), ("ben",)], untold
    low = BelowBar(Accuracy(0.5, 600, 0.9, 0.95, 0.01, 30), 1)  # without its confusion matrix
    assert both(made, low, low) == [("ada",), ("ben",)]


def test_a_missed_bar_is_the_same_only_with_the_same_confusion(made):
    def missed(counts):
        seen = Confusion(np.array(counts), np.zeros((0, 1, 1), np.uint8), (), (), ("3", "5"))
        return BelowBar(Accuracy(0.5, 600, 0.9, 0.95, 0.01, 30), 1, seen)

    one = missed([[1, 2], [3, 4]])
    assert both(made, one, missed([[1, 2], [3, 4]])) == [("ada", "ben")]
    assert both(made, one, missed([[2, 1], [4, 3]])) == [("ada",), ("ben",)]


def test_under_another_seed_the_inputs_were_others(made):
    other = made.report("ben", rows=made.wrong(1.0, 2.0), also={"seed": "0ther"})
    ada = made.report("ada", rows=made.wrong(1.0, 2.0))
    assert who(made, ada, other) == [("ada",), ("ben",)]
    ids = [cluster.id for cluster in clusters(made, ada, other)]
    assert len(set(ids)) == 2


def test_the_same_values_of_another_check_are_another_mistake(made):
    ada = made.report("ada", rows=made.wrong(1.0, 2.0))
    assert who(made, ada, made.report("ben", far=made.wrong(1.0, 2.0))) == [("ada",), ("ben",)]


def test_an_exception_is_the_same_whatever_the_line_and_the_address(made):
    def raised(number, message):
        lines = (Line("layer.py", number, "softmax", "return z[z]"),)
        return Raised("TypeError", message, lines)

    one = raised(3, "no index: <f at 0x7f00aa>")
    assert both(made, one, raised(9, "no index: <f at 0x7fbb00>")) == [("ada", "ben")]
    assert both(made, one, raised(3, "no slice")) == [("ada",), ("ben",)]


def test_a_loop_without_end_is_the_same_only_in_the_same_line(made):
    def slow(text):
        return TooSlow(10.0, True, (Line("layer.py", 4, "fit", text),), repeats=True)

    assert both(made, slow("while True:"), slow("  while  True:")) == [("ada", "ben")]
    assert both(made, slow("while True:"), slow("while x < 3:")) == [("ada",), ("ben",)]
    assert both(made, TooSlow(10.0), TooSlow(10.0)) == [("ada",), ("ben",)]


def test_a_misconception_is_one_mistake_in_all_checks_that_show_it(made):
    [cluster] = clusters(
        made,
        made.report("ada", rows=made.named("rows", "summed"), loss=made.named("loss", "summed")),
        made.report("ben", loss=made.named("loss", "summed")),
    )
    assert (cluster.id, cluster.other_ids) == ("layer/summed", ("summed",))
    assert (cluster.how, cluster.students) == (How.NAMED, ("ada", "ben"))
    assert cluster.checks == ("layer/rows", "layer/loss")
    assert (cluster.says, cluster.asks) == ("It is summed.", "Why summed?")


def test_one_or_the_other_is_neither(made):
    either = made.named("rows", "summed", "halved")
    ids = {
        cluster.id: cluster.students
        for cluster in clusters(
            made,
            made.report("ada", rows=either),
            made.report("ben", rows=made.named("rows", "summed")),
        )
    }
    assert ids == {"layer/summed or halved": ("ada",), "layer/summed": ("ben",)}


def test_two_mistakes_at_once_are_each(made):
    two = made.named("rows", "summed", "halved", together=True)
    found = clusters(made, made.report("ada", rows=two))
    assert [cluster.id for cluster in found] == ["layer/summed", "layer/halved"]


def test_what_waits_is_no_mistake(made):
    waiting = made.report("ada", rows=NotWritten("softmax"), far=Skipped("softmax"))
    assert clusters(made, waiting) == []


def test_one_exception_and_one_file_count_once(made):
    lines = (Line("layer.py", 4, "softmax", "return zz"),)
    again = made.check("far", Raised("NameError", "zz", lines), same_as="softmax (rows)")
    [cluster] = clusters(made, made.report("ada", rows=Raised("NameError", "zz", lines), far=again))
    assert (cluster.checks, cluster.how) == (("layer/rows",), How.LOCATED)
    broken = dict.fromkeys(("rows", "far", "loss", "fit"), Unloadable("layer.py", "SyntaxError: x"))
    [cluster] = clusters(made, made.report("ada", **broken), made.report("ben", **broken))
    assert (cluster.students, cluster.part) == (("ada", "ben"), "file")
    assert cluster.id.startswith("layer/file~")


def test_behind_failures_of_the_same_students_stands_one_cluster(made):
    wrong = {"rows": made.wrong(1.0), "loss": made.wrong(2.0)}
    [joined] = clusters(made, made.report("ada", **wrong), made.report("ben", **wrong))
    assert joined.checks == ("layer/rows", "layer/loss")
    apart = clusters(made, made.report("ada", **wrong), made.report("ben", rows=made.wrong(1.0)))
    assert [cluster.students for cluster in apart] == [("ada", "ben"), ("ada",)]
    assert joined.ids == (*apart[0].ids, *apart[1].ids)  # a comment on either reaches them


def test_an_id_stays_when_others_come_and_values_are_rounded_otherwise(made):
    ben = made.report("ben", rows=made.wrong(*VALUES))
    [alone] = clusters(made, ben)
    close = made.report("ada", rows=made.wrong(*(value * (1 - 1e-9) for value in VALUES)))
    far = made.report("abe", rows=WrongShape("y", (3,), (4,)))
    among = [it.id for it in clusters(made, far, close, ben) if "ben" in it.students]
    assert among == [alone.id]


def test_rounding_does_not_change_ids():
    rng = np.random.default_rng(5)
    for _ in range(200):
        values = rng.integers(-128, 128, 6) / 128  # many lie between two round numbers
        values[0] = 1.0
        noisy = values * (1 + 1e-13 * rng.normal(size=6))
        one, other = (
            answer_of(WrongValue("y", array, array, (0,), 1)) for array in (values, noisy)
        )
        assert one.same(other) and one.digest == other.digest


def test_the_kits_faults_are_nobodys_mistake(made):
    assert clusters(made, made.without_checks("ada", Status.FAULT, why="disk")) == []


def test_a_multiple_has_another_id(made):
    found = [answer_of(made.wrong(*(n * value for value in VALUES))).digest for n in (2, 3, 4, -2)]
    assert len(set(found)) == 4

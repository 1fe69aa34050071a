"""How many students passed, waited and failed, and where most stop."""

from grader.classreport.counting import brick_count
from grader.outcome import Fault, NotWritten, Skipped
from grader.report.report import Status


def test_each_student_counts_once_in_each_part(made):
    results = made.results(
        made.report("right"),
        made.report("half", rows=made.wrong(1.0)),  # of two checks, one is wrong
        made.report("blank", rows=NotWritten("softmax"), far=Skipped("softmax")),
        made.report("both", rows=NotWritten("softmax"), far=made.wrong(2.0)),
        made.without_checks("absent", Status.NOT_HANDED_IN),
        made.without_checks("gone", Status.CRASHED, why="it ended the process"),
        made.without_checks("ours", Status.FAULT, why="disk"),
        made.report("ours too", loss=Fault("disk")),
    )
    count = brick_count(results, "layer")
    softmax = next(part for part in count.parts if part.part == "softmax")
    assert softmax.points == 2
    assert (softmax.counts.passed, softmax.counts.waited, softmax.counts.failed) == (1, 1, 3)
    assert (count.handed_in, count.missing, count.no_grade) == (7, 1, 2)
    assert sorted(count.points) == [0, 2, 2, 3, 4]
    assert (count.full, count.mean, count.median) == (1, 2.2, 2)


def test_the_check_that_stops_most_is_the_one_that_others_wait_for(made):
    waits = {"far": Skipped("rows"), "loss": Skipped("softmax"), "fit": Skipped("softmax")}
    results = made.results(
        made.report("a", rows=made.wrong(1.0), **waits),
        made.report("b", rows=made.wrong(2.0), **waits),
        made.report("c", fit=made.wrong(1.0)),
        made.report("d", rows=Skipped("fit"), fit=NotWritten("fit")),
        made.report("e"),
    )
    check, many = brick_count(results, "layer").stops
    assert check.name in ("rows", "fit") and many == 2
    results = made.results(*results.by_pair.values(), made.report("f", rows=made.wrong(2.0)))
    check, many = brick_count(results, "layer").stops
    assert (check.name, many) == ("rows", 3)


def test_where_all_is_right_nobody_stops(made):
    assert brick_count(made.results(made.report("a")), "layer").stops is None

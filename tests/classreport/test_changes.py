"""What changed since an earlier grading, for whom, and why."""

from grader.classreport.changes import changes_since
from grader.classreport.results import results_of
from grader.report.report import Status


def test_who_from_what_to_what_and_why(made):
    old = made.results(
        made.report("ada", rows=made.wrong(1.0)),
        made.report("ben"),
        made.without_checks("cleo", Status.NOT_HANDED_IN),
        made.report("dan", loss=made.wrong(3.0)),
        made.report("eve"),
    )
    new = made.results(
        made.report("ada"),
        made.report("ben", loss=made.named("loss", "summed")),
        made.report("cleo"),
        made.report("dan", loss=made.wrong(4.0)),  # as wrong as before
        made.without_checks("eve", Status.FAULT, why="disk"),
        made.report("finn"),
    )
    found = changes_since(old, new)
    told = [(it.student, it.before, it.after, it.why) for it in found.changes]
    assert told == [
        ("ada", "3", "4", ("rows passes now",)),
        ("ben", "4", "3", ("loss fails now: It is summed.",)),
        ("cleo", "not handed in", "4", ("handed in now",)),
        ("eve", "4", "no grade", ("the kit failed now",)),
        ("finn", "not in the class", "4", ()),
    ]
    [progress] = found.progress
    assert (progress.students, progress.up, progress.down) == (3, 1, 1)  # ada, ben and dan
    assert (progress.before, progress.after) == (10 / 3, 10 / 3)


def test_a_change_that_costs_nothing_is_told_as_well(made):
    old = made.results(made.report("ada", rows=made.wrong(1.0)))
    new = made.results(made.report("ada", loss=made.wrong(1.0)))
    [change] = changes_since(old, new).changes
    assert (change.before, change.after) == ("3", "3")
    assert change.why[0] == "rows passes now" and change.why[1].startswith("loss fails now")


def test_what_differs_in_the_gradings_is_said_since_it_may_be_the_reason(made):
    old = made.results(made.report("ada"), made.report("ben"))
    other = {"seed": "0ther", "isolation": "kernel", "versions": {"numpy": "2.5"}}
    new = made.results(*(made.report(name, also=other) for name in ("ada", "ben")))
    found = changes_since(old, new)
    assert found.grading == (
        "Another seed: 0ther, not 5eed, so the inputs are others.",
        "Isolation kernel, not full.",
        "numpy 2.5, not 2.4.",
    )
    assert found.changes == ()


def test_a_student_who_left_is_named(made):
    old = made.results(made.report("ada"), made.report("ben"))
    new = results_of([made.report("ada"), made.report("ben")], listed=["ada"])
    [change] = changes_since(old, new).changes
    assert (change.student, change.before, change.after) == ("ben", "4", "not in the class")


def test_the_same_results_have_no_changes(made):
    same = made.results(made.report("ada", rows=made.wrong(1.0)), made.report("ben"))
    found = changes_since(same, same)
    assert (found.grading, found.changes) == ((), ())

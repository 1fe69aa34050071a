"""course.toml: what it says is read, and a slip in it is one sentence."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from grader.content import BrokenContent
from grader.course import Course
from grader.marks.rules import Correction, Late, Waived, rules_of

RULES = """
maximum = 20
timezone = "Europe/Brussels"
platform = "moodle"

[weights]
cnn = 2

[due]
neuron = 2026-12-01T23:59:00

[late]
per_day = 0.1
grace_minutes = 15
free_days = 3

[[waived]]
check = "neuron/start"
reason = "It asked for something that the text did not say."

[[correction]]
student = "ada"
brick = "neuron"
points = -1.5
reason = "Asked in the lecture."
"""


@pytest.fixture
def rules(course, tmp_path):
    """rules(text): the rules of a course with that course.toml."""
    (tmp_path / "exercises").symlink_to(course.exercises)

    def rules(text):
        (tmp_path / "course.toml").write_text(text, encoding="utf-8")
        return rules_of(Course(tmp_path))

    return rules


def test_all_of_it_is_read(rules):
    found = rules(RULES)
    assert found.maximum == 20
    assert found.zone == ZoneInfo("Europe/Brussels")
    assert found.platform == "moodle"
    assert (found.weights["cnn"], found.weights["neuron"]) == (2, 1)
    assert found.due == {"neuron": datetime(2026, 12, 1, 23, 59)}
    assert found.late == Late(0.1, timedelta(minutes=15), 3)
    text = "It asked for something that the text did not say."
    assert found.waived == {"neuron": (Waived("start", 1, text),)}
    assert found.corrections == (Correction("ada", -1.5, "Asked in the lecture.", "neuron"),)


def test_without_a_file_the_courses_own_bricks_count_once(course):
    weights = rules_of(course).weights
    assert weights == {name: float(not b.further) for name, b in course.bricks.items()}
    assert sum(weights[name] * brick.points for name, brick in course.bricks.items()) == 100


@pytest.mark.parametrize(
    "text, said",
    [
        ("maximum = ", "course.toml is no TOML: "),
        ("maximun = 20", "course.toml: maximun is not known: maximum, timezone, platform, "),
        ("maximum = '20'", "course.toml: maximum must be a number."),
        ("maximum = true", "course.toml: maximum must be a number."),
        ("maximum = nan", "course.toml: maximum is nan: it must be 0 or more."),
        ("maximum = 0", "course.toml: maximum is 0: it must be more."),
        ("weights = 2", "course.toml: weights must be a table [weights]."),
        ("weights.neurone = 2", "course.toml: weights.neurone names no brick: they are neuron, "),
        ("weights.neuron = -1", "course.toml: weights.neuron is -1: it must be 0 or more."),
        ("[due]\nneuron = 2026-12-01T23:59:00", 'due needs a time zone: timezone = "Europe/Br'),
        ("timezone = 'Brussels'\n", "timezone is 'Brussels': a name such as \"Europe/Brussels\"."),
        ("timezone = '../x'\n", "timezone is '../x': a name such as \"Europe/Brussels\"."),
        ("[due]\nneuron = 2026-12-01", "due.neuron is 2026-12-01: a local date and time, such as "),
        (
            "[due]\nneuron = 2026-12-01T23:59:00Z",
            "due.neuron is 2026-12-01 23:59:00+00:00: a ",
        ),
        ("[late]\nper_day = 10", "late.per_day is 10: a share of the points, such as 0.1."),
        ("[late]\nfree_days = 1.5", "late.free_days is 1.5: a whole number of days."),
        ("[waived]\ncheck = 'x'", "waived must be a table [[waived]]."),
        ("[[waived]]\ncheck = 'x'", "waived.check is 'x', which is no check (as 'neuron/"),
        ("[[waived]]\ncheck = 'neuron/start'", "waived.reason must be a text."),
        ("[[correction]]\nstudent = 'ada'\npoints = 1", "correction.reason must be a text."),
        ("platform = 'modle'", "platform is 'modle': it is one of blackboard, brightspace, "),
    ],
)
def test_a_slip_is_one_sentence_with_the_entry(rules, text, said):
    with pytest.raises(BrokenContent) as error:
        rules(text)
    assert said in str(error.value)
    assert str(error.value).endswith(".") and "\n" not in str(error.value)

"""students.csv, and the rows that it makes of submissions."""

import pytest

from grader.course import CourseError
from grader.exports.names import Known
from grader.exports.roster import Entry, read_roster
from tests.exports.made import handed_in_nothing, report


@pytest.fixture
def roster(tmp_path):
    def roster(text, encoding="utf-8"):
        (tmp_path / "students.csv").write_bytes(text.encode(encoding))
        return read_roster(tmp_path / "students.csv")

    return roster


def test_its_columns_may_stand_in_any_order_and_be_separated_by_semicolons(roster):
    ada = Entry("Ada Lovelace", "12", "ada@example.org", ("team-1", "ada"), "one")
    text = "name,id,e-mail,folder,group\nAda Lovelace,12,ada@example.org,team-1; ada,one\n"
    assert roster(text) == [ada]
    text = "\ufeffGroup;Alias;ID;Email;Name\r\none;ada;12;ada@example.org;Ada Lovelace\r\n"
    assert roster(text) == [Entry("Ada Lovelace", "12", "ada@example.org", ("ada",), "one")]


def test_nbgraders_columns_are_read(roster):
    text = "id,first_name,last_name,email\nada,Ada,Lovelace,ada@example.org\n"
    assert roster(text) == [Entry("Ada Lovelace", "ada", "ada@example.org")]


@pytest.mark.parametrize(
    "text, encoding, said",
    [
        ("student number,mark\n1,2\n", "utf-8", "no column `name` or `id`: its columns are"),
        ("name\nJosé\n", "latin-1", "is not UTF-8: in Excel, save it as `CSV UTF-8"),
        ("", "utf-8", "is empty"),
        ("name,id\nAda,1\nBen,1\n", "utf-8", "Ada and Ben have the same id, 1"),
        ("name,id\nAda,1,2,3\n", "utf-8", "the line of 'Ada' has more cells than the header"),
    ],
)
def test_a_slip_is_one_sentence(roster, text, encoding, said):
    with pytest.raises(CourseError, match=said):
        roster(text, encoding)


def names(made):
    return [(row.name, row.earned and row.earned.submission) for row in made.rows]


def test_each_person_of_the_roster_has_a_row_also_without_work(rows):
    roster = [Entry("Ada Lovelace", "1"), Entry("Ben"), Entry("Cy", folders=("cy-final",))]
    made = rows([report("lovelaceada", "neuron", 1), report("cy-final", "neuron", 0)], roster)
    assert names(made) == [("Ada Lovelace", "lovelaceada"), ("Ben", None), ("Cy", "cy-final")]
    assert [row.points for row in made.rows] == [10, None, 0]


def test_who_is_not_in_the_roster_has_a_row_and_a_note(rows):
    made = rows([report("zoe", "neuron", 1)], [Entry("Ada")])
    assert names(made) == [("Ada", None), ("zoe", "zoe")]
    assert made.notes == ("zoe is not in the roster.",)


def test_two_of_one_name_are_not_guessed(rows):
    roster = [Entry("Ada Lovelace", "1"), Entry("Ada Lovelace", "2")]
    made = rows([report("Ada Lovelace", "neuron", 1)], roster)
    assert [row.points for row in made.rows] == [None, None, 10]
    assert made.notes == ("Ada Lovelace: 2 lines of the roster may be meant; none is.",)
    people = {"Ada Lovelace": (Known("Ada Lovelace", "2"),)}
    made = rows([report("Ada Lovelace", "neuron", 1)], roster, people)
    assert [row.points for row in made.rows] == [None, 10]


@pytest.mark.parametrize(
    "roster",
    [
        [Entry("Ada", folders=("team-1",)), Entry("Ben", folders=("Team-1",)), Entry("Cy")],
        [Entry("Ada", group="team-1"), Entry("Ben", group="Team-1"), Entry("Cy")],
    ],
)
def test_one_submission_of_a_group_gives_each_of_it_a_row(rows, roster):
    made = rows([report("team-1", "neuron", 1, 1)], roster)
    assert [row.points for row in made.rows] == [20, 20, None]
    assert made.notes == ()


def test_a_platform_may_name_several_who_handed_in(rows):
    people = {"Ada and Ben": (Known("Ada", "1"), Known("Ben", "2"))}
    made = rows([report("Ada and Ben", "neuron", 1)], people=people)
    assert [(row.name, row.id, row.points) for row in made.rows] == [
        ("Ada", "1", 10),
        ("Ben", "2", 10),
    ]


def test_members_of_a_class_section_do_not_get_each_others_marks(rows):
    roster = [Entry("Ada", group="Monday"), Entry("Ben", group="Monday")]
    made = rows([report("ada", "neuron", 1)], roster)
    assert [row.points for row in made.rows] == [10, None]


def test_a_second_submission_of_one_person_is_told(rows):
    made = rows([report("ada", "neuron", 1), report("ada2", "neuron", 0)],
                [Entry("Ada", folders=("ada", "ada2"))])  # fmt: skip
    assert [row.points for row in made.rows] == [10]
    assert made.notes == ("Ada has two submissions, ada and ada2: the first counts.",)


def test_no_mark_is_not_the_mark_0(rows):
    reports = [
        handed_in_nothing("ada", "neuron"), handed_in_nothing("ada", "layer"),
        report("ben", "neuron", 0), handed_in_nothing("ben", "layer"),
        report("cy", "neuron", 1), report("cy", "layer", "fault"),
        report("dan", "neuron", 1),
    ]  # fmt: skip
    made = {row.name: row for row in rows(reports).rows}
    assert [row.points for row in made.values()] == [None, 0, None, None]
    assert made["ada"].earned.why_none == "not handed in"
    assert made["cy"].earned.why_none == "layer: the kit failed, grade again"
    assert made["dan"].earned.why_none == "layer not graded"
    assert [row.points for row in rows(reports, brick="neuron").rows] == [None, 0, 10, 10]

"""people.csv: who handed in what."""

from grader.classroom.people import read_people, write_people
from grader.submissions.people import Person

ADA, BEN = Person("Ada Lovelace", id="101", email="ada@example.org"), Person("Ben", id="=1+1")


def test_who_handed_in_together_is_read_back(tmp_path):
    write_people(tmp_path, {"Ada and Ben": [ADA, BEN], "cy": []})
    assert read_people(tmp_path) == {"Ada and Ben": [ADA, Person("Ben", id="'=1+1")]}


def test_those_of_an_earlier_grading_stay(tmp_path):
    write_people(tmp_path, {"ada": [ADA], "ben": [BEN], "=x": [BEN]})
    write_people(tmp_path, {"ben": [Person("Ben", id="102")]})
    assert read_people(tmp_path) == {
        "ada": [ADA],
        "ben": [Person("Ben", id="102")],
        "'=x": [Person("Ben", id="'=1+1")],
    }


def test_without_a_platform_there_is_no_file(tmp_path):
    write_people(tmp_path, {"ada": ()})
    assert not list(tmp_path.iterdir())
    assert read_people(tmp_path) == {}


def test_half_a_character_in_a_name_ends_nothing(tmp_path):
    """A folder that another system unpacked may have bytes in its name that are no UTF-8."""
    write_people(tmp_path, {"Zo": [Person("Zo\udce9", id="77")]})
    assert read_people(tmp_path) == {"Zo": [Person("Zo?", id="77")]}


def test_a_name_acts_on_no_terminal(tmp_path):
    write_people(tmp_path, {"ada": [Person("Ada\x1b[2J\u202e", id="\x1b=1")]})
    assert read_people(tmp_path) == {"ada": [Person("Ada[2J", id="'=1")]}

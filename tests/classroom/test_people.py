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

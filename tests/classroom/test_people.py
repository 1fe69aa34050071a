"""people.csv: who handed in what."""

from grader.classroom.people import Handed, read_people, write_people

ADA, BEN = Handed("Ada Lovelace", "101", "ada@example.org"), Handed("Ben", "=1+1")


def test_who_handed_in_together_is_read_back(tmp_path):
    write_people(tmp_path, {"Ada and Ben": [ADA, BEN], "cy": []})
    assert read_people(tmp_path) == {"Ada and Ben": [ADA, Handed("Ben", "'=1+1")]}


def test_those_of_an_earlier_grading_stay(tmp_path):
    write_people(tmp_path, {"ada": [ADA], "ben": [BEN], "=x": [BEN]})
    write_people(tmp_path, {"ben": [Handed("Ben", "102")]})
    assert read_people(tmp_path) == {
        "ada": [ADA],
        "ben": [Handed("Ben", "102")],
        "'=x": [Handed("Ben", "'=1+1")],
    }


def test_without_a_platform_there_is_no_file(tmp_path):
    write_people(tmp_path, {"ada": ()})
    assert not list(tmp_path.iterdir())
    assert read_people(tmp_path) == {}

"""One person under the names that platforms give."""

import pytest

from grader.exports.names import Directory, Known

CLASS = [
    Known("Ada Lovelace", "12", "ada@example.org"),
    Known("Grace Brewster Hopper", "13"),
    Known("José García-Núñez", "14"),
    Known("김민준", "15"),
    Known("Ada Lovelace", "16", "other@example.org"),
]


@pytest.mark.parametrize(
    "known, expected",
    [
        (Known("Hopper, Grace Brewster"), {1}),
        (Known("hoppergracebrewster"), {1}),
        (Known("jose garcia nunez"), {2}),
        (Known("garcíanúñezjosé"), {2}),
        (Known("김민준"), {3}),
        (Known("Ada Lovelace", "16"), {4}),
        (Known("Ada Lovelace", email=" ADA@example.org "), {0}),
        (Known("Ada Lovelace"), {0, 4}),
        (Known("Grace Hopper"), set()),
        (Known(""), set()),
        (Known("", "99"), set()),
    ],
)
def test_a_person_is_found_by_id_then_mail_then_name(known, expected):
    assert Directory.of(CLASS).find(known) == expected


def test_an_alias_comes_before_all_else():
    people = [*CLASS, Known("Nobody", "99", aliases=("neuron-final",))]
    assert Directory.of(people).find(Known("Ada Lovelace", "12", aliases=("Neuron-Final",))) == {5}

"""What is said of 58 mistakes of students is true, and helps."""

import re

import pytest

from tests.replayed import in_cnn, in_convolution, in_keras, in_layer, in_mlp, in_neuron

BRICKS = (in_neuron, in_layer, in_mlp, in_convolution, in_cnn)
WITHOUT_KERAS = [it for brick in BRICKS for it in brick.MISTAKES]

LINES, COLUMNS = 18, 80
LABEL = re.compile(r"^  (\w+)  ", re.MULTILINE)


def in_one_line(message):
    return " ".join(message.split())


@pytest.mark.parametrize("mistake", WITHOUT_KERAS, ids=lambda it: it.number)
def test_a_mistake_is_told_as_it_is(mistake, replay):
    is_told(mistake, replay(mistake))


@pytest.mark.long
@pytest.mark.parametrize("mistake", in_keras.MISTAKES, ids=lambda it: it.number)
def test_a_mistake_in_keras_is_told_as_it_is(mistake, replay):
    is_told(mistake, replay(mistake, only=(mistake.check,)))


def is_told(mistake, messages):
    said = in_one_line(messages[mistake.check])
    for words in mistake.says:
        assert words in said, messages[mistake.check]
    for words in mistake.never:
        assert words not in said, messages[mistake.check]
    for message in messages.values():
        keeps_the_form(message)


def keeps_the_form(message):
    lines = message.split("\n")
    assert len(lines) <= LINES, message
    assert max(map(len, lines)) <= COLUMNS, message
    labels = LABEL.findall(message)
    for label in ("likely", "where", "think"):
        assert labels.count(label) <= 1, message

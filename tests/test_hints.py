"""Hints come one at a time, are remembered, and never hold the code."""

import pytest

from grader.author.hints import hint_defects
from grader.brick import Brick
from grader.course import Course, CourseError
from grader.declared import slips_of
from grader.selfcheck.hint import FREE, Hints, find_part, ladder, next_hint


def solution(course, brick):
    return (course.solutions / f"{brick}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "brick",
    ["neuron", "layer", "mlp", "convolution", "cnn", "training", "features", "transfer"],
)
def test_every_part_has_all_steps_and_none_holds_a_line_of_the_reference(course, brick):
    assert list(hint_defects(course.bricks[brick], solution(course, brick))) == []


def toy():
    brick = Brick("toy", order=1, title="Toy")
    brick.check("double", points=1, called="double(x)", hint="Twice?")(lambda toy: {})
    return brick


def test_the_audit_names_a_part_without_a_step_and_a_hint_that_gives_the_code_away():
    brick = toy()
    assert list(hint_defects(brick, "")) == [
        "double has no hints: look, example and formula are missing"
    ]
    brick.hints("double", look="", example="2 and 4", formula="so: return 2 *  x + zero(x)")
    said = list(hint_defects(brick, "def double(x):\n    return 2 * x + zero(x)\n"))
    assert said == [
        "the hints on double lack the step 'look'",
        "a hint on double holds a line of the reference: return2*x+zero(x)",
    ]


def test_hints_on_what_is_no_part_are_refused():
    brick = toy()
    brick.hints("treble", look="a", example="b", formula="c")
    [slip] = slips_of(brick, "toy")
    assert "'treble', which is no part of toy" in str(slip)


def test_one_step_more_each_time_and_what_was_shown_is_remembered(checkout):
    checkout.solve("neuron")
    course = Course(checkout.root)
    first, second = next_hint(course, "sigmoid"), next_hint(Course(checkout.root), "sigmoid")
    assert "hint 1 of 4" in first and "  think  " in first and "  look  " not in first
    assert "hint 2 of 4" in second and "  look  " in second and "  example" not in second
    assert FREE in second
    assert max(map(len, second.split("\n"))) <= 79
    for _ in range(3):
        last = next_hint(course, "sigmoid")
    assert "hint 4 of 4" in last and "There are no more." in last
    assert list(Hints(course)._read()) == ["neuron/sigmoid"]


def test_the_first_step_is_the_question_of_the_first_check_that_fails(checkout):
    checkout.solve("neuron")
    checkout.replace(
        "neuron",
        "def sigmoid(z):",
        "def sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n\n\ndef unused(z):",
    )
    course = Course(checkout.root)
    far = course.bricks["neuron"].checks["sigmoid_far_from_zero"].hint
    assert " ".join(far.split()) in " ".join(next_hint(course, "sigmoid").split())


def test_what_a_hint_costs_is_what_course_toml_says(checkout):
    (checkout.root / "course.toml").write_text('[hints]\ncost = "A quarter of a point."\n')
    assert "A quarter of a point." in next_hint(Course(checkout.root), "relu")


def test_a_damaged_memory_counts_as_empty(checkout):
    (checkout.root / ".bricks").mkdir()
    (checkout.root / ".bricks" / "hints.json").write_text('{"neuron/sigmoid": 3')
    assert "hint 1 of 4" in next_hint(Course(checkout.root), "neuron/sigmoid")


def test_a_part_is_found_by_name_or_guessed(course):
    assert find_part(course, "layer softmax")[1] == "softmax"
    assert find_part(course, "Dense.forward")[0].name == "layer"
    with pytest.raises(CourseError, match="Is softmax meant"):
        find_part(course, "sofmax")
    with pytest.raises(CourseError, match="neuron/MNIST"):
        find_part(course, "MNIST")


def test_the_question_is_never_the_only_step(course):
    for brick in course.bricks.values():
        assert all(len(ladder(brick, part)) == 4 for part in brick.parts)


def test_the_command_answers_a_part_that_is_none_in_one_line(checkout):
    assert "hint 1 of 4" in checkout.bricks("hint", "softmax").stdout
    run = checkout.bricks("hint", "sofmax")
    assert run.returncode == 2 and "Is softmax meant?" in run.stderr


def test_what_to_look_at_names_the_place_where_it_is_known(checkout):
    checkout.solve("neuron")
    checkout.replace(
        "neuron", "    return images.reshape", "    images.nothing\n    return images.reshape"
    )
    course = Course(checkout.root)
    assert "The place" not in next_hint(course, "images_to_vectors")
    said = " ".join(next_hint(course, "images_to_vectors").split())
    text = (checkout.root / "exercises" / "neuron.py").read_text()
    line = text[: text.index("    images.nothing")].count("\n") + 1
    assert f"The place: line {line} of exercises/neuron.py." in said

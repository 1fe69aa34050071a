"""Own predecessors as nbgrader finds them, by the rule of docs/submissions.md."""

import pytest

pytestmark = pytest.mark.slow

RIGHT = {"quadruple-solution": "def quadruple(x):\n    return double(double(x))"}


@pytest.mark.long
@pytest.mark.parametrize("way", ["nbgrader", "bricks"])
@pytest.mark.parametrize("nearer", [None, "late/toy.py", "late/toy.ipynb", "toy/toy.py"])
def test_the_file_that_check_would_take_is_taken(desk, way, nearer, capsys):
    desk.hand_in("ada", desk.RIGHT)
    desk.hand_in("ada", RIGHT, brick="late")
    wrong = "def double(x):\n    return 3 * x\n"
    if nearer:
        path = desk.root / "submitted" / "ada" / nearer
        if path.suffix == ".ipynb":
            made = desk.hand_in("somebody", {**desk.RIGHT, "double-solution": wrong})
            path.write_bytes(made.read_bytes())
        else:
            path.write_text(wrong)
    desk.set("c.Judge.predecessors = 'own'")
    if way == "nbgrader":
        assert desk.nbgrader("autograde", "late") == 0
    else:
        desk.bricks("autograde", "late", "--isolation", "basic", "--predecessors", "own")
        if nearer:
            assert "ada: toy is there as " in " ".join(capsys.readouterr().out.split())
    assert desk.points("ada") == {"test-quadruple": 0 if nearer else 2}

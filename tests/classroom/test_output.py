"""No command dies of a name that its terminal cannot show."""

import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAME = "이순신"
ENCODINGS = ["cp1252", "ascii"]


def shown(text):
    return text.encode("unicode_escape").decode()


@pytest.mark.long
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_class_with_a_name_in_hangul_goes_through_every_command(toys, encoding):
    root = toys.checkout.root
    shutil.rmtree(root / "submitted")
    shutil.copy(ROOT / "LICENSE", root)
    for name, text in ((NAME, toys.SOLUTION), (f"{NAME}2", "def f(x): return x")):
        toys.hand_in(name, text)
    toys.hand_in(f"{NAME}3", "def f(")
    (root / "seed").write_text("12345")

    def bricks(*command):
        run = toys.checkout.bricks(*command, PYTHONIOENCODING=encoding, LC_ALL="C")
        assert "Traceback" not in run.stdout + run.stderr
        assert run.returncode in (0, 1), run.stderr
        return run.stdout

    def whole(text):
        return re.sub(r"[\s|]", "", text)

    assert shown(NAME) in whole(bricks(*toys.COMMAND, "out"))
    bricks("report", "out")
    bricks("feedback", "out", "pages")
    assert (root / "out" / "grades.csv").read_text(encoding="utf-8").count(NAME) == 3
    (root / "solutions" / "misconceptions").mkdir()
    mistake = (
        "from grader.misconception import misconception\n\n\n"
        f'@misconception("{NAME}", "{NAME}?", idea="{NAME}")\n'
        "def same(toy):\n    toy.f = lambda x: 2 * x\n"
    )
    path = root / "solutions" / "misconceptions" / "toy.py"
    path.write_text(mistake, encoding="utf-8")
    run = toys.checkout.bricks("audit", "--brick", "toy")
    assert run.returncode == 2 and "run `bricks build` first" in run.stderr
    bricks("build")
    bricks("audit", "--brick", "toy")
    bricks("release", f"kit-{NAME}")
    assert (root / f"kit-{NAME}" / "exercises" / "toy.py").is_file()
    run = toys.checkout.bricks(
        "grade", "submitted", "--out", "out", "--student", f"{NAME}9", PYTHONIOENCODING=encoding
    )
    assert run.returncode == 2 and shown(NAME) in run.stderr

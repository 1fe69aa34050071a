"""The hostile corpus: whatever a submission tries, it gains nothing and harms nobody.

Each file in tests/hostile plays one trick. None is ever imported here: they run in the isolation
that they test, and nowhere else.
"""

import re
from pathlib import Path

import pytest

from grader.reference_functions import ReferenceFunctions

CORPUS = sorted((Path(__file__).parents[2] / "hostile").glob("*/*.py"))
ACCUSING = re.compile(
    r"cheat|hack|attack|malicious|hostile|forbid|illegal|steal|suspicio|violat|exploit|abuse|fraud",
    re.IGNORECASE,
)
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def tricks():
    for path in CORPUS:
        slow = [pytest.mark.slow] if "\n# slow\n" in path.read_text(encoding="utf-8") else []
        yield pytest.param(path, marks=slow, id=f"{path.parent.name}/{path.stem}")


@pytest.mark.slow
@pytest.mark.parametrize("path", list(tricks()))
def test_a_trick_gains_nothing_and_harms_nobody(world, path, wait_until):
    honest = world.honest
    assert honest.points == 3, honest

    came, gains, changed = world.play(path)

    assert not gains, came
    assert not changed, came
    for record in came.records:
        assert record["outcome"] != "fault", record
        for words in (str(record["summary"]), str(record["message"])):
            assert not CONTROL.search(words), words
            assert len(words) < 8_000
            assert not ACCUSING.search(words), words
    assert world.victim.poll() is None
    assert wait_until(lambda: world.only_zygotes()), "a process is left"
    assert wait_until(lambda: not world.scratch()), "files are left"
    after = world.grade(world.HONEST)
    assert (after.points, after.comparable) == (honest.points, honest.comparable)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["reference_in_frames", "reference_by_collector"])
def test_a_trick_finds_what_should_not_be_beside_it(world, name, monkeypatch):
    """These tricks know where to look: they find nothing only because there is nothing."""
    monkeypatch.setattr(ReferenceFunctions, "_with_helpers", lambda it, names: list(it.names))
    [path] = [path for path in CORPUS if path.stem == name]
    came, gains, _ = world.play(path)
    assert gains == ["1 points"], came


def test_the_corpus_is_large_and_each_trick_says_what_it_does():
    families = {path.parent.name for path in CORPUS}
    assert families == {"stealing", "tampering", "exhaustion", "lies"}
    assert len(CORPUS) >= 60
    for path in CORPUS:
        text = path.read_text(encoding="utf-8")
        assert text.startswith('"""'), path
        assert re.search(r"^# earns [0-3]$", text, re.MULTILINE), path

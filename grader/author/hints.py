"""Audits hints: every part must have all steps, and no step may hold a line of the reference."""

from collections.abc import Iterator

from grader.brick import Brick

SHORTEST = 12  # characters of a line; shorter ones give nothing away


def hint_defects(brick: Brick, reference: str) -> Iterator[str]:
    """A sentence for each gap. reference: the text of the brick's solution."""
    for part in brick.parts:
        ladder = brick.ladders.get(part)
        if ladder is None:
            yield f"{part} has no hints: look, example and formula are missing"
            continue
        for name, text in vars(ladder).items():
            if not text.strip():
                yield f"the hints on {part} lack the step {name!r}"
    lines = {_plain(line) for line in reference.splitlines() if not line.strip().startswith("#")}
    code = {line for line in lines if len(line) >= SHORTEST}
    texts = {part: ladder.steps for part, ladder in brick.ladders.items()}
    hints = {check.part: check.hint for check in brick.checks.values()}
    for part in brick.parts:
        for text in (*texts.get(part, ()), hints[part]):
            if given := [line for line in code if line in _plain(text)]:
                yield f"a hint on {part} holds a line of the reference: {given[0]}"


def _plain(text: str) -> str:
    return "".join(text.split()).rstrip(",:")

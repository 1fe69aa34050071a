"""Makes a small class from the course: right, blank, half-done and wrong submissions."""

from collections.abc import Iterator
from pathlib import Path

from grader.author.build import solution_of, stub
from grader.course import Course
from grader.desk.stubs import BEGIN
from grader.misconceptions import misconceptions, with_misconception

Modules = dict[str, str]  # brick: source


def make_class(course: Course, folder: Path) -> None:
    """Writes `<student>/<brick>.py` for about 12 students into folder."""
    for name, modules in students(course):
        (folder / name).mkdir(parents=True)
        for brick, source in modules.items():
            (folder / name / f"{brick}.py").write_text(source, encoding="utf-8")


def students(course: Course) -> Iterator[tuple[str, Modules]]:
    """Each student's name, which says what is wrong, and the modules that were handed in."""
    texts = {brick: solution_of(course, brick) for brick in course.bricks}
    stubs = {brick: stub(text) for brick, text in texts.items()}
    first, second, *_ = course.bricks
    half = len(texts) // 2

    yield "ada-all-right", texts
    yield "ben-blank", stubs
    yield "cleo-first-half", {b: texts[b] if i < half else stubs[b] for i, b in enumerate(texts)}
    yield (
        "dan-half-of-each",
        {b: stub(text, finished=text.count(f"\n    {BEGIN}") // 2) for b, text in texts.items()},
    )
    yield "eve-one-file", {first: texts[first]}
    for name, number in (("finn", 0), ("gina", 1)):
        yield f"{name}-mistaken", mistaken(course, texts, number)
    for number, brick in enumerate(list(texts)[:3]):
        own = misconceptions(course, brick)
        if own:
            wrong = own[(5 + 4 * number) % len(own)]  # a different kind of mistake for each
            yield (
                f"{('hugo', 'iris', 'jan')[number]}-{wrong.id}",
                {**stubs, brick: with_mistake(course, brick, wrong.id)},
            )
    yield "kim-syntax-error", {**stubs, first: texts[first] + "\n\ndef half(:\n"}
    yield "lou-endless-loop", {**stubs, second: texts[second] + "\n\nwhile True:\n    pass\n"}


def mistaken(course: Course, texts: Modules, number: int) -> Modules:
    """Every brick with its misconception of that number, or right if it has fewer."""
    chosen = {b: misconceptions(course, b)[number : number + 1] for b in texts}
    return {b: with_mistake(course, b, w[0].id) if (w := chosen[b]) else texts[b] for b in texts}


def with_mistake(course: Course, brick: str, mistake: str) -> str:
    [wrong] = [m for m in misconceptions(course, brick) if m.id == mistake]
    return with_misconception(course.reference(brick)[-1], wrong).code.decode()

"""Makes a small class from the course's own bricks: right, blank, half-done and wrong."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from grader.author.build import solution_of, stub
from grader.course import Course
from grader.desk.stubs import BEGIN
from grader.examiner import Examiner
from grader.misconceptions import misconceptions, with_misconception
from grader.pictures.making import Made, gallery_of, made
from grader.pictures.page import page
from grader.runner.process import Process
from grader.submission import handed_from

Modules = dict[str, str]  # brick: source


def make_class(course: Course, folder: Path) -> None:
    """Writes `<student>/<brick>.py` for about 12 students into folder."""
    for name, modules in students(course):
        (folder / name).mkdir(parents=True)
        for brick, source in modules.items():
            (folder / name / f"{brick}.py").write_text(source, encoding="utf-8")


def students(course: Course) -> Iterator[tuple[str, Modules]]:
    """Each student's name, which names the mistake, and the modules that were handed in."""
    texts = {brick: solution_of(course, brick) for brick in course.core}
    stubs = {brick: stub(text) for brick, text in texts.items()}
    first, second, *_ = course.core
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


def draw_pictures(course: Course, file: Path) -> list[str]:
    """Writes a page with those pictures of the solutions that are for a demo; returns their titles.

    Writes nothing if no picture is.
    """
    pictures: list[Made] = []
    with closing(Process()) as student, closing(Process()) as reference:
        for brick in course.bricks:
            if course.gallery_file(brick).is_file():
                gallery = gallery_of(course, brick)
                chosen = {n: one for n, one in gallery.pictures.items() if one.in_demo}
                handed = handed_from(course, course.solutions)
                examination = Examiner(course, reference).of_handed(brick, handed, student)
                if chosen:
                    pictures += made(replace(gallery, pictures=chosen), examination)
    if pictures:
        file.write_text(page("What the solutions do", pictures), encoding="utf-8")
    return [one.picture.title for one in pictures]

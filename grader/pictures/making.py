"""Makes a brick's pictures: probes run on the student's code, and what they return is drawn."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.check import Inputs
from grader.course import PUBLIC_SEED, Course, CourseError, load_brick
from grader.examine import Examination
from grader.faults import log_fault
from grader.language import N_, _, as_written, in_course
from grader.outcome import NotInstalled, NotWritten, Outcome, Passed, Skipped, Unloadable
from grader.pictures.drawing import filled
from grader.pictures.gallery import Figure, Gallery, Picture, Values
from grader.probe import Returned
from grader.report.look import STYLE, png_of
from grader.report.rows import rows_of

DOTS = 110  # an inch
MISFIT = N_("What your code returned cannot be drawn.")


@dataclass(frozen=True)
class Made:
    """A picture of a student's code.

    png      None if there is nothing to draw; `said` says why.
    caption  with the numbers of the drawn values.
    said     a sentence on the part that it waits for, or on parts that are not right; else empty.
    """

    picture: Picture
    png: bytes | None
    caption: str = ""
    said: str = ""


def gallery_of(course: Course, brick: str, digit: int | None = None) -> Gallery:
    """The pictures of a brick. Raises CourseError if there is no such brick, or no picture.

    digit: the one that the user asked for; then at least one picture must be of a digit.
    """
    if brick not in course.bricks:
        raise CourseError(no_brick(course, brick))
    file = course.gallery_file(brick)
    gallery = load_brick(file) if file.is_file() else None
    if not isinstance(gallery, Gallery):
        said = _("{brick} has no pictures: {file} would declare them.")
        raise CourseError(said.format(brick=brick, file=file.name))
    for picture in gallery.pictures.values():
        for part in picture.parts:
            if part not in course.bricks[brick].parts:
                raise CourseError(f"{file.name}: {picture.name} names {part!r}, which is no part.")
    if digit is not None and not any(one.is_of_a_digit for one in gallery.pictures.values()):
        said = _("No picture of {brick} is of one digit: leave the {digit} out.")
        raise CourseError(said.format(brick=brick, digit=digit))
    return replace(
        gallery, pictures={name: _in_words(one) for name, one in gallery.pictures.items()}
    )


def _in_words(picture: Picture) -> Picture:
    """The picture with its texts in the student's language."""
    title, caption, alt = map(in_course, (picture.title, picture.caption, picture.alt))
    return replace(picture, title=title, caption=caption, alt=alt)


def no_brick(course: Course, brick: str) -> str:
    """A sentence for a name that no brick has."""
    said = _("There is no brick {name}: {bricks}.")
    return said.format(name=repr(brick), bricks=", ".join(course.bricks))


def made(gallery: Gallery, examination: Examination, digit: int | None = None) -> Iterator[Made]:
    """Makes all pictures of the gallery for the examined code.

    digit: the digit in pictures of one digit.
    """
    code = examination.code.with_checks_of(examination.course.gallery_file(gallery.name))
    load = code.load().answer
    for picture in gallery.pictures.values():
        if isinstance(load, Unloadable | NotInstalled):
            yield Made(picture, None, said=_sentence(load))
            continue
        said = verdict(picture, examination)
        inputs = picture.drawn(PUBLIC_SEED, digit)
        answer = code.run(picture.check, inputs).answer
        if isinstance(answer, NotWritten):
            yield Made(picture, None, said=_sentence(answer))
        elif isinstance(answer, Returned) and answer.arrays.keys() == answer.values.keys():
            yield _drawn(picture, answer.arrays, inputs, said)
        elif isinstance(answer, Outcome):
            yield Made(picture, None, said=said or _sentence(answer))
        else:
            yield Made(picture, None, said=said or _(MISFIT))


def verdict(picture: Picture, examination: Examination) -> str:
    """A sentence on the picture's parts, and parts that they need, that are not right; or empty.

    Only quick checks count.
    """
    checks = examination.brick.checks
    names = [name for name, check in checks.items() if check.part in picture.parts]
    for name in names:
        names += [need for need in checks[name].needs if need not in names]
    results = [examination.result(name) for name in names if checks[name].is_quick]
    wrong = [r.check for r in results if not isinstance(r.outcome, Passed | Skipped | NotWritten)]
    if not wrong:
        return ""
    parts = ", ".join(dict.fromkeys(check.part for check in wrong))
    return _("Not right yet: {parts}.").format(parts=parts)


def _sentence(answer: Outcome) -> str:
    """Why the probe returned nothing, in the words of a check's message."""
    if isinstance(answer, NotWritten):
        return _("This picture waits for {part}.").format(part=answer.name)
    text = rows_of(answer)[0][1]
    return text.partition("\n")[0]


def number_ticks(figure: Figure) -> None:
    """Has the numbers along the axes written as the sentences write theirs."""
    both = [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]
    for formatter in {axis.get_major_formatter() for axis in both}:  # axes may share one
        english = formatter.format_ticks
        formatter.format_ticks = lambda values, of=english: list(map(as_written, of(values)))


def _drawn(picture: Picture, values: Values, inputs: Inputs, said: str) -> Made:
    """The picture; or a sentence instead, if values of wrong code cannot be drawn."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure as MatplotlibFigure

    try:
        with rc_context(STYLE):
            figure: Figure = MatplotlibFigure(figsize=picture.size, layout="constrained")
            numbers = picture.draw(figure, values, inputs) or {}
            number_ticks(figure)
            png = png_of(figure, DOTS)
    except Exception as error:
        if said:
            return Made(picture, None, said=f"{said} {_(MISFIT)}")
        log_fault(f"picture {picture.check.id}", error)
        return Made(picture, None, said=_("The kit could not draw this: that is our fault."))
    said = " ".join([said, _("What you see is what your code does.")]) if said else ""
    return Made(picture, png, filled(picture.caption, numbers), said)

"""A student's feedback as Markdown, for mail. Nothing that a student wrote is markup in it."""

import re

from grader.classreport.feedback import BrickFeedback, Feedback, Wrong
from grader.language import _
from grader.marks.mark import Mark
from grader.report.picture import confused

# Signs of markup, and signs in addresses that readers of Markdown turn into links.
SPECIAL = re.compile(r"[\\`*_\[\]<>|#&~$!@^]|:(?=//)|(?<=\w)\.(?=\w)")
NAME = re.compile(r"[\w. ()-]+")


def feedback_markdown(feedback: Feedback) -> str:
    lines = [f"# {escaped(feedback.name)}", "", f"**{points(feedback.points, feedback.maximum)}**"]
    if feedback.mark:
        lines += ["", f"**{mark(feedback.mark)}**"]
        lines += ["", *(f"- {escaped(reason)}" for reason in feedback.mark.every_reason)]
    for brick in feedback.bricks:
        lines += ["", *_brick(brick)]
    return "\n".join(lines) + "\n"


def points(reached: int | None, maximum: int) -> str:
    return _("{points} of {maximum} points").format(points=_known(reached), maximum=maximum)


def mark(given: Mark) -> str:
    """What the platform gets, by the course's rules."""
    said = _("Mark: {points} of {maximum}")
    return said.format(points=_number(given.points), maximum=_number(given.maximum))


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def of(reached: int | None, maximum: int) -> str:
    return _("{points} of {maximum}").format(points=_known(reached), maximum=maximum)


def _known(reached: int | None) -> str:
    return "?" if reached is None else str(reached)


def escaped(text: str) -> str:
    """Text in one line that no reader of Markdown takes for markup, a link or HTML."""
    return SPECIAL.sub(lambda match: f"\\{match[0]}", " ".join(text.split()))


def code(name: str) -> str:
    """A name from the course, or of a file, as code in one line."""
    return f"`{name}`" if NAME.fullmatch(name) else escaped(name)


def fenced(text: str) -> str:
    """The text in a code block, whose fence is longer than any row of backticks in the text."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _brick(brick: BrickFeedback) -> list[str]:
    lines = [f"## {brick.brick}: {points(brick.points, brick.maximum)}"]
    if brick.note:
        lines += ["", fenced(brick.note)]
    if brick.next:
        where, what = brick.next
        lines += ["", _("Next: {part}").format(part=code(where)), "", fenced(what)]
    for wrong in brick.wrong:
        lines += ["", *_wrong(wrong)]
    if brick.parts:
        lines += ["", " ".join(["|", _("part"), "|", _("points"), "|"]), "| --- | --- |"]
        lines += [f"| {code(part)} | {of(got, most)} |" for part, got, most in brick.parts]
    if brick.to_do:
        lines += ["", _("Still to write:"), ""]
        lines += [f"- {code(part)}: {escaped(what)}" for part, what in brick.to_do]
    if brick.waiting:
        waiting = ", ".join(map(code, brick.waiting))
        lines += ["", " ".join([_("Waiting for other parts:"), waiting])]
    if brick.right:
        lines += ["", _("Right: {parts}").format(parts=", ".join(map(code, brick.right)))]
    return lines


def _wrong(wrong: Wrong) -> list[str]:
    check = wrong.check
    lines = [f"### {code(check.part)} ({code(check.name)}): {of(check.points, check.maximum)}"]
    for comment in wrong.comments:
        said = " ".join([_("Your instructor:"), comment])
        lines += ["", *(f"> {line}" for line in said.splitlines())]
    lines += ["", fenced(wrong.message)]
    if check.confusion is not None and (said := confused(check.confusion)):
        lines += ["", _("Most often misread: {pairs}").format(pairs=escaped(said))]
    return lines

"""A student's feedback as one HTML file. All text in it is escaped, and nothing runs in it."""

import base64

from grader.classreport.feedback import Feedback
from grader.classreport.markdown import confused, mark, of, points
from grader.classreport.page import environment
from grader.language import _, language
from grader.report.picture import confusion_png

TEMPLATE = "feedback.html"


def feedback_page(feedback: Feedback) -> str:
    missed = {
        wrong.check.id: wrong.check.confusion
        for brick in feedback.bricks
        for wrong in brick.wrong
        if wrong.check.confusion is not None
    }
    pngs = {name: confusion_png(confusion) for name, confusion in missed.items()}
    return environment.get_template(TEMPLATE).render(
        title=_("Feedback: {student}").format(student=feedback.name),
        points=points(feedback.points, feedback.maximum),
        feedback=feedback,
        mark=mark(feedback.mark) if feedback.mark else "",
        _=_,
        of=of,
        language=language(),
        pictures={name: base64.b64encode(png).decode() for name, png in pngs.items() if png},
        confused={name: confused(confusion) for name, confusion in missed.items()},
    )

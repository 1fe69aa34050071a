"""A student's feedback as one HTML file. All text in it is escaped, and nothing runs in it."""

import base64

from grader.classreport.feedback import Feedback
from grader.classreport.markdown import mark, of, points
from grader.classreport.page import environment
from grader.language import _, language
from grader.report.picture import pictures

TEMPLATE = "feedback.html"


def feedback_page(feedback: Feedback) -> str:
    shown = {
        wrong.check.id: [
            (base64.b64encode(drawn.png).decode(), drawn.alt, drawn.caption)
            for drawn in pictures(wrong.check)
        ]
        for brick in feedback.bricks
        for wrong in brick.wrong
    }
    return environment.get_template(TEMPLATE).render(
        title=_("Feedback: {student}").format(student=feedback.name),
        points=points(feedback.points, feedback.maximum),
        feedback=feedback,
        mark=mark(feedback.mark) if feedback.mark else "",
        _=_,
        of=of,
        language=language(),
        pictures=shown,
    )

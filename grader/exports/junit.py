"""JUnit's XML, which CI systems show: a suite for each brick of each submission.

The schema is that of Jenkins's xUnit plugin (junit-10.xsd, in pytest's
testing/example_scripts/): `testsuites`, `testsuite`, `testcase` with `failure`, `error` or
`skipped` in it. A check that waits for another is skipped; a fault of the kit is an error.
"""

import re
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as Xml

from grader.outcome import Fault
from grader.printable import printable
from grader.report.check_report import CheckReport
from grader.report.report import Report, Status
from grader.report.summary import summary
from grader.report.text import explain

FILE = "junit.xml"
NO_XML = re.compile("[\ufffe\uffff]")  # printable characters that XML cannot hold


def junit(reports: Iterable[Report]) -> str:
    """The document; texts of students lose what XML cannot hold."""
    root = Xml.Element("testsuites", name="bricks")
    for report in reports:
        root.append(_suite(report))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(report: Report) -> Xml.Element:
    suite = Xml.Element("testsuite", name=_text(f"{report.student}: {report.brick}"))
    if report.status is Status.NOT_HANDED_IN:
        _case(suite, report, "handed in").append(Xml.Element("skipped", message="not handed in"))
    elif not report.checks:
        tag = "error" if report.is_fault else "failure"
        why = _text(report.why or report.status.value)
        _case(suite, report, "graded").append(Xml.Element(tag, message=why))
    for check in report.checks:
        case = _case(suite, report, check.name, check.seconds)
        case.extend(_trouble(check))
    found = {tag: len(suite.findall(f"testcase/{tag}")) for tag in ("failure", "error", "skipped")}
    counts: Sequence[tuple[str, int]] = (
        ("tests", len(suite)), ("failures", found["failure"]), ("errors", found["error"]),
        ("skipped", found["skipped"]),
    )  # fmt: skip
    for name, many in counts:
        suite.set(name, str(many))
    suite.set("time", f"{sum(check.seconds for check in report.checks):.3f}")
    return suite


def _case(suite: Xml.Element, report: Report, name: str, seconds: float = 0.0) -> Xml.Element:
    of = _text(f"{report.student}.{report.brick}")
    return Xml.SubElement(suite, "testcase", classname=of, name=_text(name), time=f"{seconds:.3f}")


def _trouble(check: CheckReport) -> list[Xml.Element]:
    if check.passed:
        return []
    tag = "error" if isinstance(check.outcome, Fault) else "skipped" if check.waits else "failure"
    trouble = Xml.Element(tag, message=_text(summary(check)))
    trouble.text = _text(explain(check))
    return [trouble]


def _text(text: str) -> str:
    return NO_XML.sub("", printable(text))

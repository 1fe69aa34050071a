"""JUnit's XML, read back by the elements and attributes of its schema."""

from dataclasses import replace
from xml.etree import ElementTree as Xml

from grader.exports.junit import junit
from grader.report.report import Status
from tests.exports.made import handed_in_nothing, report


def test_each_check_is_a_test_case():
    reports = [
        report("Ada", "neuron", 1, 0, "waits", "fault"),
        handed_in_nothing("Ben", "neuron"),
        report("Cy", "neuron", status=Status.CRASHED, why="it ended the process"),
        report("Dan", "neuron", status=Status.FAULT, why="oops"),
    ]
    root = Xml.fromstring(junit(reports))
    assert root.tag == "testsuites"
    assert root.attrib == {
        "name": "bricks", "tests": "7", "failures": "2", "errors": "2", "skipped": "2"
    }  # fmt: skip
    ada, ben, cy, dan = root.findall("testsuite")
    assert [suite.get("name") for suite in (ada, ben)] == ["Ada: neuron", "Ben: neuron"]
    came = {case.get("name"): [trouble.tag for trouble in case] for case in ada}
    assert came == {"a": [], "b": ["failure"], "c": ["skipped"], "d": ["error"]}
    failure = ada.find("testcase/failure")
    assert "neuron / part_b" in failure.text and failure.get("message")
    assert ada[0].get("classname") == "Ada.neuron" and float(ada[0].get("time")) == 0
    assert [one[0][0].tag for one in (ben, cy, dan)] == ["skipped", "failure", "error"]
    assert cy[0][0].get("message") == "it ended the process"


def test_no_text_of_a_student_breaks_the_document():
    evil = "a]]>&<b\x00\x08\x1b[31m\ud800\ufffe\uffff\n\u202e"
    one = report("Ada", "neuron", 0)
    one = replace(one, student=evil, checks=(replace(one.checks[0], called=evil),))
    text = junit([one])
    root = Xml.fromstring(text.encode())
    assert "a]]>&<b" in root[0].get("name")
    assert "a]]>&<b" in root.find(".//failure").text


def test_the_command_writes_it(exported, tmp_path):
    assert "junit.xml is written." in exported([report("Ada", "neuron", 1)], "junit")
    assert Xml.parse(tmp_path / "results" / "junit.xml").getroot().get("tests") == "1"

"""A cell of the kit's own that names a file: what a student called it is no markup."""

import re

import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from grader.desk.exporter import said_of

NAMES = (
    "hw.zip/<script>alert(1)</script>neuron.py",
    "![x](http://e.example/p.png) neuron.py",
    "<img src=x onerror=alert(1)>neuron.py",
    "[a](b) __z__ **c** `d` ~~e~~ https://x.example www.x.example <a@b.example>.py",
    "$x$ \\(a\\) \\[b\\] \\href{x} $$y$$.py",
    "neuron.py\n\n# A heading\n\n- and more",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_a_file_is_text(name):
    page = markdown2html_mistune(said_of(name, f"it differs from {name}").source)
    assert set(re.findall(r"<(\w+)", page)) == {"p", "strong"}
    assert not re.search(r"\$|\\", page)  # no formula, which a page's script would make


def test_a_plain_name_and_reason_stay_as_they_are():
    cell = said_of("all.zip/neuron_1 (2).py", "it has 2,000,000 bytes, and may have 1,000,000")
    assert cell.source == (
        "**all.zip/neuron_1 (2).py cannot be graded:** it has 2,000,000 bytes, and may have "
        "1,000,000."
    )

"""LaTeX as MathML, which browsers draw by themselves: no script and no network is needed."""

import re
from functools import lru_cache
from html import unescape
from xml.etree.ElementTree import tostring

from latex2mathml.converter import convert_to_element

TAGS = {
    *("math", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot"),
    *("mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext"),
    *("mtr", "munder", "munderover"),
}
ATTRIBUTES = {
    *("accent", "columnalign", "columnspacing", "display", "displaystyle", "fence", "form"),
    *("height", "linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits"),
    *("rowspacing", "rspace", "scriptlevel", "stretchy", "width"),
}
VALUE = re.compile(r"[\w.%+ -]*")
SPACE = "0.167em"
# Macros may call each other without end.
DEFINES = re.compile(r"\\(\w*def|let|(re)?new\w+|provide\w+|Declare\w+)")


@lru_cache(maxsize=1_000)
def mathml(latex: str, display: str) -> str | None:
    """The formula as MathML, "inline" or as a "block"; None if it cannot be one."""
    if DEFINES.search(latex) or not latex.strip():
        return None
    try:
        formula = convert_to_element(latex, display=display)
        for element in formula.iter():
            if element.tag not in TAGS:
                return None
            for name, value in list(element.attrib.items()):
                if name not in ATTRIBUTES or not VALUE.fullmatch(value):
                    del element.attrib[name]
            element.text = unescape(element.text or "")  # signs are character references
            if element.tag == "mi" and len(element.text) > 1 and element.text.isalpha():
                element.tag = "mo"  # log, max: a function, with a little space around it
                element.attrib.update(lspace=SPACE, rspace=SPACE)
        return tostring(formula, encoding="unicode")  # which escapes signs again
    except Exception:  # the library raises many kinds, on what students type
        return None

"""LaTeX as MathML, which browsers draw by themselves: no script and no network is needed."""

import re
from functools import lru_cache
from html import unescape
from xml.etree.ElementTree import tostring

from latex2mathml import commands
from latex2mathml.converter import convert_to_element
from latex2mathml.symbols_parser import SYMBOLS

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
# Commands that are refused, as are all that the library does not know: if formgrader has no
# filters, MathJax draws the formulas. They make links, classes, styles and ids, define commands
# (which may call each other without end), or move what they draw over other text, or far away.
REFUSED = {
    *(
        "DeclareMathOperator",
        "Space",
        "above",
        "abovewithdelims",
        "atopwithdelims",
        "ch",
        "clap",
        "class",
    ),
    *(
        "colorbox",
        "def",
        "fcolorbox",
        "genfrac",
        "href",
        "hskip",
        "hspace",
        "kern",
        "leftroot",
        "llap",
    ),
    *("lower", "mathclap", "mathllap", "mathrlap", "mkern", "moveleft", "moveright", "mskip"),
    *("mspace", "negmedspace", "negthickspace", "negthinspace", "newcommand", "newenvironment"),
    *("raise", "rlap", "rule", "skew", "smash", "style", "unicode", "uproot"),
}
COMMAND = re.compile(r"\\([A-Za-z]+)")
# The distance between rows, which may be negative.
ROW = re.compile(r"\\\\\*?\s*\[\s*[-+.\d][^\]a-z]*[a-z]")
MOST_NEGATIVE = 20  # thin spaces
# Further commands that MathJax knows, and that formulas of a course may have.
ALSO = {
    *("Bigl", "Bigr", "Biggl", "Biggr", "Bigm", "bigl", "bigr", "biggl", "biggr", "bigm", "label"),
    *("arg", "eqref", "hfill", "mathds", "newline", "ref"),
}
COMMANDS = (
    frozenset(
        name[1:]
        for name in (
            *SYMBOLS,
            *commands.CONVERSION_MAP,
            *(it for it in vars(commands).values() if isinstance(it, str)),
            *(name for it in vars(commands).values() if isinstance(it, tuple | set) for name in it),
        )
        if isinstance(name, str) and name.startswith("\\")
    )
    | ALSO
)


def asks_for_more(latex: str) -> bool:
    """Whether LaTeX has commands that do more than draw a formula at its place."""
    named = set(COMMAND.findall(latex))
    return (
        not named <= COMMANDS - REFUSED
        or ROW.search(latex) is not None
        or latex.count(r"\!") > MOST_NEGATIVE
    )


@lru_cache(maxsize=1_000)
def mathml(latex: str, display: str) -> str | None:
    """The formula as MathML, "inline" or as a "block"; None if it cannot be one."""
    if not latex.strip() or asks_for_more(latex):
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

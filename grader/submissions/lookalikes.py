"""Compares names by how they look: different letters may look alike."""

# ruff: noqa: RUF001

import unicodedata

from grader.printable import INVISIBLE

# Letters of other alphabets, and signs, each with the Latin letter that it looks like in most
# fonts. NFKC knows the others: full-width, mathematical and circled letters.
PAIRS = (
    "аaвbеeёëзeіiїïјjкkмmнhоoрpсcтtуyхxѕsһhԁdԛqԝwьbӏlгr"  # Cyrillic
    "αaβbγyεeηnιiκkνvοoρpτtυuχxωw"  # Greek
    "աwզqհhոnսuցgօoյj"  # Armenian
    "ıiɑaɡgƖlǀlʏyᴏoᴄcᴠvᴡwᴢz0o1l|l"  # Latin, and digits
    "ilșşțţ"  # i and l: in capitals the one, in small letters the other
    "’'‘'ʼ'`'´'–-—-‐-‑-−-_ "
)
LOOKS = str.maketrans(dict(zip(PAIRS[::2], PAIRS[1::2], strict=True)))


def looks(name: str) -> str:
    """A text that is the same for two names that look alike, or differ only in case."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFKC", name)).casefold()
    text = unicodedata.normalize("NFKC", text)
    for _ in range(2):  # a letter that looks like i also looks like l
        text = text.translate(LOOKS)
    return " ".join(text.split())

"""Draws docs/architecture.svg from the imports in grader/: rooms as boxes, imports as arrows.

`make build` runs it, and a test compares what is committed with what it makes. An arrow that
another way of arrows implies is left out. An import that goes back, against the order of the
picture, is drawn in red.
"""

import ast
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURE = Path(__file__).with_name("architecture.svg")
WIDTH, HEIGHT = 980, 1102
BOX_WIDTH, BOX_HEIGHT = 226, 78
LINES_IN_A_BOX = 3
PILL_WIDTH, PILL_HEIGHT = 172, 30

# The middle of each room's box, and its width. Imports go down.
PLACES = {
    "commands": (800, 126, BOX_WIDTH),
    "author": (560, 242, BOX_WIDTH),
    "exports": (850, 242, BOX_WIDTH),
    "desk": (330, 358, BOX_WIDTH),
    "classreport": (590, 358, BOX_WIDTH),
    "cluster": (850, 358, BOX_WIDTH),
    "selfcheck": (210, 474, BOX_WIDTH),
    "classroom": (650, 474, BOX_WIDTH),
    "report": (390, 706, BOX_WIDTH),
    "marks": (800, 706, BOX_WIDTH),
    "pictures": (160, 590, BOX_WIDTH),
    "proofread": (370, 590, 184),
    "sandbox": (580, 590, BOX_WIDTH),
    "submissions": (840, 590, BOX_WIDTH),
    "examine": (220, 822, 400),
    "diagnosis": (330, 938, BOX_WIDTH),
    "runner": (640, 938, BOX_WIDTH),
    "networks": (110, 1054, 184),
    "repair": (330, 1054, BOX_WIDTH),
    "core": (490, 1162, 940),
}
MORE_LINES = {"core": 1}  # than other boxes have
ORDER = [
    "core", "repair", "networks", "runner", "diagnosis", "examine", "submissions", "sandbox",
    "report", "marks", "pictures", "proofread", "classroom", "classreport", "exports",
    "selfcheck", "desk", "cluster", "author", "commands",
]  # fmt: skip
# What grader/author/release.py ships of rooms; of modules it leaves some out.
IN_THE_KIT = {
    "core",
    "repair",
    "networks",
    "runner",
    "diagnosis",
    "examine",
    "report",
    "pictures",
    "selfcheck",
}
# The rooms that are no folder; a folder's words are the docstring of its __init__.py.
WORDS = {
    "core": "Values and functions that all rooms use.",
    "examine": "Examining one brick of one student.",
}
DOORS = {  # what people type: the middle of its box, and the room that answers
    "pytest exercises/": (110, 30, "selfcheck"),
    "%check": (300, 30, "selfcheck"),
    "nbgrader": (490, 30, "desk"),
    "bricks": (780, 30, "commands"),
}
NOT_DRAWN = {"data"}  # mnist.npz, and the script that made it
FRONT = {"cli", "arguments", "__main__", "ending"}
STYLE = """
text { font: 12.5px system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #3b4250 }
.name { font-weight: 600; font-size: 15px; fill: #12161c }
.mono { font-family: ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace;
  font-size: 11px }
.door + .mono { font-size: 15px }
.paper { fill: #ffffff }
.room { fill: #eef1f5; stroke: #b9c1cc }
.kit { fill: #dff0e6; stroke: #86b89b }
.door { fill: #fdf3d7; stroke: #d3b35c }
.arrow { fill: none; stroke: #66707f; stroke-width: 1.5; marker-end: url(#head) }
.back { stroke: #c8322b; stroke-dasharray: 5 4; marker-end: url(#backhead) }
.way { stroke: #b8902a; marker-end: url(#doorhead) }
#head path { fill: #66707f } #backhead path { fill: #c8322b } #doorhead path { fill: #b8902a }
@media (prefers-color-scheme: dark) {
  text { fill: #b6bfcc } .name { fill: #f0f4f9 } .paper { fill: #0d1117 }
  .room { fill: #1d242e; stroke: #46505e } .kit { fill: #163425; stroke: #3f7a58 }
  .door { fill: #382c0c; stroke: #8c7229 }
  .arrow { stroke: #8b96a5 } .back { stroke: #ff7b72 } .way { stroke: #c9a343 }
  #head path { fill: #8b96a5 } #backhead path { fill: #ff7b72 } #doorhead path { fill: #c9a343 }
}
"""


@dataclass(frozen=True)
class Arrow:
    """A room that imports another; `back` where it goes against the order of the picture."""

    start: str
    end: str
    back: bool = False


def imports_of(path: Path) -> Iterator[str]:
    """The modules of grader that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("grader."))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "grader":
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                file = ROOT / inner.replace(".", "/")
                yield inner if file.is_dir() or file.with_suffix(".py").is_file() else node.module


def imports(folder: Path = ROOT / "grader") -> dict[str, set[str]]:
    """By module, its imports. grader/__init__.py, a list of names, is left out."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        module = ".".join(path.relative_to(folder.parent).with_suffix("").parts)
        if module != "grader.__init__":
            found[module.removesuffix(".__init__")] = set(imports_of(path)) - {"grader"}
    return found


def rooms(modules: dict[str, set[str]]) -> dict[str, str]:
    """Each module's room. Of grader's own modules, those that lead to a room make `examine`."""
    room_of = {}
    for module in modules:
        _, name, *inner = module.split(".")
        if inner or (ROOT / "grader" / name).is_dir():
            room_of[module] = name
        elif name in FRONT:
            room_of[module] = "commands"
        else:
            room_of[module] = "core"
    changed = True
    while changed:
        leads = {
            module
            for module, imported in modules.items()
            if room_of[module] == "core" and any(room_of[one] != "core" for one in imported)
        }
        room_of.update(dict.fromkeys(leads, "examine"))
        changed = bool(leads)
    return room_of


def arrows(modules: dict[str, set[str]]) -> list[Arrow]:
    """Imports between rooms, without those that others imply. Raises KeyError for a new room."""
    room_of = rooms(modules)
    found = {
        (room_of[module], room_of[one])
        for module, imported in modules.items()
        for one in imported
        if room_of[module] != room_of[one]
    }
    found = {pair for pair in found if not NOT_DRAWN & {*pair}}
    for room in {room for pair in found for room in pair}:
        if room not in PLACES:
            raise KeyError(f"grader/{room}/ has no place in the picture: PLACES in {__file__}")
    level = {room: number for number, room in enumerate(ORDER)}
    down = {(a, b) for a, b in found if level[a] > level[b]}
    return sorted(
        [Arrow(a, b) for a, b in down if not reaches(a, b, down - {(a, b)})]
        + [Arrow(a, b, back=True) for a, b in found - down],
        key=lambda arrow: (arrow.start, arrow.end),
    )


def reaches(start: str, end: str, pairs: set[tuple[str, str]]) -> bool:
    return any(b == end or reaches(b, end, pairs) for a, b in pairs if a == start)


def words_of(room: str) -> str:
    if room in WORDS:
        return WORDS[room]
    source = (ROOT / "grader" / room / "__init__.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").split("\n\n")[0].replace("\n", " ")


def box(room: str, inside: list[str]) -> Iterator[str]:
    """inside: the modules of a room that is no folder."""
    x, y, width = PLACES[room]
    kind = "kit" if room in IN_THE_KIT else "room"
    left, top = x - width / 2, y - BOX_HEIGHT / 2
    more = MORE_LINES.get(room, 0)
    height = BOX_HEIGHT + 15 * more  # downwards: arrows meet the upper edge where they did
    shape = f'x="{left:g}" y="{top:g}" width="{width}" height="{height}" rx="9"'
    yield f'<rect class="{kind}" {shape}/>'
    title = f"grader/{room}/"
    if room in ("core", "examine"):
        title = "grader/*.py"
    fitting = int((width - 20) / 6.6)  # characters in a line
    words = textwrap.wrap(words_of(room), fitting)
    names = textwrap.wrap(", ".join(inside), fitting)
    if len(words) + len(names) > LINES_IN_A_BOX + more:
        raise ValueError(f"the words of {title} ({room}) do not fit its box")
    yield f'<text class="name" x="{left + 12:g}" y="{top + 22:g}">{title}</text>'
    for number, line in enumerate([*words, *names]):
        kind = "" if number < len(words) else ' class="mono"'
        yield f'<text{kind} x="{left + 12:g}" y="{top + 40 + 15 * number:g}">{escape(line)}</text>'


def door(name: str) -> Iterator[str]:
    x, y, _ = DOORS[name]
    left, top = x - PILL_WIDTH / 2, y - PILL_HEIGHT / 2
    shape = f'x="{left:g}" y="{top:g}" width="{PILL_WIDTH}" height="{PILL_HEIGHT}" rx="15"'
    yield f'<rect class="door" {shape}/>'
    yield f'<text class="name mono" x="{x}" y="{y + 5}" text-anchor="middle">{name}</text>'


def ports(drawn: list[Arrow], room: str, at_top: bool) -> dict[Arrow, float]:
    """Where arrows meet the upper or lower edge of a box, in the order of their other ends."""
    x, _, width = PLACES[room]
    own = [
        arrow
        for arrow in drawn
        if PLACES[arrow.start][1] != PLACES[arrow.end][1]
        and (
            (arrow.end == room and arrow.back != at_top)
            or (arrow.start == room and arrow.back == at_top)
        )
    ]
    other = {arrow: arrow.start if arrow.end == room else arrow.end for arrow in own}
    if room == "core":  # straight down into the wide one
        return {arrow: PLACES[other[arrow]][0] + 30 * arrow.back for arrow in own}
    own.sort(key=lambda arrow: PLACES[other[arrow]][0])
    apart = min(34.0, (width - 40) / max(1, len(own)))
    return {a: x + apart * (n - (len(own) - 1) / 2) for n, a in enumerate(own)}


def curve(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    bend = max(0.6 * (y2 - y1), 26) if y2 > y1 else min(0.6 * (y2 - y1), -26)
    path = f"M{x1:g} {y1:g} C{x1:g} {y1 + bend:g} {x2:g} {y2 - bend:g} {x2:g} {y2:g}"
    return f'<path class="arrow{kind}" d="{path}"/>'


def lines(drawn: list[Arrow]) -> Iterator[str]:
    half = BOX_HEIGHT / 2
    top = {room: ports(drawn, room, at_top=True) for room in PLACES}
    bottom = {room: ports(drawn, room, at_top=False) for room in PLACES}
    for arrow in drawn:
        if PLACES[arrow.start][1] == PLACES[arrow.end][1]:
            yield across(arrow)
            continue
        leave, enter, way = (top, bottom, -1) if arrow.back else (bottom, top, 1)
        y1 = PLACES[arrow.start][1] + way * half
        y2 = PLACES[arrow.end][1] - way * (half + 8)
        kind = " back" if arrow.back else ""
        yield curve(leave[arrow.start][arrow], y1, enter[arrow.end][arrow], y2, kind)
    for x, y, room in DOORS.values():
        middle, below, _ = PLACES[room]
        aim = middle + max(-60, min(60, (x - middle) / 3))
        yield curve(x, y + PILL_HEIGHT / 2, aim, below - half - 8, " way")


def across(arrow: Arrow) -> str:
    """An arrow between two boxes of one row."""
    (start, y, _), (end, _, _) = PLACES[arrow.start], PLACES[arrow.end]
    way = 1 if end > start else -1
    x1, x2 = start + way * BOX_WIDTH / 2, end - way * (BOX_WIDTH / 2 + 8)
    return f'<path class="arrow{" back" * arrow.back}" d="M{x1:g} {y} L{x2:g} {y}"/>'


def head(name: str) -> str:
    shape = 'viewBox="0 0 8 8" refX="1" refY="4" markerWidth="7" markerHeight="7" orient="auto"'
    return f'<marker id="{name}" {shape}><path d="M0 0L8 4L0 8Z"/></marker>'


def picture() -> str:
    modules = imports()
    drawn, room_of = arrows(modules), rooms(modules)
    inside = {r: [m.split(".")[1] for m in modules if room_of[m] == r] for r in WORDS}
    title = "The rooms of grader/ and what each imports, from the doors down to the core"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            f"<title>{title}</title>",
            f"<style>{STYLE}</style>",
            "<defs>" + "".join(map(head, ("head", "backhead", "doorhead"))) + "</defs>",
            f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>',
            *lines(drawn),
            *(line for room in PLACES for line in box(room, inside.get(room, []))),
            *(line for name in DOORS for line in door(name)),
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")

"""Tries hollow versions of each part of a brick, in grading: none may earn a point for its part.

A hollow function does no work: it returns nothing, a constant, or an argument. The other parts are
the reference's, or they are all hollow.
"""

import ast
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from grader.brick import Brick
from grader.check import Check
from grader.outcome import Passed
from grader.reference_functions import ReferenceFunctions
from grader.result import Result

Trial = Callable[[bytes, Sequence[Check]], Sequence[Result]]
# The body of a hollow function; `given` are its arguments but for `self`.
BODIES = {
    "empty": "return None",
    "of zeros": "return 0.0 * given[0] if given else 0.0",
    "of ones": "return 0.0 * given[0] + 1.0 if given else 1.0",
    "handing through its first argument": "return given[0] if given else None",
    "handing through its last argument": "return given[-1] if given else None",
}
ALL = "all parts"


@dataclass(frozen=True)
class Hollow:
    """The names of the checks that pass, by the hollow part and the kind of hollow body."""

    passed: dict[tuple[str, str], list[str]]

    @property
    def defects(self) -> list[str]:
        """A sentence for each point that a hollow part earns."""
        return [
            f"with {what} {way}, {name} gives its points"
            for (what, way), names in self.passed.items()
            for name in names
        ]


def try_hollow(brick: Brick, code: bytes, functions: ReferenceFunctions, trial: Trial) -> Hollow:
    """Tries each part alone, and all together. trial: grades a module's text."""
    quick = [check for check in brick.checks.values() if not check.keras and not check.labels]
    checks = {part: [c for c in quick if c.part == part] for part in brick.parts}
    hollow = {part: functions.of_part(part) for part in brick.parts if checks[part]}
    checks[ALL], hollow[ALL] = quick, frozenset[str]().union(*hollow.values())
    passed = {
        (what, way): [
            result.check.name
            for result in trial(hollowed(code, names, body), checks[what])
            if isinstance(result.outcome, Passed)
        ]
        for what, names in hollow.items()
        for way, body in BODIES.items()
    }
    return Hollow(passed)


def hollowed(code: bytes, names: Set[str], body: str) -> bytes:
    """The module with that body in the functions of these names; constructors are empty."""
    tree = ast.parse(code)
    for node in tree.body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        owner = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for function in inner:
            if isinstance(function, ast.FunctionDef) and owner + function.name in names:
                given = [it.arg for it in function.args.args][1 if owner else 0 :]
                text = "pass" if function.name == "__init__" else body
                lines = [f"given = [{', '.join(given)}]", text]
                function.body = ast.parse("\n".join(lines)).body
    return ast.unparse(tree).encode()

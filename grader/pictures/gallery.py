"""A gallery: the pictures of one brick. exercises/show_<brick>.py declares it beside the checks.

A picture has a probe, as a check has. The probe runs on the student's module, under the same
isolation and limits, and returns arrays; `draw` makes the picture from them in the grader.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from numpy.typing import NDArray

from grader.brick import Brick
from grader.check import Check, Draw, Inputs, Probe, no_inputs

Values = Mapping[str, NDArray[Any]]
Figure = Any  # matplotlib's: the processes that run probes do not import it
# Draws into the figure, its texts made by `words`. What it returns are the figures that the
# caption names in braces: numbers, which the caption rounds, or `words`.
Drawing = Callable[[Figure, Values, Inputs], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Picture:
    """One picture.

    check    its probe, as a check without points, which runners can run.
    parts    the parts of the brick that the picture needs; it belongs to the last one.
    caption  two sentences: what there is to see, and what it says about the idea. Numbers in it
             stand in braces: `draw` returns them, so that they are those of the drawn values.
    alt      what the picture shows, for people who cannot see it.
    size     width and height in inches.
    in_demo  whether `bricks demo` draws it.
    """

    check: Check
    title: str
    parts: tuple[str, ...]
    caption: str
    alt: str
    draw: Drawing
    size: tuple[float, float]
    in_demo: bool = False

    @property
    def name(self) -> str:
        return self.check.name

    @property
    def is_of_a_digit(self) -> bool:
        """Whether a viewer can choose the digit."""
        return "digit" in inspect.signature(self.check.inputs).parameters

    def drawn(self, seed: int, digit: int | None = None) -> Inputs:
        """The inputs of its probe. digit: the one to draw, if the picture is of a digit."""
        if digit is None or not self.is_of_a_digit:
            return self.check.draw(seed)
        of_digit: Any = self.check.inputs  # its type knows no digit
        return replace(self.check, inputs=partial(of_digit, digit=digit)).draw(seed)


@dataclass
class Gallery(Brick):
    """The pictures of a brick, in the order of its page. Its `checks` are their probes."""

    order: int = 0
    title: str = ""
    pictures: dict[str, Picture] = field(default_factory=dict)

    def picture(
        self,
        title: str,
        *,
        parts: tuple[str, ...],
        caption: str,
        alt: str,
        draw: Drawing,
        size: tuple[float, float] = (7.0, 3.0),
        inputs: Draw = no_inputs,
        limit: float = 20.0,
        keras: bool = False,
        in_demo: bool = False,
    ) -> Callable[[Probe], Picture]:
        """Makes the decorated probe a picture of this gallery. See Picture for the arguments.

        limit: seconds of processor time for the probe.
        """

        def register(probe: Probe) -> Picture:
            if probe.__name__ in self.pictures:
                raise ValueError(f"{self.name} has two pictures named {probe.__name__}")
            check = Check(
                self.name, probe.__name__, parts[-1], 0, title, "", probe, inputs,
                limit=limit, keras=keras,
            )  # fmt: skip
            picture = Picture(check, title, parts, caption, alt, draw, size, in_demo)
            self.checks[check.name] = check
            self.pictures[check.name] = picture
            return picture

        return register

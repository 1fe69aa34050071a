"""A check: a probe with its part, points, hint and time limit.

A probe is a function of an implementation: it calls the brick on the inputs that were drawn for it
and returns what came back, by name. It is run on the student's module and on the reference;
grader.judge compares the two.
"""

import contextlib
import inspect
import io
import math
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.illustration import Illustration
from grader.language import in_course

# Names of values that a probe returns only to explain a failure; they are never judged.
ASIDE = "aside: "
SLOPE = ASIDE + "slope of the loss along "


class CheckError(Exception):
    """A check itself fails: a fault of the kit, never of the code that is judged."""


Inputs = Mapping[str, Any]
Probe = Callable[..., Mapping[str, Any]]
Draw = Callable[[np.random.Generator], Inputs]
Measure = Callable[[Mapping[str, Any], Inputs], Mapping[str, Any]]
Illustrate = Callable[[Mapping[str, Any], Mapping[str, Any], Inputs], Illustration | None]


@dataclass(frozen=True)
class Tolerance:
    """Allowed error: absolute + relative * (largest expected magnitude in the array).

    The scale is the array's, not the entry's: an entry that should be 4e-18 may well be 0.0.
    """

    relative: float
    absolute: float


# float32 rounds at 6e-8; sums over some hundred terms and a division or two stay within 1e-5 of
# the largest entry. Ten times that still separates every mistake from a right answer.
FLOAT32 = Tolerance(relative=1e-4, absolute=1e-5)


@dataclass(frozen=True)
class Check:
    """One probe and how it is judged.

    inputs   draws what the probe and the judgement need. The probe is given those that its
             signature names: labels that it does not name never reach the code under test.
    each     name of an input that holds values by run, {"first": 3, "again": 3}: the probe runs
             once for each, in a process of its own, and is given that value. What it returned as
             "kernel" is then "kernel, first" and "kernel, again". Runs that are compared with each
             other must be apart: one process could make up both.
    clean    turns what came back into other values, in a process that never runs the code under
             test: for what takes Keras. `measure` then sees these values.
    measure  turns what came back into what is compared (in trusted code); most checks compare
             what came back as it is.
    labels   name of the input that holds true labels, for an accuracy check; the bar is in the
             course's bars.json. An input named classes says what the labels stand for.
    images   name of the input that holds the images of these labels, in their order: (n, h, w),
             (n, h, w, 1) or square images as rows (n, h * w), uint8 from 0 to 255 or float from 0
             to 1. Where the bar is missed, some that were classified wrong are shown.
    own_design  whether the network at the bar is of the student's own design: the self-check then
             asks for a margin above the bar, so that what passes there passes in class.
    needs    names of checks that must have passed; this one is skipped otherwise.
    vouched_by  names of checks, of which one must have its points where grading does not wait for
             what this one needs: for a check that compares a part with itself, and that values
             could pass which were made up.
    looked_up  whether a wrong answer is looked up among the misconceptions' answers. False where
             the probe trains for seconds: it would have to run for each misconception.
    reason   why the check is there although it catches no known misconception.
    illustrate  makes an illustration of the returned values, the expected ones and the inputs: runs
             only where the check failed, and gives None where there is nothing to see.
    """

    brick: str
    name: str
    part: str
    points: int
    called: str
    hint: str
    probe: Probe
    inputs: Draw
    each: str = ""
    clean: Measure | None = None
    measure: Measure | None = None
    labels: str | None = None
    images: str | None = None
    own_design: bool = False
    needs: tuple[str, ...] = ()
    vouched_by: tuple[str, ...] = ()
    limit: float = 10.0
    tolerance: Tolerance = FLOAT32
    keras: bool = False
    looked_up: bool = True
    reason: str = ""
    illustrate: Illustrate | None = None

    @property
    def id(self) -> str:
        return f"{self.brick}/{self.name}"

    def draw(self, seed: int, attempt: int = 0) -> Inputs:
        """This check's inputs: decided by seed, check and attempt, not by what ran before.

        Raises CheckError where `labels` or `images` name no input, or do not fit together.
        """
        stream = [seed, zlib.crc32(self.id.encode()), attempt]
        inputs = self.inputs(np.random.default_rng(stream))
        if trouble := self._unfit(inputs):
            raise CheckError(f"{self.id}: {trouble}.")
        return inputs

    def _unfit(self, inputs: Inputs) -> str:
        """What is wrong with the labels and images that were drawn; empty where nothing is."""
        for role, name in (("labels", self.labels), ("images", self.images)):
            if name and name not in inputs:
                return f"its {role} are {name!r}, and its inputs are {', '.join(inputs)}"
        if not self.images or not self.labels:
            return ""
        n_images, n_labels = (len(inputs[name]) for name in (self.images, self.labels))
        if n_images != n_labels:
            return (
                f"its images {self.images!r} are {n_images:,}, and its labels {self.labels!r} are "
                f"{n_labels:,}: they must belong together"
            )
        if not are_images(inputs[self.images]):
            return (
                f"its images {self.images!r} have the shape {np.shape(inputs[self.images])}: they "
                "must be (n, h, w), (n, h, w, 1), or square images as rows"
            )
        return ""

    def runs(self, inputs: Inputs) -> dict[str, dict[str, Any]]:
        """By run, those of the inputs that the probe's signature names; one run without a name,
        where the check has no `each`.
        """
        names = list(inspect.signature(self.probe).parameters)[1:]
        for name in [*names, *([self.each] if self.each else [])]:
            if name not in inputs:
                drawn = ", ".join(inputs) or "none"
                raise CheckError(
                    f"{self.where}: {self.id} names {name!r}, and its inputs are: {drawn}"
                )
        shown = {name: inputs[name] for name in names}
        if not self.each:
            return {"": shown}
        return {run: {**shown, self.each: value} for run, value in inputs[self.each].items()}

    def shown_to_probe(self, inputs: Inputs) -> dict[str, Any]:
        """What the probe is given, in the first run."""
        return next(iter(self.runs(inputs).values()))

    def called_with(self, inputs: Inputs) -> str:
        """`called`, with the numbers that were drawn in place of {names}."""
        return in_course(self.called).format_map(_Numbers(inputs))

    @property
    def is_quick(self) -> bool:
        """Whether it takes milliseconds, as neither Keras nor a training does."""
        return self.looked_up and not self.keras and not self.labels

    @property
    def where(self) -> str:
        """The probe's file and line."""
        code = self.probe.__code__
        return f"{Path(code.co_filename).name}, line {code.co_firstlineno}"


class _Numbers(dict[str, Any]):
    """Inputs as `called` shows them; one that was not drawn stands for itself."""

    def __missing__(self, name: str) -> str:
        return name


def of_run(run: str) -> str:
    """What follows the name of a value that one of several runs returned: ", again"."""
    return f", {run}" if run else ""


def are_images(value: Any) -> bool:
    """Whether the array holds grey images: (n, h, w), (n, h, w, 1), or square ones as rows."""
    shape = np.shape(value)
    as_rows = len(shape) == 2 and math.isqrt(shape[1]) ** 2 == shape[1]
    return len(shape) == 3 or as_rows or (len(shape) == 4 and shape[-1] == 1)


def no_inputs(rng: np.random.Generator) -> Inputs:
    return {}


def unpack(returned: Any, *names: str) -> dict[str, Any]:
    """The parts of a returned tuple, by name. Raises UnexpectedReturn for anything else."""
    if not isinstance(returned, tuple | list) or len(returned) != len(names):
        raise UnexpectedReturn(returned, names)
    return dict(zip(names, returned, strict=True))


class UnexpectedReturn(Exception):
    """The returned value is not the tuple that the contract names."""

    def __init__(self, returned: Any, names: tuple[str, ...]):
        self.returned, self.names = returned, names
        super().__init__(", ".join(names))


class Unfit(Exception):
    """Raised by a check's `clean` where what came back is not what the contract names, in words."""

    def __init__(self, name: str, returned: str, expected: str):
        self.name, self.returned, self.expected = name, returned, expected
        super().__init__(f"{name}: {returned} instead of {expected}")


def all_differ(arrays: NDArray[np.generic]) -> bool:
    """Whether no two arrays along the first axis are equal; quick, however large they are."""
    return len({np.ascontiguousarray(array).tobytes() for array in arrays}) == len(arrays)


def where_possible(explain: Callable[..., Mapping[str, Any]], *arguments: Any) -> Mapping[str, Any]:
    """Values that help to explain a failure and are never judged; empty where `explain` raises."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
            return explain(*arguments)
    except Exception:
        return {}


def slopes(
    loss: Callable[[NDArray[np.float64]], float], at: NDArray[np.float64], step: float = 1e-3
) -> NDArray[np.float64]:
    """How fast loss(array) changes along each entry of the array, by central differences."""
    found = np.zeros(np.shape(at))
    for i in np.ndindex(found.shape):
        move = np.zeros(found.shape)
        move[i] = step
        found[i] = (loss(at + move) - loss(at - move)) / (2 * step)
    return found

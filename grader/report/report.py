"""The result of one brick of one student, as plain data with a lossless JSON form.

All that shows a result reads it from here; nothing reads rendered text.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from grader.carry_forward import CarriedForward
from grader.outcome import Fault, Slow
from grader.policy import Predecessors
from grader.report.check_report import CheckReport
from grader.report.codec import ReportError, from_plain, to_plain
from grader.report.equality import equal

FORMAT = 2  # of the JSON form; it changes when an older version could not read it

DETAIL = "detail"  # the outcome; a line of results.jsonl has its kind under "outcome"


class Status(Enum):
    GRADED = "graded"
    NOT_HANDED_IN = "not handed in"
    NOT_USABLE = "not usable"  # something was handed in, and nothing of it could be graded
    CRASHED = "crashed"
    FAULT = "fault of the kit"  # no grade: `why` says what failed, and the next run tries again


@dataclass(frozen=True)
class Provenance:
    """What decided a grade, apart from the student's code and the course.

    seed: the id of the secret seed.
    isolation: the level in force.
    open: whether students could still hand in bricks that others build on.
    digits: a digest of the images.
    """

    seed: str
    isolation: str
    predecessors: Predecessors
    open: bool
    digits: str
    versions: Mapping[str, str]

    def plain(self) -> dict[str, Any]:
        return {**vars(self), "predecessors": self.predecessors.value}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Provenance":
        """Raises ReportError, KeyError, TypeError or ValueError."""
        versions = dict(plain["versions"])
        return cls(
            seed=from_plain(str, plain["seed"]),
            isolation=from_plain(str, plain["isolation"]),
            predecessors=Predecessors(plain["predecessors"]),
            open=from_plain(bool, plain["open"]),
            digits=from_plain(str, plain["digits"]),
            versions={str(name): from_plain(str, version) for name, version in versions.items()},
        )


@dataclass(frozen=True, eq=False)
class Report:
    """One brick of one student.

    maximum  points of all the brick's checks
    carried  the accuracy of a right brick on the student's own predecessors
    slow     slow statements of the brick outside any function; no check pays for them
    why      the reason if there are no checks
    cpu      seconds of processor time, loading the sources included
    file     the path of the file that was graded, as it was handed in; empty where none was
    when     that file's time, as ISO 8601 writes it, with the zone
    key      a digest of all that decided the grade; empty where it is no grade, or not known
    """

    student: str
    brick: str
    status: Status
    maximum: int
    provenance: Provenance
    checks: tuple[CheckReport, ...] = ()
    carried: CarriedForward | None = None
    why: str = ""
    cpu: float = 0.0
    key: str = ""
    slow: tuple[Slow, ...] = ()
    file: str = ""
    when: str = ""

    def __eq__(self, other: object) -> bool:
        return equal(self, other)

    @property
    def points(self) -> int:
        return sum(check.points for check in self.checks)

    @property
    def is_fault(self) -> bool:
        """Whether the kit failed, and not the student."""
        return self.status is Status.FAULT or any(
            isinstance(check.outcome, Fault) for check in self.checks
        )

    def plain(self) -> dict[str, Any]:
        return {
            "student": self.student,
            "brick": self.brick,
            "format": FORMAT,
            "status": self.status.value,
            "maximum": self.maximum,
            "checks": [plain_check(check) for check in self.checks],
            "carried": to_plain(self.carried),
            "slow": to_plain(self.slow),
            "why": self.why,
            "file": self.file,
            "when": self.when,
            **self.provenance.plain(),
            "cpu": self.cpu,
            "key": self.key,
        }

    def to_json(self) -> str:
        """One line, from which `from_json` makes an equal report."""
        return json.dumps(self.plain(), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Report":
        """What `to_json` wrote, or a line of results.jsonl. Raises ReportError."""
        plain = _object(text)
        if plain.get("format") != FORMAT:
            raise ReportError(
                f"A result of format {plain.get('format', 'none')}, and this version of the kit "
                f"reads {FORMAT}: grade again with it."
            )
        try:
            return cls(
                student=from_plain(str, plain["student"]),
                brick=from_plain(str, plain["brick"]),
                status=Status(plain["status"]),
                maximum=from_plain(int, plain["maximum"]),
                provenance=Provenance.from_plain(plain),
                checks=tuple(map(check_from_plain, plain["checks"])),
                carried=from_plain(CarriedForward | None, plain["carried"]),
                slow=from_plain(tuple[Slow, ...], plain["slow"]),
                why=from_plain(str, plain["why"]),
                file=from_plain(str, plain.get("file", "")),
                when=from_plain(str, plain.get("when", "")),
                cpu=from_plain(float, plain.get("cpu", 0.0)),
                key=from_plain(str, plain["key"]),
            )
        except KeyError as error:
            raise ReportError(f"A result without {error}.") from None
        except (TypeError, ValueError) as error:
            raise ReportError(f"A result that cannot be read: {error}.") from None


def plain_check(check: CheckReport) -> dict[str, Any]:
    plain = to_plain(check)
    del plain["type"]
    plain[DETAIL] = plain.pop("outcome")
    return dict(plain)


def check_from_plain(plain: Any) -> CheckReport:
    """Reads a check; ignores unknown fields, which are rendered text. Raises ReportError."""
    if not isinstance(plain, Mapping):
        raise ReportError("A check of a report is no object.")
    own = {name: plain[name] for name in CheckReport.__dataclass_fields__ if name in plain}
    own["outcome"] = plain.get(DETAIL)
    report: CheckReport = from_plain(CheckReport, {"type": CheckReport.__name__, **own})
    return report


def _object(text: str) -> dict[str, Any]:
    try:
        plain = json.loads(text)
    except ValueError as error:
        raise ReportError(f"A result that is no JSON: {error}.") from None
    if not isinstance(plain, dict):
        raise ReportError("A result that is no object.")
    return plain

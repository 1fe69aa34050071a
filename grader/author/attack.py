"""Attacks a brick: which points an adversary earns, and which answers it can know by heart."""

from dataclasses import dataclass

from grader.author.adversary import Forgery, earned, forgery
from grader.author.answer_table import Table, answer_table, counted
from grader.author.reference_answers import ReferenceAnswers
from grader.brick import Brick
from grader.course import Course
from grader.probe import Runner
from grader.result import fault_of


@dataclass(frozen=True)
class Attack:
    """The results for all checks of a brick.

    forgeries  checks that pass without their answer, each alone.
    tables     how each check could be answered from a table.
    untested   a sentence for each check that could not be attacked.
    """

    brick: Brick
    forgeries: tuple[Forgery, ...]
    tables: tuple[Table, ...]
    untested: tuple[str, ...]

    @property
    def points(self) -> int:
        """The points that the adversary earns."""
        return sum(one.check.points for one in earned(self.brick, self.forgeries))

    @property
    def defects(self) -> list[str]:
        """A sentence for each check that asks for too little."""
        given = [
            f"{one.check.name} gives {counted(one.check.points, 'point')} for {one.what} "
            f"(at seed {one.seed}), and no check that asks for more is needed, or vouches for it"
            for one in earned(self.brick, self.forgeries)
        ]
        learned = [defect for table in self.tables for defect in table.defects]
        return [*given, *learned, *self.untested]


def attack(course: Course, brick: str, runner: Runner) -> Attack:
    """Attacks every check of the brick. The runner runs the reference only."""
    forgeries, tables, untested = [], [], []
    for check in course.bricks[brick].checks.values():
        answers = ReferenceAnswers(course, check, runner)
        try:
            forged = forgery(course, answers)
            tables.append(answer_table(answers))
        except Exception as error:  # a check with a fault must not stop the others
            untested.append(f"{check.name} is not attacked: {fault_of(error).reason}")
            continue
        forgeries += [forged] if forged else []
    return Attack(course.bricks[brick], tuple(forgeries), tuple(tables), tuple(untested))

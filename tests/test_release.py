"""The student's kit: no solutions in it, and the same verdicts."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from grader.course import PUBLIC_SEED, Course
from grader.desk.stubs import BEGIN, END
from grader.examine import Examination
from grader.examiner import known_for
from grader.expected import RecordedAnswers, RecordedExpected
from grader.live import LiveAnswers, LiveExpected
from grader.misconceptions import misconceptions, with_misconception
from grader.report.check_report import check_report
from grader.report.text import explain
from grader.runner.encoding import job_to_frame
from grader.runner.process import Process
from grader.submission import handed_from, sources_of


@pytest.fixture(scope="module")
def kit(released):
    """The kit that was released for all tests of this run."""
    return Course(released)


# By `pytest exercises/`, lines of the engine; repairs and networks came after the goal of 3,500.
MOST_IMPORTED = 9_750
COUNTS = """
import sys
from pathlib import Path


def pytest_unconfigure(config):
    own = {name: module.__file__ for name, module in sys.modules.items()
           if name.partition(".")[0] == "grader"}
    lines = sum(len(Path(file).read_text(encoding="utf-8").splitlines()) for file in own.values())
    Path("imported").write_text("\\n".join([str(lines), *sorted(own), *own.values()]))
"""


@pytest.mark.long
@pytest.mark.parametrize("solved", [False, True])
def test_a_self_check_imports_little(course, kit, tmp_path, solved):
    """With bricks that fail in several ways, and with right ones, but for what trains."""
    root = tmp_path / "kit"
    shutil.copytree(kit.root, root)
    (root / "counts.py").write_text(COUNTS)
    for brick in course.bricks:
        if solved or brick in MISTAKES:
            code = (course.solutions / f"{brick}.py").read_text(encoding="utf-8")
            code += "" if solved else MISTAKES[brick]
            (root / "exercises" / f"{brick}.py").write_text(code, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "counts", "-m", "not keras", "exercises"],
        cwd=root, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == (0 if solved else 1), run.stdout
    lines, *imported = (root / "imported").read_text().splitlines()
    files = [name for name in imported if name.endswith(".py")]
    assert all(Path(file).is_relative_to(root) for file in files), "not the kit's own engine"
    assert int(lines) <= MOST_IMPORTED, imported


def solution_lines(course):
    """Lines of a solution region or cell, and of solutions by another hand, but not of stubs."""
    stubs = "".join(
        (course.exercises / f"{b}.py").read_text(encoding="utf-8") for b in course.bricks
    )
    lines = set()
    for brick in course.bricks:
        text = (course.solutions / f"{brick}.py").read_text(encoding="utf-8")
        for region in re.findall(rf"{BEGIN}\n(.*?){END}", text, flags=re.DOTALL):
            lines |= {line.strip() for line in region.splitlines()}
    for path in (course.solutions / "by_another_hand").glob("*.py"):
        lines |= {line.strip() for line in path.read_text(encoding="utf-8").splitlines()}
    return {line for line in lines if len(line) > 25 and line not in stubs}


@pytest.mark.slow
def test_no_file_string_or_byte_code_of_the_solutions_is_in_it(course, kit):
    lines = solution_lines(course)
    assert len(lines) > 100
    files = [path for path in kit.root.rglob("*") if path.is_file()]
    assert not [p for p in files if p.suffix == ".pyc" or "solution" in p.name.lower()]
    checks = "".join(
        course.checks_file(brick).read_text(encoding="utf-8") for brick in course.bricks
    )
    for path in files:
        content = path.read_bytes()
        leaked = [line for line in lines if line.encode() in content and line not in checks]
        assert leaked == [], path


@pytest.mark.long
def test_without_bars_it_is_refused_before_anything_is_recorded(checkout):
    (checkout.root / "exercises" / "bars.json").unlink()
    run = checkout.bricks("release", "kit")
    assert run.returncode == 2
    assert "exercises/bars.json lacks neuron/zeros_and_ones, " in run.stderr
    assert run.stderr.endswith("run `bricks calibrate` first.\n") and run.stderr.count("\n") == 1
    assert not (checkout.root / "kit").exists()


@pytest.mark.slow
def test_its_recordings_are_small(kit):
    assert sum(path.stat().st_size for path in kit.recorded.iterdir()) < 3_000_000


@pytest.mark.slow
def test_stubs_checks_and_bars_are_those_of_the_course(course, kit):
    for path in sorted(course.exercises.glob("*.*")):
        assert (kit.exercises / path.name).read_bytes() == path.read_bytes()


class Remembering:
    """Runs equal jobs once: what a student's code answers does not depend on who judges it."""

    def __init__(self, runner):
        self.runner = runner
        self.known = {}

    def run(self, job):
        plain, arrays = job_to_frame(job)
        # The checks of the kit are those of the course, byte for byte: another test asserts it.
        plain["checks_file"] = job.checks_file.name
        # Where a file lies and whose it is decides which lines are shown, and no verdict.
        plain["sources"] = [(brick, Path(file).name) for brick, file, _ in plain["sources"]]
        key = (
            repr(sorted(plain.items())),
            tuple(
                (name, array.shape, array.dtype.str, array.tobytes())
                for name, array in arrays.items()
            ),
        )
        if key not in self.known:
            self.known[key] = self.runner.run(job)
        return self.known[key]


@pytest.mark.slow
@pytest.mark.parametrize(
    "brick",
    [
        "neuron",
        "layer",
        "mlp",
        "convolution",
        pytest.param("cnn", marks=pytest.mark.long),
        "features",
    ],
)
def test_recorded_and_live_verdicts_agree(course, kit, brick, tmp_path):
    student, reference = Process(), Process()
    once = Remembering(student)
    wrong = (course.solutions / f"{brick}.py").read_text(encoding="utf-8") + MISTAKES[brick]
    file = tmp_path / f"{brick}.py"
    for name in course.bricks:
        shutil.copy(course.solutions / f"{name}.py", file.parent)
    outcomes = {}
    for code in (None, wrong):
        if code:
            file.write_text(code, encoding="utf-8")
        for where in (course, kit):
            expected_values, _ = known_for(where, brick, reference)
            assert isinstance(
                expected_values, LiveExpected if where is course else RecordedExpected
            )
            examination = Examination(
                where,
                brick,
                sources_of(where, brick, handed_from(where, file.parent)),
                once,
                expected_values,
                PUBLIC_SEED,
            )
            outcomes[where, code] = {r.check.id: (r.points, type(r.outcome)) for r in examination}
        assert outcomes[course, code] == outcomes[kit, code]
    assert sum(points for points, _ in outcomes[kit, None].values()) == 20
    assert 0 < sum(points for points, _ in outcomes[kit, wrong].values()) < 20
    student.close()
    reference.close()


@pytest.mark.long
@pytest.mark.parametrize("brick", ["neuron", "layer", "mlp", "convolution", "cnn", "features"])
def test_recorded_and_live_messages_agree_for_every_misconception(course, kit, brick):
    """Two mistakes at once as well: each misconception, and some on top of the first of all."""
    student, reference = Process(), Process()
    once = Remembering(student)
    *before, right = course.reference(brick)
    known = misconceptions(course, brick)
    first = with_misconception(right, known[0])
    made = [with_misconception(right, m) for m in known]
    made += [with_misconception(first, m) for m in known[1::4]]
    oracles = {course: LiveExpected(course, reference), kit: RecordedExpected(kit.recorded)}
    lineups = {course: LiveAnswers(course, reference), kit: RecordedAnswers(kit.recorded)}
    for source in made:
        messages = {}
        for where in (course, kit):
            examination = Examination(
                where, brick, [*before, source], once, oracles[where], PUBLIC_SEED,
                lineups[where],
            )  # fmt: skip
            checks = where.bricks[brick].checks.values()
            results = [examination.result(c.name) for c in checks if not c.labels and not c.keras]
            messages[where] = [explain(check_report(result)) for result in results]
        assert messages[course] == messages[kit]
    student.close()
    reference.close()


MISTAKES = {
    "neuron": "\nNeuron.predict = lambda self, x: self.forward(x)\n",
    "layer": "\nDense.step = lambda self, learning_rate: None\n",
    "mlp": "\nrelu_backward = lambda d_out, z: d_out\n",
    "convolution": "\nedge_kernels = lambda: np.zeros((3, 3, 1, 2))\n",
    "cnn": "\nCNN.predict = lambda self, x: self.forward(x)\n",
    "features": "\nreceptive_field = lambda layers: (1, 1)\n",
}


def interpreters():
    """The oldest and the newest Python found that the kit supports; this one where there is none.

    Looked for on the path and among pyenv's versions.
    """
    found = {}
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for minor in range(10, 14):
        name = f"python3.{minor}"
        places = [*pyenv.glob(f"3.{minor}.*/bin/{name}"), shutil.which(name) or ""]
        for place in map(str, places):
            if place and subprocess.run([place, "-c", ""], capture_output=True).returncode == 0:
                found[minor] = place
                break
    return sorted({found[min(found)], found[max(found)]}) if found else [sys.executable]


@pytest.mark.slow
@pytest.mark.long
def test_the_first_cell_in_colab_brings_the_checks(course, kit, tmp_path):
    """The cell of the kit's README, typed into IPython in a new environment, beside kit.zip."""
    readme = (kit.root / "README.md").read_text(encoding="utf-8")
    cell = re.search(r"^    !.*\n    %env .*$", readme, re.MULTILINE)[0]
    shutil.make_archive(str(tmp_path / "kit"), "zip", kit.root.parent, kit.root.name)
    assert kit.root.name == "kit"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    bin_ = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([bin_ / "pip", "install", "-q", "ipython"], check=True)
    part = "%check neuron images_to_vectors"
    notebook = tmp_path / "first.ipy"
    lines = [*textwrap.dedent(cell).splitlines(), "%load_ext grader", part]
    notebook.write_text("\n".join(lines) + "\n", encoding="utf-8")
    environment = {**os.environ, "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}"}
    run = subprocess.run(
        [bin_ / "ipython", "--no-banner", "--colors=NoColor", notebook.name],
        cwd=tmp_path, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert "No cell that defines images_to_vectors has run yet" in run.stdout, run.stderr


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("interpreter", interpreters(), ids=lambda path: Path(path).name)
def test_elsewhere_with_only_the_released_things_installed(course, kit, tmp_path, interpreter):
    """The student's README, typed: first without Keras, which comes with the check that asks."""
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(kit.root, elsewhere)
    subprocess.run([interpreter, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"

    # TensorFlow has some thousand files that nothing here imports.
    environment = {**os.environ, "PIP_NO_COMPILE": "1"}

    def run(*command):
        return subprocess.run(
            [python, "-I", "-m", *command],
            cwd=elsewhere, env=environment, capture_output=True, text=True,
        )  # fmt: skip

    installed = run("pip", "install", "--quiet", ".")
    assert installed.returncode == 0, installed.stderr
    blank = run("pytest", "exercises")
    assert blank.stdout.count("not started") == len(course.bricks)
    assert "passed" not in blank.stdout
    for brick in course.bricks:
        shutil.copy(course.solutions / f"{brick}.py", elsewhere / "exercises")
    by_numpy = run("pytest", "exercises", "-k", "neuron")
    assert re.search(r"neuron +#+\.* +19 of 20 +\(1 point not run\)", by_numpy.stdout)
    assert "pip install keras" in by_numpy.stdout
    installed = run("pip", "install", "--quiet", ".[keras]")
    assert installed.returncode == 0, installed.stderr
    solved = run("pytest", "exercises")
    assert solved.stdout.count("20 of 20") == len(course.bricks), solved.stdout
    assert solved.returncode == 0

"""nbgrader's pages and the student's notebook, as people meet them: in a browser.

With BRICKS_PICTURES=docs/pictures the same tests run on the course's own first brick and leave the
pictures of docs/instructor.md there.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest
from nbgrader.api import Gradebook

from grader.author.release import release
from grader.course import Course

CHROMIUM = shutil.which("chromium")
PICTURES = os.environ.get("BRICKS_PICTURES")
api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]

ROOT = Path(__file__).parents[2]
SECONDS = 60  # for a page, on a busy machine
OFFLINE = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LAB = {  # JupyterLab's settings: no question about news, and cells out of sight exist too
    "apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
    "notebook-extension/tracker": '{"windowingMode": "none"}',
}
NAMES = {"ada": ("Ada", "Lovelace"), "ben": ("Ben", "Adams"), "cleo": ("Cleo", "Martin")}
SCRIPT = "<script>alert('ran')</script><img src=x onerror=alert('ran')>"


@dataclass(frozen=True)
class Scene:
    """A brick on the desk, and what its three students come to: right, one mistake, blank."""

    desk: object
    brick: str
    part: str  # the first
    code: tuple[str, str]  # a line that is wrong, and the right one, where the stub has none
    earned: tuple[int, int]  # by either
    mistake: tuple[str, str, str, str]  # ben's: the grade id, its points, code, what is said
    points: dict[str, int]

    @property
    def maximum(self):
        return self.points["ada"]


@pytest.fixture
def scene(desk, request, tmp_path):
    made = first_brick(request.getfixturevalue("whole")) if PICTURES else toy(desk)
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    with (made.desk.root / "nbgrader_config.py").open("a") as config:
        config.write(f'\nc.Exchange.root = "{exchange}"\nc.Judge.isolation = "basic"\n')
    with Gradebook(f"sqlite:///{made.desk.root}/gradebook.db") as book:
        for student, (first, last) in NAMES.items():
            book.update_or_create_student(student, first_name=first, last_name=last)
    return made


def toy(desk):
    wrong = "def double(x):\n    return x + x + x"
    desk.hand_in("ada", desk.RIGHT)
    desk.hand_in("ben", {**desk.RIGHT, "double-solution": wrong})
    return Scene(
        desk, "toy", "double", ("return 3 * x", "return 2 * x"), (1, 2),
        ("test-double", "1", "return x + x + x", "think     Twice?"),
        {"ada": 5, "ben": 4, "cleo": 0},
    )  # fmt: skip


def first_brick(desk):
    assert desk.nbgrader("generate_assignment", "neuron") == 0
    source = nbformat.read(desk.root / "source" / "neuron" / "neuron.ipynb", as_version=4)
    cells = {
        cell.metadata.nbgrader.grade_id: re.sub(r"\n *### (BEGIN|END) SOLUTION", "", cell.source)
        for cell in source.cells
        if "nbgrader" in cell.metadata
    }
    loss = "binary_cross_entropy-solution"
    assert "-np.mean(" in cells[loss]
    wrong = cells[loss].replace("-np.mean(", "-np.sum(")
    when = "2026-03-02 17:{}:00 UTC"
    desk.hand_in("ada", cells, "neuron", when=when.format(12))
    desk.hand_in("ben", {**cells, loss: wrong}, "neuron", when=when.format(31))
    rows = "return images.reshape(len(images), -1)"
    return Scene(
        desk, "neuron", "images_to_vectors", (f"{rows} * 1.0", f"{rows} / 255"), (0, 1),
        ("test-binary_cross_entropy", "0", "-np.sum(", "not their mean"),
        {"ada": 20, "ben": 10, "cleo": 0},
    )  # fmt: skip


@pytest.fixture
def serve(tmp_path):
    """Starts Jupyter in a folder; returns where it answers."""
    started = []
    log = tmp_path / "jupyter.log"
    own = tmp_path / "jupyter"
    places = {
        "HOME": "home", "IPYTHONDIR": "ipython", "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "run", "XDG_CACHE_HOME": "cache",
    }  # fmt: skip
    for name, text in LAB.items():
        path = own / "config/lab/user-settings/@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def start(folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = [
            *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
            *("--IdentityProvider.token=", "--no-browser", "--allow-root"),
        ]
        with log.open("w") as out:
            server = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *options],
                cwd=folder,
                env={**os.environ, **{name: str(own / place) for name, place in places.items()}},
                stdout=out,
                stderr=out,
            )
        started.append(server)
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                urlopen(f"http://127.0.0.1:{port}/api", timeout=SECONDS).close()
                return f"http://127.0.0.1:{port}"
            except URLError:
                assert server.poll() is None and time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)

    yield start
    for server in started:
        server.terminate()  # it ends its kernels
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def browsing():
    """A page of Chromium; what scripts in it say is in `page.said`."""
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OFFLINE)
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(SECONDS * 1000)
            api.expect.set_options(timeout=SECONDS * 1000)
            page.said = []
            page.on("dialog", lambda dialog: (page.said.append(dialog.message), dialog.dismiss()))
            yield page
        finally:
            browser.close()


@pytest.fixture
def picture(tmp_path):
    folder = Path(PICTURES) if PICTURES else tmp_path
    folder.mkdir(parents=True, exist_ok=True)

    def shoot(page, name, height=800, top=None):
        """The page as it is, or from a little above an element on."""
        page.set_viewport_size({"width": 1280, "height": height})
        if top is not None:
            top.evaluate("e => window.scrollBy(0, e.getBoundingClientRect().top - 240)")
        page.screenshot(path=folder / f"{name}.png")

    return shoot


def reads_well(verdict):
    """Its rows stand together, and break between words: pages have their own ideas of a <pre>."""
    for row in verdict.locator("pre").all():
        api.expect(row).to_have_css("border-top-width", "0px")
        api.expect(row).to_have_css("padding-top", "0px")
        api.expect(row).to_have_css("word-break", "normal")


def there(page):
    """Waits until formgrader has put points and comments into the page of a submission."""
    for field in (page.locator(".score").last, page.locator(".comment").last):
        api.expect(field).to_have_attribute("placeholder", re.compile("."))


@pytest.mark.long
def test_formgrader_shows_the_class_grades_and_keeps_a_comment(scene, serve, picture):
    desk, brick = scene.desk, scene.brick
    assert desk.bricks("autograde", brick, "--isolation", "basic") == 0
    desk.hand_in("cleo", brick=brick, when="2026-03-02 17:58:00 UTC")
    grade_id, left, code, said = scene.mistake
    address = serve(desk.root)
    with browsing() as page:
        page.goto(f"{address}/formgrader/")
        row = page.locator("tbody tr").filter(has=page.get_by_role("link", name=brick, exact=True))
        api.expect(row.locator(".num-submissions")).to_have_text("3")
        picture(page, "assignments", 620)

        row.locator(".num-submissions a").click()
        rows = {name: page.locator("tbody tr", has_text=last) for name, (_, last) in NAMES.items()}
        api.expect(rows["cleo"].locator(".status")).to_have_text("needs autograding")
        rows["cleo"].locator(".autograde a").click()
        api.expect(page.locator("#success-modal")).to_contain_text(f"autograded '{brick}'")
        page.get_by_role("button", name="OK").click()
        for student, points in scene.points.items():
            shown = f"{points} / {scene.maximum}"
            api.expect(rows[student].locator(".score")).to_have_text(shown)
        api.expect(page.locator(".modal-backdrop")).to_have_count(0)
        picture(page, "submissions", 460)

        page.get_by_role("link", name="Manual Grading").click()
        for _ in ("assignment", "notebook"):
            page.locator("tbody").get_by_role("link", name=brick, exact=True).click()
        api.expect(page.locator("a.name-hidden")).to_have_count(3)
        page.get_by_role("button", name="Show All Names").click()
        page.locator("a.name-shown", has_text="Adams").click()
        there(page)
        api.expect(page.locator(f"#{grade_id}")).to_have_attribute("placeholder", left)
        answer = page.locator(".nbgrader_cell", has_text=code)
        api.expect(answer.locator(".input_area")).to_contain_text(code)
        verdict = page.locator(".bricks", has_text=said)
        api.expect(verdict).to_contain_text("returned")
        api.expect(verdict).to_contain_text("expected")
        reads_well(verdict)

        comment = answer.locator(".comment")
        with page.expect_response(lambda r: "/api/comment/" in r.url and r.request.method == "PUT"):
            comment.fill("Read the loss again: it is a *mean*.")
            comment.blur()
        page.reload()
        there(page)
        api.expect(comment).to_have_value("Read the loss again: it is a *mean*.")
        picture(page, "submission", 800, comment)
    kept = desk.sql("select manual_comment from comment where manual_comment is not null")
    assert kept == [("Read the loss again: it is a *mean*.",)]
    assert desk.nbgrader("generate_feedback", brick) == 0
    assert "it is a <em>mean</em>" in desk.feedback("ben", brick)


@pytest.mark.long
@pytest.mark.parametrize("folder", ["course", "above"])
def test_nothing_that_a_student_wrote_runs_in_formgrader(desk, serve, folder):
    """Led to the course from above, formgrader has no filters: notebooks must do without."""

    def with_scripts(notebook):
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(SCRIPT, id="scripts"))
        notebook.cells.append(nbformat.v4.new_raw_cell(SCRIPT))
        notebook.metadata.language_info = {"name": f'"> {SCRIPT}'}
        for cell in notebook.cells:
            cell.metadata.tags = [f'"> {SCRIPT}']

    raises = f'def double(x):\n    raise ValueError("""{SCRIPT}""")'
    desk.hand_in("eve", {"double-solution": raises}, change=with_scripts)
    assert desk.nbgrader("autograde", "toy") == 0
    desk.sql(f'update comment set manual_comment = "{SCRIPT}"')
    assert desk.nbgrader("generate_feedback", "toy") == 0
    [[submission]] = desk.sql("select id from submitted_notebook")
    address = serve(desk.root if folder == "course" else desk.root.parent)
    with browsing() as page:
        page.goto(f"{address}/formgrader/{'' if folder == 'course' else '?path=course'}")
        page.goto(f"{address}/formgrader/submissions/{submission}/")
        there(page)
        texts = page.locator(".text_cell", has_text=SCRIPT)
        api.expect(texts).to_have_count(2)  # the text cell and the raw one
        for text in texts.all():
            api.expect(text).to_be_visible()
        api.expect(page.locator(".bricks", has_text=SCRIPT).first).to_be_visible()
        page.goto((desk.root / "feedback" / "eve" / "toy" / "toy.html").as_uri())
        api.expect(page.locator("body")).to_contain_text(SCRIPT)
        assert page.said == []

        graded = desk.root / "autograded" / "eve" / "toy" / "toy.ipynb"
        notebook = desk.graded("eve")
        notebook.cells[0].source = SCRIPT  # as stock nbgrader leaves it
        graded.chmod(0o600)
        nbformat.write(notebook, graded)
        page.goto(f"{address}/formgrader/submissions/{submission}/")
        there(page)
        assert page.said == ([] if folder == "course" else ["ran", "ran"])


def kit_of(desk):
    """The folder that students are given."""
    (desk.root / "LICENSE").touch()
    shutil.copy(ROOT / "pyproject.toml", desk.root)
    release(Course(desk.root), desk.root / "kit")
    return desk.root / "kit"


@pytest.mark.long
def test_a_student_runs_corrects_and_runs_again(scene, serve, picture):
    brick, (wrong, right) = scene.brick, scene.code
    address = serve(kit_of(scene.desk))
    with browsing() as page:
        solution, check = opened(page, f"{address}/lab/tree/notebooks/{brick}.ipynb", scene)
        for now, line, points in zip(("raise", wrong), (wrong, right), scene.earned, strict=True):
            told = tried(page, solution, check, now, line)
            api.expect(told).to_contain_text(f"{brick}: {points} of {scene.maximum} points so far")
            if line == wrong:
                for word in ("called", "returned", "expected", "think"):
                    api.expect(told).to_contain_text(word)
                reads_well(told.locator(".bricks"))
            else:
                api.expect(told).not_to_contain_text("returned")
            check.scroll_into_view_if_needed()
            picture(page, "wrong-cell" if line == wrong else "right-cell")


@pytest.mark.long
def test_the_students_notebook_works_in_notebook_7(scene, serve):
    brick, (_, right) = scene.brick, scene.code
    address = serve(kit_of(scene.desk))
    with browsing() as page:
        solution, check = opened(page, f"{address}/notebooks/notebooks/{brick}.ipynb", scene)
        told = tried(page, solution, check, "raise", right)
        points = f"{brick}: {scene.earned[1]} of {scene.maximum} points so far"
        api.expect(told).to_contain_text(points)
        api.expect(told.locator(".bricks")).to_contain_text(": right")


def opened(page, address, scene):
    """The cells of the first part's solution and check, once those above them have run."""
    page.goto(address)
    cells = page.locator(".jp-CodeCell")
    check = cells.filter(has_text=f"%check {scene.brick} {scene.part}").first
    solution = cells.filter(has_text="NotImplementedError").first
    first = re.search(r"def \w+\(", solution.locator(".cm-content").inner_text())[0]
    api.expect(page.locator(".jp-KernelName")).to_contain_text("Python 3")
    kernel = page.locator(".jp-Notebook-ExecutionIndicator")
    api.expect(kernel).to_have_attribute("data-status", "idle")
    for cell in (cells.nth(0), cells.nth(1)):  # set-up and imports
        run(page, cell)
    return cells.filter(has_text=first).first, check  # under a name that stays


def tried(page, solution, check, now, line):
    """What the check shows with a line in place of the one that begins with `now`."""
    edit(page, solution, now, line)
    run(page, solution)
    check.locator(".cm-content").click()
    page.locator(".jp-NotebookPanel-toolbar [data-jp-item-name=run]").click()
    return check.locator(".jp-Cell-outputArea")


def edit(page, cell, now, line):
    """Puts a line in place of the one that begins with `now`."""
    cell.locator(".cm-line", has_text=now).last.click()
    page.keyboard.press("End")
    page.keyboard.press("Shift+Home")
    page.keyboard.type(line)


def run(page, cell):
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")

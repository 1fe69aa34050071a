"""From `bricks grade` to the class report and to feedback, as it is typed."""

import re

import pytest


@pytest.mark.long
def test_from_grades_to_pages(toys):
    assert toys.grade("before").returncode == 1  # some do not load
    toys.hand_in("wrong-01", toys.SOLUTION)
    assert toys.grade("results").returncode == 1
    run = toys.checkout.bricks("report", "results", "--since", "before")
    assert run.returncode == 0, run.stderr
    said = " ".join(run.stdout.split())
    assert "28 students" in said
    assert re.search(r"wrong-01 toy 1 -> 2 values passes now", said)
    assert "results/report.html" in said
    page = (toys.checkout.root / "results" / "report.html").read_text()
    assert page.count("<svg ") >= 2 and "<script" not in page and "http-equiv" in page

    # The three who return x are one mistake, and so are those who return nothing.
    clusters = dict(re.findall(r"(\d) toy / f: (.*?) (?:located|unknown):", said))
    assert "3" in clusters and "4" in clusters, said
    cluster = re.search(r"toy/values~[0-9a-f]{6}", run.stdout)[0]
    (toys.checkout.root / "comments.toml").write_text(f'"{cluster}" = "See slide 14."\n')
    run = toys.checkout.bricks("feedback", "results", "pages")
    assert run.returncode == 0, run.stderr
    assert "Feedback for 28 students is in pages" in run.stdout
    pages = toys.checkout.root / "pages"
    reached = [path.stem for path in pages.glob("*.md") if "slide 14" in path.read_text()]
    assert len(reached) in (3, 4) and len({name[:-3] for name in reached}) == 1

    (toys.checkout.root / "file").write_text("")
    run = toys.checkout.bricks("feedback", "results", "file")
    assert run.returncode == 2 and len(run.stderr.splitlines()) == 1, run.stderr


def test_a_folder_without_results_is_said_in_a_line(toys):
    run = toys.checkout.bricks("report", "nowhere")
    assert run.returncode == 2
    assert run.stderr.startswith("bricks: nowhere has no results.jsonl")

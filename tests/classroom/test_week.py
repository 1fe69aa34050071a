"""An instructor's week: from a platform's zip to marks, feedback and the lecture's page."""

import csv
import zipfile

import pytest

LATE, IN_TIME = (2026, 12, 9, 10, 0, 0), (2026, 11, 30, 10, 0, 0)
RULES = """timezone = "Europe/Brussels"
due.first = 2026-12-01T23:59:00
late.per_day = 0.1
"""
COLUMNS = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments"
)


def handed_in(right):
    """By student, files, points of the two bricks, and the mark in Moodle (empty: none)."""
    other = right + b"\n\ndef more():\n    return 1\n"
    both = {"first.py": right, "second.py": right}
    return {
        "Ada Lovelace": (both, "2", "2", "4"),
        "Zoë Müller": ({"Copy of first.py": right, "second (1).py.txt": right}, "2", "2", "4"),
        "김 민준": (both, "2", "2", "4"),
        "Lee, Jr., Sam": (both, "2", "2", "4"),
        "Quim Late": (both, "2", "2", "2.4"),
        "Ivo Word": (
            {"first.docx": b"PK\3\4 word/document.xml", "second.py": right}, "not usable", "2", "2"
        ),
        "Nia Two": (
            {"first.py": right, "first_final.py": other, "second.py": right}, "not usable", "2", "2"
        ),
        "Uma Pdf": ({"report.pdf": b"%PDF-1.7"}, "not usable", "not usable", ""),
    }  # fmt: skip


@pytest.mark.long
def test_from_a_zip_to_marks_feedback_and_the_next_lectures_page(toys, two_bricks):
    root, bricks = two_bricks.root, toys.checkout.bricks
    (root / "course.toml").write_text(RULES)
    students = handed_in(toys.SOLUTION.encode())
    with zipfile.ZipFile(root / "class.zip", "w") as packed:
        for number, (name, (files, *_)) in enumerate(students.items(), start=101):
            for file, content in files.items():
                folder = f"{name}_{number}_assignsubmission_file_"
                time = LATE if "Late" in name else IN_TIME
                packed.writestr(zipfile.ZipInfo(f"{folder}/{file}", time), content)
    with (root / "sheet.csv").open("w", newline="", encoding="utf-8-sig") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS.split(","))
        for number, name in enumerate(students, start=101):
            lines.writerow([f"Participant {number}", name, "", "", "", "4.00", "Yes", "-", "-", ""])
    grade = ("grade", "class.zip", "--out", "out", "-j", "2")
    run = bricks(*grade)
    assert run.returncode == 1
    assert "Handed in, and not usable: 4 bricks of 3 students." in run.stdout
    assert "\n\n\n" not in run.stdout
    first = run.stdout.index("Ivo Word: first.docx is not graded: it is a Word document.")
    assert first < run.stdout.index("Copy of first.py is taken as first")
    with (root / "out" / "grades.csv").open(newline="", encoding="utf-8") as file:
        cells = {row["student"]: (row["first"], row["second"]) for row in csv.DictReader(file)}
    assert cells == {name: (one, two) for name, (_, one, two, _) in students.items()}
    for command in (("report", "out"), ("feedback", "out", "pages")):
        assert bricks(*command).returncode == 0
    assert (root / "out" / "lecture.html").is_file()
    assert "Mark: 2.4 of 4" in (root / "pages" / "Quim Late.md").read_text(encoding="utf-8")
    sent = bricks("export", "out", "--for", "moodle", "--worksheet", "sheet.csv",
                  "--feedback", "pages")  # fmt: skip
    assert sent.returncode == 0
    for name in ("Ivo Word", "Nia Two"):
        assert f"Note: {name}: first counts 0, since it is not usable." in sent.stdout
    with (root / "out" / "moodle-worksheet.csv").open(newline="", encoding="utf-8-sig") as file:
        marks = {row["Full name"]: row["Grade"] for row in csv.DictReader(file)}
    assert marks == {name: mark for name, (*_, mark) in students.items()}
    with zipfile.ZipFile(root / "out" / "moodle-feedback.zip") as packed:
        assert len(packed.namelist()) == len(students)
    assert bricks(*grade, "--take", "Nia Two/first.py").returncode == 1
    with (root / "out" / "grades.csv").open(newline="", encoding="utf-8") as file:
        cells = {row["student"]: row["first"] for row in csv.DictReader(file)}
    assert cells["Nia Two"] == "2"

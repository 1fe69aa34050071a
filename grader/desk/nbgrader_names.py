"""Names of nbgrader's on which this folder relies, and which nbgrader's manual does not promise.

None of them is private. The manual describes preprocessors, `exporter_class`, the gradebook, the
commands and their settings; these are what stands behind that, and a new version may change it.
`tests/desk/test_nbgrader_names.py` says which of them is gone. The bounds of nbgrader in
pyproject.toml hold these versions.
"""

TESTED_WITH = ("0.9.5", "0.9.6")

NAMES = (
    # The stock Autograde, one submission at a time: stored.py, bulk.py, resume.py
    "nbgrader.converters:Autograde.convert_notebooks",
    "nbgrader.converters:Autograde.init_notebooks",
    "nbgrader.converters:Autograde.init_single_notebook_resources",
    "nbgrader.converters:Autograde.assignments",
    "nbgrader.converters:Autograde.exporter",
    "nbgrader.converters:Autograde.writer",
    "nbgrader.converters:Autograde.sanitize_preprocessors",
    "nbgrader.converters:Autograde.autograde_preprocessors",
    "nbgrader.converters:NbGraderException",
    # Where nbgrader keeps its files, and when a submission was handed in: bulk.py, resume.py
    "nbgrader.coursedir:CourseDirectory.format_path",
    "nbgrader.coursedir:CourseDirectory.get_existing_timestamp",
    # Cells put back as the source has them: preprocessors.py
    "nbgrader.preprocessors:OverwriteCells.add_missing_grade_cells",
    "nbgrader.preprocessors:OverwriteCells.add_missing_task_cells",
    "nbgrader.preprocessors:OverwriteCells.missing_cell_transform",
    # What marks on a cell mean, and how an untouched cell is known: preprocessors.py, source.py
    "nbgrader.utils:compute_checksum",
    "nbgrader.utils:determine_grade",
    "nbgrader.utils:is_grade",
    "nbgrader.utils:is_locked",
    "nbgrader.utils:is_solution",
    "nbgrader.utils:is_task",
    # Small things: bulk.py, collect.py, resume.py, stored.py
    "nbgrader.utils:chdir",
    "nbgrader.utils:parse_utc",
    "nbgrader.utils:rmtree",
)

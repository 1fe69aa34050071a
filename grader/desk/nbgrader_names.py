"""Names of nbgrader that this folder uses, and that nbgrader's manual does not promise.

None of them is private. The manual describes preprocessors, `exporter_class`, the gradebook, the
commands and their settings. These names belong to the code behind them, which a new version may
change. `tests/desk/test_nbgrader_names.py` fails with each name that nbgrader lacks.
pyproject.toml allows only the minor version that was tested.
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
    # What it copies beside a notebook: beside.py
    "nbgrader.converters:Autograde.notebooks",
    "nbgrader.converters:Autograde.init_assignment",
    "nbgrader.converters:GenerateFeedback.init_assignment",
    "nbgrader.converters:GenerateFeedback.init_single_notebook_resources",
    "nbgrader.utils:is_ignored",
    # Collecting: exchange.py, zip_collect.py
    "nbgrader.exchange.default:ExchangeCollect",
    "nbgrader.exchange.default:ExchangeCollect.do_copy",
    "nbgrader.plugins:ExtractorPlugin",
    # Where nbgrader stores its files, and when a submission was handed in: bulk.py, resume.py
    "nbgrader.coursedir:CourseDirectory.format_path",
    "nbgrader.coursedir:CourseDirectory.get_existing_timestamp",
    # Cells put back as the source has them: preprocessors.py
    "nbgrader.preprocessors:OverwriteCells.add_missing_grade_cells",
    "nbgrader.preprocessors:OverwriteCells.add_missing_task_cells",
    "nbgrader.preprocessors:OverwriteCells.missing_cell_transform",
    # What a cell's metadata means, and whether a cell is unchanged: preprocessors.py, fill.py
    "nbgrader.utils:compute_checksum",
    "nbgrader.utils:determine_grade",
    "nbgrader.utils:is_grade",
    "nbgrader.utils:is_locked",
    "nbgrader.utils:is_solution",
    "nbgrader.utils:is_task",
    # Other functions: bulk.py, collect.py, resume.py, stored.py
    "nbgrader.utils:chdir",
    "nbgrader.utils:parse_utc",
    "nbgrader.utils:rmtree",
)

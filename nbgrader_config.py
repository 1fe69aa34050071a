"""nbgrader's settings for this course: the stock commands, with the kit's engine as the judge."""

c = get_config()  # noqa: F821

# The exchange, JupyterHub and PostgreSQL need a name for the course: set yours here.
c.CourseDirectory.course_id = "bricks"
# A gradebook to which several people write at once (pip install psycopg2-binary):
# c.CourseDirectory.db_url = "postgresql+psycopg2://user:password@host/gradebook"

# `nbgrader generate_assignment`: each stub names the function that is not written yet.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "grader.desk.stubs.NamedStubs",  # in place of ClearSolutions
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# `nbgrader collect` and `nbgrader zip_collect` follow no link.
c.ExchangeFactory.collect = "grader.desk.exchange.CollectRegular"
c.ZipCollectApp.extractor_plugin = "grader.desk.zip_collect.ExtractRegular"

# `nbgrader autograde`: no student's code runs in a kernel that can reach tests and database.
# If the machine gives no isolation (macOS, Windows) and you run students' code all the same:
# c.Judge.isolation = "basic"
# While students can still hand in bricks that others build on: until that day no message shows what
# could reveal a reference; or each brick runs on the student's own bricks.
# c.Judge.open_until = "2026-12-31"
# c.Judge.predecessors = "own"
c.Autograde.exporter_class = "grader.desk.resume.ResumingExporter"  # goes on after a kill
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "grader.desk.preprocessors.RestoreMarks",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "grader.desk.preprocessors.RestoreCells",  # in place of OverwriteCells
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [  # none changes metadata: CheckCellMetadata runs above
    "grader.desk.preprocessors.Judge",  # in place of Execute
    "nbgrader.preprocessors.LimitOutput",
    "grader.desk.preprocessors.SavePoints",  # in place of SaveAutoGrades
    "grader.desk.clean.HtmlAsTyped",  # added: formgrader does not always know the filters below
    "nbgrader.preprocessors.AssignLatePenalties",
]

# `nbgrader generate_feedback` and formgrader: nothing that a student wrote runs in a browser.
c.GenerateFeedback.exporter_class = "grader.desk.feedback.FeedbackExporter"  # needs no network
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "clean_html": "grader.desk.clean.html",
    "markdown2html": "grader.desk.clean.markdown",
}

# `nbgrader export`: no spreadsheet takes a name for a formula, or for two fields.
c.ExportApp.plugin_class = "grader.desk.export.QuotedCsv"

# `nbgrader validate`: Keras alone takes seconds to import.
c.Execute.timeout = 300

"""Names under which a check's pytest item notes its result, for the board and for JUnit."""

CHECK_REPORT = "check report"  # the CheckReport, as JSON

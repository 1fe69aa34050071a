"""The result of a brick as plain data, and its words for each place where they are read."""

from grader.report.codec import ReportError
from grader.report.report import CheckReport, Provenance, Report, Status

__all__ = ["CheckReport", "Provenance", "Report", "ReportError", "Status"]

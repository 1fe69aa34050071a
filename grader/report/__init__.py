"""The result of a brick as plain data, and its text for terminals, notebooks and files."""

from grader.report.codec import ReportError
from grader.report.report import CheckReport, Provenance, Report, Status

__all__ = ["CheckReport", "Provenance", "Report", "ReportError", "Status"]

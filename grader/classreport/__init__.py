"""Makes the class report, the page for a lecture, and pages of feedback."""

"""Makes the class report, the page for the next lecture, and each student's page of feedback."""

"""Makes the class report, the lecture's page, and each student's page of feedback."""

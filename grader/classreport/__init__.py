"""The class on a page, the next lecture's page, and a page of feedback for each student."""

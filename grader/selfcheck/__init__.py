"""The student's doors: pytest and the notebook."""

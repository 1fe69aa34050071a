"""nbgrader, the instructor's desk: notebooks from solutions, grades from the engine."""

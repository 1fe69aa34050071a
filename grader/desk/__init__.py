"""nbgrader: notebooks made from solutions, and grades from the engine in its gradebook."""

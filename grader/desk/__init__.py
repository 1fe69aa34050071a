"""nbgrader: makes its notebooks from solutions, and puts the engine's grades into its gradebook."""

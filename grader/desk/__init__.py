"""Makes nbgrader's notebooks from solutions, and writes grades into its gradebook."""

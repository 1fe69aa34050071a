"""Makes nbgrader's notebooks, and writes grades into its gradebook."""

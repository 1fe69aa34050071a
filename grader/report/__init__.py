"""The result of a brick as plain data, and its text for terminals, notebooks and files."""

"""An outcome in words, rendered once for each place where it is read."""

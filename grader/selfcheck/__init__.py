"""How a student runs checks: with pytest, and in a notebook."""

"""Pictures of what a student's code does: declared beside the checks, drawn from its values."""

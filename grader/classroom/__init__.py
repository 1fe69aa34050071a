"""Many submissions: finding them, grading them, keeping and showing the results."""

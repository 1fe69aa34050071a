"""An author's work on a course: build, new, audit, calibrate, release, demo."""

"""What an instructor does to a course: build, release, calibrate, show."""

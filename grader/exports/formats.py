"""The platforms and formats that `bricks export` can write marks for."""

FORMATS = ("moodle", "canvas", "gradescope", "csv", "junit")

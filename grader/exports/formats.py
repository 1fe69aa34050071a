"""Where `bricks export` can write marks for."""

FORMATS = ("moodle", "canvas", "gradescope", "csv", "junit")

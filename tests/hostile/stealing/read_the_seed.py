"""Reads the course's secret seed."""

# earns 0
print(open(COURSE + "/course.seed").read())

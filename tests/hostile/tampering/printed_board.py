"""Prints a board that looks like the grader's."""

# earns 0
print("\x1b[2Jtoy          ####################   3 of 3")

"""Computes without end as soon as it is loaded."""

# earns 0
while True:
    pass

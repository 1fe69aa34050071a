"""Climbs out of its own folder by relative paths."""

# earns 0
print(open("../" * 20 + OUTSIDE[1:] + "/secret").read())

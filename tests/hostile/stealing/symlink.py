"""Reads a file outside by a link in its own folder."""

# earns 0
import os

os.symlink(OUTSIDE + "/secret", "link")
print(open("link").read())

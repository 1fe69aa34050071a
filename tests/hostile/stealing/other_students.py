"""Copies from another student's folder."""

# earns 0
import os

for folder, _, files in os.walk(STUDENTS):
    for name in files:
        exec(open(os.path.join(folder, name)).read())
copied = open(STUDENTS + "/ada/toy.py").read()
exec(copied)

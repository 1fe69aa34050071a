"""Grades a class: sessions, workers, the journal, and the table of points."""

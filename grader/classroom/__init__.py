"""Grades a class: sessions, workers, the journal of results, and the table on the terminal."""

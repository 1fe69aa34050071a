"""Marks go back: to platforms, spreadsheets, CI, and Gradescope."""

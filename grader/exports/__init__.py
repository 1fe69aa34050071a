"""Writes marks for learning platforms, spreadsheets, CI and Gradescope."""

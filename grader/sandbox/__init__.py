"""Runs code under test in isolation from the code that judges it."""

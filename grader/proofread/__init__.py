"""Finds slips of the course's author."""

"""Verified repair: one small edit of the student's own code with which every check passes."""

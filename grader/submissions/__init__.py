"""Finds students' work in the folders and zips that instructors and platforms have."""

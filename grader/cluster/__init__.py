"""Grading on a Dask cluster."""

"""Writes the scores layer: evidence lines and findings."""

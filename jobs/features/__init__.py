"""Writes the features layer: provider-month indicators and peer groups."""

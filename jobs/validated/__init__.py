"""Writes the validated layer: typed, checked, netted rows."""

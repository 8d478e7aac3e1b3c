"""Writes the raw layer: landing files read row by row, pseudonymised, nothing lost."""

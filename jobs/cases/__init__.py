"""Writes the cases layer: the ranked list, its evidence and its report."""

"""The report: one self-contained page for people."""

"""Specification of the validated layer."""

"""Inspections: whom the list sends people to."""

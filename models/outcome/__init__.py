"""Supervised: how likely an inspection confirms a violation, and how much it recovers, learnt from inspections held."""

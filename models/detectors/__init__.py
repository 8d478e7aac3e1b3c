"""Indicators judged against peers, declared in YAML by area."""

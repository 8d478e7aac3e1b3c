"""What is suspicious: rule kinds, detectors and the ranking."""

"""`fundwatch restore`: declared beside `fundwatch backup`, with which it shares its options."""

from fundwatch.backup import restore

__all__ = ["restore"]

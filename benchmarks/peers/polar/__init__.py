"""The Polars peer: the same evidence as the chain, as an expert would write it with expressions and lazy scans."""

from benchmarks.peers.polar.script import COVERED, run

__all__ = ["COVERED", "run"]

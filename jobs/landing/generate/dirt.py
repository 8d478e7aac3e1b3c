"""Rows the loader must quarantine, one kind per reason; filled in with the dirty-row injection."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jobs.landing.generate.truth import ShardTruth
from jobs.landing.generate.world import World


def spoil(_out: Path, _fmt: str, _world: World, _shards: Sequence[ShardTruth], _share: float) -> int:
    """Number of rows spoiled."""
    return 0

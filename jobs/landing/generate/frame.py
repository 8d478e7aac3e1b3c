"""A table as named numpy columns, the working form of everything before it is written.

Why: schemes transform columns; a data frame library would only slow the inner loops.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np


class Frame:
    """Columns of equal length, reached as attributes or by name."""

    def __init__(self, columns: Mapping[str, np.ndarray]) -> None:
        """Take the columns; raises ValueError when their lengths differ."""
        if len({len(c) for c in columns.values()}) > 1:
            raise ValueError("columns differ in length: " + ", ".join(f"{k}={len(c)}" for k, c in columns.items()))
        self.columns = dict(columns)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]

    def __setitem__(self, name: str, values: np.ndarray) -> None:
        self.columns[name] = values

    def __getattr__(self, name: str) -> np.ndarray:
        try:
            return self.__dict__["columns"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def take(self, rows: np.ndarray) -> Frame:
        """The rows picked by a mask or by positions."""
        return Frame({name: column[rows] for name, column in self.columns.items()})

    def copy(self) -> Frame:
        """An independent copy."""
        return Frame({name: column.copy() for name, column in self.columns.items()})


def concat(frames: Sequence[Frame]) -> Frame:
    """The frames one below the other; all must hold the columns of the first."""
    if len(frames) == 1:
        return frames[0]
    first = frames[0]
    return Frame({name: np.concatenate([f.columns[name] for f in frames]) for name in first.columns})


def blank(schema: Mapping[str, tuple[str, float]], n: int) -> Frame:
    """`n` rows of defaults; `schema` gives each column its dtype and default."""
    return Frame({name: np.full(n, default, dtype=dtype) for name, (dtype, default) in schema.items()})


def spread(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For counts [2, 0, 3]: owner [0, 0, 2, 2, 2] and position within the owner [0, 1, 0, 1, 2]."""
    owner = np.repeat(np.arange(len(counts)), counts)
    starts = np.cumsum(counts) - counts
    return owner, np.arange(len(owner)) - starts[owner]


def rank_within(groups: np.ndarray) -> np.ndarray:
    """Position of each row within its group, in row order."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(groups) else np.zeros(0, dtype=int)
    sizes = np.diff(np.r_[starts, len(groups)])
    rank = np.empty(len(groups), dtype=np.int64)
    rank[order] = np.arange(len(groups)) - np.repeat(starts, sizes)
    return rank

"""The same arguments give the same bytes, whatever the number of processes; another seed gives another area."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from jobs.catalogue import contract_tables
from jobs.landing.generate import generate


def digests(folder: Path) -> dict[str, str]:
    return {
        str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest()
        for f in sorted(folder.rglob("*"))
        if f.is_file() and f.name != "summary.json"
    }


def make(folder: Path, seed: int = 9, workers: int = 1, fmt: str = "parquet") -> Path:
    generate(folder, lines=6_000, period=("2023-11", "2023-12"), seed=seed, fmt=fmt, workers=workers)
    return folder


def test_one_or_two_processes_write_the_same_files(tmp_path: Path) -> None:
    one, two = make(tmp_path / "one", workers=1), make(tmp_path / "two", workers=2)
    assert digests(one) == digests(two)
    assert digests(tmp_path / "one_truth") == digests(tmp_path / "two_truth")
    assert digests(make(tmp_path / "other", seed=10)) != digests(one)


def test_csv_is_the_same_twice_and_replaces_what_lay_there(tmp_path: Path) -> None:
    first = digests(make(tmp_path / "a", fmt="csv"))
    assert digests(make(tmp_path / "a", fmt="csv")) == first
    assert {name.split("/")[0] for name in first} == {t.name for t in contract_tables()}


def test_csv_lists_every_kind_of_dirty_row(tmp_path: Path) -> None:
    out = make(tmp_path / "dirty", fmt="csv")
    with gzip.open(out / "fee_list_d" / "part-9999.csv.gz", "rt", encoding="utf-8") as handle:
        rows = handle.read().count("\n") - 1
    listed = (tmp_path / "dirty_truth" / "dirt.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(listed) == rows == 13
    assert {line.split(",")[1] for line in listed} >= {
        "bad_number",
        "orphan",
        "truncated_row",
        "nul_byte",
        "duplicate_key",
    }


def test_nonsense_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 1000 lines"):
        generate(tmp_path / "x", lines=3, period=("2023-01", "2023-02"), seed=1, fmt="csv")
    with pytest.raises(ValueError, match="ends before it begins"):
        generate(tmp_path / "x", lines=5_000, period=("2023-05", "2023-02"), seed=1, fmt="csv")

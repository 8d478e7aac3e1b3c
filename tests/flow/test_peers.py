"""The hand-written peers of the benchmark find the same evidence and indicators as the chain, row for row.

Why: two implementations that agree on every line are also two witnesses that the rules mean what they say.
"""

from __future__ import annotations

import pytest

from jobs.landing.generate import generate
from tests.flow.conftest import LINES, PERIOD

pytest.importorskip("duckdb")

from benchmarks import compare_rows  # noqa: E402
from benchmarks.peers import duck  # noqa: E402


@pytest.fixture(scope="module")
def landed(area, tmp_path_factory):
    """The area of the flow tests as Parquet: the same arguments, the same rows."""
    place = tmp_path_factory.mktemp("peers") / "area"
    generate(place, lines=LINES, period=(PERIOD.begin, PERIOD.end), seed=5, fmt="parquet", workers=1)
    return place


def test_duckdb_finds_the_same_evidence_and_indicators(area, landed, tmp_path) -> None:
    facts = duck.run(landed, tmp_path / "peer", (PERIOD.begin, PERIOD.end), threads=1, memory_mib=2048)
    told = compare_rows.both(area.request.home.root, tmp_path / "peer", facts["detectors"])
    assert told["evidence"]["differing"] == []
    assert told["evidence"]["same"] > 300
    assert told["indicators"]["differing"] == {}
    assert told["indicators"]["compared"] >= 128  # all but those of grouped cases
    assert (told["indicators"]["only_ours"], told["indicators"]["only_theirs"]) == (0, 0)


def test_polars_finds_the_same_evidence_for_the_kinds_it_computes(area, landed, tmp_path) -> None:
    polar = pytest.importorskip("benchmarks.peers.polar")
    facts = polar.run(landed, tmp_path / "peer", (PERIOD.begin, PERIOD.end))
    told = compare_rows.both(area.request.home.root, tmp_path / "peer", facts["detectors"])
    assert told["evidence"]["differing"] == []
    assert told["evidence"]["same"] > 100
    assert told["indicators"]["differing"] == {}
    assert told["indicators"]["compared"] > 80


def test_a_row_that_differs_is_named(area, tmp_path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    mine = sorted((area.request.home.root / "scores" / "evidence").rglob("*.parquet"))
    rows = pa.concat_tables([pq.read_table(path) for path in mine], promote_options="default").to_pylist()
    dearest = max(rows, key=lambda row: row["violation_amount"])
    kept = [row for row in rows if row["bkkp_sn"] != dearest["bkkp_sn"]]
    kept[0]["violation_amount"] += 1
    names = ("detector_id", "table", "bkkp_sn", "violation_amount")
    pq.write_table(pa.Table.from_pylist([{name: row[name] for name in names} for row in kept]), tmp_path / "e.parquet")
    told = compare_rows.compare.evidence(mine, [tmp_path / "e.parquet"], [row["detector_id"] for row in rows])
    assert told["only_ours"] == sum(row["bkkp_sn"] == dearest["bkkp_sn"] for row in rows)
    assert (told["amount"], told["only_theirs"]) == (1, 0)
    assert told["same"] == len(kept) - 1

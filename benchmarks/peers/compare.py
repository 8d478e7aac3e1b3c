"""Holds a peer's results against ours, row by row.

Reads: evidence of both sides (detector_id, table, bkkp_sn, violation_amount), provider_month of both sides.
Grain: one line of the answer per detector that differs, one per indicator that differs.
Why: a race between two programs that do not compute the same says nothing; differences are counted and shown, never
averaged away. Amounts are compared to the cent, indicators to one in a million.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

CENT = 0.0051  # half a cent of rounding on either side
RELATIVE = 1e-6
EXAMPLES = 3
_MONEY = ("score", "suspected_amount", "fund_loss", "expected_recovery")
_KEYS = '(detector_id, "table", bkkp_sn)'


def evidence(ours: Sequence[Path], theirs: Sequence[Path], detectors: Sequence[str]) -> dict[str, Any]:
    """Rows on both sides, rows only one side has, amounts that differ: in all and per detector with examples."""
    db = duckdb.connect()
    db.execute("CREATE TABLE asked AS SELECT unnest(?) AS detector_id", [list(detectors)])
    db.execute(f"CREATE VIEW a AS SELECT * FROM {_files(ours)} SEMI JOIN asked USING (detector_id)")
    db.execute(f"CREATE VIEW b AS SELECT * FROM {_files(theirs)} SEMI JOIN asked USING (detector_id)")
    db.execute(
        f"""CREATE TABLE met AS
        SELECT coalesce(a.detector_id, b.detector_id) AS detector_id, coalesce(a.bkkp_sn, b.bkkp_sn) AS bkkp_sn,
               a.violation_amount AS ours, b.violation_amount AS theirs,
               CASE WHEN b.bkkp_sn IS NULL THEN 'only_ours' WHEN a.bkkp_sn IS NULL THEN 'only_theirs'
                    WHEN abs(a.violation_amount - b.violation_amount) > {CENT} THEN 'amount' ELSE 'same' END AS verdict
        FROM a FULL JOIN b USING {_KEYS}"""
    )
    counted = dict(db.execute("SELECT verdict, count(*) FROM met GROUP BY verdict").fetchall())
    differing = db.execute(
        f"""SELECT detector_id, count(*) FILTER (verdict = 'same'), count(*) FILTER (verdict = 'only_ours'),
        count(*) FILTER (verdict = 'only_theirs'), count(*) FILTER (verdict = 'amount'),
        (list({{s: bkkp_sn, v: verdict, o: ours, t: theirs}} ORDER BY verdict, bkkp_sn)
          FILTER (verdict <> 'same'))[:{EXAMPLES}]
        FROM met GROUP BY detector_id HAVING bool_or(verdict <> 'same') ORDER BY detector_id"""
    ).fetchall()
    names = ("detector_id", "same", "only_ours", "only_theirs", "amount", "examples")
    rows: dict[str, Any] = {name: int(counted.get(name, 0)) for name in ("same", "only_ours", "only_theirs", "amount")}
    return rows | {"differing": [dict(zip(names, row, strict=True)) for row in differing]}


def indicators(ours: Sequence[Path], theirs: Path) -> dict[str, Any]:
    """Institution-months on both sides and, per indicator both have, how many values differ."""
    db = duckdb.connect()
    db.execute(f"CREATE VIEW a AS SELECT * FROM {_files(ours)}")
    db.execute(f"CREATE VIEW b AS SELECT * FROM {_files([theirs])}")
    mine, other = (_columns(db, name) for name in ("a", "b"))
    keys = ("stat_month", "fixmedins_code")
    shared = [name for name in mine if name in other and name not in (*keys, "month")]
    differ = [
        f"count(*) FILTER (a.{name} IS DISTINCT FROM b.{name} AND NOT coalesce(abs(a.{name} - b.{name})"
        f" <= greatest({RELATIVE} * abs(a.{name}), {CENT}), false)) AS {name}"
        for name in shared
    ]
    both = "FROM a JOIN b USING (stat_month, fixmedins_code)"
    counts: Mapping[str, int] = {}
    if shared:
        found = db.execute(f"SELECT {', '.join(differ)} {both}").fetchone() or ()
        counts = {name: int(value) for name, value in zip(shared, found, strict=True) if value}
    return {
        "institution_months": _count(db, f"SELECT count(*) {both}"),
        "only_ours": _count(db, "SELECT count(*) FROM a ANTI JOIN b USING (stat_month, fixmedins_code)"),
        "only_theirs": _count(db, "SELECT count(*) FROM b ANTI JOIN a USING (stat_month, fixmedins_code)"),
        "compared": len(shared),
        "of": len([name for name in mine if name not in (*keys, "month")]),
        "differing": counts,
    }


def lists(ours: Path, theirs: Path) -> dict[str, int]:
    """Case lists of two engines: cases equal in rank, detectors and money, cases that differ, cases one side has."""
    db = duckdb.connect()
    close = [f"abs(a.{name} - b.{name}) <= greatest({RELATIVE} * abs(a.{name}), {CENT})" for name in _MONEY]
    equal = " AND ".join(["a.rank = b.rank", "a.detectors = b.detectors", *close])
    row = db.execute(
        f"""SELECT count(*) FILTER ({equal}), count(*) FILTER (a.case_id IS NOT NULL AND b.case_id IS NOT NULL
              AND NOT coalesce({equal}, false)),
            count(*) FILTER (b.case_id IS NULL), count(*) FILTER (a.case_id IS NULL)
        FROM {_files([ours])} a FULL JOIN {_files([theirs])} b ON a.case_id = b.case_id"""
    ).fetchone() or (0, 0, 0, 0)
    return dict(zip(("same", "differ", "only_ours", "only_theirs"), map(int, row), strict=True))


def _files(paths: Sequence[Path]) -> str:
    return f"read_parquet({[str(path) for path in paths]}, union_by_name = true, hive_partitioning = false)"


def _columns(db: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    return [row[0] for row in db.execute(f"DESCRIBE {name}").fetchall()]


def _count(db: duckdb.DuckDBPyConnection, query: str) -> int:
    row = db.execute(query).fetchone()
    return int(row[0]) if row else 0

"""The DuckDB peer: the SQL of benchmarks/peers/sql over a landing zone, from Parquet to evidence and indicators.

Reads: landing Parquet in the contract's own types; cards, points and code lists (benchmarks.peers.knowledge).
Grain: evidence.parquet – detector_id, table, bkkp_sn, violation_amount; provider_month.parquet – as features.
Why: plain SQL files, one per kind, as an expert would write them for this one machine; persons stay as they landed,
nothing is quarantined with a reason, nothing is held against expectations. What it does not do is said in its report.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from benchmarks.peers import knowledge
from jobs.runtime.period import Period

SQL = Path(__file__).parent / "sql"
KINDS: dict[str, tuple[str, ...]] = {  # file of sql/kinds -> the rule kinds it computes
    "addon_over_main": ("addon_over_main",),
    "after_death": ("after_death",),
    "cases": ("case_payment", "case_standard"),
    "cost_shifting": ("cost_shifting",),
    "course_days": ("course_days",),
    "day_load": ("machine_capacity", "staff_capacity"),
    "days_over_stay": ("days_over_stay",),
    "discounted_repeat": ("discounted_repeat",),
    "duplicate_pair": ("duplicate_pair",),
    "edge_day": ("edge_day",),
    "frequency_cap": ("frequency_cap",),
    "goods": ("gifts_charged", "off_platform", "over_price"),
    "goods_per_procedure": ("goods_per_procedure",),
    "habits": ("item_for_all", "package_for_all"),
    "interval_per_person": ("interval_per_person",),
    "markup": ("over_markup",),
    "ordered_after_leaving": ("ordered_after_leaving",),
    "over_quantity": ("over_quantity",),
    "panel_members": ("panel_members",),
    "pharmacy": ("outside_contract", "over_supply", "rx_without_prescription"),
    "report_fault": ("report_fault",),
    "report_missing": ("report_missing",),
    "restricted": (
        "quantity_per_line", "restricted_age", "restricted_institution_level", "restricted_sex",
        "restricted_visit_type",
    ),
    "restricted_diagnosis": ("restricted_diagnosis",),
    "split_visits": ("split_visits",),
    "stays": ("census_over_beds", "exam_only_stay", "idle_stay"),
    "swiping_cluster": ("swiping_cluster",),
    "trace_codes": ("trace_code_reuse",),
    "while_in_bed": ("absent_from_bed", "bought_while_inpatient", "overlapping_stays"),
    "groups": ("resale_ring", "trace_flow"),  # reads what trace_codes left
}  # fmt: skip
COVERED = tuple(sorted(kind for kinds in KINDS.values() for kind in kinds))
BYTES_OF_A_LINE = 2500  # what all tables of the script take per fee line, measured at two million lines
_CREATE = re.compile(r"CREATE OR REPLACE (?:TEMP )?TABLE (\w+) AS\s")
_ITEMS = """SELECT DISTINCT coalesce(med_list_codg, ''), coalesce(hilist_name, ''), coalesce(med_chrgitm_type, '')
FROM landed_line WHERE NOT refund"""
_REGISTER = """SELECT code, name, d.domain, lines FROM (
  SELECT coalesce(med_list_codg, '') AS code, coalesce(hilist_name, '') AS name, count(*) AS lines,
         max(med_chrgitm_type) AS charge FROM line GROUP BY ALL) r
JOIN item_domain d USING (code, name, charge) ORDER BY lines DESC, code, name"""
_EVIDENCE = """SELECT detector_id, "table", bkkp_sn, max(violation_amount) AS violation_amount
FROM found WHERE violation_amount > 0 GROUP BY ALL"""


class Script:
    """One pass of the script; `seconds` says how long every part took."""

    def __init__(self, place: Path, threads: int, memory_mib: int, lines: int) -> None:
        self.seconds: dict[str, float] = {}
        small = lines * BYTES_OF_A_LINE < memory_mib << 20  # tables are faster in memory, and compressed on disk
        self._small = small
        self._db = duckdb.connect(":memory:" if small else str(place / "peer.duckdb"))
        self._db.execute(f"SET threads = {threads}")
        self._db.execute(f"SET memory_limit = '{memory_mib}MiB'")
        self._db.execute(f"SET temp_directory = '{place / 'spill'}'")
        self._db.execute("SET preserve_insertion_order = false")
        self._db.execute("SET TimeZone = 'UTC'")
        self._db.execute("SET enable_progress_bar = false")

    def run(self, landing: Path, out: Path, months: tuple[str, str]) -> None:
        """Everything from Parquet to the two results in `out`."""
        self._timed("knowledge", lambda: self._prepare(landing, months))
        self._timed("claims", lambda: self._file(SQL / "10_claims.sql"))
        self._timed("items", self._items)
        self._timed("lines", lambda: self._file(SQL / "20_lines.sql"))
        self._timed("points", self._points)
        self._timed("known", lambda: self._file(SQL / "30_known.sql"))
        for name, kinds in KINDS.items():
            if self._kinds & set(kinds):
                self._timed(name, partial(self._file, SQL / "kinds" / f"{name}.sql"))
        self._timed("indicators", lambda: self._file(SQL / "40_indicators.sql"))
        self._timed("write", lambda: self._write(out))
        self._db.close()

    def _timed(self, name: str, work: Callable[[], None]) -> None:
        began = time.monotonic()
        work()
        self.seconds[name] = round(time.monotonic() - began, 2)

    def _file(self, path: Path) -> None:
        for statement in duckdb.extract_statements(path.read_text(encoding="utf-8")):
            if "'chunk_first'" in statement.query:
                self._in_chunks(statement.query)
            else:
                self._db.execute(statement)

    def _in_chunks(self, query: str) -> None:
        """A table made of months: at once in memory, month by month where it would not fit."""
        for number, (first, last) in enumerate(self._chunks):
            self._db.execute(f"SET VARIABLE chunk_first = '{first}'")
            self._db.execute(f"SET VARIABLE chunk_last = '{last}'")
            self._db.execute(_CREATE.sub(r"INSERT INTO \1 ", query, count=1) if number else query)

    def _prepare(self, landing: Path, months: tuple[str, str]) -> None:
        for name, paths in knowledge.landed(landing).items():
            self._db.execute(f"SET VARIABLE {name} = {[str(path) for path in paths]}")
        self._db.execute(f"SET VARIABLE first_month = '{months[0]}'")
        self._db.execute(f"SET VARIABLE last_month = '{months[1]}'")
        each = Period(*months).months
        self._chunks = [months] if self._small else [(month, month) for month in each]
        self._db.execute(f"SET VARIABLE rehab_diagnoses = '{knowledge.rehabilitation_diagnoses()}'")
        self.cards = knowledge.cards_of(COVERED, knowledge.available(landing))
        self._kinds = {card.kind for card in self.cards}
        self._table("card", knowledge.card_table(self.cards))
        self._db.execute("ALTER TABLE card ALTER p TYPE JSON")
        self._table("dictionary", knowledge.dictionary_table())

    def _table(self, name: str, rows: object) -> None:
        self._db.register("_rows", rows)
        self._db.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM _rows")
        self._db.unregister("_rows")

    def _items(self) -> None:
        self._table("item_domain", knowledge.domain_table(self._db.execute(_ITEMS).fetchall()))

    def _points(self) -> None:
        self._table("point", knowledge.point_table(self.cards, self._db.execute(_REGISTER).fetchall()))

    def _write(self, out: Path) -> None:
        self._db.execute(f"COPY ({_EVIDENCE}) TO '{out / 'evidence.parquet'}' (FORMAT parquet, COMPRESSION zstd)")
        self._db.execute(
            f"COPY provider_month TO '{out / 'provider_month.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
        )


def lines_of(landing: Path) -> int:
    """Fee lines of a landing zone, from the footers."""
    return sum(pq.read_metadata(path).num_rows for path in knowledge.landed(landing)["fee_list_d"])


def run(landing: Path, out: Path, months: tuple[str, str], threads: int, memory_mib: int) -> dict[str, Any]:
    """Runs the script into the empty folder `out`; its seconds, detectors and rows (also as out/peer.json)."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    script = Script(out, threads, memory_mib, lines_of(landing))
    began = time.monotonic()
    script.run(landing, out, months)
    facts = {
        "version": duckdb.__version__,
        "seconds": script.seconds,
        "wall": round(time.monotonic() - began, 2),
        "detectors": [card.detector_id for card in script.cards],
    }
    (out / "peer.duckdb").unlink(missing_ok=True)
    (out / "peer.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return facts

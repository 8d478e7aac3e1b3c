"""Small landing folders for tests: the required tables are there with one row each; a test replaces the one it is about."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

REQUIRED = {
    "fee_list_d": (
        "bkkp_sn,setl_id,mdtrt_id,psn_no,fixmedins_code,fee_ocur_time,med_list_codg,hilist_name,med_chrgitm_type,"
        "cnt,pric,det_item_fee_sumamt,inscp_amt,vali_flag\n"
        "b1,s1,v1,person-one,H1,2023-01-05 09:00:00,0023,胸部CT,05,1,200,200,200,1\n"
    ),
    "setl_d": (
        "setl_id,mdtrt_id,psn_no,psn_name,certno,gend,brdy,insutype,insu_admdvs,fixmedins_code,fix_blng_admdvs,med_type,"
        "begndate,enddate,setl_time,medfee_sumamt,inscp_amt,fund_pay_sumamt,psn_pay,refd_setl_flag,vali_flag\n"
        "s1,v1,person-one,张三,320300197001011234,1,1970-01-01,310,320300,H1,320300,11,"
        "2023-01-05,2023-01-05,2023-01-05 10:00:00,200,200,150,50,0,1\n"
    ),
    "mdtrt_d": (
        "mdtrt_id,psn_no,fixmedins_code,med_type,begntime,vali_flag\nv1,person-one,H1,11,2023-01-05 08:30:00,1\n"
    ),
    "fixmedins_b": ("fixmedins_code,fixmedins_name,fixmedins_type,fix_blng_admdvs,vali_flag\nH1,第一医院,1,320300,1\n"),
}


def landing_folder(folder: Path, files: Mapping[str, str | bytes] | None = None, without: tuple[str, ...] = ()) -> Path:
    """A landing folder with the given files; required tables nobody gave are filled in, except those named in `without`."""
    given = files or {}
    for name, content in given.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    for table, text in REQUIRED.items():
        if table not in without and not any(name.startswith(table) for name in given):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    return folder


def reference_data(folder: str) -> Path:
    """A folder of the reference data beside the project; the test skips when it is not there."""
    place = Path(__file__).resolve().parents[3] / "shared" / "data" / folder
    if not place.is_dir():
        pytest.skip(f"reference data {folder} is not beside the project (../shared/data)")
    return place


class Landed:
    """What a landing folder becomes in the raw layer, read without an engine."""

    def __init__(self, landing: Path, mapping: str = "", tables: tuple[str, ...] = (), salt: bytes = b"salt") -> None:
        from jobs.landing.mapping import load_mapping, plan
        from jobs.raw.lookup import load_lookup, takes_of
        from jobs.raw.pseudonym import Pseudonyms
        from jobs.raw.task import make_tasks
        from jobs.raw.worker import Worker

        self.plan = plan(load_mapping(_mapping_file(landing, mapping)), landing)
        names = tables or tuple(table.name for table in self.plan.tables)
        self.folder = landing.parent / f"{landing.name}-out"
        shutil.rmtree(self.folder, ignore_errors=True)
        lookups = {
            one.name: load_lookup(one, takes)
            for one in self.plan.lookups
            if (takes := takes_of(self.plan, names).get(one.name))
        }
        worker = Worker(self.folder, lookups, Pseudonyms(salt))
        self.counts: Counter[tuple[str, str, str | None]] = Counter()
        for task in make_tasks(self.plan, names):
            for (table, month, reason, _), rows in worker.run(task).items():
                self.counts[table, month, reason] += rows

    def rows(self, table: str, *columns: str, layer: str = "raw") -> list[Any]:
        """Rows of a table in file order: tuples of the named columns, single values for one column, dicts for none."""
        held = self.table(table, layer).to_pylist()
        held.sort(key=lambda row: (row["_file"], row["_row"]) if layer == "raw" else (row["file"], row["row_number"]))
        if not columns:
            return held
        return [row[columns[0]] if len(columns) == 1 else tuple(row[name] for name in columns) for row in held]

    def quarantined(self, table: str, *columns: str) -> list[Any]:
        """Quarantined rows of a table in file order."""
        return self.rows(table, *columns, layer="quarantine")

    def table(self, table: str, layer: str = "raw") -> pa.Table:
        """All months of a table together."""
        from jobs.catalogue import table as described
        from jobs.raw.worker import QUARANTINE, raw_schema

        paths = sorted((self.folder / layer / table).glob("month=*/*.parquet"))
        schema = raw_schema(described(table)) if layer == "raw" else QUARANTINE
        return pa.concat_tables([schema.empty_table(), *(pq.ParquetFile(path).read() for path in paths)])

    def months(self, table: str, layer: str = "raw") -> list[str]:
        """Months of a table that got a file."""
        return sorted(
            path.parent.name.removeprefix("month=") for path in (self.folder / layer / table).glob("*/*.parquet")
        )


def _mapping_file(landing: Path, mapping: str) -> str:
    if not mapping or "\n" not in mapping:
        return mapping or "national"
    place = landing.parent / f"{landing.name}-mapping.yaml"
    place.write_text(mapping, encoding="utf-8")
    return str(place)

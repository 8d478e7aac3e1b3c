"""What was planted, for scoring a run afterwards: schemes, decoys, lines, dirt. Lies beside the landing zone, never
inside.

Grain: `schemes.csv` one row per plant and institution, `decoys.csv` one per decoy, `lines.parquet` one per disputed
line.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs.landing.generate import text
from jobs.landing.generate.draft import Draft
from jobs.landing.generate.refunds import Bill
from jobs.landing.generate.world import World


@dataclass
class ShardTruth:
    """What one shard planted: the disputed lines (identifier, plant, institution, yuan, month) and its rows per
    table.
    """

    lines: pa.Table
    rows: dict[str, int]


def of_shard(draft: Draft, bill: Bill, rows: dict[str, int]) -> ShardTruth:
    """Collect the marked lines that were not taken back, and the marked visits of other tables."""
    lines = bill.lines
    planted = np.flatnonzero((lines["mark"] >= 0) & ~lines["gone"] & (lines["init"] < 0) & ~lines["void"])
    visit = lines["visit"][planted]
    fen = np.round(lines["scope"][planted] * lines["share"][planted]).astype(np.int64)
    fee = _table(
        text.ids("line", draft.number(planted)),
        "fee_list_d",
        lines["mark"][planted],
        draft.visits["inst"][visit],
        fen,
        lines["time"][planted],
    )
    marked = np.flatnonzero((draft.visits["disputed"] > 0) & (draft.visits["mark"] >= 0) & draft.visits["settled"])
    key = text.ids("settlement", draft.number(marked))
    stays = _table(
        key,
        "drg_setl_d",
        draft.visits["mark"][marked],
        draft.visits["inst"][marked],
        draft.visits["disputed"][marked],
        draft.visits["begin"][marked],
    )
    return ShardTruth(pa.concat_tables([fee, stays]), rows)


def _table(
    key: pa.Array, table: str, mark: np.ndarray, inst: np.ndarray, fen: np.ndarray, time: np.ndarray
) -> pa.Table:
    month = pc.strftime(text.moment(time), "%Y-%m")
    return pa.table(
        {
            "key": key,
            "table": pa.array([table] * len(mark), pa.string()),
            "plant": pa.array(mark.astype(np.int32)),
            "inst": pa.array(inst.astype(np.int32)),
            "disputed": text.money(fen),
            "month": month,
        }
    )


@dataclass(frozen=True)
class GenerationSummary:
    """What was written: rows per table, institutions, plants, decoys, disputed yuan, seconds."""

    out: str
    truth: str
    lines: int
    rows: dict[str, int]
    institutions: int
    planted_institutions: int
    plants: int
    decoys: int
    planted_lines: int
    disputed_amount: float
    dirty_rows: int
    seconds: float


def write(
    folder: Path, world: World, shards: Sequence[ShardTruth], dirt: Sequence[dict[str, str]]
) -> tuple[int, float]:
    """Write the truth folder; returns the number of planted lines and the disputed amount in yuan."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = pa.concat_tables([s.lines for s in shards])
    schemes = [p.scheme for p in world.cast.plants]
    plant, inst = lines["plant"].to_numpy(), lines["inst"].to_numpy()
    table = pa.table(
        {
            "bkkp_sn": lines["key"],
            "table": lines["table"],
            "scheme": text.pick(plant, [s.name for s in schemes]),
            "fixmedins_code": text.pick(inst, world.profile["code"]),
            "area": text.pick(plant, [s.area for s in schemes]),
            "disputed_amount": lines["disputed"],
        }
    )
    pq.write_table(table, folder / "lines.parquet", store_schema=False)
    _rows(
        folder / "schemes.csv",
        ["fixmedins_code", "area", "scheme", "strength", "planted_lines", "planted_amount", "months"],
        _schemes(world, lines),
    )
    _rows(folder / "decoys.csv", ["fixmedins_code", "area", "decoy", "expected_verdict"], _decoys(world))
    _rows(
        folder / "dirt.csv",
        ["table", "reason", "key", "file"],
        ([d["table"], d["reason"], d["key"], d["file"]] for d in dirt),
    )
    return table.num_rows, float(pc.sum(table["disputed_amount"]).as_py() or 0)


def _schemes(world: World, lines: pa.Table) -> Iterable[list[object]]:
    plant, inst = lines["plant"].to_numpy(), lines["inst"].to_numpy()
    amount = pc.cast(lines["disputed"], pa.float64()).to_numpy()
    month = np.asarray(lines["month"].to_pylist(), dtype=object)
    for p in world.cast.plants:
        for place in (p.institution, *(p.partners if p.scheme.shared else ())):
            mine = (plant == p.number) & (inst == place)
            if not mine.any():  # nothing came of it: nobody can find it
                continue
            yield [
                world.profile["code"][place],
                p.scheme.area,
                p.scheme.name,
                p.strength,
                int(mine.sum()),
                f"{amount[mine].sum():.2f}",
                ";".join(sorted(set(month[mine]))),
            ]


def _decoys(world: World) -> Iterable[list[object]]:
    for role in world.cast.roles:
        yield [world.profile["code"][role.institution], role.decoy.area, role.decoy.name, role.decoy.verdict]


def _rows(path: Path, header: list[str], rows: Iterable[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_summary(folder: Path, summary: GenerationSummary) -> None:
    """`summary.json` of the truth folder."""
    (folder / "summary.json").write_text(
        json.dumps(asdict(summary), ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )

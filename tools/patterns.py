"""Every planted pattern of a generated area against what a run saw of it: fired, caught, amount, honest houses hit.

    python -m tools.patterns --home HOME --truth AREA_truth [--markdown]

Reads scores/finding, scores/evidence, the settlements of planted lines in validated/fee_list_d and the case list of the
run, and schemes.csv and lines.parquet of the truth.
Grain: one row per scheme, one line of summary per area. Why: which pattern is seen by which detector, how much of its
evidence was really planted, and what it costs in honest houses, is measured on every run and written down nowhere by
hand. Evidence sees a planted line when it points at it, at the other line of its pair, or at its settlement in another
table. Precision counts a line planted by any scheme as true: two patterns may meet on one line.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

COLUMNS = (
    "area", "scheme", "planted", "verdict", "detectors", "houses_hit", "listed_in_area", "lines", "caught",
    "planted_amount", "found_amount", "amount_error", "honest_houses_hit", "recall", "precision", "precision_at_hits",
)  # fmt: skip
LINE = ["bkkp_sn", "table"]
FEE = "fee_list_d"
FOUND = 0.1  # a detector that holds less of the planted lines than this met them by chance


def table(findings: pd.DataFrame, evidence: pd.DataFrame, cases: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """One row of COLUMNS per scheme.

    verdict: fires (a detector that holds the planted lines, or an indicator of the area, hits at a planted house) |
    silent (evidence, no hit) | amount_error (hits, the disputed amount is off by more than half) | not_built.
    recall: planted lines held by the detectors that fired; precision: planted lines among all lines those detectors
    hold, at all houses and at the houses they hit. Empty where no detector fired or none of them names lines.
    """
    hits = findings[findings["outcome"] == "hit"]
    keyed = seen(evidence, truth)
    held = lines_held(evidence, hits, truth)
    rows = [
        _row(name, hits, keyed, cases, truth) | _precision(name, keyed, hits, held, truth) for name in truth.names()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def seen(evidence: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """Planted lines with the evidence that sees them: `own` at the line itself, else `at` tells where it stands."""
    placed = evidence.assign(at=evidence["table"] + "|" + evidence["bkkp_sn"])
    own = placed.merge(truth.lines, on=LINE, how="inner").assign(own=True)
    ways = [own]
    if "paired_bkkp_sn" in placed:
        left = placed[placed["paired_bkkp_sn"].notna() & ~placed["at"].isin(own["at"])]  # else it sees its own line
        other = left.drop(columns=LINE).rename(columns={"paired_bkkp_sn": "bkkp_sn"}).assign(table=FEE)
        ways.append(other.merge(truth.lines, on=LINE, how="inner").assign(own=False))
    if "setl_id" in truth.lines:
        elsewhere = placed[placed["table"] != FEE].rename(columns={"bkkp_sn": "setl_id"}).drop(columns="table")
        known = truth.lines[truth.lines["setl_id"].notna() & (truth.lines["table"] == FEE)]
        ways.append(elsewhere.merge(known, on="setl_id", how="inner").assign(own=False))
    return pd.concat(ways, ignore_index=True)


def _found(caught: pd.DataFrame) -> float:
    """Yuan the evidence disputes: a line by what points at it, the others once for every row they were seen by."""
    own = caught[caught["own"]]
    others = caught[~caught["own"] & ~caught["bkkp_sn"].isin(own["bkkp_sn"])]
    parts = [own.groupby("bkkp_sn"), others.groupby("at")]
    return sum(float(part["violation_amount"].max().astype(float).sum()) for part in parts)


def lines_held(evidence: pd.DataFrame, hits: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """Each line once per detector, with `planted` (by any scheme) and `at_hit` (the detector hits at its house)."""
    once = evidence[["detector_id", "fixmedins_code", *LINE]].drop_duplicates()
    told = hits[["detector_id", "fixmedins_code"]].drop_duplicates().assign(at_hit=True)
    marked = once.merge(told, on=["detector_id", "fixmedins_code"], how="left")
    true = set(zip(*(seen(evidence, truth)[name] for name in ("detector_id", "at")), strict=True))
    places = zip(marked["detector_id"], marked["table"] + "|" + marked["bkkp_sn"], strict=True)
    return marked.assign(planted=[place in true for place in places], at_hit=marked["at_hit"].notna())


class Truth:
    """Schemes (one row per house) and planted lines of a generated area."""

    def __init__(self, schemes: pd.DataFrame, lines: pd.DataFrame, settled: pd.DataFrame | None = None) -> None:
        """`settled`: bkkp_sn, setl_id of the planted fee lines, where it is known."""
        self.schemes = schemes
        self.lines = lines.astype({"bkkp_sn": str})[["bkkp_sn", "table", "scheme", "disputed_amount"]]
        if settled is not None:
            self.lines = self.lines.merge(settled.drop_duplicates("bkkp_sn"), on="bkkp_sn", how="left")

    def names(self) -> list[str]:
        """Schemes that were planted, by area and name."""
        ordered = self.schemes.sort_values(["area", "scheme"])
        return list(dict.fromkeys(ordered["scheme"]))

    def houses(self, scheme: str) -> pd.DataFrame:
        """Houses of a scheme with their area."""
        return self.schemes[self.schemes["scheme"] == scheme][["fixmedins_code", "area"]]


def _row(name: str, hits: pd.DataFrame, keyed: pd.DataFrame, cases: pd.DataFrame, truth: Truth) -> dict[str, Any]:
    houses = truth.houses(name)
    area = str(houses["area"].iloc[0])
    planted = truth.lines[truth.lines["scheme"] == name]
    caught = keyed[keyed["scheme"] == name]
    seeing = _seeing(caught, planted)
    own = hits[hits["fixmedins_code"].isin(houses["fixmedins_code"])]
    fired = own[own["detector_id"].isin(seeing) | ((own["family"] != "rule") & (own["area"] == area))]
    detectors = sorted(set(fired["detector_id"]))
    held = caught[caught["detector_id"].isin(detectors)]
    amount, found = float(planted["disputed_amount"].astype(float).sum()), _found(held)
    clean = hits[hits["detector_id"].isin(set(detectors) & seeing)]
    honest = clean[~clean["fixmedins_code"].isin(truth.schemes["fixmedins_code"])]
    listed = houses.merge(cases[["fixmedins_code", "area"]], on=["fixmedins_code", "area"])
    error = round(found / amount - 1, 2) if amount > 0 and len(held) else None
    return {
        **{"area": area, "scheme": name, "planted": len(houses), "detectors": ";".join(detectors)},
        **{"verdict": _verdict(seeing, detectors, error), "houses_hit": int(fired["fixmedins_code"].nunique())},
        **{"listed_in_area": len(listed), "lines": len(planted), "caught": int(held["bkkp_sn"].nunique())},
        **{"planted_amount": round(amount, 2), "found_amount": round(found, 2), "amount_error": error},
        "honest_houses_hit": int(honest["fixmedins_code"].nunique()),
    }


def _seeing(caught: pd.DataFrame, planted: pd.DataFrame) -> set[str]:
    """Detectors that hold enough of the planted lines."""
    counts = caught.groupby("detector_id")["bkkp_sn"].nunique()
    return set(counts[counts >= FOUND * max(1, len(planted))].index)


def _precision(
    name: str, keyed: pd.DataFrame, hits: pd.DataFrame, held: pd.DataFrame, truth: Truth
) -> dict[str, float | None]:
    """Recall and precision of the lines held by the detectors that see the scheme and hit at one of its houses."""
    planted = truth.lines[truth.lines["scheme"] == name]
    caught = keyed[keyed["scheme"] == name]
    own = hits[hits["fixmedins_code"].isin(truth.houses(name)["fixmedins_code"])]
    fired = _seeing(caught, planted) & set(own["detector_id"])
    if not fired:
        return {"recall": None, "precision": None, "precision_at_hits": None}
    lines = held[held["detector_id"].isin(fired)]
    seen = caught[caught["detector_id"].isin(fired)][LINE].drop_duplicates()
    return {
        "recall": round(len(seen) / len(planted), 2),
        "precision": _true_share(lines),
        "precision_at_hits": _true_share(lines[lines["at_hit"]]),
    }


def _true_share(lines: pd.DataFrame) -> float | None:
    once = lines.drop_duplicates(LINE)
    return round(float(once["planted"].mean()), 2) if len(once) else None


def summary(rows: pd.DataFrame) -> list[str]:
    """One line per area: schemes that fire, planted lines caught, the median precision of their evidence."""
    told = []
    for area, group in rows.groupby("area"):
        fired = group[group["verdict"].isin(["fires", "amount_error"])]
        lines = int(group["lines"].sum())
        share = group["caught"].sum() / lines if lines else 0.0
        precise = [f"{name} {_median(group[name])}" for name in ("precision", "precision_at_hits")]
        words = (
            f"{area}: {len(fired)} of {len(group)} schemes fire, {share:.0%} of {lines} planted lines caught, median"
        )
        told.append(f"{words} {', '.join(precise)}, {int(group['honest_houses_hit'].sum())} honest houses hit")
    return told


def _median(values: pd.Series) -> str:
    known = values.astype(float).dropna()
    return f"{known.median():.2f}" if len(known) else "–"


def _verdict(seeing: set[str], detectors: list[str], error: float | None) -> str:
    if not detectors:
        return "silent" if seeing else "not_built"
    return "amount_error" if error is not None and abs(error) > 0.5 else "fires"


def read(home: Path, folder: Path) -> pd.DataFrame:
    """The table of a finished run."""
    lines = pd.read_parquet(folder / "lines.parquet")
    keys = lines.loc[lines["table"] == FEE, "bkkp_sn"].astype(str).tolist()
    settled = pd.read_parquet(
        home / "validated" / FEE, columns=["bkkp_sn", "setl_id"], filters=[("bkkp_sn", "in", keys)]
    )[["bkkp_sn", "setl_id"]]
    truth = Truth(pd.read_csv(folder / "schemes.csv", dtype=str), lines, settled)
    findings = pd.read_parquet(home / "scores" / "finding")
    evidence = pd.read_parquet(
        home / "scores" / "evidence",
        columns=["detector_id", "fixmedins_code", "table", "bkkp_sn", "paired_bkkp_sn", "violation_amount"],
    )
    cases = pd.read_parquet(home / "runs" / "latest" / "case_list.parquet")
    return table(findings, evidence, cases, truth)


def markdown(rows: pd.DataFrame) -> str:
    """The table as Markdown."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    lines += [
        "| " + " | ".join("" if pd.isna(v) else str(v) for v in row) + " |" for row in rows.itertuples(index=False)
    ]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Reads a run and its truth, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--markdown", action="store_true", help="a Markdown table instead of JSON")
    options = parser.parse_args(arguments)
    rows = read(options.home, options.truth)
    records = json.loads(rows.to_json(orient="records"))
    said = "\n".join(["", *(f"- {line}" for line in summary(rows))])
    print(markdown(rows) + "\n" + said if options.markdown else json.dumps(records, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

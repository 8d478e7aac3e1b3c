"""The watch list of an area: items with the largest spend and the largest rise, and what explains the rise.

Reads: features/provider_item_month and item, validated/volume_price_d and fixmedins_b; the policy calendar.
Grain: one row per item.
Why: supervisors watch the drugs, devices and tests the fund spends most on, and those that grow. A rise that begins
with a new catalogue, a price reform or a round of volume procurement is the policy's: it is shown with its event and is
no lead. Rise = yuan per month of the later half of the period minus the earlier half (the middle month of an odd number
is left out); growth = rise over the earlier half. A rise begins with its largest step from one month to the next: an
event explains it when it came into force in that month or the quarter before, not whenever one fell into the period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs.runtime.period import Period, shift
from jobs.runtime.storage import ALL, Home, read
from knowledge.policy_calendar import PolicyEntry, load_calendar

TOP = 50  # items by spend, and as many by rise: what a meeting can go through
LEAD_GROWTH = 0.5  # half as much again within a period; a season moves most items by less
LEAD_SHARE = 0.001  # of all in-scope money: below it a rise is a trifle for an area
REACH_BACK = 3  # months: a policy takes a quarter to reach all houses
COLUMNS = {
    "med_list_codg": "医疗目录编码",
    "hilist_name": "名称",
    "area": "领域",
    "inscp": "符合范围金额（元）",
    "fund": "基金（元）",
    "share": "占全部金额",
    "rise": "月均增加（元）",
    "growth": "增长率",
    "houses_share": "开展机构占比",
    "event_zh": "可以解释的政策事件",
    "event_en": "policy event",
    "lead": "未获解释的增长",
}


def build(spark: SparkSession, home: Home, period: Period) -> pd.DataFrame:
    """The watch list (columns COLUMNS, yuan and shares, largest spend first); empty without items."""
    found = read(spark, home, "features", "provider_item_month", period.months)
    named = read(spark, home, "features", "item", [period.folder])
    if found is None or named is None:
        return pd.DataFrame(columns=list(COLUMNS))
    keys = ["med_list_codg", "stat_month"]
    coded = found.where(F.col("med_list_codg") != "")
    monthly = coded.groupBy(*keys).agg(F.sum("inscp").alias("inscp"), F.sum("fund").alias("fund")).toPandas()
    houses = coded.groupBy("med_list_codg").agg(F.count_distinct("fixmedins_code").alias("houses")).toPandas()
    items = named.where(F.col("med_list_codg") != "").select("med_list_codg", "hilist_name", "area").toPandas()
    known = houses.merge(items.drop_duplicates("med_list_codg"), on="med_list_codg", how="left")
    total = found.select("fixmedins_code").distinct().count()
    shared = known.assign(houses_share=known["houses"] / max(total, 1))
    return watched(monthly, shared, period, _events(spark, home), region=_region(spark, home))


def watched(
    monthly: pd.DataFrame, items: pd.DataFrame, period: Period, prices: pd.DataFrame,
    calendar: Sequence[PolicyEntry] | None = None, region: str = "",
) -> pd.DataFrame:  # fmt: skip
    """The list from `monthly` (item, month, inscp, fund), `items` (item, name, area, share of houses) and the days
    `prices` (item, begndate) on which a selected or capped price came into force.
    """
    sums = monthly.groupby("med_list_codg", as_index=False)[["inscp", "fund"]].sum()
    table = sums.merge(items, on="med_list_codg").merge(_rise(monthly, period), on="med_list_codg", how="left")
    total = float(table["inscp"].sum()) or 1.0
    table["share"] = table["inscp"] / total
    largest = pd.concat([table.nlargest(TOP, "inscp"), table.nlargest(TOP, "rise")]).drop_duplicates("med_list_codg")
    chosen = largest.sort_values(["inscp", "med_list_codg"], ascending=[False, True], ignore_index=True)
    entries = load_calendar() if calendar is None else tuple(calendar)
    begun = _begun(monthly, period)
    told = [
        _event(row, begun.get(row["med_list_codg"], ""), entries, prices, region) for row in chosen.to_dict("records")
    ]
    chosen["event_zh"], chosen["event_en"] = [zh for zh, _ in told], [en for _, en in told]
    large = chosen["rise"].fillna(0) * len(period.months) / 2 >= LEAD_SHARE * total
    chosen["lead"] = (chosen["growth"].fillna(0) >= LEAD_GROWTH) & large & (chosen["event_en"] == "")
    return chosen[list(COLUMNS)]


def _rise(monthly: pd.DataFrame, period: Period) -> pd.DataFrame:
    """med_list_codg, rise (yuan a month), growth; empty over less than two months or where there was nothing before."""
    half = len(period.months) // 2
    if half == 0:
        return monthly[["med_list_codg"]].drop_duplicates().assign(rise=float("nan"), growth=float("nan"))

    def mean(months: Sequence[str]) -> pd.Series:
        return monthly[monthly["stat_month"].isin(months)].groupby("med_list_codg")["inscp"].sum() / half

    halves = pd.DataFrame({"before": mean(period.months[:half]), "after": mean(period.months[-half:])}).fillna(0.0)
    rise = halves["after"] - halves["before"]
    growth = (rise / halves["before"].where(halves["before"] > 0)).rename("growth")
    return pd.concat([rise.rename("rise"), growth], axis=1).rename_axis("med_list_codg").reset_index()


def _begun(monthly: pd.DataFrame, period: Period) -> dict[str, str]:
    """Item -> the month of its largest step up, where it has one; a month without a charge counts as zero."""
    wide = monthly.pivot_table(index="med_list_codg", columns="stat_month", values="inscp", aggfunc="sum")
    steps = wide.reindex(columns=list(period.months)).fillna(0.0).astype(float).diff(axis=1).iloc[:, 1:]
    rising = steps[(steps > 0).any(axis=1)] if len(steps.columns) else steps.iloc[:0]
    return {str(item): str(month) for item, month in rising.idxmax(axis=1).items()} if len(rising) else {}


def _event(
    row: Mapping[Any, Any], begun: str, entries: Sequence[PolicyEntry], prices: pd.DataFrame, region: str
) -> tuple[str, str]:
    """What changed for the item when its rise began (YYYY-MM, empty = no rise) or in the quarter before, in both
    languages; empty = nothing known.
    """
    if not begun:
        return "", ""
    first, last = shift(begun, -REACH_BACK), begun
    own = prices[prices["med_list_codg"] == row["med_list_codg"]]["begndate"]
    days = sorted(day for day in own if first <= day.strftime("%Y-%m") <= last)
    texts = [(f"{day} 起执行中选价或限价", f"selected or capped price since {day}") for day in days[-1:]]
    for entry in entries:
        touches = not entry.areas or row["area"] in entry.areas
        if touches and first <= entry.month <= last and (not entry.place or region.startswith(entry.place)):
            texts.append((f"{entry.day} {entry.what_zh}", f"{entry.day} {entry.what_en}"))
    return "；".join(zh for zh, _ in texts), "; ".join(en for _, en in texts)


def _events(spark: SparkSession, home: Home) -> pd.DataFrame:
    """med_list_codg, begndate of all listed prices."""
    listed = read(spark, home, "validated", "volume_price_d", [ALL])
    if listed is None:
        return pd.DataFrame({"med_list_codg": pd.Series(dtype=str), "begndate": pd.Series(dtype=object)})
    days = listed.select("med_list_codg", "begndate").distinct().toPandas()
    return days[days["begndate"].map(lambda day: isinstance(day, date))]


def _region(spark: SparkSession, home: Home) -> str:
    """admdvs most institutions belong to."""
    register = read(spark, home, "validated", "fixmedins_b", [ALL])
    if register is None:
        return ""
    counted = register.groupBy("fix_blng_admdvs").agg(F.count(F.lit(1)).alias("n")).toPandas()
    places = counted.dropna().sort_values(["n", "fix_blng_admdvs"], ascending=[False, True])["fix_blng_admdvs"]
    return str(places.iloc[0]) if len(places) else ""

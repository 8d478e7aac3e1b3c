"""validated/fee_list_d: charged lines, typed and judged, netted by their refunds, with the context of their visit.

Reads: raw/fee_list_d (months asked for), the context of visits, what is known of items and institutions.
Grain: one row = one charged line; a refund line stays a row of its own with nothing left on it.
Why: detectors read `line_kind = 'charge' AND net_cnt > 0` and need no other table for who, where and what.
"""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.validated.judge import AREA, LANDED_VISIT, LOST_ORIGINAL
from jobs.validated.landed import Landed, item_key
from jobs.validated.refunds import BACK, LINES, left
from jobs.validated.settlements import TOLERANCE, differ
from jobs.validated.visits import SETTLEMENT

DAY = 86400  # seconds
# What several expressions ask is told once per line: an engine works a repeated expression out again each time.
_IS_REFUND, _OUTSIDE = "_is_refund", "_outside"


def joined(rows: DataFrame, context: DataFrame, known: Landed) -> DataFrame:
    """Opened lines with what the checks need of the rest of the extract.

    `visit_*`, `first_*`: the context of the visit. `_s_*`: the line's own settlement, `_settled` = it is known.
    `_back_1..3`: what went back. `domain`: of the item. `_outside`: seconds outside the visit, null inside.
    """
    lines = _with_domain(rows, known).join(context, "mdtrt_id", "left")
    refund, other = ("refunds" in context.columns), ("settlements" in context.columns)
    first = F.coalesce(F.col("setl_id") == F.col("first_setl_id"), F.lit(False))
    found = {
        _IS_REFUND: LINES.is_refund,
        "_is_first": first,
        "_refund": _facts("refunds", "key", "bkkp_sn") if refund else F.lit(None),
        "_other": F.when(~first, _facts("settlements", "setl_id", "setl_id")) if other else F.lit(None),
    }
    lines = lines.withColumns(found)
    good = F.coalesce(F.col("_refund")["good"], F.lit(False)) if refund else F.lit(False)
    added = {
        "_settled": F.col("_is_first") | F.col("_other").isNotNull(),
        **{f"_s_{name}": _own(name, other) for name in SETTLEMENT},
        **{f"_{name}": F.col("_refund")[name] if refund else F.lit(0) for name in BACK},
        LANDED_VISIT: F.col("landed"),
        LOST_ORIGINAL: F.col(_IS_REFUND) & ~good,
        _OUTSIDE: _seconds_outside(),
    }
    return lines.withColumns(added).drop("_is_first", "_refund", "_other", "settlements", "refunds")


def _own(name: str, other: bool) -> Column:
    own = F.when(F.col("_is_first"), F.col(f"first_{name}"))
    return own.otherwise(F.col("_other")[name]) if other else own


def _with_domain(rows: DataFrame, known: Landed) -> DataFrame:
    """The rows with what their item is; null where nothing is known."""
    if known.items is None:
        return rows.withColumn("domain", F.lit(None).cast("string"))
    own = item_key()
    return rows.withColumns(own).join(known.items, list(own), "left").drop(*own)


def _facts(entries: str, key: str, own: str) -> Column:
    """Facts of the entry whose `key` is the line's `own` value; null when there is none. Hardly any line has entries.

    An array and not a map: the embedded engine loses rows when a map is asked with a column.
    """
    found = F.get(F.filter(entries, lambda entry: entry[key] == F.col(own)), F.lit(0))["facts"]
    return F.when(F.col(entries).isNotNull(), found)


def warnings() -> dict[str, Column]:
    """What is kept but counted: amounts that do not multiply, charges outside their visit, odd refunds, no context."""
    product = F.col("cnt").cast("double") * F.col("pric").cast("double")
    excess = F.coalesce(F.col("_back_2"), F.lit(0)) - F.col("det_item_fee_sumamt")
    outside, charge = F.col(_OUTSIDE), ~F.col(_IS_REFUND)  # money goes back after the visit
    return {
        "cnt_times_pric": differ(product, F.col("det_item_fee_sumamt")),
        "date_outside_visit": charge & (outside > 0) & (outside < DAY),
        "date_far_outside_visit": charge & (outside >= DAY),
        "refund_above_original": charge & (excess > TOLERANCE),
        "original_on_a_charge": charge & F.col("init_feedetl_sn").isNotNull(),
        "settlement_not_found": F.col("setl_id").isNotNull() & ~F.col("_settled"),
        "visit_not_usable": F.col("has_visit").isNull(),
    }


def _seconds_outside() -> Column:
    """Seconds between the charge and its visit; null inside. A bound without a time of day stands for its whole day.

    Nearly every charge lies between both bounds as they are written: the others alone are measured.
    """
    at, begin, end = F.col("fee_ocur_time"), F.col("visit_begntime"), F.col("visit_endtime")
    charge = F.unix_timestamp(at)
    whole_day = end.cast("date").cast("timestamp") == end
    last = F.unix_timestamp(end) + F.when(whole_day, F.lit(DAY - 1)).otherwise(F.lit(0))
    # A charge without a time of day may have been made at any time of its day.
    timeless = at.cast("date").cast("timestamp") == at
    first = F.unix_timestamp(F.when(timeless, begin.cast("date").cast("timestamp")).otherwise(begin))
    seconds = F.greatest(first - charge, charge - F.coalesce(last, charge), F.lit(0))
    return F.when((at < begin) | (at > end), seconds)


def derived() -> Mapping[str, Column]:
    """The columns detectors read besides the contract's own."""
    refund = F.col(_IS_REFUND)
    gone = refund | F.coalesce(F.col("_s_gone"), F.lit(False))
    own = {name: F.coalesce(F.col(f"_s_{name}"), F.col(f"first_{name}")) for name in ("insutype", "insu_admdvs")}
    brdy = F.coalesce(F.col("_s_brdy"), F.col("first_brdy"), F.col("visit_brdy"))
    return {
        "fee_date": F.col("fee_ocur_time").cast("date"),
        "line_kind": F.when(refund, F.lit("refund")).otherwise(F.lit("charge")),
        "net_cnt": _net(gone, "cnt", "_back_1", "decimal(16,4)"),
        "net_fee": _net(gone, "det_item_fee_sumamt", "_back_2", "decimal(16,2)"),
        "net_inscp": _net(gone, "inscp_amt", "_back_3", "decimal(16,2)"),
        "med_type": F.coalesce(F.col("visit_med_type"), F.col("_s_med_type"), F.col("first_med_type")),
        "insutype": own["insutype"],
        "gend": F.coalesce(F.col("_s_gend"), F.col("first_gend"), F.col("visit_gend")),
        "age": age(brdy, F.col("fee_ocur_time").cast("date")),
        "insu_admdvs": own["insu_admdvs"],
        "visit_begin": F.col("visit_begntime").cast("date"),
        "visit_end": F.col("visit_endtime").cast("date"),
        "main_diag": F.col("visit_dscg_maindiag_code"),
        "adm_dept_codg": F.col("visit_adm_dept_codg"),
        "dscg_way": F.col("visit_dscg_way"),
        "hi_paymtd": F.coalesce(F.col("_s_hi_paymtd"), F.col("first_hi_paymtd")),
        "fund_share": F.col("_s_fund_share"),
        "fix_blng_admdvs": F.col(AREA),
        "domain": F.col("domain"),
    }


def _net(gone: Column, amount: str, back: str, kind: str) -> Column:
    return F.when(gone, F.lit(0)).otherwise(left(amount, F.col(back))).cast(kind)


def age(born: Column, day: Column) -> Column:
    """Years completed on `day`; null before birth. Born on 29 February = a year older on 1 March of a common year."""
    had_birthday = F.month(day) * 100 + F.dayofmonth(day) >= F.month(born) * 100 + F.dayofmonth(born)
    years = F.year(day) - F.year(born) - F.when(had_birthday, F.lit(0)).otherwise(F.lit(1))
    return F.when(years >= 0, years)

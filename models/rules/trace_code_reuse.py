"""One drug trace code settled a second time: in the same shop, in another institution, or after a sale for cash.

Reads: fee_list_d (drug_trac_codg, trdn_flag), sel_d for sales outside insurance.
Grain: the fee line whose box had been sold before; the earlier sale is never disputed.
Why: a code stands for one box. Sold once more in the same shop it points at goods swapped or never handed over; sold
again elsewhere it points at boxes flowing back into the trade. A box sold in parts may be settled in fractions up to
one box inside one institution. Formula: disputed boxes / quantity of the line x net_inscp (handbook §3.4, formula
2).

Left out on purpose: malformed codes (data quality); the same code twice in one settlement (one box scanned twice at
the counter); lines refunded in part that carry several codes (nobody knows which box came back); a code seen in more
than `max_institutions` institutions (printed twice at the factory, or a placeholder: no box travels that far).
"""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from models.rules.amounts import excess_share
from models.rules.kind import Card, RuleInputs, sentence
from models.rules.lines_counted import TRACE_CODE, counted_lines
from models.rules.records import LINE, each_card, each_exposure, each_gap, ratio

NAME, VERSION = "trace_code_reuse", "1.0"

ONE_DIGIT_ONLY = "^(0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)$"  # typed to get past a mandatory field
SCANNED = ("bkkp_sn", "fixmedins_code", "fee_ocur_time")  # the line of a scan: its key, place and time
DRUG_CHARGES = ("09", "11")


def evaluate(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Later sales; params: relation same_shop | other_shop | after_cash, max_institutions, split_tolerance (boxes)."""
    return each_card(inputs, cards, _card_hits)


def exposure(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Lines that carry a well-formed code."""
    return each_exposure(
        inputs, cards, lambda given, _: counted_lines(given).where("traced"), reads=(), amount=F.col("lines")
    )


def gaps(inputs: RuleInputs, cards: Sequence[Card]) -> DataFrame:
    """Institutions that charge drugs and never hand a code over: `no_trace_codes`."""
    return each_gap(inputs, cards, silent, reads=())


def silent(inputs: RuleInputs, _: Card) -> DataFrame:
    """Institutions that charge drugs and never hand a code over."""
    sellers = counted_lines(inputs).where(F.col("med_chrgitm_type").isin(*DRUG_CHARGES)).groupBy("fixmedins_code")
    told = sellers.agg(F.max(F.col("trace_told").cast("int")).alias("_told"))
    return told.where(F.col("_told") == 0).withColumn("reason_code", F.lit("no_trace_codes"))


def _card_hits(inputs: RuleInputs, card: Card) -> DataFrame:
    relation = card.params["relation"]
    if relation == "after_cash":
        return per_line(_after_cash(inputs))
    sales = sold_repeatedly(inputs, card)
    again = (
        again_here(sales, float(card.params["split_tolerance"])) if relation == "same_shop" else again_elsewhere(sales)
    )
    return per_line(again)


def _well_formed(code: Column) -> Column:
    return code.rlike("^[0-9]{20}$") & ~code.rlike(ONE_DIGIT_ONLY)


def _coded(lines: DataFrame) -> DataFrame:
    """Lines with at least one well-formed code; `_codes` = their distinct codes, `_boxes` = how many there are."""
    told = lines.where(F.col("drug_trac_codg").rlike(TRACE_CODE))
    codes = F.array_distinct(F.split(F.regexp_replace("drug_trac_codg", r"\s", ""), ","))
    return told.withColumn("_codes", codes).withColumn("_boxes", F.size("_codes"))


def _scans(inputs: RuleInputs) -> DataFrame:
    """One row per line and code: trace_code, sale, `split`, what tells the line (SCANNED) and `units`, the boxes the
    scan stands for: 1, or the fraction of a box sold in parts.
    """
    return inputs.kept("trace-codes-scanned", lambda: _read_off(inputs.lines))


def _whole_lines(inputs: RuleInputs, scans: DataFrame) -> DataFrame:
    """`scans`, few of them, with the other columns of their lines."""
    return inputs.lines.select(*LINE).join(F.broadcast(scans.drop(*SCANNED[1:])), SCANNED[0])


def _read_off(lines: DataFrame) -> DataFrame:
    whole_or_single = (F.col("net_cnt") >= F.col("cnt")) | (F.col("_boxes") == 1)
    split = (F.coalesce(F.col("trdn_flag"), F.lit(0)) == 1) | (F.col("net_cnt") < 1)
    fraction = F.least(F.lit(1.0), ratio(F.col("net_cnt").cast("double"), F.col("_boxes")))
    return (
        _coded(lines)
        .where(whole_or_single)
        .withColumn("units", F.when(split, fraction).otherwise(F.lit(1.0)))
        .withColumn("split", split)
        .withColumn("sale", F.coalesce("setl_id", "mdtrt_id"))
        .withColumn("trace_code", F.explode("_codes"))
        .where(_well_formed(F.col("trace_code")))
        .select("trace_code", "sale", "units", "split", *SCANNED)
    )


def sold_repeatedly(inputs: RuleInputs, card: Card) -> DataFrame:
    """Sales of codes with more than one, in at most `max_institutions` institutions; computed once for all cards."""
    few = F.col("_institutions") <= int(card.params["max_institutions"])
    return inputs.kept("sales-of-repeated-codes", lambda: _sales_of_repeated_codes(inputs)).where(few)


def _sales_of_repeated_codes(inputs: RuleInputs) -> DataFrame:
    """One row per code and settlement, for codes with more than one: its first line, `units` of the box it took,
    `_institutions` the code was seen in.
    """
    scans = _scans(inputs)
    sales = scans.groupBy("trace_code").agg(F.min("sale").alias("_first"), F.max("sale").alias("_last"))
    repeated = sales.where(F.col("_first") != F.col("_last")).select("trace_code")
    of_sale = Window.partitionBy("trace_code", "sale")
    of_code = Window.partitionBy("trace_code")
    in_order = of_sale.orderBy("fee_ocur_time", "bkkp_sn")
    first_lines = (
        scans.join(repeated, "trace_code", "left_semi")
        .withColumn("units", F.least(F.lit(1.0), F.sum("units").over(of_sale)))
        .withColumn("_institutions", F.size(F.collect_set("fixmedins_code").over(of_code)))
        .withColumn("_rank", F.row_number().over(in_order))
        .where(F.col("_rank") == 1)
    )
    return _whole_lines(inputs, inputs.kept("scans-of-repeated-codes", lambda: first_lines))


def again_here(sales: DataFrame, tolerance: float) -> DataFrame:
    """Sales after which more than one box (plus the rounding of fractions) of a code has left the same institution."""
    order = Window.partitionBy("trace_code", "fixmedins_code").orderBy("fee_ocur_time", "bkkp_sn")
    before = order.rowsBetween(Window.unboundedPreceding, -1)
    running = sales.withColumn("_before", F.sum("units").over(before)).withColumn(
        "_paired", F.first("bkkp_sn").over(order.rowsBetween(Window.unboundedPreceding, Window.currentRow))
    )
    total = F.col("_before") + F.col("units")
    return running.where(total > 1 + tolerance).select(
        *LINE,
        "trace_code",
        F.least("units", total - 1).alias("_disputed"),
        F.col("_paired").alias("paired"),
        F.lit("本机构").alias("where_zh"),
        F.lit("by the same institution").alias("where_en"),
    )


def again_elsewhere(sales: DataFrame) -> DataFrame:
    """Sales of a code whose first sale was strictly earlier and in another institution."""
    order = Window.partitionBy("trace_code").orderBy("fee_ocur_time", "bkkp_sn")
    since = order.rowsBetween(Window.unboundedPreceding, Window.currentRow)
    first = sales.withColumns(
        {
            "_shop": F.first("fixmedins_code").over(since),
            "_time": F.first("fee_ocur_time").over(since),
            "first_psn": F.first("psn_no").over(since),
            "_paired": F.first("bkkp_sn").over(since),
        }
    )
    elsewhere = (F.col("fixmedins_code") != F.col("_shop")) & (F.col("fee_ocur_time") > F.col("_time"))
    return first.where(elsewhere).select(
        *LINE,
        "trace_code",
        F.col("units").alias("_disputed"),
        F.col("_paired").alias("paired"),
        F.col("_shop").alias("first_shop"),
        "first_psn",
        F.concat(F.lit("机构"), F.col("_shop")).alias("where_zh"),
        F.concat(F.lit("by institution "), F.col("_shop")).alias("where_en"),
    )


def _after_cash(inputs: RuleInputs) -> DataFrame:
    """Claimed sales of a box that had been sold outside insurance before and was not brought back."""
    scans = _scans(inputs).where(~F.col("split"))
    goods = inputs.tables["sel_d"].where((F.col("mdtrt_setl_type") == "2") & F.col("drug_trac_codg").isNotNull())
    cash = (
        goods.withColumn("trace_code", F.explode(F.split("drug_trac_codg", ",")))
        .withColumn("trace_code", F.trim("trace_code"))
        .where(_well_formed(F.col("trace_code")) & (F.coalesce(F.col("trdn_flag"), F.lit(0)) == 0))
        .join(scans.select("trace_code"), "trace_code", "left_semi")  # most boxes sold for cash are never claimed
        .groupBy("trace_code")
        .agg(
            F.sum("cnt").alias("_net"),
            F.max("sel_time").alias("_last"),
            F.min_by("sel_sn", "sel_time").alias("paired"),
            F.min("fixmedins_code").alias("_shop"),
            F.countDistinct("fixmedins_code").alias("_shops"),
        )
        .where((F.col("_net") > 0) & (F.col("_shops") == 1))
    )
    later = scans.join(cash, "trace_code", "inner").where(F.col("fee_ocur_time") > F.col("_last"))
    return _whole_lines(inputs, inputs.kept("scans-after-cash", lambda: later)).select(
        *LINE,
        "trace_code",
        F.col("units").alias("_disputed"),
        "paired",
        F.concat(F.lit("机构"), F.col("_shop"), F.lit("以自费方式")).alias("where_zh"),
        F.concat(F.lit("for cash by institution "), F.col("_shop")).alias("where_en"),
    )


def per_line(again: DataFrame) -> DataFrame:
    """Disputed boxes of a line added up over its codes; one code and its earlier sale are named."""
    lines = again.groupBy(*LINE).agg(
        F.sum("_disputed").alias("_boxes_again"),
        F.count(F.lit(1)).alias("codes"),
        F.min("trace_code").alias("example"),
        F.min_by("paired", "trace_code").alias("paired_bkkp_sn"),
        F.min_by("where_zh", "trace_code").alias("where_zh"),
        F.min_by("where_en", "trace_code").alias("where_en"),
    )
    disputed = F.least(F.col("_boxes_again"), F.col("net_cnt").cast("double"))
    return lines.withColumns(
        {
            "violation_cnt": disputed,
            "violation_amount": excess_share(disputed),
            "note_zh": sentence(
                "追溯码{code}此前已由{where}售出,本行再次结算(涉及{n}个码)", code="example", where="where_zh", n="codes"
            ),
            "note_en": sentence(
                "trace code {code} had been sold {where} before; settled again here ({n} codes)",
                code="example",
                where="where_en",
                n="codes",
            ),
        }
    )

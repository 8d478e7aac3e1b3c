"""What the kinds share that look beyond the fee lines: who is a pharmacy, what a stay is, evidence card by card.

Why: report, stock, capacity and stay kinds read different tables, but their evidence must look the same and the
words "pharmacy", "in-patient" and "stay" must mean the same in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from knowledge.domains import domain_of
from models.rules.kind import EXPOSURE_SCHEMA, GAP_SCHEMA, Card, RuleInputs, exposures, hits, stat_month

# Kinds of visit that occupy a bed: 21 to 27 and birth (52), with local sub-codes (2101 ...); texts from one code up to
# another, since every line is asked. Day surgery (28) and home beds (71) occupy none.
INPATIENT_TYPES = (("21", "28"), ("52", "53"))
PHARMACY_TYPE = "41"
RETAIL_PHARMACY = "2"  # fixmedins_type
BED_DAY_CHARGES = ("01", "02", "07")  # bed, daily consultation, nursing: charged for being in the bed on that day
HOSPITAL_COLUMNS = (
    "bilg_dept_codg", "acord_dept_codg", "adm_dept_codg", "acord_dr_code", "etip_flag", "dscg_way", "hi_paymtd",
)  # fmt: skip
LINE = (
    "bkkp_sn", "psn_no", "mdtrt_id", "fixmedins_code", "fee_ocur_time", "fee_date", "med_list_codg", "hilist_name",
    "net_cnt", "net_inscp", "fund_share",
)  # fmt: skip


def each_card(inputs: RuleInputs, cards: Sequence[Card], build: Callable[[RuleInputs, Card], DataFrame]) -> DataFrame:
    """The union of `build(inputs, card)` cut to hits, over the cards whose tables were handed over."""
    found = [no_hits(inputs)]
    for card in ready(inputs, cards):
        rows = build(inputs, card).withColumns({"detector_id": F.lit(card.detector_id), "area": F.lit(card.area)})
        found.append(hits(rows))
    return reduce(DataFrame.unionByName, found)


def ready(inputs: RuleInputs, cards: Iterable[Card]) -> list[Card]:
    """The cards all of whose tables were handed over; the fee lines always are."""
    present = set(inputs.tables) | {"fee_list_d"}
    return [card for card in cards if set(card.needs) <= present]


def each_exposure(
    inputs: RuleInputs,
    cards: Sequence[Card],
    eligible: Callable[[RuleInputs, Card], DataFrame],
    reads: Sequence[str] | None = None,
    amount: Column | None = None,
) -> DataFrame:
    """The exposures of all cards that can be evaluated; `eligible` gives the lines a card can hit.

    `reads`: the parameters `eligible` looks at; cards that do not differ in them have the same lines, counted once.
    `amount`: what a row of `eligible` stands for (default: one line), for lines that were added up before.
    """
    frames = []
    for group in _reading_the_same(ready(inputs, cards), reads):
        dated = eligible(inputs, group[0]).withColumns({"stat_month": stat_month(), "detector_id": F.lit("")})
        frames.append(_of_each(exposures(dated, amount), group).select(*EXPOSURE_SCHEMA))
    return reduce(DataFrame.unionByName, frames, nothing_of(inputs, EXPOSURE_SCHEMA))


def _reading_the_same(cards: Sequence[Card], reads: Sequence[str] | None) -> list[list[Card]]:
    """The cards grouped by their parameters of these names; every card alone where none are named (None)."""
    groups: dict[str, list[Card]] = {}
    for card in cards:
        asked = card.detector_id if reads is None else repr([card.params.get(name) for name in reads])
        groups.setdefault(asked, []).append(card)
    return list(groups.values())


def _of_each(frame: DataFrame, cards: Sequence[Card]) -> DataFrame:
    """`frame` with `detector_id`: a row once for each of the cards."""
    return frame.withColumn("detector_id", F.explode(F.array(*[F.lit(card.detector_id) for card in cards])))


def each_stay_exposure(
    inputs: RuleInputs, cards: Sequence[Card], eligible: Callable[[RuleInputs, Card], DataFrame]
) -> DataFrame:
    """The same counted in stays, each under the month of its last line: for cards whose `counted` is persons."""
    month = F.max(stat_month()).alias("stat_month")
    frames = [
        exposures(
            eligible(inputs, card)
            .groupBy("fixmedins_code", "mdtrt_id")
            .agg(month)
            .withColumn("detector_id", F.lit(card.detector_id))
        )
        for card in ready(inputs, cards)
    ]
    return reduce(DataFrame.unionByName, frames, nothing_of(inputs, EXPOSURE_SCHEMA))


def each_gap(
    inputs: RuleInputs,
    cards: Sequence[Card],
    build: Callable[[RuleInputs, Card], DataFrame],
    reads: Sequence[str] | None = None,
) -> DataFrame:
    """The union of `build` (fixmedins_code, reason_code): one reason per card and institution, the first by name.

    `reads`: see each_exposure.
    """
    frames = [
        _of_each(build(inputs, group[0]), group).select(*GAP_SCHEMA)
        for group in _reading_the_same(ready(inputs, cards), reads)
    ]
    united = reduce(DataFrame.unionByName, frames, nothing_of(inputs, GAP_SCHEMA))
    return united.groupBy("detector_id", "fixmedins_code").agg(F.min("reason_code").alias("reason_code"))


def with_domain(lines: DataFrame) -> DataFrame:
    """Lines with `domain`: what their item is (ct, drug_west, rehab ...); one that is there already is taken."""
    if "domain" in lines.columns:
        return lines
    return lines.withColumn("domain", domain_of("med_list_codg", "hilist_name", "med_chrgitm_type"))


def looked_up(column: str, entries: Mapping[str, Any]) -> Column:
    """The value `entries` has for the word in `column`, null for another word.

    Not a map: the embedded engine loses rows when a map is asked with a column.
    """
    found = F.lit(None)
    for word, value in entries.items():
        found = F.when(F.col(column) == word, F.lit(value)).otherwise(found)
    return found


def of_domains(lines: DataFrame, card: Card) -> DataFrame:
    """The lines whose item is of one of the card's `domains`."""
    return with_domain(lines).where(F.col("domain").isin(*card.params["domains"]))


def is_inpatient(column: str = "med_type") -> Column:
    """True for a kind of visit that occupies a bed."""
    among = [(F.col(column) >= first) & (F.col(column) < after) for first, after in INPATIENT_TYPES]
    return F.coalesce(reduce(or_, among), F.lit(False))


def at_pharmacies(inputs: RuleInputs, lines: DataFrame | None = None) -> DataFrame:
    """Lines of retail pharmacies; told by the kind of visit where the register of institutions was not handed over.

    All of them (`lines` None) are few beside those of hospitals: written once, every kind that looks at shops reads no
    others. They come without the columns only hospitals fill (HOSPITAL_COLUMNS).
    """
    if lines is not None:
        return _by_place(inputs, lines, pharmacies=True)
    sold = inputs.lines.drop(*HOSPITAL_COLUMNS)
    if inputs.charges is not None:  # narrowed to a kind's own items: not what the others ask for
        return _by_place(inputs, sold, pharmacies=True)
    return inputs.kept("pharmacy-lines", lambda: _by_place(inputs, sold, pharmacies=True))


def _not_pharmacies(inputs: RuleInputs, lines: DataFrame) -> DataFrame:
    return _by_place(inputs, lines, pharmacies=False)


def _by_place(inputs: RuleInputs, lines: DataFrame, pharmacies: bool) -> DataFrame:
    register = inputs.tables.get("fixmedins_b")
    if register is None:
        sold = F.coalesce(F.col("med_type").startswith(PHARMACY_TYPE), F.lit(False))
        return lines.where(sold if pharmacies else ~sold)
    shops = register.where(F.col("fixmedins_type") == RETAIL_PHARMACY).select("fixmedins_code").distinct()
    return lines.join(F.broadcast(shops), "fixmedins_code", "left_semi" if pharmacies else "left_anti")


def at(inputs: RuleInputs, where: str, among: DataFrame | None = None) -> DataFrame:
    """Lines (`among` these, else all) of `pharmacy`, `inpatient`, `outpatient` (neither) or `any` place."""
    if where == "pharmacy":
        return at_pharmacies(inputs, among)
    lines = inputs.lines if among is None else among
    if where == "inpatient":
        return lines.where(is_inpatient())
    if where == "outpatient":
        return _not_pharmacies(inputs, lines.where(~is_inpatient()))
    return lines


def stays(inputs: RuleInputs) -> DataFrame:
    """Closed in-patient stays not taken back: mdtrt_id, psn_no, fixmedins_code, stay_begin, stay_end, stay_diag, …

    A stay all of whose settlements were refunded never happened for the fund; an open stay has no last day to trust.
    """
    return inputs.kept("stays", lambda: _closed_stays(inputs))


def _closed_stays(inputs: RuleInputs) -> DataFrame:
    closed = inputs.tables["mdtrt_d"].where(is_inpatient() & F.col("endtime").isNotNull())
    chosen = closed.select(
        "mdtrt_id",
        "psn_no",
        "fixmedins_code",
        F.to_date("begntime").alias("stay_begin"),
        F.to_date("endtime").alias("stay_end"),
        F.col("dscg_maindiag_code").alias("stay_diag"),
        F.col("dscg_way").alias("stay_dscg_way"),
    )
    settled = inputs.tables.get("setl_d")
    if settled is None:
        return chosen
    paid = settled.groupBy("mdtrt_id").agg(F.sum("net_medfee").alias("_paid")).where(F.col("_paid") > 0)
    return chosen.join(paid.select("mdtrt_id"), "mdtrt_id", "left_semi")


def without_purchases(inputs: RuleInputs, houses: DataFrame) -> DataFrame:
    """Of `houses` (with fixmedins_code) those that report no purchase, with the reason `no_stock_reports`."""
    known = inputs.tables["purc_d"].select("fixmedins_code").distinct()
    return houses.join(known, "fixmedins_code", "left_anti").withColumn("reason_code", F.lit("no_stock_reports"))


def day_number(column: str) -> Column:
    """Days since 1970-01-01."""
    return F.datediff(F.col(column), F.lit("1970-01-01").cast("date"))


def seconds(column: str) -> Column:
    """Wall-clock seconds since 1970-01-01."""
    return F.unix_timestamp(F.col(column))


def nothing_of(inputs: RuleInputs, schema: Mapping[str, str]) -> DataFrame:
    """An empty frame with the columns of `schema`."""
    empty = [F.lit(None).cast(kind).alias(name) for name, kind in schema.items()]
    return inputs.lines.where(F.lit(False)).select(*empty)


def no_hits(inputs: RuleInputs) -> DataFrame:
    """No hits at all, in the form of hits."""
    words = {name: F.lit("") for name in ("detector_id", "area", "note_zh", "note_en")}
    return hits(inputs.lines.where(F.lit(False)).withColumns({**words, "violation_amount": F.lit(0)}))


def ratio(part: Column, total: Column) -> Column:
    """`part / total` as a double; null where the total is zero or empty."""
    return F.when(total != 0, part.cast("double") / total.cast("double"))


def bed_day_lines(lines: DataFrame) -> DataFrame:
    """In-patient lines charged for lying in the bed that day: bed, daily consultation, nursing."""
    return lines.where(is_inpatient() & F.col("med_chrgitm_type").isin(*BED_DAY_CHARGES))

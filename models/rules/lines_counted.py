"""Lines counted once for all kinds, by institution, month and what a kind tells them by; stays by their charges.

Reads: fee_list_d.
Grain: counted lines – institution, month and sort of line; charged stays – stay, settlement and charge category.
Why: what a kind could have hit is a count of lines, and most kinds count the same lines by the same few columns. They
are added up in one pass, and every kind adds up the few sums it means. All charges are counted, also for a kind that is
given those of its own points: what is shared must not depend on who asks first.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from models.rules.kind import RuleInputs, stat_month
from models.rules.records import is_inpatient, with_domain

TRACE_CODE = "[0-9]{20}"
STAY = (
    "fixmedins_code",
    "mdtrt_id",
    "setl_id",
    "med_type",
    "med_chrgitm_type",
    "dscg_way",
    "main_diag",
    "visit_begin",
    "visit_end",
)


def counted_lines(inputs: RuleInputs) -> DataFrame:
    """fixmedins_code, fee_date (first day of the month), med_type, med_chrgitm_type, domain, prd_days (days of supply),
    `coded`, `settled`, `traced`, `trace_told` (booleans: national code, settlement, well-formed trace code, any trace
    code) and how many `lines` there are of it.
    """
    return inputs.kept("lines-counted", lambda: _counted(inputs))


def _counted(inputs: RuleInputs) -> DataFrame:
    lines = with_domain(inputs.every_line())
    present = set(lines.columns)

    def there(name: str, told: Column) -> Column:
        return told if name in present else F.lit(False)

    sorts = lines.select(
        "fixmedins_code",
        stat_month().alias("fee_date"),
        "med_type",
        "med_chrgitm_type",
        "domain",
        (F.col("prd_days") if "prd_days" in present else F.lit(None).cast("int")).alias("prd_days"),
        F.coalesce(F.length("med_list_codg") > 0, F.lit(False)).alias("coded"),
        there("setl_id", F.col("setl_id").isNotNull()).alias("settled"),
        there("drug_trac_codg", F.coalesce(F.col("drug_trac_codg").rlike(TRACE_CODE), F.lit(False))).alias("traced"),
        there("drug_trac_codg", F.col("drug_trac_codg").isNotNull()).alias("trace_told"),
    )
    return sorts.groupBy(*sorts.columns).agg(F.count(F.lit(1)).alias("lines"))


def charged_stays(inputs: RuleInputs) -> DataFrame:
    """In-patient lines added up: STAY (as far as handed over), fee_date (first day of the month of the last line) and
    net_inscp (yuan).
    """
    return inputs.kept("charged-stays", lambda: _by_stay(inputs))


def _by_stay(inputs: RuleInputs) -> DataFrame:
    present = set(inputs.every_line().columns)
    own = [name for name in STAY if name in present]
    last, paid = F.max(stat_month()).alias("fee_date"), F.sum("net_inscp").alias("net_inscp")
    return inputs.every_line().where(is_inpatient()).groupBy(*own).agg(last, paid)

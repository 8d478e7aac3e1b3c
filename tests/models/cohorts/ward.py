"""Stays for the tests of cohorts of stays: one text line per stay becomes visit, settlement and two fee lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.rules.kind import RuleInputs
from tests.models.cohorts.company import given
from tests.support.charged import charged
from tests.support.tables import cells, frame

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HEAD = "who | house | begin | end | diag | fee | cash | origin | charge\n"


def stay(who, begin, end, house="H1", diag="I10.x00", fee=1000, cash=0, origin="320301", charge="05"):
    """A stay; `charge` 06 = there was an operation."""
    return " | ".join(str(part) for part in (who, house, begin, end, diag, fee, cash, origin, charge))


def ward(spark: SparkSession, lines: list[str], people: str = "", papers: str = "") -> RuleInputs:
    """The validated tables of these stays; `people`: psn_no | emp_no | resd_admdvs; `papers`: psn_no | begndate."""
    _, found = cells(HEAD + "\n".join(lines))
    visits, bills, charges = [], [], []
    for number, (who, house, begin, end, diag, fee, cash, origin, charge) in enumerate(found):
        visits.append(f"v{number} | {who} | {house} | 21 | {begin} 09:00:00 | {end} 10:00:00 | {diag} | 1")
        bills.append(f"v{number} | {fee} | {cash or ''} | {origin} | 320301")
        charges += [
            f"a{number} | v{number} | {who} | {house} | {begin} 12:00:00 | 21 | {charge} | {int(fee) - 100}",
            f"b{number} | v{number} | {who} | {house} | {begin} 13:00:00 | 21 | 01 | 100",
        ]
    tables = {
        "mdtrt_d": frame(spark, "mdtrt_id | psn_no | fixmedins_code | med_type | begntime | endtime | dscg_maindiag_code | dscg_way\n" + "\n".join(visits), "begntime timestamp, endtime timestamp"),
        "setl_d": frame(spark, "mdtrt_id | net_medfee | cash_payamt | insu_admdvs | fix_blng_admdvs\n" + "\n".join(bills), "net_medfee decimal(16,2), cash_payamt decimal(16,2)"),
        "psn_info_b": frame(spark, "psn_no | emp_no | resd_admdvs\n" + (people or "nobody | |")),
        "out_appy_d": frame(spark, "psn_no | begndate | enddate\n" + (papers or "nobody | 2023-01-01 |"), "begndate date, enddate date"),
    }  # fmt: skip
    text = "bkkp_sn | mdtrt_id | psn_no | fixmedins_code | fee_ocur_time | med_type | med_chrgitm_type | net_inscp\n"
    return given(charged(spark, text + "\n".join(charges)), **tables)

"""What the trade knows must hold, table by table: the supervisor's checklist.

Why: the catalogue tells what a column is; it cannot tell that a fund never pays more than the bill.
"""

from __future__ import annotations

from expectations.business import clinical, goods, registers, results
from expectations.business.fee_list_d import FEE_LIST_D
from expectations.business.mdtrt_d import MDTRT_D
from expectations.business.setl_d import SETL_D
from expectations.held import Held

_VALIDATED: dict[str, tuple[Held, ...]] = {
    "fee_list_d": FEE_LIST_D,
    "setl_d": SETL_D,
    "mdtrt_d": MDTRT_D,
    "fixmedins_b": registers.FIXMEDINS_B,
    "fixmedins_paus_d": registers.FIXMEDINS_PAUS_D,
    "psn_info_b": registers.PSN_INFO_B,
    "dr_info_b": registers.DR_INFO_B,
    "equip_b": registers.EQUIP_B,
    "out_appy_d": registers.OUT_APPY_D,
    "setl_list_diag_d": clinical.SETL_LIST_DIAG_D,
    "setl_list_oprn_d": clinical.SETL_LIST_OPRN_D,
    "clnc_exam_rpot_d": clinical.CLNC_EXAM_RPOT_D,
    "clnc_test_rpot_d": clinical.CLNC_TEST_RPOT_D,
    "drg_setl_d": clinical.DRG_SETL_D,
    "purc_d": goods.PURC_D,
    "inv_d": goods.INV_D,
    "sel_d": goods.SEL_D,
    "volume_price_d": goods.VOLUME_PRICE_D,
    "tip_d": goods.TIP_D,
    "inspection_result_d": goods.INSPECTION_RESULT_D,
}
CHECKLIST: dict[tuple[str, str], tuple[Held, ...]] = {
    **{("validated", table): held for table, held in _VALIDATED.items()},
    **results.CHECKLIST,
}


def checklist(layer: str, table: str) -> tuple[Held, ...]:
    """The hand-written expectations of a table; none for a table nobody wrote any for."""
    return CHECKLIST.get((layer, table), ())

"""规则库: rule kinds, one pure function each; they meet knowledge points and never name a code.

Why: the registry names modules instead of importing them, so that a kind is loaded only when a card asks for it.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from models.cohorts import COHORTS

KINDS: dict[str, str] = {
    **COHORTS,
    "absent_from_bed": "models.rules.absent_from_bed",
    "addon_over_main": "models.rules.addon_over_main",
    "after_death": "models.rules.after_death",
    "bought_while_inpatient": "models.rules.bought_while_inpatient",
    "card_far_apart": "models.rules.card_far_apart",
    "case_payment": "models.rules.case_payment",
    "case_standard": "models.rules.case_standard",
    "census_over_beds": "models.rules.census_over_beds",
    "cost_shifting": "models.rules.cost_shifting",
    "course_days": "models.rules.course_days",
    "days_over_stay": "models.rules.days_over_stay",
    "doctors_day": "models.rules.doctors_day",
    "discounted_repeat": "models.rules.discounted_repeat",
    "drugs_of_others": "models.rules.drugs_of_others",
    "duplicate_pair": "models.rules.duplicate_pair",
    "edge_day": "models.rules.edge_day",
    "exam_only_stay": "models.rules.exam_only_stay",
    "frequency_cap": "models.rules.frequency_cap",
    "gifts_charged": "models.rules.gifts_charged",
    "goods_per_procedure": "models.rules.goods_per_procedure",
    "idle_stay": "models.rules.idle_stay",
    "item_against_need": "models.rules.item_against_need",
    "item_for_all": "models.rules.item_for_all",
    "interval_per_person": "models.rules.interval_per_person",
    "machine_capacity": "models.rules.machine_capacity",
    "method_mismatch": "models.rules.method_mismatch",
    "off_platform": "models.rules.off_platform",
    "one_prescriber": "models.rules.one_prescriber",
    "ordered_after_leaving": "models.rules.ordered_after_leaving",
    "outside_contract": "models.rules.outside_contract",
    "over_markup": "models.rules.over_markup",
    "over_price": "models.rules.over_price",
    "over_quantity": "models.rules.over_quantity",
    "over_supply": "models.rules.over_supply",
    "overlapping_stays": "models.rules.overlapping_stays",
    "package_for_all": "models.rules.package_for_all",
    "panel_members": "models.rules.panel_members",
    "quantity_per_line": "models.rules.quantity_per_line",
    "readmission_split": "models.rules.readmission_split",
    "report_fault": "models.rules.report_fault",
    "report_missing": "models.rules.report_missing",
    "restricted_age": "models.rules.restricted_age",
    "restricted_department": "models.rules.restricted_department",
    "restricted_diagnosis": "models.rules.restricted_diagnosis",
    "restricted_institution_level": "models.rules.restricted_institution_level",
    "restricted_insurance_type": "models.rules.restricted_insurance_type",
    "restricted_sex": "models.rules.restricted_sex",
    "restricted_visit_type": "models.rules.restricted_visit_type",
    "rx_without_prescription": "models.rules.rx_without_prescription",
    "sessions_a_week": "models.rules.sessions_a_week",
    "spec_shift": "models.rules.spec_shift",
    "specimen_reuse": "models.rules.specimen_reuse",
    "split_visits": "models.rules.split_visits",
    "staff_capacity": "models.rules.staff_capacity",
    "stock_balance": "models.rules.stock_balance",
    "stock_emptied": "models.rules.stock_emptied",
    "swiping_cluster": "models.rules.swiping_cluster",
    "trace_code_reuse": "models.rules.trace_code_reuse",
    "two_places_at_once": "models.rules.two_places_at_once",
    "year_end_rush": "models.rules.year_end_rush",
}


def load_kind(name: str) -> ModuleType:
    """The module of a rule kind; KeyError lists the kinds there are."""
    if name not in KINDS:
        raise KeyError(f"no rule kind {name}; there are {', '.join(sorted(KINDS))}")
    return import_module(KINDS[name])

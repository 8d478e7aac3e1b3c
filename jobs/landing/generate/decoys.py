"""Legitimate oddities: institutions that look strange in the data and are not, or that suffer from a data fault.

Grain: one `Decoy` record per kind of oddity; `tune` changes the profile, `apply` the visits and lines of a shard.
Why: a case list is only worth something if these do not fill it; the truth says what verdict each should get.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from jobs.landing.generate.calendar import DAY
from jobs.landing.generate.diseases import disease_index
from jobs.landing.generate.draft import CHRONIC, REPORT_OK, Draft
from jobs.landing.generate.frame import Frame
from jobs.landing.generate.kinds import mix
from jobs.landing.generate.schemes.helpers import clone_visits, first_day
from jobs.landing.generate.staff import DEPT_INDEX

Tune = Callable[[Frame, int], None]
Apply = Callable[[Draft, int], None]


@dataclass(frozen=True)
class Decoy:
    """One kind of oddity. `verdict`: clue_free or data_quality; `stage` as for schemes."""

    name: str
    area: str
    kinds: str
    verdict: str = "clue_free"
    tune: Tune | None = None
    apply: Apply | None = None
    stage: str = "lines"


def _blend(profile: Frame, place: int, column: str, text: str, share: float) -> None:
    profile[column][place] = (1 - share) * profile[column][place] + share * mix(text)


def _set(**values: float) -> Tune:
    def tune(profile: Frame, place: int) -> None:
        for name, value in values.items():
            profile[name][place] = value

    return tune


def _referral(profile: Frame, place: int) -> None:
    profile["sick"][place], profile["los"][place], profile["outsiders"][place] = 2.2, 1.25, 0.22
    profile["habit"][place, 1:3] = 1.45


def _trauma_centre(profile: Frame, place: int) -> None:
    _blend(profile, place, "inp_mix", "trauma:80 hipfx:20", 0.45)
    _blend(profile, place, "out_mix", "trauma:60 soft:40", 0.35)


def _night_hospital(profile: Frame, place: int) -> None:
    profile["emergency"][place] = 0.4
    _blend(profile, place, "out_mix", "trauma:25 uri:30 ped:20 append:10 diarr:15", 0.5)


def _long_rehab(profile: Frame, place: int) -> None:
    profile["los"][place] = 1.35


def _flu_children(profile: Frame, place: int) -> None:
    _blend(profile, place, "out_mix", "ped:90 uri:10", 0.6)


def _rush_pharmacy(profile: Frame, place: int) -> None:
    profile["weight"][place] *= 2.5


def _oncology_labs(profile: Frame, place: int) -> None:
    profile["habit"][place, 2] = 1.5


def _more(
    draft: Draft, place: int, keys: str, ramp: Callable[[np.ndarray], np.ndarray], kinds: tuple[int, ...]
) -> None:
    """Add items to a share of the visits that `ramp` gives for the fraction of the period gone by."""
    rows = np.flatnonzero((draft.visits["inst"] == place) & np.isin(draft.visits["kind"], kinds))
    gone = (draft.visits["begin"][rows] - draft.world.calendar.epoch) / (draft.world.calendar.days * DAY)
    rows = rows[draft.rng.random(len(rows)) < ramp(gone)]
    draft.add(None, rows, keys, first_day(draft, rows), report=REPORT_OK)


def new_machine(draft: Draft, place: int) -> None:
    """A magnetic-resonance scanner opens in mid-period and fills up month by month."""
    _more(draft, place, "mr_head", lambda gone: np.clip((gone - 0.35) * 0.7, 0, 0.4), (3,))
    _more(draft, place, "mr_lspine", lambda gone: np.clip((gone - 0.35) * 0.12, 0, 0.08), (0,))


def campaign(draft: Draft, place: int) -> None:
    """A health campaign: in one month many more residents come for a check, all with the same tests."""
    calendar = draft.world.calendar
    month = calendar.months[len(calendar.months) // 2]
    days = np.flatnonzero(calendar.dates.astype("datetime64[M]") == np.datetime64(month, "M"))
    rows = np.flatnonzero((draft.visits["inst"] == place) & (draft.visits["kind"] == 0))
    extra = draft.rng.choice(rows, size=len(rows) // 2) if len(rows) else rows
    begin = (
        calendar.epoch + draft.rng.choice(days, len(extra)) * DAY + draft.rng.integers(8 * 3600, 16 * 3600, len(extra))
    )
    new = clone_visits(draft, extra, begin, 0)
    draft.visits["person"][new] = draft.rng.permutation(draft.visits["person"][extra])
    draft.add(None, new, "gen cbc urine p_lipid glu ecg", begin + 300)


def rush_hours(draft: Draft, place: int) -> None:
    """A shop beside a hospital: customers come in the hour after clinics close."""
    rows = np.flatnonzero((draft.visits["inst"] == place) & (draft.rng.random(len(draft.visits)) < 0.7))
    day = draft.visits["begin"][rows] // DAY * DAY
    begin = (
        day + np.where(draft.rng.random(len(rows)) < 0.6, 10.5, 16.0) * 3600 + draft.rng.integers(0, 4800, len(rows))
    )
    shift = np.zeros(len(draft.visits), dtype=np.int64)
    shift[rows] = begin.astype(np.int64) - draft.visits["begin"][rows]
    draft.visits["begin"] = draft.visits["begin"] + shift
    draft.visits["end"] = draft.visits["end"] + shift
    draft.lines["time"] = draft.lines["time"] + shift[draft.lines["visit"]]


def more_sessions(draft: Draft, place: int) -> None:
    """A dialysis centre where many patients need filtration and tests as well; each is in the records."""
    rows = np.flatnonzero((draft.visits["inst"] == place) & (draft.rng.random(len(draft.visits)) < 0.2))
    draft.add(None, rows, "hp c_hp", first_day(draft, rows))


def own_second_illness(draft: Draft, place: int) -> None:
    """A third of the dialysis patients have diabetes too, seen for it every month; insulin comes with the dialysis."""
    rows = np.flatnonzero(
        (draft.visits["inst"] == place)
        & (draft.visits["kind"] == CHRONIC)
        & (draft.visits["dx"] == disease_index()["esrd"])
        & (draft.visits["person"] % 3 == 0)
    )
    given = rows[draft.rng.random(len(rows)) < 0.15]
    draft.add(None, given, "insg", first_day(draft, given), cnt=2.0)
    seen = rows[draft.rng.random(len(rows)) < 0.08]
    begin = draft.visits["begin"][seen] // DAY * DAY + 15 * 3600
    new = clone_visits(draft, seen, begin, CHRONIC, dx=disease_index()["dm"], icd=0, dept=DEPT_INDEX["endo"])
    draft.add(None, new, "gen glu", begin + 300)


def repeat_labs(draft: Draft, place: int) -> None:
    """Blood counts every second day under chemotherapy."""
    _more(draft, place, "cbc p_liver", lambda gone: np.full(len(gone), 0.8), (3,))


def code_swap(draft: Draft, _place: int) -> None:
    """For one month a whole district sends the code of another test: a mapping fault, not conduct."""
    profile, calendar = draft.world.profile, draft.world.calendar
    districts = {
        profile["district"][r.institution] for r in draft.world.cast.roles if r.decoy.name == "district_code_swap"
    }
    month = len(calendar.months) // 2
    items = draft.lines_with("ca125 ca199 cea")
    inst = draft.inst_of(items)
    day = np.clip(draft.day_of(draft.lines["time"][items]), 0, calendar.days - 1)
    hit = np.isin(profile["district"][inst], list(districts)) & (calendar.month[day] == month)
    draft.lines["item"][items[hit]] = draft.world.swap_item


def _plain(
    name: str,
    area: str,
    kinds: str,
    tune: Tune | None = None,
    apply: Apply | None = None,
    verdict: str = "clue_free",
    stage: str = "lines",
) -> Decoy:
    return Decoy(name, area, kinds, verdict, tune, apply, stage)


DECOYS: tuple[Decoy, ...] = (
    _plain("referral_centre", "imaging", "T3", _referral),
    _plain("unknown_doctor_bucket", "laboratory", "T3 S2 TCM", _set(unknown_dr=0.45), verdict="data_quality"),
    _plain("long_stay_rehab", "rehabilitation", "REHAB", _long_rehab),
    _plain("rush_hour_pharmacy", "pharmacy", "PHC", _rush_pharmacy, rush_hours),
    _plain("split_box_pharmacy", "pharmacy", "PHC PHS CLIN", _set(split_boxes=0.2, trace=1, stock=1)),
    _plain("dialysis_many_sessions", "dialysis", "HD", None, more_sessions),
    _plain("no_reports_uploaded", "imaging", "S2 TCM CHC ORTHO", _set(reports=0)),
    _plain("sentinel_person", "outpatient", "S2 CHC", _set(sentinel=0.3), verdict="data_quality"),
    _plain("trauma_centre", "imaging", "T3 S2 ORTHO", _trauma_centre),
    _plain("new_machine", "imaging", "S2", None, new_machine),
    _plain("night_emergency", "imaging", "S2 PRIV", _night_hospital),
    _plain("flu_peak_children", "laboratory", "CHILD", _flu_children),
    _plain("dialysis_second_illness", "dialysis", "T3 S2", None, own_second_illness, stage="visits"),
    _plain("oncology_repeat_labs", "laboratory", "ONC", _oncology_labs, repeat_labs),
    _plain("refunds_and_rebills", "pharmacy", "PHC PHS CHC", _set(refunds=0.09, trace=1)),
    _plain("health_campaign", "laboratory", "CHC", None, campaign, stage="visits"),
    _plain("district_code_swap", "laboratory", "S2 T3", None, code_swap, verdict="data_quality"),
    _plain("day_surgery_centre", "inpatient", "EYE"),
    _plain("policy_jump", "pharmacy", "PHC PHS"),
    _plain("price_reform", "imaging", "S2 TCM"),
)

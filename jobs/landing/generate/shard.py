"""Makes one shard from the plan: draw, plant, trim to size, price, report, stock – and write its files.

Grain: a shard is a group of institutions over the whole period.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from jobs.landing.generate import bill, claims, clearance, grouping, orders, reports, stock, trace, truth, visits
from jobs.landing.generate.draft import LINE_SCHEMA, Dose, Draft, stream
from jobs.landing.generate.frame import blank
from jobs.landing.generate.refunds import Bill
from jobs.landing.generate.schemes import SCHEMES
from jobs.landing.generate.world import World
from jobs.landing.generate.writer import Format, Writer

REFUND_LINES = 0.0105  # refund, re-billed and void lines per original line
NOISE_SPREAD = 0.6  # log-normal spread of the honest base rates between institutions


def make(world: World, shard: int, out: Path, fmt: Format) -> truth.ShardTruth:
    """Write the shard's files below `out` and return what was planted in it."""
    draft = compose(world, shard)
    finished = bill.settle(draft)
    writer = Writer(out, fmt, f"{shard + 1:04d}")
    _write(draft, finished, writer)
    return truth.of_shard(draft, finished, writer.rows)


def compose(world: World, shard: int) -> Draft:
    """The shard's visits and lines with everything planted, cut to the wanted size."""
    members = world.shards[shard]
    rng = stream(world.seed, "shard", shard)
    draft = Draft(world, shard, visits.build(rng, world, members), blank(LINE_SCHEMA, 0), members, rng)
    _play(draft, "plan")
    draft.lines = orders.expand(rng, world, draft.visits)
    _blame_visits(draft)
    for stage in ("visits", "suspension", "lines"):
        _play(draft, stage)
        draft.flush()
    _trim(draft)
    trace.assign(draft)
    _play(draft, "trace")
    _sentinels(draft)
    draft.rng = stream(world.seed, "finish", shard)
    return draft


def _blame_visits(draft: Draft) -> None:
    """All lines of a visit that should not have been are booked to its plant."""
    visit = draft.lines["visit"]
    blamed = (draft.visits["mark"][visit] >= 0) & (draft.visits["share"][visit] > 0)
    draft.lines["mark"] = np.where(blamed, draft.visits["mark"][visit], draft.lines["mark"]).astype("i2")
    draft.lines["share"] = np.where(blamed, draft.visits["share"][visit], draft.lines["share"]).astype("f4")


def _doses(draft: Draft, stage: str) -> list[tuple[int, Dose]]:
    """What each scheme of the stage does at each institution: its honest base rate, or the planted rate."""
    world, n = draft.world, len(draft.world.profile)
    found = []
    for number, scheme in enumerate(SCHEMES):
        if scheme.stage != stage:
            continue
        plants = tuple(p for p in world.cast.plants if p.scheme is scheme and p.institution in draft.members)
        if not plants and scheme.noise == 0:
            continue
        rate = scheme.noise * stream(world.seed, "noise", scheme.name).lognormal(0, NOISE_SPREAD, n)
        mark = np.full(n, -1)
        for plant in plants:
            places = [plant.institution, *(plant.partners if scheme.shared else ())]
            rate[places], mark[places] = scheme.rate(plant.strength), plant.number
        found.append((number, Dose(rate, mark, plants)))
    return found


def _play(draft: Draft, stage: str) -> None:
    for number, dose in _doses(draft, stage):
        scheme = SCHEMES[number]
        draft.rng = stream(draft.world.seed, "scheme", scheme.name, draft.shard)
        scheme.apply(draft, dose)
    for role in draft.world.cast.roles:
        if role.decoy.apply is not None and role.decoy.stage == stage and role.institution in draft.members:
            draft.rng = stream(draft.world.seed, "decoy", role.decoy.name, role.institution)
            role.decoy.apply(draft, role.institution)
    draft.rng = stream(draft.world.seed, "after", stage, draft.shard)


def _trim(draft: Draft) -> None:
    """Drop walk-in visits by chance until the shard has its share of the wanted lines."""
    world = draft.world
    wanted = world.lines * world.profile["weight"][draft.members].sum() / (1 + REFUND_LINES)
    surplus = len(draft.lines) - wanted
    if surplus <= 0:
        return
    size = np.bincount(draft.lines["visit"], minlength=len(draft.visits))
    pinned = draft.visits["pinned"].copy()
    pinned[draft.lines["visit"][draft.lines["mark"] >= 0]] = True
    loose = draft.rng.permutation(np.flatnonzero(~pinned))
    cut = int(np.searchsorted(np.cumsum(size[loose]), surplus))
    draft.drop_visits(loose[:cut])


def _sentinels(draft: Draft) -> None:
    """Some institutions send one placeholder instead of the person number for a part of their visits."""
    rate = draft.world.profile["sentinel"][draft.visits["inst"]]
    draft.visits["sentinel"] = draft.rng.random(len(draft.visits)) < rate


def _write(draft: Draft, finished: Bill, writer: Writer) -> None:
    writer.write("mdtrt_d", claims.visits(draft))
    writer.write("setl_d", claims.settlements(draft, finished))
    writer.write("fee_list_d", claims.fee_lines(draft, finished))
    writer.write("setl_list_diag_d", clearance.diagnoses(draft))
    writer.write("setl_list_oprn_d", clearance.operations(draft))
    writer.write("drg_setl_d", grouping.table(draft, finished.settlements))
    charged = finished.lines.take((finished.lines["init"] < 0) & ~finished.lines["void"])
    writer.write("clnc_exam_rpot_d", reports.exams(draft, charged))
    writer.write("clnc_test_rpot_d", reports.tests(draft, charged))
    sold, moves = stock.sales(draft, finished.lines)
    writer.write("sel_d", sold)
    purchases, counts = stock.balance(draft, moves)
    writer.write("purc_d", purchases)
    writer.write("inv_d", counts)

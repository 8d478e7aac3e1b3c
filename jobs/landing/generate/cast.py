"""Who plays what: which institutions carry a planted scheme, which are legitimate oddities (decoys).

Grain: one `Plant` per institution × scheme, one `Role` per decoy.
Why: the four areas inspected first must appear in all three strengths even in a small area.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from jobs.landing.generate import decoys, volumes
from jobs.landing.generate.calendar import Calendar
from jobs.landing.generate.frame import Frame
from jobs.landing.generate.institutions import kind_mask
from jobs.landing.generate.schemes import SCHEMES, Scheme
from jobs.landing.generate.schemes.registry import STRENGTHS

Plenty = Callable[[Scheme, str], np.ndarray]
FIRST_AREAS = ("imaging", "laboratory", "rehabilitation", "pharmacy")
PLANTED_SHARE = 0.088
DECOY_SHARE = 0.06
ENOUGH, ENOUGH_STAYS = 30.0, 6.0  # lines or stays a plant should touch at least
TOO_LITTLE = 0.3  # of that: a plant which would touch less is not planted at all
SECOND_SCHEME = 0.2  # of the planted institutions


@dataclass(frozen=True)
class Plant:
    """A scheme planted at an institution; `partners` are other institutions it runs through."""

    number: int
    institution: int
    scheme: Scheme
    strength: str
    partners: tuple[int, ...] = ()


@dataclass(frozen=True)
class Role:
    """A decoy at an institution, and the verdict it should get."""

    institution: int
    decoy: decoys.Decoy


@dataclass
class Cast:
    """All plants and decoys of the area."""

    plants: list[Plant] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)

    def taken(self, n: int) -> np.ndarray:
        """A mask over `n` institutions: does it play any part?"""
        mask = np.zeros(n, dtype=bool)
        mask[[p.institution for p in self.plants] + [r.institution for r in self.roles]] = True
        mask[[q for p in self.plants for q in p.partners]] = True
        return mask

    def with_trait(self, trait: str) -> np.ndarray:
        """Institutions whose planted scheme carries a trait (see `Scheme.traits`)."""
        return np.array(sorted({p.institution for p in self.plants if trait in p.scheme.traits}), dtype=np.int64)

    def trait_rate(self, trait: str, n: int) -> np.ndarray:
        """Rate of the planted scheme with the trait, per institution of `n` (0 where there is none)."""
        rate = np.zeros(n)
        for plant in self.plants:
            if trait in plant.scheme.traits:
                rate[plant.institution] = plant.scheme.rate(plant.strength)
        return rate


def cast(rng: np.random.Generator, profile: Frame, calendar: Calendar, lines: int) -> Cast:
    """Choose the institutions and change their profiles where a role needs it."""
    roles = Cast()
    wanted = max(10, round(len(profile) * DECOY_SHARE))
    for turn in range(wanted):
        _cast_decoy(rng, roles, profile, decoys.DECOYS[turn % len(decoys.DECOYS)])
    planned = volumes.plan(profile, calendar, lines)

    def plenty(scheme: Scheme, strength: str) -> np.ndarray:
        hits = volumes.feed(profile, planned, calendar, scheme.on) * scheme.rate(strength)
        return hits / (ENOUGH_STAYS if scheme.on == "stays" else ENOUGH) / scheme.need

    usable = [s for s in SCHEMES if s.months is None or any(int(m[5:]) in s.months for m in calendar.months)]
    left = [usable[i] for i in rng.permutation(len(usable))]
    for strength in reversed(STRENGTHS):
        for area in FIRST_AREAS:
            scheme = _best_fed(roles, profile, [s for s in left if s.area == area], strength, plenty)
            left.remove(scheme)
            _cast_plant(rng, roles, profile, scheme, strength, plenty(scheme, strength))
    for scheme, strength in _programme(rng, len(profile), left, usable):
        _cast_plant(rng, roles, profile, scheme, strength, plenty(scheme, strength))
    return roles


def _best_fed(roles: Cast, profile: Frame, queue: list[Scheme], strength: str, plenty: Plenty) -> Scheme:
    """The first scheme of the queue that finds a free institution with enough to feed on, else the best fed one."""
    fed = []
    for scheme in queue:
        free = _free(roles, profile, scheme.kinds, scheme.area, False)
        fed.append(float(plenty(scheme, strength)[free].max(initial=0.0)))
        if fed[-1] >= 1.3:
            return scheme
    return queue[int(np.argmax(fed))]


def _programme(rng: np.random.Generator, n: int, left: list[Scheme], usable: list[Scheme]) -> list[tuple[Scheme, str]]:
    """What follows the first areas: every other scheme once, then all of them in all strengths in turn."""
    wanted = max(4, round(n * PLANTED_SHARE * (1 + SECOND_SCHEME)) - 3 * len(FIRST_AREAS))
    programme = [(scheme, str(rng.choice(STRENGTHS))) for scheme in left]
    while len(programme) < wanted:
        rest = [(scheme, strength) for scheme in usable for strength in STRENGTHS]
        programme += [rest[i] for i in rng.permutation(len(rest))]
    return programme[:wanted]


def _free(roles: Cast, profile: Frame, kinds: str, area: str, second: bool) -> np.ndarray:
    """Candidates: right kind, no decoy, no partner; not yet planted (or planted once in another area)."""
    mask = kind_mask(profile, kinds)
    mask[[r.institution for r in roles.roles] + [q for p in roles.plants for q in p.partners]] = False
    planted = [p.institution for p in roles.plants]
    twice = {i for i in planted if planted.count(i) > 1 or any(p.partners for p in roles.plants if p.institution == i)}
    same_area = {p.institution for p in roles.plants if p.scheme.area == area}
    mask[planted if not second else list(twice | same_area)] = False
    return np.flatnonzero(mask)


def _cast_plant(
    rng: np.random.Generator, roles: Cast, profile: Frame, scheme: Scheme, strength: str, plenty: np.ndarray
) -> None:
    """Plant a scheme where it finds enough to feed on (`plenty` ≥ 1); where nobody has enough, at one of the
    richest.
    """
    second = rng.random() < SECOND_SCHEME and not scheme.partners
    candidates = _free(roles, profile, scheme.kinds, scheme.area, second)
    if len(candidates) == 0:
        candidates = _free(roles, profile, scheme.kinds, scheme.area, True)
    if len(candidates) == 0:
        return
    rich = candidates[plenty[candidates] >= 1]
    if plenty[candidates].max() < TOO_LITTLE and scheme.area not in FIRST_AREAS:
        return
    if len(rich) < 2:
        rich = candidates[np.argsort(-plenty[candidates], kind="stable")[:2]]
    weight = profile["weight"][rich] ** 0.5  # schemes sit where there is business, not only in giants
    place = int(rng.choice(rich, p=weight / weight.sum()))
    partners: tuple[int, ...] = ()
    if scheme.partners:
        others = _free(roles, profile, scheme.partner_kinds or scheme.kinds, scheme.area, False)
        others = others[others != place]
        near = others[np.argsort(profile["district"][others] != profile["district"][place], kind="stable")]
        partners = tuple(int(p) for p in near[: scheme.partners])
        if len(partners) < scheme.partners:
            return
    roles.plants.append(Plant(len(roles.plants), place, scheme, strength, partners))
    profile["trace"][list(partners)] = True  # what flows between shops shows in trace codes
    if scheme.tune is not None:
        scheme.tune(profile, place, STRENGTHS.index(strength))


def _cast_decoy(rng: np.random.Generator, roles: Cast, profile: Frame, decoy: decoys.Decoy) -> None:
    """One more institution for a decoy; a kind with few institutions keeps at least one ordinary member."""
    used = {r.institution for r in roles.roles}
    of_kind = np.flatnonzero(kind_mask(profile, decoy.kinds))
    candidates = np.array([i for i in of_kind if i not in used], dtype=int)
    if len(candidates) == 0 or (len(candidates) == 1 and len(of_kind) > 1):
        return
    weight = profile["weight"][candidates]
    place = int(rng.choice(candidates, p=weight / weight.sum()))
    roles.roles.append(Role(place, decoy))
    if decoy.tune is not None:
        decoy.tune(profile, place)

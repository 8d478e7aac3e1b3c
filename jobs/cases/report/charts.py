"""The report's small drawings as inline SVG: an institution among its peers, and its months.

Why: one glance must show whether a value stands apart; colours come from the style sheet, numbers stand beside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT = 260, 40
MOST_DOTS = 90  # peers drawn; of more, evenly spaced ones of the sorted values, so that the shape stays
_LANES = (0, 5, -5, 2.5, -2.5)  # vertical places dots take in turn, so that equal values stay visible


def strip(observed: float, peers: Sequence[float], median: float | None, limit: float | None, label: str) -> Markup:
    """The institution's value (diamond) over the peers' values (dots), their median (tick) and limit (dashed)."""
    largest = max([observed, *peers, limit or 0.0, median or 0.0])
    scale = (WIDTH - 16) / largest if largest > 0 else 0.0
    at = [8 + value * scale for value in (observed, median or 0.0, limit or 0.0)]
    parts = [f'<path class="axis" d="M8 30H{WIDTH - 8}"/>', _dots([8 + value * scale for value in thin(peers)])]
    if median is not None:
        parts.append(f'<path class="median" d="M{at[1]:.1f} 8V30"/>')
    if limit is not None:
        parts.append(f'<path class="limit" d="M{at[2]:.1f} 6V34"/>')
    parts.append(f'<path class="own" d="M{at[0]:.1f} 10l5.5 9l-5.5 9l-5.5-9z"/>')
    return _svg("strip", "".join(parts), label)


def _dots(places: Sequence[float]) -> str:
    """All dots as one path: a stroke of no length with round ends is a dot."""
    marks = "".join(f"M{x:.1f} {19 + _LANES[index % len(_LANES)]}h0" for index, x in enumerate(places))
    return f'<path class="peers" d="{marks}"/>' if marks else ""


def thin(values: Sequence[float]) -> list[float]:
    """At most MOST_DOTS of the sorted values, always with the smallest and the largest."""
    ordered = sorted(values)
    if len(ordered) <= MOST_DOTS:
        return ordered
    step = (len(ordered) - 1) / (MOST_DOTS - 1)
    return [ordered[round(index * step)] for index in range(MOST_DOTS)]


def months(values: Mapping[str, float], period: Sequence[str], label: str) -> Markup:
    """One bar per month of the period; a month without a value stays a short line on the axis."""
    largest = max([*values.values(), 0.0])
    step = (WIDTH - 16) / max(len(period), 1)
    bars = []
    for index, month in enumerate(period):
        value = max(values.get(month, 0.0), 0.0)
        height = 28 * value / largest if largest > 0 else 0.0
        told = f"{value:,.4g}" if month in values else "—"
        title = f"<title>{escape(month)}: {told}</title>"
        bars.append(f'<path d="M{8 + (index + 0.5) * step:.0f} 34v-{height:.0f}">{title}</path>')
    axis = f'<path class="axis" d="M8 34H{WIDTH - 8}"/>'
    return _svg("months", f'{axis}<g class="bars" stroke-width="{min(step * 0.7, 16):.0f}">{"".join(bars)}</g>', label)


def _svg(kind: str, content: str, label: str) -> Markup:
    return Markup(  # noqa: S704 – numbers and an escaped label only
        f'<svg class="{kind}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">{content}</svg>'
    )

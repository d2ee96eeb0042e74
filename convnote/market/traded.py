"""Closes as traded: single precision rounded to the cent, splits undone, adjusted closes refused by their decimals, jumps noted.

Uses the grids on which shares are quoted in USD. Corrects only single-precision noise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from convnote.arithmetic import fraction
from convnote.calendars import day_number, to_date
from convnote.errors import TermsError
from convnote.market.columns import Ratio
from convnote.market.faults import Faults

#: From this day at the latest, shares in the United States were quoted in cents; before it, in fractions of a dollar.
_CENTS_FROM = int(day_number("2001-04-09"))
#: Closes off the grid that are accepted as misprints: two, or this fraction of all.
_FEW, _MISPRINTS = 2, 0.1
#: A close within this distance of a grid is on it: 70.6875 is printed as 70.6874 or 70.6875.
_PRINTED, _FLOAT64 = Fraction(1, 10_000), Fraction(1, 10**9)
#: A jump is a move between closes at most this many days apart, within this tolerance of a whole multiple.
_JUMP_DAYS, _JUMP_WITHIN = 10, Fraction(5, 100)


def without_noise(texts: Sequence[Any], ratios: list[Ratio]) -> tuple[list[Ratio], int]:
    """Closes with single-precision cents rounded to the cent (52.619999 or 52.619998931884766 to 52.62), and the number rounded.

    >>> without_noise([52.06999969482422, "52.619999", "52.620003"], [(1, 1), (2, 1), (3, 1)])
    ([(5207, 100), (2631, 50), (3, 1)], 2)
    """
    made, noisy = list(ratios), 0
    for place, entry in enumerate(texts):
        cents = _cents(entry)
        if cents is not None and cents != Fraction(*ratios[place]):
            made[place], noisy = cents.as_integer_ratio(), noisy + 1
    return made, noisy


def _cents(entry: Any) -> Fraction | None:
    """The cents (below 1: hundredths of a cent) whose single-precision form is the entry, or None."""
    if isinstance(entry, str):
        text = entry.strip()
        if not re.fullmatch(r"\d{1,15}\.\d{4,40}", text, re.ASCII):
            return None
        number, decimals = float(text), len(text.partition(".")[2])
    elif isinstance(entry, (float, np.floating)):
        text, number, decimals = "", float(entry), 0
    else:
        return None
    if not 0 < number < 1e15:
        return None
    units = 100 if number >= 1 else 10_000
    nearest = round(number * units)
    single = float(np.float32(nearest / units))
    same = f"{single:.{decimals}f}" == text if text else single == number
    return Fraction(nearest, units) if same else None


def before_splits(days: list[int], ratios: list[Ratio], splits: Mapping[Any, Any], faults: Faults) -> list[Ratio]:
    """The closes, with those before the first day of each split multiplied by the new shares for one old."""
    for on, shares in splits.items():
        try:
            first, factor = int(day_number(on, "splits")), fraction(shares, "splits")
            if factor <= 0:
                raise TermsError("expected new shares for one old, above 0")
        except TermsError as fault:
            faults.add(fault.reason, field="splits", value=f"{on}: {shares}")
            continue
        ratios = [
            (Fraction(*ratio) * factor).as_integer_ratio() if day < first else ratio
            for day, ratio in zip(days, ratios, strict=True)
        ]
    return ratios


def check_grid(
    name: str, days: list[int], ratios: list[Ratio], currency: str | None, faults: Faults, *, strict: bool, undone: bool
) -> tuple[str, ...]:
    """A note on closes off every quote grid; a fault if there are too many and the check is `strict`.

    The grid in USD is cents (below 1.00, hundredths of a cent), before 2001-04-09 also 64ths. In other currencies it is unknown:
    up to three decimals count as quoted. `undone`: a vendor's adjustment has been undone, which leaves its rounding.
    """
    units = 100 if currency == "USD" else 1000
    near = _PRINTED if undone else _FLOAT64
    off = [
        place
        for place, (day, (top, bottom)) in enumerate(zip(days, ratios, strict=True))
        if not _on_grid(top, bottom, units if top >= bottom else 10_000, near)
        and (day >= _CENTS_FROM or not _on_grid(top, bottom, 64, _PRINTED))
    ]
    if not off:
        return ()
    shown = f"{ratios[off[0]][0] / ratios[off[0]][1]:.6g} on {to_date(days[off[0]])}"
    if strict and len(off) > max(_FEW, _MISPRINTS * len(days)):
        traded = "in USD" if currency else "on an exchange; if they were translated from another currency, say theirs (currency=)"
        reason = (
            f"no price at which a share trades {traded}: these closes are adjusted for splits or dividends, as vendors do up to "
            "the day of the download; undo it with splits={day: new shares for one old}, or use closes as traded"
        )
        faults.add(reason, field=name, value=f"{shown}, and {len(off)} of {len(days)} closes like it")
        return ()
    return (f"{len(off)} of {len(days)} closes of {name} have more decimals than a quote, {shown}: are they adjusted?",)


def _on_grid(top: int, bottom: int, units: int, near: Fraction) -> bool:
    if not (units * top) % bottom:
        return True
    nearest = Fraction(round(Fraction(units * top, bottom)), units)
    return abs(Fraction(top, bottom) - nearest) < near


def jumps(days: Sequence[int], ratios: Sequence[Ratio]) -> tuple[str, ...]:
    """A note on consecutive closes whose ratio is about a whole number or its inverse: a split, or pence for pounds.

    >>> jumps([0, 1, 2], [(600, 1), (61, 10), (62, 10)])
    ('the close jumps to about 1/98 times the one before on 1970-01-02 (600 to 6.1): a split, or pence for pounds',)
    """
    closes = np.array([top / bottom for top, bottom in ratios])
    if len(closes) < 2:
        return ()
    steps = closes[1:] / closes[:-1]
    near = (np.maximum(steps, 1 / steps) > 1.89) & (np.diff(np.asarray(days)) <= _JUMP_DAYS)
    found = [(place, times) for place in np.flatnonzero(near).tolist() if (times := _times(ratios[place], ratios[place + 1]))]
    told = tuple(
        f"the close jumps to about {times} times the one before on {to_date(days[place + 1])} "
        f"({closes[place]:g} to {closes[place + 1]:g}): a split, or pence for pounds"
        for place, times in found[:_TOLD]
    )
    return told if len(found) <= _TOLD else (*told, f"{len(found) - _TOLD} more jumps like it")


_TOLD = 3


def _times(before: Ratio, after: Ratio) -> str:
    """The ratio of a close to the one before, if near a whole number or its inverse, in words; else an empty string."""
    step = Fraction(after[0] * before[1], after[1] * before[0])
    size = max(step, 1 / step)
    whole = round(size)
    if whole < 2 or abs(size - whole) > _JUMP_WITHIN * whole:
        return ""
    return str(whole) if step > 1 else f"1/{whole}"

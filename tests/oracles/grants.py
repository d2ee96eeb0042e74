"""The option letter and the Form 4 once more, in `Fraction`, from the papers. Imports nothing of the package."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from math import floor


def months_later(on: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    year, month = on.year + (on.month - 1 + months) // 12, (on.month - 1 + months) % 12 + 1
    for day in range(on.day, 27, -1) if on.day > 28 else (on.day,):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return date(year, month, 28)


def vested(size: int, schedule: list[tuple[date, Fraction]], on: date, rest_with_last: bool) -> int:
    """Whole shares vested by the end of a day."""
    total = Fraction(0)
    for place, (day, share) in enumerate(schedule, start=1):
        if day <= on:
            total += share
            if rest_with_last and place == len(schedule):
                total = Fraction(1)
    return floor(size * total)


def by_instalment(size: int, schedule: list[tuple[date, Fraction]], rest_with_last: bool) -> list[tuple[date, int]]:
    """Vesting date and whole shares of each instalment."""
    rows, before = [], 0
    for day, _ in schedule:
        now = vested(size, schedule, day, rest_with_last)
        rows.append((day, now - before))
        before = now
    return rows


def letter_exercisable(
    size: int,
    granted: date,
    schedule: list[tuple[date, Fraction]],
    on: date,
    exercised: int,
    ended: date | None,
    months: int,
) -> int:
    """Under the letter: at once in full; each instalment for five years from its vesting; after service the vested part only."""
    if on < granted or (ended is not None and on > months_later(ended, months)):
        return 0
    after = ended is not None and on > ended
    alive = gone = 0
    for day, shares in by_instalment(size, schedule, False):
        if after and ended is not None and day > ended:
            continue
        if on > months_later(day, 60):
            gone += shares
        else:
            alive += shares
    if not after:
        alive += size - vested(size, schedule, date.max, False)  # never vests: no end
    # exercised shares are those of the earliest instalments
    return max(0, alive - max(0, exercised - gone))


def bought_back(
    size: int, schedule: list[tuple[date, Fraction]], on: date, exercised: int, price: Fraction
) -> tuple[int, Fraction, date]:
    """Unvested shares bought, their cost, and the last day of notice."""
    shares = max(0, exercised - vested(size, schedule, on, False))
    return shares, shares * price, on + timedelta(days=60)


def year_by_year(size: int, value: Fraction, first: int) -> dict[int, int]:
    """Shares first exercisable each year, of stock worth no more than 100,000."""
    result, left, year = {}, size, first
    while left:
        result[year] = min(left, floor(100_000 / value))
        left -= result[year]
        year += 1
    return result


def too_early(granted: date, bought: date, sold: date) -> bool:
    """A sale within two years of the grant, or within one of the exercise."""
    return sold <= months_later(granted, 24) or sold <= months_later(bought, 12)

"""FinancePy's convertible bond tested with the kit: accrued interest, leap-year coupons, parity on a call, more calls.

Needs FinancePy (`pip install 'convnote[peers,testing]'`). Per 100 of principal; flat rate 5%, credit spread 5%, volatility 50%.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from financepy.market.curves.discount_curve_flat import DiscountCurveFlat
from financepy.products.bonds.bond_convertible import BondConvertible
from financepy.utils.date import Date
from financepy.utils.day_count import DayCountTypes
from financepy.utils.frequency import FrequencyTypes
from hypothesis import find, settings
from hypothesis import strategies as st

import convnote as cn
from convnote.tables import Table
from convnote.testing import dates_in, invariants

note = cn.load("amazon-peacs-2010")
RATIO, STEPS = 100 / 104.947, 20
quietly = settings(database=None, deadline=None, max_examples=100, derandomize=True)


def day(on: date) -> Any:
    return Date(on.day, on.month, on.year)


def bond(calls: Sequence[date]) -> Any:
    return BondConvertible(
        day(note.maturity_date),
        0.06875,
        FrequencyTypes.ANNUAL,
        day(note.issue_date),
        RATIO,
        [day(on) for on in calls],
        np.full(len(calls), 100.0),
        [],
        np.array([]),
        DayCountTypes.ACT_365F,
    )


def value(calls: Sequence[date], *, spot: float = 76.0, spread: float = 0.05, volatility: float = 0.5) -> float:
    """The price on the issue date, with a call at par on each date in `calls`."""
    curve = DiscountCurveFlat(day(note.issue_date), 0.05)
    answer = bond(calls).value(day(note.issue_date), spot, volatility, [], np.array([]), curve, spread, 0.0, STEPS)
    return float(answer["cbprice"])


def broken(invariant: Callable[..., None], *answers: Any, **options: Any) -> str:
    """The message of an invariant that the answers violate, or an empty string."""
    try:
        invariant(*answers, **options)
    except invariants.Broken as error:
        return str(error)
    return ""


def smallest(strategy: st.SearchStrategy[Any], holds: Callable[[Any], bool]) -> Any:
    """The smallest example for which `holds` is true, or None."""
    try:
        return find(strategy, holds, settings=quietly)
    except Exception as nothing:
        if type(nothing).__name__ == "NoSuchExample":
            return None
        raise


plain = bond([])


def accrued_differs(on: date) -> bool:
    if not note.issue_date < on < note.maturity_date:
        return False
    theirs, ours = plain.accrued_interest(day(on), 100.0), float(note.interest.accrued(on)) / 10
    return abs(float(theirs) - ours) > 1e-6


def paid_by(coupon: Any) -> float:
    """The amount of one coupon: the undiscounted value, less principal, of a note for that year alone with a worthless share."""
    start, end = day(coupon.accrual_start), day(coupon.accrual_end)
    prices = np.array([])
    calls: list[Any] = []
    year = BondConvertible(
        end, 0.06875, FrequencyTypes.ANNUAL, start, RATIO, calls, prices, calls, prices, DayCountTypes.ACT_365F
    )
    flat = DiscountCurveFlat(start, 0.0)
    return float(year.value(start, 0.01, 0.01, [], prices, flat, 0.0, 0.0, STEPS)["cbprice"]) - 100


rows = []
wrong = smallest(dates_in(note), accrued_differs)
every = sum(accrued_differs(note.issue_date + timedelta(days=each)) for each in range(3653))
rows.append(("accrued interest", f"differs on {every} of 3653 days", wrong or "none found"))
leap = note.interest.coupons()[0]
answers = (paid_by(leap), 100, "0.06875", leap.days, 365)
says = broken(invariants.coupon_counts_its_days, *answers, tolerance="1e-6")
rows.append(("leap-year coupons", says or "as printed", f"the coupon of {leap.payment_date}" if says else "none found"))
early, deep = note.issue_date + timedelta(days=1), 300.0


def below_parity(at: float) -> str:
    return broken(invariants.price_at_least_parity, value([early], spot=float(at)), at * RATIO, tolerance=0.05)


spot = smallest(st.integers(100, 400), lambda at: bool(below_parity(at)))
if spot:
    low = below_parity(spot)
    low += f"; at {deep:.0f}: {value([early], spot=deep):.2f} for a parity of {deep * RATIO:.2f}"
    rows.append(("parity on a call", low, f"one call at par on {early}, the share at {spot}"))
else:
    rows.append(("parity on a call", f"{value([early], spot=deep):.4f}", "none found"))
first_call = note.redemption.first_date
yearly = [first_call + timedelta(days=365 * year) for year in range(7)]
monthly = [first_call + timedelta(days=each) for each in range(0, 2550, 30)]
values = [value(dates) for dates in ([], yearly, monthly)]
said = broken(invariants.more_calls_never_raise_value, values, tolerance=0.05)
rows.append(("none, yearly, monthly calls", said or "never rise", ", ".join(f"{each:.2f}" for each in values)))
print(Table.of(("asked", "found", "smallest case"), rows, f"FinancePy, convertible bond, {STEPS} steps a year").text(220))

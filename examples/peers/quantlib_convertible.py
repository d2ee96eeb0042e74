"""QuantLib's convertible bond tested with the kit: accrued interest, leap-year coupons, parity on a call, more calls.

Needs QuantLib (`pip install 'convnote[peers,testing]'`). Per 100 of principal; flat rate 5%, credit spread 5%, volatility 50%.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import QuantLib as ql
from hypothesis import find, settings
from hypothesis import strategies as st

import convnote as cn
from convnote.tables import Table
from convnote.testing import dates_in, invariants

note = cn.load("amazon-peacs-2010")
STEPS, RATIO = 200, 100 / 104.947
quietly = settings(database=None, deadline=None, max_examples=200, derandomize=True)


def day(on: date) -> Any:
    return ql.Date(on.day, on.month, on.year)


issue, maturity = day(note.issue_date), day(note.maturity_date)
schedule = ql.Schedule(
    issue, maturity, ql.Period(ql.Annual), ql.NullCalendar(), ql.Unadjusted, ql.Unadjusted, ql.DateGeneration.Backward, False
)
count = ql.Actual365Fixed()


def value(calls: Sequence[date], *, spot: float = 76.0, spread: float = 0.05, volatility: float = 0.5) -> float:
    """The price on the issue date, with a call at par on each date in `calls`."""
    ql.Settings.instance().evaluationDate = issue
    rights = ql.CallabilitySchedule()
    for on in calls:
        rights.append(ql.Callability(ql.BondPrice(100.0, ql.BondPrice.Clean), ql.Callability.Call, day(on)))
    exercise = ql.AmericanExercise(issue, maturity)
    bond = ql.ConvertibleFixedCouponBond(exercise, RATIO, rights, issue, 0, [0.06875], count, schedule, 100.0)
    flat = ql.YieldTermStructureHandle(ql.FlatForward(issue, 0.05, count))
    none = ql.YieldTermStructureHandle(ql.FlatForward(issue, 0.0, count))
    wild = ql.BlackVolTermStructureHandle(ql.BlackConstantVol(issue, ql.NullCalendar(), volatility, count))
    process = ql.BlackScholesMertonProcess(ql.QuoteHandle(ql.SimpleQuote(spot)), none, flat, wild)
    bond.setPricingEngine(ql.BinomialCRRConvertibleEngine(process, STEPS, ql.QuoteHandle(ql.SimpleQuote(spread))))
    return float(bond.NPV())


def broken(invariant: Callable[..., None], *answers: Any, **options: Any) -> str:
    """The message of an invariant that the answers violate, or an empty string."""
    try:
        invariant(*answers, **options)
    except invariants.Broken as error:
        return str(error)
    return ""


plain = ql.FixedRateBond(0, 100.0, schedule, [0.06875], count)
coupons = [flow.amount() for flow in plain.cashflows()][:-1]
first_call = note.redemption.first_date
yearly = [first_call + timedelta(days=365 * year) for year in range(7)]


def accrued_differs(on: date) -> bool:
    ours = float(note.interest.accrued(on)) / 10
    return on < note.maturity_date and abs(plain.accruedAmount(day(on)) - ours) > 1e-9


def monthly(number: int) -> list[date]:
    return [first_call + timedelta(days=30 * month) for month in range(number)]


def more_raise(case: tuple[int, int]) -> bool:
    calls, spread = case
    values = [value(monthly(number), spread=spread / 100) for number in (calls, calls + 1)]
    return bool(broken(invariants.more_calls_never_raise_value, values, tolerance=0.05))


def smallest(strategy: st.SearchStrategy[Any], holds: Callable[[Any], bool]) -> Any:
    """The smallest example for which `holds` is true, or None."""
    try:
        return find(strategy, holds, settings=quietly)
    except Exception as nothing:
        if type(nothing).__name__ == "NoSuchExample":
            return None
        raise


rows = []
wrong = smallest(dates_in(note), accrued_differs)
every = sum(accrued_differs(note.issue_date + timedelta(days=each)) for each in range(3653))
rows.append(("accrued interest", f"differs on {every} of 3653 days", wrong or "none found"))
says = [
    broken(invariants.coupon_counts_its_days, amount, 100, "0.06875", c.days, 365, tolerance="1e-9")
    for amount, c in zip(coupons, note.interest.coupons(), strict=True)
]
rows.append(
    ("leap-year coupons", next(filter(None, says), "6.893836 and 6.75 as printed" if not any(says) else ""), "none found")
)
deep = 300.0
low = broken(invariants.price_at_least_parity, value([issue.to_date()], spot=deep), deep * RATIO, tolerance=0.05)
rows.append(
    (
        "parity on a call",
        low or f"{value([issue.to_date()], spot=deep):.4f} for a parity of {deep * RATIO:.4f}",
        low or "none found",
    )
)
case = smallest(st.tuples(st.integers(1, 84), st.integers(0, 20)), more_raise)
if case:
    calls, spread = case
    pair = [value(monthly(number), spread=spread / 100) for number in (calls, calls + 1)]
    found = f"{pair[0]:.4f} with {calls}, {pair[1]:.4f} with {calls + 1}"
    rows.append(("one call more", found, f"{calls + 1} calls every 30 days from {first_call}, spread {spread}%"))
else:
    rows.append(("one call more", "never raises the price", "none found"))
daily = [first_call + timedelta(days=each) for each in range(2552)]
values = [value(dates) for dates in ([], yearly, monthly(85), daily)]
said = broken(invariants.more_calls_never_raise_value, values, tolerance=0.05)
rows.append(("none, yearly, monthly, daily calls", said or "never rise", ", ".join(f"{each:.2f}" for each in values)))
print(
    Table.of(("asked", "found", "smallest case"), rows, f"QuantLib {ql.__version__}, convertible bond, {STEPS} steps").text(200)
)

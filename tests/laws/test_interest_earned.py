"""The law of interest: in every life what each holder is paid is principal and the interest its Notes earned, to the cent.

What is unpaid at the end is left out, and so is what a conversion gives up: coupons that were missed and not paid by then.
"""

from collections import Counter
from fractions import Fraction

from hypothesis import given, note
from hypothesis import strategies as st

from tests.oracles import interest

from .histories import ISSUE_SIZE, a_history

FIXED = range(40)
SEEDS = st.integers(len(FIXED), 10**9)
#: Entries by which interest moves, and by which principal goes; a price of these bears all interest that is unpaid.
OF_INTEREST = ("coupon", "late-interest", "interest-paid-in", "interest-returned")
PRICES = ("redemption", "repurchase", "accelerated")
WAYS = (*PRICES, "maturity", "conversion", "default")


def paid_on(history):
    """Of each coupon the day on which it was paid: as due, late, or never (None)."""
    days = dict.fromkeys(interest.due_dates())
    for due in days:
        if any(entry.kind == "coupon" and entry.date == due and entry.cash > 0 for entry in history.ledger):
            days[due] = due
    for entry in history.ledger.of_kind("late-interest"):
        due = next(due for due in days if f"missed coupon of {due} " in entry.text)
        days[due] = entry.date
    return days


def earned(entry, coupons):
    """Interest on the principal that leaves by an entry: all that it bore, or the coupons that were paid on it."""
    principal, day = Fraction(entry.principal), entry.date
    if entry.kind in PRICES or (entry.kind == "maturity" and day > interest.MATURITY):
        return interest.interest(interest.ISSUE, day, principal)
    total = Fraction(0)
    for due, paid in coupons.items():
        # A coupon that is paid late goes to the Notes that are left then, and to those that have matured (INT-3c).
        has = paid is not None and due <= day and (paid in (due, day) or paid < day or entry.kind == "maturity")
        total += interest.coupon(due, principal) * has
    return total


def interest_of(history, name):
    """What a holder (None: all of them) was paid as interest, and what that holder's Notes earned; and the entries rounded."""
    ledger, coupons = history.ledger, paid_on(history)
    paid, due, cents = Fraction(0), Fraction(0), 0
    for entry in ledger:
        if name is not None and entry.holder != name:
            continue
        if entry.kind in OF_INTEREST:
            paid += Fraction(entry.cash)
        elif entry.kind in PRICES or entry.kind == "maturity":
            paid += Fraction(entry.cash) - Fraction(entry.principal)
        if entry.kind in WAYS:
            due += earned(entry, coupons)
        cents += bool(entry.cash)
    left = Fraction(ledger.state.outstanding if name is None else ledger.state.positions[name].outstanding)
    due += sum(interest.coupon(on, left) for on, paid_day in coupons.items() if paid_day is not None)
    return paid, due, cents


def is_spoken_of(history):
    """Not the lives in which Notes called inside a record window convert in it: they keep a coupon that others pay in."""
    in_windows = [
        {entry.date.year for entry in history.ledger.of_kind(kind) if entry.date.month == 2 and 1 < entry.date.day < 16}
        for kind in ("conversion", "redemption-notice")
    ]
    return not in_windows[0] & in_windows[1]


def law(history):
    for name in history.holders or {None: ISSUE_SIZE}:
        paid, due, cents = interest_of(history, name)
        assert abs(paid - due) <= Fraction(cents, 200), (name, float(paid), float(due), history.events)


def test_cash_to_each_holder_is_principal_and_the_interest_earned_to_the_cent():
    reached = Counter()
    for seed in FIXED:
        history = a_history(seed)
        if is_spoken_of(history):
            reached.update(history.reached)
            law(history)
    wanted = ("missed-payment", "late-interest", "acceleration", "default", "redemption", "repurchase", "conversion", "holders")
    assert {kind for kind in wanted if not reached[kind]} == set(), reached

    @given(SEEDS)
    def holds(seed):
        history = a_history(seed)
        note(f"{history.holders} {history.events}")
        if is_spoken_of(history):
            law(history)

    holds()

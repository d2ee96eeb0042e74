"""The law of interest: in every life what each holder is paid is principal and the interest its Notes earned, to the cent.

What is unpaid at the end is left out, and so is what a conversion gives up: coupons that were missed and not paid by then.
"""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, note
from hypothesis import strategies as st

import convnote as cn
from convnote.calendars import to_date
from tests.oracles import interest

from .histories import ISSUE_SIZE, a_history, lived, with_transfers

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


def in_window(day):
    """From the day after a record date, 1 February, to the day before its coupon."""
    return day.month == 2 and 1 < day.day < 16


def exempt(history, coupons, name):
    """Interest that goes unreturned: on Notes called and converted in one record window nothing is paid in (CNV-5)."""
    total, by_day = Fraction(0), {}
    for entry in history.ledger.of_kind("conversion"):
        if in_window(entry.date) and name in (None, entry.holder):
            by_day.setdefault((entry.date, entry.holder), []).append(Fraction(entry.principal))
    for (day, holder), surrenders in by_day.items():
        due = date(day.year, 2, 16)
        before = history.play(until=day - timedelta(days=1)).state
        here = [each for each in before.calls if in_window(to_date(each.notice)) and to_date(each.notice).year == day.year]
        position = before.positions[holder if history.holders else "issue"]
        called = sum(Fraction(position.only_called(number)) for number in position.called if before.calls[number] in here)
        # Called Notes convert first (`first_converted`), in the order of their calls; one call is open at a time here or all are.
        earlier = sum(Fraction(position.only_called(number)) for number in position.called) - called
        taken = min(called, max(sum(surrenders) - earlier, 0))
        total += interest.coupon(due, taken) * (coupons[due] == due)
    return total


def sold(history, coupons, name):
    """Interest that a holder earned on Notes before they were sold to another, less what was earned before they were bought."""
    total = Fraction(0)
    for each in history.events:
        if isinstance(each, cn.Transfer) and name in (each.holder, each.to):
            for due, paid in coupons.items():
                # The holder of record is paid in time, and then the claim goes with the Notes.
                of_seller = paid is not None and (due - timedelta(days=15) < each.on if paid == due else paid <= each.on)
                total += interest.coupon(due, Fraction(each.principal)) * of_seller * (1 if name == each.holder else -1)
    return total


def is_spoken_of(history):
    """Not the lives in which a conversion shares a day of a window with a notice of a call or a sale, or in which Notes that
    were sold in a window are redeemed or repurchased in it: who is without a coupon then stands in `lifecycle/test_transfer.py`.
    """
    of_kind = history.ledger.of_kind
    sales = {each.on for each in history.events if isinstance(each, cn.Transfer) and in_window(each.on)}
    priced = {entry.date.year for kind in PRICES for entry in of_kind(kind) if in_window(entry.date)}
    notices = {entry.date for entry in of_kind("redemption-notice") if in_window(entry.date)}
    conversions = {entry.date for entry in of_kind("conversion")}
    return not {on.year for on in sales} & priced and not (notices | sales) & conversions


def law(history):
    coupons = paid_on(history)
    for name in [None, *(history.holders or ())]:
        paid, due, cents = interest_of(history, name)
        due += exempt(history, coupons, name) + (sold(history, coupons, name) if name else 0)
        assert abs(paid - due) <= Fraction(cents, 200), (name, float(paid), float(due), history.events)


def over_histories(make, *wanted):
    reached = Counter()

    def holds_in(history):
        if is_spoken_of(history):
            reached.update(history.reached)
            law(history)

    for seed in FIXED:
        holds_in(make(seed))
    assert {kind for kind in wanted if not reached[kind]} == set(), reached

    @given(SEEDS)
    def holds(seed):
        history = make(seed)
        note(f"{history.holders} {history.events}")
        holds_in(history)

    holds()


def test_cash_to_each_holder_is_principal_and_the_interest_earned_to_the_cent():
    over_histories(
        a_history,
        "missed-payment",
        "late-interest",
        "acceleration",
        "default",
        "redemption",
        "repurchase",
        "conversion",
        "holders",
    )


def test_the_same_where_notes_change_hands():
    wanted = ("transfer", "missed-payment", "late-interest", "default", "redemption", "repurchase", "conversion", "accelerated")
    over_histories(with_transfers, *wanted)


def test_cnv5_notes_called_and_converted_in_one_window_keep_the_coupon():
    # 1m of 690m called on 3 February 2004 and converted on the 10th: 690m are paid 6.875%, and nothing is paid in.
    history = lived(
        ({"A": ISSUE_SIZE}),
        [cn.RedemptionNotice("2004-02-03", "2004-03-05", 1_000_000), cn.Convert("2004-02-10", 1_000_000, holder="A")],
    )
    assert not history.ledger.of_kind("interest-paid-in")
    assert [entry.cash for entry in history.ledger.of_kind("coupon") if entry.date.year == 2004] == [Decimal("47437500.00")]
    assert exempt(history, paid_on(history), "A") == 68_750
    law(history)

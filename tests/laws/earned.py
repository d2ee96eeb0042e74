"""Interest that Notes earned, worked out from the paper, beside the interest that a ledger paid on them, holder by holder."""

from datetime import date, timedelta
from fractions import Fraction

import convnote as cn
from convnote.calendars import to_date
from tests.oracles import interest
from tests.oracles.days import number_of_days

#: Entries by which interest moves, and by which principal goes; a price of these bears all interest that is unpaid.
OF_INTEREST = ("coupon", "late-interest", "interest-paid-in", "interest-returned")
PRICES = ("redemption", "repurchase", "accelerated")
WAYS = (*PRICES, "maturity", "conversion", "default")


class Rates:
    """The rates of a life: that of the paper, and from the day after each amendment that of its terms (LIF-4)."""

    def __init__(self, history):
        agreed = sorted((each for each in history.events if isinstance(each, cn.Amendment)), key=lambda each: each.on)
        changes = [(each.on + timedelta(days=1), Fraction(each.terms.interest.rate)) for each in agreed]
        self.spells = [(interest.ISSUE, interest.RATE), *changes]

    def interest(self, start, end, principal):
        """INT-2, LIF-4: each day from `start` to the day before `end` at the rate of that day."""
        total, ends = Fraction(0), [day for day, _ in self.spells[1:]] + [date.max]
        for (first, rate), last in zip(self.spells, ends, strict=True):
            days = max(number_of_days(max(first, start), min(last, end)), 0)
            total += Fraction(principal) * rate * days / 365
        return total

    def coupon(self, due, principal):
        return self.interest(due.replace(year=due.year - 1), due, principal)


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


def earned(entry, coupons, rates):
    """Interest on the principal that leaves by an entry: all that it bore, or the coupons that were paid on it."""
    principal, day = Fraction(entry.principal), entry.date
    if entry.kind in PRICES or (entry.kind == "maturity" and day > interest.MATURITY):
        return rates.interest(interest.ISSUE, day, principal)
    total = Fraction(0)
    for due, paid in coupons.items():
        # A coupon that is paid late goes to the Notes that are left then, and to those that have matured (INT-3c).
        has = paid is not None and due <= day and (paid in (due, day) or paid < day or entry.kind == "maturity")
        total += rates.coupon(due, principal) * has
    return total


def interest_of(history, name, rates):
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
            due += earned(entry, coupons, rates)
        cents += bool(entry.cash)
    left = Fraction(ledger.state.outstanding if name is None else ledger.state.positions[name].outstanding)
    due += sum(rates.coupon(on, left) for on, paid_day in coupons.items() if paid_day is not None)
    return paid, due, cents


def in_window(day):
    """From the day after a record date, 1 February, to the day before its coupon."""
    return day.month == 2 and 1 < day.day < 16


def exempt(history, coupons, name, rates):
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
        total += rates.coupon(due, taken) * (coupons[due] == due)
    return total


def sold(history, coupons, name, rates):
    """Interest that a holder earned on Notes before they were sold to another, less what was earned before they were bought."""
    total = Fraction(0)
    for each in history.events:
        if isinstance(each, cn.Transfer) and name in (each.holder, each.to):
            for due, paid in coupons.items():
                # The holder of record is paid in time, and then the claim goes with the Notes.
                of_seller = paid is not None and (due - timedelta(days=15) < each.on if paid == due else paid <= each.on)
                total += rates.coupon(due, Fraction(each.principal)) * of_seller * (1 if name == each.holder else -1)
    return total


def is_spoken_of(history):
    """Not the lives in which a conversion shares a day of a window with a notice of a call or a sale, or in which Notes that
    were sold in a window are redeemed or repurchased in it: who is without a coupon then stands in `lifecycle/test_transfer.py`.
    Nor those in which terms are amended in a window after a conversion in it: what was paid in was payable by the terms before.
    """
    of_kind = history.ledger.of_kind
    sales = {each.on for each in history.events if isinstance(each, cn.Transfer) and in_window(each.on)}
    priced = {entry.date.year for kind in PRICES for entry in of_kind(kind) if in_window(entry.date)}
    notices = {entry.date for entry in of_kind("redemption-notice") if in_window(entry.date)}
    conversions = {entry.date for entry in of_kind("conversion")}
    amended = {each.on for each in history.events if isinstance(each, cn.Amendment) and in_window(each.on)}
    paid_in_before = any(day.year == on.year and in_window(day) and day <= on for on in amended for day in conversions)
    return not {on.year for on in sales} & priced and not (notices | sales) & conversions and not paid_in_before


def mispaid(history):
    """The holders (None: all together) not paid the interest that their Notes earned, but for half a cent an entry.

    Each with what was paid and what was due.
    """
    found = []
    coupons, rates = paid_on(history), Rates(history)
    for name in [None, *(history.holders or ())]:
        paid, due, cents = interest_of(history, name, rates)
        due += exempt(history, coupons, name, rates) + (sold(history, coupons, name, rates) if name else 0)
        if abs(paid - due) > Fraction(cents, 200):
            found.append((name, float(paid), float(due)))
    return found

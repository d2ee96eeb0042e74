"""A small engine of the bundled note, written from the paper with the slow twins' days and nothing of the library's rules.

One method for each thing that people get wrong, so that an engine with a fault is a subclass that overrides one of them. It knows
conversions, the withdrawal, calls, fundamental changes and splits; it judges.
"""

from __future__ import annotations

import copy
from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

import convnote as cn
from convnote.testing import Paid, Refused
from tests.oracles import days as calendar

ISSUE, MATURITY = date(2000, 2, 16), date(2010, 2, 16)
RATE, THOUSAND = Fraction("0.06875"), 1000
DUES = [date(year, 2, 16) for year in range(2001, 2011)]
RESETS = (date(2001, 2, 16), date(2002, 2, 16))
DAY = timedelta(days=1)
KINDS = (
    cn.Convert,
    cn.WithdrawalNotice,
    cn.RedemptionNotice,
    cn.FundamentalChange,
    cn.FundamentalChangeNotice,
    cn.RepurchaseElection,
    cn.RepurchaseElectionWithdrawal,
    cn.Split,
)
bank_before = cache(calendar.business_day_before)
bank_at_or_after = cache(calendar.business_day_at_or_after)
bank_after = cache(calendar.business_days_after)


def cents(amount):
    """Half-up to a cent; nothing here is negative."""
    return Fraction(int(amount * 100 + Fraction(1, 2)), 100)


class SmallEngine:
    """The note of 690,000,000 as one position. What it remembers is plain, so that a refused step can be undone by a copy."""

    judges = True

    def __init__(self, note, history):
        self.sessions = [cn.calendars.to_date(day) for day in history.days]
        self.closes = history.exact_closes
        self.left, self.of_record = int(note.issue_size), 0
        self.price, self.floor, self.trigger = Fraction("104.947"), Fraction("84.883"), Fraction("167.915")
        self.splits = []
        self.paid_to, self.payments = ISSUE, []
        self.notice = self.effective = None
        #: each call: [notice, redemption, principal, whole]; each change: [occurred, notice, repurchase, elected]
        self.calls, self.changes = [], []
        #: principal both called and elected, in neither of the two above, by the places of the call and of the change
        self.twice = {}
        self.end, self.today, self.withdrawn = None, ISSUE - DAY, False

    # --- what people get wrong ------------------------------------------------------------------------------------------

    def interest(self, start, end, principal):
        return Fraction(principal) * RATE * (end - start).days / 365

    def coupon(self, due, principal):
        return cents(self.interest(due.replace(year=due.year - 1), due, principal))

    def entitled(self):
        return self.of_record

    def record_day(self, due):
        return due - timedelta(days=15)

    def payment_day(self, due):
        return bank_at_or_after(due)

    def accrues_from(self, day):
        return self.paid_to

    def in_window(self, day):
        """The payment date whose record window holds this day, or None."""
        due = next((due for due in DUES if day < due), None)
        return due if due and day > self.record_day(due) else None

    def paid_in(self, day, called):
        """The payment date whose coupon who converts on `day` pays in; `called` is the day of the call, or None."""
        due = self.in_window(day)
        if due and called and self.record_day(due) < called <= bank_before(due):
            return None
        return due

    def last_conversion(self, redemption):
        return bank_before(redemption)

    def whole(self, shares):
        return shares.numerator // shares.denominator

    def close_before(self, day):
        return self.close(bisect_left(self.sessions, day) - 1, day)

    def reset_window(self, day):
        end = bisect_left(self.sessions, day)
        return range(end - 20, end)

    def average(self, closes):
        return Fraction(int(sum(closes) / len(closes) * 1000 + Fraction(1, 2)), 1000)

    def new_price(self, average):
        return min(self.price, max(average, self.floor))

    def split_moves(self, factor):
        self.price, self.floor, self.trigger = self.price * factor, self.floor * factor, self.trigger * factor

    def first_counting(self):
        return bisect_left(self.sessions, ISSUE)

    def exceeds(self, close):
        return close > self.trigger

    def period(self, last, first):
        """Places of the closes that the condition looks at on the day of the session `last`."""
        return range(max(first, last - 29), last + 1)

    def last_notice(self, met):
        return bank_after(met, 5)

    def withdrawal_in_time(self, notice, effective):
        return effective < date(2003, 2, 20) and 30 <= (effective - notice).days <= 60

    def is_withdrawn(self, day):
        return self.effective is not None and day >= self.effective

    def interest_paid(self):
        """Per 1,000, before the day of the notice."""
        return sum((amount for day, amount in self.payments if day < self.notice), Fraction(0))

    def make_whole(self):
        return max(Fraction("206.25") - self.interest_paid(), Fraction(0))

    def call_in_time(self, notice, redemption):
        return date(2003, 2, 20) <= redemption < MATURITY and 30 <= (redemption - notice).days <= 60

    def ends_the_put(self, occurred, notice):
        """Whether the Company's notice of a change comes too late to count: never, it would be its own breach (FCH-2c)."""
        return False

    def repurchase_day(self, notice):
        return notice + timedelta(days=30)

    def election_deadline(self, repurchase):
        return repurchase if calendar.is_business_day(repurchase) else bank_before(repurchase)

    def price_includes_coupon(self, day):
        return self.in_window(day) is not None

    # --- the walk --------------------------------------------------------------------------------------------------------

    def advance(self, until, events):
        before = copy.deepcopy({name: value for name, value in vars(self).items() if name not in ("sessions", "closes")})
        rows = []
        try:
            day = self.next_day(until)
            while day < until:
                self.live(day, [], rows)
                day = self.next_day(until)
            self.live(until, events, rows)
        except Refused:
            vars(self).update(before)
            raise
        return rows

    def next_day(self, until):
        """The next day on which the note does something by itself, or `until`."""
        ahead = [*DUES, *map(self.record_day, DUES), *RESETS, *(call[1] for call in self.calls)]
        ahead += [change[2] for change in self.changes if change[2]] + ([self.effective] if self.effective else [])
        return min((day for day in ahead if self.today < day < until), default=until)

    def live(self, day, events, rows):
        self.today = day
        of = {kind: [event for event in events if isinstance(event, kind)] for kind in KINDS}
        for event in of[cn.Split]:
            self.split(day, event)
        if day in RESETS and self.left and not self.withdrawn:
            self.price = self.new_price(self.average([self.close(place, day) for place in self.reset_window(day)]))
        if day in DUES:
            self.pay_coupon(day, rows)
        for event in (event for event in events if not isinstance(event, (cn.Split, cn.Convert))):
            if isinstance(event, (cn.FundamentalChange, cn.FundamentalChangeNotice, cn.WithdrawalNotice, cn.RedemptionNotice)):
                self.hear(day, event)
        if day == self.effective:
            self.withdraw(day, rows)
        for event in (event for event in events if isinstance(event, (cn.RepurchaseElection, cn.RepurchaseElectionWithdrawal))):
            self.elect(day, event)
        if of[cn.Convert]:
            self.convert(day, sum(event.principal for event in of[cn.Convert]), rows)
        self.pay_called(day, rows)
        self.pay_elected(day, rows)
        if day == MATURITY and self.left:
            self.pay_out(day, self.left, "matured", rows)
        if any(day == self.record_day(due) for due in DUES):
            self.of_record = self.left

    def close(self, place, day):
        """The close at a place, in shares as they are on `day`."""
        close = self.closes[place]
        for split_day, factor in self.splits:
            if self.sessions[place] < split_day <= day:
                close *= factor
        return close

    def split(self, day, event):
        if event.new <= 0 or event.old <= 0:
            raise Refused
        if self.left:
            factor = event.old / event.new
            self.splits.append((day, factor))
            self.split_moves(factor)

    def pay_coupon(self, due, rows):
        principal = self.entitled()
        if principal:
            cash, moved = self.coupon(due, principal), self.payment_day(due)
            rows.append(Paid(due, cash, 0, moved))
            self.payments.append((moved, cash * THOUSAND / principal))
        self.paid_to = due

    # --- notices ------------------------------------------------------------------------------------------------------------

    @property
    def free(self):
        return (
            self.left - sum(call[2] for call in self.calls) - sum(change[3] for change in self.changes) - sum(self.twice.values())
        )

    def may_elect(self):
        """What is free, and what is called alone (FCH-5c)."""
        return self.free + sum(call[2] for call in self.calls)

    def hear(self, day, event):
        if isinstance(event, cn.FundamentalChange):
            if self.left and day >= MATURITY:
                raise Refused
            self.changes.append([day, None, None, 0])
        elif isinstance(event, cn.FundamentalChangeNotice):
            self.hear_change_notice(day)
        elif not self.left:
            raise Refused
        elif isinstance(event, cn.WithdrawalNotice):
            met = self.last_met(day)
            if self.effective or met is None or day > self.last_notice(met) or not self.withdrawal_in_time(day, event.effective):
                raise Refused
            self.notice, self.effective = day, event.effective
        else:
            part = self.free if event.principal is None else event.principal
            if not 0 < part <= self.free or part % THOUSAND or not self.call_in_time(day, event.redemption_date):
                raise Refused
            self.calls.append([day, event.redemption_date, part, event.principal is None])

    def hear_change_notice(self, day):
        if not self.left:
            return
        for change in self.changes:
            if change[1] is None and not self.ends_the_put(change[0], day):
                change[1:3] = day, self.repurchase_day(day)
                return
        raise Refused

    def last_met(self, day):
        first = self.first_counting()
        over = [
            self.exceeds(self.close(place, day))
            for place in range(first, bisect_right(self.sessions, min(day, date(2003, 2, 19))))
        ]
        for last in range(len(over) - 1, -1, -1):
            if sum(over[place - first] for place in self.period(first + last, first)) >= 20:
                return self.sessions[first + last]
        return None

    def withdraw(self, day, rows):
        if self.left:
            self.withdrawn = True
            rows.append(Paid(day, cents(self.make_whole() * self.left / THOUSAND), 0, bank_at_or_after(day)))

    def elect(self, day, event):
        principal = event.principal
        if not self.left or principal <= 0 or principal % THOUSAND:
            raise Refused
        if isinstance(event, cn.RepurchaseElectionWithdrawal):
            self.take_back(day, principal)
            return
        heard = [place for place, change in enumerate(self.changes) if change[1] and day <= self.election_deadline(change[2])]
        if not heard or self.changes[heard[0]][2] > MATURITY or principal > self.may_elect():
            raise Refused
        free = min(principal, self.free)
        self.changes[heard[0]][3] += free
        for place, call in enumerate(self.calls):
            taken = min(principal - free, call[2])
            call[2], free = call[2] - taken, free + taken
            if taken:
                self.twice[place, heard[0]] = self.twice.get((place, heard[0]), 0) + taken

    def take_back(self, day, principal):
        for place, change in enumerate(self.changes):
            twice = {pair: amount for pair, amount in self.twice.items() if pair[1] == place and amount}
            if (change[3] or twice) and day <= bank_before(change[2]):
                if principal > change[3] + sum(twice.values()):
                    raise Refused
                alone = min(principal, change[3])
                change[3] -= alone
                called = next((call for call in self.calls if call[3] and call[1] > day), None)
                if called:
                    called[2] += alone
                for pair, amount in twice.items():
                    taken = min(principal - alone, amount)
                    alone, self.twice[pair] = alone + taken, amount - taken
                    self.calls[pair[0]][2] += taken
                return
        raise Refused

    def paid_twice_over(self, place, day):
        """What is both called and elected and is paid on `day`, of which the other then pays nothing."""
        due = {
            pair: amount
            for pair, amount in self.twice.items()
            if (self.calls[pair[0]][1], self.changes[pair[1]][2])[place] == day
        }
        self.twice = {pair: amount for pair, amount in self.twice.items() if pair not in due}
        return sum(due.values())

    # --- principal goes -----------------------------------------------------------------------------------------------------

    def convert(self, day, principal, rows):
        called = [call for call in self.calls if call[2] and day <= self.last_conversion(call[1])]
        possible = self.free + sum(call[2] for call in called)
        if not 0 < principal <= possible or principal % THOUSAND or self.is_withdrawn(day) or day > MATURITY:
            raise Refused
        shares = principal / self.price
        whole = self.whole(shares)
        rows.append(Paid(day, cents(max(shares - whole, 0) * self.close_before(day)), whole, day))
        interest, rest = Fraction(0), principal
        for call in [*called, None]:
            taken = min(rest, call[2]) if call else rest
            due = self.paid_in(day, call[0] if call else None)
            interest += self.interest(due.replace(year=due.year - 1), due, taken) if due else 0
            rest -= taken
            if call:
                call[2] -= taken
        if interest:
            rows.append(Paid(day, -cents(interest), 0, day))
        self.retire(principal, "converted")

    def retire(self, principal, how):
        self.left -= principal
        self.end = how if self.left == 0 else None

    def pay_out(self, day, principal, how, rows):
        accrued = self.interest(self.accrues_from(day), day, principal)
        rows.append(Paid(day, cents(principal + accrued), 0, bank_at_or_after(day)))
        if self.price_includes_coupon(day):
            self.of_record -= principal
        self.retire(principal, how)

    def pay_called(self, day, rows):
        principal = sum(call[2] for call in self.calls if call[1] == day) + self.paid_twice_over(0, day)
        if principal:
            for call in self.calls:
                call[2] = 0 if call[1] == day else call[2]
            self.pay_out(day, principal, "redeemed", rows)

    def pay_elected(self, day, rows):
        principal = sum(change[3] for change in self.changes if change[2] == day) + self.paid_twice_over(1, day)
        if principal:
            for change in self.changes:
                change[3] = 0 if change[2] == day else change[3]
            self.pay_out(day, principal, "repurchased", rows)

    # --- what is asked ------------------------------------------------------------------------------------------------------

    def conversion_price(self):
        return self.price

    def outstanding(self):
        return self.left

    def status(self):
        if self.end:
            return self.end
        return "withdrawn" if self.withdrawn else "withdrawal noticed" if self.effective else "outstanding"

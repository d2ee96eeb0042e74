"""What is missed, cured, accelerated, undone and recovered, in the life that `ledger` walks day by day.

A missed coupon is a claim of those who hold the Notes (INT-3c): conversion gives it up, a price pays it, maturity leaves it.
"""

from datetime import timedelta
from fractions import Fraction

from . import interest


class Refused(Exception):
    def __init__(self, *rules):
        super().__init__(", ".join(sorted(rules)))
        self.rules = set(rules)
        self.event = None


class Defaults:
    """The half of a life that goes wrong."""

    def start_of_defaults(self, holders):
        self.holders = list(holders)
        self.skipped = set()
        #: of each missed coupon the principal that has a claim, and that on which it was to be paid
        self.claims, self.of_record_then = {}, {}
        #: (coupon, principal, cash) paid in by a holder for a coupon that has not been paid yet; what went back
        self.paid_in, self.returned = {}, {}
        self.accelerated = self.defaulted = self.paid_off = False
        self.breaches = []

    # --- coupons ------------------------------------------------------------------------------------------------

    def miss(self, day):
        """INT-6: said of the day it is due, or of the day its money is to move."""
        if self.defaulted:
            raise Refused("DEF-1")
        if not {due for due in interest.due_dates() if day in (due, interest.payment_day(due))}:
            raise Refused("INT-1")

    def leave_coupon_unpaid(self, due):
        """INT-3c, CNV-5c: the claim goes with the Notes; what was paid in goes back."""
        if not any(self.of_record.values()) and not any(self.outstanding.values()):
            return
        self.claims[due], self.of_record_then[due] = dict(self.outstanding), dict(self.of_record)
        self.returned[due] = self.give_back(due)

    def give_back(self, day):
        """What was paid in for the coming coupon goes back on `day`, holder by holder."""
        back = {holder: paid for holder, paid in self.paid_in.items() if paid[1]}
        for holder, (_, _, cash) in back.items():
            self.write(day, "interest returned", holder, 0, cash)
        self.paid_in = {}
        return back

    def give_up(self, holder, principal):
        """INT-3c: who converts gives up the claim to what was missed before."""
        for owed in self.claims.values():
            owed[holder] = max(owed[holder] - principal, 0)

    def pay_in_price(self, day, holder, principal):
        """DEF-3c: the missed coupons that a price pays besides the interest that has accrued since the last one paid."""
        older = Fraction(0)
        for due, owed in self.claims.items():
            if owed[holder] and due <= self.last_paid:
                older += interest.coupon(due, min(owed[holder], principal))
            self.of_record_then[due][holder] = max(self.of_record_then[due][holder] - min(owed[holder], principal), 0)
            owed[holder] = max(owed[holder] - principal, 0)
        return older

    def cure(self, day):
        """Up to the day on which the money was to move it is the ordinary coupon, to those of record (INT-6); then INT-3c."""
        if self.defaulted or not self.claims:
            raise Refused("DEF-1" if self.defaulted else "INT-1")
        for due in sorted(self.claims):
            owed, record = self.claims.pop(due), self.of_record_then.pop(due)
            if day <= interest.payment_day(due) and due in self.returned:
                for holder, principal in record.items():
                    self.pay_interest(due, "coupon", holder, principal, interest.coupon(due, principal))
                for holder, (_, _, cash) in self.returned[due].items():
                    self.write(due, "interest paid in", holder, 0, -cash)
            else:
                for holder, principal in owed.items():
                    self.pay_interest(day, "cure", holder, principal, interest.coupon(due, principal))
            self.last_paid = max(self.last_paid, due)

    def late_since(self):
        """RED-3: the first day on which a coupon was late that is still owed, or None."""
        late = [interest.payment_day(due) + timedelta(days=1) for due, owed in self.claims.items() if any(owed.values())]
        return min(late, default=None)

    # --- all is due ---------------------------------------------------------------------------------------------

    def breach(self, day):
        if not any(self.outstanding.values()):
            raise Refused("DEF-2")
        self.breaches.append(day)

    def waive(self, day):
        """LIF-2, AMD-4: a majority may waive a covenant."""
        if not self.breaches or not any(self.outstanding.values()):
            raise Refused("LIF-2")
        self.breaches = []

    def events_of_default(self, day):
        """DEF-2: interest 30 days after its money was to move, a covenant 60 days after its notice."""
        late = [due for due, owed in self.claims.items() if any(owed.values())]
        return any((day - interest.payment_day(due)).days >= 30 for due in late) or any(
            (day - since).days >= 60 for since in self.breaches
        )

    def accelerate(self, day):
        rules = set()
        if not self.events_of_default(day):
            rules.add("DEF-2")
        if self.accelerated or not any(self.outstanding.values()):
            rules.add("DEF-1")
        if rules:
            raise Refused(*rules)
        self.accelerated = True
        self.called, self.elected = dict.fromkeys(self.holders, 0), dict.fromkeys(self.holders, 0)
        # The coming coupon is not paid any more (CNV-5c).
        for holder, (_, principal, _) in self.give_back(day).items():
            self.of_record[holder] -= principal

    def pay_all(self, day):
        """DEF-3c, INT-9: principal and all interest that is accrued and unpaid."""
        if self.defaulted or not self.accelerated or not any(self.outstanding.values()):
            raise Refused("DEF-1" if self.defaulted else "PRN-1")
        for holder, principal in list(self.outstanding.items()):
            if principal:
                start = self.last_paid
                older = self.retire(day, holder, principal)
                cash = principal + interest.interest(start, day, principal) + older
                self.write(day, "accelerated", holder, principal, interest.round_cent(cash))
        self.paid_off = True

    def rescind(self, day):
        """LIF-3: once what caused it is cured."""
        still = any(any(owed.values()) for owed in self.claims.values())
        still = still or any((day - since).days >= 60 for since in self.breaches)
        if not self.accelerated or still or not any(self.outstanding.values()):
            raise Refused("LIF-3")
        self.accelerated = False
        self.claims, self.of_record_then = {}, {}

    def end(self, day, recovered):
        """DEF-4c: the recovery, and nothing after it; a coupon whose money has not moved has not been paid (INT-6)."""
        if not any(self.outstanding.values()):
            raise Refused("DEF-1")
        self.give_back(day)
        for holder, principal in self.outstanding.items():
            if principal:
                self.write(day, "default", holder, principal, interest.round_cent(principal * recovered))
            self.outstanding[holder] = 0
        # a claim has taken the place of what was called or under election
        self.called, self.elected = dict.fromkeys(self.called, 0), dict.fromkeys(self.elected, 0)
        self.defaulted = True

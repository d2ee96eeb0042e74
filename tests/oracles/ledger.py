"""The whole life of the note walked day by day, holder by holder: a slow twin of a replay.

Events are plain tuples `(day, what, *details)`:

    ("convert", holder, principal)          ("withdraw", effective)
    ("redeem", redemption_date, principal)  principal None: all of it
    ("change",)                             a Fundamental Change occurs
    ("change notice",)                      the Company mails its notice
    ("elect", holder, principal)            ("take back", holder, principal)  of an election
    ("miss",)                               the coupon due that day is not paid
    ("cure", due)                           the coupon due on `due` is paid after all
    ("split", new, old)

An entry is `Entry(day, payment_day, what, holder, principal, cash, shares)`, cash positive to the holder. What the
note does not allow raises `Refused` with the ids of the rules that forbid it.
"""

from fractions import Fraction
from typing import NamedTuple

from . import conversion, fundamental_change, interest, redemption, reset, withdrawal
from .days import days_from_to, is_business_day, trading_days_before

# The order of things on one day: what changes the share comes first, then what the calendar does, then what the
# Company says, then what holders say, then conversion (until the close of business), then money against Notes.
ORDER = (
    "split",
    "miss",
    "cure",
    "withdraw",
    "redeem",
    "change",
    "change notice",
    "elect",
    "take back",
    "convert",
)


class Entry(NamedTuple):
    day: object
    payment_day: object
    what: str
    holder: str
    principal: int
    cash: Fraction
    shares: int


class Refused(Exception):
    def __init__(self, *rules):
        super().__init__(", ".join(sorted(rules)))
        self.rules = set(rules)


class Life:
    """State and entries of one walk. `holders` maps each to principal; `closes` maps trading days to euro closes."""

    def __init__(self, holders, closes):
        self.outstanding = dict(holders)
        self.closes = dict(closes)
        self.entries = []
        self.conversion_price = conversion.INITIAL_PRICE
        self.floor, self.trigger = reset.FLOOR, withdrawal.TRIGGER
        self.of_record = dict.fromkeys(holders, 0)
        self.paid_per_thousand = {holder: [] for holder in holders}
        self.last_paid = interest.ISSUE
        self.unpaid = []
        self.skipped_today = False
        self.withdrawal_notice = self.withdrawal_day = None
        self.call_notice = self.call_day = None
        self.called = dict.fromkeys(holders, 0)
        self.change_day = self.change_notice = None
        self.elected = dict.fromkeys(holders, 0)

    def write(self, day, what, holder, principal=0, cash=Fraction(0), shares=0, moved=True):
        payment_day = interest.payment_day(day) if moved else day
        self.entries.append(Entry(day, payment_day, what, holder, principal, cash, shares))

    def retire(self, day, holder, principal):
        """Principal is paid off: what RED-6 says of its coupon, if it goes between 2 and 15 February."""
        self.outstanding[holder] -= principal
        if redemption.takes_the_coupon(day):
            self.of_record[holder] -= principal

    # --- what the calendar does ---------------------------------------------------------------------------------

    def reset(self, day):
        """RST-1, RST-2: on each reset day, whatever its weekday."""
        if day in reset.RESET_DAYS:
            closes = [self.closes[each] for each in reset.window(day)]
            self.conversion_price = reset.new_price(self.conversion_price, closes, self.floor)

    def pay_coupon(self, day):
        """INT-1, INT-3: to the holder of record; it is not paid if it is missed."""
        if day not in interest.due_dates():
            return
        if self.skipped_today:
            self.unpaid.append(day)
            return
        for holder, principal in self.of_record.items():
            self.pay_interest(day, "coupon", holder, principal, interest.coupon(day, principal))
        self.last_paid = day

    def pay_interest(self, day, what, holder, principal, amount):
        if principal == 0:
            return
        cash = interest.round_cent(amount)
        self.write(day, what, holder, 0, cash)
        per_thousand = cash / (principal // 1000)
        self.paid_per_thousand[holder].append((interest.payment_day(day), per_thousand))

    def take_effect(self, day):
        """WDR-4, WDR-5: the make-whole on what is outstanding on the day the withdrawal takes effect."""
        if day == self.withdrawal_day:
            for holder, principal in self.outstanding.items():
                if principal:
                    each = withdrawal.make_whole(self.paid_per_thousand[holder], self.withdrawal_notice)
                    self.write(day, "make-whole", holder, 0, interest.round_cent(each * (principal // 1000)))

    def redeem_called(self, day):
        """RED-1: what was called and not converted, at principal and accrued interest."""
        if day == self.call_day:
            for holder, principal in self.called.items():
                if principal:
                    self.retire(day, holder, principal)
                    amount = redemption.price(day, principal, self.last_paid)
                    self.write(day, "redemption", holder, principal, interest.round_cent(amount))
            self.called = dict.fromkeys(self.called, 0)
            self.call_day = None

    def repurchase_elected(self, day):
        """FCH-1, FCH-3: what holders elected, at principal and accrued interest."""
        if self.change_notice and day == fundamental_change.repurchase_date(self.change_notice):
            for holder, principal in self.elected.items():
                if principal:
                    self.retire(day, holder, principal)
                    amount = fundamental_change.price(day, principal, self.last_paid)
                    self.write(day, "repurchase", holder, principal, interest.round_cent(amount))
            self.elected = dict.fromkeys(self.elected, 0)
            self.change_notice = None

    def mature(self, day):
        """PRN-1: principal at par."""
        if day == interest.MATURITY:
            for holder, principal in self.outstanding.items():
                if principal:
                    self.write(day, "maturity", holder, principal, Fraction(principal))
                    self.outstanding[holder] = 0

    def take_record(self, day):
        """INT-3: "at the close of business on the record date": after all that happens on 1 February."""
        if (day.month, day.day) == (2, 1):
            self.of_record = dict(self.outstanding)

    # --- what people do -----------------------------------------------------------------------------------------

    def split(self, day, new, old):
        """ADJ-1, RST-4: the price, the floor, the trigger and the closes already seen, all in new shares."""
        factor = Fraction(old, new)
        self.conversion_price *= factor
        self.floor *= factor
        self.trigger *= factor
        for each in self.closes:
            if each < day:
                self.closes[each] *= factor

    def miss(self, day):
        self.skipped_today = True

    def cure(self, day, due):
        """INT-3: defaulted interest goes to those who hold the Notes on a special record date, here that day."""
        self.unpaid.remove(due)
        for holder, principal in self.outstanding.items():
            self.pay_interest(day, "cure", holder, principal, interest.coupon(due, principal))
        self.last_paid = max(self.last_paid, due)

    def withdraw(self, day, effective):
        if self.withdrawal_day:
            raise Refused("WDR-1")
        rules = withdrawal.notice_refused(self.seen(day), day, effective, self.trigger)
        if rules:
            raise Refused(*rules)
        self.withdrawal_notice, self.withdrawal_day = day, effective

    def seen(self, day):
        return {each: close for each, close in self.closes.items() if each <= day}

    def redeem(self, day, redemption_date, principal):
        unpaid_since = min(self.unpaid) if self.unpaid else None
        rules = redemption.notice_refused(day, redemption_date, unpaid_since)
        if principal is not None and (
            principal % 1000 or not 0 < principal <= sum(self.outstanding.values())
        ):
            rules.add("RED-4")
        if rules:
            raise Refused(*rules)
        self.call_notice, self.call_day = day, redemption_date
        self.called = pro_rata(self.outstanding, principal)

    def change(self, day):
        self.change_day = day

    def notify_change(self, day):
        if self.change_day is None or day > fundamental_change.notice_deadline(self.change_day):
            raise Refused("FCH-2")
        self.change_day, self.change_notice = None, day

    def elect(self, day, holder, principal):
        if self.change_notice is None or day > fundamental_change.election_deadline(self.change_notice):
            raise Refused("FCH-4")
        if principal % 1000 or not 0 < principal <= self.outstanding[holder] - self.elected[holder]:
            raise Refused("FCH-1")
        self.elected[holder] += principal

    def take_back(self, day, holder, principal):
        if self.change_notice is None or day > fundamental_change.election_withdrawal_deadline(
            self.change_notice
        ):
            raise Refused("CNV-6")
        if principal % 1000 or not 0 < principal <= self.elected[holder]:
            raise Refused("CNV-6")
        self.elected[holder] -= principal

    def convert(self, day, holder, principal):
        """CNV-1…8, on a Business Day; of a position of which a part is called, the called part goes first."""
        if principal % 1000 or not 0 < principal <= self.outstanding[holder]:
            raise Refused("CNV-1")
        if self.withdrawal_day and day >= self.withdrawal_day:
            raise Refused("CNV-7")
        if principal > self.outstanding[holder] - self.elected[holder]:
            raise Refused("CNV-6")
        called = min(self.called[holder], principal)
        if self.called[holder] and day > conversion.last_day_if_called(self.call_day):
            if principal > self.outstanding[holder] - self.called[holder]:
                raise Refused("CNV-2")
            called = 0
        before = self.closes[trading_days_before(day, 1)[0]]
        shares, cash = conversion.shares_and_cash(principal, self.conversion_price, before)
        self.write(day, "conversion", holder, principal, cash, shares)
        exempt = called if called and conversion.interest_to_pay(called, day, self.call_notice) == 0 else 0
        paid_in = conversion.interest_to_pay(principal - exempt, day)
        if paid_in:
            self.write(day, "interest paid in", holder, 0, -paid_in)
        self.called[holder] -= called
        self.outstanding[holder] -= principal


def pro_rata(outstanding, principal):
    """RED-4: a part of every position, in whole thousands; what is left over goes to the largest remainders."""
    total = sum(outstanding.values())
    if principal is None:
        return dict(outstanding)
    shares = {holder: Fraction(held * principal, total * 1000) for holder, held in outstanding.items()}
    called = {holder: share.numerator // share.denominator for holder, share in shares.items()}
    by_remainder = sorted(shares, key=lambda holder: called[holder] - shares[holder])
    for holder in by_remainder[: principal // 1000 - sum(called.values())]:
        called[holder] += 1
    return {holder: units * 1000 for holder, units in called.items()}


def live(holders, closes, events=(), until=interest.MATURITY):
    """Walk every calendar day from issue to maturity. Returns the `Life`; its entries are in the order they happen."""
    life = Life(holders, closes)
    by_day = {}
    for event in events:
        day = event[0]
        # CNV-8: a surrender counts on the next Business Day; everything else has its own day.
        counted = conversion.conversion_day(day) if event[1] == "convert" else day
        by_day.setdefault(counted, []).append(event[1:])
    act = {
        "split": life.split,
        "miss": life.miss,
        "cure": life.cure,
        "withdraw": life.withdraw,
        "redeem": life.redeem,
        "change": life.change,
        "change notice": life.notify_change,
        "elect": life.elect,
        "take back": life.take_back,
        "convert": life.convert,
    }
    for day in days_from_to(interest.ISSUE, until):
        today = sorted(by_day.get(day, []), key=lambda event: ORDER.index(event[0]))
        life.skipped_today = False
        for what in ("split", "reset", *ORDER[1:]):
            if what == "reset":
                life.reset(day)
            if what == "cure":
                life.pay_coupon(day)
                life.take_effect(day)
            for event in today:
                if event[0] == what:
                    assert what != "convert" or is_business_day(day)
                    act[what](day, *event[1:])
        life.redeem_called(day)
        life.repurchase_elected(day)
        life.mature(day)
        life.take_record(day)
        if life.change_day and day > fundamental_change.notice_deadline(life.change_day):
            life.change_day = None
    return life

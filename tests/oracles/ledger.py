"""The whole life of the note walked day by day, holder by holder: a slow twin of a replay.

Events are plain tuples `(day, what, *details)`:

    ("convert", holder, principal)          ("withdraw", effective)
    ("redeem", redemption_date, principal)  principal None: all of it
    ("change",)                             a Fundamental Change occurs
    ("change notice",)                      the Company mails its notice
    ("elect", holder, principal)            ("take back", holder, principal)  of an election
    ("miss",)                               the coupon due that day, or whose money is to move on it, is not paid
    ("cure",)                               the coupons that were missed are paid after all
    ("breach",)                             notice that a covenant is broken
    ("waive",)                              a majority waives that
    ("accelerate",)                         all is declared due
    ("pay all",)                            and paid
    ("rescind",)                            or the acceleration undone
    ("end", recovered)                      the issuer defaults, a share of principal is recovered
    ("split", new, old)

An entry is `Entry(day, payment_day, what, holder, principal, cash, shares)`, cash positive to the holder. What the
note does not allow raises `Refused` with the ids of the rules that forbid it.
"""

from datetime import timedelta
from fractions import Fraction
from typing import NamedTuple

from . import conversion, fundamental_change, interest, redemption, reset, withdrawal
from .days import days_from_to, trading_days_before
from .defaults import Defaults, Refused

# The order of things on one day: what is not paid, what changes the share and its price, the coupon, what the Company
# says, what holders say, conversion until the close of business, money against Notes, and the register at the close.
ORDER = (
    ("miss",),
    ("split",),
    ("reset",),
    ("coupon",),
    ("cure", "pay all"),
    ("breach", "waive"),
    ("rescind",),
    ("change",),
    ("change notice", "withdraw", "redeem", "accelerate"),
    ("take effect",),
    ("elect", "take back"),
    ("convert",),
    ("pay called", "pay elected"),
    ("end",),
    ("mature",),
    ("record",),
)


class Entry(NamedTuple):
    day: object
    payment_day: object
    what: str
    holder: str
    principal: int
    cash: Fraction
    shares: int


class Life(Defaults):
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
        self.start_of_defaults(holders)
        self.withdrawal_notice = self.withdrawal_day = None
        self.call_notice = self.call_day = None
        self.called = dict.fromkeys(holders, 0)
        self.ends = []
        self.changes_without_notice, self.change_notice = [], None
        self.elected = dict.fromkeys(holders, 0)

    def write(self, day, what, holder, principal=0, cash=Fraction(0), shares=0, moved=True):
        payment_day = interest.payment_day(day) if moved else day
        self.entries.append(Entry(day, payment_day, what, holder, principal, cash, shares))

    def retire(self, day, holder, principal):
        """Principal is paid off: what RED-6 says of its coupon, if it goes between 2 and 15 February.

        Returns the older missed coupons that the price pays besides (DEF-3c).
        """
        self.outstanding[holder] -= principal
        if redemption.takes_the_coupon(day):
            self.of_record[holder] -= principal
        return self.pay_in_price(day, holder, principal)

    # --- what the calendar does ---------------------------------------------------------------------------------

    def reset(self, day):
        """RST-1, RST-2: on each reset day, whatever its weekday."""
        if day in reset.RESET_DAYS:
            closes = [self.closes[each] for each in reset.window(day)]
            self.conversion_price = reset.new_price(self.conversion_price, closes, self.floor)

    def pay_coupon(self, day):
        """INT-1, INT-3: to the holder of record; it is not paid if it is missed."""
        if day not in interest.due_dates() or self.defaulted or self.paid_off:
            return
        if self.accelerated:
            if any(self.outstanding.values()):
                self.claims[day], self.of_record_then[day] = dict(self.outstanding), dict.fromkeys(self.holders, 0)
            return
        if day in self.skipped:
            self.leave_coupon_unpaid(day)
            return
        for holder, principal in self.of_record.items():
            self.pay_interest(day, "coupon", holder, principal, interest.coupon(day, principal))
        self.last_paid, self.paid_in = day, {}

    def pay_interest(self, day, what, holder, principal, amount):
        if principal == 0:
            return
        cash = interest.round_cent(amount)
        self.write(day, what, holder, 0, cash)
        per_thousand = cash / (principal // 1000)
        self.paid_per_thousand[holder].append((interest.payment_day(day), per_thousand))

    def take_effect(self, day):
        """WDR-4, WDR-5: the make-whole on what is outstanding on the day the withdrawal takes effect."""
        if day == self.withdrawal_day and not self.defaulted:
            for holder, principal in self.outstanding.items():
                if principal:
                    each = withdrawal.make_whole(self.paid_per_thousand[holder], self.withdrawal_notice)
                    self.write(day, "make-whole", holder, 0, interest.round_cent(each * (principal // 1000)))

    def moves_too_late(self, day):
        """INT-6: a payment due on that day moves after the issuer has defaulted, so it is not made."""
        return any(day <= end < interest.payment_day(day) for end in self.ends)

    def redeem_called(self, day):
        """RED-1: what was called and not converted, at principal and accrued interest."""
        if day == self.call_day and not self.moves_too_late(day):
            for holder, principal in self.called.items():
                if principal:
                    amount = self.retire(day, holder, principal) + redemption.price(day, principal, self.last_paid)
                    self.write(day, "redemption", holder, principal, interest.round_cent(amount))
            self.called = dict.fromkeys(self.called, 0)
            self.call_day = None

    def repurchase_elected(self, day):
        """FCH-1, FCH-3: what holders elected, at principal and accrued interest."""
        due = self.change_notice and day == fundamental_change.repurchase_date(self.change_notice)
        if due and not self.moves_too_late(day):
            for holder, principal in self.elected.items():
                if principal:
                    amount = self.retire(day, holder, principal) + fundamental_change.price(day, principal, self.last_paid)
                    self.write(day, "repurchase", holder, principal, interest.round_cent(amount))
            self.elected = dict.fromkeys(self.elected, 0)
            self.change_notice = None

    def mature(self, day):
        """PRN-1: principal at par."""
        if day == interest.MATURITY and not self.accelerated:
            for holder, principal in self.outstanding.items():
                if principal:
                    self.write(day, "maturity", holder, principal, Fraction(principal))
                    self.outstanding[holder] = 0

    def take_record(self, day):
        """INT-3: "at the close of business on the record date": after all that happens on 1 February."""
        if (day.month, day.day) == (2, 1) and not self.defaulted:
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

    def withdraw(self, day, effective):
        rules = withdrawal.notice_refused(self.seen(day), day, effective, self.trigger)
        if self.withdrawal_day or self.accelerated or not any(self.outstanding.values()):
            rules.add("WDR-3")
        if rules:
            raise Refused(*rules)
        self.withdrawal_notice, self.withdrawal_day = day, effective

    def seen(self, day):
        return {each: close for each, close in self.closes.items() if each <= day}

    def redeem(self, day, redemption_date, principal):
        rules = redemption.notice_refused(day, redemption_date, self.late_since())
        if principal is not None and (principal % 1000 or not 0 < principal <= sum(self.outstanding.values())):
            rules.add("RED-4")
        if self.accelerated or not any(self.outstanding.values()):
            rules.add("RED-1")
        if rules:
            raise Refused(*rules)
        self.call_notice, self.call_day = day, redemption_date
        self.called = pro_rata(self.outstanding, principal)

    def change(self, day):
        if any(self.outstanding.values()):
            self.changes_without_notice.append(day)

    def notify_change(self, day):
        """FCH-2, FCH-2c: of the first change still in time, else of the last one missed: a late notice counts too."""
        if not any(self.outstanding.values()):
            return
        in_time = [each for each in self.changes_without_notice if day <= fundamental_change.notice_deadline(each)]
        if not self.changes_without_notice:
            raise Refused("FCH-2")
        self.changes_without_notice.remove((in_time or self.changes_without_notice[-1:])[0])
        self.change_notice = day

    def elect(self, day, holder, principal):
        rules = {"FCH-1"} if self.accelerated else set()
        if principal % 1000 or not 0 < principal <= self.outstanding[holder] - self.elected[holder]:
            rules.add("FCH-1")
        if self.change_notice is None:
            rules |= {"FCH-1", "FCH-4"}
        elif day > fundamental_change.election_deadline(self.change_notice):
            rules.add("FCH-4")
        elif self.change_notice + timedelta(days=30) > interest.MATURITY:
            rules.add("FCH-3")
        if rules:
            raise Refused(*rules)
        self.elected[holder] += principal

    def take_back(self, day, holder, principal):
        if self.change_notice is None or day > fundamental_change.election_withdrawal_deadline(self.change_notice):
            raise Refused("CNV-6")
        if principal % 1000 or not 0 < principal <= self.elected[holder]:
            raise Refused("CNV-6")
        self.elected[holder] -= principal

    def convert(self, day, holder, principal):
        """CNV-1…8, on a Business Day; of a position of which a part is called, the called part goes first."""
        rules, free = set(), self.outstanding[holder] - self.elected[holder]
        called = min(self.called[holder], principal)
        if self.called[holder] and day > conversion.last_day_if_called(self.call_day):
            called = 0
            free -= self.called[holder]
        if principal % 1000 or not 0 < principal <= self.outstanding[holder]:
            rules.add("CNV-1")
        if self.withdrawal_day and day >= self.withdrawal_day:
            rules.add("CNV-7")
        if principal > free:
            rules |= {"CNV-6"} if self.elected[holder] else set()
            rules |= {"CNV-2"} if self.called[holder] else set()
        if rules:
            raise Refused(*rules)
        before = self.closes[trading_days_before(day, 1)[0]]
        shares, cash = conversion.shares_and_cash(principal, self.conversion_price, before)
        self.write(day, "conversion", holder, principal, cash, shares)
        exempt = called if called and conversion.interest_to_pay(called, day, self.call_notice) == 0 else 0
        paid_in = 0 if self.accelerated else conversion.interest_to_pay(principal - exempt, day)
        if paid_in:
            self.write(day, "interest paid in", holder, 0, -paid_in)
            due, before, cash = self.paid_in.get(holder, (None, 0, 0))
            self.paid_in[holder] = (due, before + principal - exempt, cash + paid_in)
        if self.accelerated and redemption.takes_the_coupon(day):
            self.of_record[holder] -= principal
        self.give_up(holder, principal)
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


def surrendered_together(events):
    """CNV-4, CNV-8: all that one holder surrenders for one conversion date is added up; the rest as it is."""
    together, rest = {}, []
    for event in events:
        if event[1] == "convert":
            key = (conversion.conversion_day(event[0]), "convert", event[2])
            together[key] = together.get(key, 0) + event[3]
        else:
            rest.append(event)
    rest = [(acts_on(event), *event[1:]) for event in rest]
    return rest + [(*key, principal) for key, principal in together.items()]


def same(event, acting):
    """True if an event is the one that acts, maybe on another day."""
    return event[1] == "miss" and (acts_on(event), *event[1:]) == acting


def acts_on(event):
    """INT-6: that a coupon is missed, said of the day its money was to move, is known on the day it is due."""
    moved = [due for due in interest.due_dates() if event[1] == "miss" and interest.payment_day(due) == event[0]]
    return moved[0] if moved else event[0]


def live(holders, closes, events=(), until=interest.MATURITY):
    """Walk every calendar day from issue to maturity. Returns the `Life`; its entries are in the order they happen."""
    life = Life(holders, closes)
    act = {
        "miss": life.miss,
        "breach": life.breach,
        "waive": life.waive,
        "accelerate": life.accelerate,
        "pay all": life.pay_all,
        "rescind": life.rescind,
        "end": life.end,
        "split": life.split,
        "reset": life.reset,
        "coupon": life.pay_coupon,
        "cure": life.cure,
        "change": life.change,
        "change notice": life.notify_change,
        "withdraw": life.withdraw,
        "redeem": life.redeem,
        "take effect": life.take_effect,
        "elect": life.elect,
        "take back": life.take_back,
        "convert": life.convert,
        "pay called": life.redeem_called,
        "pay elected": life.repurchase_elected,
        "mature": life.mature,
        "record": life.take_record,
    }
    every_day = ("reset", "coupon", "take effect", "pay called", "pay elected", "mature", "record")
    waiting = surrendered_together(events)
    # What is missed is known when it is due, and an issuer that defaults before the money moves has not paid (INT-6).
    missed = {event[0] for event in waiting if event[1] == "miss"}
    life.ends = ends = [event[0] for event in waiting if event[1] == "end"]
    for due in interest.due_dates():
        moves = interest.payment_day(due)
        if {due, moves} & missed or any(due <= end < moves for end in ends):
            life.skipped.add(due)
    for day in days_from_to(interest.ISSUE, until):
        for group in ORDER:
            for what in group:
                if what in every_day:
                    act[what](day)
            for event in waiting:
                if event[0] == day and event[1] in group:
                    try:
                        act[event[1]](day, *event[2:])
                    except Refused as refused:
                        refused.event, refused.life = next((each for each in events if same(each, event)), event), life
                        raise
    return life

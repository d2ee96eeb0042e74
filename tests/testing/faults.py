"""Engines with one fault each, of the kinds that people really make: the small engine, or ours, with one method overridden."""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from datetime import date, timedelta
from fractions import Fraction

import convnote as cn
from convnote.provisions import Accretion
from convnote.provisions.day_rules import DayRule
from convnote.testing import Ours
from convnote.testing.edges import bundled
from convnote.testing.turns_changes import with_lower_price, with_table
from convnote.testing.turns_settlement import as_mandatory, in_cash_and_shares
from convnote.testing.turns_timing import at_fixed_rate, with_conversion

from .small import DAY, DUES, ISSUE, RATE, SmallEngine, bank_at_or_after, bank_before, cents


class LeapYearIgnored(SmallEngine):
    def coupon(self, due, principal):
        return cents(principal * RATE)


class CouponRoundedCertificateByCertificate(SmallEngine):
    def coupon(self, due, principal):
        return cents(self.interest(due.replace(year=due.year - 1), due, 1000)) * (principal // 1000)


class CouponToWhoHoldsWhenItIsPaid(SmallEngine):
    def entitled(self):
        return self.left


class PaidOnTheSaturday(SmallEngine):
    def payment_day(self, due):
        return due


class InterestAccruesForTheDelay(SmallEngine):
    def accrues_from(self, day):
        return self.paid_to if self.paid_to == ISSUE else min(day, bank_at_or_after(self.paid_to))


class RecordWindowOffByOne(SmallEngine):
    def in_window(self, day):
        due = next((due for due in DUES if day < due), None)
        return due if due and day >= self.record_day(due) else None


class AnyCallExemptsFromPayingIn(SmallEngine):
    def paid_in(self, day, called):
        return None if called else self.in_window(day)


class CalledNotesConvertOnTheRedemptionDate(SmallEngine):
    def last_conversion(self, redemption):
        return redemption


class SharesRounded(SmallEngine):
    def whole(self, shares):
        return int(shares + Fraction(1, 2))


class FractionAtTheCloseOfTheDay(SmallEngine):
    def close_before(self, day):
        return self.close(min(bisect_left(self.sessions, day), len(self.sessions) - 1), day)


class ResetWindowWithTheResetDate(SmallEngine):
    def reset_window(self, day):
        end = bisect_left(self.sessions, day + DAY)
        return range(end - 20, end)


class ResetWithoutFloor(SmallEngine):
    def new_price(self, average):
        return min(self.price, average)


class ResetUpAsWell(SmallEngine):
    def new_price(self, average):
        return max(average, self.floor)


class AverageNotRounded(SmallEngine):
    def average(self, closes):
        return sum(closes) / len(closes)


class SplitForgetsTheTrigger(SmallEngine):
    def split_moves(self, factor):
        self.price, self.floor = self.price * factor, self.floor * factor


class SplitForgetsTheFloor(SmallEngine):
    def split_moves(self, factor):
        self.price, self.trigger = self.price * factor, self.trigger * factor


class AtTheTriggerIsEnough(SmallEngine):
    def exceeds(self, close):
        return close >= self.trigger


class ThirtyCalendarDays(SmallEngine):
    def period(self, last, first):
        start = bisect_left(self.sessions, self.sessions[last] - timedelta(days=29))
        return range(max(first, start), last + 1)


class TriggerOffTheResetPrice(SmallEngine):
    def exceeds(self, close):
        return close > self.price * Fraction("1.6")


class ClosesBeforeTheIssueCount(SmallEngine):
    def first_counting(self):
        return 0


class NoticeOfTwentyNineDays(SmallEngine):
    def withdrawal_in_time(self, notice, effective):
        return effective < date(2003, 2, 20) and 29 <= (effective - notice).days <= 60


class MoreThanThirtyDaysOfNotice(SmallEngine):
    def call_in_time(self, notice, redemption):
        return super().call_in_time(notice, redemption) and (redemption - notice).days > 30


class EffectOnTheLastDate(SmallEngine):
    def withdrawal_in_time(self, notice, effective):
        return effective <= date(2003, 2, 20) and 30 <= (effective - notice).days <= 60


class FiveCalendarDays(SmallEngine):
    def last_notice(self, met):
        return met + timedelta(days=5)


class ConvertsOnTheDayOfEffect(SmallEngine):
    def is_withdrawn(self, day):
        return self.effective is not None and day > self.effective


class MakeWholeLessAccrued(SmallEngine):
    def interest_paid(self):
        return self.interest(ISSUE, self.notice, 1000)


class MakeWholeLessTheCouponOfTheDay(SmallEngine):
    def interest_paid(self):
        return sum((amount for day, amount in self.payments if day <= self.notice), Fraction(0))


class RedeemableAfterTheFirstDay(SmallEngine):
    def call_in_time(self, notice, redemption):
        return super().call_in_time(notice, redemption) and redemption > date(2003, 2, 20)


class LateNoticeEndsThePut(SmallEngine):
    def ends_the_put(self, occurred, notice):
        return notice > occurred + timedelta(days=10)


class CalledNotesMayNotElect(SmallEngine):
    def may_elect(self):
        return self.free


class RepurchaseMovedToABusinessDay(SmallEngine):
    def repurchase_day(self, notice):
        return bank_at_or_after(notice + timedelta(days=30))


class ElectionDeadlineRolledForward(SmallEngine):
    def election_deadline(self, repurchase):
        return bank_at_or_after(repurchase)


class ElectionToTheDayBefore(SmallEngine):
    def election_deadline(self, repurchase):
        return bank_before(repurchase)


class CouponBesidesThePrice(SmallEngine):
    def price_includes_coupon(self, day):
        return False


class PayInNotReturned(Ours):
    def advance(self, until, events):
        first = len(self.walk.entries)
        rows = super().advance(until, events)
        return [row for flow, row in zip(self.walk.entries[first:], rows, strict=True) if flow.kind != "interest-returned"]


class CureOnTheMovedDayIsLate(Ours):
    def advance(self, until, events):
        rows = super().advance(until, events)
        cured = any(isinstance(event, cn.Cure) for event in events)
        return [row._replace(date=until) if cured and row.date < until == row.payment_date else row for row in rows]


class PriceRoundedFromTheRate(Ours):
    def __init__(self, note, history):
        terms = note.conversion
        if terms is not None and terms.rate is not None:
            rounded = dataclasses.replace(terms, rate=None, price=round(Fraction(terms.price), 2) or terms.price)
            note = dataclasses.replace(note, conversion=rounded)
        super().__init__(note, history)


def _adjusting(note, **settings):
    if note.adjustment is None:
        return note
    return dataclasses.replace(note, adjustment=dataclasses.replace(note.adjustment, **settings))


def carrying(note):
    """The note under terms that make up what is carried, which few drawn notes have."""
    return dataclasses.replace(note, adjustment=cn.provisions.Adjustment(carry_until="conversion"))


class CarriedIsNeverMadeUp(Ours):
    def __init__(self, note, history):
        super().__init__(_adjusting(note, carry_until="one-percent"), history)


class PriceRoundedInsteadOfTheRate(Ours):
    def __init__(self, note, history):
        super().__init__(_adjusting(note, rounding_of="price"), history)


class FirstRateForTheWholeLife(Ours):
    def __init__(self, note, history):
        flat = dataclasses.replace(note.interest, rate=note.interest.first_rate)
        super().__init__(dataclasses.replace(note, interest=flat), history)


class LastCouponBesideThePriceThatIncludesIt(Ours):
    def __init__(self, note, history):
        apart = dataclasses.replace(note.principal, maturity_includes_interest=None)
        super().__init__(dataclasses.replace(note, principal=apart), history)


class CompoundedInsideAPeriod(Ours):
    def __init__(self, note, history):
        super().__init__(note, history)
        if note.accretion is not None:
            daily = _Daily(**{each.name: getattr(note.accretion, each.name) for each in note.accretion.settings()})
            self.walk = cn.Walk(dataclasses.replace(note, accretion=daily), history)


class _Daily(Accretion):
    def _grown(self, day, *, inside=True):
        place, part = self._part(day, inside=inside)
        return Fraction((1 + float(self._rate)) ** (place + float(part)))


class RecoveryOfThePrincipalNotYetAccreted(Ours):
    def __init__(self, note, history):
        super().__init__(dataclasses.replace(note, accretion=None), history)


class TransferLosesTheRecord(Ours):
    def advance(self, until, events):
        first, in_window = len(self.walk.entries), self.note.interest.window_due(int(cn.calendars.day_number(until)))
        sold = sum(event.principal for event in events if isinstance(event, cn.Transfer)) if in_window else 0
        rows = super().advance(until, events)
        self.lost = getattr(self, "lost", 0) + sold
        for place, flow in enumerate(self.walk.entries[first:]):
            if flow.kind == "coupon" and self.lost:
                rows[place] = rows[place]._replace(
                    cash=Fraction(flow.cash) * max(1 - Fraction(self.lost) / Fraction(flow.facts.principal), 0)
                )
                self.lost = 0
        return rows


class DividendOfTheOldShare(Ours):
    """Of one day the dividend acts before the split."""

    def advance(self, until, events):
        for split in [event for event in events if isinstance(event, cn.Split) and event.new > 0]:
            factor = split.old / split.new
            events = [
                dataclasses.replace(event, cash=event.cash * factor) if isinstance(event, cn.CashDividend) else event
                for event in events
            ]
        return super().advance(until, events)


class _NearestRow(cn.provisions.MakeWholeChange):
    section = "make_whole_change"

    def read(self, day, price):
        nearest = min(self.dates, key=lambda on: abs(int(cn.calendars.day_number(on)) - day))
        return super().read(int(cn.calendars.day_number(nearest)), price)


class _NoCap(cn.provisions.MakeWholeChange):
    section = "make_whole_change"

    def moved(self, printed, moved):
        return printed * moved


class _WholePremium(cn.provisions.ChangeOfControlPrice):
    section = "change_of_control_price"

    def factor(self, note, occurred):
        return 1 / (1 + Fraction(self.premium))


class _OfAChange(Ours):
    """Ours under terms whose provision of that name is read by another class."""

    name, read_by = "", None

    def __init__(self, note, history):
        terms = getattr(note, self.name)
        stated = {each.name: getattr(terms, each.name) for each in terms.settings()}
        super().__init__(dataclasses.replace(note, **{self.name: self.read_by(**stated)}), history)


class TableReadAtTheNearestRow(_OfAChange):
    name, read_by = "make_whole_change", _NearestRow


class CapIgnored(_OfAChange):
    name, read_by = "make_whole_change", _NoCap


class WholePremiumGivenBack(_OfAChange):
    name, read_by = "change_of_control_price", _WholePremium


class _ByTheAverage(cn.provisions.SettlementTerms):
    def divided(self, days, specified=None):
        number = len(days)
        mean = [(sum(value for value, _ in days) / number, sum(price for _, price in days) / number)] * number
        return super().divided(mean, specified)


class _FromTheNextDay(cn.provisions.SettlementTerms):
    def period(self, counted, principal, redemption=None):
        first, last = super().period(counted, principal, redemption)
        return principal.sessions.after(first), principal.sessions.after(last)


class _NotRounded(cn.provisions.Mandatory):
    section = "mandatory"

    def rate(self, average, *, factor=1, denomination=None):
        rounded = super().rate(average, factor=factor, denomination=denomination)
        unit = Fraction(self.interest.principal.denomination)
        between = Fraction(self.low) * factor <= average <= Fraction(self.high) * factor
        return unit / average if between else rounded


class _OfTwoDecimals(cn.provisions.Conversion):
    section = "conversion"

    def in_share_currency(self, principal):
        return principal * round(Fraction(self.fixed_rate), 2)


class ExchangeRateOfTwoDecimals(_OfAChange):
    name, read_by = "conversion", _OfTwoDecimals


class _ADayLonger(cn.provisions.Conversion):
    section = "conversion"

    def last_elected(self, day):
        return super().last_elected(day) + 1


class ElectedConvertADayLonger(_OfAChange):
    name, read_by = "conversion", _ADayLonger


class SettlementByTheAveragePrice(_OfAChange):
    name, read_by = "settlement", _ByTheAverage


class ObservedADayLate(_OfAChange):
    name, read_by = "settlement", _FromTheNextDay


class QuotientNotRounded(_OfAChange):
    name, read_by = "mandatory", _NotRounded


#: Faults of what a conversion delivers, each with terms under which it shows.
FAULTS_OF_SETTLEMENT = {
    SettlementByTheAveragePrice: in_cash_and_shares(bundled()),
    ObservedADayLate: in_cash_and_shares(bundled()),
    ExchangeRateOfTwoDecimals: at_fixed_rate(bundled(), "7.7532", fraction="dropped"),
    QuotientNotRounded: as_mandatory(bundled(), min_rate="4", max_rate="50", low=20, high=250),
}
#: Faults of what a change gives holders, each with terms under which it shows.
FAULTS_OF_CHANGES = {
    TableReadAtTheNearestRow: with_table(bundled()),
    CapIgnored: with_table(bundled(), cap_rate="10"),
    WholePremiumGivenBack: with_lower_price(bundled()),
    ElectedConvertADayLonger: with_conversion(bundled(), elected_until=DayRule(2, "trading")),
}
FAULTS = [each for each in SmallEngine.__subclasses__() if each.__module__ == __name__]
#: Faults of rules that the small engine does not know, in our own.
FAULTS_OF_OURS = [each for each in Ours.__subclasses__() if each.__module__ == __name__ and each is not _OfAChange]
#: Those that only other terms than the bundled note's show.
OF_OTHER_TERMS = (
    PriceRoundedFromTheRate,
    FirstRateForTheWholeLife,
    CompoundedInsideAPeriod,
    RecoveryOfThePrincipalNotYetAccreted,
    LastCouponBesideThePriceThatIncludesIt,
    CarriedIsNeverMadeUp,
    PriceRoundedInsteadOfTheRate,
)

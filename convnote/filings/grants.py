"""Option grants on the share: vesting, expiry, the end of service, repurchase, splits (OPT-1…OPT-11).

Read from an option letter and from a report of beneficial ownership. What a paper does not state is None, and a question that
needs it is refused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

from convnote.arithmetic import decimal, fraction
from convnote.calendars import add_months
from convnote.errors import TermsError
from convnote.filings import arguments, findings
from convnote.filings.filing import Filing, at
from convnote.filings.vesting import Instalment, Repurchase, Split, vesting_rows
from convnote.provisions.fields import count, day, flag, one_of, text
from convnote.provisions.provision import rules

RULES = rules(
    OPT_1=("size, price and day of a grant; a vesting schedule that is not filed is an input", "filing"),
    OPT_2=("instalments, expiry and holdings as reported", "filing"),
    OPT_3=("vested = whole part of grant x shares vested on or before the day", "filing+convention"),
    OPT_4=("each instalment can be exercised through its anniversary, or all through the expiry", "filing+convention"),
    OPT_5=("at the end of service vesting stops; the vested part can be exercised for some months more", "filing"),
    OPT_6=("exercisable at once; unvested shares so bought may be repurchased at cost", "filing+convention"),
    OPT_7=("a sale of more than 95% of the shares, or of the assets, vests the rest", "filing"),
    OPT_8=("stock first exercisable in a calendar year is limited by its fair value at grant", "filing"),
    OPT_9=("market standoff, and a date until which shares are kept", "filing"),
    OPT_10=("split: shares x new / old, whole part; price x old / new; the sum stays", "filing+convention"),
    OPT_11=("a sale within two years of the grant or one of the exercise is disqualifying", "filing+convention"),
)
REASONS = ("other", "disability", "death")


@dataclass(frozen=True, kw_only=True, repr=False)
class Grant(Filing):
    """An option grant (OPT-1…OPT-11). What the paper does not state is None.

    >>> import convnote as cn
    >>> letter, reported = cn.grant("amazon-1994"), cn.grant("amazon-2004")
    >>> letter.shares, letter.aggregate_price, reported.shares, reported.vested_share("2004-11-29")
    (709568, Decimal('1043.774528'), None, Decimal('0.3'))

    Raises `TermsError` with all faults of its settings at once.
    """

    grant_date: date | None = at("grant", day, "OPT-1", "filing", default=None)
    #: None: the size is not stated
    shares: int | None = at("grant", arguments.shares, "OPT-1", "filing", default=None)
    #: per share, in `currency`
    exercise_price: Decimal = at("grant", arguments.price, "OPT-1", "filing")
    currency: str = at("grant", text, "OPT-1", "filing", default="USD")
    #: the day on which the grant was signed or reported
    signed: date | None = at("grant", day, "OPT-1", "filing", default=None)
    #: (day, share of the grant); empty: the schedule is not in the paper
    vesting: tuple[tuple[date, Decimal], ...] = at("vesting", vesting_rows, "OPT-3", "filing", default=(), key="instalments")
    #: whether the remainder of the instalments never vests, or vests with the last
    remainder: str = at("vesting", one_of("unvested", "last"), "OPT-3", "convention", default="unvested")
    #: the last day of the whole grant; None: each instalment expires `instalment_months` after it vests
    expiry: date | None = at("term", day, "OPT-4", "filing", default=None)
    instalment_months: int | None = at("term", count(1), "OPT-4", "filing", default=None)
    #: months after the end of service, by its reason; None: not stated
    months_after_service: int | None = at("term", count(0), "OPT-5", "filing", default=None)
    months_after_disability: int | None = at("term", count(0), "OPT-5", "filing", default=None)
    months_after_death: int | None = at("term", count(0), "OPT-5", "filing", default=None)
    #: whether all shares can be exercised at once, vested or not
    early_exercise: bool = at("term", flag, "OPT-6", "filing", default=False)
    repurchase_notice_days: int | None = at("repurchase", count(0), "OPT-6", "filing", default=None)
    repurchase_payment_days: int | None = at("repurchase", count(0), "OPT-6", "filing", default=None)
    #: a sale of more than this part of the shares vests the rest; None: not stated
    acceleration_above: Decimal | None = at("limits", arguments.ratio, "OPT-7", "filing", default=None)
    #: fair value, at grant, of stock first exercisable in a calendar year; None: no such limit is stated
    yearly_limit: Decimal | None = at("limits", arguments.price, "OPT-8", "filing", default=None)
    holding_months_from_grant: int | None = at("limits", count(0), "OPT-11", "filing", default=None)
    holding_months_from_exercise: int | None = at("limits", count(0), "OPT-11", "filing", default=None)
    standoff_days: int | None = at("limits", count(0), "OPT-9", "filing", default=None)
    kept_until: date | None = at("limits", day, "OPT-9", "filing", default=None)
    #: as reported: a day, shares exercised on it, and shares held after it
    exercised_on: date | None = at("reported", day, "OPT-2", "filing", default=None)
    exercised_shares: int | None = at("reported", arguments.shares, "OPT-2", "filing", default=None)
    held_after: int | None = at("reported", arguments.shares, "OPT-2", "filing", default=None)
    held_indirectly: Decimal | None = at("reported", arguments.price, "OPT-2", "filing", default=None)
    #: exact figures after the last split, so that fractions are not lost
    carried: Split | None = field(default=None, compare=False)

    KIND = "grant"
    BUNDLED = ("amazon-1994", "amazon-2004")
    RULES = RULES
    LINES: ClassVar[Mapping[str, str]] = {"standoff": "OPT-9", "acceleration": "OPT-7"}
    FINDINGS = findings.of_grant

    def contradictions(self) -> Iterable[TermsError]:
        if (self.expiry is None) == (self.instalment_months is None):
            yield self.fault("expiry", "expected either an expiry or the months of each instalment")
        if self.expiry and self.grant_date and self.expiry < self.grant_date:
            yield self.fault("expiry", f"expected a day not before the grant, {self.grant_date}")

    # --- figures

    @property
    def _price(self) -> Fraction:
        split = self.carried
        return split.price if split and split.shown == self.exercise_price else fraction(self.exercise_price)

    @property
    def aggregate_price(self) -> Decimal | None:
        """The exercise price of all shares together, in `currency`, unchanged by a split (OPT-10); None without a size."""
        total = self._total
        return None if total is None else decimal(total)

    @property
    def _total(self) -> Fraction | None:
        split = self.carried
        if split and (split.shares, split.shown) == (self.shares, self.exercise_price):
            return split.total
        return None if self.shares is None else self.shares * self._price

    def _sized(self, question: str, on: Any) -> int:
        """The size of the grant, or the error of a question that needs it."""
        if self.shares is None:
            raise self.refusal("the size of the grant is not stated: set shares", question, "OPT-1", on)
        return self.shares

    def _scheduled(self, question: str, on: Any) -> tuple[tuple[date, Fraction], ...]:
        """Days and the shares vested by each, including the remainder if it vests with the last."""
        if not self.vesting:
            raise self.refusal("the vesting schedule is not in the paper: set vesting", question, "OPT-1", on)
        total, rows = Fraction(0), []
        for on_day, share in self.vesting:
            total += fraction(share)
            rows.append((on_day, total))
        if self.remainder == "last":
            rows[-1] = (rows[-1][0], Fraction(1))
        return tuple(rows)

    def _stated(self, name: str, question: str, rule: str, value: Any) -> Any:
        """A setting that the question needs, or the error if it is not stated."""
        if (setting := getattr(self, name)) is None:
            raise self.refusal(f"the paper does not state {name.replace('_', ' ')}", question, rule, value)
        return setting

    # --- vesting

    def instalments(self) -> tuple[Instalment, ...]:
        """The instalments in order; whole shares are differences of cumulative vesting, so that none is lost (OPT-3, OPT-4).

        >>> import convnote as cn
        >>> [row.shares for row in dataclasses.replace(cn.grant("amazon-2004"), shares=50).instalments()][:4]
        [2, 3, 2, 3]
        """
        rows, before = [], Fraction(0)
        for on, total in self._scheduled("instalments", None) if self.vesting else ():
            size = None if self.shares is None else self._whole(total) - self._whole(before)
            rows.append(Instalment(on, decimal(total - before), size, self._expires(on)))
            before = total
        return tuple(rows)

    def _whole(self, share: Fraction) -> int:
        return int((self.shares or 0) * share // 1)

    def _expires(self, vested_on: date) -> date:
        if self.instalment_months is not None:
            return add_months(vested_on, self.instalment_months)
        assert self.expiry is not None
        return self.expiry

    def vested_share(self, on: Any) -> Decimal:
        """The part of the grant vested on or before `on` (OPT-3). Raises `TermsError` if the schedule is not known."""
        day = arguments.on_day(on, self.place("vested_share on"), "OPT-3")
        return decimal(self._share(day, "vested_share"))

    def _share(self, on: date, question: str) -> Fraction:
        reached = [total for vested_on, total in self._scheduled(question, on) if vested_on <= on]
        return reached[-1] if reached else Fraction(0)

    def vested(self, on: Any, sale: bool = False) -> int:
        """Whole shares vested on `on`; all of them, for an exercise at its closing only, if there is a `sale` (OPT-3, OPT-7).

        >>> import convnote as cn
        >>> dataclasses.replace(cn.grant("amazon-2004"), shares=33_334).vested("2004-11-29")
        10000

        Raises `TermsError` if the size or the schedule is not known.
        """
        day = arguments.on_day(on, self.place("vested on"), "OPT-3")
        size = self._sized("vested", day)
        share = self._share(day, "vested")
        if arguments.truth(sale, self.place("vested sale"), "OPT-7"):
            self._stated("acceleration_above", "vested sale", "OPT-7", day)
            return size
        return self._whole(share)

    # --- exercise

    def outstanding(self, on: Any) -> int:
        """Shares granted and not expired on `on`, vested or not, as counted for dilution (DIL-2).

        >>> import convnote as cn
        >>> cn.grant("amazon-1994").outstanding("1994-10-23"), cn.grant("amazon-1994").outstanding("1994-10-24")
        (0, 709568)

        Raises `TermsError` if the size is not known, or it is not known whether the grant had been made by `on`.
        """
        day = arguments.on_day(on, self.place("outstanding on"), "OPT-4")
        size = self._sized("outstanding", day)
        if self.grant_date is None and not (self.vesting and self.vesting[0][0] <= day):
            reason = "the day of the grant is not stated, and nothing had vested: set grant_date"
            raise self.refusal(reason, "outstanding on", "OPT-1", day)
        return 0 if self._is_outside(day) else size - self._expired(day, day)

    def _is_outside(self, on: date) -> bool:
        """True before the grant and after its expiry."""
        return bool(self.grant_date and on < self.grant_date) or bool(self.expiry and on > self.expiry)

    def _expired(self, on: date, until: date) -> int:
        """Shares of instalments that vested by `until` and expired before `on`."""
        return sum(row.shares or 0 for row in self.instalments() if row.date <= until and row.expires < on)

    def exercisable(self, on: Any, *, exercised: Any = 0, service_ended: Any = None, reason: str = "other") -> int:
        """Whole shares that can be exercised on `on`, after `exercised` before it (OPT-4, OPT-5, OPT-6).

        `service_ended` is the last day of service (None: not ended); `reason` is "other", "disability" or "death". Exercised
        shares count against the earliest instalments first, expired ones included.

        >>> import convnote as cn
        >>> cn.grant("amazon-1994").exercisable("1997-01-14", exercised=9_568)
        700000

        Raises `TermsError` for more exercised than granted, and if a size, schedule or period it needs is not stated.
        """
        day = arguments.on_day(on, self.place("exercisable on"), "OPT-4")
        size = self._sized("exercisable", day)
        used = self._exercised(exercised, size, "exercisable exercised")
        arguments.choice(reason, REASONS, self.place("exercisable reason"), "OPT-5")
        ended, stopped = None, False
        if service_ended is not None:
            ended = arguments.on_day(service_ended, self.place("exercisable service_ended"), "OPT-5")
            stopped, last = day > ended, self.terminates(ended, reason)
            if stopped and day > last:
                return 0
        if self._is_outside(day):
            return 0
        until = ended if ended is not None and stopped else day
        at_once = self.early_exercise and not stopped
        reached = size if at_once else self._whole(self._share(until, "exercisable"))
        expired = self._expired(day, until)
        return max(0, reached - expired - max(0, used - expired))

    def _exercised(self, exercised: Any, size: int, question: str) -> int:
        used = arguments.whole(exercised, self.place(question), "OPT-6")
        if used > size:
            raise self.refusal(f"no more than the {size} granted are possible", question, "OPT-6", exercised)
        return used

    def terminates(self, service_ended: Any, reason: str = "other") -> date:
        """The last day on which the vested part can be exercised, if service ended on `service_ended` (OPT-5, OPT-4).

        >>> import convnote as cn
        >>> cn.grant("amazon-1994").terminates("1998-11-30"), cn.grant("amazon-1994").terminates("1998-11-30", "death")
        (datetime.date(1999, 2, 28), datetime.date(1999, 11, 30))

        Raises `TermsError` if the paper does not state this period, for any other reason, and for a day before the grant.
        """
        ended = arguments.on_day(service_ended, self.place("terminates service_ended"), "OPT-5")
        arguments.choice(reason, REASONS, self.place("terminates reason"), "OPT-5")
        name = {"other": "months_after_service", "disability": "months_after_disability", "death": "months_after_death"}[reason]
        months = self._stated(name, "terminates service_ended", "OPT-5", ended)
        if self.grant_date and ended < self.grant_date:
            raise self.refusal(f"a day not before the grant, {self.grant_date}", "terminates service_ended", "OPT-5", ended)
        last = add_months(ended, months)
        if self.expiry is not None:
            return min(last, self.expiry)
        ends = [row.expires for row in self.instalments() if row.date <= ended]
        return min(last, max(ends)) if ends else last

    def repurchase(self, from_day: Any, *, exercised: Any, notice: Any = None) -> Repurchase:
        """What the Company may buy back after `from_day`, the end of service or the notice of an attempted sale (OPT-6).

        Either all exercised unvested shares or none, at the exercise price; `notice` is the day of the Company's notice.

        >>> import convnote as cn
        >>> grant = dataclasses.replace(cn.grant("amazon-1994"), vesting=[("1995-10-24", "0.25")])
        >>> grant.repurchase("1996-01-31", exercised=200_000).shares
        22608

        Raises `TermsError` for a notice outside its 60 days, more exercised than granted, or an unknown schedule.
        """
        start = arguments.on_day(from_day, self.place("repurchase from_day"), "OPT-6")
        notice_days = self._stated("repurchase_notice_days", "repurchase", "OPT-6", start)
        payment_days = self._stated("repurchase_payment_days", "repurchase", "OPT-6", start)
        size = self._sized("repurchase", start)
        used = self._exercised(exercised, size, "repurchase exercised")
        shares = max(0, used - self._whole(self._share(start, "repurchase")))
        notice_by, pay_by = start + timedelta(days=notice_days), None
        if notice is not None:
            given = arguments.on_day(notice, self.place("repurchase notice"), "OPT-6")
            if not start <= given <= notice_by:
                raise self.refusal(f"expected a day from {start} to {notice_by}", "repurchase notice", "OPT-6", given)
            pay_by = given + timedelta(days=payment_days)
        return Repurchase(shares, decimal(shares * self._price), notice_by, pay_by)

    # --- limits

    def accelerates(self, sold: Any, outstanding: Any) -> bool:
        """True if a sale of `sold` of the `outstanding` shares vests the rest: more than 95% (OPT-7)."""
        limit = self._stated("acceleration_above", "accelerates", "OPT-7", sold)
        part, total = arguments.part_of(
            sold, outstanding, (self.place("accelerates sold"), self.place("accelerates outstanding")), "OPT-7"
        )
        return part > fraction(limit) * total

    def iso_schedule(self, fair_value: Any) -> dict[int, int]:
        """Shares that first become exercisable in each calendar year, by fair value per share at grant (OPT-8).

        >>> import convnote as cn
        >>> cn.grant("amazon-1994").iso_schedule("0.25")
        {1994: 400000, 1995: 309568}

        Raises `TermsError` for a value not above 0, or so high that one share a year exceeds the limit.
        """
        question = "iso_schedule fair_value"
        value = arguments.number(fair_value, self.place(question), "OPT-8", above=0)
        limit = fraction(self._stated("yearly_limit", question, "OPT-8", fair_value))
        first = self._stated("grant_date", question, "OPT-1", fair_value).year
        left, each = self._sized(question, fair_value), int(limit // value)
        if not each:
            raise self.refusal(f"no more than {decimal(limit):f} a share is possible", question, "OPT-8", fair_value)
        return {first + year: min(each, left - year * each) for year in range(-(-left // each))}

    def split(self, new: Any, old: Any) -> Grant:
        """The grant after a split of `new` for `old` shares: shares rounded down, price exact, aggregate unchanged (OPT-10).

        >>> import convnote as cn
        >>> after = cn.grant("amazon-1994").split(3, 2)
        >>> after.shares, after.aggregate_price
        (1064352, Decimal('1043.774528'))

        Raises `TermsError` for a ratio not above 0, or one that leaves no whole share.
        """
        ratio = arguments.number(new, self.place("split new"), "OPT-10", above=0)
        ratio /= arguments.number(old, self.place("split old"), "OPT-10", above=0)
        shares = None if self.shares is None else int(self.shares * ratio // 1)
        if shares == 0:
            raise self.refusal("expected a split that leaves a whole share", "split", "OPT-10", f"{new} for {old}")
        price = self._price / ratio
        carried = Split(shares, decimal(price), price, self._total)
        return dataclasses.replace(self, shares=shares, exercise_price=decimal(price), carried=carried)

    def disqualifying(self, exercised_on: Any, sold_on: Any) -> bool:
        """True if a sale within two years of the grant or one year of the exercise forfeits the tax benefit (OPT-11).

        The anniversary itself counts as within. Raises `TermsError` for a sale before exercise, or an exercise before the grant.
        """
        bought = arguments.on_day(exercised_on, self.place("disqualifying exercised_on"), "OPT-11")
        sold = arguments.on_day(sold_on, self.place("disqualifying sold_on"), "OPT-11")
        from_grant = self._stated("holding_months_from_grant", "disqualifying", "OPT-11", sold)
        from_exercise = self._stated("holding_months_from_exercise", "disqualifying", "OPT-11", sold)
        granted = self._stated("grant_date", "disqualifying", "OPT-1", sold)
        if bought < granted:
            raise self.refusal(f"expected a day not before the grant, {granted}", "disqualifying exercised_on", "OPT-11", bought)
        if sold < bought:
            raise self.refusal(f"expected a day not before the exercise, {bought}", "disqualifying sold_on", "OPT-11", sold)
        return sold <= max(add_months(granted, from_grant), add_months(bought, from_exercise))


def grant(name_or_path: str | Path) -> Grant:
    """The grant of a bundled name, "amazon-1994" or "amazon-2004", or of a TOML file.

    >>> grant("amazon-2004").expiry
    datetime.date(2011, 9, 6)

    Raises `TermsError` for a name or file that does not exist, and with all faults of a wrong sheet.
    """
    return Grant.load(name_or_path)

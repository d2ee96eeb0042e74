"""Conversion: the right to turn principal into shares, and what is settled on conversion.

On the reverse of the note: "to convert the principal hereof or any portion of such principal which is E1,000 or an integral
multiple thereof into that number of shares …". Prices and closes are arguments; nothing here looks them up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from convnote.arithmetic import choose, fraction, is_fast, keeps_index, numbers_of, smaller, whole, whole_up
from convnote.errors import TermsError
from convnote.provisions.adjustment import Adjustment
from convnote.provisions.changes import Change, Judge, depends, worse_from, worse_if_fewer, worse_if_higher, worse_if_lower
from convnote.provisions.conversion_days import EARLIER, EXCEPTIONS, SOONER, coupon_owed, day_before_call
from convnote.provisions.conversion_settled import Settlement, Standing, settled
from convnote.provisions.day_rules import DayRule, day_or_rule, day_rule, resolved
from convnote.provisions.fields import day, flag, given, one_of, positive, some_of, term
from convnote.provisions.implied_price import ImpliedPrice
from convnote.provisions.interest import Interest
from convnote.provisions.provision import Provision, rules
from convnote.provisions.reset import Reset
from convnote.tables import APPROXIMATE, decimals_of

RULES = rules(
    CNV_1=("convertible from issue to the close of business at final maturity, in multiples of the denomination", "note"),
    CNV_2=("a Note called for redemption converts until the Business Day before the redemption date", "note"),
    CNV_3=("shares = principal converted / conversion price in effect", "note"),
    CNV_3c=("a conversion on a reset date is at the new price", "convention"),
    CNV_4=("no fractional share: cash for the fraction, at the close of the last trading day before", "note"),
    CNV_4c=("the close of the last trading day before; what one holder surrenders at one time is added up first", "convention"),
    CNV_5=("no adjustment for accrued interest; between record date and payment date the coupon is paid in", "note"),
    CNV_5c=(
        "nothing is paid in for a coupon that cannot be paid any more; if it is missed the pay-in goes back",
        "convention",
    ),
    CNV_6=("a Note under a repurchase election converts only after the election is withdrawn", "note"),
    CNV_6c=("the election can be withdrawn until the last Business Day before the repurchase date", "convention"),
    CNV_7=("after a withdrawal of conversion rights takes effect nothing converts", "note"),
    CNV_7c=("the last conversion is at the close of business on the Business Day before", "convention"),
    CNV_8=("a surrender on a day that is not a Business Day counts on the next one", "convention"),
    CNV_9=("a conversion notice is irrevocable; the unconverted part comes back as a new Note", "note"),
    CNV_10=("conversion on the maturity date needs no payment in", "note"),
    END_1=("the right to convert ends on a last day, a date or a number of days before maturity", "note"),
    END_2=(
        "a called Note converts until a number of days before the redemption date, again if the price is not paid; where stated, "
        "a Note under election does so until a number of days before the repurchase or put date",
        "note",
    ),
    PIN_1=("no coupon is paid in before maturity, redemption or repurchase, or for overdue interest, as the paper says", "note"),
    FRC_1=("a fraction of a share is paid in cash, dropped, or rounded up to a whole share", "note"),
    FXF_1=("at a fixed exchange rate into the share's currency, shares = principal x fixed rate / price", "note"),
    FXF_1c=("cash for a fraction of a share is turned into the note's currency at the fixed rate", "convention"),
    RTE_1=("the rate, shares per denomination, where the paper states it: shares = principal x rate / denomination", "note"),
)


#: "paid" gives a converting holder the most; which of the other two gives more depends on the day of conversion.
_accrued = Change(
    lambda old, new: "better" if new == "paid" else "worse" if old == "paid" else "depends",
    "impaired conversion",
    "the day of conversion: before a payment date, or at maturity",
)

#: An earlier last day is adverse to holders; no right to convert while under election is the most adverse.
_elected = Change(
    lambda old, new: "better" if old is None else "worse" if new is None else EARLIER.direction(old, new),
    "impaired conversion",
    EARLIER.depends_on,
)
#: A higher rate gives more shares; with or without a fixed rate, the market's exchange rate decides.
_fixed_rate = Change(
    lambda old, new: "depends" if old is None or new is None else "better" if new > old else "worse",
    "impaired conversion",
    "the currencies of price and closes, and the exchange rate between them",
)


@dataclass(frozen=True, kw_only=True)
class Conversion(Provision):
    """The conversion right at an initial `price` in the note's currency per share, or `rate` in shares per denomination.

    CNV-1…CNV-10, RTE-1. A rate implies an exact price; if both are stated the rate governs. With a `fixed_rate` of exchange
    price and closes are in the share's currency, `principal.share_currency` (FXF-1).

    `accrued` is the treatment of interest: "record-date" (the holder pays in a coupon whose record date has passed), "forgo"
    (a holder converting on the maturity date gives up the last coupon), "paid" (accrued interest is paid on conversion).
    """

    presence = worse_from(True, False, touches="impaired conversion")

    #: in the note's currency per share: as stated, or exactly denomination / rate if a rate is stated
    price: Decimal | Fraction = term(positive, "CNV-3", change=worse_if_higher("impaired conversion"), default=None)
    #: shares per denomination, where the note states a rate and calls the price approximate; it governs if both are given
    rate: Decimal | Fraction | None = term(positive, "RTE-1", change=worse_if_lower("impaired conversion"), default=None)
    accrued: str = term(one_of("record-date", "forgo", "paid"), "CNV-5", change=_accrued, default="record-date")
    #: the last day on which a Note called for redemption converts
    called_until: DayRule = term(day_before_call, "CNV-2", change=EARLIER, default=DayRule(1, "business"))
    #: the last day on which a Note under election converts, before the repurchase or put date; None: not while it is elected
    elected_until: DayRule | None = term(day_rule, "END-2", change=_elected, default=None)
    #: which Notes a holder converts first when part of the holding is called
    first_converted: str = term(
        one_of("called", "uncalled"),
        "CNV-2",
        "convention",
        change=depends("how much of a called holding is converted", "impaired conversion"),
        default="called",
    )
    #: the day on which a surrender on a day that is not a Business Day counts
    off_days: str = term(
        one_of("next-business-day", "same-day"),
        "CNV-8",
        "convention",
        change=depends("the conversion price and the closes of the two days", "impaired conversion"),
        default="next-business-day",
    )
    #: the close that prices a fraction of a share
    close_of: str = term(
        one_of("day-before", "same-day"),
        "CNV-4",
        "convention",
        change=depends("the closes of the two days", "impaired conversion"),
        default="day-before",
    )
    #: whether all Notes that one holder surrenders at one time are aggregated before the fraction is taken
    added_up: bool = term(
        flag,
        "CNV-4",
        "convention",
        change=depends("the close at which fractions are paid, against the worth of the share", "impaired conversion"),
        default=True,
    )
    #: cases in which a converting holder does not pay in the coupon after its record date (`conversion_days.EXCEPTIONS`)
    pays_in_except: tuple[str, ...] = term(
        some_of(*EXCEPTIONS),
        "PIN-1",
        change=worse_if_fewer("impaired conversion", "the day on which a holder converts"),
        default=("notice",),
    )
    #: how a fraction of a share is settled: in cash (CNV-4), not at all, or by a whole share
    fraction: str = term(
        one_of("cash", "dropped", "up"),
        "FRC-1",
        change=worse_from("up", "cash", "dropped", touches="impaired conversion"),
        default="cash",
    )
    #: units of the share's currency for one of the note's, at which principal is turned into shares; None: one currency
    fixed_rate: Decimal | None = term(positive, "FXF-1", change=_fixed_rate, default=None)
    #: the exchange rate at which cash for a fraction of a share is turned into the note's currency, under a fixed rate
    fraction_rate: str = term(
        one_of("fixed", "market"),
        "FXF-1",
        "convention",
        change=depends("the market's exchange rate, against the fixed one", "impaired conversion"),
        default="fixed",
    )
    #: first day of the right; None: from issue
    from_date: date | None = term(day, "CNV-1", change=worse_if_higher("impaired conversion"), default=None)
    #: last day of the right: a date, or a day rule before maturity; None: the maturity date
    until: date | DayRule | None = term(day_or_rule, "END-1", change=SOONER, default=None)
    interest: Interest = given()
    reset: Reset | None = given()
    adjustment: Adjustment | None = given()

    def __post_init__(self) -> None:
        if isinstance(self.price, ImpliedPrice):  # copied from a conversion with another rate or denomination
            object.__setattr__(self, "price", self.price.printed)
        super().__post_init__()
        if self.rate is not None and self.interest is not None and not is_fast(self.rate):
            implied = fraction(self.interest.principal.denomination) / fraction(self.rate)
            places = decimals_of(self.interest.principal.currency)
            object.__setattr__(self, "price", ImpliedPrice(implied, self.price, places))

    def contradictions(self) -> list[TermsError]:
        if not self.price and not self.rate:  # a price of 0 has already been refused
            return [self.fault("price", "required, or a rate in shares per denomination (RTE-1)")]
        if self.fixed_rate is not None and self.rate is not None:
            return [self.fault("fixed_rate", "expected a price and no rate: principal times the exchange rate is divided by it")]
        return []

    def in_force(self, price: Any) -> Any:
        """A conversion price in force, for a state: if the note states a rate, it stays an `ImpliedPrice` (RTE-1)."""
        if is_fast(price) or not isinstance(self.price, Fraction):
            return price
        return ImpliedPrice(price, None, getattr(self.price, "places", APPROXIMATE))

    @property
    def printed_price(self) -> Decimal | Fraction | None:
        """The price printed in the note; None if it states only a rate."""
        return self.price.printed if isinstance(self.price, ImpliedPrice) else self.price

    def stated(self, name: str) -> Any:
        return self.printed_price if name == "price" else super().stated(name)

    @classmethod
    def compared(cls, before: Any, after: Any) -> Iterator[tuple[str, Any, Any, Judge]]:
        """As for every provision, except that price and rate are one term, compared as the rate if either side states one."""
        by_rate = any(part is not None and part.rate is not None for part in (before, after))
        for name, old, new, judge in super().compared(before, after):
            if name == "rate" and by_rate:
                yield name, before and before.ratio(), after and after.ratio(), judge
            elif name != ("price" if by_rate else "rate"):
                yield name, old, new, judge

    @keeps_index
    def ratio(self, price: Any = None) -> Any:
        """Shares per denomination at a conversion price (None: initial price or stated rate), unrounded (CNV-3, RTE-1).

        >>> import convnote as cn
        >>> cn.load("amazon-peacs-2010").conversion.ratio("84.883").quantize(Decimal("1e-9"))
        Decimal('11.780921975')
        """
        if price is None and self.rate is not None:
            return self.rate
        price = self.price if price is None else price
        numbers = numbers_of(price)
        _must_be_positive(numbers(price), "price")
        return numbers.publish(self.in_share_currency(self.interest.principal.amount_of(None, numbers)) / numbers(price))

    def in_share_currency(self, principal: Any) -> Any:
        """`principal` in the currency of price and closes: multiplied by the fixed exchange rate; without one, as it is (FXF-1).

        Same type as `principal`; arrays keep their shape. Divided by the conversion price it is a number of shares.

        >>> import convnote as cn
        >>> cn.load("amazon-peacs-2010").conversion.in_share_currency(1000)
        1000
        """
        return principal if self.fixed_rate is None else principal * numbers_of(principal)(self.fixed_rate)

    @property
    def unit(self) -> Fraction:
        """One denomination in the currency of price and closes, exact; divided by the price it is the conversion rate (FXF-1)."""
        return fraction(self.in_share_currency(fraction(self.interest.principal.denomination)))

    @property
    def last_day(self) -> int:
        """Day number of the last day of the right to convert (CNV-1, END-1)."""
        terms = self.interest.principal
        if self.until is None:
            return terms.maturity_day
        return min(int(resolved(self.until, terms.maturity_day, terms)), terms.maturity_day)

    @property
    def resets(self) -> list[int]:
        """Day numbers of the resets of the price that fall within the right to convert (RST-1, END-1)."""
        last = self.last_day
        return [day for day in (self.reset.days if self.reset else ()) if day <= last]

    def counted(self, on: Any, last: Any = None) -> Any:
        """Day number on which a surrender on day number `on` counts: the next Business Day, or the last day if that is earlier.

        `last` is the day number of the last day (None: that of `until`, if set) (CNV-8, END-1). Int, or int64 array.
        """
        if self.off_days != "next-business-day":
            return on
        counted = self.interest.principal.banks.on_or_after(on)
        if last is None:
            if self.until is None:
                return counted
            last = self.last_day
        return choose((on <= last) & (last < counted), last, counted)

    def last_called(self, redemption: Any) -> Any:
        """Last day number on which a Note called for day number `redemption` converts (CNV-2, END-2); int, or int64 array."""
        last = self.called_until.before(redemption, self.interest.principal)
        return last if self.until is None else smaller(last, self.last_day)

    def last_elected(self, day: Any) -> Any:
        """Last day number on which a Note under election for a payment on day number `day` converts (END-2); int, or int64 array.

        Raises `TermsError` for a note that lets no Note under election convert.
        """
        if self.elected_until is None:
            raise self.fault("elected_until", "a Note under election converts only after the election is withdrawn (CNV-6)")
        last = self.elected_until.before(day, self.interest.principal)
        return last if self.until is None else smaller(last, self.last_day)

    def close_day(self, counted: Any) -> Any:
        """Day number of the close that prices a fraction, for a conversion counting on `counted` (CNV-4); int, or int64 array."""
        sessions = self.interest.principal.sessions
        return sessions.before(counted) if self.close_of == "day-before" else sessions.on_or_before(counted)

    def coupon_paid_in(self, counted: Any, called: Any = None, redemption: Any = None, repurchases: Sequence[Any] = ()) -> Any:
        """Day number of the coupon that a holder converting on day number `counted` must pay in (CNV-5, PIN-1); 0 if none.

        `called` is the day number of the notice calling this principal and `redemption` that of its redemption date (None or 0:
        not called), `repurchases` are those of the repurchase dates already fixed. Int, or int64 of the shape of the arguments.
        """
        if self.accrued != "record-date":
            return counted * 0
        return coupon_owed(self.interest, self.pays_in_except, counted, called, redemption, repurchases)

    def accrued_paid(self, principal: Any, counted: Any) -> Any:
        """Accrued interest paid to a holder converting on day number `counted`, unrounded; 0 unless the terms provide for it.

        Nothing is paid within a record window: the coupon itself goes to the holder of record. In the note's currency; same type
        as `principal`, or float64 of the shape of `counted`.
        """
        start = self.interest.accrual_start(counted)
        if self.accrued == "paid":
            start = choose(self.interest.window_due(counted) > 0, counted, start)
        else:
            start = counted
        return self.interest.between(principal, start, counted)

    @keeps_index
    def settle(
        self,
        on: Any,
        principal: Any = None,
        *,
        price: Any = None,
        close: Any = None,
        called: Any = None,
        redemption: Any = None,
        state: Standing | None = None,
    ) -> Settlement:
        """Settlement of converting `principal` (all that one holder surrenders at one time) on `on` (CNV-3, CNV-4, CNV-5, CNV-8).

        `price` is the conversion price in effect; alternatively `state` is the state holding it (`Ledger.state`). Neither is
        needed before the first reset date, while the initial price is in force. `close` is the share's close, in the currency of
        closes, on the last trading day before (needed if a fraction of a share is left), `called` the date of a call notice and
        `redemption` the redemption date it names (PIN-1). Amounts are rounded because they are paid. Scalars are answered
        exactly; if any argument is an array, the answers are float64 of its shape.

        >>> import convnote as cn
        >>> cn.load("amazon-peacs-2010").conversion.settle("2001-02-05", 1000, price="104.947", close="17.50")
        Settlement(shares=9, cash_in_lieu=Decimal('9.25'), interest_to_pay=Decimal('68.94'), interest_paid=Decimal('0.00'))

        Raises `TermsError` for principal that is not a multiple of the denomination (CNV-1), a missing or negative close, a day
        outside the note's life, or a day from the first reset date on without a price or state.
        """
        return settled(self, on, principal, price, close, (called, redemption), state)

    def converts_at(self, state: Standing) -> Any:
        """The conversion price of a conversion now: carried adjustments are applied first if the terms say so (ADJ-7)."""
        if self.adjustment is None or state.scale.cash or state.price is None:
            return state.price
        price = self.adjustment.converts_at(state.price, state.carried)
        return price if price is state.price else self.in_force(price)

    def shares(self, amount: Any, price: Any, close: Any, exchange: Any = None) -> tuple[Any, Any]:
        """Whole shares for principal `amount` at `price`, and cash for the fraction at `close`, rounded (CNV-3, CNV-4, FRC-1).

        `exchange` is the exchange rate by which cash is divided (None: the fixed rate), in units of the share's currency for
        one of the note's; only a note with a fixed rate uses it (FXF-1).
        """
        _must_be_positive(price, "price")
        amount = self.in_share_currency(amount)
        if self.fraction != "cash":
            shares = (whole if self.fraction == "dropped" else whole_up)(amount / price)
            return shares, self.interest.principal.paid(amount * 0)
        shares = whole(amount / price)
        left = amount - shares * price
        if close is None:
            if np.any(left != 0):
                reason = "a fraction of a share is left: expected the close of the last trading day before"
                raise TermsError(reason, field="conversion.settle close", rule="CNV-4")
            close = 0
        elif np.any(close < 0) or (is_fast(close) and not np.all(np.isfinite(close))):
            raise TermsError("expected a close of 0 or more", field="conversion.settle close", rule="CNV-4", value=close)
        # In float64 a whole number of shares may leave a slightly negative remainder through rounding error.
        left = np.maximum(left, 0.0) if is_fast(left) else left
        cash = left * close / price
        if self.fixed_rate is not None:
            cash = cash / numbers_of(cash)(self.fixed_rate if exchange is None else exchange)
        return shares, self.interest.principal.paid(cash)


def _must_be_positive(price: Any, name: str) -> None:
    wrong = np.any(price <= 0) or not np.all(np.isfinite(price)) if is_fast(price) else price <= 0
    if wrong:
        raise TermsError("expected a price above 0", field=f"conversion {name}", rule="CNV-3", value=price)

"""Adjustment of the conversion price (anti-dilution): the effect of a split, a distribution or a tender offer.

The note says only "as adjusted from time to time, as provided in the Indenture"; these are the usual provisions, each a
setting. Every rule gives a *factor* on the price; floor, trigger and earlier closes move by the same factor (RST-4).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from convnote.arithmetic import FAST, ROUNDING_GUARD, decimal, fraction, is_fast, numbers_of, round_half_up, smaller
from convnote.calendars import add_months, day_number
from convnote.errors import TermsError
from convnote.provisions.by_year import ByYear, by_year, worse_if_any_higher
from convnote.provisions.changes import depends, worse_from, worse_if_fewer, worse_if_higher
from convnote.provisions.fields import count, flag, given, not_negative, one_of, positive, share, some_of, term
from convnote.provisions.interest import Interest
from convnote.provisions.principal import Principal
from convnote.provisions.provision import Provision, rules
from convnote.tables import shown

RULES = rules(
    ADJ_1=("split or reverse split: price x old / new", "convention"),
    ADJ_2=("stock dividend: price x O / (O + A)", "convention"),
    ADJ_3=("rights below market to all holders: price x (O + P/M) / (O + N)", "convention"),
    ADJ_4=("distribution of other assets: price x (M - F) / M, or the assets themselves on conversion", "convention"),
    ADJ_5=("cash dividend beyond the threshold: price x (M - C) / M", "convention"),
    ADJ_6=("issuer tender offer: price x O M / (K + (O - T) M)", "convention"),
    ADJ_7=("a small change is carried forward; nothing but a reverse split raises the price", "convention"),
    ADJ_8=("merger: the Note converts into what a holder of the conversion shares would have received", "convention"),
    ADJ_9=("adjusted prices are kept exact unless a rounding is set", "convention"),
    RTE_2=("a rate or a price is rounded after each adjustment, in the way that the terms say", "convention"),
    DIV_1=(
        "cash dividend: rate x (SP - T) / (SP - C), T its threshold; one of SP or more is paid in cash",
        "convention",
    ),
    DIV_2=("cash dividends beyond the threshold of a financial year: price x (M - D) / M, D the excess", "convention"),
    DIV_3=("cash dividends and new shares of a day: (price - D + A k) / (1 + n + k)", "convention"),
    ADJ_10=("distribution of other assets, averaged from the ex-date on: price x MP / (MP + FMV)", "convention"),
    LIF_5=(
        "adjustments of one day act in order: splits, stock dividends, distributions, dividends, rights, tenders, mergers",
        "convention",
    ),
)


#: The events that may adjust the price (ADJ-1…ADJ-6, ADJ-8).
EVENTS = ("split", "stock dividend", "rights issue", "spin-off", "cash dividend", "tender offer", "merger")


@dataclass(frozen=True, kw_only=True)
class Adjustment(Provision):
    """The anti-dilution provisions (ADJ-1…ADJ-9, LIF-5). Prices in the note's currency per share; factors are pure numbers.

    Exact arguments give exact results, float64 arguments float64. An adjustment takes effect at the opening of the day after
    the record date: a holder converting on the record date receives the distribution as a shareholder and converts at the old
    price.

    >>> adjustment = Adjustment()
    >>> adjustment.split("84.883", new=2, old=1), adjustment.cash_dividend("84.883", cash=5, market_price=50)
    (Decimal('42.4415'), Decimal('76.3947'))
    """

    presence = worse_from(True, False, touches="impaired conversion")

    #: the events that adjust the price; an event that is left out does not adjust it
    adjusts: tuple[str, ...] = term(
        some_of(*EVENTS),
        "ADJ-8",
        "convention",
        change=worse_if_fewer("impaired conversion", "which events will happen"),
        default=EVENTS,
    )
    #: whether only a reverse split may raise the price
    only_reverse_split_raises: bool = term(
        flag, "ADJ-7", "convention", change=worse_from(True, False, touches="impaired conversion"), default=True
    )
    #: changes whose sum is below this share of the price are carried forward
    carry_below: Decimal = term(
        share, "ADJ-7", "convention", change=worse_if_higher("impaired conversion"), default=Decimal("0.01")
    )
    #: when a carried sum below that share is applied: never; on conversions, calls, changes and anniversaries; or yearly only
    carry_until: str = term(
        one_of("one-percent", "conversion", "yearly"),
        "ADJ-7",
        "convention",
        change=worse_from("conversion", "yearly", "one-percent", touches="impaired conversion"),
        default="one-percent",
    )
    #: cash dividend per share that does not adjust the price
    dividend_threshold: Decimal = term(
        not_negative, "ADJ-5", "convention", change=worse_if_higher("impaired conversion"), default=Decimal(0)
    )
    #: trading days before the event over which the current market price is averaged
    market_price_days: int = term(
        count(1, 250), "ADJ-3", "convention", change=depends("the closes before each event", "impaired conversion"), default=10
    )
    #: adjusted prices are rounded to a multiple of this; None keeps them exact
    rounding: Decimal | None = term(
        positive,
        "ADJ-9",
        "convention",
        change=depends("the adjusted price, and on which side of the half it lies", "impaired conversion"),
        default=None,
    )
    #: what `rounding` applies to: the price, or the rate, in shares per denomination
    rounding_of: str = term(
        one_of("price", "rate"),
        "RTE-2",
        "convention",
        change=depends("the adjusted figure, and on which side of its rounding it lies", "impaired conversion"),
        default="price",
    )
    #: the rounding mode
    rounding_mode: str = term(
        one_of("half-up", "down", "up"),
        "RTE-2",
        "convention",
        change=depends("whether the rate or the price is rounded", "impaired conversion"),
        default="half-up",
    )
    #: how a cash dividend adjusts: by the excess over a threshold, by (price - dividend) / (price - threshold), or by subtraction
    dividends: str = term(
        one_of("excess", "threshold-both", "subtract"),
        "ADJ-5",
        "convention",
        change=depends("the dividends, and the price of the share", "impaired conversion"),
        default="excess",
    )
    #: cash per share that does not adjust the price, by financial year of the dividends, which are summed
    dividend_thresholds: ByYear | None = term(
        by_year, "DIV-2", "convention", change=worse_if_any_higher("impaired conversion"), default=None
    )
    interest: Interest = given()

    # --- contradictions

    def findings(self, note: Any) -> Iterator[tuple[str, str]]:
        """(rule, message) of each oddity in these terms, given the note they belong to."""
        rule, threshold, days = self.dividend_rule, self.dividend_threshold, self.market_price_days
        if rule != "ADJ-5" and "cash dividend" not in self.adjusts:
            yield rule, "adjustment.adjusts does not name the cash dividend: none adjusts the conversion price"
        if rule == "DIV-1" and days != 1:
            yield rule, f"market_price_days = {days}: the rule takes the close before the ex-date, not an average of {days}"
        if rule == "DIV-3" and self.only_reverse_split_raises:
            yield rule, "new shares above the conversion price raise it only if only_reverse_split_raises is false"
        if rule == "DIV-3" and threshold:
            yield rule, f"dividend_threshold = {threshold} is not read: the whole dividend is subtracted"
        if rule == "DIV-2" and threshold:
            yield rule, f"dividend_threshold = {threshold} is not read: dividend_thresholds are by financial year"
        if self.dividend_thresholds is not None and rule != "DIV-2":
            yield "DIV-2", f'dividend_thresholds go with dividends = "excess"; with "{self.dividends}" they are not read'
        elif self.dividend_thresholds is not None:
            life = range(note.issue_date.year, note.maturity_date.year + 1)
            missing = ", ".join(str(year) for year in life if year not in self.dividend_thresholds)
            if missing:
                yield rule, f"there is no threshold for {missing}: a dividend of such a year is refused"
        if self.rounding_of == "rate" and self.rounding is None:
            yield "RTE-2", 'rounding_of = "rate" says what rounding applies to, and no rounding is given: rates are kept exact'
        elif self.rounding_of == "rate" and note.conversion:
            rate = fraction(note.denomination) / fraction(note.conversion.price)
            if fraction(self.rounding) * 10 > rate:
                yield "RTE-2", f"rounding to {self.rounding} is coarse against a rate of {shown(decimal(rate))} shares"

    # --- factors

    def split_factor(self, *, new: Any, old: Any) -> Any:
        """The price factor for a split of `old` shares into `new` (ADJ-1)."""
        return _quotient("ADJ-1", old, new, new=new, old=old)

    def stock_dividend_factor(self, *, shares: Any, outstanding: Any) -> Any:
        """The price factor for a stock dividend of `shares` on `outstanding` shares (ADJ-2)."""
        numbers = numbers_of(shares, outstanding)
        held = numbers(outstanding)
        return _quotient("ADJ-2", held, held + numbers(shares), shares=shares, outstanding=outstanding)

    def rights_issue_factor(self, *, shares: Any, proceeds: Any, outstanding: Any, market_price: Any) -> Any:
        """The price factor for rights to buy `shares` for total `proceeds` (ADJ-3): 1 if the subscription is not below market."""
        numbers = numbers_of(shares, proceeds, outstanding, market_price)
        n, p, o, m = map(numbers, (shares, proceeds, outstanding, market_price))
        _must_be_positive("ADJ-3", shares=shares, outstanding=outstanding, market_price=market_price)
        return smaller((o + p / m) / (o + n), numbers(1))

    def spin_off_factor(self, *, value: Any, market_price: Any, averaged: str = "before") -> Any | None:
        """Assets worth `value` per share are distributed (ADJ-4); None where they are worth the share price or more.

        None means that no price adjustment can compensate: holders receive the assets on conversion instead. If `market_price` is
        the price of the share without the assets, averaged "from-ex-date" on, there is always a factor (ADJ-10).

        >>> Adjustment().spin_off_factor(value="5.7613", market_price=24, averaged="from-ex-date")
        Fraction(240000, 297613)
        """
        numbers = numbers_of(value, market_price)
        f, m = numbers(value), numbers(market_price)
        after = averaged == "from-ex-date"
        _must_be_positive("ADJ-10" if after else "ADJ-4", value=value, market_price=market_price)
        if after:
            return m / (m + f)
        return None if f >= m else (m - f) / m

    @property
    def dividend_rule(self) -> str:
        """The rule id by which a cash dividend adjusts the price."""
        if self.dividend_thresholds is not None and self.dividends == "excess":
            return "DIV-2"
        return {"threshold-both": "DIV-1", "subtract": "DIV-3"}.get(self.dividends, "ADJ-5")

    def cash_dividend_factor(self, *, cash: Any, market_price: Any, threshold: Any = None) -> Any | None:
        """The factor for `cash` paid per share, of which `threshold` (None: as stated) has no effect (ADJ-5, DIV-1, DIV-2).

        None if the dividend is at least the share price, in which case holders are paid the cash (DIV-1). Raises `TermsError` if
        dividends are subtracted from the price (DIV-3: use `subtract_factor`), or the threshold depends on the year's dividends.

        >>> Adjustment(dividends="threshold-both", dividend_threshold="0.25").cash_dividend_factor(cash="1.25", market_price=50)
        Fraction(195, 199)
        """
        rule = self.dividend_rule
        if rule == "DIV-3" or (rule == "DIV-2" and threshold is None):
            reason = "a factor follows from the price" if rule == "DIV-3" else "expected the dividends of the year so far"
            raise TermsError(f"{reason}: use cn.replay", field="adjustment dividends", rule=rule, value=self.dividends)
        numbers = numbers_of(cash, market_price)
        t = numbers(self.dividend_threshold if threshold is None else threshold)
        c, m = numbers(cash), numbers(market_price)
        _must_be_positive(rule, cash=cash, market_price=market_price)
        if c <= t:
            return numbers(1)
        if rule == "DIV-1":
            return None if c >= m else (m - c) / (m - t)
        if c - t >= m:
            reason = f"expected less than the market price {market_price} (a larger one is a distribution: ADJ-4)"
            raise TermsError(reason, field="adjustment cash", rule=rule, value=cash)
        return (m - (c - t)) / m

    def subtract_factor(self, price: Any, *, cash: Any = 0, stock: Any = 0, new: Any = 0, raised: Any = 0) -> Any:
        """The price factor for one day's dividends and new shares, each per share held (DIV-3).

        `cash` is cash paid, `stock` shares given, `new` shares issued for total proceeds `raised`. Above 1 only if
        `only_reverse_split_raises` is false.

        >>> Adjustment(dividends="subtract").subtract_factor(fraction("4.36"), cash=fraction("0.10")) * fraction("4.36")
        Fraction(213, 50)
        """
        if price - cash + raised <= 0:
            reason = f"expected less than the conversion price {decimal(price)}"
            raise TermsError(reason, field="adjustment cash", rule="DIV-3", value=decimal(cash))
        factor = (price - cash + raised) / (1 + stock + new) / price
        return smaller(factor, fraction(1)) if self.only_reverse_split_raises else factor

    def tender_offer_factor(self, *, shares: Any, paid: Any, outstanding: Any, market_price: Any) -> Any:
        """The price factor for a tender of `shares` of `outstanding` for total `paid` (ADJ-6); at most 1 by default (ADJ-7)."""
        numbers = numbers_of(shares, paid, outstanding, market_price)
        t, k, o, m = map(numbers, (shares, paid, outstanding, market_price))
        _must_be_positive("ADJ-6", shares=shares, paid=paid, outstanding=outstanding, market_price=market_price)
        if t >= o:
            raise TermsError(f"fewer than the {outstanding} outstanding", field="adjustment shares", rule="ADJ-6", value=shares)
        factor = o * m / (k + (o - t) * m)
        return smaller(factor, numbers(1)) if self.only_reverse_split_raises else factor

    # --- prices: the factor times a price, rounded as ADJ-9 says

    def adjusted(self, price: Any, factor: Any) -> Any:
        """A price after a factor, exact or rounded as the terms say (ADJ-9, RTE-2); same type as `price`.

        Raises `TermsError` if the rounded price is 0, or if a rate is rounded and the denomination is unknown (no note).
        """
        numbers = numbers_of(price, factor)
        product = numbers(price) * numbers(factor)
        if self.rounding is None:
            return product
        if self.rounding_of == "price":
            return numbers(self._rounded(product))
        if self.interest is None:
            raise TermsError(
                "a rate is rounded per denomination: ask note.adjustment", field="adjustment rounding_of", rule="RTE-2"
            )
        denomination = numbers(self.interest.principal.denomination)
        return denomination / numbers(self._rounded(denomination / product))

    def _rounded(self, figure: Any) -> Any:
        """A price or a rate after rounding, as a number that can be a divisor."""
        result = _to_multiple(figure, self.rounding, self.rounding_mode)
        if not (result > 0 if numbers_of(result) is not FAST else (result > 0).all()):
            reason = f"rounding {self.rounding_mode} leaves nothing of the {self.rounding_of} {decimal(figure)}"
            raise TermsError(reason, field="adjustment rounding", rule="RTE-2", value=self.rounding)
        return result

    def made_up_on(self, principal: Principal) -> list[int]:
        """Day numbers of the anniversaries of the issue on which what is carried takes effect; empty if it never does (ADJ-7).

        >>> import convnote as cn
        >>> from convnote.calendars import to_date
        >>> principal = cn.load("amazon-peacs-2010").principal
        >>> str(to_date(Adjustment(carry_until="yearly").made_up_on(principal)[0])), Adjustment().made_up_on(principal)
        ('2001-02-16', [])
        """
        if self.carry_until == "one-percent":
            return []
        issue, years = principal.issue_date, principal.maturity_date.year - principal.issue_date.year
        return [int(day_number(add_months(issue, 12 * year))) for year in range(1, years + 1)]

    @property
    def rounds_otherwise(self) -> bool:
        """Whether the rounding differs from the ADJ-9 default, which rounds the price half-up."""
        return self.rounding is not None and (self.rounding_of, self.rounding_mode) != ("price", "half-up")

    def _price(self, price: Any, factor: Any) -> Any:
        kind = numbers_of(price)
        _must_be_positive("CNV-3", price=price)
        return kind.publish(self.adjusted(kind(price), factor))

    def split(self, price: Any, *, new: Any, old: Any) -> Any:
        """The price after a split of `old` shares into `new` (ADJ-1)."""
        return self._price(price, self.split_factor(new=new, old=old))

    def stock_dividend(self, price: Any, *, shares: Any, outstanding: Any) -> Any:
        """The price after a stock dividend of `shares` on `outstanding` (ADJ-2)."""
        return self._price(price, self.stock_dividend_factor(shares=shares, outstanding=outstanding))

    def rights_issue(self, price: Any, *, shares: Any, proceeds: Any, outstanding: Any, market_price: Any) -> Any:
        """The price after rights to buy `shares` for total `proceeds` (ADJ-3)."""
        factor = self.rights_issue_factor(shares=shares, proceeds=proceeds, outstanding=outstanding, market_price=market_price)
        return self._price(price, factor)

    def spin_off(self, price: Any, *, value: Any, market_price: Any, averaged: str = "before") -> Any:
        """The price after a distribution of assets worth `value` per share; unchanged if `value` is too high (ADJ-4, ADJ-10)."""
        factor = self.spin_off_factor(value=value, market_price=market_price, averaged=averaged)
        return self._price(price, 1 if factor is None else factor)

    def cash_dividend(self, price: Any, *, cash: Any, market_price: Any) -> Any:
        """The price after a cash dividend of `cash` per share; unchanged if holders are paid the cash instead (ADJ-5, DIV-1)."""
        factor = self.cash_dividend_factor(cash=cash, market_price=market_price)
        return self._price(price, 1 if factor is None else factor)

    def tender_offer(self, price: Any, *, shares: Any, paid: Any, outstanding: Any, market_price: Any) -> Any:
        """The price after the issuer bought `shares` for total `paid` (ADJ-6)."""
        factor = self.tender_offer_factor(shares=shares, paid=paid, outstanding=outstanding, market_price=market_price)
        return self._price(price, factor)

    # --- ADJ-7

    def converts_at(self, price: Any, carried: tuple[Any, Any]) -> Any:
        """The price at which a holder converts; if the terms say so, carried changes are applied first (ADJ-7).

        >>> Adjustment(carry_until="conversion").converts_at(fraction(100), (fraction("0.998"), fraction("0.002")))
        Fraction(499, 5)
        """
        product, _ = carried
        return price if self.carry_until != "conversion" or product == 1 else self.adjusted(price, product)

    def carried(self, pending: Any, change: Any, factor: Any) -> tuple[Any, Any, Any]:
        """How much of an adjustment by `factor` applies now and how much is carried forward (ADJ-7).

        `pending` is the product of the factors carried so far, `change` the sum of their relative changes. Returns the factor
        that applies now (1 while the sum stays below the threshold), the new pending product and the new sum.

        >>> Adjustment().carried(fraction(1), fraction(0), fraction("0.995"))
        (Fraction(1, 1), Fraction(199, 200), Fraction(1, 200))
        """
        product, total = pending * factor, change + abs(1 - factor)
        if total < fraction(self.carry_below):
            return fraction(1), product, total
        return product, fraction(1), fraction(0)


def _must_be_positive(rule: str, **values: Any) -> None:
    for name, value in values.items():
        numbers = numbers_of(value)
        if not (numbers(value) > 0 if numbers is not FAST else (numbers(value) > 0).all()):
            raise TermsError("expected a number above 0", field=f"adjustment {name}", rule=rule, value=value)


def _quotient(rule: str, above: Any, below: Any, **values: Any) -> Any:
    _must_be_positive(rule, **values)
    numbers = numbers_of(above, below)
    return numbers(above) / numbers(below)


def _to_multiple(value: Any, unit: Any, mode: str) -> Any:
    """Positive `value` as a multiple of `unit`, rounded "half-up", "down" or "up": Decimal if exact, else float64."""
    if mode == "half-up":
        return round_half_up(value, unit)
    if is_fast(value):
        per_unit = float(1 / fraction(unit))
        steps = value * per_unit
        return (np.ceil(steps - ROUNDING_GUARD) if mode == "up" else np.floor(steps + ROUNDING_GUARD)) / per_unit
    above, below = (fraction(value) / fraction(unit)).as_integer_ratio()
    return decimal((-(-above // below) if mode == "up" else above // below) * fraction(unit))

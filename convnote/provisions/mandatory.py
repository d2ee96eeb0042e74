"""A mandatory convertible: at maturity the Notes convert into shares, at a rate set by an average price (MND-1).

Early, at the holder's option, they convert at the lower rate, which is `conversion.rate`. At maturity nothing is paid except
cash for a fraction of a share, and the coupons.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import decimal, exceeds, fraction, is_fast, round_half_up
from convnote.errors import TermsError
from convnote.provisions.changes import depends, worse_from, worse_if_lower
from convnote.provisions.day_rules import DayRule, day_rule
from convnote.provisions.fields import count, given, positive, term
from convnote.provisions.interest import Interest
from convnote.provisions.principal import Principal
from convnote.provisions.provision import Provision, rules

if TYPE_CHECKING:
    from convnote.provisions.note_terms import NoteTerms

RULES = rules(
    MND_1=("at maturity the Notes convert: max_rate below low, min_rate above high, denomination / average between", "note"),
)

_IMPAIRED = "impaired conversion"
_AVERAGE = depends("the average before maturity", _IMPAIRED)


@dataclass(frozen=True, kw_only=True)
class Mandatory(Provision):
    """Conversion at maturity at `max_rate` below `low`, at `min_rate` above `high`, in shares per denomination (MND-1).

    Between the two prices, in the note's currency per share, the rate is the denomination over the average of the `average_days`
    trading days to `average_ends`, rounded. Rates and prices move with the adjustments of the conversion price.

    >>> terms = Mandatory(min_rate="1.7892", max_rate="2.1739", low=46, high="55.89")
    >>> [terms.rate(average, denomination=100) for average in ("45.99", 50, 60)]
    [Decimal('2.1739'), Decimal('2.0000'), Decimal('1.7892')]
    """

    presence = worse_from(False, True, touches="less principal")

    min_rate: Decimal = term(positive, "MND-1", change=worse_if_lower(_IMPAIRED))
    max_rate: Decimal = term(positive, "MND-1", change=worse_if_lower(_IMPAIRED))
    #: share prices below and above which the two fixed rates apply, in the note's currency per share
    low: Decimal = term(positive, "MND-1", change=_AVERAGE)
    high: Decimal = term(positive, "MND-1", change=_AVERAGE)
    average_days: int = term(count(1, 250), "MND-1", change=_AVERAGE, default=20)
    #: the last averaging day, before maturity
    average_ends: DayRule = term(day_rule, "MND-1", "convention", change=_AVERAGE, default=DayRule(1, "trading"))
    #: the quotient denomination / average is rounded half-up to a multiple of this, in shares
    rounding: Decimal = term(positive, "MND-1", "convention", change=_AVERAGE, default=Decimal("0.0001"))
    interest: Interest = given()

    def contradictions(self) -> list[TermsError]:
        found = []
        if not self.min_rate < self.max_rate:
            found.append(self.fault("min_rate", f"a rate below max_rate, {self.max_rate}, is needed"))
        if not self.low < self.high:
            found.append(self.fault("low", f"a price below high, {self.high}, is needed"))
        if self.rounding > self.min_rate:
            found.append(self.fault("rounding", f"expected at most min_rate, {self.min_rate}: a rate must not be rounded to 0"))
        return found

    def findings(self, note: NoteTerms) -> Iterator[tuple[str, str]]:
        """Rates that differ from the denomination over their price, at the printed precision, and a different early rate."""
        if "maturity_price" in (note.principal.said or ()):
            yield "MND-1", "principal.maturity_price is stated, and nothing is paid in cash at the maturity of a mandatory"
        for name, rate, level, price in (
            ("max_rate", self.max_rate, "low", self.low),
            ("min_rate", self.min_rate, "high", self.high),
        ):
            quotient = fraction(note.denomination) / fraction(price)
            step = Decimal(1).scaleb(int(decimal(rate).as_tuple().exponent))
            if abs(quotient - fraction(rate)) > fraction(step):
                shown = round_half_up(quotient, min(step, self.rounding))
                told = f"{note.denomination} / {price} = {shown}, at the price {level}"
                yield "MND-1", f"{name} is {rate}, and {told}: the shares jump there"
        if note.conversion is not None and fraction(note.conversion.ratio()) != fraction(self.min_rate):
            early = round_half_up(fraction(note.conversion.ratio()), self.rounding)
            yield "MND-1", f"the Notes convert early at {early} shares, and min_rate is {self.min_rate}"

    def rate(self, average: Any, *, factor: Any = 1, denomination: Any = None) -> Any:
        """Shares per denomination at maturity for an `average` in the note's currency: Decimal, or float64 of its shape.

        `factor` is the product of all price adjustment factors so far; `denomination` defaults to that of the note.

        Raises `TermsError` if `rounding` leaves nothing of the rate, as after a reverse split into very few shares.
        """
        unit = self.interest.principal.denomination if denomination is None else denomination
        if is_fast(average):
            low, high = float(self.low) * factor, float(self.high) * factor
            between = round_half_up(float(unit) / average, self.rounding)
            rate = np.where(exceeds(low, average), float(self.max_rate) / factor, between)
            rate = np.where(exceeds(average, high), float(self.min_rate) / factor, rate)
            if not (rate > 0).all():
                raise self._nothing_left()
            return rate
        average, factor = fraction(average), fraction(factor)
        if average < fraction(self.low) * factor:
            return decimal(fraction(self.max_rate) / factor)
        if average > fraction(self.high) * factor:
            return decimal(fraction(self.min_rate) / factor)
        between = round_half_up(fraction(unit) / average, self.rounding)
        if not between:
            raise self._nothing_left()
        return between

    def _nothing_left(self) -> TermsError:
        return self.fault("rounding", "rounding half-up leaves nothing of the rate at maturity")

    def window(self, principal: Principal) -> list[int]:
        """Day numbers of the trading days whose prices are averaged, oldest first."""
        sessions = principal.sessions
        last = sessions.on_or_before(int(self.average_ends.before(principal.maturity_day, principal)))
        return list(sessions.between(sessions.before(last, self.average_days - 1), last))

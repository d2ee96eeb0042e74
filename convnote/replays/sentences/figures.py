"""Figures as sentences show them, and what a sentence is."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache, partial
from typing import Any

from convnote.arithmetic import decimal, exact
from convnote.calendars import to_date
from convnote.lifecycle import Flow
from convnote.provisions.implied_price import ImpliedPrice
from convnote.tables import shown

#: Builds the sentence of a kind of entry from a note, a flow and its facts, a NamedTuple of `convnote.lifecycle.facts`.
Sentences = dict[str, Callable[[Any, Flow, Any], str]]


def number(value: Any, places: int = 6) -> str:
    """A number as sentences show it: thousands separated, with as many decimals as it has but at most `places`.

    A figure that was rounded shows all `places`, so that a reader can see it was.

    >>> number(690_000_000), number("84.8830"), number("11.780921975"), number("7722.602739726")
    ('690,000,000', '84.883', '11.780922', '7,722.602740')
    """
    if type(value) is Fraction and value.denominator == 1:  # the usual case: principal
        return f"{value.numerator:,}"
    if isinstance(value, ImpliedPrice):
        return shown(value)
    figure = decimal(value)
    if figure == figure.to_integral_value():
        return f"{int(figure):,}"
    with exact():
        if -int(figure.normalize().as_tuple().exponent) > places:
            return f"{figure.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
        text = f"{figure:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


#: Cached: the same few rates and days appear in every holder's sentence. An index may have more decimals than a printed rate.
rate_of = lru_cache(maxsize=1024, typed=True)(partial(number, places=10))


@lru_cache(maxsize=4096)
def day_of(day: int) -> str:
    return str(to_date(day))


def moved(flow: Flow) -> str:
    """That payment is made later than the due day, where it is (INT-6)."""
    if flow.payment_day == flow.day:
        return ""
    paid_on = day_of(flow.payment_day)
    return f"; {day_of(flow.day)} is not a Business Day; payment is made on {paid_on} without interest for the delay"

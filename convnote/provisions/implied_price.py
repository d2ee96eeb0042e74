"""The conversion price that a rate implies: exact, and shown with what the paper prints beside the rate (RTE-1)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any


class ImpliedPrice(Fraction):
    """The price that a rate implies, denomination / rate, exact (RTE-1); a table shows it as "≈31.62".

    `printed` is the price that the paper prints beside the rate (None: no price), `places` the decimals of the currency.

    >>> ImpliedPrice(Fraction(1000) / Fraction("31.6206"), None, 2) * Fraction("31.6206")
    Fraction(1000, 1)
    """

    __slots__ = ("places", "printed")
    places: int
    printed: Any

    def __new__(cls, value: Any, printed: Any = None, places: int = 2) -> ImpliedPrice:
        price = super().__new__(cls, value)
        price.printed, price.places = printed, places
        return price

    def __reduce__(self) -> Any:
        return ImpliedPrice, (Fraction(self.numerator, self.denominator), self.printed, self.places)

    def __copy__(self) -> ImpliedPrice:
        return self

    def __deepcopy__(self, memo: Any) -> ImpliedPrice:
        return self

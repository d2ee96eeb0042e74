"""The conversion price implied by a rate: exact, and displayed with the price printed beside the rate (RTE-1)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any


class ImpliedPrice(Fraction):
    """The exact price implied by a rate, denomination / rate (RTE-1); a table shows it as "≈31.62".

    `printed` is the price printed beside the rate (None: no price), `places` the decimals of the currency.

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

"""Trading prices: the note's own price stays below a share of its conversion value for some days, and conversion opens (CNT-2).

The caller supplies prices and conversion values; this module holds the figures of the term and compares one day.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from convnote.arithmetic import decimal, fraction
from convnote.provisions.changes import Change, Effect
from convnote.provisions.fields import Drawn, WrongParts, count, kind, multiple
from convnote.provisions.inline_tables import InlineTable


def _part(of: Any) -> Any:
    return dataclasses.field(metadata={"kind": of})


@dataclass(frozen=True, kw_only=True)
class TradingPrice:
    """On `days` consecutive trading days the note's price was below `share` of its conversion value: it converts for `open_days`.

    `open_days` are Business Days, counted from the day after the last of those trading days. All three are required.

    >>> terms = TradingPrice(share="0.98", days=5, open_days=5)
    >>> print(terms)
    below 98% of the conversion value on 5 consecutive trading days
    >>> terms.is_below(975, 1000), terms.is_below(980, 1000)
    (True, False)

    Raises `TermsError` with every fault, each naming its field, such as ``trading_price.days``.
    """

    share: Decimal | Fraction = _part(multiple)
    days: int = _part(count(1, 60))
    open_days: int = _part(count(1, 60))

    def __post_init__(self) -> None:
        taken, faults = _TABLE.checked(vars(self))
        _TABLE.settle(self, faults, taken)

    def __str__(self) -> str:
        level = f"{decimal(100 * fraction(self.share)).normalize():f}%"
        days = f"{self.days} consecutive trading days" if self.days > 1 else "one trading day"
        return f"below {level} of the conversion value on {days}"

    def is_below(self, price: Any, value: Any) -> bool:
        """Whether the note's price is below the share of its conversion value: both exact, per denomination."""
        return bool(fraction(price) < fraction(self.share) * fraction(value))


_TABLE = InlineTable(TradingPrice, "trading_price")


@kind(
    schema=_TABLE.schema,
    words="a table such as { share = 0.98, days = 5, open_days = 5 }",
    wrong=("98%", 5, True, [], {"share": 0}),
    drawn=Drawn(
        "made",
        of=(
            lambda share, days, open_days: TradingPrice(share=share, days=days, open_days=open_days),
            {name: _TABLE.kind(name).drawn for name in _TABLE.parts},
        ),
    ),
    read=_TABLE.read,
    as_toml=_TABLE.as_toml,
)
def trading_price(value: Any) -> TradingPrice:
    """A test of the note's own price, given as a `TradingPrice` or as a table of its parts."""
    if isinstance(value, TradingPrice):
        return value
    if not isinstance(value, Mapping):
        raise ValueError(f"expected {trading_price.words}")
    if faults := _TABLE.checked(value)[1]:
        raise WrongParts(faults)
    return TradingPrice(**value)


def _direction(old: TradingPrice | None, new: TradingPrice | None) -> Effect:
    if old is None or new is None:
        return "better" if old is None else "worse"
    pairs = ((old.share, new.share), (new.days, old.days), (old.open_days, new.open_days))
    ways = {fraction(after) > fraction(before) for before, after in pairs if before != after}
    if len(ways) > 1:
        return "depends"
    return "better" if ways == {True} else "worse"


#: Adverse to holders: a test that the note's price meets less easily, one that opens conversion for fewer days, or none at all.
WORSE_IF_HARDER = Change(_direction, "impaired conversion", "how the price of the note moves")

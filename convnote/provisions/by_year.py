"""By year: a kind of field for figures that a note states per financial year, such as dividends that do not adjust the price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from convnote.arithmetic import fraction
from convnote.provisions.changes import Change, Effect
from convnote.provisions.fields import Drawn, WrongParts, kind, not_negative
from convnote.provisions.toml_values import number_of
from convnote.tables import shown


class ByYear(Mapping[int, Any]):
    """Numbers by financial year, in ascending order of years; immutable.

    >>> limits = by_year({"2014": "0.46", "2013": "0.42"})
    >>> limits[2014], list(limits), str(limits)
    (Decimal('0.46'), [2013, 2014], '2013: 0.42, 2014: 0.46')
    """

    __slots__ = ("_rows",)

    def __init__(self, amounts: Mapping[int, Any]) -> None:
        self._rows = tuple(sorted(amounts.items()))

    def __getitem__(self, year: int) -> Any:
        for each, amount in self._rows:
            if each == year:
                return amount
        raise KeyError(year)

    def __iter__(self) -> Iterator[int]:
        return (year for year, _ in self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __hash__(self) -> int:
        return hash(self._rows)

    def __repr__(self) -> str:
        return f"ByYear({dict(self._rows)})"

    def __str__(self) -> str:
        return ", ".join(f"{year}: {shown(amount)}" for year, amount in self._rows)


def _one_year(year: int, amount: Any) -> ByYear:
    return ByYear({year: amount})


_NUMBER = not_negative.schema


@kind(
    schema={"type": "object", "propertyNames": {"pattern": "^[0-9]{4}$"}, "additionalProperties": _NUMBER, "minProperties": 1},
    words="a table of amounts by year such as { 2013 = 0.42 }",
    wrong=("nonsense", -1, [2013, 1], {}),
    drawn=Drawn("made", of=(_one_year, {"year": Drawn("whole", 1990, 2060), "amount": not_negative.drawn})),
    as_toml=lambda value: {str(year): amount for year, amount in value.items()},
)
def by_year(value: Any) -> ByYear:
    """Numbers of 0 or more by year; a year is a string "2013" or an int 2013."""
    if not isinstance(value, Mapping) or not value:
        raise ValueError("expected a table of amounts by year, such as { 2013 = 0.42 }")
    amounts, faults = {}, []
    for year, amount in value.items():
        if len(str(year)) != 4 or not str(year).isdecimal() or isinstance(year, bool):
            faults.append((str(year)[:20], "expected a year of four digits", None))
            continue
        try:
            amounts[int(year)] = not_negative(number_of(amount) if isinstance(amount, str) else amount)
        except ValueError as error:
            faults.append((str(year), str(error), amount))
    if faults:
        raise WrongParts(faults)
    return ByYear(amounts)


def worse_if_any_higher(touches: str) -> Change:
    """Worse for holders if the amount rises in some year and falls in none; mixed changes, or added or removed years, depend.

    >>> worse_if_any_higher("impaired conversion")(ByYear({2013: 1}), ByYear({2013: 2})).effect
    'worse'
    """

    def direction(old: Any, new: Any) -> Effect:
        if old is None or new is None or set(old) != set(new):
            return "depends"
        rises = [fraction(new[year]) > fraction(old[year]) for year in old]
        falls = [fraction(new[year]) < fraction(old[year]) for year in old]
        return "depends" if any(rises) and any(falls) else "worse" if any(rises) else "better"

    return Change(direction, touches, "the dividends of the years in which there is another threshold, or none")

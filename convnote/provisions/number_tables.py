"""Number tables: kinds of field for printed rows and columns, such as additional shares by date and price."""

from __future__ import annotations

from typing import Any

from convnote.arithmetic import fraction
from convnote.provisions.changes import Change, Effect
from convnote.provisions.fields import Drawn, WrongParts, kind, not_negative, positive
from convnote.provisions.toml_values import list_of, number_of

#: Rows of numbers, all of the same length.
Rows = tuple[tuple[Any, ...], ...]

_READ = list_of(number_of, "numbers")


def _checked(entries: Any, check: Any, place: str = "") -> tuple[Any, ...]:
    """Each entry as checked by `check`; raises `WrongParts` naming the positions of invalid entries, counted from 1."""
    taken, faults = [], []
    for number, entry in enumerate(entries, 1):
        try:
            taken.append(check(entry))
        except ValueError as error:
            faults.append((f"{place}{number}", str(getattr(error, "reason", error)), entry))
    if faults:
        raise WrongParts(faults)
    return tuple(taken)


@kind(
    schema={"type": "array", "items": positive.schema, "minItems": 1},
    words="a list of numbers above 0 in ascending order",
    wrong=([], [2, 1], [1, 1], [0, 1], 5, "many"),
    drawn=Drawn("ascending", of=(positive.drawn,)),
    read=_READ,
)
def ascending(value: Any) -> tuple[Any, ...]:
    """Numbers above 0 in ascending order."""
    if not isinstance(value, (list, tuple)) or not value:
        raise ValueError("expected a list of numbers, at least one")
    result = _checked(value, positive)
    if any(fraction(later) <= fraction(earlier) for earlier, later in zip(result, result[1:], strict=False)):
        raise ValueError("expected numbers in ascending order, none twice")
    return result


def _one_row(first: Any, second: Any) -> Rows:
    return ((first, second),)


@kind(
    schema={"type": "array", "items": {"type": "array", "items": not_negative.schema, "minItems": 1}, "minItems": 1},
    words="a list of rows, each a list of numbers of 0 or more",
    wrong=([], [[]], [[1, 2], [1]], [1, 2], [[1, -1]], "many", 5),
    drawn=Drawn("made", of=(_one_row, {"first": not_negative.drawn, "second": not_negative.drawn})),
    read=list_of(_READ, "rows"),
)
def number_rows(value: Any) -> Rows:
    """Rows of numbers of 0 or more, all of the same length; a fault names row and position, counted from 1."""
    rows = value if isinstance(value, (list, tuple)) else ()
    if not rows or not all(isinstance(row, (list, tuple)) and row for row in rows):
        raise ValueError("expected rows of numbers, such as [[2.5, 1.0], [2.0, 0]]")
    if len({len(row) for row in rows}) > 1:
        raise ValueError(f"expected rows of one length, not of {', '.join(str(len(row)) for row in rows)} numbers")
    return tuple(_checked(row, not_negative, f"{number}.") for number, row in enumerate(rows, 1))


def worse_if_any_lower(touches: str) -> Change:
    """A lower figure in any row is adverse to holders; if figures both fall and rise, or the rows differ, it depends.

    >>> worse_if_any_lower("impaired conversion")(((2, 1),), ((2, 0),)).effect
    'worse'
    """

    def direction(old: Any, new: Any) -> Effect:
        if old is None or new is None or [len(row) for row in old] != [len(row) for row in new]:
            return "depends"
        pairs = [
            (fraction(a), fraction(b)) for before, after in zip(old, new, strict=True) for a, b in zip(before, after, strict=True)
        ]
        falls, rises = any(b < a for a, b in pairs), any(b > a for a, b in pairs)
        return "depends" if falls and rises else "worse" if falls else "better"

    return Change(direction, touches, "the day and the price at which a holder converts")

"""Answers: when a right is used, as a small value object for each right.

An answer is whatever has `boundary(note, days, amount)`: a boundary over dates for the conversion value per denomination, the
close times the conversion ratio. `Ask` is an answer that asks a function of the user's. Neither looks ahead: it sees the day, its
close and the conversion price.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from convnote.arithmetic import fraction
from convnote.calendars import day_number, to_date, to_datetime64
from convnote.errors import TermsError, as_given
from convnote.note import ConvertibleNote


@dataclass(frozen=True)
class View:
    """What a user's function sees of the notes it is asked about; arrays [path], one entry in a replay."""

    #: in the note's currency per share
    conversion_price: np.ndarray
    #: the places of these paths among all paths of the block; 0 in a replay
    path: np.ndarray
    #: of a right with a condition on closes, a withdrawal's (WDR-1): how many closes of its period hold, the day's included
    count: np.ndarray | None = None
    #: calendar days since it was last met, 0 on a day on which it is; None of a right without a condition
    days_since: np.ndarray | None = None


class Answer(Protocol):
    """What answers for a right: any object with this method; a base class is not needed."""

    def boundary(self, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        """The conversion value per denomination that must be exceeded to use the right, float64 [day]; -inf: always, inf: never.

        `days` are day numbers [day], `amount` [day] what the right is worth in cash on that day, per denomination (NaN where it
        is not known: of a conversion before the right ends). A replay asks about one day at a time and a simulation about all
        days at once, so the answer for a day may depend on that day and its amount only. A put is used below the boundary.
        """
        ...


def boundary_of(answer: Answer, right: str, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """The boundary that an answer gives for a right of `Policy`, float64 [day].

    Raises `TermsError` for a boundary that is not one number a day, naming the right.
    """
    try:
        found = np.asarray(answer.boundary(note, days, amount), dtype=np.float64)
    except (TypeError, ValueError) as fault:
        reason = f"boundary(note, days, amount) must return float64 [day]: {fault}"
        raise TermsError(reason, field=f"Policy.{right}", value=as_given(answer)) from fault
    if found.shape not in ((), np.shape(days)) or np.isnan(found).any():
        got = f"an array of shape {found.shape}" + (" with NaN" if np.isnan(found).any() else "")
        reason = f"boundary(note, days, amount) must return {len(days)} numbers for {len(days)} days"
        raise TermsError(reason, field=f"Policy.{right}", value=got)
    return np.broadcast_to(found, np.shape(days)) if found.shape == () else found


@dataclass(frozen=True)
class AtOnce:
    """Use the right as soon as it is there."""

    def boundary(self, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        return np.full(len(days), -np.inf)


@dataclass(frozen=True)
class Never:
    """Never use the right."""

    def boundary(self, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        return np.full(len(days), np.inf)


@dataclass(frozen=True)
class Above:
    """Use the right when the conversion value exceeds `multiple` times the principal, or times what is paid in cash instead.

    `of="amount"` is the redemption price with accrued interest for a call, principal and make-whole for a withdrawal.

    >>> Above(1.3)
    Above(multiple=1.3, of='principal')
    """

    multiple: Any = 1.3
    of: str = "principal"

    def __post_init__(self) -> None:
        if self.of not in ("principal", "amount"):
            raise TermsError("allowed: principal, amount", field="Above.of", value=repr(self.of))
        if fraction(self.multiple, "Above.multiple") <= 0:
            raise TermsError("expected a multiple above 0", field="Above.multiple", value=self.multiple)

    def boundary(self, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        if self.of == "amount":
            return float(self.multiple) * amount
        claim = np.asarray(note.principal.claim(np.asarray(days, dtype=np.int64)), dtype=np.float64)
        return np.full(len(days), float(fraction(self.multiple) * fraction(note.denomination))) * claim


@dataclass(frozen=True, eq=False)
class Boundary:
    """Use the right when the conversion value exceeds a value per denomination that holds from each date to the next.

    Before the first date the right is not used. A put under a boundary is used when the conversion value is below it.

    >>> Boundary(["2003-02-20", "2005-02-16"], [1300, 1200]).values
    array([1300., 1200.])
    """

    dates: Any
    values: Any

    def __post_init__(self) -> None:
        starts = [int(day_number(on, "Boundary.dates")) for on in self.dates]
        values = np.array([float(fraction(value, "Boundary.values")) for value in self.values])
        if not starts or len(starts) != len(values):
            reason = "expected as many values as dates, at least one"
            raise TermsError(reason, field="Boundary", value=f"{len(starts)} dates and {len(values)} values")
        if any(later <= earlier for earlier, later in zip(starts, starts[1:], strict=False)):
            raise TermsError("expected dates in order", field="Boundary.dates", value=[str(to_date(day)) for day in starts])
        object.__setattr__(self, "dates", np.array(starts, dtype=np.int64))
        object.__setattr__(self, "values", values)

    def boundary(self, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        place = np.searchsorted(self.dates, days, side="right") - 1
        return np.where(place >= 0, self.values[np.maximum(place, 0)], np.inf)


@dataclass(frozen=True)
class Refinance:
    """Call when new debt at `rate` (continuous, a year of 365 days) would be cheaper: promised payments cost more than the price.

    The payments are the coupons after the day of notice and the principal, discounted to that day.
    """

    rate: float

    def __post_init__(self) -> None:
        if not np.isfinite(self.rate):
            raise TermsError("expected a rate", field="Refinance.rate", value=self.rate)

    def boundary(self, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        value = np.zeros(len(days))
        terms = note.principal
        flows = [(int(day_number(each.payment_date)), float(each.amount)) for each in note.interest.coupons()]
        flows.append((terms.maturity_day, float(fraction(terms.denomination) * terms.paid_at_maturity)))
        for due, cash in flows:
            value += np.where(due > days, cash * np.exp(-self.rate * (due - days) / 365.0), 0.0)
        return np.where(value > amount, -np.inf, np.inf)


@dataclass(frozen=True)
class AtEnd:
    """Convert on the last day before the right to convert ends, if that is worth more than what is paid otherwise.

    The right ends by a call, by a withdrawal, at maturity and by a default. `only_at_maturity`: hold until then.
    """

    only_at_maturity: bool = False

    def boundary(self, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        return np.full(len(days), np.inf)


@dataclass(frozen=True)
class IfWorthMore:
    """Put if what is paid is more than the conversion value."""

    def boundary(self, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        return amount


@dataclass(frozen=True)
class Ask:
    """Ask a function `(on, close, view) -> bool array` on every trading day on which the right is there, or on `dates` only.

    `on` is a ``datetime64`` day, `close` float64 [path], `view` a `View`; a replay asks about one path. A put is asked about on
    its last day. Nothing is asked of Notes that no longer convert.

    >>> Ask(lambda on, close, view: close > 2 * view.conversion_price).dates is None
    True
    """

    function: Callable[[np.datetime64, np.ndarray, View], Any] = field(kw_only=False)
    dates: Any = None

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise TermsError("expected a function of (on, close, view)", field="Ask.function", value=repr(self.function))
        if self.dates is not None:
            days = frozenset(int(day_number(on, "Ask.dates")) for on in self.dates)
            object.__setattr__(self, "dates", days)

    def boundary(self, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        if self.dates is None:
            return np.full(len(days), -np.inf)
        return np.where(np.isin(days, list(self.dates)), -np.inf, np.inf)

    def answer(self, day: int, close: np.ndarray, view: View) -> np.ndarray:
        """The function's answer, bool of the shape of `close`. `TermsError` for any other shape."""
        answer = np.asarray(self.function(to_datetime64(day)[()], close, view))
        if answer.shape not in ((), close.shape) or answer.dtype != bool:
            got = f"{answer.dtype} of shape {answer.shape}"
            raise TermsError(f"expected a bool array of shape {close.shape}", field="Ask.function", value=got)
        return np.broadcast_to(answer, close.shape)


def asked(answer: Answer) -> Ask | None:
    """The answer if it is a function of the user's, else None."""
    return answer if isinstance(answer, Ask) else None

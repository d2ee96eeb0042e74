"""Answers: when a right is used, as a small value object for each right.

An answer is any object with `boundary(note, days, amount)`: a boundary by date for the conversion value per denomination (the
close times the conversion ratio). `Ask` asks a function supplied by the user instead. No answer looks ahead: it sees the day,
its close and the conversion price.
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
    """What a user's function sees of the notes it is asked about; arrays [path], of length 1 in a replay."""

    #: in the note's currency per share
    conversion_price: np.ndarray
    #: index of each path among all paths of the block; 0 in a replay
    path: np.ndarray
    #: for a right with a condition on closes, such as a withdrawal (WDR-1): how many closes of its period hold, today's included
    count: np.ndarray | None = None
    #: calendar days since the condition was last met, 0 on a day on which it is met; None for a right without a condition
    days_since: np.ndarray | None = None


class Answer(Protocol):
    """The answer for one right: any object with this method; a base class is not needed."""

    def boundary(self, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        """The conversion value per denomination above which the right is used, float64 [day]; -inf: always, inf: never.

        `days` are day numbers [day]; `amount` [day] is what the right is worth in cash on each day, per denomination (NaN where
        that is unknown: for a conversion before the right ends). A replay asks about one day at a time and a simulation about all
        days at once, so the answer for a day may depend only on that day and its amount. A put is used below the boundary.
        """
        ...


def boundary_of(answer: Answer, right: str, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """The boundary that an answer gives for a right of `Policy`, float64 [day].

    Raises `TermsError`, naming the right, for a boundary that is not one number per day.
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
    """Use the right as soon as it is available."""

    def boundary(self, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        return np.full(len(days), -np.inf)


@dataclass(frozen=True)
class Never:
    """Never use the right."""

    def boundary(self, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        return np.full(len(days), np.inf)


@dataclass(frozen=True)
class Above:
    """Use the right when the conversion value exceeds `multiple` times the principal, or times the amount paid in cash instead.

    `of="amount"` means the redemption price with accrued interest for a call, principal plus make-whole for a withdrawal.
    An early conversion has no such amount, and `Policy.convert` takes none.

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
    """Call when new debt at `rate` (continuous, 365-day year) would be cheaper: the promised payments cost more than the price.

    The payments are the coupons after the day of notice and the principal, discounted to that day; coupons in kind raise those
    after them (PIK-1).
    """

    rate: float

    def __post_init__(self) -> None:
        if not np.isfinite(self.rate):
            raise TermsError("expected a rate", field="Refinance.rate", value=self.rate)

    def boundary(self, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        value = np.zeros(len(days))
        terms = note.principal
        note.interest.must_be_fixed("Refinance", int(np.min(days)))
        coupons = [(int(day_number(each.payment_date)), float(each.amount)) for each in note.interest.coupons()]
        flows = [(due, cash) for due, cash in coupons if not note.interest.is_in_kind(due)]
        flows.append((terms.maturity_day, float(fraction(terms.denomination) * terms.paid_at_maturity)))
        for due, cash in flows:
            value += np.where(due > days, cash * np.exp(-self.rate * (due - days) / 365.0), 0.0)
        for due, factor in note.interest.growth:  # only the last payments are in cash, on all that is added until then (PIK-1)
            value *= np.where(due > days, factor, 1.0)
        return np.where(value > amount, -np.inf, np.inf)


@dataclass(frozen=True)
class AtEnd:
    """Convert on the last day before the right to convert ends, if that is worth more than the amount paid otherwise.

    The right ends by a call, a withdrawal, maturity or a default. With `only_at_maturity`, hold until maturity.
    """

    only_at_maturity: bool = False

    def boundary(self, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        return np.full(len(days), np.inf)


@dataclass(frozen=True)
class IfWorthMore:
    """Put if the amount paid exceeds the conversion value."""

    def boundary(self, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        return amount


@dataclass(frozen=True)
class Ask:
    """Ask a function `(on, close, view) -> bool array` on every trading day on which the right is available, or only on `dates`.

    `on` is a ``datetime64`` day, `close` float64 [path], `view` a `View`; a replay asks about one path. A put is asked about on
    its last day. The function is not asked about Notes that no longer convert.

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
        """The function's answer, bool of the shape of `close`. Raises `TermsError` for any other shape."""
        answer = np.asarray(self.function(to_datetime64(day)[()], close, view))
        if answer.shape not in ((), close.shape) or answer.dtype != bool:
            got = f"{answer.dtype} of shape {answer.shape}"
            raise TermsError(f"expected a bool array of shape {close.shape}", field="Ask.function", value=got)
        return np.broadcast_to(answer, close.shape)


def asked(answer: Answer) -> Ask | None:
    """The answer if it asks a user's function, else None."""
    return answer if isinstance(answer, Ask) else None

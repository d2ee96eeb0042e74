"""Step-ups: an interest rate that changes on stated payment dates (STP-1), as a kind of field and by day.

A flat rate stays a single number, at no cost. The only fact about payment dates used here is that each step must be on one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import fraction, larger, smaller
from convnote.calendars import day_number, to_date
from convnote.provisions.changes import Change, Effect
from convnote.provisions.fields import Drawn, day, days, kind, yearly_rate
from convnote.provisions.floating import FloatingRate
from convnote.provisions.toml_values import number_of
from convnote.tables import percent

if TYPE_CHECKING:
    from convnote.provisions.principal import Principal

#: Pairs of (day number from which a rate applies, annual rate), in ascending order of days.
Steps = tuple[tuple[int, Any], ...]

_ROW = {"type": "array", "prefixItems": [day.schema, yearly_rate.schema], "minItems": 2, "maxItems": 2}
_PAIRS = "pairs [date, rate] are needed, such as [[2017-03-17, 0.002], [2018-03-17, 0.005]]"


def _read(value: Any) -> Any:
    if not isinstance(value, list):
        return number_of(value)
    if not all(isinstance(each, list) and len(each) == 2 for each in value):
        raise ValueError(_PAIRS)
    return [(day(on), number_of(rate)) for on, rate in value]


@kind(
    schema={"anyOf": [yearly_rate.schema, {"type": "array", "items": _ROW, "minItems": 1}]},
    words=f"{yearly_rate.words}, or a list of pairs [date, {yearly_rate.words}]",
    wrong=(*yearly_rate.wrong, [], [[date(2003, 2, 20)]], [[date(2003, 2, 20), 2]]),
    drawn=Drawn("either", of=(yearly_rate.drawn, Drawn("pairs", of=(Drawn("day"), yearly_rate.drawn)))),
    read=_read,
)
def rate_or_steps(value: Any) -> Any:
    """An annual rate, or pairs of a day and the rate in force from it, in ascending order of days."""
    if not isinstance(value, (list, tuple)):
        return yearly_rate(value)
    if not value or not all(isinstance(each, (list, tuple)) and len(each) == 2 for each in value):
        raise ValueError(_PAIRS)
    rows = tuple((day(on), yearly_rate(rate)) for on, rate in value)
    days([on for on, _ in rows])
    return rows


def steps_of(rate: Any, first: int) -> Steps:
    """The steps of a setting; a flat rate is one step from day number `first`."""
    return tuple((int(day_number(on)), each) for on, each in rate) if isinstance(rate, tuple) else ((first, rate),)


def step_on(steps: Steps, on: Any) -> Any:
    """The index in `steps` of the rate in force on day number `on`: int, or int64 of the shape of an int64 array."""
    if isinstance(on, np.ndarray):
        return np.maximum(np.searchsorted([start for start, _ in steps], on, side="right"), 1) - 1
    if len(steps) == 1:  # a flat rate, asked for with each coupon
        return 0
    starts = [start for start, _ in steps]
    return max(bisect_right(starts, on), 1) - 1


def spans(steps: Steps, start: Any, end: Any) -> Iterator[tuple[Any, Any, Any]]:
    """(rate, start, end) of each part of the days from `start` to `end` with its own rate; for arrays, empty parts too."""
    last = len(steps) - 1
    for place, (since, rate) in enumerate(steps):
        lower = start if place == 0 else larger(start, since)
        upper = end if place == last else smaller(end, steps[place + 1][0])
        if isinstance(lower, np.ndarray) or isinstance(upper, np.ndarray):
            yield rate, lower, np.maximum(lower, upper)
        elif lower < upper:
            yield rate, lower, upper


def faults(steps: Steps, boundaries: Sequence[int]) -> Iterator[str]:
    """Faults in steps, given `boundaries`, the issue date and payment dates: each step must be on one, the first at issue."""
    if steps[0][0] != boundaries[0]:
        yield f"the first rate is needed from the issue date, {to_date(boundaries[0])}"
    for since, _ in steps[1:]:
        if since not in boundaries[:-1]:
            yield f"a rate changes on a payment date before maturity, and {to_date(since)} is not one"


def in_words(rate: Any) -> str:
    """A setting in words: "6.875%", or "0.2% from 2017-03-17, 0.5% from 2018-03-17".

    >>> in_words(yearly_rate("0.06875"))
    '6.875%'
    """
    if isinstance(rate, tuple):
        return ", ".join(f"{in_words(each)} from {since}" for since, each in rate)
    return percent(rate)


def worse_if_any_lower(touches: str) -> Change:
    """A lower rate on any day is adverse to holders; lower on some days and higher on others, it depends on their weights.

    >>> change = worse_if_any_lower("lower rate")
    >>> change(rate_or_steps("0.05"), rate_or_steps([["2000-02-16", "0.05"], ["2005-02-16", "0.06"]])).effect
    'better'
    """

    def direction(old: Any, new: Any) -> Effect:
        if old is None or new is None:  # a rate that floats (FLT-1)
            return "depends"
        before, after = (each if isinstance(each, tuple) else ((date.min, each),) for each in (old, new))
        changes = {on for on, _ in (*before, *after)}
        pairs = [(_holds(before, on), _holds(after, on)) for on in changes]
        rises, falls = any(new > old for old, new in pairs), any(new < old for old, new in pairs)
        return "depends" if rises and falls else "worse" if falls else "better"

    return Change(direction, touches, "the days on which the rate is higher, and those on which it is lower")


def _holds(rows: Sequence[tuple[date, Any]], on: date) -> Any:
    """The rate in force on `on`; before the first day, the first rate."""
    return next((fraction(rate) for since, rate in reversed(rows) if since <= on), fraction(rows[0][1]))


class RateOfDay(FloatingRate):
    """The part of interest that holds the rate of each day: one number, pairs of a day and a rate, or an index as fixed."""

    rate: Any
    principal: Principal

    @property
    def stepped(self) -> bool:
        """True if the rate changes during the life of the note (STP-1, FLT-1)."""
        return type(self.rate) is tuple or self.index is not None

    @property
    def rate_rules(self) -> tuple[str, ...]:
        """The rule by which the rate changes; empty for a flat rate."""
        return (("FLT-1",) if self.floats else ("STP-1",)) if self.stepped else ()

    @cached_property
    def steps(self) -> Steps:
        """(day number from which a rate applies, rate), in order of days; a flat rate is one step from the issue date (STP-1).

        The rate of a period whose index is not fixed yet is None (FLT-1).
        """
        if self.floats:
            return self.floating_steps
        return steps_of(self.rate, self.principal.issue_day)

    @property
    def first_rate(self) -> Any:
        """The annual rate on the issue date, as a share: 0.07 for 7%."""
        if self.floats:
            return self.known_from_index
        return self.rate[0][1] if self.stepped else self.rate

    def spans(self, start: Any, end: Any) -> Iterator[tuple[Any, Any, Any]]:
        """(rate, start, end) of each part of the days from `start` to `end` with its own rate; for arrays, empty parts too.

        Raises `TermsError` for days of a period whose rate is not known (FLT-1).
        """
        for rate, lower, upper in spans(self.steps, start, end):
            if rate is not None:
                yield rate, lower, upper
            elif np.any(lower < upper):
                first = int(np.min(np.broadcast_to(lower, np.shape(upper))[lower < upper])) if np.ndim(upper) else int(lower)
                raise self.not_fixed(self.steps[step_on(self.steps, first)][0])

    def rate_on(self, on: Any) -> Any:
        """The annual rate in force on day number `on` (STP-1), as a share; for an int64 array, float64 of its shape.

        >>> import convnote as cn
        >>> cn.load("amazon-peacs-2010").interest.rate_on(11_500)
        Decimal('0.06875')
        """
        if not self.stepped:
            return self.rate
        place = step_on(self.steps, on)
        if isinstance(place, np.ndarray):
            return self._must_be_known(self._rates[place], place)
        if self.steps[place][1] is None:
            raise self.not_fixed(self.steps[place][0])
        return self.steps[place][1]

    @cached_property
    def _rates(self) -> np.ndarray:
        """The rate of each step, float64; NaN where it is not fixed yet."""
        return np.array([np.nan if rate is None else float(rate) for _, rate in self.steps])

    def _must_be_known(self, rates: Any, places: Any) -> Any:
        if self.floats and np.isnan(rates).any():
            raise self.not_fixed(self.steps[int(np.min(places[np.isnan(rates)]))][0])
        return rates

    def rates_on(self, days: np.ndarray, elapsed: Any) -> np.ndarray:
        """The annual rate on days given as their number since issue; 0 where no day of interest has `elapsed` (STP-1, FLT-1)."""
        rates = self._rate_by_day[days]
        if not self.floats:
            return rates
        rates = np.where(elapsed == 0, 0.0, rates)
        return np.asarray(self._must_be_known(rates, step_on(self.steps, np.asarray(days) + self.principal.issue_day)))

    def rate_told(self, start: int) -> str:
        """The rate of the period that starts on day number `start` in words; nothing for a flat rate (STP-1, FLT-1)."""
        if start in self.unfixed(start):
            return f" at {self.rate_in_words}, fixed on {to_date(self.fixing_day(start))}: not known yet"
        return f" at {in_words(self.rate_on(start))}" if self.stepped else ""

    @property
    def rate_in_words(self) -> str:
        """The rate as a percentage, or each rate with the day from which it applies (STP-1).

        >>> import convnote as cn
        >>> cn.load("amazon-peacs-2010").interest.rate_in_words
        '6.875%'
        """
        return self.floating_words if self.floats else in_words(self.rate)

    @cached_property
    def _rate_by_day(self) -> np.ndarray:
        """The annual rate on every day from issue to maturity, as a share, float64 [day]; NaN where it is not known."""
        days = np.arange(self.principal.issue_day, self.principal.maturity_day + 1)
        return np.asarray(self._rates[step_on(self.steps, days)])

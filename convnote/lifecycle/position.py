"""Position: what one holder has, and the part of it that is committed: called, under election, put."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from convnote.arithmetic import is_fast

#: The parts of a position that are put: on put dates (PUT-1) and after low closes (CPT-1).
PUTS = ("put", "put_on_low")
#: The parts of a position that are committed, each a mapping to principal; "both" is included in "called" and in "elected".
COMMITTED = ("called", "elected", *PUTS, "both")


@dataclass(frozen=True)
class Position:
    """What one holder has: principal outstanding, the part of it that is committed, and interest paid on it so far."""

    outstanding: Any
    #: principal on which this holder is paid the next coupon, read at the record date
    of_record: Any
    #: principal called, by call number; under election, by change number; put, by day number of the put date
    called: Mapping[int, Any] = field(default_factory=dict)
    elected: Mapping[int, Any] = field(default_factory=dict)
    put: Mapping[int, Any] = field(default_factory=dict)
    #: principal put after low closes, by day number of its payment, and the days of those elections, paid since or not (CPT-1)
    put_on_low: Mapping[int, Any] = field(default_factory=dict)
    elected_low: tuple[int, ...] = ()
    #: principal both called and under election, by (call number, change number); it is included in both
    both: Mapping[tuple[int, int], Any] = field(default_factory=dict)
    #: (principal, cash) paid in on conversion, by day number of the coupon that has not been paid yet (CNV-5c)
    paid_in: Mapping[int, tuple[Any, Any]] = field(default_factory=dict)
    #: principal bought since the last record date, by the holder of record who is paid its coupon (LIF-1)
    bought: Mapping[str, Any] = field(default_factory=dict)
    #: (payment day, amount per denomination) of all interest actually paid
    payments: tuple[tuple[Any, Any], ...] = ()
    #: principal converted while a withdrawal notice runs (WDR-5)
    converted_in_notice: Any = 0
    #: principal called and since converted, by call number, where a call has a make-whole (SFT-3)
    converted_called: Mapping[int, Any] = field(default_factory=dict)

    def changed(self, **changes: Any) -> Position:
        """This position with other values; `dataclasses.replace` takes ten times as long, and this runs for every payment."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__, **changes)
        return new

    @property
    def committed(self) -> Any:
        """Principal called, under election or put; principal both called and under election counts once."""
        parts = (self.called, self.elected, self.put, self.put_on_low)
        return sum(sum(part.values()) for part in parts) - sum(self.both.values())

    def only_called(self, call: int) -> Any:
        """Principal called by this call and not under election."""
        return self.called[call] - sum(amount for (number, _), amount in self.both.items() if number == call)

    def only_elected(self, change: int) -> Any:
        """Principal under election for this change and not called."""
        return self.elected[change] - sum(amount for (_, number), amount in self.both.items() if number == change)

    def without_calls(self, calls: Collection[int], *, paid: bool = False) -> Position:
        """This position with nothing called by these calls; if `paid`, that principal is under no election either."""
        gone = {key: amount for key, amount in self.both.items() if key[0] in calls}
        elected = _less_of(self.elected, gone, 1) if paid else self.elected
        return self.changed(called=_without(self.called, calls), elected=elected, both=_without(self.both, gone))

    def without_elections(self, changes: Collection[int], *, paid: bool = False) -> Position:
        """This position with nothing under election for these changes; if `paid`, that principal is not called either."""
        gone = {key: amount for key, amount in self.both.items() if key[1] in changes}
        called = _less_of(self.called, gone, 0) if paid else self.called
        return self.changed(elected=_without(self.elected, changes), called=called, both=_without(self.both, gone))

    def uncommitted(self) -> Position:
        """This position with nothing called, under election or put."""
        return self.changed(**{part: {} for part in COMMITTED})

    @property
    def free(self) -> Any:
        """Principal outstanding that is neither called, under election nor put."""
        return self.outstanding - self.committed

    def interest_paid_before(self, day: Any) -> Any:
        """Interest per denomination, exact or [path], whose money moved before day number `day` (WDR-4)."""
        total: Any = 0 * self.outstanding
        for paid_on, amount in self.payments:
            total = total + (np.where(paid_on < day, amount, 0.0) if is_fast(total) else amount * bool(paid_on < day))
        return total


def _without(amounts: Mapping[Any, Any], keys: Collection[Any]) -> dict[Any, Any]:
    return {key: amount for key, amount in amounts.items() if key not in keys}


def _less_of(amounts: Mapping[int, Any], gone: Mapping[tuple[int, int], Any], side: int) -> dict[int, Any]:
    """Amounts by number less those of the pairs in `gone`, whose `side` holds the number; amounts of zero are left out."""
    left = dict(amounts)
    for key, amount in gone.items():
        left[key[side]] = left[key[side]] - amount
    return {number: amount for number, amount in left.items() if amount}

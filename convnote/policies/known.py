"""Known: what stays the same from day to day of a replay under one policy and one note."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Protocol

import numpy as np

from convnote.note import ConvertibleNote
from convnote.policies import last_days
from convnote.policies.last_days import LastDay
from convnote.policies.settings import Settings


class _Remembers(Protocol):
    """Observations that keep what a policy computes once."""

    memo: dict[Any, Any]


class Known:
    """What stays the same from day to day under one policy and one note: boundaries by day number, ends of rights and amounts."""

    def __init__(self, policy: Settings, note: ConvertibleNote) -> None:
        self.policy, self.note = policy, note
        terms = note.principal
        self.days = np.array(terms.sessions.between(terms.issue_day, terms.maturity_day), dtype=np.int64)

    @classmethod
    def of(cls, policy: Settings, note: ConvertibleNote, observations: _Remembers) -> Known:
        """The instance kept for this replay, created on first request."""
        key = (id(policy), id(note))  # the instance keeps both objects alive, so neither id is reused
        if key not in observations.memo:
            observations.memo[key] = cls(policy, note)
        known: Known = observations.memo[key]
        return known

    @cached_property
    def withdrawable(self) -> frozenset[int]:
        """The days on which a notice of withdrawal may be given, if the closes allow it."""
        terms, maturity = self.note.withdrawal, self.note.principal.maturity_day
        if terms is None:
            return frozenset()
        effective = ((on, int(self.policy.effective(self.note, on))) for on in self.days.tolist())
        # At maturity, and after the last day of the right to convert, there is nothing left to withdraw.
        left = [(on, day) for on, day in effective if day <= maturity and not last_days.is_over(self.note, day)]
        return frozenset(on for on, day in left if terms.objection(on, day, on) is None)

    @cached_property
    def redeem(self) -> dict[int, float]:
        """Conversion value above which the Notes are called, by day."""
        return dict(zip(self.days.tolist(), self.policy.redemption_boundary(self.note, self.days).tolist(), strict=True))

    @cached_property
    def convert(self) -> dict[int, float]:
        """Conversion value above which a holder converts before the right ends, by day."""
        return dict(zip(self.days.tolist(), self.policy.conversion_boundary(self.note, self.days).tolist(), strict=True))

    @cached_property
    def at_maturity(self) -> LastDay:
        """The last day for a conversion at maturity, and the amount it is compared with."""
        return last_days.at_maturity(self.note)

    @cached_property
    def puts(self) -> list[LastDay]:
        """For each put date, the last day for an election and the amount paid."""
        return [last for _, last in last_days.before_puts(self.note)]

"""Recorded decisions that still lie ahead in a replay: a policy does not decide on rights that they exercise."""

from __future__ import annotations

from collections import Counter
from typing import Any

from convnote.lifecycle import events as ev
from convnote.lifecycle.state import State

#: The right that each decision exercises. Elections and their withdrawal are one right.
_RIGHTS: dict[type[ev.Event], str] = {
    ev.WithdrawalNotice: "withdraw",
    ev.RedemptionNotice: "redeem",
    ev.FundamentalChangeNotice: "notify",
    ev.Convert: "convert",
    ev.RepurchaseElection: "elect",
    ev.RepurchaseElectionWithdrawal: "elect",
    ev.PutElection: "put",
    ev.Transfer: "transfer",
}
#: Decisions that need the holder's principal to be available on their day.
_DISPOSALS = (ev.Convert, ev.RepurchaseElection, ev.PutElection, ev.Transfer)


class OnRecord:
    """Recorded decisions by right, and by holder where the right belongs to a holder.

    >>> import convnote as cn
    >>> state = State.opening(cn.load("amazon-peacs-2010"), {"A": 400_000_000, "B": 290_000_000})
    >>> ahead = OnRecord()
    >>> ahead.add(state, cn.Convert("2001-03-01", 1_000_000, holder="A"))
    >>> ahead.decides(cn.Convert, "A"), ahead.decides(cn.Convert, "B"), ahead.principal("A")
    (True, False, Fraction(1000000, 1))
    """

    def __init__(self) -> None:
        self._open: dict[int, tuple[ev.Event, str | None]] = {}
        self._rights: Counter[tuple[str, str | None]] = Counter()
        self._principal: dict[str | None, Any] = {}

    def add(self, state: State, event: ev.Event) -> None:
        """Add a recorded event; one that exercises no right a policy decides on is skipped."""
        right = self._right(type(event))
        if right is None:
            return
        holder = _holder(state, event)
        self._open[id(event)] = (event, holder)
        self._count(event, right, holder, 1)

    def done(self, event: ev.Event) -> None:
        """Remove an event that has happened or was refused."""
        if id(event) in self._open:
            _, holder = self._open.pop(id(event))
            self._count(event, str(self._right(type(event))), holder, -1)

    def copy(self) -> OnRecord:
        """An independent copy: adding to it or removing from it leaves this record unchanged."""
        new = OnRecord()
        new._open, new._rights, new._principal = self._open.copy(), self._rights.copy(), self._principal.copy()
        return new

    def holds(self, event: ev.Event) -> bool:
        """True if the event lies ahead."""
        return id(event) in self._open

    def decides_any(self, kind: type[ev.Event]) -> bool:
        """True if a decision of this kind, by any holder, is on record ahead."""
        right = self._right(kind)
        return any(of == right for of, _ in self._rights)

    def decides(self, kind: type[ev.Event], holder: str | None = None) -> bool:
        """True if a decision of this kind, by this holder, is on record ahead."""
        right = self._right(kind)
        ahead = self._rights[right or "", holder]
        # A recorded notice belongs to a recorded change still ahead, if there is one.
        return ahead > (self._rights["change", None] if right == "notify" else 0)

    def keeps(self, state: State, event: ev.Event) -> bool:
        """True if the right that a policy's decision would exercise is left to the record."""
        return self.decides(type(event), _holder(state, event))

    def principal(self, holder: str) -> Any:
        """The holder's principal that recorded decisions ahead dispose of."""
        return self._principal.get(holder, 0)

    @staticmethod
    def _right(kind: type[ev.Event]) -> str | None:
        return "change" if kind is ev.FundamentalChange else _RIGHTS.get(kind)

    def _count(self, event: ev.Event, right: str, holder: str | None, number: int) -> None:
        self._rights[right, holder] += number
        if isinstance(event, _DISPOSALS):
            self._principal[holder] = self._principal.get(holder, 0) + number * event.principal
        if not self._rights[right, holder]:  # remove an empty entry
            del self._rights[right, holder]
        if not self._principal.get(holder):
            self._principal.pop(holder, None)


def _holder(state: State, event: ev.Event) -> str | None:
    """The position whose right an event exercises; None for a right of the Company."""
    if not isinstance(event, (*_DISPOSALS, ev.RepurchaseElectionWithdrawal)):
        return None
    try:
        return state.holding(event.holder)
    except KeyError:  # a future or unknown holder: the table decides
        return event.holder

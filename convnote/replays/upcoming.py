"""Upcoming: the events ahead of a walk, in the order in which they act."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable

from convnote.lifecycle import events as ev

#: Day number, place within the day, arrival number, event.
Waiting = tuple[int, float, int, ev.Event]


class Upcoming:
    """A queue by day, place within the day and arrival, that remembers which scheduled events were put in it.

    It is copied for each step of a walk: it holds only what is ahead, so a copy costs the same however much has happened.

    >>> from convnote.lifecycle.events import CouponDue, Split
    >>> ahead = Upcoming()
    >>> ahead.push(CouponDue("2001-02-16"), 11369, CouponDue.rank)
    >>> ahead.push(Split("2001-02-16", 2, 1), 11369, Split.rank)
    >>> ahead.pop()[3]
    Split(on=datetime.date(2001, 2, 16), holder=None, new=Fraction(2, 1), old=Fraction(1, 1))
    """

    def __init__(self) -> None:
        self._queue: list[Waiting] = []
        self._arrived = 0
        self._scheduled: set[tuple[type[ev.Event], int]] = set()
        #: True while a copy of this queue may hold the same set
        self._is_shared = False
        #: number of surrenders waiting on each day, so that days without any are not searched
        self._surrenders: dict[int, int] = {}

    def copy(self) -> Upcoming:
        """An independent copy: changes to the copy leave this queue unchanged."""
        new = object.__new__(Upcoming)
        new._queue, new._arrived, new._scheduled = self._queue.copy(), self._arrived, self._scheduled
        new._is_shared = self._is_shared = True
        new._surrenders = self._surrenders.copy()
        return new

    def __bool__(self) -> bool:
        return bool(self._queue)

    @property
    def next(self) -> Waiting:
        """The next event in the queue, which must not be empty."""
        return self._queue[0]

    def holds(self, kinds: tuple[type[ev.Event], ...]) -> bool:
        """True if an event of one of these kinds is in the queue."""
        return any(isinstance(waiting[3], kinds) for waiting in self._queue)

    def push(self, event: ev.Event, day: int, place: float) -> None:
        """Put an event in the queue."""
        self._arrived += 1
        self.put_back((day, place, self._arrived, event))

    def pop(self) -> Waiting:
        """Remove and return the next event."""
        taken = heapq.heappop(self._queue)
        if isinstance(taken[3], ev.Convert):
            self._count(taken[0], -1)
        return taken

    def put_back(self, waiting: Waiting) -> None:
        """Put back an event that was taken out, possibly for another day."""
        heapq.heappush(self._queue, waiting)
        if isinstance(waiting[3], ev.Convert):
            self._count(waiting[0], 1)

    def has_surrenders_on(self, day: int) -> bool:
        """True if a surrender waits on day number `day`."""
        return day in self._surrenders

    def _count(self, day: int, number: int) -> None:
        left = self._surrenders.pop(day, 0) + number
        if left:
            self._surrenders[day] = left

    def new(self, events: Iterable[ev.Event]) -> list[ev.Event]:
        """The scheduled events that were never in the queue; from now on they count as having been in it."""
        found = {(type(event), int(event.day)): event for event in events}
        found = {key: event for key, event in found.items() if key not in self._scheduled}
        if found:
            if self._is_shared:
                self._scheduled, self._is_shared = set(self._scheduled), False
            self._scheduled.update(found)
        return list(found.values())

    def take_out(self, chosen: Callable[[Waiting], bool]) -> list[Waiting]:
        """Remove and return the chosen events, in queue order."""
        taken = sorted(each for each in self._queue if chosen(each))
        if taken:
            self._queue = [each for each in self._queue if not chosen(each)]
            heapq.heapify(self._queue)
        for day, _, _, event in taken:
            if isinstance(event, ev.Convert):
                self._count(day, -1)
        return taken

    def forget_schedule(self, after: int) -> None:
        """Remove what was scheduled for days after day number `after`: other terms may lead to other days."""
        self.take_out(lambda each: not isinstance(each[3], ev.Recorded))
        self._scheduled, self._is_shared = {key for key in self._scheduled if key[1] <= after}, False

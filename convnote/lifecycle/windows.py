"""Windows of contingent conversion kept in a state: which are open, and what the last quarter-end showed (CNT-1…CNT-3)."""

from __future__ import annotations

from typing import NamedTuple

from convnote.provisions.conditions import Standing


class Window(NamedTuple):
    """Day numbers from `first` to `last` (None: no last day, or not known yet), both included, and the rule that opens them."""

    first: int
    last: int | None
    rule: str

    def holds(self, day: int) -> bool:
        """True if day number `day` lies in the window.

        >>> Window(10, 20, "CNT-1").holds(20), Window(10, None, "CNT-1").holds(9)
        (True, False)
        """
        return self.first <= day and (self.last is None or day <= self.last)


class Contingent(NamedTuple):
    """What the closes and the price of the note have shown so far."""

    windows: tuple[Window, ...] = ()
    #: how the condition stood on the last quarter-end tested; None: no quarter-end has been tested
    tested: Standing | None = None
    #: day number on which the price of the note was last observed (None: never), and on how many days in a row it was below
    observed: int | None = None
    below: int = 0

    def opened(self, window: Window, on: int) -> Contingent:
        """With one more window, and without those that ended before day number `on`."""
        kept = tuple(each for each in self.windows if each.last is None or each.last >= on)
        return self if window in kept else self._replace(windows=(*kept, window))


#: Before the first quarter-end.
CLOSED = Contingent()

"""Change windows: the days on which Notes convert because a fundamental change has occurred, on each path (CNT-3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.lifecycle.in_force import last_of_window
from convnote.simulation.windows import by_path

if TYPE_CHECKING:
    from convnote.simulation.day_tables import DayTables


@dataclass(frozen=True)
class ChangeTables:
    """By row of a change, day numbers: the change, the Company's notice, and the last day of the window once that is given."""

    occurred: np.ndarray
    mailed: np.ndarray
    last: np.ndarray
    #: the day of every row, of changes at maturity too, which open nothing
    days: np.ndarray

    @classmethod
    def of(cls, tables: DayTables) -> ChangeTables | None:
        """The windows that changes open; None where they open none."""
        note, terms, change = tables.note, tables.note.contingent_conversion, tables.note.fundamental_change
        if terms is None or not terms.on_change or change is None or not tables.grid.change[-1]:
            return None
        occurred = tables.days[tables.days < note.principal.maturity_day]
        if terms.change_days is not None:
            return cls(occurred, occurred, occurred + terms.change_days, tables.days)
        mailed = np.asarray(tables.policy.mailed(note, occurred))
        return cls(occurred, mailed, np.asarray(last_of_window(note, change.repurchase_day(mailed))), tables.days)


class ChangeWindows:
    """The windows opened by the changes of one block: `path` and `row` [change] of each."""

    def __init__(self, tables: ChangeTables, path: np.ndarray, row: np.ndarray, size: int) -> None:
        self.tables, self.row = tables, row
        self.order, self.start, self.number = by_path(path, np.flatnonzero(row < len(tables.occurred)), size)

    def holds(self, on: Any, day: Any, paths: np.ndarray) -> np.ndarray:
        """Whether Notes of `paths` [k] convert on day numbers `day`, given what is known on `on`, each [k] or [row, 1].

        A window has no end until the Company's notice, which on the day of the change comes after the holders' decisions.
        """
        tables = self.tables
        found = np.zeros(np.broadcast_shapes(np.shape(on), np.shape(paths)), bool)
        for place in range(int(self.number[paths].max(initial=0))):
            has = self.number[paths] > place
            row = self.row[self.order[np.where(has, self.start[paths] + place, 0)]] if len(self.order) else np.zeros_like(paths)
            row = np.where(has, row, 0)
            occurred, mailed = tables.occurred[row], tables.mailed[row]
            untold = (mailed > on) | ((mailed == on) & (occurred == on))
            found |= has & (occurred <= on) & (untold | (day <= tables.last[row]))
        return found

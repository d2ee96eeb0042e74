"""The underwriting agreement once more, in `Fraction`, from the paper: section 9, interest to closing, contribution, lock-up.

Imports nothing of the package. Amounts are whole numbers of the currency; a Note is `note` of them.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any


def section_nine(
    schedule: dict[str, int], missing: dict[str, int], note: int, weights: dict[str, Fraction] | None = None, agreed: Any = None
) -> dict[str, Any]:
    """Who takes up what. `weights` are the manager's, `agreed` the names that consent (None: all do)."""
    default = sum(missing.values())
    if 10 * default > sum(schedule.values()):
        return {"ends": True, "taken": {}, "asked": [], "left": default, "bought": {}}
    others = [name for name in schedule if not missing.get(name)]
    parts = {name: Fraction(schedule[name]) if weights is None else Fraction(weights.get(name, 0)) for name in others}
    fair = {name: Fraction(default) * parts[name] / sum(parts.values()) for name in others}
    notes = {name: int(fair[name] / note) for name in others}
    while others and sum(notes.values()) * note < default:
        # the one furthest below its fair part gets one Note more; the first in the schedule, if there are several
        furthest = max(fair[name] - notes[name] * note for name in others if notes[name] * note <= fair[name])
        lucky = next(name for name in others if notes[name] * note <= fair[name] and fair[name] - notes[name] * note == furthest)
        notes[lucky] += 1
    asked = [name for name in others if 9 * fair[name] > schedule[name] or 9 * notes[name] * note > schedule[name]]
    taken = {}
    for name in others:
        most = Fraction(schedule[name], 9)
        bound = int(most / note) * note
        refuses = name in asked and agreed is not None and name not in agreed
        taken[name] = min(notes[name] * note, bound) if refuses else notes[name] * note
    bought = {name: schedule[name] - missing.get(name, 0) + taken.get(name, 0) for name in schedule}
    return {"ends": False, "taken": taken, "asked": asked, "left": default - sum(taken.values()), "bought": bought}


def cents(amount: Fraction) -> Fraction:
    """Rounded half-up to a cent."""
    return Fraction(int(amount * 100 + Fraction(1, 2)), 100)


def paid(principal: int, closing: date) -> tuple[Fraction, Fraction]:
    """Price at 97.5% and interest at 6 7/8% over actual days / 365 from 16 February 2000, each to the cent."""
    days = max(0, (closing - date(2000, 2, 16)).days)
    return cents(principal * Fraction(975, 1000)), cents(principal * Fraction(55, 800) * Fraction(days, 365))


def borne(
    loss: Fraction, bought: dict[str, int], otherwise: dict[str, Fraction]
) -> tuple[Fraction, dict[str, Fraction], Fraction]:
    """What the Company and each underwriter bear of a loss, at 97.5% and par, and what is left."""
    company = loss * Fraction(39, 40)
    underwriters = {}
    for name, principal in bought.items():
        part = loss / 40 * principal / sum(bought.values())
        room = max(Fraction(0), principal - otherwise.get(name, Fraction(0)))
        underwriters[name] = part if part < room else room
    return company, underwriters, loss - company - sum(underwriters.values())


def locked(on: date, supplement: date) -> bool:
    """True from the day after the supplement to the ninetieth day after it."""
    return supplement < on <= supplement + timedelta(days=90)

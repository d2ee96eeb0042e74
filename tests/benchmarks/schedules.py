"""Schedules of many different notes, made and iterated, beside QuantLib's `Schedule` + `FixedRateBond`.

Every note is new: what a note keeps once it was asked (its payment dates, say) is thrown away before each turn. The notes
have the provisions of Amazon's, so their schedules hold 27 rows, where QuantLib's bonds hold 11 cash flows.

Goal: at most 5 times QuantLib, aim 1.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import convnote as cn
from convnote.calendars import add_months
from tests.benchmarks.turns import arguments, medians, peer


def different_notes(count: int) -> list[cn.ConvertibleNote]:
    """Notes like Amazon's, each issued on another day and with every date moved along."""
    note = cn.load("amazon-peacs-2010")
    notes = []
    for number in range(count):
        by = timedelta(days=number % 4000)
        issue = note.issue_date + by
        principal = dataclasses.replace(note.principal, issue_date=issue, maturity_date=add_months(issue, 120))
        reset = dataclasses.replace(note.reset, dates=[add_months(issue, 12), add_months(issue, 24)])
        withdrawal = dataclasses.replace(note.withdrawal, before=note.withdrawal.before + by)
        redemption = dataclasses.replace(note.redemption, prices=[(on + by, price) for on, price in note.redemption.prices])
        moved = {"principal": principal, "reset": reset, "withdrawal": withdrawal, "redemption": redemption}
        notes.append(dataclasses.replace(note, **moved))
    return notes


def forget(notes: Sequence[cn.ConvertibleNote]) -> None:
    """Throws away whatever the notes and their provisions keep of former questions."""
    for note in notes:
        for owner in (note, *(part for _, part in note.provisions())):
            for kind in type(owner).__mro__:  # what it inherits too
                for name, value in vars(kind).items():
                    if isinstance(value, cached_property):
                        owner.__dict__.pop(name, None)


THEIRS = "QuantLib Schedule + FixedRateBond"


def quantlib(ql: Any, notes: Sequence[cn.ConvertibleNote]) -> dict[str, Callable[[], Any]]:
    """The same lives as bonds of QuantLib: made, and made and read."""

    def quantlib_date(on: date) -> Any:
        return ql.Date(on.day, on.month, on.year)

    lives = [(quantlib_date(note.issue_date), quantlib_date(note.maturity_date)) for note in notes]
    year, calendar, count = ql.Period(1, ql.Years), ql.UnitedStates(ql.UnitedStates.FederalReserve), ql.Actual365Fixed()

    def bond(first: Any, last: Any) -> Any:
        rule = ql.DateGeneration.Backward
        schedule = ql.Schedule(first, last, year, calendar, ql.Unadjusted, ql.Unadjusted, rule, False)
        return ql.FixedRateBond(0, 100.0, schedule, [0.06875], count)

    def make() -> None:
        for first, last in lives:
            bond(first, last)

    def read() -> None:
        for first, last in lives:
            for flow in bond(first, last).cashflows():
                flow.date(), flow.amount()

    return {THEIRS: make, "QuantLib, dates and amounts read": read}


def main(given: Sequence[str] | None = None) -> dict[str, float]:
    """Prints the ratios; gives microseconds a note by name."""
    options = arguments(__doc__, size=1000, rounds=11, given=given)
    notes = different_notes(options.size)

    def rows() -> None:
        for note in notes:
            for _ in cn.schedule(note):
                pass

    def dates() -> None:
        for note in notes:
            for row in cn.schedule(note):
                row.date, row.kind, row.rule  # noqa: B018

    def amounts() -> None:
        for note in notes:
            for row in cn.schedule(note):
                row.date, row.kind, row.rule, row.amount  # noqa: B018

    candidates: dict[str, Callable[[], Any]] = {
        "convnote, all rows made": rows,
        "convnote, date, kind and rule read": dates,
        "convnote, exact amounts read too": amounts,
    }
    if ql := peer("QuantLib"):
        candidates |= quantlib(ql, notes)
    times = medians(candidates, rounds=options.rounds, before=lambda: forget(notes))
    each = {name: seconds / len(notes) * 1e6 for name, seconds in times.items()}
    for name, micros in each.items():
        ratio = f"{micros / each[THEIRS]:6.2f} x the time of {THEIRS}" if THEIRS in each else ""
        print(f"{name:36} {micros:8.1f} us a note  {ratio}")
    return each


if __name__ == "__main__":
    main()

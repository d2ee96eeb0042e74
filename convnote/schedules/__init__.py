"""The schedule: every date on which something happens, or becomes possible, under the terms of a note, in order.

Days determined only by the market or a decision (the trigger being met, a call) are not included; for a right, the schedule
holds the first or last day on which it can be used. So the last day to convert Notes under an election (END-2) has a row for each
put date, and none for a repurchase, whose date follows from a change: the entry of an election states it.

Rows are created on iteration: until then a row is stored as a single integer, encoding the day and the position within the day.
Never refuses a note: dates outside the note's life are findings of `note.check()` and produce no rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any, overload

from convnote.calendars import to_date
from convnote.day_counts import days_told
from convnote.errors import must_be
from convnote.note import ConvertibleNote
from convnote.provisions.own_rows import OwnRow, rows_of
from convnote.schedules.amounts import AMOUNTS, is_not_fixed
from convnote.schedules.days import keys_of
from convnote.schedules.kinds import EPOCH, KINDS, MASK, PAID, RESET, RULES, SHIFT, TEXTS, Kind
from convnote.tables import Table, pandas


class Row:
    """One schedule row. Amounts are per denomination, unrounded, in the note's currency, assuming all payments as due.

    >>> import convnote as cn
    >>> row = cn.schedule(cn.load("amazon-peacs-2010"))[5]
    >>> row.date, str(row.kind), row.rule, row.payment_date
    (datetime.date(2002, 2, 16), 'coupon', 'INT-1', datetime.date(2002, 2, 19))
    """

    __slots__ = ("_key", "_schedule")

    def __init__(self, key: int, schedule: Schedule) -> None:
        self._key, self._schedule = key, schedule

    @property
    def date(self) -> dt.date:
        """The day on which it happens or falls due under the note, even if that is not a business day."""
        return dt.date.fromordinal(self._key >> SHIFT)

    @property
    def kind(self) -> Kind:
        """What happens or becomes possible."""
        return KINDS[self._key & MASK]

    @property
    def rule(self) -> str:
        """The rule that puts the day in the schedule."""
        return RULES[self._key & MASK]

    @property
    def amount(self) -> Any:
        """Amount paid per denomination, unrounded: Decimal (float64 for `note.floats`); None if nothing is paid."""
        amount_of = AMOUNTS.get(self._key & MASK)
        return None if amount_of is None else amount_of(self._schedule.note, self._day)

    @property
    def payment_date(self) -> dt.date | None:
        """The day on which payment is made (INT-6); None if nothing is paid."""
        if self._key & MASK not in PAID:
            return None
        return to_date(self._schedule.note.principal.payment_day(self._day))

    @property
    def window(self) -> tuple[dt.date, dt.date] | None:
        """First and last day of the closes averaged for a reset (RST-2); None for other rows."""
        reset = self._schedule.note.reset
        if reset is None or self._key & MASK != RESET:
            return None
        sessions = self._schedule.note.principal.sessions
        return to_date(sessions.before(self._day, reset.window)), to_date(sessions.before(self._day))

    @property
    def text(self) -> str:
        """The row in words."""
        return self._schedule._text(self)

    @property
    def _day(self) -> int:
        return (self._key >> SHIFT) - EPOCH

    def _values(self) -> tuple[Any, ...]:
        return self.date, self.kind, self.rule, self.amount, self.payment_date, self.window

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if isinstance(other, Row) else NotImplemented

    def __hash__(self) -> int:
        return hash((self._key, self.amount))

    def __repr__(self) -> str:
        amount = "" if self.amount is None else f", amount={self.amount}"
        return f"Row({self.date}, {self.kind}, {self.rule}{amount})"


_DAYS = ("date", "payment_date", "window_first", "window_last")
_COLUMNS = ("date", "kind", "rule", "amount", "payment_date", "window_first", "window_last", "text")


class Schedule(Sequence[Row | OwnRow]):
    """Every date that matters to a note, in order: a sequence of `Row`, created on iteration. See `schedule`."""

    def __init__(self, note: ConvertibleNote) -> None:
        self.note = note
        self._made: list[int] | None = None
        self._merged: list[Row | OwnRow] | None = None

    def _keys(self) -> list[int]:
        if self._made is None:
            self._made = sorted(keys_of(self.note))
        return self._made

    def _with_own(self) -> list[Row | OwnRow]:
        """All rows of a note with own provisions; own rows come last within a day."""
        if self._merged is None:
            rows: list[Row | OwnRow] = [*map(Row, self._keys(), repeat(self)), *rows_of(self.note)]
            self._merged = sorted(rows, key=lambda row: row.date)
        return self._merged

    def __len__(self) -> int:
        return len(self._with_own() if self.note.extras else self._keys())

    def __iter__(self) -> Iterator[Row | OwnRow]:
        return iter(self._with_own()) if self.note.extras else map(Row, self._keys(), repeat(self))

    @overload
    def __getitem__(self, place: int) -> Row | OwnRow: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row | OwnRow]: ...
    def __getitem__(self, place: int | slice) -> Row | OwnRow | list[Row | OwnRow]:
        if self.note.extras:
            return self._with_own()[place]
        if isinstance(place, slice):
            return [Row(key, self) for key in self._keys()[place]]
        return Row(self._keys()[place], self)

    def __repr__(self) -> str:
        return f"Schedule({self.note.name}, {len(self)} rows)"

    def table(self) -> Table:
        """The rows as a table, with a reset's window in two columns."""
        rows = []
        for row in self:
            window = row.window or (None, None)
            rows.append((row.date, str(row.kind), row.rule, row.amount, row.payment_date, *window, row.text))
        return Table.of(_COLUMNS, rows, self.note.description or self.note.name)

    def _page(self) -> Table:
        # in the printed form the windows are in the words
        rows = [(row.date, str(row.kind), row.rule, row.amount, row.payment_date, row.text) for row in self]
        names = tuple(name for name in _COLUMNS if not name.startswith("window"))
        return Table.of(names, rows, self.note.description or self.note.name).without_empty()

    def __str__(self) -> str:
        return "\n".join([self._page().text(), *([""] if self.note.caveats() else []), *self.note.caveats()])

    def _repr_html_(self) -> str:
        return self._page().html(*self.note.caveats())

    def to_frame(self, exact: bool = False) -> Any:
        """The rows as a pandas frame: days as datetime64, amounts as float64, or Decimal with `exact=True`. Needs pandas.

        >>> import convnote as cn
        >>> float(cn.schedule(cn.load("afv-2003")).to_frame()["amount"].sum())  # coupons, principal, a call and a put
        355.0
        """
        pd = pandas()

        frame = self.table().frame(exact=exact)
        for name in _DAYS:  # keep the dtype even if no row of the note has such a day
            frame[name] = pd.to_datetime(frame[name])
        return self.note.marked(frame.astype({"kind": "category", "rule": "category", "text": "string"}))

    # --- the words of a row

    def _text(self, row: Row) -> str:
        note, day = self.note, row._day
        if row.kind is Kind.RECORD:
            due = note.interest.due_of_record(day)
            return f"the holders at the close of this day are paid the coupon due {to_date(due)}"
        if row.kind is Kind.COUPON:
            kind, start = ", added to principal" if note.interest.is_in_kind(day) else "", note.interest.period_start(day)
            days = days_told(start, day, note.interest.day_count, maturity=note.principal.maturity_day)
            return f"interest from {to_date(start)}, {days}{note.interest.rate_told(start)}{kind}"
        if note.reset and row.window:
            first, last = row.window
            return f"the price may fall to the average of the {note.reset.window} closes from {first} to {last}"
        if row.kind is Kind.MATURITY and note.mandatory is not None:
            first = to_date(note.mandatory.window(note.principal)[0])
            return f"the Notes become shares, by the average of {note.mandatory.average_days} trading days from {first}"
        if row.kind is Kind.MATURITY and note.interest.included_from is not None:
            return f"the principal is due, interest from {to_date(note.interest.included_from)} included"
        if row.kind is Kind.FINAL_SETTLEMENT and note.settlement is not None:
            return note.settlement.final_words()
        if row.kind is Kind.QUARTER_END and note.contingent_conversion is not None:
            return f"the notes are convertible in the next quarter after {note.contingent_conversion.quarter}"
        if row.kind is Kind.FIXING:
            return note.interest.fixing_told(day)
        return TEXTS[row.kind] + ("; its interest is not known yet" if is_not_fixed(note, row._key & MASK, day) else "")


def schedule(note: ConvertibleNote) -> Schedule:
    """Every date that matters to `note`, in order: a sequence of rows with `.date .kind .rule .amount` (see `Row`).

    Within a day: reset, coupon, notices, conversion, redemption, put, maturity, and last the record date, which is taken at
    the close of business. Rows are created on iteration.

    >>> import convnote as cn
    >>> for row in cn.schedule(cn.load("amazon-peacs-2010"))[-4:]:
    ...     print(row.date, row.kind, row.rule, row.amount)
    2009-02-16 coupon INT-1 68.93835616438356164383561643835616
    2010-02-01 record INT-3 None
    2010-02-16 coupon INT-1 68.75
    2010-02-16 maturity PRN-1 1000
    """
    must_be(note, ConvertibleNote, "schedule note", "expected a ConvertibleNote (see cn.load)")
    return Schedule(note)

"""The inputs of a finite-difference method from a note, per denomination, as float64 numbers and day numbers.

Amounts come from the provisions and are not recomputed here. Rules that this form cannot represent are in `refusals`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from convnote.arithmetic import fraction
from convnote.calendars import day_number
from convnote.note import ConvertibleNote
from convnote.policies import call_end, last_surrender
from convnote.pricing.calls import NEVER, CallTable, call_table, in_cash, interest_on_conversion
from convnote.pricing.elected import Election, elections

T = TypeVar("T")
#: time axes, or plans of steps, kept for one note: they are usually the same from one price to the next
KEPT = 16


@dataclass(frozen=True, eq=False)
class Contract:
    """A note as input to a finite-difference method; amounts in the note's currency per denomination, days as day numbers."""

    note: ConvertibleNote
    face: float
    issue: int
    maturity: int
    #: paid at maturity for the principal
    redemption: float
    #: shares per denomination at the printed price; 0 without a conversion right
    shares: float
    #: "record-date", "forgo" or "paid": the treatment of interest on conversion
    accrued: str
    #: first and last day on which a Note converts
    opens: int
    closes: int
    #: of the coupons in cash, [coupon]
    coupon_days: np.ndarray
    coupons: np.ndarray
    #: their record dates
    records: tuple[int, ...]
    call: CallTable | None
    #: the elections of the put dates; amounts with accrued interest
    puts: tuple[Election, ...]
    #: claim per denomination on each day from issue to maturity, float64 [day]; None: the denomination on every day
    accreted: np.ndarray | None = None
    #: record date and amount of the last coupon, if a holder who converts after that date does not pay it in (PIN-1)
    last_window: tuple[int, float] | None = None
    #: pairs of the day of a coupon in kind and the factor by which it raises principal, rounding neglected (PIK-1)
    growth: tuple[tuple[int, float], ...] = ()

    def growth_on(self, day: int) -> float:
        """The factor by which the coupon in kind of a day raises principal, 1 on other days (PIK-1)."""
        return self._growth_by_day.get(day, 1.0)

    @cached_property
    def _growth_by_day(self) -> dict[int, float]:
        return dict(self.growth)

    @cached_property
    def _paid(self) -> tuple[list[int], list[float]]:
        banks = self.note.principal.banks
        return [int(banks.on_or_after(day)) for day in self.coupon_days.tolist()], np.cumsum(self.coupons).tolist()

    @property
    def paid_days(self) -> list[int]:
        """The days on which the money of the coupons moves."""
        return self._paid[0]

    def paid_before(self, day: int) -> float:
        """Interest per denomination whose money moved before a day (WDR-4, SFT-3)."""
        days, totals = self._paid
        place = int(np.searchsorted(days, day))
        return float(totals[place - 1]) if place else 0.0

    @cached_property
    def _interest(self) -> tuple[np.ndarray, np.ndarray]:
        return interest_on_conversion(self.note)

    def interest_paid(self, day: float, *, before: bool = False) -> float:
        """Accrued interest on a day to a holder who converts, 0 where none is paid (CNV-5); linear inside a day.

        `before`: a coupon of the day is not yet paid.
        """
        if self.accrued != "paid":
            return 0.0
        after, unpaid = self._interest
        place = int(day)
        i, part = place - self.issue, day - place
        if part == 0.0:
            return float(unpaid[i] if before else after[i])
        return float(after[i] + part * (unpaid[i + 1] - after[i]))

    def claim(self, day: Any) -> Any:
        """The claim per denomination, of which a recovery is a share, at a day number or an array; linear inside a day."""
        if self.accreted is None:
            return self.face if np.ndim(day) == 0 else np.full(np.shape(day), self.face)
        return np.interp(day, np.arange(self.issue, self.maturity + 1), self.accreted)

    def coupon_on(self, day: int) -> float:
        """The coupon due on `day`, 0 on other days."""
        return self._coupon_by_day.get(day, 0.0)

    def coupons_between(self, start: float, end: float) -> list[tuple[int, float]]:
        """Day numbers and amounts of the coupons after `start` up to and including `end`, ascending, per denomination."""
        days = self._coupon_by_day
        return [(day, days[day]) for day in days if start < day <= end]

    @cached_property
    def first_notice(self) -> int:
        """The first day on which the Company may give notice of a call (RED-2)."""
        terms = self.note.redemption
        return NEVER if self.call is None or terms is None else self.call.first - terms.notice_at_most

    @property
    def bears_make_whole(self) -> bool:
        """Whether a call pays a make-whole, which falls on the day after interest is paid (SFT-3)."""
        terms = self.note.redemption
        return terms is not None and bool(terms.make_whole_amount)

    @cached_property
    def put_first(self) -> tuple[Election, ...]:
        """The elections that holders may make early, so as not to be called for less (PUT-2)."""
        return tuple(each for each in self.puts if each.is_before(self.call))

    @cached_property
    def days(self) -> tuple[int, ...]:
        """The days up to maturity on which something happens, ascending."""
        call, coupon_days = self.call, self.coupon_days.tolist()
        days = {*coupon_days, *self._growth_by_day, self.opens, self.closes, self.maturity, *(each.last for each in self.puts)}
        if call is not None:
            days |= {self.first_notice, call.first, *call.changes, call.free_from, call.last}
            days |= {day for each in self.put_first for day in (each.first, each.last + 1)}
            if self.bears_make_whole:
                days |= {day + 1 for day in self.paid_days}
        return tuple(sorted(day for day in days if day <= self.maturity))

    def notice_days(self, notice: int) -> set[int]:
        """The days on which the value of a called Note jumps, if calls take `notice` days (RED-2); empty without notice.

        From such a day on, a coupon is due by the redemption date, or a holder who converts at the last moment keeps it.
        """
        call = self.call
        if call is None or not notice:
            return set()
        if notice not in self._notice_days:
            coupons = self.coupon_days.tolist()
            found = {day - notice for day in (*coupons, call.first, self.maturity, *call.changes)}
            if self.shares:
                days = np.arange(self.issue - notice, self.maturity)
                # converted on the coupon's day, or after its record date
                kept = sorted({*coupons, *(record + 1 for record in self.records)})
                found.update(first_reaching(kept, days, call_end(self.note, days + notice)))
            self._notice_days[notice] = found
        return self._notice_days[notice]

    @cached_property
    def _notice_days(self) -> dict[int, set[int]]:
        return {}

    def days_from(self, start: int) -> tuple[int, ...]:
        """`start`, and the days after it up to maturity on which something happens; kept for the last few starts."""
        found = self._from.get(start)
        if found is None:
            if len(self._from) >= KEPT:
                self._from.clear()
            found = self._from[start] = (start, *[day for day in self.days if day > start])
        return found

    @cached_property
    def _from(self) -> dict[int, tuple[int, ...]]:
        return {}

    @cached_property
    def _coupon_by_day(self) -> dict[int, float]:
        return dict(zip(self.coupon_days.tolist(), self.coupons.tolist(), strict=True))


def first_reaching(targets: list[int], days: np.ndarray, until: np.ndarray) -> list[int]:
    """For each of the ascending targets, the first of `days` (ascending) whose last day to convert, `until`, is no earlier."""
    places = np.searchsorted(np.maximum.accumulate(until), targets)
    return [int(each) for each in days[np.minimum(places, len(days) - 1)]]


class _Kept:
    """What is derived from one note, by the function that derives it. Not pickled, nor shared by copies of the note."""

    __slots__ = ("derived", "note")

    def __init__(self, note: ConvertibleNote | None = None) -> None:
        self.note, self.derived = note, dict[Any, Any]()

    def __reduce__(self) -> Any:
        return _Kept, ()


def kept(note: ConvertibleNote, make: Callable[[ConvertibleNote], T]) -> T:
    """`make(note)`, called once for each note object: hashing all terms takes longer than pricing."""
    found: _Kept | None = note.__dict__.get("_pricing")
    if found is None or found.note is not note:
        found = note.__dict__["_pricing"] = _Kept(note)
    if make not in found.derived:
        found.derived[make] = make(note)
    result: T = found.derived[make]
    return result


def contract_of(note: ConvertibleNote) -> Contract:
    """The note's contract, built once for each note object."""
    return kept(note, _made)


def _made(note: ConvertibleNote) -> Contract:
    terms, conversion = note.principal, note.conversion
    coupons = in_cash(note)
    maturity, issue = terms.maturity_day, terms.issue_day
    closes = last_surrender(note, maturity) if conversion is not None else issue - 1
    if conversion is not None and closes >= terms.banks.on_or_before(maturity) and conversion.until is None:
        closes = maturity  # on the maturity date itself no later payment day restricts the choice
    opens = issue
    if conversion is not None and conversion.from_date is not None:
        opens = int(day_number(conversion.from_date))
    return Contract(
        note=note,
        face=float(terms.denomination),
        issue=issue,
        maturity=maturity,
        redemption=float(fraction(terms.denomination) * terms.paid_at_maturity),
        shares=0.0 if conversion is None else float(fraction(conversion.ratio())),
        accrued="record-date" if conversion is None else conversion.accrued,
        opens=opens,
        closes=int(closes),
        coupon_days=np.array([day_number(each.payment_date) for each in coupons], dtype=np.int64),
        coupons=np.array([float(each.amount) for each in coupons]),
        records=tuple(int(day_number(each.record_date)) for each in coupons),
        call=call_table(note),
        puts=elections(note),
        accreted=_accreted(note),
        last_window=_last_window(note),
        growth=tuple(note.interest.growth),
    )


def _last_window(note: ConvertibleNote) -> tuple[int, float] | None:
    coupons = note.interest.coupons()
    conversion = note.conversion
    if conversion is None or not coupons or conversion.accrued != "record-date" or "last" not in conversion.pays_in_except:
        return None
    last = coupons[-1]
    if day_number(last.payment_date) != note.principal.maturity_day:
        return None
    return int(day_number(last.record_date)), float(last.amount)


def _accreted(note: ConvertibleNote) -> np.ndarray | None:
    """The accreted value on each day from issue to maturity, float64 [day] (ACC-1); None for a note that does not accrete."""
    terms = note.principal
    if note.accretion is None:
        return None
    return float(terms.denomination) * np.asarray(terms.claim(np.arange(terms.issue_day, terms.maturity_day + 1)))


def converts_until(note: ConvertibleNote, redemption: int) -> int:
    """The last day on which a Note called for `redemption` converts (CNV-2, CNV-8)."""
    return int(call_end(note, redemption))

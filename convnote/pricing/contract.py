"""The inputs of a finite-difference method from a note, per denomination, as float64 numbers and day numbers.

Amounts come from the provisions and are not recomputed here. Rules that this form cannot represent are in `refusals`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from convnote.arithmetic import fraction
from convnote.calendars import day_number, to_datetime64
from convnote.note import ConvertibleNote
from convnote.policies import call_end, last_surrender

T = TypeVar("T")
#: A last day beyond any note.
NEVER = 1 << 40


@dataclass(frozen=True, eq=False)
class CallTable:
    """The Company's call: the redemption payment per denomination, by redemption date from `first` to maturity.

    `after` [day] is the price with accrued interest on a date, `before` [day] its limit from the day before (a coupon still
    included), `extra` and `extra_before` [day] the cash paid in addition to shares to a holder who converts on the call.
    """

    first: int
    after: np.ndarray
    before: np.ndarray
    extra: np.ndarray
    extra_before: np.ndarray
    #: days of notice; 0: the call takes effect at once
    notice: int
    #: day numbers at which the printed price changes
    changes: tuple[int, ...]
    #: conversion value per denomination above which the condition of a soft call holds; None: a hard call
    trigger: float | None = None
    #: the first day on which the call needs no condition
    free_from: int = NEVER
    #: the last redemption date
    last: int = NEVER

    @cached_property
    def keeps(self) -> bool:
        """Whether a called holder who converts is ever paid cash in addition to the shares."""
        return bool(self.extra.any() or self.extra_before.any())

    @cached_property
    def stages(self) -> dict[Any, list[tuple[float, float, float]]]:
        """For each time axis and its steps: log of the price, price, and years, of every stage; filled by `pinned`."""
        return {}

    def at(self, day: float) -> tuple[float, float]:
        """Price and extra at a fractional day number, linear between two days."""
        place = int(day)
        i, part = place - self.first, day - place
        if part == 0.0:
            return float(self.after[i]), float(self.extra[i])
        price = self.after[i] + part * (self.before[i + 1] - self.after[i])
        extra = self.extra[i] + part * (self.extra_before[i + 1] - self.extra[i])
        return float(price), float(extra)

    def prices(self, days: np.ndarray) -> np.ndarray:
        """The price on fractional day numbers, as `at`, float64 of their shape."""
        place = days.astype(np.int64)
        i = place - self.first
        price = self.after[i]
        # the last date has no day after it, and no fraction
        return np.asarray(price + (days - place) * (self.before[np.minimum(i + 1, len(self.before) - 1)] - price))

    def just_before(self, day: int) -> tuple[float, float]:
        """The limit of price and extra from before `day`."""
        i = day - self.first
        return float(self.before[i]), float(self.extra_before[i])


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
    record_days: int
    call: CallTable | None
    #: pairs of put date and amount with accrued interest, without the coupon of that day
    puts: tuple[tuple[int, float], ...]
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

    def claim(self, day: Any) -> Any:
        """The claim per denomination, of which a recovery is a share, at a day number or an array; linear inside a day."""
        if self.accreted is None:
            return self.face if np.ndim(day) == 0 else np.full(np.shape(day), self.face)
        return np.interp(day, np.arange(self.issue, self.maturity + 1), self.accreted)

    def coupon_on(self, day: int) -> float:
        """The coupon due on `day`, 0 on other days."""
        return self._coupon_by_day.get(day, 0.0)

    @cached_property
    def first_notice(self) -> int:
        """The first day on which the Company may give notice of a call (RED-2)."""
        terms = self.note.redemption
        return NEVER if self.call is None or terms is None else self.call.first - terms.notice_at_most

    @cached_property
    def days(self) -> tuple[int, ...]:
        """The days up to maturity on which something happens, ascending."""
        call, coupon_days = self.call, self.coupon_days.tolist()
        days = {*coupon_days, *self._growth_by_day, self.opens, self.closes, self.maturity, *(day for day, _ in self.puts)}
        if call is not None:
            days |= {self.first_notice, call.first, *call.changes, call.free_from, call.last}
            if call.notice:
                days |= {day - call.notice for day in (*coupon_days, call.first, self.maturity)}
        return tuple(sorted(day for day in days if day <= self.maturity))

    @cached_property
    def _coupon_by_day(self) -> dict[int, float]:
        return dict(zip(self.coupon_days.tolist(), self.coupons.tolist(), strict=True))


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
    coupons = _in_cash(note)
    maturity, issue = terms.maturity_day, terms.issue_day
    closes = last_surrender(note, maturity) if conversion is not None else issue - 1
    if conversion is not None and closes >= terms.banks.on_or_before(maturity) and getattr(conversion, "until", None) is None:
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
        record_days=int(max((day_number(c.payment_date) - day_number(c.record_date) for c in coupons), default=0)),
        call=_call(note),
        puts=_puts(note),
        accreted=_accreted(note),
        last_window=_last_window(note),
        growth=tuple(note.interest.growth),
    )


def _in_cash(note: ConvertibleNote) -> list[Any]:
    """The coupons that are paid in cash; those in kind raise principal (PIK-1)."""
    return [each for each in note.interest.coupons() if not note.interest.is_in_kind(int(day_number(each.payment_date)))]


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


def _accrued(note: ConvertibleNote, days: np.ndarray) -> np.ndarray:
    inside = np.clip(days, note.principal.issue_day, note.principal.maturity_day)
    return np.asarray(note.interest.accrued(to_datetime64(inside)), dtype=np.float64)


def _call(note: ConvertibleNote) -> CallTable | None:
    terms = note.redemption
    if terms is None:
        return None
    first, maturity = int(day_number(terms.first_date)), note.principal.maturity_day
    days = np.arange(first, maturity + 1)
    if not len(days):
        return None
    after = np.array(terms.amount(to_datetime64(days)), dtype=np.float64)
    accrued = _accrued(note, days)
    window = _window_coupon(note, days)
    coupon = _coupon_due(note.interest.coupons(), days)
    # accrued interest up to a day, the coupon of that day not yet paid
    accrued_left = np.where(coupon > 0, coupon, accrued)
    before = after.copy()
    if terms.accrued == "clean":
        before[1:] = after[:-1] + accrued_left[1:] - accrued[:-1]
        if note.interest.in_window == "to-record":
            before[1:] += np.where(window[:-1] > 0, accrued[:-1], 0.0)
            after = after + window
    else:
        before[1:] = after[:-1]
    extra, extra_before = _extras(note, accrued, accrued_left, window, _coupon_due(_in_cash(note), days))
    if terms.make_whole_amount and not terms.notice_at_least:
        # paid to every called holder, converting or not; with a notice period the amount depends on the day of the notice
        more = _make_wholes(note, days)
        after, extra = after + more, extra + more
        earlier = np.concatenate([more[:1], more[:-1]])
        before, extra_before = before + earlier, extra_before + earlier
    prices = tuple(int(day_number(on)) for on, _ in terms.prices)
    trigger, free_from = _condition(note)
    return CallTable(
        first=first,
        after=after,
        before=before,
        extra=extra,
        extra_before=extra_before,
        notice=terms.notice_at_least,
        changes=tuple(day for day in prices if day < maturity),
        trigger=trigger,
        free_from=free_from,
        last=NEVER if getattr(terms, "last", None) is None else _last_redemption(note),
    )


def _extras(
    note: ConvertibleNote, accrued: np.ndarray, left: np.ndarray, window: np.ndarray, coupon: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Cash for a called holder who converts: accrued interest under "paid", or a coupon past its record date; float64 [day]."""
    conversion = note.conversion
    if conversion is None or conversion.accrued == "forgo":
        return np.zeros(len(accrued)), np.zeros(len(accrued))
    last = np.where((coupon > 0) & (note.interest.record_days > 0), coupon, 0.0)
    if conversion.accrued == "paid":
        return np.where(window > 0, window, accrued), left
    if not {"notice", "redemption"} & set(conversion.pays_in_except):  # the coupon is paid in: it is not kept (PIN-1)
        return np.zeros(len(accrued)), np.zeros(len(accrued))
    return window, last


def _make_wholes(note: ConvertibleNote, days: np.ndarray) -> np.ndarray:
    """The make-whole of a call without notice on each day, float64 [day] (SFT-3)."""
    terms, banks = note.redemption, note.principal.banks
    assert terms is not None
    coupons = note.interest.coupons()
    moved = np.array([int(banks.on_or_after(int(day_number(each.payment_date)))) for each in coupons], dtype=np.int64)
    totals = np.concatenate([[0.0], np.cumsum([float(each.amount) for each in coupons])])
    paid = totals[np.searchsorted(moved, days)]
    return np.asarray(terms.make_whole(paid, days), dtype=np.float64)


def _coupon_due(coupons: list[Any], days: np.ndarray) -> np.ndarray:
    due = {int(day_number(each.payment_date)): float(each.amount) for each in coupons}
    return np.array([due.get(day, 0.0) for day in days.tolist()])


def _window_coupon(note: ConvertibleNote, days: np.ndarray) -> np.ndarray:
    """The coupon whose record window contains each day, else 0; float64 [day]."""
    result = np.zeros(len(days))
    for each in _in_cash(note):
        record, due = int(day_number(each.record_date)), int(day_number(each.payment_date))
        result[(days > record) & (days < due)] = float(each.amount)
    return result


def _condition(note: ConvertibleNote) -> tuple[float | None, int]:
    """The conversion value above which a one-close soft call is open, and the first unconditional day (SFT-1, SFT-2)."""
    condition: Any = getattr(note.redemption, "condition", None)
    if condition is None or note.conversion is None:
        return None, NEVER
    until = getattr(note.redemption, "until", None)
    face = fraction(note.denomination)
    figure = getattr(condition, "figure", None)
    if figure is not None:
        level = fraction(figure) * fraction(note.conversion.ratio())
    else:
        level = fraction(condition.multiple) * face
    return float(level), NEVER if until is None else int(day_number(until))


def _last_redemption(note: ConvertibleNote) -> int:
    last: Any = getattr(note.redemption, "last", None)
    try:
        return int(day_number(last))
    except ValueError:
        reader = getattr(note.redemption, "last_day", None)
        return int(reader) if isinstance(reader, int) else note.principal.maturity_day - 1


def _puts(note: ConvertibleNote) -> tuple[tuple[int, float], ...]:
    if note.put is None:
        return ()
    return tuple(
        (int(day_number(on)), float(Fraction(note.put.amount(on)))) for on, _ in note.put.prices if on <= note.maturity_date
    )


def converts_until(note: ConvertibleNote, redemption: int) -> int:
    """The last day on which a Note called for `redemption` converts (CNV-2, CNV-8)."""
    return int(call_end(note, redemption))

"""The Company's call as arrays over redemption dates: cash paid for a Note, and cash beside its shares (RED-1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from convnote.arithmetic import fraction
from convnote.calendars import day_number, to_datetime64
from convnote.note import ConvertibleNote

#: a last day beyond any note
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
    #: redemption dates, as day numbers, from which another price is printed or no make-whole is paid
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


def in_cash(note: ConvertibleNote) -> list[Any]:
    """The coupons that are paid in cash; those in kind raise principal (PIK-1)."""
    return [each for each in note.interest.coupons() if not note.interest.is_in_kind(int(day_number(each.payment_date)))]


def _accrued(note: ConvertibleNote, days: np.ndarray) -> np.ndarray:
    inside = np.clip(days, note.principal.issue_day, note.principal.maturity_day)
    return np.asarray(note.interest.accrued(to_datetime64(inside)), dtype=np.float64)


def call_table(note: ConvertibleNote) -> CallTable | None:
    """The table of a note's call; None without one."""
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
    extra, extra_before = _extras(note, accrued, accrued_left, window, _coupon_due(in_cash(note), days))
    if terms.make_whole_amount and not terms.notice_at_least:
        # paid to every called holder, converting or not; with a notice period the amount depends on the day of the notice
        more = _make_wholes(note, days)
        after, extra = after + more, extra + more
        earlier = np.concatenate([more[:1], more[:-1]])
        before, extra_before = before + earlier, extra_before + earlier
    prices = tuple(int(day_number(on)) for on, _ in terms.prices)
    until = () if terms.make_whole_until is None else (int(day_number(terms.make_whole_until)),)
    trigger, free_from = _condition(note)
    return CallTable(
        first=first,
        after=after,
        before=before,
        extra=extra,
        extra_before=extra_before,
        notice=terms.notice_at_least,
        changes=tuple(day for day in (*prices, *until) if day < maturity),
        trigger=trigger,
        free_from=free_from,
        last=NEVER if terms.last is None else int(terms.last_day),
    )


def interest_on_conversion(note: ConvertibleNote) -> tuple[np.ndarray, np.ndarray]:
    """Accrued interest to a holder who converts, by day from issue to maturity, float64 [day]: under "paid" (CNV-5).

    Once as it is, and once with a coupon of the day still unpaid. In a record window the holder gets the whole coupon instead.
    """
    days = np.arange(note.principal.issue_day, note.principal.maturity_day + 1)
    window = _window_coupon(note, days)
    after = np.where(window > 0, window, _accrued(note, days))
    coupon = _coupon_due(note.interest.coupons(), days)
    return after, np.where(coupon > 0, coupon, after)


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
    for each in in_cash(note):
        record, due = int(day_number(each.record_date)), int(day_number(each.payment_date))
        result[(days > record) & (days < due)] = float(each.amount)
    return result


def _condition(note: ConvertibleNote) -> tuple[float | None, int]:
    """The conversion value above which a one-close soft call is open, and the first unconditional day (SFT-1, SFT-2)."""
    terms, conversion = note.redemption, note.conversion
    if terms is None or terms.condition is None or conversion is None:
        return None, NEVER
    condition: Any = terms.condition
    if condition.of == "figure":
        level = fraction(condition.figure) * fraction(conversion.ratio())
    else:
        level = fraction(condition.multiple) * fraction(note.denomination)
    return float(level), NEVER if terms.until is None else int(day_number(terms.until))

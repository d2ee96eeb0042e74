"""Coupons in kind: interest that becomes principal, on which the Notes then pay, convert and are redeemed (PIK-1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import fraction, round_half_up
from convnote.errors import TermsError
from convnote.provisions.provision import rules

if TYPE_CHECKING:
    from convnote.provisions.note_terms import NoteTerms
    from convnote.provisions.principal import Principal

RULES = rules(
    PIK_1=(
        "a coupon in kind is added to principal, rounded on the holder's whole position; the last is paid in cash",
        "note",
    ),
    PIK_1c=(
        "a coupon in kind goes to the holder on its day, and not to Notes converted before; Notes are then held in multiples of "
        "its rounding, called as a whole, and counted as issued",
        "convention",
    ),
)

_ROUNDING = ("paid_rounding", "paid_rounding_mode")


def faults(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(setting, reason) of each fault: the rounding of principal is stated where interest becomes principal, and only there."""
    for name in _ROUNDING:
        if given["paid"] == "in-kind" and given[name] is None:
            example = "such as 1" if name == "paid_rounding" else '"half-up", "down" or "up"'
            yield name, f"expected how a coupon in kind is rounded, {example}"
        elif given["paid"] != "in-kind" and given[name] is not None:
            yield name, "a coupon in cash adds nothing to principal"


def together(note: NoteTerms) -> Iterator[TermsError]:
    """Provisions and settings that a note with coupons in kind cannot have: they do not provide for growing principal (PIK-1)."""
    if not note.interest.in_kind:
        return
    withdrawal, call, principal = note.withdrawal, note.redemption, note.principal
    found = {
        "accretion": note.accretion is not None,
        "mandatory": note.mandatory is not None,
        "withdrawal.make_whole_amount": withdrawal is not None and withdrawal.make_whole_amount != 0,
        "redemption.make_whole_amount": call is not None and bool(call.make_whole_amount),
        "principal.maturity_includes_interest": bool(principal.maturity_includes_interest),
        "principal.rounded_on": principal.rounded_on != "position",
    }
    for place, stated in found.items():
        if stated:
            yield TermsError("not possible beside coupons in kind (interest.paid)", field=place, rule="PIK-1")


class InKind:
    """The part of interest that says which coupons become principal, and of what amount."""

    paid: str | None
    paid_rounding: Decimal | None
    paid_rounding_mode: str | None
    principal: Principal

    if TYPE_CHECKING:

        @property
        def due_days(self) -> list[int]: ...
        @property
        def period_starts(self) -> list[int]: ...
        def between(self, principal: Any, start: Any, end: Any) -> Any: ...

    @property
    def in_kind(self) -> bool:
        """True if coupons before maturity are paid in kind (PIK-1)."""
        return self.paid == "in-kind"

    @property
    def cash_days(self) -> list[int]:
        """Day numbers of the coupons that are paid in cash: all, or the one at maturity where the others are in kind (PIK-1)."""
        dues = self.due_days
        return [day for day in dues[-1:] if not self.is_in_kind(day)] if self.in_kind else dues

    @property
    def days_in_kind(self) -> list[int]:
        """Day numbers of the coupons that become principal, in order (PIK-1)."""
        return [day for day in self.due_days if self.is_in_kind(day)] if self.in_kind else []

    def is_in_kind(self, due: int) -> bool:
        """True if the coupon due on day number `due` becomes principal (PIK-1)."""
        return self.in_kind and due < self.principal.maturity_day

    @cached_property
    def growth(self) -> list[tuple[int, float]]:
        """The day number of each coupon in kind, and the factor by which it raises principal, unrounded, in order (PIK-1)."""
        if not self.in_kind:
            return []
        starts = zip(self.period_starts, self.due_days, strict=True)
        return [(due, 1.0 + float(self.between(fraction(1), start, due))) for start, due in starts if self.is_in_kind(due)]

    def added(self, principal: Any, start: int, due: int) -> Any:
        """The principal that a coupon in kind adds to `principal` for the days from `start` to `due`, rounded; exact."""
        assert self.paid_rounding is not None and self.paid_rounding_mode is not None
        steps = self.between(fraction(principal), start, due) / fraction(self.paid_rounding)
        whole = {"up": ceil, "down": floor}.get(self.paid_rounding_mode, lambda value: fraction(round_half_up(value, 1)))(steps)
        return fraction(whole) * fraction(self.paid_rounding)

    def grown(self, principal: Any, on: int) -> Any:
        """`principal` held from the issue date to day number `on`, with the coupons in kind due by then (PIK-1); exact.

        >>> import convnote as cn
        >>> terms = cn.load("amazon-peacs-2010").principal
        >>> kind = {"paid": "in-kind", "paid_rounding": 1, "paid_rounding_mode": "up"}
        >>> interest = cn.provisions.Interest(rate="0.06", day_count="30/360", principal=terms, **kind)
        >>> int(interest.grown(1000, terms.issue_day + 400)), int(interest.grown(1000, terms.maturity_day))
        (1060, 1694)
        """
        amount = fraction(principal)
        for due, later in self.growing(amount, self.principal.issue_day, self.principal.issue_day):
            if due > on:
                break
            amount = later
        return amount

    def growing(self, principal: Any, paid_to: int, after: int) -> Iterator[tuple[int, Any]]:
        """The day number of each coupon in kind due after day number `after`, and what `principal` has grown to by it; exact.

        `paid_to` is the day number to which interest has been paid or added (INT-4).
        """
        for due in self.due_days:
            if due > after and self.is_in_kind(due):
                principal, paid_to = principal + self.added(principal, paid_to, due), due
                yield due, principal

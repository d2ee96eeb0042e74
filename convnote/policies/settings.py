"""Settings: an answer for each right, the days that follow from a notice, and the boundaries that replay and simulation share.

Each right has its own answer (`decisions.py`). A replay asks about one day at a time, exactly (`daily.py`); a simulation
asks for the same boundaries for all days at once. Conversion value is the close times the conversion ratio, per denomination.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from convnote.arithmetic import fraction
from convnote.calendars import day_number, to_datetime64
from convnote.errors import TermsError, as_given
from convnote.market.curves import Curve
from convnote.note import ConvertibleNote
from convnote.policies.decisions import (
    Above,
    Answer,
    Ask,
    AtEnd,
    AtOnce,
    Boundary,
    IfWorthMore,
    Never,
    Refinance,
    boundary_of,
)

_ALLOWED: dict[str, tuple[type[Any], ...]] = {
    "withdraw": (AtOnce, Never, Above, Boundary, Ask),
    "redeem": (AtOnce, Never, Above, Boundary, Refinance, Ask),
    "convert": (AtEnd, Never, Above, Boundary, Ask),
    "put": (IfWorthMore, AtOnce, Never, Boundary, Ask),
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The answers and notices of a policy, the days that follow from a notice, and the boundaries by day."""

    withdraw: Answer = AtOnce()
    redeem: Answer = Above(1.3)
    convert: Answer = AtEnd()
    put: Answer = IfWorthMore()
    withdrawal_notice: int | None = None
    redemption_notice: int | None = None
    change_notice: int | None = None
    #: value of a Note without its conversion right, as a share of principal: one number or a `cn.Curve` over dates. The Company
    #: compares it on the day of its notice of a withdrawal, holders on the last day before the withdrawal takes effect
    straight: Any = 1
    #: whether holders consider converting at a default, for what the share is worth after it
    convert_at_default: bool = True

    def __post_init__(self) -> None:
        faults = []
        for name, kinds in _ALLOWED.items():
            answer = getattr(self, name)
            if not isinstance(answer, kinds) and not _is_own(answer):
                reason = f"expected {', '.join(kind.__name__ for kind in kinds)}, or an object of your own with"
                faults.append(
                    TermsError(f"{reason} boundary(note, days, amount)", field=f"Policy.{name}", value=as_given(answer))
                )
        if isinstance(self.convert, Above) and self.convert.of == "amount":
            reason = "nothing is paid instead of an early conversion; allowed: Above(of='principal')"
            faults.append(TermsError(reason, field="Policy.convert", value=as_given(self.convert)))
        for each in fields(self):
            value = getattr(self, each.name)
            if (
                each.name.endswith("_notice")
                and value is not None
                and (isinstance(value, bool) or not isinstance(value, int) or value < 0)
            ):
                faults.append(TermsError("expected days, 0 or more", field=f"Policy.{each.name}", value=repr(value)))
        if isinstance(self.straight, Curve):
            if (self.straight.values < 0).any():
                faults.append(TermsError("expected values of 0 or more", field="Policy.straight", value=repr(self.straight)))
        elif fraction(self.straight, "Policy.straight") < 0:
            faults.append(TermsError("expected 0 or more", field="Policy.straight", value=self.straight))
        if faults:
            raise TermsError.of(faults)

    # --- days that follow, as day numbers (int or int64 array)

    def effective(self, note: ConvertibleNote, notice: int | np.ndarray) -> Any:
        """The day number on which a withdrawal noticed on day number `notice` takes effect; shape of `notice`."""
        assert note.withdrawal is not None
        return notice + (note.withdrawal.notice_at_least if self.withdrawal_notice is None else self.withdrawal_notice)

    def redemption(self, note: ConvertibleNote, notice: int | np.ndarray) -> Any:
        """The redemption date, as a day number, of a call noticed on day number `notice`; shape of `notice`."""
        assert note.redemption is not None
        return notice + (note.redemption.notice_at_least if self.redemption_notice is None else self.redemption_notice)

    def mailed(self, note: ConvertibleNote, occurred: int | np.ndarray) -> Any:
        """The day number of the Company's notice of a fundamental change on day number `occurred`; shape of `occurred`."""
        assert note.fundamental_change is not None
        within = note.fundamental_change.notice_within
        return occurred + (within if self.change_notice is None else min(self.change_notice, within))

    # --- amounts per denomination that a decision is compared with, float64 [day]

    def redemption_boundary(self, note: ConvertibleNote, days: np.ndarray) -> np.ndarray:
        """Conversion value above which the notes are called by a notice on each day, float64 [day]; inf where none is allowed."""
        terms = note.redemption
        if terms is None:
            return np.full(len(days), np.inf)
        dates = self.redemption(note, days)
        lead = dates - days
        # The notice may be given before the first redemption date (RED-2).
        allowed = (dates >= day_number(terms.first_date)) & (dates <= terms.last_day)
        allowed &= (lead >= terms.notice_at_least) & (lead <= terms.notice_at_most)
        amount = np.full(len(days), np.inf)
        amount[allowed] = terms.amount(to_datetime64(dates[allowed]))
        return np.where(allowed, boundary_of(self.redeem, "redeem", note, days, amount), np.inf)

    def withdrawal_boundary(self, note: ConvertibleNote, days: np.ndarray, make_whole: np.ndarray) -> np.ndarray:
        """Conversion value above which conversion is withdrawn by a notice on each day, float64 [day].

        `make_whole` [day] is the make-whole per denomination for a notice on that day.
        """
        return boundary_of(self.withdraw, "withdraw", note, days, self.straight_value(note, days) + make_whole)

    def conversion_boundary(self, note: ConvertibleNote, days: np.ndarray) -> np.ndarray:
        """Conversion value above which a holder converts on each day, before the right ends, float64 [day]; inf: never."""
        if isinstance(self.convert, (AtEnd, Never)):
            return np.full(len(days), np.inf)
        return boundary_of(self.convert, "convert", note, days, np.full(len(days), np.nan))

    def straight_value(self, note: ConvertibleNote, on: int | np.ndarray) -> Any:
        """Value of a denomination without its conversion right on day number `on`, a share of its claim; of the shape of `on`."""
        if isinstance(self.straight, Curve):
            return self.straight.at(np.asarray(on)) * float(note.denomination)
        return float(fraction(self.straight) * fraction(note.denomination)) * note.principal.claim(on)

    def put_boundary(self, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        """Conversion value below which a put that pays `amount` [day] is used, float64 [day]."""
        boundary = boundary_of(self.put, "put", note, days, amount)
        return np.where(np.isinf(boundary), -boundary, boundary)  # a put is used below, not above, its boundary

    @property
    def converts_at_end(self) -> bool:
        """True if holders convert on the last day before a right ends, where that is worth more."""
        return not isinstance(self.convert, Never) and not (isinstance(self.convert, AtEnd) and self.convert.only_at_maturity)

    @property
    def converts_at_maturity(self) -> bool:
        """True if holders convert at maturity, where that is worth more."""
        return not isinstance(self.convert, Never)


#: The library's own answers: refused for a right they do not fit.
_KINDS = tuple({kind for kinds in _ALLOWED.values() for kind in kinds})


def _is_own(answer: Any) -> bool:
    """True for a user's own answer: an object with `boundary` that is not one of the library's."""
    return not isinstance(answer, (type, *_KINDS)) and callable(getattr(answer, "boundary", None))

"""Policy: an answer for each right, the days that follow from a notice, and the boundaries that replay and simulation share.

Each right has an answer of its own (`answers.py`). Replay asks a policy day by day and exactly (`decide`, `respond`); a
simulation asks for the same boundaries over all days at once. Conversion value is the close times the conversion ratio, per
denomination.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from convnote.arithmetic import fraction
from convnote.calendars import day_number, to_date, to_datetime64
from convnote.errors import TermsError
from convnote.lifecycle import State, Status
from convnote.lifecycle import events as ev
from convnote.note import ConvertibleNote
from convnote.policies.daily import Closes, Day
from convnote.policies.decisions import Above, Answer, Ask, AtEnd, AtOnce, Boundary, IfWorthMore, Never, Refinance

_ALLOWED: dict[str, tuple[type[Answer], ...]] = {
    "withdraw": (AtOnce, Never, Above, Boundary, Ask),
    "redeem": (AtOnce, Never, Above, Boundary, Refinance, Ask),
    "convert": (AtEnd, Never, Above, Boundary, Ask),
    "put": (IfWorthMore, AtOnce, Never, Boundary, Ask),
}


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Who would do what: the Company's `withdraw` and `redeem`, the holders' `convert` and `put`.

    By default the Company withdraws as soon as it is entitled and calls by the first notice that the note allows on a close
    whose conversion value exceeds 130% of principal; a holder converts only at maturity, on default, or on the last day
    before a right ends, if that is worth more, and puts if that is worth more. Notices are days before they take effect; None is
    the shortest that the note allows (of a fundamental change: days after it, None the last day).

    >>> Policy(redeem=Never()).redeem
    Never()

    Raises `TermsError` for an answer that does not fit its right and for a notice below 0.
    """

    withdraw: Answer = AtOnce()
    redeem: Answer = Above(1.3)
    convert: Answer = AtEnd()
    put: Answer = IfWorthMore()
    withdrawal_notice: int | None = None
    redemption_notice: int | None = None
    change_notice: int | None = None
    #: what a Note is worth without its conversion right, as a share of principal: compared on a withdrawal
    straight: Any = 1
    #: whether what the share is worth after a default is worth converting for
    convert_at_default: bool = True

    def __post_init__(self) -> None:
        faults = []
        for name, kinds in _ALLOWED.items():
            if not isinstance(getattr(self, name), kinds):
                allowed = ", ".join(kind.__name__ for kind in kinds)
                faults.append(TermsError(f"allowed: {allowed}", field=f"Policy.{name}", value=repr(getattr(self, name))))
        for each in fields(self):
            value = getattr(self, each.name)
            if (
                each.name.endswith("_notice")
                and value is not None
                and (isinstance(value, bool) or not isinstance(value, int) or value < 0)
            ):
                faults.append(TermsError("days, 0 or more, are needed", field=f"Policy.{each.name}", value=repr(value)))
        if fraction(self.straight, "Policy.straight") < 0:
            faults.append(TermsError("0 or more is needed", field="Policy.straight", value=self.straight))
        if faults:
            raise TermsError.of(faults)

    # --- days that follow, as day numbers (int or int64 array)

    def effective(self, note: ConvertibleNote, notice: int | np.ndarray) -> Any:
        """When a withdrawal takes effect whose notice is given on `notice`."""
        assert note.withdrawal is not None
        return notice + (note.withdrawal.notice_at_least if self.withdrawal_notice is None else self.withdrawal_notice)

    def redemption(self, note: ConvertibleNote, notice: int | np.ndarray) -> Any:
        """The redemption date of a call whose notice is given on `notice`."""
        assert note.redemption is not None
        return notice + (note.redemption.notice_at_least if self.redemption_notice is None else self.redemption_notice)

    def mailed(self, note: ConvertibleNote, occurred: int | np.ndarray) -> Any:
        """The day of the Company's notice of a fundamental change that `occurred`."""
        assert note.fundamental_change is not None
        within = note.fundamental_change.notice_within
        return occurred + (within if self.change_notice is None else min(self.change_notice, within))

    # --- amounts per denomination that a decision is compared with, float64 [day]

    def redemption_boundary(self, note: ConvertibleNote, days: np.ndarray) -> np.ndarray:
        """Conversion value above which the notes are called by a notice on each day; inf where no notice may be given."""
        terms = note.redemption
        if terms is None:
            return np.full(len(days), np.inf)
        dates = self.redemption(note, days)
        lead = dates - days
        # The notice may be given before the first redemption date (RED-2).
        allowed = (dates >= day_number(terms.first_date)) & (dates < note.principal.maturity_day)
        allowed &= (lead >= terms.notice_at_least) & (lead <= terms.notice_at_most)
        amount = np.full(len(days), np.inf)
        amount[allowed] = terms.amount(to_datetime64(dates[allowed]))
        return np.where(allowed, self.redeem.boundary(note, days, amount), np.inf)

    def withdrawal_boundary(self, note: ConvertibleNote, days: np.ndarray, make_whole: np.ndarray) -> np.ndarray:
        """Conversion value above which conversion is withdrawn by a notice on each day; `make_whole` [day] by a notice on it."""
        return self.withdraw.boundary(note, days, self.straight_value(note) + make_whole)

    def straight_value(self, note: ConvertibleNote) -> float:
        """What a denomination is taken to be worth without its conversion right."""
        return float(fraction(self.straight) * fraction(note.denomination))

    def put_boundary(self, note: ConvertibleNote, days: np.ndarray, amount: np.ndarray) -> np.ndarray:
        """Conversion value below which a put of `amount` [day] is used."""
        boundary = self.put.boundary(note, days, amount)
        return np.where(np.isinf(boundary), -boundary, boundary)  # above and below are each other's opposite

    @property
    def converts_at_end(self) -> bool:
        """True if holders convert on the last day before a right ends, where that is worth more."""
        return not isinstance(self.convert, Never) and not (isinstance(self.convert, AtEnd) and self.convert.only_at_maturity)

    @property
    def converts_at_maturity(self) -> bool:
        """True if holders convert at maturity, where that is worth more."""
        return not isinstance(self.convert, Never)

    # --- day by day, exactly

    def decide(self, note: ConvertibleNote, state: State, on: int, observations: Closes) -> list[ev.Event]:
        """What is decided on day number `on`, a trading day whose close is known."""
        decides = state.status in (Status.OUTSTANDING, Status.WITHDRAWAL_NOTICED, Status.WITHDRAWN)
        if not decides or not state.positions.outstanding:
            return []
        return Day(self, note, state, on, observations).events()

    def respond(self, note: ConvertibleNote, state: State, event: ev.Event, observations: Closes) -> list[ev.Event]:
        """What is done about an event: the notice after a fundamental change, the conversion before a default takes the rest."""
        if isinstance(event, ev.FundamentalChange) and note.fundamental_change is not None:
            return [ev.FundamentalChangeNotice(to_date(self.mailed(note, event.day)))]
        if isinstance(event, ev.Default) and self.convert_at_default and self.converts_at_end:
            return Day(self, note, state, event.day, observations).at_default(event)
        return []


def chosen(policy: Policy | None) -> Policy:
    """The policy meant: None is the default one. Raises `TermsError` for anything that is no policy."""
    if policy is None:
        return Policy()
    if not isinstance(policy, Policy):
        raise TermsError("a Policy or None is needed", field="policy", value=repr(policy))
    return policy

"""Clean-up call: once little of the issue is outstanding, the Company may redeem all of it at any time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from convnote.arithmetic import FAST, decimal, fraction, keeps_index, numbers_of
from convnote.calendars import day_number, to_date
from convnote.errors import TermsError
from convnote.provisions.changes import Change, Effect, worse_from
from convnote.provisions.fields import count, flag, given, positive, share, term
from convnote.provisions.interest import Interest
from convnote.provisions.provision import Provision, rules

RULES = rules(
    CCP_1=("all Notes left may be called at any time at the claim plus accrued interest once little is left", "note"),
)

_TOUCHES = "impaired conversion"


def _dearer(old: Any, new: Any) -> Effect:
    """A higher limit is reached sooner; which of a share and an amount is reached sooner depends on the issue."""
    return "depends" if old is None or new is None else "worse" if new > old else "better"


def _shorter(old: Any, new: Any) -> Effect:
    """Shorter notice is adverse to holders; if no notice period is stated, that of the redemption applies."""
    return "depends" if old is None or new is None else "worse" if new < old else "better"


_notice = Change(_shorter, _TOUCHES, "how long the notice of a redemption is")
_limit = Change(_dearer, _TOUCHES, "which of the two limits is the higher one")


@dataclass(frozen=True, kw_only=True)
class CleanUp(Provision):
    """The Company's right to redeem all Notes once the principal outstanding is at most a `share` or `amount` (CCP-1).

    The share is of the original issue plus any further issue. The price is the claim plus accrued interest. Notice periods
    that are not stated are those of the redemption, or else 30 to 60 days.
    """

    presence = worse_from(False, True, touches=_TOUCHES)

    share: Decimal | None = term(share, "CCP-1", change=_limit, default=None)
    #: in the note's currency
    amount: Decimal | None = term(positive, "CCP-1", change=_limit, default=None)
    #: whether the outstanding principal must be below the limit rather than at it
    strict: bool = term(flag, "CCP-1", change=worse_from(True, False, touches=_TOUCHES), default=False)
    notice_at_least: int | None = term(count(0, 366), "CCP-1", change=_notice, default=None)
    notice_at_most: int | None = term(count(0, 366), "CCP-1", change=_notice, default=None)
    interest: Interest = given()

    def contradictions(self) -> list[TermsError]:
        if (self.share is None) is (self.amount is None):
            return [self.fault("share", "expected share or amount, one of the two")]
        least, most = self.notice_at_least, self.notice_at_most
        if least is not None and most is not None and least > most:
            return [self.fault("notice_at_least", f"expected no more than notice_at_most, {most}")]
        return []

    def findings(self, note: Any) -> Iterator[tuple[str, str]]:
        """Oddities: a limit not below the whole issue."""
        if self.holds(fraction(note.issue_size), fraction(note.issue_size)):
            yield "CCP-1", f"the whole issue is within the limit of the clean-up call, {self.limit_in_words}"

    def limit(self, issued: Any) -> Any:
        """The exact limit in the note's currency, given total principal `issued`."""
        return fraction(self.amount) if self.share is None else fraction(self.share) * issued

    @property
    def limit_in_words(self) -> str:
        """The limit, such as "15% of the issue"."""
        if self.share is None:
            return f"{decimal(self.amount):,}"
        return f"{decimal(100 * fraction(self.share)).normalize():f}% of the issue"

    def holds(self, outstanding: Any, issued: Any) -> bool:
        """Whether the outstanding principal is small enough for a clean-up call.

        >>> terms = CleanUp(share="0.15")
        >>> terms.holds(45_000_000, 300_000_000), terms.holds(45_001_000, 300_000_000)
        (True, False)
        """
        limit = self.limit(issued)
        return bool(outstanding < limit if self.strict else outstanding <= limit)

    def lead(self, redemption: Any) -> tuple[int, int]:
        """The minimum and maximum days of notice, given the redemption provision or None."""
        usual = (30, 60) if redemption is None else (redemption.notice_at_least, redemption.notice_at_most)
        own = (self.notice_at_least, self.notice_at_most)
        return usual[0] if own[0] is None else own[0], usual[1] if own[1] is None else own[1]

    def objection(self, on: int, redemption: int, call: Any) -> str | None:
        """Why a notice on day number `on` for `redemption` is out of time, or None; `call` is the redemption provision."""
        if redemption >= self.interest.principal.maturity_day:
            return f"expected a redemption date before {to_date(self.interest.principal.maturity_day)}"
        least, most = self.lead(call)
        if not least <= redemption - on <= most:
            return f"notice is given {least} to {most} days before the redemption date, not {redemption - on}"
        return None

    @keeps_index
    def price(self, on: Any, principal: Any = None) -> Any:
        """The price of `principal` (None: one denomination) called for `on`, unrounded, in the note's currency.

        >>> import convnote as cn
        >>> interest = cn.load("amazon-peacs-2010").interest
        >>> CleanUp(share="0.1", interest=interest).price("2001-02-16")
        Decimal('1000')
        """
        days, interest = day_number(on), self.interest
        fast = isinstance(days, (np.ndarray, np.integer))
        numbers = FAST if fast else numbers_of(principal, term=interest.first_rate)
        amount = interest.principal.amount_of(principal, numbers)
        accrued = interest.in_price(amount, interest.accrual_start(days), days)
        return numbers.publish(amount * interest.principal.claim(days) + accrued)

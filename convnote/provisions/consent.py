"""Consent: who must agree before the notes are changed or a default is waived.

On the reverse of the note: "with the consent of the holders of not less than a majority in aggregate principal amount … provided,
however, that no such supplemental indenture shall (i) … without the consent of the holder of each Note so affected or (ii) …
without the consent of the holders of all Notes then outstanding". "A majority" is read as more than half.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from convnote.arithmetic import fraction
from convnote.errors import TermsError
from convnote.provisions.changes import ALL_HOLDERS, ANYTHING_ELSE, EACH_HOLDER, worse_from, worse_if_lower
from convnote.provisions.fields import share, term
from convnote.provisions.payment_names import every_payment
from convnote.provisions.provision import Provision, rules

RULES = rules(
    AMD_1=("an amendment takes the consent of holders of a majority of the principal outstanding", "note"),
    AMD_1c=("a change for the worse in what AMD-2 lists needs each holder, as does one that depends on the case", "convention"),
    AMD_2=("what touches payment, rank, conversion or the repurchase takes each holder affected", "note"),
    AMD_3=("to lower the majority itself takes all holders", "note"),
    LIF_4=("amended terms hold from the day after they were agreed; each day accrues at the terms of that day", "note"),
    AMD_4=("a majority may waive a past default, but not one in payment or conversion, or of what needs each holder", "note"),
)

#: Defaults that a majority may waive, and those it may not; a majority may not waive a payment either (AMD-4).
WAIVABLE = ("covenant", "notice")
NOT_WAIVABLE = ("late-interest", "failure to convert", "needs each holder")


@dataclass(frozen=True)
class Requirement:
    """What a change needs: the rule, and whose consent, in words."""

    change: str
    rule: str
    consent: str
    #: what decides whether the change is adverse to holders, where that differs from case to case
    depends_on: str = ""


@dataclass(frozen=True, kw_only=True)
class Consent(Provision):
    """Amendment and waiver (AMD-1…AMD-4). More than `majority` of the principal outstanding is a majority.

    >>> consent = Consent()
    >>> consent.requirement("later maturity").rule
    'AMD-2'
    >>> consent.is_carried("other", in_favour=345_000_000, outstanding=690_000_000)
    False
    """

    presence = worse_from(True, False, touches=ALL_HOLDERS)

    majority: Decimal = term(share, "AMD-1", change=worse_if_lower(ALL_HOLDERS), default=Decimal("0.5"))

    def contradictions(self) -> list[TermsError]:
        return [] if self.majority else [self.fault("majority", "expected a number above 0, up to 1")]

    def requirement(self, change: str, *, depends_on: str = "") -> Requirement:
        """Whose consent a change needs; `depends_on` says what decides whether it is adverse to holders, where that varies.

        >>> Consent().requirement("lower rate", depends_on="the days of each period").consent
        'the holder of each Note affected: whether a holder gets less depends on the days of each period'

        Raises `TermsError` for an unknown kind of change.
        """
        case = f": whether a holder gets less depends on {depends_on}" if depends_on else ""
        if change in EACH_HOLDER:
            return Requirement(change, "AMD-2", f"the holder of each Note affected{case}", depends_on)
        if change == ALL_HOLDERS:
            return Requirement(change, "AMD-3", "the holders of all Notes outstanding")
        if change == ANYTHING_ELSE:
            return Requirement(change, "AMD-1", "holders of a majority of the principal outstanding")
        allowed = ", ".join([*EACH_HOLDER, ALL_HOLDERS, ANYTHING_ELSE])
        raise TermsError(f"allowed: {allowed}", field="consent.requirement change", rule="AMD-1", value=repr(change))

    def is_carried(self, change: str, *, in_favour: Any, outstanding: Any, affected: Any = None, agreed: Any = None) -> bool:
        """True if a change is carried by `in_favour` of `outstanding` principal.

        For a change that needs each holder affected, `affected` is the principal affected (None: all outstanding) and
        `agreed` the part of it in favour (None: `in_favour`); the majority is required as well.
        """
        rule = self.requirement(change).rule
        yes, total = fraction(in_favour, "in_favour"), fraction(outstanding, "outstanding")
        if not 0 <= yes <= total or total == 0:
            reason = f"expected an amount from 0 to the outstanding {outstanding}"
            raise TermsError(reason, field="consent.is_carried in_favour", rule=rule, value=in_favour)
        if rule == "AMD-3":
            return yes == total
        majority = yes > fraction(self.majority) * total
        if rule == "AMD-1":
            return majority
        touched = total if affected is None else fraction(affected, "affected")
        consenting = yes if agreed is None else fraction(agreed, "agreed")
        return majority and consenting >= touched

    def may_waive(self, default: str) -> bool:
        """True if a majority may waive this kind of past default (AMD-4): of a covenant or a notice, but not of a payment.

        >>> Consent().may_waive("covenant"), Consent().may_waive("repurchase")
        (True, False)

        Raises `TermsError` for an unknown kind of payment or default.
        """
        known = (*WAIVABLE, *every_payment(), *NOT_WAIVABLE)
        if default in known:
            return default in WAIVABLE
        allowed = ", ".join(known)
        raise TermsError(f"allowed: {allowed}", field="consent.may_waive default", rule="AMD-4", value=repr(default))

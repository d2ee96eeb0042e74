"""Principal: the issue, its denominations, its maturity, and the calendars and rounding used for payments.

On the face of the note: "promises to pay … the principal sum … on February 16, 2010 … in euros". Refuses an issue size that is
not a multiple of the denomination.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from convnote import calendars
from convnote.arithmetic import Numbers, decimal, fraction, is_fast, larger, numbers_of, round_half_up
from convnote.errors import TermsError
from convnote.provisions.changes import Verdict, depends, neutral, worse_from, worse_if_higher, worse_if_lower
from convnote.provisions.fields import (
    calendar_name,
    currency_code,
    day,
    days,
    flag,
    given,
    multiple,
    one_of,
    positive,
    term,
    text,
)
from convnote.provisions.provision import Provision, rules
from convnote.tables import decimals_of, in_units

if TYPE_CHECKING:
    from convnote.provisions.accretion import Accretion

RULES = rules(
    ID_1=("the issuer, the notes and their numbers", "note"),
    ID_2=("limited in aggregate principal; held through the global certificates", "note"),
    ID_3=("where figures and words of a certificate differ, the terms are checked against the issue limit", "note"),
    ID_4=("issued in the denomination and integral multiples of it", "note"),
    PRN_1=("principal is paid at par at maturity", "note"),
    STP_2=("one payment at maturity, in which the interest of the last period is included", "note"),
    PRN_2=("payable in the currency of the note, or what is then legal tender for it", "note"),
    INT_6=("a payment due on no Business Day moves to the next one, without interest for the delay", "convention"),
    INT_7=("amounts are exact; what is paid is rounded once, half-up, on the holder's whole position", "convention"),
    DAY_1=("a Trading Day is a session of the exchange", "note"),
    DAY_2=("a Business Day is neither a weekend nor a bank holiday", "convention"),
    CAL_1=(
        "a calendar of a market or a country, or several, with the closed days of the paper; refused before its first year",
        "note",
    ),
    CUR_1=(
        "closes are in the currency of the note; those of another currency, or of another note's share, are refused",
        "convention",
    ),
    FX_1=("a close is turned into the note's currency at its own day's rate, else the last one before", "convention"),
    LIF_1=("Notes change hands in multiples of the denomination; a coupon of a past record date stays with the seller", "note"),
    BUY_1=("Notes bought in the market are cancelled and the note pays nothing; Notes may be issued further", "convention"),
    NMD_1=("what the sheet names as not modelled is repeated by every answer", "note"),
    SUB_1=("subordinated to all Senior Indebtedness", "note"),
)


def _maturity(old: date, new: date) -> Verdict:
    """A later maturity is adverse to holders; an earlier one shortens interest and conversion but pays principal sooner."""
    if new > old:
        return Verdict("worse", "later maturity")
    return Verdict(
        "depends", "impaired conversion", "the coupons and the time to convert that are lost, against earlier principal"
    )


@dataclass(frozen=True, kw_only=True)
class Principal(Provision):
    """The principal of the note (PRN-1, ID-2, ID-4), its calendars and its rounding (DAY-1, DAY-2, INT-6, INT-7).

    >>> Principal(issue_date="2000-02-16", maturity_date="2010-02-16", issue_size=690_000_000, currency="EUR").denomination
    Decimal('1000')
    """

    issue_date: date = term(day, "PRN-1", change=worse_if_higher("lower rate"))
    maturity_date: date = term(day, "PRN-1", change=_maturity)
    issue_size: Decimal = term(positive, "ID-2", change=neutral)
    currency: str = term(currency_code, "PRN-2", change=depends("what the other currency is worth", "another currency"))
    denomination: Decimal = term(
        positive,
        "ID-4",
        change=depends("the amounts printed per denomination, and what a holder has", "impaired conversion"),
        default=Decimal(1000),
    )
    #: price at maturity, as a share of principal
    maturity_price: Decimal = term(multiple, "PRN-1", change=worse_if_lower("less principal"), default=Decimal(1))
    #: whether the price at maturity includes the last interest, which is then not paid separately; None: not stated (false)
    maturity_includes_interest: bool | None = term(
        flag, "STP-2", change=worse_from(None, False, True, touches="lower rate"), default=None
    )
    #: the share's own currency, if its closes are translated by FX-1 or kept in it by FXF-1; None if it is the note's
    share_currency: str | None = term(
        currency_code,
        "FX-1",
        "convention",
        change=depends("the exchange rates by which closes are turned into the currency of the note", "impaired conversion"),
        default=None,
    )
    business_days: str = term(
        calendar_name,
        "DAY-2",
        "convention",
        change=depends("which payments and deadlines move, and to which day", "later interest"),
        default="FED",
    )
    trading_days: str = term(
        calendar_name,
        "DAY-1",
        "note",
        change=depends("which closes count, and where periods of them begin", "impaired conversion"),
        default="NASDAQ",
    )
    #: additional days on which both calendars are closed
    closed: tuple[date, ...] | None = term(
        days, "CAL-1", change=depends("which payments and deadlines move, and to which day", "later interest"), default=None
    )
    #: smallest unit of payment, in the currency of the note
    cent: Decimal = term(
        positive,
        "INT-7",
        "convention",
        change=depends("the amounts that are rounded, and on which side of the half they lie", "less principal"),
        default=Decimal("0.01"),
    )
    #: whether a payment due on a day that is not a Business Day moves to the next one
    moved_payments: str = term(
        one_of("following", "unmoved"),
        "INT-6",
        "convention",
        change=worse_from("unmoved", "following", touches="later interest"),
        default="following",
    )
    #: what a payment is rounded on: a holder's whole position, or each denomination of it
    rounded_on: str = term(
        one_of("position", "denomination"),
        "INT-7",
        "convention",
        change=depends("the amount of each position, and on which side of the half it lies", "later interest"),
        default="position",
    )
    #: which of a holder's Notes a transfer takes first: free ones, or those called, under election or put
    transferred_first: str = term(
        one_of("free", "committed"),
        "LIF-1",
        "convention",
        change=depends("who sells which Notes", "lower redemption amount"),
        default="free",
    )
    #: the principal to which a quoted market price refers (100: per cent)
    quoted_per: Decimal = term(positive, "FX-1", "convention", change=neutral, default=Decimal(100))
    #: how the claim grows, if the note accretes
    accretion: Accretion | None = given()
    #: what principal is a multiple of once coupons are paid in kind; None: the denomination (PIK-1c)
    unit: Decimal | None = given()
    #: day numbers of the issue date and of the maturity date
    issue_day: int = field(init=False, repr=False, compare=False)
    maturity_day: int = field(init=False, repr=False, compare=False)
    #: principal of each certificate in figures, and in words if the note spells it out (ID-3)
    certificates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        faults = [fault for number, each in self.certificates.items() for fault in self._certificate_faults(number, each)]
        if faults:
            raise TermsError.of(faults)
        kept = {number: {**each, "figures": decimal(each["figures"])} for number, each in self.certificates.items()}
        object.__setattr__(self, "certificates", kept)

    def _certificate_faults(self, number: str, certificate: Any) -> Iterator[TermsError]:
        place = self.place(f"certificates.{number}")
        if not isinstance(certificate, Mapping) or not {"figures"} <= certificate.keys() <= {"figures", "words"}:
            reason = "expected figures, and words where they are spelled out"
            yield TermsError(reason, field=place, rule="ID-3", value=certificate)
            return
        for name, value in certificate.items():
            try:
                (positive if name == "figures" else text)(value)
            except ValueError as error:
                reason = error.reason if isinstance(error, TermsError) else str(error)
                yield TermsError(reason, field=f"{place}.{name}", rule="ID-3", value=repr(value))

    def derive(self) -> None:
        object.__setattr__(self, "issue_day", calendars.one_day(self.issue_date))
        object.__setattr__(self, "maturity_day", calendars.one_day(self.maturity_date))

    def contradictions(self) -> list[TermsError]:
        faults = []
        if self.maturity_date <= self.issue_date:
            faults.append(self.fault("maturity_date", f"expected a day after the issue date {self.issue_date}"))
        if self.cent > self.denomination:
            faults.append(self.fault("cent", f"no more than the denomination {self.denomination} is possible"))
        if fraction(self.issue_size) % fraction(self.denomination):
            faults.append(self.fault("issue_size", f"expected a multiple of the denomination {self.denomination}"))
        return faults

    @cached_property
    def banks(self) -> calendars.Calendar:
        """The calendar of Business Days (DAY-2)."""
        return calendars.calendar(self.business_days, self.closed or ())

    @cached_property
    def sessions(self) -> calendars.Calendar:
        """The calendar of Trading Days (DAY-1)."""
        return calendars.calendar(self.trading_days, self.closed or ())

    def payment_day(self, due: Any) -> Any:
        """Day number on which a payment due on day number `due` is made (INT-6); int, or int64 of its shape."""
        return self.banks.on_or_after(due) if self.moved_payments == "following" else due

    def paid(self, amount: Any, principal: Any = None) -> Any:
        """An amount on `principal` as paid: rounded half-up to a cent, on the total or on each denomination (INT-7).

        With `principal` None the amount is rounded as one payment, whatever the terms. Decimal with the decimals of the
        currency, or float64 of its shape.
        """
        if self.rounded_on == "position" or principal is None:
            return self._in_units(round_half_up(amount, self.cent))
        numbers = numbers_of(principal)
        units = larger(numbers(principal) / numbers(self.denomination), numbers(1))
        total = numbers(round_half_up(numbers(amount) / units, self.cent)) * units
        return total if is_fast(total) else self._in_units(round_half_up(total, self.cent))

    def _in_units(self, paid: Any) -> Any:
        return paid if self._cent_is_unit or is_fast(paid) else in_units(paid, self.currency)

    @cached_property
    def _cent_is_unit(self) -> bool:
        """True if what is rounded to a cent has the decimals of the currency already."""
        return isinstance(self.cent, Decimal) and self.cent.as_tuple().exponent == -decimals_of(self.currency)

    def claim(self, day: Any) -> Any:
        """What a unit of principal is owed on day number `day` (int or int64 array), as a share of it: 1 is par.

        It is 1 on every day unless the principal accretes (ACC-1); then an array gives float64 of its shape.

        This is the single definition: prices, maturity and recoveries are shares of it.

        >>> import convnote as cn
        >>> cn.load("amazon-peacs-2010").principal.claim(11_500)
        1
        """
        return 1 if self.accretion is None else self.accretion.share(day)

    def owed(self, amount: Any, day: Any) -> Any:
        """What `amount` of principal is owed on day number `day`: its claim, the amount itself unless the principal accretes.

        Same type as `amount`; for an int64 array, float64 of its shape.

        >>> import convnote as cn
        >>> cn.load("amazon-peacs-2010").principal.owed(1000, 11_500)
        1000
        """
        claim = self.claim(day)
        return amount if isinstance(claim, int) and claim == 1 else amount * claim  # an exact product takes longer than all else

    @property
    def paid_at_maturity(self) -> Fraction:
        """What a unit of principal is paid at maturity, as an exact share of it (PRN-1).

        >>> import convnote as cn
        >>> cn.load("amazon-peacs-2010").principal.paid_at_maturity
        Fraction(1, 1)
        """
        return self.owed(fraction(self.maturity_price), self.maturity_day)

    def amount_of(self, principal: Any, numbers: Numbers) -> Any:
        """`principal` in the numeric type in use; None is one denomination. Raises `TermsError` for non-positive principal."""
        if principal is None:
            return numbers(self.denomination)
        amount = numbers(principal)
        if not is_fast(amount) and amount <= 0:
            raise TermsError("expected principal above 0", field="principal", rule="ID-4", value=principal)
        return amount

    @property
    def smallest(self) -> Decimal:
        """The smallest principal of a Note: the denomination, or the rounding of coupons in kind (ID-4, PIK-1c)."""
        return self.unit or self.denomination

    def is_multiple(self, principal: Any) -> bool:
        """True if the principal is a positive multiple of the smallest Note (ID-4, PIK-1c)."""
        amount = fraction(principal, "principal")
        return amount > 0 and amount % fraction(self.smallest) == 0

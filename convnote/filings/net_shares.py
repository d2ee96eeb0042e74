"""Net shares: how conversions are settled when shares are counted, and the shares that they then deliver (DIL-1, STL-1).

Nothing here is rounded: fractions of shares stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from convnote.arithmetic import decimal, fraction
from convnote.calendars import day_number, to_date
from convnote.checks import Finding
from convnote.errors import TermsError
from convnote.filings import arguments
from convnote.lifecycle import State
from convnote.note import ConvertibleNote
from convnote.provisions.settlement import METHODS, divided
from convnote.tables import shown


class Counted(NamedTuple):
    """The settlement that is counted (STL-1): its method, the cash per denomination of a combination, and the reason for it."""

    method: str
    specified: Any
    reason: str

    def cash_part(self, note: ConvertibleNote) -> Fraction:
        """The part of principal that is paid in cash on conversion, 0 to 1."""
        if self.specified is None:
            return Fraction(self.method == "cash")
        return min(fraction(self.specified) / fraction(note.denomination), Fraction(1))

    def in_words(self, note: ConvertibleNote) -> str:
        """The method in words, with the cash of a combination."""
        if self.specified is None:
            return f"in {self.method}"
        return f"in cash up to {note.currency} {shown(self.specified)} per {shown(note.denomination)} and shares beyond"

    def effect(self, note: ConvertibleNote) -> str:
        """The effect on shares and earnings, in words."""
        if self.method == "shares":
            return "these are the most that are issued"
        part = self.cash_part(note)
        back = "interest is not" if part == 1 else "interest is" if part == 0 else "interest is in part"
        issued = "no shares are issued" if self.method == "cash" else "the shares depend on the share price"
        return f"{issued}, and {back} added back to income"


def counted(note: ConvertibleNote, on: date, state: State | None, method: str | None, specified: Any) -> Counted:
    """The settlement that is counted on a day: that of `method`, else as the issuer has elected, else as the note states.

    While the issuer may still elect a method and has not, it is settlement in shares, which dilutes most. Raises `TermsError`
    for another method if the note does not leave it to the issuer.
    """
    terms = note.settlement
    last = None if terms is None or terms.election is None else to_date(terms.last_choice(note.principal))
    if note.mandatory is not None:
        usual = Counted("shares", None, "because a mandatory delivers shares at maturity (MND-1)")
    elif state is not None and state.chosen is not None:
        usual = Counted(*state.chosen, "as the issuer has elected")
    elif last is not None and on <= last:
        usual = Counted("shares", None, f"while the issuer may elect a method, until {last}")
    elif terms is not None:
        usual = Counted(terms.method, terms.specified, "as the note states")
    else:
        usual = Counted("shares", None, "as the note states")
    if method is None and specified is None:
        return usual
    if (specified is None) is (method == "combination"):
        reason = "a combination, and no other method, has an amount specified"
        raise TermsError(reason, field="dilution.specified", rule="STL-1", value="none" if specified is None else specified)
    asked = Counted(str(method), specified, "as asked")
    if asked[:2] == usual[:2]:
        return usual
    if last is None:
        reason = "the note does not leave the method of settlement to the issuer"
        raise TermsError(reason, field="dilution.method", rule="STL-1", value=method)
    return asked


def in_full(note: ConvertibleNote, principal: Any, price: Any) -> Fraction:
    """Shares for `principal` at a conversion price, unrounded, if all are delivered (CNV-3, FXF-1)."""
    assert note.conversion is not None
    return Fraction(note.conversion.in_share_currency(fraction(principal)) / fraction(price))


def delivered(
    note: ConvertibleNote, how: Counted, principal: Any, price: Any, quotes: Iterable[Any], on: date, state: State | None
) -> Fraction:
    """Shares delivered for `principal` at a conversion price, unrounded (STL-1).

    `quotes` are the share's prices on the days of the observation period, in the note's currency.
    """
    if how.method == "cash":
        return Fraction(0)
    if how.method == "shares":
        return in_full(note, principal, price) * (1 if state is None else fraction(state.scale.shares))
    rate, day = in_full(note, note.denomination, price), int(day_number(on))
    if state is None:
        days = [(rate * quote, quote) for quote in quotes]
    else:  # after a merger, a conversion share is worth the property received for it
        days = [(rate * state.value_of_unit(day, quote), state.close_of_share(day, quote)) for quote in quotes]
    return Fraction(divided(days, how.specified)[1]) * fraction(principal) / fraction(note.denomination)


def not_settled(note: ConvertibleNote, state: State | None) -> list[Finding]:
    """A finding on principal surrendered and not settled yet: it is not outstanding, and its shares are not issued (STL-2)."""
    principal = sum((fraction(item.principal) for item in state.settlements), Fraction(0)) if state is not None else 0
    if not principal:
        return []
    amount = f"{note.currency} {shown(decimal(principal))}"
    return [Finding("STL-2", f"{amount} of Notes are surrendered and not settled yet: shares due for them are not counted")]


def method_of(value: Any) -> str | None:
    """A method of settlement as an argument; None: that which is usual."""
    return None if value is None else arguments.choice(value, METHODS, "dilution.method", "STL-1")


def specified_of(value: Any) -> Decimal | Fraction | None:
    """Cash per denomination as an argument; None: none."""
    return None if value is None else arguments.kept(arguments.number(value, "dilution.specified", "STL-1", least=0))

"""What one conversion settles, asked outside a life: shares, cash for the fraction, interest paid in and out (CNV-3…CNV-5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from convnote.arithmetic import FAST, is_fast, numbers_of
from convnote.calendars import day_number, to_date
from convnote.errors import TermsError
from convnote.provisions.conversion_days import has_table_open

if TYPE_CHECKING:
    from convnote.provisions.conversion import Conversion


class Standing(Protocol):
    """What a conversion reads of a note's state (`Ledger.state`): day, price in force, current shares per conversion share."""

    @property
    def day(self) -> Any: ...

    @property
    def price(self) -> Any: ...

    @property
    def scale(self) -> Any: ...

    @property
    def carried(self) -> Any: ...


@dataclass(frozen=True)
class Settlement:
    """The settlement of one conversion: whole shares, cash for the fraction, and interest paid in by and paid to the holder.

    Scalar questions give `int` and `Decimal`; arrays give float64 of their shape.
    """

    shares: Any
    cash_in_lieu: Any
    interest_to_pay: Any
    #: accrued interest paid to the holder, under terms that provide for it
    interest_paid: Any


def settled(
    terms: Conversion, on: Any, principal: Any, price: Any, close: Any, call: tuple[Any, Any], state: Standing | None
) -> Settlement:
    """`Conversion.settle`; `call` is the notice day and the redemption date of a call, each None for Notes not called (PIN-1)."""
    basis = terms.interest.principal
    days = day_number(on)
    said = price is not None or state is not None
    price, shares_each = _in_force(terms, price, state)
    fast = isinstance(days, (np.ndarray, np.integer))
    numbers = FAST if fast else numbers_of(price, principal, close)
    if not fast and principal is not None and not is_fast(principal) and not basis.is_multiple(principal):
        reason = f"expected a positive multiple of {basis.smallest}"
        raise TermsError(reason, field="conversion.settle principal", rule="CNV-1", value=principal)
    amount = basis.amount_of(principal, numbers)
    if numbers is FAST and np.any(np.remainder(amount, float(basis.smallest)) != 0):
        reason = f"expected positive multiples of {basis.smallest}"
        raise TermsError(reason, field="conversion.settle principal", rule="CNV-1", value=principal)
    if fast:
        amount = amount + np.zeros(np.shape(days))  # an answer for many days has their shape, whatever else is an array
    counted = terms.counted(days)
    if np.any(days < basis.issue_day) or np.any(counted > basis.maturity_day):
        reason = f"expected a day that counts from {basis.issue_date} to {basis.maturity_date}"
        raise TermsError(reason, field="conversion.settle on", rule="CNV-1", value=on)
    if terms.until is not None and np.any(counted > terms.last_day):
        reason = f"the right to convert ends on {to_date(terms.last_day)}"
        raise TermsError(reason, field="conversion.settle on", rule="END-1", value=on)
    if close is not None and terms.fixed_rate is not None and (terms.fraction, terms.fraction_rate) == ("cash", "market"):
        reason = "cash at the market's exchange rate is settled by cn.replay"
        raise TermsError(reason, field="conversion.settle close", rule="FXF-1", value=close)
    shares, cash = terms.shares(amount * numbers(shares_each), numbers(price), None if close is None else numbers(close))
    called, redemption = call
    notice = None if called is None else day_number(called, "called")
    due = terms.coupon_paid_in(counted, notice, None if redemption is None else day_number(redemption, "redemption"))
    if state is not None or not said:
        _must_be_in_force(terms, counted, state)
    return Settlement(
        shares=shares,
        cash_in_lieu=cash,
        interest_to_pay=basis.paid(terms.interest.coupon_amount(amount, due), amount),
        interest_paid=basis.paid(terms.accrued_paid(amount, counted), amount),
    )


def _in_force(terms: Conversion, price: Any, state: Standing | None) -> tuple[Any, Any]:
    """The conversion price of a settlement, and the number of current shares per conversion share."""
    if state is None:
        return terms.price if price is None else price, 1
    if price is not None:
        raise TermsError("expected a price or a state, not both", field="conversion.settle price", rule="CNV-3", value=price)
    if state.scale.cash:
        reason = "after a merger for cash a conversion is settled by cn.replay"
        raise TermsError(reason, field="conversion.settle state", rule="ADJ-8")
    return terms.converts_at(state), state.scale.shares


def _must_be_in_force(terms: Conversion, counted: Any, state: Standing | None) -> None:
    """Refuse the initial price, or a state's price, from the next reset date on, when a new price is in force (RST-1)."""
    if has_table_open(state, counted):
        reason = "in connection with a change or a call a conversion is settled by cn.replay"
        raise TermsError(reason, field="conversion.settle state", rule="MWT-1")
    resets = [day for day in (terms.reset.days if terms.reset else []) if state is None or day > state.day]
    if resets and np.any(counted >= min(resets)):
        name, needed = ("price", "price= or state=") if state is None else ("state", "a state of that day or later")
        reason = f"from the reset date {to_date(min(resets))} on the price in effect depends on the closes: expected {needed}"
        raise TermsError(reason, field=f"conversion.settle {name}", rule="RST-1")

"""What is in force on a day: how much principal is owed, and at which price it converts for which reason.

Numbers have the type of the state: exact in a replay, float64 [path] in a simulation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from convnote.arithmetic import numbers_of, smaller
from convnote.lifecycle.state import Change, State
from convnote.lifecycle.transition import nothing

if TYPE_CHECKING:
    from convnote.lifecycle.events import Convert
    from convnote.note import ConvertibleNote


def claim(note: ConvertibleNote, state: State, day: Any) -> Any:
    """What one unit of principal is owed on day number `day` (int or int64 array [path]), as a share of par: 1 is par (PRN-1).

    Prices of calls, puts, repurchases, maturity and a recovery are shares of it. Without a state: `note.principal.claim(day)`.

    >>> import convnote as cn
    >>> note = cn.load("amazon-peacs-2010")
    >>> claim(note, State.opening(note), 11_500)
    1
    """
    return note.principal.claim(day)


def last_conversion_day(note: ConvertibleNote, redemption: Any) -> Any:
    """Day number of the last day on which a Note called for redemption on day number `redemption` converts (CNV-2, END-2)."""
    return redemption if note.conversion is None else note.conversion.last_called(redemption)


def counted_on(note: ConvertibleNote, state: State, event: Convert) -> Any:
    """Day number on which a surrender counts: the next Business Day, or the last day of any surrendered Notes (CNV-8, END-2)."""
    terms = note.conversion
    assert terms is not None
    counted = terms.counted(event.day)
    try:
        position = state.positions[state.holding(event.holder)]
    except KeyError:  # the table refuses it
        return counted
    if state.withdrawal is not None and note.withdrawal is not None:
        counted = smaller(counted, terms.counted(event.day, note.withdrawal.last_before(state.withdrawal[1])))
    for number, principal in position.called.items():
        if not nothing(principal):
            counted = smaller(counted, terms.counted(event.day, last_conversion_day(note, state.calls[number].redemption)))
    if terms.elected_until is not None:
        for day in (*(state.changes[number].repurchase for number in position.elected), *position.put, *position.put_on_low):
            counted = smaller(counted, terms.counted(event.day, terms.last_elected(day)))
    return counted


# --- conversion prices


class Lot(NamedTuple):
    """Principal that converts at `price`, with `additional` shares per denomination over price `before` (None: none due).

    denomination / price = denomination / before + additional, rounded as the terms say (MWT-1, RTE-2).
    """

    principal: Any
    price: Any
    before: Any
    additional: Any
    #: where a change of control lowers it to `before`: the price in force, and (premium, days left, days from issue) (CHG-1)
    in_force: Any = None
    lowered_by: tuple[Any, Any, Any] | None = None


class TableRead(NamedTuple):
    """The price per share at which the table of additional shares was read, and its result per denomination (MWT-1)."""

    price: Any
    additional: Any
    #: whether the price is cash paid per share rather than an average of closes; whether it lies within the table
    is_cash: bool
    holds: bool


def conversion_price(note: ConvertibleNote, state: State, event: Convert | None = None, call: int | None = None) -> Any:
    """The conversion price at which `event` converts, in the currency of closes per conversion share; exact or [path] (CNV-3).

    Carried adjustments take effect first where the terms say so (ADJ-7). In connection with a change, or for Notes under call
    number `call`, it is the price of the day on which the surrender counts (`price_on`). `event` None: no special reason.

    >>> import convnote as cn
    >>> note = cn.load("amazon-peacs-2010")
    >>> float(conversion_price(note, State.opening(note)))
    104.947
    """
    if event is None or not depends_on_reason(note, state):
        return state.price if note.conversion is None else note.conversion.converts_at(state)
    return price_on(note, state, counted_on(note, state, event), call)


def conversion_rate(note: ConvertibleNote, state: State) -> Any:
    """Shares per denomination of a conversion now, unrounded: denomination / conversion price; exact or [path] (RTE-1).

    With a fixed exchange rate the denomination is multiplied by it (FXF-1).

    >>> import convnote as cn
    >>> note = cn.load("afv-2003")
    >>> conversion_rate(note, State.opening(note))
    Fraction(1, 1)
    """
    return state.denomination / conversion_price(note, state)


def depends_on_reason(note: ConvertibleNote, state: State) -> bool:
    """True if the price of a conversion may depend on why the holder converts: after a change, or a call with a table.

    MWT-1, CHG-1.
    """
    if note.conversion is None or state.price is None or not (state.changes or state.calls):
        return False
    lower = note.change_of_control_price is not None and bool(state.changes)
    return (
        lower or any(each.printed is not None for each in state.changes) or any(each.printed is not None for each in state.calls)
    )


def price_on(note: ConvertibleNote, state: State, day: Any, call: int | None = None) -> Any:
    """The price of a conversion that counts on day number `day`: for free Notes, or for those under call number `call`.

    With additional shares it is denomination / (rate + additional shares), rounded as the terms round a price or a rate (RTE-2).
    """
    price = price_after_change(note, state, day)
    more = additional_shares(note, state, day, call)
    return price if more is None or nothing(more) else with_additional(note, price, more)


def with_additional(note: ConvertibleNote, price: Any, more: Any) -> Any:
    """The price at which a denomination converts with `more` shares than at `price`, rounded as the terms say (MWT-1, RTE-2).

    Numbers have the type of `price`, exact or [path].
    """
    unit = numbers_of(price)(note.denomination)
    return _rounded(note, unit / (unit / price + more))


def price_after_change(note: ConvertibleNote, state: State, day: Any) -> Any:
    """The price in the period after a change of control, the lowest if several overlap, else the price in force (CHG-1)."""
    price, change = conversion_price(note, state), lowering(note, state, day)
    if change is None or note.change_of_control_price is None:
        return price
    return lowered(note, price, note.change_of_control_price.factor(note, change.occurred))


def lowered(note: ConvertibleNote, price: Any, factor: Any) -> Any:
    """A price multiplied by the factor of a change of control, rounded as the terms say; exact or [path] (CHG-1, RTE-2)."""
    return _rounded(note, price * factor)


def lowering(note: ConvertibleNote, state: State, day: Any) -> Change | None:
    """The change of control whose period contains day number `day` and that lowers the price most; the first on a tie (CHG-1)."""
    lower = note.change_of_control_price
    if lower is None or state.price is None:
        return None
    inside = [each for each in state.changes if each.occurred <= day <= lower.last_day(each.occurred, each.notice)]
    return min(inside, key=lambda each: lower.factor(note, each.occurred), default=None)


def _rounded(note: ConvertibleNote, price: Any) -> Any:
    assert note.conversion is not None
    return note.conversion.in_force(price if note.adjustment is None else note.adjustment.adjusted(price, 1))


def additional_shares(note: ConvertibleNote, state: State, day: Any, call: int | None = None) -> Any:
    """Additional shares per denomination, capped, exact or [path]; None if day number `day` lies outside every window.

    `day` is the day on which the conversion counts. The window of a change runs from the change to the Business Day before the
    repurchase date, that of a call from its notice until its Notes no longer convert. If several overlap, the greatest number
    counts (MWT-1, MWT-2).
    """
    table = note.make_whole_change
    if table is None or note.conversion is None or state.price is None:
        return None
    found = [each.printed for each in state.changes if each.printed is not None and is_in_window(note, each, day)]
    if call is not None and state.calls[call].printed is not None:
        called = state.calls[call]
        found += [called.printed] if called.notice <= day <= last_conversion_day(note, called.redemption) else []
    if not found:
        return None
    return table.moved(max(found), moved_since_issue(note, conversion_price(note, state)))


def is_in_window(note: ConvertibleNote, change: Change, day: Any) -> bool:
    """True from the change to the Business Day before its repurchase date, or while that date is not known (MWT-1)."""
    return bool(change.occurred <= day) and (change.repurchase is None or bool(day <= last_of_window(note, change.repurchase)))


def last_of_window(note: ConvertibleNote, repurchase: Any) -> Any:
    """Day number of the last day of a change's window, the Business Day before day number `repurchase` (MWT-1)."""
    return note.principal.banks.before(repurchase)


def table_read(note: ConvertibleNote, state: State, day: Any, price: Any) -> tuple[Any, bool]:
    """The table's result for day number `day` and `price` per conversion share, at the rate at issue; True if it lies within.

    The table's columns move as the conversion price has moved since issue (MWT-1).
    """
    table = note.make_whole_change
    assert table is not None
    at = price * moved_since_issue(note, conversion_price(note, state))
    return table.read(day, at), bool(np.all(table.holds(day, at)))


def moved_since_issue(note: ConvertibleNote, price: Any) -> Any:
    """The rate in force divided by the rate at issue; of the type of `price`, exact or [path]."""
    assert note.conversion is not None
    return numbers_of(price)(note.conversion.price) / price

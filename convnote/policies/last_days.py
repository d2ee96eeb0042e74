"""Last days: the last day on which each right can be used, and the amount per denomination paid where it is not used.

Days are day numbers and amounts float64 in the note's currency, each per position (a number) or per path (an array): replay,
simulation and pricing read them here. Converting is worth it where the conversion value exceeds the amount, putting where it is
below. An early conversion is compared with the policy's own boundary (`Settings.conversion_boundary`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from convnote.arithmetic import fraction, smaller
from convnote.calendars import day_number, to_datetime64
from convnote.lifecycle.in_force import last_of_window
from convnote.note import ConvertibleNote
from convnote.policies.deadlines import call_end, last_surrender, maturity_amount
from convnote.policies.settings import Settings


class LastDay(NamedTuple):
    """The last day number on which a right can be used, and what a denomination is paid otherwise; numbers or arrays."""

    day: Any
    amount: Any


def is_open(note: ConvertibleNote, day: Any) -> Any:
    """True where the right to convert has begun by day number `day` (int or array, bool of that shape), by its dates (CNV-1).

    >>> import convnote as cn
    >>> is_open(cn.load("amazon-peacs-2010"), 11003), is_open(cn.load("amazon-peacs-2010"), np.array([11003]))
    (True, array([ True]))
    """
    terms = note.conversion
    if isinstance(day, np.ndarray):
        first = 0 if terms is None or terms.from_date is None else int(day_number(terms.from_date))
        return (day >= first) if terms is not None else np.zeros(day.shape, bool)
    return terms is not None and (terms.from_date is None or bool(day >= day_number(terms.from_date)))


def is_over(note: ConvertibleNote, day: Any) -> Any:
    """True where the right to convert ended before day number `day` (int or array) by its own last day (CNV-1, END-1)."""
    return note.conversion is not None and day > note.conversion.last_day


def counts_on(note: ConvertibleNote, day: Any) -> Any:
    """True where a surrender on day number `day` (int or array) counts on the same day (CNV-8)."""
    return last_surrender(note, day) == day


def at_maturity(note: ConvertibleNote) -> LastDay:
    """Conversion before the Notes are paid at maturity (CNV-1, CNV-8).

    >>> import convnote as cn
    >>> at_maturity(cn.load("amazon-peacs-2010"))
    LastDay(day=14656, amount=1000.0)
    """
    return LastDay(int(last_surrender(note, note.principal.maturity_day)), maturity_amount(note))


def before_redemption(note: ConvertibleNote, redemption: Any) -> LastDay:
    """Conversion of a Note called for day number `redemption` (int or array), otherwise paid the redemption price (CNV-2).

    The amount is inf where the note allows no redemption on that day: before the first date or after maturity.
    """
    days, maturity = np.atleast_1d(np.asarray(redemption)), note.principal.maturity_day
    last, amount = np.asarray(call_end(note, np.minimum(days, maturity + 366))), np.full(len(days), np.inf)
    if note.redemption is not None:
        possible = (days >= int(day_number(note.redemption.first_date))) & (days <= maturity)
        amount[possible] = note.redemption.amount(to_datetime64(days[possible]))
    if note.clean_up is not None:
        cleaned = np.isinf(amount) & (days < maturity) & (days >= note.principal.issue_day)
        amount[cleaned] = note.clean_up.price(to_datetime64(days[cleaned]))
    return LastDay(last, amount) if np.ndim(redemption) else LastDay(int(last[0]), float(amount[0]))


def before_withdrawal(policy: Settings, note: ConvertibleNote, effective: Any, make_whole: Any) -> LastDay:
    """Conversion before a withdrawal takes effect on day number `effective`, else the Note is kept with its make-whole (CNV-7).

    `make_whole` is the notice's, per denomination; a holder who converts within the notice period may be paid it too (WDR-9).
    """
    terms = note.withdrawal
    assert terms is not None
    day = terms.last_before(effective)
    straight = policy.straight_value(note, day)
    # What a holder who stays receives more than one who converts.
    paid = {"outstanding": make_whole, "converted": -make_whole, "both": 0.0}
    return LastDay(day, straight + paid[terms.make_whole_to])


def before_repurchase(note: ConvertibleNote, repurchase: Any, notice: Any) -> LastDay:
    """Election of a repurchase on day number `repurchase` (int or array) after the Company's `notice` of a change (FCH-4, CHG-2).

    `notice` is a day number (int or array).
    """
    terms = note.fundamental_change
    assert terms is not None
    days = np.atleast_1d(np.asarray(repurchase))
    last, amount = (
        np.asarray(terms.election_deadline(days, np.atleast_1d(notice))),
        np.asarray(terms.amount(to_datetime64(days)), dtype=np.float64),
    )
    return LastDay(last, amount) if np.ndim(repurchase) else LastDay(int(last[0]), float(amount[0]))


def before_change(note: ConvertibleNote, repurchase: Any, notice: Any, occurred: Any = None) -> LastDay:
    """Conversion in a change's window, otherwise the price paid on day number `repurchase` (MWT-1, CHG-1); ints or arrays.

    `occurred` is the day number of a change that only lowers the price: the last day is then that of its period, if earlier.
    """
    day = last_surrender(note, last_of_window(note, repurchase))
    if occurred is not None and note.change_of_control_price is not None:
        day = smaller(day, last_surrender(note, note.change_of_control_price.last_day(occurred, notice)))
    return LastDay(day, before_repurchase(note, repurchase, notice).amount)


def before_puts(note: ConvertibleNote) -> list[tuple[int, LastDay]]:
    """Every put date as a day number, with the last day for its election and the amount paid (PUT-1, PUT-2)."""
    terms = note.put
    if terms is None:
        return []
    days = [day for on in terms.dates if (day := int(day_number(on))) <= note.principal.maturity_day]
    return [(day, LastDay(day - terms.notice_at_least, float(terms.amount(to_datetime64(np.array([day])))[0]))) for day in days]


def at_default(note: ConvertibleNote, day: Any, recovered: Any, redemption: Any = None) -> tuple[Any, Any]:
    """Whether a Note may still convert before a default on day number `day`, and the amount it is paid if it does not.

    `redemption` is the redemption date the Note is called for, if any (int or array).
    """
    may = is_open(note, day) & counts_on(note, np.minimum(day, note.principal.maturity_day))
    if redemption is not None:
        may = may & (call_end(note, np.minimum(redemption, note.principal.maturity_day + 366)) >= day)
    return may, float(fraction(recovered) * fraction(note.denomination)) * note.principal.claim(day)

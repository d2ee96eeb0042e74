"""The horizon of a yield: maturity, a call or a put, and the amount paid then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from convnote.analytics.asked import must_be_paid
from convnote.analytics.flows import Flows, days_of, flows_of
from convnote.analytics.parity import quoted
from convnote.arithmetic import FAST
from convnote.calendars import LATEST, one_day, to_date, to_datetime64
from convnote.errors import PricingError
from convnote.inputs import DateLike, DatesLike, Number
from convnote.note import ConvertibleNote

HORIZONS = ("maturity", "call", "put")


def flows_to(
    note: ConvertibleNote,
    on: DatesLike,
    to: str,
    end: DateLike | None,
    per: Number | None,
    ex_coupon: bool,
    paid_to: DateLike | None,
) -> Flows:
    """The remaining payments up to a horizon."""
    days, per = days_of(on), FAST(quoted(note, per))
    paid: Callable[[np.ndarray], np.ndarray]
    if to == "maturity":
        if end is not None:
            raise PricingError("only a call or a put has another end", field="end", value=end)
        must_be_paid(note)
        end_days = np.asarray(note.principal.maturity_day)
        at_maturity = per * FAST(note.principal.paid_at_maturity)
        paid = lambda ends: np.full(len(ends), at_maturity)  # noqa: E731
    elif to == "call":
        end_days, redemption = _call_days(note, days, end), note.redemption
        assert redemption is not None
        paid = lambda ends: redemption.amount(to_datetime64(ends), per)  # noqa: E731
    elif to == "put":
        end_days, put = _put_days(note, days, end), note.put
        assert put is not None
        paid = lambda ends: put.amount(to_datetime64(ends), per)  # noqa: E731
    else:
        raise PricingError(f"allowed: {', '.join(HORIZONS)}", field="to", value=repr(to))
    return flows_of(note, days, end_days, paid, per=per, ex_coupon=ex_coupon, paid_to=paid_to)


def _call_days(note: ConvertibleNote, on: np.ndarray, call: Any) -> np.ndarray:
    terms = note.redemption
    if terms is None:
        raise PricingError("the note cannot be redeemed", field="call", rule="RED-1")
    first = one_day(terms.first_date)
    days = np.maximum(first, on + terms.notice_at_least) if call is None else days_of(call, "call")
    # with a call on the settlement day itself no time is left for a yield
    days = np.maximum(days, on + 1) if call is None else days
    if np.any(days < first) or np.any(days >= note.principal.maturity_day):
        reason = f"expected a redemption date from {terms.first_date} and before {note.maturity_date}"
        raise PricingError(
            reason, field="call", rule="RED-1", value=to_date(min(int(days.max() if call is None else days.flat[0]), LATEST))
        )
    return days


def _put_days(note: ConvertibleNote, on: np.ndarray, put: Any) -> np.ndarray:
    terms = note.put
    if terms is None:
        raise PricingError("the note cannot be put on fixed dates", field="put", rule="PUT-1")
    dates = np.array([one_day(each) for each in terms.dates if each <= note.maturity_date], dtype=np.int64)
    if put is not None:
        days = days_of(put, "put")
        if not np.all(np.isin(days, dates)):
            allowed = ", ".join(map(str, terms.dates))
            raise PricingError(f"the put dates are {allowed}", field="put", rule="PUT-1", value=put)
        return days
    place = np.searchsorted(dates, on + max(terms.notice_at_least, 1))
    if np.any(place == len(dates)):
        reason = "no put date is left for which an election is in time"
        raise PricingError(reason, field="put", rule="PUT-2", value=to_date(on.max()))
    return dates[place]

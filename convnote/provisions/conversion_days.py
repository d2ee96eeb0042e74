"""Days of conversion: the last day as stated in a sheet, and the coupon paid in after a record date (END-1…2, PIN-1)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from convnote.arithmetic import choose
from convnote.provisions.changes import Change, Effect
from convnote.provisions.day_rules import DayRule, day_rule, worse_if_earlier
from convnote.provisions.fields import kind
from convnote.provisions.interest import Interest

#: Spellings of the last day of called Notes used before day rules existed.
_FORMERLY = {"business-day-before": DayRule(1, "business"), "redemption-date": DayRule(0, "business")}


@kind(
    schema={"oneOf": [day_rule.schema, {"enum": list(_FORMERLY)}]},
    words=day_rule.words,
    wrong=day_rule.wrong,
    drawn=day_rule.drawn,
    as_toml=str,
)
def day_before_call(value: Any) -> Any:
    """A day rule before the redemption date; the wording of earlier sheets is accepted too."""
    return _FORMERLY[value] if isinstance(value, str) and value in _FORMERLY else day_rule(value)


#: An earlier last day is adverse to holders.
EARLIER = worse_if_earlier("impaired conversion")


def _sooner(old: Any, new: Any) -> Effect:
    if old is None or new is None:
        return "worse" if old is None else "better"
    return EARLIER.direction(old, new)


#: The same for a last day that may be left unset, which means the maturity date.
SOONER = Change(_sooner, "impaired conversion", EARLIER.depends_on)

#: Cases in which no coupon is paid in: after the last record date; if the redemption or repurchase date lies between the record
#: date and the Business Day after the payment date; to the extent of overdue interest; if the call notice fell in the window.
EXCEPTIONS = ("last", "redemption", "repurchase", "overdue", "notice")


def coupon_owed(
    interest: Interest, excepted: Collection[str], counted: Any, called: Any, redemption: Any, repurchases: Sequence[Any]
) -> Any:
    """Day number of the coupon paid in on a conversion on day number `counted`, 0 if none; int, or int64 of the same shape.

    `called`, `redemption` and `repurchases` are as in `Conversion.coupon_paid_in`.
    """
    due = interest.window_due(counted)
    terms = interest.principal
    if "last" in excepted:
        due = choose(due == terms.maturity_day, 0, due)
    dated = [redemption] if "redemption" in excepted and redemption is not None else []
    dated += repurchases if "repurchase" in excepted else []
    noticed = [called] if "notice" in excepted and called is not None else []
    if not dated and not noticed:
        return due
    # Without a coupon the calendar is not queried; a day of the note's life stands in.
    payment, record = choose(due > 0, due, terms.maturity_day), interest.record_day(due)
    days = [(each, terms.banks.before(payment)) for each in noticed] + [(each, terms.banks.after(payment)) for each in dated]
    for day, last in days:
        due = choose((day > record) & (day <= last), 0, due)
    return due


def has_table_open(state: Any, counted: Any) -> bool:
    """True if a conversion on day number `counted` may earn additional shares for a change or call in the state (MWT-1)."""
    reasons = [(each.printed, each.repurchase) for each in getattr(state, "changes", ())]
    reasons += [(each.printed, each.redemption) for each in getattr(state, "calls", ())]
    return any(printed and (end is None or bool(np.any(counted < end))) for printed, end in reasons)

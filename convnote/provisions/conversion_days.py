"""The last days of the right to convert: how a sheet says them, and which way a change of one hurts holders (END-1, END-2)."""

from __future__ import annotations

from typing import Any

from convnote.provisions.changes import Change, Effect
from convnote.provisions.day_rules import DayRule, day_rule, worse_if_earlier
from convnote.provisions.fields import kind

#: How the last day of called Notes was said before day rules.
_FORMERLY = {"business-day-before": DayRule(1, "business"), "redemption-date": DayRule(0, "business")}


@kind(
    schema={"oneOf": [day_rule.schema, {"enum": list(_FORMERLY)}]},
    words=day_rule.words,
    wrong=day_rule.wrong,
    drawn=day_rule.drawn,
    as_toml=str,
)
def day_before_call(value: Any) -> Any:
    """A day rule before the redemption date; the words of earlier sheets are read too."""
    return _FORMERLY[value] if isinstance(value, str) and value in _FORMERLY else day_rule(value)


#: An earlier last day is against holders.
EARLIER = worse_if_earlier("impaired conversion")


def _sooner(old: Any, new: Any) -> Effect:
    if old is None or new is None:
        return "worse" if old is None else "better"
    return EARLIER.direction(old, new)


#: The same where the last day may not be set, and then is the maturity date.
SOONER = Change(_sooner, "impaired conversion", EARLIER.depends_on)

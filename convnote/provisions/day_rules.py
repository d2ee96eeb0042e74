"""Day rules: "2 trading days before" maturity, a redemption date or another day not yet known (END-1, END-2).

Business and trading days are counted on the note's own calendars, calendar days without one. Does not know any particular
setting.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from convnote.calendars import day_number
from convnote.provisions.changes import Change, Effect
from convnote.provisions.fields import Drawn, day, kind

if TYPE_CHECKING:
    from convnote.provisions.principal import Principal

UNITS = ("business", "trading", "calendar")
_WRITTEN = re.compile(r"(\d{1,3}) (business|trading|calendar) days? before", re.ASCII)
_PATTERN = {"type": "string", "pattern": "^[0-9]{1,3} (business|trading|calendar) days? before$"}
_NEEDED = 'expected a day rule such as "2 trading days before" (business, trading or calendar days)'


@dataclass(frozen=True)
class DayRule:
    """A count of days before another day: `count` from 0, `unit` one of "business", "trading" and "calendar".

    >>> str(DayRule.of("2 trading days before")), str(DayRule(1, "business"))
    ('2 trading days before', '1 business day before')

    Raises ValueError for a count below 0 or above 999, or an unknown unit.
    """

    count: int
    unit: str

    def __post_init__(self) -> None:
        if isinstance(self.count, bool) or not isinstance(self.count, int) or not 0 <= self.count <= 999:
            raise ValueError("expected a whole number of days from 0 to 999")
        if self.unit not in UNITS:
            raise ValueError(f"allowed: {', '.join(UNITS)}")

    @classmethod
    def of(cls, words: str) -> DayRule:
        """The day rule stated in words; "day" and "days" are equivalent. Raises ValueError for other wording."""
        match = _WRITTEN.fullmatch(words) if isinstance(words, str) else None
        if match is None:
            raise ValueError(_NEEDED)
        return cls(int(match[1]), match[2])

    def before(self, on: Any, principal: Principal) -> Any:
        """Day number `count` days before day number `on`, int or int64 array; a count of 0 gives `on` itself, open or closed.

        >>> import convnote as cn
        >>> from convnote.calendars import day_number, to_date
        >>> principal = cn.load("amazon-peacs-2010").principal
        >>> str(to_date(DayRule(2, "business").before(day_number("2006-06-19"), principal)))
        '2006-06-15'
        """
        if self.count == 0:
            return on
        if self.unit == "calendar":
            return on - self.count
        return (principal.banks if self.unit == "business" else principal.sessions).before(on, self.count)

    def __str__(self) -> str:
        return f"{self.count} {self.unit} {'day' if self.count == 1 else 'days'} before"


_DRAWN = Drawn("made", of=(DayRule, {"count": Drawn("whole", 0, 40), "unit": Drawn("one", of=UNITS)}))


@kind(
    schema=_PATTERN,
    words='a day rule such as "2 trading days before"',
    wrong=("2 days before", "two trading days before", "-1 trading days before", 2, date(2010, 2, 16)),
    drawn=_DRAWN,
    as_toml=str,
)
def day_rule(value: Any) -> DayRule:
    """A day rule, such as "2 trading days before"."""
    return value if isinstance(value, DayRule) else DayRule.of(value)


@kind(
    schema={"anyOf": [day.schema, _PATTERN]},
    words=f"{day.words} or {day_rule.words}",
    wrong=("2 days before", "2010-02-30", "2 trading days", 2),
    drawn=Drawn("either", of=(day.drawn, _DRAWN)),
    as_toml=lambda value: str(value) if isinstance(value, DayRule) else value,
)
def day_or_rule(value: Any) -> date | DayRule:
    """A calendar day, or a day rule."""
    if isinstance(value, DayRule) or (isinstance(value, str) and value.endswith("before")):
        return DayRule.of(value) if isinstance(value, str) else value
    try:
        return cast(date, day(value))
    except ValueError:
        raise ValueError('a date or expected a day rule such as "2 trading days before"') from None


def resolved(value: date | DayRule, last: Any, principal: Principal) -> Any:
    """Day number of a setting that is either a date or a day rule before day number `last`; int, or int64 of its shape."""
    return value.before(last, principal) if isinstance(value, DayRule) else int(day_number(value))


def worse_if_earlier(touches: str) -> Change:
    """An earlier day is adverse to holders: more days of one unit, or an earlier date; across units it depends on the calendar.

    >>> worse_if_earlier("impaired conversion")(DayRule(1, "business"), DayRule(2, "business")).effect
    'worse'
    """
    return Change(_compared(lambda old, new: new < old), touches, "which of the two days is the earlier one")


def worse_if_later(touches: str) -> Change:
    """A later day is adverse to holders: fewer days of one unit, or a later date; across units it depends on the calendar."""
    return Change(_compared(lambda old, new: new > old), touches, "which of the two days is the later one")


def _compared(is_worse: Callable[[int, int], bool]) -> Callable[[Any, Any], Effect]:
    def direction(old: Any, new: Any) -> Effect:
        if isinstance(old, DayRule) and isinstance(new, DayRule) and old.unit == new.unit:
            return "worse" if is_worse(-old.count, -new.count) else "better"
        if isinstance(old, date) and isinstance(new, date):
            return "worse" if is_worse(day_number(old), day_number(new)) else "better"
        return "depends"

    return direction

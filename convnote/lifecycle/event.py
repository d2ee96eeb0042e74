"""Event: the base of all events, recorded or scheduled. It checks the types of its values, never whether the note allows it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from math import floor
from typing import Any, ClassVar, Self

from convnote.calendars import day_number, to_date
from convnote.errors import TermsError
from convnote.inputs import DateLike
from convnote.lifecycle.fields import a_day, takes


@dataclass(frozen=True)
class Event:
    """Base of all events: the day on which it happens, and the holder concerned where holders have separate positions."""

    on: DateLike = takes(a_day)
    holder: str | None = field(default=None, kw_only=True)

    #: the rule cited for the event where no more specific one applies; for a user-defined event also where that rule is printed
    rule: ClassVar[str] = ""
    authority: ClassVar[str] = ""
    #: the event type after which it acts within a day, and its place; smaller comes first. The reasons are given at ORDER.
    after: ClassVar[type[Event] | None] = None
    rank: ClassVar[float]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        place = getattr(cls.after, "rank", None)
        if "rank" not in vars(cls) and isinstance(place, (int, float)):
            cls.rank = place + (floor(place) + 1 - place) / 2  # after `after`, before whatever comes next

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if "check" in each.metadata and value is not None:
                object.__setattr__(self, each.name, each.metadata["check"](value, f"{type(self).__name__}.{each.name}"))
            elif value is None and each.default is not None:
                raise TermsError("this is required", field=f"{type(self).__name__}.{each.name}")
        if self.holder is not None and (not isinstance(self.holder, str) or not self.holder.strip()):
            raise TermsError("expected a holder's name", field=f"{type(self).__name__}.holder", value=repr(self.holder))

    @classmethod
    def at(cls, day: int, **values: Any) -> Self:
        """The event on day number `day`, with values used unchecked: for days and figures that were checked when first stated.

        >>> from convnote.lifecycle.events import CouponDue
        >>> CouponDue.at(11_369) == CouponDue("2001-02-16")
        True
        """
        event = object.__new__(cls)
        vars(event).update(values, on=to_date(day), day=int(day))
        return event

    @cached_property
    def day(self) -> Any:
        """Day number of `on`: int, or int64 array [path]."""
        return day_number(self.on)


@dataclass(frozen=True)
class Recorded(Event):
    """Base of the events that people record. A user-defined event is a frozen dataclass under it and needs no registration.

    Class attributes: `rule`, its id; `authority`, where it is printed; optionally `after`, the event type it acts after within a
    day (default `Convert`). Methods: `permit(note, state, seen)`, an `Objection` or None; `apply(note, state, seen)`, a
    `Transition`; `sentence(note, flow)`, the text of one of its flows. An event that lacks any of these is refused when given.

    >>> import convnote as cn
    >>> cn.Convert.rule, issubclass(cn.Convert, Recorded)
    ('CNV-1', True)
    """


@dataclass(frozen=True)
class Scheduled(Event):
    """Base of the events that follow from terms and state: `cn.Walk` finds their days, and they are not recorded.

    >>> from convnote.lifecycle.events import CouponDue
    >>> CouponDue.rule, issubclass(CouponDue, Scheduled)
    ('INT-1', True)
    """

"""Event: the base of all events, recorded or scheduled. It checks the kinds of its values and judges nothing about the note."""

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
    """Base of all events: the day it happens, and whose it is where holders have positions of their own."""

    on: DateLike = takes(a_day)
    holder: str | None = field(default=None, kw_only=True)

    #: the rule under which the event stands where no finer one decides; of an own kind also where that rule is printed
    rule: ClassVar[str] = ""
    authority: ClassVar[str] = ""
    #: the kind behind which it acts within a day, and its place; smaller comes first. The reasons stand at ORDER.
    after: ClassVar[type[Event] | None] = None
    rank: ClassVar[float]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        place = getattr(cls.after, "rank", None)
        if "rank" not in vars(cls) and isinstance(place, (int, float)):
            cls.rank = place + (floor(place) + 1 - place) / 2  # behind `after`, ahead of whatever stands next

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
        """The event on day number `day`, with values as they are: for days and figures that were checked when they were stated.

        >>> from convnote.lifecycle.events import CouponDue
        >>> CouponDue.at(11_369) == CouponDue("2001-02-16")
        True
        """
        event = object.__new__(cls)
        vars(event).update(values, on=to_date(day), day=int(day))
        return event

    @cached_property
    def day(self) -> Any:
        """Day number of `on`, int or int64 array."""
        return day_number(self.on)


@dataclass(frozen=True)
class Recorded(Event):
    """Base of what people record. An own event is a frozen dataclass under it and needs no registration.

    Class attributes: `rule`, its id; `authority`, where it is printed; optionally `after`, the kind behind which it acts within a
    day (default `Convert`). Methods: `permit(note, state, seen)`, an `Objection` or None; `apply(note, state, seen)`, a
    `Transition`; `sentence(note, flow)`, the words of one of its flows. Whatever has not all of them is refused when it is given.

    >>> import convnote as cn
    >>> cn.Convert.rule, issubclass(cn.Convert, Recorded)
    ('CNV-1', True)
    """


@dataclass(frozen=True)
class Scheduled(Event):
    """Base of what follows from the terms and the state: `cn.Walk` finds its days, and it is not recorded.

    >>> from convnote.lifecycle.events import CouponDue
    >>> CouponDue.rule, issubclass(CouponDue, Scheduled)
    ('INT-1', True)
    """

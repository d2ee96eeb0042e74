"""Event: the base of all events, which checks the kinds of its values and judges nothing about the note."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, ClassVar

from convnote.calendars import day_number
from convnote.errors import TermsError
from convnote.inputs import DateLike
from convnote.lifecycle.fields import a_day, takes


@dataclass(frozen=True)
class Event:
    """Base of all events: the day it happens, and whose it is where holders have positions of their own."""

    on: DateLike = takes(a_day)
    holder: str | None = field(default=None, kw_only=True)

    #: place within a day; smaller comes first. The reasons stand at ORDER.
    rank: ClassVar[int]

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if "check" in each.metadata and value is not None:
                object.__setattr__(self, each.name, each.metadata["check"](value, f"{type(self).__name__}.{each.name}"))
            elif value is None and each.default is not None:
                raise TermsError("this is required", field=f"{type(self).__name__}.{each.name}")
        if self.holder is not None and (not isinstance(self.holder, str) or not self.holder.strip()):
            raise TermsError("a holder's name is needed", field=f"{type(self).__name__}.holder", value=repr(self.holder))

    @cached_property
    def day(self) -> Any:
        """Day number of `on`, int or int64 array."""
        return day_number(self.on)

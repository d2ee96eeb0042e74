"""The lock-up of an offering: how long the Company and its officers may not sell shares, and the exceptions (OFF-4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from convnote.filings import arguments
from convnote.tables import Table

KINDS = ("exercise", "conversion", "grant", "acquisition", "group sale", "sale")


@dataclass(frozen=True, kw_only=True)
class LockUp:
    """The restricted period, `days` days from the day after the prospectus date, and its exceptions (OFF-4).

    >>> lock_up = LockUp(prospectus_date="2000-02-11")
    >>> lock_up.end, lock_up.allows("sale", "2000-05-11"), lock_up.allows("sale", "2000-05-12")
    (datetime.date(2000, 5, 11), False, True)
    """

    prospectus_date: date
    days: int = 90
    #: shares that officers and directors together may sell with the Company's approval
    group_shares: int = 600_000

    def __post_init__(self) -> None:
        object.__setattr__(self, "prospectus_date", arguments.on_day(self.prospectus_date, "lock_up.prospectus_date", "OFF-4"))
        for name, least in (("days", 1), ("group_shares", 0)):
            value = arguments.whole(getattr(self, name), f"lock_up.{name}", "OFF-4", least=least)
            object.__setattr__(self, name, value)

    @property
    def start(self) -> date:
        """The first restricted day."""
        return self.prospectus_date + timedelta(days=1)

    @property
    def end(self) -> date:
        """The last restricted day."""
        return self.prospectus_date + timedelta(days=self.days)

    @property
    def first_free_day(self) -> date:
        """The day after the last restricted one."""
        return self.end + timedelta(days=1)

    def allows(
        self,
        kind: str,
        on: Any,
        *,
        shares: Any = 0,
        disposed: Any = 0,
        outstanding_since: Any = None,
        exercisable: Any = None,
        bound: bool = False,
        approved: bool = False,
        consent: bool = False,
    ) -> bool:
        """True if a disposal of this kind is allowed on `on` (OFF-4).

        "exercise" and "conversion" need `outstanding_since`, the day from which the option, warrant or security was outstanding;
        "grant" needs `exercisable`, the first day on which the option is; "acquisition" asks whether the recipients are `bound`;
        "group sale" adds `shares` to those already `disposed` of and asks whether the Company `approved`. `consent` of the
        manager allows any disposal. A condition that is not shown to be met counts as not met.

        >>> lock_up = LockUp(prospectus_date="2000-02-11")
        >>> lock_up.allows("group sale", "2000-03-01", shares=1, disposed=600_000, approved=True)
        False

        Raises `TermsError` for an unknown kind, a count that is not whole, or a word in place of True or False.
        """

        def place(name: str) -> str:
            return f"lock_up.allows {name}"

        arguments.choice(kind, KINDS, place("kind"), "OFF-4")
        day = arguments.on_day(on, place("on"), "OFF-4")
        sold = arguments.whole(shares, place("shares"), "OFF-4") + arguments.whole(disposed, place("disposed"), "OFF-4")
        since = None if outstanding_since is None else arguments.on_day(outstanding_since, place("outstanding_since"), "OFF-4")
        first = None if exercisable is None else arguments.on_day(exercisable, place("exercisable"), "OFF-4")
        for name, value in (("bound", bound), ("approved", approved), ("consent", consent)):
            arguments.truth(value, place(name), "OFF-4")
        if consent or not self.start <= day <= self.end:
            return True
        if kind in ("exercise", "conversion"):
            return since is not None and since <= self.prospectus_date
        if kind == "grant":
            return first is not None and first > self.end
        if kind == "acquisition":
            return bound
        return kind == "group sale" and approved and sold <= self.group_shares

    def table(self) -> Table:
        """The period and the exceptions."""
        rows = [
            ("prospectus date", self.prospectus_date),
            ("first restricted day", self.start),
            ("last restricted day", self.end),
            ("first free day", self.first_free_day),
            ("shares of the officers and directors together", self.group_shares),
        ]
        return Table.of(("", "lock-up", "rule"), [(*row, "OFF-4") for row in rows])

    def _repr_html_(self) -> str:
        return self.table().html()

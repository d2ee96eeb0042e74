"""Conditional put: holders may sell the Notes back once closes of the share have stayed below a level (CPT-1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from convnote.arithmetic import keeps_index
from convnote.calendars import add_months, day_number, to_date
from convnote.provisions.changes import depends, worse_from, worse_if_higher, worse_if_lower
from convnote.provisions.conditions import Condition, condition, worse_if_harder
from convnote.provisions.fields import count, day, flag, given, multiple, one_of, term
from convnote.provisions.interest import Interest
from convnote.provisions.provision import Provision, rules
from convnote.provisions.redemption import scheduled_amount

if TYPE_CHECKING:
    from convnote.provisions.note_terms import NoteTerms

RULES = rules(
    CPT_1=("each holder may sell the Notes back, once in an interest year, after closes at a low level", "note"),
    CPT_1c=("a holder's own election uses up the year; payment after five Business Days, with accrued interest", "convention"),
)

_TOUCHES = "lower redemption amount"


@dataclass(frozen=True, kw_only=True)
class ConditionalPut(Provision):
    """The holder's right to put while `condition` is met, from `from_date` (None: the issue date) to maturity (CPT-1).

    An election is paid `pays_after` Business Days later, at `price`, a share of the claim. With `once_a_year` a holder elects
    on one day of each interest year, a year from the issue date or one of its anniversaries.

    >>> low = {"days": 30, "period": 30, "multiple": "0.7", "of": "in-force", "strict": True, "below": True, "ends": "notice"}
    >>> print(ConditionalPut(from_date="2021-03-17", condition=low).condition)
    30 of 30 closes below 70% of the conversion price in force
    """

    presence = worse_from(True, False, touches=_TOUCHES)

    #: the first day of an election; None: the issue date
    from_date: date | None = term(day, "CPT-1", change=worse_if_higher(_TOUCHES), default=None)
    #: whether the right may be used on one day only in each interest year
    once_a_year: bool = term(flag, "CPT-1", change=worse_from(False, True, touches=_TOUCHES), default=True)
    #: whose election uses up the interest year: the holder's own, or anyone's on an earlier day
    used_up_by: str = term(
        one_of("holder", "anyone"),
        "CPT-1",
        "convention",
        change=worse_from("holder", "anyone", touches=_TOUCHES),
        default="holder",
    )
    price: Decimal = term(multiple, "CPT-1", change=worse_if_lower(_TOUCHES), default=Decimal(1))
    accrued: str = term(
        one_of("clean", "dirty"), "CPT-1", "convention", change=worse_from("clean", "dirty", touches=_TOUCHES), default="clean"
    )
    #: Business Days from the election to payment
    pays_after: int = term(
        count(0, 250), "CPT-1", "convention", change=depends("the interest accrued meanwhile", _TOUCHES), default=5
    )
    condition: Condition = term(condition, "CPT-1", change=worse_if_harder(_TOUCHES))
    interest: Interest = given()

    def findings(self, note: NoteTerms) -> Iterator[tuple[str, str]]:
        """Oddities: a level of closes that is usually on the other side, a right that begins after it has ended."""
        if note.conversion is not None:
            for oddity in self.condition.oddities(note.conversion.price):
                yield "CPT-1", oddity
        if self.from_date is not None and not note.issue_date <= self.from_date < note.maturity_date:
            yield "CPT-1", f"the right to put begins on {self.from_date}, outside the note's life"

    @property
    def first_day(self) -> int:
        """Day number of the first day on which a holder may elect."""
        issue = self.interest.principal.issue_day
        return issue if self.from_date is None else max(issue, int(day_number(self.from_date)))

    def payment_day(self, on: Any) -> Any:
        """Day number on which an election on day number `on` is paid, int or int64 array of its shape."""
        banks = self.interest.principal.banks
        return banks.after(on, self.pays_after) if self.pays_after else banks.on_or_after(on)

    def year_of(self, on: int) -> int:
        """Day number of the start of the interest year of day number `on`: the issue date or one of its anniversaries.

        >>> import convnote as cn
        >>> terms = cn.load("everbright-2023").conditional_put
        >>> [str(to_date(terms.year_of(int(day_number(on))))) for on in ("2022-03-16", "2022-03-17")]
        ['2021-03-17', '2022-03-17']
        """
        issue = self.interest.principal.issue_date
        years = to_date(on).year - issue.year
        start = int(day_number(add_months(issue, 12 * years)))
        return start if start <= on else int(day_number(add_months(issue, 12 * (years - 1))))

    def objection(self, on: int, own: tuple[int, ...], anyones: tuple[int, ...]) -> str | None:
        """Why no election may be made on day number `on`, whatever the closes, or None.

        `own` are the day numbers of the holder's elections so far, `anyones` those of all holders.
        """
        if on < self.first_day:
            return f"Notes are put from {to_date(self.first_day)} on"
        principal = self.interest.principal
        if (paid := int(self.payment_day(on))) >= principal.maturity_day:
            return f"an election on {to_date(on)} would be paid on {to_date(paid)}, not before maturity"
        if not self.once_a_year:
            return None
        start = self.year_of(on)
        earlier = [*own, *(day for day in anyones if self.used_up_by == "anyone" and day < on)]
        used = [day for day in earlier if day >= start]
        if used:
            return f"the right is used once in an interest year: in that from {to_date(start)} on {to_date(min(used))}"
        return None

    @keeps_index
    def amount(self, on: Any, principal: Any = None) -> Any:
        """The amount paid on `on` for `principal` put (None: one denomination), unrounded, in the note's currency (CPT-1).

        A date gives a Decimal, ``datetime64`` float64 of its shape.

        >>> import convnote as cn
        >>> cn.load("everbright-2023").conditional_put.amount("2022-03-17")
        Decimal('100')
        """
        prices = ((self.interest.principal.issue_date, self.price),)
        return scheduled_amount(self.interest, prices, self.accrued, on, principal, "conditional_put")

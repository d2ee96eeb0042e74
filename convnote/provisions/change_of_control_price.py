"""Change of control price: for a period after a change, Notes convert at a lower price; earlier changes lower it more.

The usual form in European and Asian notes: part of the premium at issue is given back for the time value lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from convnote.arithmetic import fraction, keeps_index, larger, numbers_of
from convnote.calendars import day_number
from convnote.errors import TermsError
from convnote.provisions.changes import depends, worse_from, worse_if_lower
from convnote.provisions.fields import count, multiple, one_of, term
from convnote.provisions.provision import Provision, rules

if TYPE_CHECKING:
    from convnote.provisions.note_terms import NoteTerms

RULES = rules(
    CHG_1=("for some days after a change the conversion price is divided by 1 + premium x days left / days from issue", "note"),
)


@dataclass(frozen=True, kw_only=True)
class ChangeOfControlPrice(Provision):
    """The lower conversion price for a period after a change of control (CHG-1); `premium` is a share, 0.32 for 32%."""

    presence = worse_from(True, False, touches="impaired conversion")

    #: premium of the initial conversion price over the share price when the notes were sold
    premium: Decimal = term(multiple, "CHG-1", change=worse_if_lower("impaired conversion"))
    #: the period runs to this many days after the Company's notice, or after the change itself if there is no notice
    period_days: int = term(count(0, 366), "CHG-1", change=worse_if_lower("impaired conversion"), default=60)
    #: the date to which days are counted: maturity, or the first put date after the change
    to: str = term(
        one_of("maturity", "put"), "CHG-1", change=depends("the day of the change", "impaired conversion"), default="maturity"
    )

    def days(self, note: NoteTerms, occurred: Any) -> tuple[Any, Any]:
        """Days from a change on day number `occurred` to the end date (at least 0), and days from issue to the end date."""
        issue, end = note.principal.issue_day, note.principal.maturity_day
        if self.to == "put":
            dates = [int(day_number(on)) for on in note.put.dates] if note.put else [end]
            ahead = np.minimum(np.searchsorted(dates, occurred, side="right"), len(dates) - 1)
            end = np.array(dates)[ahead] if np.ndim(occurred) else dates[int(ahead)]
        return larger(end - occurred, occurred * 0), end - issue

    def factor(self, note: NoteTerms, occurred: Any) -> Any:
        """The factor (at most 1) on the conversion price after a change on day number `occurred` (CHG-1); exact, or float64."""
        left, whole = self.days(note, occurred)
        premium = float(self.premium) if np.ndim(occurred) else fraction(self.premium)
        return 1 / (1 + premium * left / whole)

    @keeps_index
    def price(self, note: NoteTerms, occurred: Any, price: Any = None) -> Any:
        """The conversion price in the period after a change that `occurred`, unrounded, in the note's currency per share.

        `price` is the price in force (None: the initial price). Scalars are answered exactly; arrays give float64 of their shape.

        >>> import convnote as cn
        >>> terms = ChangeOfControlPrice(premium="0.32")
        >>> terms.price(cn.load("afv-2003"), "2006-01-01", 30).quantize(Decimal("0.0001"))
        Decimal('26.5974')

        Raises `TermsError` for a day outside the life of the note.
        """
        days = day_number(occurred)
        if np.any(days < note.principal.issue_day) or np.any(days >= note.principal.maturity_day):
            reason = f"expected a day from {note.issue_date} and before {note.maturity_date}"
            raise TermsError(reason, field="change_of_control_price.price occurred", rule="CHG-1", value=occurred)
        if price is None:
            if note.conversion is None:
                raise TermsError("the note does not convert", field="change_of_control_price", rule="CNV-1")
            price = note.conversion.price
        numbers = numbers_of(price, days)
        return numbers.publish(numbers(price) * self.factor(note, days))

    def last_day(self, occurred: Any, notice: Any = None) -> Any:
        """Day number of the last day of the period after a change, counted from `notice` if given (CHG-1); int, or int64."""
        return (occurred if notice is None else notice) + self.period_days

    def findings(self, note: NoteTerms) -> Iterator[tuple[str, str]]:
        """Terms under which the lower price never has an effect (CHG-1)."""
        if note.fundamental_change is None:
            yield "CHG-1", "there is a price for changes of control, and no table [fundamental_change]: no change is recorded"
        if note.conversion is None:
            yield "CHG-1", "there is a price for changes of control, and the note does not convert"
        if self.to == "put" and note.put is None:
            yield "CHG-1", "days are counted to a put date, and the note has none: they are counted to maturity"

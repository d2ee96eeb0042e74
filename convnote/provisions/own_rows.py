"""How an own provision extends the answers about a note: schedule rows, findings, and whether it can be simulated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from convnote.calendars import one_day, to_date
from convnote.errors import TermsError
from convnote.provisions.provision import Provision

if TYPE_CHECKING:
    from convnote.provisions.note_terms import NoteTerms


@dataclass(frozen=True)
class OwnRow:
    """A row that an own provision adds to a schedule; `amount` is per denomination, unrounded, None where nothing is paid."""

    date: dt.date
    kind: str
    rule: str
    amount: Any = None
    text: str = ""
    payment_date: dt.date | None = None
    #: only a reset has a window
    window: tuple[dt.date, dt.date] | None = None


def rows_of(note: NoteTerms) -> list[OwnRow]:
    """The rows that a note's own provisions add, in order of day; days outside its life are omitted.

    A provision's `rows(note)` gives (day, kind, rule), (…, amount) or (…, amount, words) for each row.

    Raises `TermsError` naming the provision for anything else.
    """
    rows = [_row(note, name, each) for name, part in note.extras.items() for each in _told(part, "rows", note)]
    return sorted((row for row in rows if note.issue_date <= row.date <= note.maturity_date), key=lambda row: row.date)


def _row(note: NoteTerms, name: str, given: Any) -> OwnRow:
    place = f"{name}.rows"
    if not isinstance(given, (tuple, list)) or not 3 <= len(given) <= 5:
        raise TermsError("expected (day, kind, rule), then an amount and words if any", field=place, value=repr(given))
    parts: list[Any] = [*given, *(None, "")[len(given) - 3 :]]
    day, kind, rule, amount, words = parts
    if not all(isinstance(each, str) for each in (kind, rule, words)):
        raise TermsError("kind, rule and words are texts", field=place, value=repr(given))
    on = one_day(day, place)
    paid = None if amount is None else to_date(note.principal.payment_day(on))
    return OwnRow(to_date(on), str(kind), str(rule), amount, str(words), paid)


def findings_of(note: NoteTerms) -> Iterator[tuple[str, str]]:
    """(rule, message) of each finding from an own provision's `findings(note)`; raises `TermsError` for any other result."""
    for name, part in note.extras.items():
        for found in _told(part, "findings", note):
            if not isinstance(found, tuple) or len(found) != 2 or not all(isinstance(each, str) for each in found):
                raise TermsError("expected pairs of a rule and a message", field=f"{name}.findings", value=repr(found))
            yield found


def _told(part: Provision, method: str, note: NoteTerms) -> Iterable[Any]:
    asked = getattr(part, method, None)
    return () if asked is None else asked(note) or ()


def unsimulated(note: NoteTerms) -> list[tuple[str, str, str]]:
    """(section, rule, reason) of each part of a note that only a replay knows: FXF-1, EXC-1, and own provisions with events.

    Own provisions that declare `moves_cash = False` are left to the replay: no amount of money or shares depends on them.
    """
    found = []
    if note.conversion is not None and note.conversion.fixed_rate is not None:
        reason = f"a path needs closes in {note.principal.share_currency} and exchange rates; conversion at a fixed rate is known"
        found.append(("conversion.fixed_rate", "FXF-1", f"{reason} to replay alone"))
    if note.exchange is not None and note.exchange.further:
        kinds = ", ".join(each.share for each in note.exchange.property)
        found.append(("exchange.property", "EXC-1", f"a model has closes of one share, and the property is {kinds}"))
    for name, part in note.extras.items():
        if hasattr(part, "events") and part.moves_cash:
            rule = part.settings()[0].metadata["rule"] if part.settings() else ""
            found.append((name, rule, f"the events of [{name}] are known to replay alone"))
    return found

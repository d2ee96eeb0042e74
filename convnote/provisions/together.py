"""Combinations of provisions that exclude each other in a note, and settings without effect given another provision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convnote.errors import TermsError

if TYPE_CHECKING:
    from convnote.provisions.note_terms import NoteTerms


def together_faults(note: NoteTerms) -> Iterator[TermsError]:
    """Incompatible provisions and settings of one note."""
    if note.mandatory is not None:
        yield from _mandatory(note)
    if note.exchange is not None:
        yield from note.exchange.faults(note)


def _mandatory(note: NoteTerms) -> Iterator[TermsError]:
    """A mandatory requires the early conversion right at its lower rate, and pays no principal (MND-1)."""
    if note.conversion is None:
        reason = "expected the holder's option to convert early, with conversion.rate = mandatory.min_rate"
        yield TermsError(reason, field="conversion", rule="MND-1")
    for name in ("reset", "withdrawal"):
        if getattr(note, name) is not None:
            yield TermsError(f"a note that converts at maturity has no {name}", field=name, rule="MND-1")
    included = note.principal.maturity_includes_interest
    for name, found in (("accretion", note.accretion), ("principal.maturity_includes_interest", included)):
        if found:
            yield TermsError("nothing is paid in cash at the maturity of a mandatory", field=name, rule="MND-1")
    price: Any = getattr(note.principal, "maturity_price", 1)
    if price != 1:
        reason = "nothing is paid in cash at the maturity of a mandatory: leave it out"
        yield TermsError(reason, field="principal.maturity_price", rule="MND-1", value=price)


def moot(note: NoteTerms, setting: str) -> bool:
    """True for a setting that has no effect given the other provisions, so that it is not listed as assumed."""
    if setting == "interest.record_days":  # the note names the days (REC-1)
        return note.interest.record_dates is not None
    return setting == "principal.maturity_price" and note.mandatory is not None

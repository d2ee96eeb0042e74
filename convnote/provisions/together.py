"""Combinations of provisions that exclude each other in a note, and settings without effect given another provision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from convnote.errors import TermsError
from convnote.provisions import in_kind
from convnote.provisions.provision import Provision
from convnote.provisions.registry import BUILT_IN
from convnote.provisions.toml_values import cut

if TYPE_CHECKING:
    from convnote.provisions.note_terms import NoteTerms


def together_faults(note: NoteTerms) -> Iterator[TermsError]:
    """Incompatible provisions and settings of one note."""
    if note.conversion is None:
        yield from _without_conversion(note)
    if note.mandatory is not None:
        yield from _mandatory(note)
    yield from in_kind.together(note)
    if note.exchange is not None:
        yield from note.exchange.faults(note)
    if getattr(note.conversion, "fixed_rate", None) is not None:
        yield from _fixed_rate(note)


def _without_conversion(note: NoteTerms) -> Iterator[TermsError]:
    """Terms that need a conversion right, and conditions on a multiple of a conversion price (CNT-1, CPT-1, DWN-1)."""
    if note.contingent_conversion is not None:
        yield TermsError("a note that does not convert has no windows of conversion", field="contingent_conversion", rule="CNT-1")
    if note.revision is not None:
        yield TermsError("a note that does not convert has no revision", field="revision", rule="DWN-1")
    if note.conditional_put is not None and note.conditional_put.condition.of != "figure":
        reason = 'a note that does not convert has no conversion price: compare closes with a figure, of = "figure"'
        yield TermsError(reason, field="conditional_put.condition.of", rule="CPT-1", value=cut(note.conditional_put.condition.of))


def _mandatory(note: NoteTerms) -> Iterator[TermsError]:
    """A mandatory requires the early conversion right at its lower rate, and pays no principal (MND-1)."""
    if note.conversion is None:
        reason = "expected the holder's option to convert early, with conversion.rate = mandatory.min_rate"
        yield TermsError(reason, field="conversion", rule="MND-1")
    for name in ("reset", "revision", "withdrawal"):
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


def _fixed_rate(note: NoteTerms) -> Iterator[TermsError]:
    """A fixed exchange rate needs the share's currency, and excludes terms that compare amounts in both currencies (FXF-1)."""
    terms = note.principal
    if terms.share_currency in (None, terms.currency):
        reason = f"expected the currency of conversion price and closes, another than the note's {terms.currency}"
        given = None if terms.share_currency is None else cut(terms.share_currency)
        yield TermsError(reason, field="principal.share_currency", rule="FXF-1", value=given)
    for name in ("mandatory", "settlement", "make_whole_change"):
        if getattr(note, name) is not None:
            reason = f"amounts in two currencies: with conversion.fixed_rate [{name}] is not built"
            yield TermsError(reason, field=name, rule="FXF-1")
    for name in BUILT_IN:
        part: Any = getattr(note, name)
        for place in [each.name for each in part.settings()] if isinstance(part, Provision) else []:
            if getattr(getattr(part, place), "of", None) == "accreted":
                reason = f"closes are in {terms.share_currency} and the accreted value in {terms.currency}: this is not built"
                yield TermsError(reason, field=f"{name}.{place}.of", rule="FXF-1", value=cut("accreted"))
    if getattr(note.contingent_conversion, "trading_price", None) is not None:
        reason = f"the Notes are priced in {terms.currency} and closes are in {terms.share_currency}: this is not built"
        yield TermsError(reason, field="contingent_conversion.trading_price", rule="FXF-1")
    if note.adjustment is not None and note.adjustment.rounding_of == "rate":
        reason = 'conversion.fixed_rate goes with a price: expected "price"'
        yield TermsError(reason, field="adjustment.rounding_of", rule="FXF-1", value=cut("rate"))


def moot(note: NoteTerms, setting: str) -> bool:
    """True for a setting that has no effect given the other provisions, so that it is not listed as assumed."""
    if setting == "interest.record_days":  # the note names the days (REC-1)
        return note.interest.record_dates is not None
    if setting == "conversion.fraction_rate":
        return note.conversion is None or note.conversion.fixed_rate is None or note.conversion.fraction != "cash"
    return setting == "principal.maturity_price" and note.mandatory is not None

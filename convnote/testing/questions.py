"""Questions that no life asks: consent, identity, payment by wire, the rate of a day; on both sides of each rule."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from convnote.arithmetic import fraction
from convnote.calendars import day_number
from convnote.errors import TermsError
from convnote.lifecycle import State
from convnote.market import MarketHistory
from convnote.note import ConvertibleNote


def _holders_add_up(note: ConvertibleNote, positions: Mapping[str, Any]) -> bool:
    """Whether positions of holders are the whole issue (ID-2)."""
    try:
        State.opening(note, positions)
    except TermsError:
        return False
    return True


def _finds(note: ConvertibleNote, rule: str, words: Mapping[str, str]) -> bool:
    """Whether the check of the terms reports a rule, the certificates saying these words (ID-3)."""
    printed = {
        number: {"figures": certificate["figures"], "words": words.get(number, certificate["words"])}
        for number, certificate in note.principal.certificates.items()
    }
    changed = dataclasses.replace(note, principal=dataclasses.replace(note.principal, certificates=printed))
    return any(finding.rule == rule for finding in changed.check())


def _euro_close(note: ConvertibleNote, on: str, usd: str, fixings: Mapping[str, str]) -> Any:
    """A close in euros, from one in USD and the rates fixed on the days before (FX-1)."""
    history = MarketHistory.from_usd([on], [usd], list(fixings), list(fixings.values()))
    return history.exact_close(int(day_number(on)))


def _consent(note: ConvertibleNote) -> Any:
    assert note.consent is not None
    return note.consent


#: What can be asked, by name; the arguments are those of the case.
ASKED: dict[str, Callable[..., Any]] = {
    "identity": lambda note, key: note.identity.get(key),
    "holders add up": _holders_add_up,
    "check finds": _finds,
    "is a multiple": lambda note, principal: note.principal.is_multiple(fraction(principal)),
    "bears interest from": lambda note, **asked: note.interest.bears_from(**asked),
    "may elect wire": lambda note, principal: note.interest.may_elect_wire(fraction(principal)),
    "accrued": lambda note, on, principal: note.interest.accrued(on, principal),
    "euro close": _euro_close,
    "whose consent": lambda note, change: _consent(note).requirement(change).rule,
    "is carried": lambda note, **asked: _consent(note).is_carried(**asked),
    "may waive": lambda note, default: _consent(note).may_waive(default),
}

_HALF, _ALL = "345000000", "690000000"
#: (rule, side, what is asked, arguments)
QUESTIONS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("ID-1", "one", "identity", {"key": "cusip"}),
    ("ID-1", "other", "identity", {"key": "sedol"}),
    ("ID-2", "one", "holders add up", {"positions": {"A": "400000000", "B": "290000000"}}),
    ("ID-2", "other", "holders add up", {"positions": {"A": "400000000", "B": "289999000"}}),
    ("ID-3", "one", "check finds", {"rule": "ID-3", "words": {}}),
    ("ID-3", "other", "check finds", {"rule": "ID-3", "words": {"P-2": "two hundred ninety million euros"}}),
    ("ID-4", "one", "is a multiple", {"principal": "1000"}),
    ("ID-4", "other", "is a multiple", {"principal": "1500"}),
    ("ID-4", "other", "is a multiple", {"principal": "0"}),
    ("PRN-2", "one", "whose consent", {"change": "another currency"}),
    ("PRN-2", "other", "whose consent", {"change": "other"}),
    ("INT-4", "one", "accrued", {"on": "2002-02-16", "principal": "1000"}),
    ("INT-4", "other", "accrued", {"on": "2002-02-17", "principal": "1000"}),
    ("INT-4", "one", "accrued", {"on": "2001-02-15", "principal": "1000"}),
    ("INT-4", "forbidden", "accrued", {"on": "2010-02-17", "principal": "1000"}),
    ("INT-5", "one", "bears interest from", {"dated": "2003-02-01"}),
    ("INT-5", "other", "bears interest from", {"dated": "2003-02-02"}),
    ("INT-5", "other", "bears interest from", {"dated": "2003-02-02", "defaulted": True}),
    ("INT-5", "one", "bears interest from", {"dated": "2003-02-15"}),
    ("INT-5", "one", "bears interest from", {"dated": "2003-02-16"}),
    ("INT-8", "one", "may elect wire", {"principal": "10000000"}),
    ("INT-8", "other", "may elect wire", {"principal": "10001000"}),
    (
        "FX-1",
        "one",
        "euro close",
        {"on": "2000-02-16", "usd": "70.6875", "fixings": {"2000-02-15": "0.98", "2000-02-16": "0.9804"}},
    ),
    (
        "FX-1",
        "other",
        "euro close",
        {"on": "2000-02-16", "usd": "70.6875", "fixings": {"2000-02-15": "0.98", "2000-02-17": "0.9804"}},
    ),
    ("FX-1", "forbidden", "euro close", {"on": "2000-02-16", "usd": "70.6875", "fixings": {"2000-02-17": "0.9804"}}),
    ("SUB-1", "one", "whose consent", {"change": "subordination against holders"}),
    ("SUB-1", "other", "whose consent", {"change": "other"}),
    ("AMD-1", "one", "is carried", {"change": "other", "in_favour": _HALF, "outstanding": _ALL}),
    ("AMD-1", "other", "is carried", {"change": "other", "in_favour": "345001000", "outstanding": _ALL}),
    ("AMD-2", "one", "is carried", {"change": "later maturity", "in_favour": "689999000", "outstanding": _ALL}),
    ("AMD-2", "other", "is carried", {"change": "later maturity", "in_favour": _ALL, "outstanding": _ALL}),
    (
        "AMD-2",
        "other",
        "is carried",
        {"change": "lower rate", "in_favour": "400000000", "outstanding": _ALL, "affected": "5000", "agreed": "5000"},
    ),
    (
        "AMD-2",
        "one",
        "is carried",
        {"change": "lower rate", "in_favour": "400000000", "outstanding": _ALL, "affected": "5000", "agreed": "4000"},
    ),
    ("AMD-3", "one", "is carried", {"change": "lower majority", "in_favour": "689999000", "outstanding": _ALL}),
    ("AMD-3", "other", "is carried", {"change": "lower majority", "in_favour": _ALL, "outstanding": _ALL}),
    ("AMD-4", "one", "may waive", {"default": "covenant"}),
    ("AMD-4", "other", "may waive", {"default": "interest"}),
    ("AMD-4", "other", "may waive", {"default": "failure to convert"}),
)

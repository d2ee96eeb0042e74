"""A kit to test other convertible-bond engines against this one; the state machine and the strategies need Hypothesis.

>>> from convnote import testing
>>> testing.check_engine(testing.Ours, examples=3).ok
True

Names are imported on first use, so that reference cases can be written without Hypothesis installed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convnote.testing import invariants as invariants
    from convnote.testing.all_terms import notes as notes
    from convnote.testing.answers import Paid as Paid
    from convnote.testing.boundaries import Edge as Edge
    from convnote.testing.cases import read_cases as read_cases
    from convnote.testing.cases import run_case as run_case
    from convnote.testing.cases import write_cases as write_cases
    from convnote.testing.differences import Difference as Difference
    from convnote.testing.drawn import values_of as values_of
    from convnote.testing.engine import Batch as Batch
    from convnote.testing.engine import Engine as Engine
    from convnote.testing.engine import Lockstep as Lockstep
    from convnote.testing.engine import Ours as Ours
    from convnote.testing.engine import Refused as Refused
    from convnote.testing.filing_cases import made_filing_cases as made_filing_cases
    from convnote.testing.filing_cases import run_filing_case as run_filing_case
    from convnote.testing.filing_cases import write_filing_cases as write_filing_cases
    from convnote.testing.filings import DefaultSet as DefaultSet
    from convnote.testing.filings import MeetingYear as MeetingYear
    from convnote.testing.filings import default_sets as default_sets
    from convnote.testing.filings import meeting_years as meeting_years
    from convnote.testing.filings import syndicates as syndicates
    from convnote.testing.invalid_sheets import InvalidSheet as InvalidSheet
    from convnote.testing.invalid_sheets import invalid_term_sheets as invalid_term_sheets
    from convnote.testing.machine import Report as Report
    from convnote.testing.machine import check_engine as check_engine
    from convnote.testing.machine import live as live
    from convnote.testing.machine import state_machine as state_machine
    from convnote.testing.spells import SpelledHistory as SpelledHistory
    from convnote.testing.strategies import candidates as candidates
    from convnote.testing.strategies import closes as closes
    from convnote.testing.strategies import dates_in as dates_in
    from convnote.testing.strategies import events as events
    from convnote.testing.strategies import forbidden_events as forbidden_events
    from convnote.testing.strategies import histories as histories
    from convnote.testing.strategies import lives as lives
    from convnote.testing.strategies import markets as markets
    from convnote.testing.strategies import policies as policies
    from convnote.testing.surveys import Survey as Survey
    from convnote.testing.surveys import survey as survey
    from convnote.testing.terms import notes_at_fixed_rate as notes_at_fixed_rate
    from convnote.testing.terms_low_closes import notes_after_low_closes as notes_after_low_closes
    from convnote.testing.terms_windows import notes_in_kind as notes_in_kind
    from convnote.testing.terms_windows import notes_in_windows as notes_in_windows
    from convnote.testing.terms_windows import notes_with_floating_coupons as notes_with_floating_coupons

_WHERE = {
    "all_terms": ("notes",),
    "answers": ("Paid",),
    "boundaries": ("Edge",),
    "cases": ("read_cases", "run_case", "write_cases"),
    "differences": ("Difference",),
    "drawn": ("values_of",),
    "engine": ("Batch", "Engine", "Lockstep", "Ours", "Refused"),
    "filing_cases": ("made_filing_cases", "run_filing_case", "write_filing_cases"),
    "filings": ("DefaultSet", "MeetingYear", "default_sets", "meeting_years", "syndicates"),
    "invalid_sheets": ("InvalidSheet", "invalid_term_sheets"),
    "machine": ("Report", "check_engine", "live", "state_machine"),
    "spells": ("SpelledHistory",),
    "strategies": (
        "candidates",
        "closes",
        "dates_in",
        "events",
        "forbidden_events",
        "histories",
        "lives",
        "markets",
        "policies",
    ),
    "surveys": ("Survey", "survey"),
    "terms": ("notes_at_fixed_rate",),
    "terms_low_closes": ("notes_after_low_closes",),
    "terms_windows": ("notes_in_kind", "notes_in_windows", "notes_with_floating_coupons"),
}
_MODULE = {name: module for module, names in _WHERE.items() for name in names}

__all__ = ["invariants", *sorted(_MODULE)]


def __getattr__(name: str) -> Any:
    if name == "invariants":
        return import_module("convnote.testing.invariants")
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"convnote.testing.{_MODULE[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

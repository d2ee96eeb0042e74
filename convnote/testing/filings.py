"""Strategies for a note's related papers: syndicates, default sets and annual-meeting calendars; they need Hypothesis.

Amounts are at and around the boundaries: one-tenth of the issue, one-ninth of a taker's own amount, tied remainders.
"""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from hypothesis import strategies as st

from convnote.filings import Offering
from convnote.filings.underwriting import offering


class DefaultSet(NamedTuple):
    """The arguments of one `Offering.allocate` call: each default, the manager's proportions and the consents."""

    defaults: dict[str, int]
    proportions: dict[str, Any] | None
    consents: tuple[str, ...] | None


class MeetingYear(NamedTuple):
    """A year, and legal holidays at the place of its annual meeting; some fall on the day set by the by-laws."""

    year: int
    holidays: tuple[date, ...]


@st.composite
def syndicates(draw: st.DrawFn, *, like: Offering | None = None, least: int = 2, most: int = 9) -> Offering:
    """Offerings by `least` to `most` underwriters with uneven amounts; `like` is the offering to vary (None: the bundled one).

    >>> from hypothesis import find
    >>> 2 <= len(find(syndicates(), lambda each: each.amount > 10_000).underwriters) <= 9
    True
    """
    base = offering("amazon-peacs-2010") if like is None else like
    unit = int(base.note.denomination)
    number = draw(st.integers(least, most))
    # small amounts make ties, and ninths decided by a single Note, frequent; large amounts make them rare
    notes = draw(st.lists(st.integers(1, draw(st.sampled_from((30, 1_000, 700_000)))), min_size=number, max_size=number))
    named = {f"Underwriter {place}": Decimal(unit * each) for place, each in enumerate(notes, start=1)}
    return dataclasses.replace(base, underwriters=named)


@st.composite
def default_sets(draw: st.DrawFn, of: Offering) -> DefaultSet:
    """Default sets of an offering: no, some or all underwriters default, in part or in full, often at a boundary of section 9.

    >>> from hypothesis import find
    >>> sum(find(default_sets(offering("amazon-peacs-2010")), lambda each: True).defaults.values()) <= 690_000_000
    True
    """
    unit = int(of.note.denomination)
    notes = {name: int(amount) // unit for name, amount in of.underwriters.items()}
    names = draw(st.lists(st.sampled_from(list(notes)), unique=True))
    tenth = sum(notes.values()) // 10
    defaults = {}
    for name in names:
        edges = [each for each in (1, notes[name], tenth, tenth + 1, notes[name] // 10) if 0 <= each <= notes[name]]
        defaults[name] = unit * draw(st.sampled_from(edges) | st.integers(0, notes[name]))
    takers = [name for name in notes if not defaults.get(name)]
    weights = None
    if bool(takers) and draw(st.booleans()):
        weight = st.integers(0, 4) | st.fractions(0, 3, max_denominator=7)
        weights = {name: draw(weight) for name in draw(st.lists(st.sampled_from(takers), min_size=1, unique=True))}
        if not any(weights.values()):
            weights[next(iter(weights))] = Fraction(1)
    willing = None
    if draw(st.booleans()):
        willing = tuple(draw(st.lists(st.sampled_from(list(notes)), unique=True)))
    return DefaultSet(defaults, weights, willing)


@st.composite
def meeting_years(draw: st.DrawFn) -> MeetingYear:
    """Years of annual meetings with holidays on and after the second Thursday of May, and elsewhere.

    >>> from hypothesis import find
    >>> 1970 <= find(meeting_years(), lambda each: len(each.holidays) == 1).year < 2100
    True
    """
    year = draw(st.integers(1970, 2099))
    days = st.integers(0, 25).map(lambda shift: date(year, 5, 6) + timedelta(days=shift))
    return MeetingYear(year, tuple(sorted(draw(st.lists(days, unique=True)))))

"""Strategies for notes that convert only in windows, and for notes whose coupons float or become principal."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st

from convnote.note import ConvertibleNote
from convnote.provisions import Condition, ContingentConversion, TradingPrice
from convnote.testing.terms import Chooser, usual_notes


@st.composite
def notes_in_windows(draw: st.DrawFn) -> ConvertibleNote:
    """Notes that convert after a quarter of high closes, after low prices of the note, when called or on a change (CNT-1…CNT-3).

    A market that `histories` draws for such a note has prices of the note, which are those of the series "note", or none.

    >>> from hypothesis import find
    >>> find(notes_in_windows(), lambda note: note.contingent_conversion.for_ever).contingent_conversion.for_ever
    True
    """
    return in_windows(draw(usual_notes()), Chooser(draw))


@st.composite
def notes_with_floating_coupons(draw: st.DrawFn) -> ConvertibleNote:
    """Notes that pay an index plus a spread (FLT-1); a market that `histories` draws for such a note has all fixings.

    >>> from hypothesis import find
    >>> find(notes_with_floating_coupons(), lambda note: note.interest.floor is not None).interest.index
    'LIBOR'
    """
    return with_floating_coupons(draw(usual_notes()), Chooser(draw))


@st.composite
def notes_in_kind(draw: st.DrawFn) -> ConvertibleNote:
    """Notes whose coupons before maturity become principal, on which they then pay and convert (PIK-1).

    >>> from hypothesis import find
    >>> find(notes_in_kind(), lambda note: note.interest.frequency == 2).interest.paid_rounding_mode
    'up'
    """
    return in_kind(draw(usual_notes()), Chooser(draw))


def in_windows(note: ConvertibleNote, one: Chooser) -> ConvertibleNote:
    """The note that converts in windows (CNT-1…CNT-3)."""
    life = note.maturity_date - note.issue_date
    days, period = one.of((20, 30), (1, 1), (5, 30), (10, 10))
    quarter = Condition(
        days=days,
        period=period,
        strict=one.of(True, False),
        short_period=one.of(False, True),
        ends="notice",
        of=one.of("in-force", "initial"),
        multiple=one.of(Decimal("1.3"), Decimal("0.9")),
    )
    price = TradingPrice(share=one.of(Decimal("0.98"), Decimal("0.9")), days=one.of(5, 1), open_days=one.of(5, 1, 20))
    in_quarters = one.of(
        {"quarter": quarter},
        {"quarter": quarter, "for_ever": True},
        {"quarter": quarter, "first_quarter": note.issue_date + life / 3},
        {},
    )
    on_change = one.of({}, {"on_change": False}, {"change_days": 15})
    terms = ContingentConversion(
        free_from=one.of(None, note.issue_date + life * 2 / 3, note.maturity_date - timedelta(days=30)),
        trading_price=one.of(None, price),
        on_call=one.of(True, False),
        **in_quarters,
        **on_change,
    )
    return dataclasses.replace(note, contingent_conversion=terms)


def with_floating_coupons(note: ConvertibleNote, one: Chooser) -> ConvertibleNote:
    """The note whose coupons float (FLT-1)."""
    interest = dataclasses.replace(
        note.interest,
        rate=None,
        index="LIBOR",
        spread=one.of(None, Decimal("0.0125"), Decimal("-0.01")),
        floor=one.of(None, Decimal("0.01")),
        fixed=one.of("2 business days before", "0 calendar days before", "5 trading days before"),
    )
    return dataclasses.replace(note, interest=interest)


def in_kind(note: ConvertibleNote, one: Chooser) -> ConvertibleNote:
    """The note whose coupons before maturity become principal, without the terms that cannot stand beside that (PIK-1)."""
    principal = dataclasses.replace(note.principal, rounded_on="position", maturity_includes_interest=None)
    call = note.redemption and dataclasses.replace(note.redemption, make_whole_amount=None, make_whole_until=None)
    withdrawal = note.withdrawal and dataclasses.replace(note.withdrawal, make_whole_amount=0)
    interest = dataclasses.replace(
        note.interest,
        paid="in-kind",
        paid_rounding=one.of(Decimal(1), Decimal("0.01")),
        paid_rounding_mode=one.of("up", "half-up", "down"),
    )
    return dataclasses.replace(
        note, principal=principal, redemption=call, withdrawal=withdrawal, accretion=None, mandatory=None, interest=interest
    )

"""Strategies for tests of convertibles: days, closes, histories, events, markets, policies; `terms` has those for terms.

Each targets the boundaries of the rules: closes exactly at the trigger, 19, 20 and 21 of 30, days around record dates and
holidays, the last day of a notice and the day after. Some take a context (`dates_in(note)`), others do
not (`markets()`). The first option is the simplest, so that a failing example shrinks to a life with few events.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from hypothesis import strategies as st

from convnote.arithmetic import decimal
from convnote.calendars import to_date
from convnote.lifecycle import events as ev
from convnote.market import CrossCurrency, Lognormal
from convnote.note import ConvertibleNote
from convnote.policies import Above, AtEnd, AtOnce, Boundary, IfWorthMore, Never, Policy, Refinance
from convnote.testing import stories
from convnote.testing.all_turns import TURNS
from convnote.testing.boundaries import BOUNDARIES, Edge
from convnote.testing.engine import allowed
from convnote.testing.spells import SpelledHistory
from convnote.testing.stories import Pick
from convnote.testing.turns import Turn


def picker(draw: st.DrawFn) -> Pick:
    """`pick(first, second, …)` draws one of its arguments and shrinks to the first; `pick(range(...))` draws from a range."""

    def pick(*options: Any) -> Any:
        if len(options) == 1 and isinstance(options[0], range):
            options = options[0]  # type: ignore[assignment]
        return options[draw(st.integers(0, len(options) - 1))] if len(options) > 1 else options[0]

    return pick


@st.composite
def dates_in(draw: st.DrawFn, note: ConvertibleNote) -> date:
    """Days of the note's life: about half near a coupon, a record date, a reset or the first or last day of a right.

    >>> import convnote as cn
    >>> from hypothesis import find
    >>> find(dates_in(cn.load("amazon-peacs-2010")), lambda day: day.month == 2 and day.day == 2 and day.year > 2001).day
    2
    """
    return to_date(stories.some_day(note, picker(draw)))


@st.composite
def closes(draw: st.DrawFn, note: ConvertibleNote, *, length: int | None = None) -> list[Decimal]:
    """Closes of consecutive trading days, oldest first, note's currency: runs at, just above and just below the rules' levels.

    A run has one close, or the length of the trigger's period, or one more or less; `length` days in total (None: a few runs).
    """
    pick = picker(draw)
    found: list[Decimal] = []
    lengths = stories.run_lengths(note)
    for _ in range(1 if length is None else length):
        found += [decimal(pick(*stories.levels(note)))] * pick(*lengths)
        if length is None:
            while len(found) < 4 * max(lengths) and pick(False, True):
                found += [decimal(pick(*stories.levels(note)))] * pick(*lengths)
        elif len(found) >= length:
            break
    return found if length is None else found[:length]


@st.composite
def histories(draw: st.DrawFn, note: ConvertibleNote) -> SpelledHistory:
    """Markets over the note's whole life in a few spells, with windows around the trigger and the resets, and over holidays.

    >>> import convnote as cn
    >>> from hypothesis import find
    >>> note = cn.load("amazon-peacs-2010")
    >>> find(histories(note), lambda history: history.closes.max() < 50)
    SpelledHistory(1999-11-19: 34.98233333333333333333333333)
    """
    return stories.market(note, picker(draw))


@st.composite
def candidates(draw: st.DrawFn, note: ConvertibleNote, history: SpelledHistory) -> list[ev.Event]:
    """Events that are mostly allowed, for engines with `judges = True`, for which refusals are compared as well."""
    return stories.life(note, history, picker(draw))


@st.composite
def events(draw: st.DrawFn, note: ConvertibleNote, history: SpelledHistory) -> list[ev.Event]:
    """Valid event sequences, in the order in which they act: conversions, notices, elections, missed payments, adjustments …

    >>> import convnote as cn
    >>> from hypothesis import find
    >>> note = cn.load("amazon-peacs-2010")
    >>> find(events(note, SpelledHistory(note, [("1999-11-01", 100)])), lambda found: len(found) > 0)
    [Convert(on=datetime.date(2001, 2, 1), holder=None, principal=Fraction(1000, 1))]
    """
    return allowed(note, history, stories.life(note, history, picker(draw)))


@st.composite
def forbidden_events(draw: st.DrawFn, *, rule: str | None = None) -> Edge:
    """Lives at a boundary of a rule: `.forbidden` is refused by `.rule` alone; `.allowed` is the nearest event not refused.

    `.note` and `.history` are its note and market, `.before` the events that come first. `rule` selects one rule (None: any).

    >>> from hypothesis import find
    >>> edge = find(forbidden_events(rule="RED-2"), lambda edge: True)
    >>> edge.rule, str(edge.allowed.on), str(edge.forbidden.on)
    ('RED-2', '2003-01-21', '2003-01-22')

    Raises KeyError for a rule that does not forbid any event.
    """
    pick = picker(draw)
    rules = list(dict.fromkeys(made_for for made_for, _ in BOUNDARIES if rule in (None, made_for)))
    if not rules:
        raise KeyError(rule)
    chosen = pick(*rules)
    makers = [make for made_for, make in BOUNDARIES if made_for == chosen]
    made: Edge = pick(*makers)(pick)
    return made


def markets() -> st.SearchStrategy[Lognormal | CrossCurrency]:
    """Models of the share: low or high volatility, with dividends, credit risk, changes of control, a second currency."""
    spot = st.sampled_from([100.0, 76.0, 5.0, 167.92, 500.0])
    volatility = st.sampled_from([0.5, 0.2, 0.01, 1.2])
    rate = st.sampled_from([0.05, 0.0, -0.01, 0.12])
    as_of = st.sampled_from([date(2000, 2, 16), date(2003, 2, 20), date(2009, 2, 16)])
    single = st.builds(
        Lognormal,
        as_of=as_of,
        spot=spot,
        volatility=volatility,
        rate=rate,
        dividend_yield=st.sampled_from([0.0, 0.03]),
        borrow=st.sampled_from([0.0, 0.01]),
        hazard_rate=st.sampled_from([0.0, 0.02, 0.3]),
        hazard_exponent=st.sampled_from([0.0, -1.2]),
        default_jump=st.sampled_from([1.0, 0.0, 0.3]),
        recovery=st.sampled_from([0.0, 0.4]),
        change_rate=st.sampled_from([0.0, 0.05]),
    )
    double = st.builds(
        CrossCurrency,
        as_of=as_of,
        spot=spot,
        volatility=volatility,
        rate=rate,
        exchange_rate=st.sampled_from([0.98, 1.3]),
        exchange_volatility=st.sampled_from([0.1, 0.0]),
        correlation=st.sampled_from([0.0, -0.5, 1.0]),
        foreign_rate=st.sampled_from([0.05, 0.0]),
    )
    return st.one_of(single, double)


def policies() -> st.SearchStrategy[Policy]:
    """Policies of every kind that does not need a function: at once, never, above a value, along a boundary, to refinance."""
    boundary = st.just(Boundary(["2000-02-16", "2003-02-20"], [2000, 1200]))
    multiples = st.sampled_from([Decimal("1.3"), 1, 2])
    of_principal = st.builds(Above, multiples)
    above = st.one_of(of_principal, st.builds(Above, multiples, of=st.just("amount")))
    return st.builds(
        Policy,
        withdraw=st.one_of(st.just(AtOnce()), st.just(Never()), above, boundary),
        redeem=st.one_of(st.just(Above(1.3)), st.just(AtOnce()), st.just(Never()), boundary, st.just(Refinance(0.04))),
        convert=st.one_of(st.just(AtEnd()), st.just(AtEnd(only_at_maturity=True)), st.just(Never()), of_principal, boundary),
        put=st.sampled_from([IfWorthMore(), AtOnce(), Never()]),
        withdrawal_notice=st.sampled_from([None, 30, 45, 60]),
        redemption_notice=st.sampled_from([None, 30, 45, 60]),
        change_notice=st.sampled_from([None, 0, 5]),
    )


@st.composite
def lives(
    draw: st.DrawFn, terms: st.SearchStrategy[ConvertibleNote], kinds: tuple[type[ev.Event], ...] | None = None
) -> tuple[ConvertibleNote, SpelledHistory, list[ev.Event]]:
    """A note, a market over its life, and mostly allowed events, limited to `kinds` (None: all).

    For a note that has boundaries and turns among the kit's, such as the bundled one, two lives in five are random, two are at
    a boundary of a forbidding rule, and one at a turn of a rule.
    """
    note, pick = draw(terms), picker(draw)
    edges, turns = near(note, kinds)
    if (edges or turns) and (makers := pick((), (), edges, edges, turns)):
        found = pick(*makers)(pick)
        if isinstance(found, Edge):
            life: Any = found.note, found.history, list(pick(found.outside, found.outside, found.inside))
        else:
            side = pick(found.one, found.other)
            life = side.note, side.history, list(side.events)
        if life[0] == note:  # a boundary may also draw its terms
            return life
    history = stories.market(note, pick)
    return note, history, stories.life(note, history, pick, kinds)


@lru_cache(maxsize=32)
def near(note: ConvertibleNote, kinds: tuple[type[ev.Event], ...] | None) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The makers of boundaries and turns whose simplest lives are of this note and have only these kinds of event."""

    def within(events: list[ev.Event]) -> bool:
        return kinds is None or all(isinstance(event, kinds) for event in events)

    edges, turns = _simplest()
    return (
        tuple(make for make, edge in edges if edge.note == note and within(edge.inside + edge.outside)),
        tuple(
            make
            for make, turn in turns
            if turn.one.note == turn.other.note == note and within([*turn.one.events, *turn.other.events])
        ),
    )


@cache
def _simplest() -> tuple[list[tuple[Any, Edge]], list[tuple[Any, Turn]]]:
    """Each maker of a boundary or turn with the simplest that it makes."""
    edges = [(make, make(stories.first_of)) for _, make in BOUNDARIES]
    turns = [(make, make(stories.first_of)) for _, make in TURNS]
    return edges, turns


__all__ = [
    "candidates",
    "closes",
    "dates_in",
    "events",
    "forbidden_events",
    "histories",
    "lives",
    "markets",
    "policies",
]

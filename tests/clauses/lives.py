"""One life of the note as a clause test needs it: the same close on every trading day unless told otherwise."""

import pytest

import convnote as cn
from convnote.calendars import calendar, day_number, to_date

SESSIONS = [to_date(day) for day in calendar("NASDAQ").between(day_number("2000-02-01"), day_number("2010-02-16"))]


def flat(close="17.50", **from_day):
    """A history at `close`; from_day {"2001-06-01": "170"} changes it from then on."""
    closes, changes = [], sorted(from_day.items())
    for day in SESSIONS:
        while changes and day.isoformat() >= changes[0][0]:
            close = changes.pop(0)[1]
        closes.append(close)
    return cn.MarketHistory(currency="EUR", dates=SESSIONS, closes=closes)


def live(note, *events, history=None, **more):
    return cn.replay(note, history or flat(), events=events, **more)


def refused(note, *events, history=None, **more):
    """The rule that forbids the last of the events."""
    with pytest.raises(cn.LifecycleError) as error:
        live(note, *events, history=history, **more)
    assert error.value.event == events[-1]
    return error.value.rule


def cash(ledger, kind):
    """(date, payment date, cash) of the entries of a kind, as text."""
    return [(str(e.date), str(e.payment_date), str(e.cash)) for e in ledger.of_kind(kind)]

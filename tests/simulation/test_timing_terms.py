"""Law: with deadlines, record windows and fractions of other papers too, a path's ledger agrees to the cent with the arrays."""

import dataclasses
from datetime import date, timedelta
from random import Random

import pytest

import convnote as cn
from convnote.provisions.conversion_days import EXCEPTIONS
from convnote.provisions.day_rules import DayRule

from .test_ledger_agrees import endings_that_agree


def by_record_dates(note: cn.ConvertibleNote, days: int):
    """Interest with record dates as days of the year, some days before each payment."""
    step = 12 // note.interest.frequency
    months = sorted({(note.maturity_date.month - 1 + step * place) % 12 + 1 for place in range(note.interest.frequency)})
    dues = [date(2001, month, min(note.maturity_date.day, 28)) for month in months]
    dates = [(due - timedelta(days=days)).strftime("%m-%d") for due in dues]
    return dataclasses.replace(note.interest, record_days=None, record_dates=dates)


def other_terms(note: cn.ConvertibleNote, r: Random) -> cn.ConvertibleNote:
    """The note with the settings of other papers on when it converts and what a conversion gives."""
    units, counts = ["business", "trading", "calendar"], [0, 1, 2, 3, 7]
    conversion = dataclasses.replace(
        note.conversion,
        pays_in_except=[word for word in EXCEPTIONS if r.random() < 0.5],
        fraction=r.choice(["cash", "dropped", "up"]),
        called_until=DayRule(r.choice(counts), r.choice(units)),
        until=r.choice([None, DayRule(r.choice(counts), r.choice(units)), note.maturity_date - timedelta(days=r.randrange(60))]),
    )
    if r.random() < 0.4:
        note = dataclasses.replace(note, interest=by_record_dates(note, r.randrange(1, 25)))
    withdrawal = note.withdrawal
    if withdrawal is not None:
        withdrawal = dataclasses.replace(
            withdrawal,
            from_date=r.choice([None, note.issue_date + timedelta(days=r.randrange(100))]),
            before=r.choice([withdrawal.before, None]),
            strict=r.random() < 0.5,
            last_conversion=DayRule(r.choice([0, 0, 1, 2]), r.choice(units)),
            make_whole_to=r.choice(["outstanding", "converted", "both"]),
            **r.choice([{}, {"trigger": None, "trigger_multiple": r.choice(["0.9", "1.2"]), "trigger_of": "initial"}]),
        )
        if note.reset is None and r.random() < 0.5:
            withdrawal = dataclasses.replace(withdrawal, trigger=None, trigger_multiple="1.1", trigger_of="in-force")
    return dataclasses.replace(note, conversion=conversion, withdrawal=withdrawal)


def changed(note: cn.ConvertibleNote, seed: int) -> cn.ConvertibleNote:
    return other_terms(note, Random(f"timing {seed}"))


def test_ledgers_agree_with_the_arrays_under_other_terms_of_conversion():
    seen = endings_that_agree(changed, range(50), paths=6)
    assert len(seen) >= 6


@pytest.mark.slow
def test_ledgers_agree_with_the_arrays_under_other_terms_of_conversion_over_many_more():
    seen = endings_that_agree(changed, range(1000, 1120), paths=10)
    assert len(seen) >= 8

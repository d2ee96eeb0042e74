"""Questions that a provision does not answer, each refused with its rule or its field."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn
from convnote.lifecycle.step import per_denomination

NAN = np.array([100.0, np.nan])
DAYS = np.array(["2001-03-01"], "datetime64[D]")


@pytest.mark.parametrize(
    ("rule", "ask"),
    [
        ("AMD-1", lambda note: note.consent.is_carried("other", in_favour=2000, outstanding=1000)),
        ("AMD-1", lambda note: note.consent.is_carried("other", in_favour=0, outstanding=0)),
        ("AMD-2", lambda note: note.consent.is_carried("lower rate", in_favour=-1, outstanding=1000)),
        ("AMD-4", lambda note: note.consent.may_waive("a bad mood")),
        ("CNV-1", lambda note: note.conversion.settle(on=DAYS, principal=1500, close=50)),
        ("CNV-4", lambda note: note.conversion.settle(on="2001-03-01", principal=1000, close=-1)),
        ("CNV-4", lambda note: note.conversion.settle(on=DAYS, principal=1000, close=np.array([np.nan]))),
        ("CNV-3", lambda note: note.conversion.settle(on="2001-03-01", principal=1000, price=0, close=50)),
        ("CNV-3", lambda note: note.conversion.ratio(-5)),
        ("CNV-3", lambda note: note.floats.conversion.ratio(np.float64("nan"))),
        ("ID-4", lambda note: note.redemption.amount("2003-06-02", -1000)),
        ("ID-4", lambda note: note.interest.accrued("2003-06-02", 0)),
        ("RED-4", lambda note: note.redemption.select({"A": 5000}, 6000)),
        ("RED-4", lambda note: note.redemption.select({"A": 5000}, 0)),
        ("RST-2", lambda note: note.reset.price("104.947", [50] * 19 + [0])),
        ("RST-2", lambda note: note.reset.price("104.947", [50] * 21)),
        ("WDR-1", lambda note: note.withdrawal.triggered(NAN)),
        ("WDR-4", lambda note: note.withdrawal.make_whole(-1)),
    ],
)
def test_a_question_without_an_answer_is_refused(note, rule, ask):
    with pytest.raises(cn.TermsError) as error:
        ask(note)
    assert error.value.rule == rule


@pytest.mark.parametrize(
    ("part", "settings", "places"),
    [
        ("principal", {"maturity_date": "2000-02-16"}, ["principal.maturity_date"]),
        ("principal", {"issue_size": 1500}, ["principal.issue_size"]),
        ("principal", {"issue_date": np.array(["2000-02-16"], "datetime64[D]")}, ["principal.issue_date"]),
        ("interest", {"frequency": 0}, ["interest.frequency"]),
        ("reset", {"dates": ["2002-02-16", "2001-02-16"]}, ["reset.dates"]),
        ("redemption", {"prices": []}, ["redemption.prices"]),
        ("consent", {"majority": "1.5"}, ["consent.majority"]),
        ("adjustment", {"carry_below": -1}, ["adjustment.carry_below"]),
        ("adjustment", {"adjusts": ["split", "gossip"]}, ["adjustment.adjusts"]),
        ("adjustment", {"adjusts": "split"}, ["adjustment.adjusts"]),
        ("withdrawal", {"days": 31}, ["withdrawal.days"]),
        ("withdrawal", {"notice_at_least": 61}, ["withdrawal.notice_at_least"]),
        ("redemption", {"notice_at_least": 61}, ["redemption.notice_at_least"]),
        ("reset", {"window": 0, "floor": -1}, ["reset.floor", "reset.window"]),
        ("conversion", {"price": "dear", "accrued": "perhaps"}, ["conversion.price", "conversion.accrued"]),
        ("conversion", {"authority": {"prize": "note"}}, ["conversion.authority"]),
        ("conversion", {"authority": {"price": "hearsay"}}, ["conversion.authority.price"]),
    ],
)
def test_a_provision_is_refused_with_all_its_faults(note, part, settings, places):
    with pytest.raises(cn.TermsError) as error:
        dataclasses.replace(getattr(note, part), **settings)
    assert len(error.value.faults) == len(places)
    for line, place in zip(error.value.faults, places, strict=True):
        assert line.startswith(place)


def test_a_put_is_refused_whose_window_ends_before_it_begins():
    with pytest.raises(cn.TermsError, match="notice_at_most, 5"):
        dataclasses.replace(cn.load("afv-2003").put, notice_at_least=6, notice_at_most=5)


def test_a_first_payment_that_fits_no_whole_number_of_periods_is_refused(note):
    interest = dataclasses.replace(note.interest, first_payment="2001-03-01")
    with pytest.raises(cn.TermsError, match="whole number of periods of 12 months") as error:
        dataclasses.replace(note, interest=interest)
    assert error.value.rule == "INT-1"


def test_a_price_of_many_days_is_that_of_each_days_step():
    afv = cn.load("afv-2003")
    falling = dataclasses.replace(afv.redemption, prices=[["2005-01-01", "1.10"], ["2006-01-01", "1.05"]])
    days = np.array(["2005-01-01", "2005-12-31", "2006-01-01"], "datetime64[D]").astype(np.int64)
    assert falling.price_on(days).tolist() == [1.1, 1.1, 1.05]
    assert falling.price_on(int(days[2])) == Decimal("1.05")


def test_what_is_paid_per_note_of_a_holder_without_notes_is_nothing():
    paid = per_denomination(np.array([68_750.0, 0.0]), np.array([1_000_000.0, 0.0]), Decimal(1000))
    assert paid.tolist() == [68.75, 0.0]
    assert per_denomination(Decimal("68750.00"), Fraction(1_000_000), Decimal(1000)) == Fraction("68.75")
    assert per_denomination(Decimal(0), Fraction(0), Decimal(1000)) == 0

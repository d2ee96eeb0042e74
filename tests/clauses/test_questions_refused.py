"""Questions that a provision does not answer, each refused with its rule or its field."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn
from convnote.lifecycle.transition import per_denomination

NAN = np.array([100.0, np.nan])
DAYS = np.array(["2001-03-01"], "datetime64[D]")


A_DAY = "a day is written YYYY-MM-DD"
LIFE = "2000-02-16 to 2010-02-16"
WAIVERS = (
    "covenant, notice, interest, principal, redemption, repurchase, put, conditional-put, clean-up, make-whole, "
    "call-make-whole, accelerated, late-interest, failure to convert, needs each holder"
)
CHANGES = (
    "later maturity, lower rate, later interest, less principal, less premium, lower redemption amount, "
    "impaired suit for payment, another currency, subordination against holders, fundamental change against holders, "
    "impaired conversion, lower majority, other"
)

ADJUSTS = "expected a list of: split, stock dividend, rights issue, spin-off, cash dividend, tender offer, merger"

#: A question and what is told instead of an answer: the place, the rule, the value and what is allowed.
QUESTIONS = [
    # --- consent
    (lambda note: note.consent.requirement("a mood"), f"consent.requirement change (AMD-1): got 'a mood'; allowed: {CHANGES}"),
    (
        lambda note: note.consent.is_carried("other", in_favour=2000, outstanding=1000),
        "consent.is_carried in_favour (AMD-1): got 2000; expected an amount from 0 to the outstanding 1000",
    ),
    (
        lambda note: note.consent.is_carried("other", in_favour=0, outstanding=0),
        "consent.is_carried in_favour (AMD-1): got 0; expected an amount from 0 to the outstanding 0",
    ),
    (
        lambda note: note.consent.is_carried("lower rate", in_favour=-1, outstanding=1000),
        "consent.is_carried in_favour (AMD-2): got -1; expected an amount from 0 to the outstanding 1000",
    ),
    (
        lambda note: note.consent.is_carried("other", in_favour="most", outstanding=1000),
        "in_favour: got 'most'; expected a finite number",
    ),
    (
        lambda note: note.consent.is_carried("other", in_favour=0, outstanding="all"),
        "outstanding: got 'all'; expected a finite number",
    ),
    (
        lambda note: note.consent.is_carried("lower rate", in_favour=1, outstanding=1, affected="some"),
        "affected: got 'some'; expected a finite number",
    ),
    (
        lambda note: note.consent.is_carried("lower rate", in_favour=1, outstanding=1, agreed="some"),
        "agreed: got 'some'; expected a finite number",
    ),
    (lambda note: note.consent.may_waive("a mood"), f"consent.may_waive default (AMD-4): got 'a mood'; allowed: {WAIVERS}"),
    # --- conversion
    (
        lambda note: note.conversion.settle(on="2001-03-01", principal=1500, close=50),
        "conversion.settle principal (CNV-1): got 1500; expected a positive multiple of 1000",
    ),
    (
        lambda note: note.conversion.settle(on=DAYS, principal=1500, close=50),
        "conversion.settle principal (CNV-1): got 1500; expected positive multiples of 1000",
    ),
    (
        lambda note: note.conversion.settle(on="2010-02-17", principal=1000, close=50),
        f"conversion.settle on (CNV-1): got 2010-02-17; expected a day that counts from {LIFE}",
    ),
    (
        lambda note: note.conversion.settle(on="2000-02-15", principal=1000, close=50),
        f"conversion.settle on (CNV-1): got 2000-02-15; expected a day that counts from {LIFE}",
    ),
    (
        lambda note: note.conversion.settle(on="2001-03-01", principal=1000),
        "conversion.settle close (CNV-4): a fraction of a share is left: expected the close of the last trading day before",
    ),
    (
        lambda note: note.conversion.settle(on="2001-03-01", principal=1000, close=-1),
        "conversion.settle close (CNV-4): got -1; expected a close of 0 or more",
    ),
    (
        lambda note: note.conversion.settle(on=DAYS, principal=1000, close=np.array([np.nan])),
        "conversion.settle close (CNV-4): got [nan]; expected a close of 0 or more",
    ),
    (
        lambda note: note.conversion.settle(on="2001-03-01", principal=1000, price=0, close=50),
        "conversion price (CNV-3): got 0; expected a price above 0",
    ),
    (
        lambda note: note.conversion.settle(on="2001-02-05", principal=1000, close=50, called="soon"),
        f"called: got 'soon'; {A_DAY}",
    ),
    (lambda note: note.conversion.ratio(-5), "conversion price (CNV-3): got -5; expected a price above 0"),
    (
        lambda note: note.floats.conversion.ratio(np.float64("nan")),
        "conversion price (CNV-3): got nan; expected a price above 0",
    ),
    # --- adjustment
    (lambda note: note.adjustment.split(0, new=2, old=1), "adjustment price (CNV-3): got 0; expected a number above 0"),
    # --- amounts on a day
    (lambda note: note.redemption.amount("2003-06-02", -1000), "principal (ID-4): got -1000; expected principal above 0"),
    (lambda note: note.interest.accrued("2003-06-02", 0), "principal (ID-4): got 0; expected principal above 0"),
    (
        lambda note: note.interest.accrued("2000-02-15"),
        f"interest.accrued on (INT-4): got 2000-02-15; expected a day from {LIFE}",
    ),
    (
        lambda note: note.interest.accrued(np.array(["2000-02-16", "2010-02-17"], "datetime64[D]")),
        f"interest.accrued on (INT-4): got 2010-02-17; expected a day from {LIFE}",
    ),
    (
        lambda note: note.interest.accrued(np.array(["2000-03-01", "2000-02-15"], "datetime64[D]")),
        f"interest.accrued on (INT-4): got 2000-02-15; expected a day from {LIFE}",
    ),
    (
        lambda note: note.interest.accrued(np.array(["2010-02-17", "2000-02-15"], "datetime64[D]")),
        f"interest.accrued on (INT-4): got 2000-02-15; expected a day from {LIFE}",
    ),
    (lambda note: note.interest.accrued("2003-06-02", paid_to="then"), f"paid_to: got 'then'; {A_DAY}"),
    (
        lambda note: note.interest.bears_from("2010-02-17"),
        f"interest.accrued on (INT-4): got 2010-02-17; expected a day from {LIFE}",
    ),
    (lambda note: note.interest.bears_from("then"), f"dated: got 'then'; {A_DAY}"),
    (lambda note: note.interest.bears_from("2003-06-02", paid_to="then"), f"paid_to: got 'then'; {A_DAY}"),
    (
        lambda note: note.redemption.amount("2003-02-19"),
        "redemption.amount on: got 2003-02-19; expected a day from 2003-02-20 to 2010-02-16",
    ),
    (
        lambda note: note.redemption.amount("2010-02-17"),
        "redemption.amount on: got 2010-02-17; expected a day from 2003-02-20 to 2010-02-16",
    ),
    (
        lambda note: note.fundamental_change.amount("2010-02-17"),
        f"fundamental_change.amount on: got 2010-02-17; expected a day from {LIFE}",
    ),
    (
        lambda note: cn.load("afv-2003").put.amount("2005-12-31"),
        "put.amount on: got 2005-12-31; expected a day from 2006-01-01 to 2008-01-01",
    ),
    (
        lambda note: note.redemption.select({"A": 5000}, 6000),
        "redemption.select principal (RED-4): got 6000; expected a positive multiple of 1000, at most 5000",
    ),
    (
        lambda note: note.redemption.select({"A": 5000}, 0),
        "redemption.select principal (RED-4): got 0; expected a positive multiple of 1000, at most 5000",
    ),
    # --- reset
    (
        lambda note: note.reset.price("104.947", [50] * 2 + [0] + [50] * 17),
        f"reset.price closes (RST-2): got {[50] * 2 + [0] + [50] * 17}; expected closes above 0",
    ),
    (
        lambda note: note.reset.price("104.947", [50] * 21),
        "reset.price closes (RST-2): got 21 closes; expected the 20 closes before the reset date",
    ),
    (
        lambda note: note.reset.price("104.947", [50] * 19 + ["dear"]),
        "reset.price closes: got 'dear'; expected a finite number",
    ),
    # --- withdrawal
    (lambda note: note.withdrawal.triggered(NAN), "withdrawal.triggered closes (WDR-1): got nan; every close must be a number"),
    (lambda note: note.withdrawal.make_whole(-1), "withdrawal.make_whole (WDR-4): got -1; expected interest of 0 or more"),
    # --- fundamental change
    (
        lambda note: note.fundamental_change.timetable(occurred="2000-02-15"),
        "fundamental_change.timetable occurred (FCH-1): got 2000-02-15; expected a day from 2000-02-16 and before 2010-02-16",
    ),
    (
        lambda note: note.fundamental_change.timetable(occurred="2010-02-16"),
        "fundamental_change.timetable occurred (FCH-1): got 2010-02-16; expected a day from 2000-02-16 and before 2010-02-16",
    ),
    (
        lambda note: note.fundamental_change.timetable(occurred="2001-01-05", notice="2001-01-16"),
        "fundamental_change.timetable notice (FCH-2): got 2001-01-16; expected a day from 2001-01-05 to 2001-01-15",
    ),
    (
        lambda note: note.fundamental_change.timetable(occurred="2001-01-05", notice="2001-01-04"),
        "fundamental_change.timetable notice (FCH-2): got 2001-01-04; expected a day from 2001-01-05 to 2001-01-15",
    ),
    (lambda note: note.fundamental_change.timetable(occurred="then"), f"occurred: got 'then'; {A_DAY}"),
    (
        lambda note: note.fundamental_change.timetable(occurred="2001-01-05", notice="then"),
        f"notice: got 'then'; {A_DAY}",
    ),
    # --- principal
    (lambda note: note.principal.is_multiple("all"), "principal: got 'all'; expected a finite number"),
]


@pytest.mark.parametrize(("ask", "told"), QUESTIONS)
def test_a_question_without_an_answer_is_refused_in_words(note, ask, told):
    with pytest.raises(cn.TermsError) as error:
        ask(note)
    assert str(error.value) == told


@pytest.mark.parametrize(
    ("part", "settings", "faults"),
    [
        (
            "principal",
            {"maturity_date": "2000-02-16"},
            ["principal.maturity_date (PRN-1): got 2000-02-16; expected a day after the issue date 2000-02-16"],
        ),
        (
            "principal",
            {"issue_size": 1500},
            ["principal.issue_size (ID-2): got 1500; expected a multiple of the denomination 1000"],
        ),
        (
            "principal",
            {"issue_date": np.array(["2000-02-16"], "datetime64[D]")},
            [
                "principal.issue_date (PRN-1): got array(['2000-02-16'], dtype='datetime64[D]'); "
                "expected a date, without a time of day"
            ],
        ),
        (
            "principal",
            {"certificates": {"P-1": 5, "P-2": {"figures": "x", "words": " "}, "P-3": {"figures": 0}}},
            [
                "principal.certificates.P-1 (ID-3): got 5; expected figures, and words where they are spelled out",
                "principal.certificates.P-2.figures (ID-3): got 'x'; expected a finite number",
                "principal.certificates.P-2.words (ID-3): got ' '; expected text",
                "principal.certificates.P-3.figures (ID-3): got 0; expected a number above 0",
            ],
        ),
        (
            "interest",
            {"frequency": 0},
            ["interest.frequency (INT-1): got 0; a note that pays interest has at least one payment date a year"],
        ),
        (
            "reset",
            {"dates": ["2002-02-16", "2001-02-16"]},
            ["reset.dates (RST-1): got ['2002-02-16', '2001-02-16']; expected dates in ascending order, none twice"],
        ),
        ("redemption", {"prices": []}, ["redemption.prices (RED-1): got []; expected at least one pair of date and price"]),
        ("consent", {"majority": "1.5"}, ["consent.majority (AMD-1): got '1.5'; expected a number from 0 to 1: 1.5% is 0.015"]),
        (
            "adjustment",
            {"carry_below": -1},
            ["adjustment.carry_below (ADJ-7): got -1; expected a number from 0 to 1"],
        ),
        ("adjustment", {"adjusts": ["split", "gossip"]}, [f"adjustment.adjusts (ADJ-8): got ['split', 'gossip']; {ADJUSTS}"]),
        ("adjustment", {"adjusts": "split"}, [f"adjustment.adjusts (ADJ-8): got 'split'; {ADJUSTS}"]),
        ("withdrawal", {"days": 31}, ["withdrawal.days (WDR-1): got 31; no more than the period of 30 is possible"]),
        (
            "withdrawal",
            {"days": 31, "notice_at_least": 61},
            [
                "withdrawal.days (WDR-1): got 31; no more than the period of 30 is possible",
                "withdrawal.notice_at_least (WDR-3): got 61; no more than notice_at_most, 60, is possible",
            ],
        ),
        (
            "redemption",
            {"notice_at_least": 61},
            ["redemption.notice_at_least (RED-2): got 61; no more than notice_at_most, 60, is possible"],
        ),
        (
            "reset",
            {"window": 0, "floor": -1},
            [
                "reset.floor (RST-2): got -1; expected a number of 0 or more",
                "reset.window (RST-2): got 0; expected a whole number from 1 to 250",
            ],
        ),
        (
            "conversion",
            {"price": "dear", "accrued": "perhaps"},
            [
                "conversion.price (CNV-3): got 'dear'; expected a finite number",
                "conversion.accrued (CNV-5): got 'perhaps'; allowed: record-date, forgo, paid",
            ],
        ),
        ("conversion", {"authority": {"prize": "note"}}, ["conversion.authority: got 'prize'; no such setting"]),
        (
            "conversion",
            {"authority": {"price": "hearsay"}},
            ["conversion.authority.price: got 'hearsay'; allowed: note, cover, agreement, filing, by-laws, convention"],
        ),
    ],
)
def test_a_provision_is_refused_with_all_its_faults_in_words(note, part, settings, faults):
    with pytest.raises(cn.TermsError) as error:
        dataclasses.replace(getattr(note, part), **settings)
    assert list(error.value.faults) == faults


def test_a_put_is_refused_whose_window_ends_before_it_begins():
    with pytest.raises(cn.TermsError) as error:
        dataclasses.replace(cn.load("afv-2003").put, notice_at_least=6, notice_at_most=5)
    assert str(error.value) == "put.notice_at_least (PUT-2): got 6; no more than notice_at_most, 5, is possible"


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

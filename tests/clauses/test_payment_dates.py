"""Day counts, payment dates and calendars of other papers: DCT-1, ROL-1, CAL-1."""

import dataclasses
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn
from convnote.provisions import Interest, Principal

SIX_PLACES = Decimal("0.000001")


def interest(issue, maturity, *, frequency=2, rate="0.0425", **settings):
    principal = Principal(issue_date=issue, maturity_date=maturity, issue_size=1000, denomination=100, currency="USD")
    return Interest(rate=rate, frequency=frequency, principal=principal, **settings)


def dates(**settings):
    return [str(coupon.payment_date) for coupon in interest("2020-01-10", "2022-03-31", **settings).coupons()]


# --- DCT-1


def test_dct1_a_treasury_note_that_pays_at_month_ends_by_icma():
    # CUSIP 91282CKW0: 60 of the 184 days from 30 June to 31 December, at 4.25 / 2: 2.125 x 60 / 184 = 0.692934…
    note = interest("2024-06-30", "2031-06-30", day_count="act/act-icma", end_of_month=True)
    assert note.accrued("2024-08-29").quantize(SIX_PLACES) == Decimal("0.692935")
    (fast,) = note.accrued(np.array(["2024-08-29"], "datetime64[D]"))
    assert abs(fast - 2.125 * 60 / 184) < 1e-14
    assert {coupon.amount for coupon in note.coupons()} == {Decimal("2.125")}


def test_dct1_without_month_ends_the_half_year_is_a_day_shorter():
    # 30 June to 30 December: 183 days
    accrued = interest("2024-06-30", "2031-06-30", day_count="act/act-icma").accrued("2024-08-29")
    assert accrued.quantize(SIX_PLACES) == (Decimal("2.125") * 60 / 183).quantize(SIX_PLACES) == Decimal("0.696721")


@pytest.mark.parametrize(
    ("start", "end", "name", "days"),
    [
        # ends of February, of 2007 (28 days) and 2008 (29): each convention has an answer of its own
        ("2006-08-31", "2007-02-28", "30/360", 178),
        ("2006-08-31", "2007-02-28", "30e/360", 178),
        ("2006-08-31", "2007-02-28", "30e/360-isda", 180),
        ("2006-08-31", "2007-02-28", "30/360-us", 178),
        ("2007-02-28", "2007-08-31", "30/360", 183),
        ("2007-02-28", "2007-08-31", "30e/360", 182),
        ("2007-02-28", "2007-08-31", "30e/360-isda", 180),
        ("2007-02-28", "2007-08-31", "30/360-us", 180),
        ("2007-02-28", "2008-02-29", "30/360-us", 360),
        ("2008-02-28", "2008-08-30", "30/360-us", 182),  # the 28th is not the last day of that February
        ("2007-01-15", "2007-01-31", "30/360", 16),
        ("2007-01-15", "2007-01-31", "30e/360", 15),
    ],
)
def test_dct1_ends_of_months(start, end, name, days):
    bought = interest(start, "2012-08-31", rate="0.036", frequency=1, day_count=name, first_payment=None)
    # 3.6% on 100 is 0.01 a day of a year of 360
    assert bought.between(Fraction(100), *(int(np.datetime64(day).astype(int)) for day in (start, end))) == Fraction(days, 100)


def test_dct1_maturity_on_the_last_of_february_is_not_moved_by_isda():
    # from 31 August 2006 to 28 February 2007: 180 days as a period, 178 where that is maturity
    assert interest("2006-08-31", "2007-02-28", rate="0.036", day_count="30e/360-isda").coupons()[0].amount == Decimal("1.78")
    assert interest("2006-08-31", "2008-02-28", rate="0.036", day_count="30e/360-isda").coupons()[0].amount == Decimal("1.80")


def test_dct1_a_stub_of_icma_is_counted_in_periods_of_their_own_length():
    # long first, 10 January to 30 September 2020: 80 of the 182 days from 30 September, and a whole half-year
    note = interest("2020-01-10", "2022-03-30", stub="long-first", day_count="act/act-icma", rate="0.04")
    # 30 September 2019 to 30 March 2020 has 182 days; 10 January to 30 March 80
    assert note.coupons()[0].payment_date == date(2020, 9, 30)
    assert Fraction(note.coupons()[0].amount) - 2 - Fraction(2 * 80, 182) < Fraction(1, 10**20)
    # long last, from 10 July 2021 to 30 March 2022: a half-year to 10 January, and 79 of the 181 days to 10 July
    last = interest("2020-01-10", "2022-03-30", stub="long-last", day_count="act/act-icma", rate="0.04").coupons()[-1]
    assert last.accrual_start == date(2021, 7, 10)
    assert abs(Fraction(last.amount) - 2 - Fraction(2 * 79, 181)) < Fraction(1, 10**20)


def test_dct1_interest_unpaid_after_maturity_runs_on_in_periods():
    note = interest("2024-06-30", "2026-06-30", day_count="act/act-icma", end_of_month=True)
    # half a year from 31 December 2025, and 92 of the 184 days after maturity
    assert note.accrued("2026-09-30", paid_to="2025-12-31") == Decimal("2.125") * Decimal("1.5")


# --- ROL-1


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "2020-03-31 2020-09-30 2021-03-31 2021-09-30 2022-03-31"),
        ({"stub": "short-first"}, "2020-03-31 2020-09-30 2021-03-31 2021-09-30 2022-03-31"),
        ({"stub": "long-first"}, "2020-09-30 2021-03-31 2021-09-30 2022-03-31"),
        ({"stub": "short-last"}, "2020-07-10 2021-01-10 2021-07-10 2022-01-10 2022-03-31"),
        ({"stub": "long-last"}, "2020-07-10 2021-01-10 2021-07-10 2022-03-31"),
        ({"first_payment": "2020-09-30"}, "2020-09-30 2021-03-31 2021-09-30 2022-03-31"),
        ({"last_payment": "2021-12-30"}, "2020-06-30 2020-12-30 2021-06-30 2021-12-30 2022-03-31"),
        ({"last_payment": "2021-12-31", "end_of_month": True}, "2020-06-30 2020-12-31 2021-06-30 2021-12-31 2022-03-31"),
        ({"first_payment": "2020-06-30", "last_payment": "2021-06-30"}, "2020-06-30 2020-12-30 2021-06-30 2022-03-31"),
        ({"first_payment": "2020-05-15", "stub": "long-last"}, "2020-05-15 2020-11-15 2021-05-15 2022-03-31"),
    ],
)
def test_rol1_irregular_periods_and_month_ends(settings, expected):
    assert dates(**settings) == expected.split()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"end_of_month": True, "stub": "short-last"}, "counted from 2020-01-10, which is not the last day of a month"),
        ({"first_payment": "2020-09-30", "stub": "short-first"}, "the first period, to 2020-09-30, is long"),
        ({"last_payment": "2021-06-30", "stub": "short-last"}, "the last period, to 2022-03-31, is long"),
        ({"last_payment": "2020-01-10"}, "a day after the issue date 2020-01-10, at the latest maturity, 2022-03-31"),
        ({"first_payment": "2020-08-31"}, "a whole number of periods of 6 months before maturity"),
        ({"first_payment": "2020-08-31", "last_payment": "2021-06-30"}, "before the last payment date 2021-06-30"),
        ({"frequency": 0, "rate": 0, "stub": "short-first"}, "a note without payment dates does not say more of them"),
    ],
)
def test_rol1_what_does_not_fit_together_is_refused(settings, message):
    with pytest.raises(cn.TermsError, match=message):
        dates(**settings)


def sheet(issue="2024-06-30", maturity="2031-06-30", **said):
    lines = "\n".join(f"{name} = {value}" for name, value in said.items())
    return cn.loads(f"""
        name = "month ends"
        [principal]
        issue_date = {issue}
        maturity_date = {maturity}
        issue_size = 1_000_000
        currency = "USD"
        [interest]
        rate = "4.25%"
        frequency = 2
        day_count = "act/act-icma"
        {lines}
    """)


def rol1(note):
    return [finding.message for finding in note.check() if finding.rule == "ROL-1"]


@pytest.mark.parametrize(
    ("issue", "maturity", "day"),
    [
        ("2024-06-30", "2031-06-30", "maturity 2031-06-30"),
        ("2024-02-29", "2031-08-15", "issue date 2024-02-29"),
        ("2025-02-28", "2031-08-31", "issue date 2025-02-28"),
    ],
)
def test_rol1_month_ends_that_are_not_said_are_a_finding(issue, maturity, day):
    (message,) = rol1(sheet(issue, maturity))
    assert day in message and "interest.end_of_month" in message


@pytest.mark.parametrize(
    "note",
    [
        sheet(end_of_month="true"),
        sheet(end_of_month="false"),
        sheet("2024-08-31", "2031-08-31"),  # the 31st is kept where there is one
        sheet("2024-02-28", "2031-08-15"),  # not the last day of that February
        cn.load("amazon-peacs-2010"),
    ],
)
def test_rol1_no_finding_where_it_is_said_or_nothing_hangs_on_it(note):
    assert rol1(note) == []


def test_rol1_a_sheet_keeps_what_it_says_of_payment_dates():
    note = sheet(end_of_month="true", stub='"short-first"', last_payment="2030-12-31")
    again = cn.loads(cn.dumps(note))
    assert again == note and again.interest.last_payment == date(2030, 12, 31)


def test_rol1_an_irregular_last_period_is_told_as_one():
    note = sheet("2020-01-10", "2022-03-31", stub='"long-last"')
    told = [finding.message for finding in note.check() if finding.rule == "INT-1"]
    assert told == ["the last coupon, due 2022-03-31, is for 264 days from 2021-07-10: longer than a period"]


def test_rol1_schedule_and_replay_pay_on_month_ends():
    note = sheet(end_of_month="true")
    rows = [row for row in cn.schedule(note) if row.kind == "coupon"]
    assert [str(row.date)[5:] for row in rows] == ["12-31", "06-30"] * 7
    history = cn.MarketHistory(dates=["2024-06-28", "2031-06-30"], closes=[1, 1])
    ledger = cn.replay(dataclasses.replace(note, conversion=None), history)
    # 1,000,000 x 4.25% / 2, fourteen times
    assert [entry.cash for entry in ledger.of_kind("coupon")] == [Decimal("21250.00")] * 14
    assert "x 184/368 =" in ledger.of_kind("coupon")[0].text


# --- CAL-1


def test_cal1_a_papers_own_closed_days_are_closed_for_payments_and_for_sessions():
    note = cn.load("amazon-peacs-2010")
    closed = ["2001-02-16", "2004-02-17"]
    paper = dataclasses.replace(note, principal=dataclasses.replace(note.principal, closed=closed))
    (first,) = [row for row in cn.schedule(paper) if row.date == date(2001, 2, 16) and row.kind == "coupon"]
    # a Friday; Monday the 19th was Washington's Birthday
    assert first.payment_date == date(2001, 2, 20)
    day = int(np.datetime64("2004-02-17").astype(int))
    assert note.principal.sessions.is_open(day) and note.principal.banks.is_open(day)
    assert not paper.principal.sessions.is_open(day) and not paper.principal.banks.is_open(day)
    assert cn.loads(cn.dumps(paper)) == paper


def test_cal1_a_sheet_names_any_market_or_country():
    note = sheet(end_of_month="true")
    principal = dataclasses.replace(note.principal, business_days="XLON+JP", trading_days="XJPX")
    assert cn.loads(cn.dumps(dataclasses.replace(note, principal=principal))).principal == principal


def test_cal1_christmas_1997_is_not_a_business_day():
    note = cn.load("amazon-peacs-2010")
    christmas = int(np.datetime64("1997-12-25").astype(int))
    assert not note.principal.banks.is_open(christmas)
    with pytest.raises(cn.TermsError, match="TARGET"):
        dataclasses.replace(note.principal, business_days="FED+TARGET").banks.is_open(christmas)

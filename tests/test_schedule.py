"""The schedule: dates worked by hand from the paper, published contracts, other terms, and its table."""

import dataclasses
import pickle
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn
from convnote.provisions import Conversion, Put, Redemption, Reset, Withdrawal
from tests.made import made


@pytest.fixture(scope="module")
def note():
    return cn.load("amazon-peacs-2010")


def listed(note, *kinds):
    return [(row.date.isoformat(), str(row.kind)) for row in cn.schedule(note) if not kinds or row.kind in kinds]


def only(note, kind):
    rows = [row for row in cn.schedule(note) if row.kind == kind]
    assert len(rows) == 1
    return rows[0]


# --- the paper


def test_every_date_of_the_paper_in_order(note):
    expected = []
    for year in range(2001, 2011):
        if (
            year == 2003
        ):  # "on or after February 20, 2003", notice at most 60 days before; withdrawal "prior to February 20, 2003"
            expected += [("2002-12-22", "first-call-notice"), ("2003-01-20", "last-withdrawal-notice")]
        expected.append((f"{year}-02-01", "record"))
        if year in (2001, 2002):
            expected.append((f"{year}-02-16", "reset"))
        expected.append((f"{year}-02-16", "coupon"))
        if year == 2003:
            expected += [("2003-02-19", "last-withdrawal-effective"), ("2003-02-20", "first-call")]
    assert listed(note) == [*expected, ("2010-02-16", "maturity")]


def test_every_row_names_its_rule(note):
    rules = {str(row.kind): row.rule for row in cn.schedule(note)}
    assert rules == {
        "record": "INT-3",
        "reset": "RST-1",
        "coupon": "INT-1",
        "first-call-notice": "RED-2",
        "first-call": "RED-1",
        "last-withdrawal-notice": "WDR-3",
        "last-withdrawal-effective": "WDR-2",
        "maturity": "PRN-1",
    }


def test_int6_saturday_2002_02_16_is_paid_on_tuesday_the_19th(note):
    paid = {row.date.isoformat(): row.payment_date.isoformat() for row in cn.schedule(note) if row.kind == "coupon"}
    moved = {due: paid[due] for due in paid if paid[due] != due}
    assert moved == {
        "2002-02-16": "2002-02-19",  # Saturday, and Monday is Washington's Birthday
        "2003-02-16": "2003-02-18",  # Sunday
        "2004-02-16": "2004-02-17",  # the holiday itself
        "2008-02-16": "2008-02-19",  # Saturday
        "2009-02-16": "2009-02-17",  # the holiday itself
    }


def test_int2_amounts_of_the_coupons_are_unrounded(note):
    amounts = [row.amount for row in cn.schedule(note) if row.kind == "coupon"]
    leap, usual = Fraction(687500, 10000) * 366 / 365, Fraction("68.75")
    expected = [leap if year in (2001, 2005, 2009) else usual for year in range(2001, 2011)]
    assert all(isinstance(amount, Decimal) for amount in amounts)
    assert all(abs(Fraction(amount) - exact) < Fraction(1, 10**20) for amount, exact in zip(amounts, expected, strict=True))


def test_rst2_windows_of_20_trading_days_before_each_reset(note):
    # counted on a wall calendar: 15 January 2001 and 21 January 2002 are Martin Luther King's day
    windows = [tuple(map(str, row.window)) for row in cn.schedule(note) if row.kind == "reset"]
    assert windows == [("2001-01-19", "2001-02-15"), ("2002-01-18", "2002-02-15")]


def test_wdr4_make_whole_of_the_last_withdrawal_after_two_coupons(note):
    # 206.25 - 68.75 x 366/365 - 68.75, the third coupon is never deducted
    row = only(note, "last-withdrawal-effective")
    expected = Fraction("206.25") - Fraction("68.75") * 366 / 365 - Fraction("68.75")
    assert abs(Fraction(row.amount) - expected) < Fraction(1, 10**20)
    assert (row.date, row.payment_date) == (date(2003, 2, 19), date(2003, 2, 19))


def test_red1_the_first_call_pays_four_days_of_interest(note):
    row = only(note, "first-call")
    assert abs(Fraction(row.amount) - (1000 + Fraction("68.75") * 4 / 365)) < Fraction(1, 10**20)


def test_prn1_principal_at_par_at_maturity(note):
    row = only(note, "maturity")
    assert (row.date, row.amount, row.payment_date) == (date(2010, 2, 16), Decimal(1000), date(2010, 2, 16))


def test_dates_on_which_nothing_is_paid_have_neither_amount_nor_payment_date(note):
    unpaid = {"record", "reset", "first-call-notice", "last-withdrawal-notice"}
    for row in cn.schedule(note):
        assert (row.amount is None) == (row.payment_date is None) == (row.kind in unpaid)


def test_a_note_with_float64_numbers_has_float64_amounts(note):
    for exact, fast in zip(cn.schedule(note), cn.schedule(note.floats), strict=True):
        assert (fast.date, fast.kind) == (exact.date, exact.kind)
        if exact.amount is not None:
            assert isinstance(fast.amount, np.float64)
            assert fast.amount == pytest.approx(float(exact.amount), rel=1e-14)


def test_afv_2003_pays_four_twice_a_year_and_may_be_called_at_110_and_put_at_105():
    note = cn.load("afv-2003")
    coupons = [row for row in cn.schedule(note) if row.kind == "coupon"]
    assert [row.amount for row in coupons] == [4] * 10
    assert [row.date for row in coupons] == [date(2003 + n // 2, 7 if n % 2 else 1, 1) for n in range(1, 11)]
    assert (only(note, "first-call").date, only(note, "first-call").amount) == (date(2005, 1, 1), 110)
    assert (only(note, "put").date, only(note, "put").amount) == (date(2006, 1, 1), 105)
    # on a day with a coupon, a call and a record date, the coupon comes first and the record is taken last
    on_the_day = [kind for day, kind in listed(note) if day == "2005-01-01"]
    assert on_the_day == ["coupon", "first-call-notice", "first-call", "record"]


# --- published contracts with actual/365


def test_pam16_three_annual_coupons_of_300_and_3000_back():
    note = made("2013-01-01", "2016-01-01", rate="0.10", denomination=3000, business_days="none")
    paid = [row.amount for row in cn.schedule(note) if row.kind in ("coupon", "maturity")]
    assert paid == [300, 300, 300, 3000]


def test_pam01_monthly_coupons_of_months_of_31_28_and_30_days():
    note = made("2013-01-01", "2014-01-01", frequency=12, rate="0.10", denomination=3000, business_days="none")
    amounts = [row.amount for row in cn.schedule(note) if row.kind == "coupon"]
    lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    published = {31: ("25.4794520547945", 13), 28: ("23.013698630137", 12), 30: ("24.6575342465753", 13)}
    for length, amount in zip(lengths, amounts, strict=True):
        figure, places = published[length]
        assert round(float(amount), places) == float(figure)


# --- other terms


def test_months_end_on_the_31st_or_the_last_day_there_is():
    note = made("2003-08-31", "2004-08-31", frequency=4)
    assert [day for day, _ in listed(note, "coupon")] == ["2003-11-30", "2004-02-29", "2004-05-31", "2004-08-31"]


def test_a_leap_day_falls_on_the_28th_in_other_years():
    note = made("2004-02-29", "2008-02-29")
    assert [day for day, _ in listed(note, "coupon")] == ["2005-02-28", "2006-02-28", "2007-02-28", "2008-02-29"]


def test_a_long_first_period_pays_once_for_all_its_days():
    note = made("2000-01-01", "2002-07-01", frequency=2, first_payment="2001-01-01")
    rows = [row for row in cn.schedule(note) if row.kind == "coupon"]
    assert [str(row.date) for row in rows] == ["2001-01-01", "2001-07-01", "2002-01-01", "2002-07-01"]
    assert Fraction(rows[0].amount).limit_denominator(1000) == Fraction(60 * 366, 365)


def test_a_note_without_coupons_or_any_right_only_matures():
    assert listed(made("2000-01-03", "2005-01-03", frequency=0)) == [("2005-01-03", "maturity")]


def test_a_record_date_before_the_issue_is_none():
    note = made("2000-01-10", "2000-03-15", frequency=12)  # the first period is five days short of its record date
    assert listed(note, "record", "coupon") == [
        ("2000-01-15", "coupon"),
        ("2000-01-31", "record"),
        ("2000-02-15", "coupon"),
        ("2000-02-29", "record"),
        ("2000-03-15", "coupon"),
    ]


def test_a_record_date_on_the_issue_date_is_one():
    note = made("2000-01-31", "2000-02-15", frequency=12)
    assert [day for day, _ in listed(note, "record")] == ["2000-01-31"]


def test_prn1_a_principal_paid_back_above_par():
    note = made("2000-01-03", "2005-01-03", frequency=0)
    accreting = dataclasses.replace(note, principal=dataclasses.replace(note.principal, maturity_price="1.25"))
    assert only(accreting, "maturity").amount == 1250


def test_cnv8_at_a_maturity_on_a_closed_day_the_last_surrender_is_before():
    # 2005-01-01 is a Saturday: a surrender on it would count on Monday, after maturity
    note = made("2000-01-03", "2005-01-01", conversion=Conversion(price=50))
    assert listed(note, "last-conversion") == [("2004-12-31", "last-conversion")]
    assert listed(made("2000-01-03", "2005-01-03", conversion=Conversion(price=50)), "last-conversion") == []
    assert listed(made("2000-01-03", "2005-01-01"), "last-conversion") == []


def test_cnv1_a_right_to_convert_that_begins_later():
    note = made("2000-01-03", "2005-01-03", conversion=Conversion(price=50, from_date="2001-06-30"))
    assert ("2001-06-30", "first-conversion") in listed(note)


def test_red1_each_step_of_the_call_price_has_its_row_and_its_price():
    steps = [("2002-01-03", "1.02"), ("2003-01-03", "1.01"), ("2004-01-03", "1.00")]
    note = made("2000-01-03", "2005-01-03", day_count="30/360", redemption=Redemption(prices=steps))
    rows = [row for row in cn.schedule(note) if row.rule == "RED-1"]
    assert [(str(row.date), str(row.kind), row.amount) for row in rows] == [
        ("2002-01-03", "first-call", 1020),
        ("2003-01-03", "call-price", 1010),
        ("2004-01-03", "call-price", 1000),
    ]


def test_red2_a_right_to_call_from_the_issue_on_is_first_used_after_the_shortest_notice():
    note = made("2000-01-03", "2005-01-03", redemption=Redemption(prices=[("2000-01-03", 1)]))
    assert listed(note, "first-call-notice", "first-call") == [
        ("2000-01-03", "first-call-notice"),
        ("2000-02-02", "first-call"),
    ]


def test_red1_a_step_on_the_first_day_or_at_maturity_is_no_other_price():
    steps = [("2000-01-03", "1.02"), ("2000-02-02", "1.01"), ("2005-01-03", 1)]
    note = made("2000-01-03", "2005-01-03", redemption=Redemption(prices=steps))
    assert listed(note, "first-call", "call-price") == [("2000-02-02", "first-call")]
    assert abs(Fraction(only(note, "first-call").amount) - (1010 + Fraction(60 * 30, 365))) < Fraction(1, 10**20)


def test_wdr3_a_notice_on_the_issue_date_is_the_first_there_can_be():
    for before, dates in (("2000-02-03", ["2000-01-03", "2000-02-02"]), ("2000-02-02", [])):
        withdrawal = Withdrawal(trigger=100, before=before)
        note = made("2000-01-03", "2005-01-03", conversion=Conversion(price=50), withdrawal=withdrawal)
        assert [day for day, _ in listed(note, "last-withdrawal-notice", "last-withdrawal-effective")] == dates


def test_put2_the_days_in_which_an_election_arrives():
    put = Put(prices=[("2002-01-03", 1), ("2004-01-03", "1.05")], notice_at_least=10, notice_at_most=20)
    note = made("2000-01-03", "2005-01-03", day_count="30/360", put=put)
    assert listed(note, "first-put-election", "last-put-election", "put") == [
        ("2001-12-14", "first-put-election"),
        ("2001-12-24", "last-put-election"),
        ("2002-01-03", "put"),
        ("2003-12-14", "first-put-election"),
        ("2003-12-24", "last-put-election"),
        ("2004-01-03", "put"),
    ]
    assert [row.amount for row in cn.schedule(note) if row.kind == "put"] == [1000, 1050]


def test_rights_outside_the_life_of_the_note_have_no_rows():
    outside = {
        "conversion": Conversion(price=50, from_date="2010-01-01"),
        "reset": Reset(dates=["1999-01-03", "2006-01-03"], floor=1),
        "withdrawal": Withdrawal(trigger=100, before="2000-01-20"),
        "redemption": Redemption(prices=[("2005-01-03", 1)]),
        "put": Put(prices=[("2006-01-03", 1)]),
    }
    assert {kind for _, kind in listed(made("2000-01-03", "2005-01-03", **outside))} == {"record", "coupon", "maturity"}


def test_rights_on_the_first_and_the_last_day_of_the_note_have_their_rows():
    at_once = made("2000-01-03", "2005-01-03", conversion=Conversion(price=50, from_date="2000-01-03"))
    assert listed(at_once, "first-conversion") == [("2000-01-03", "first-conversion")]
    at_last = made(
        "2000-01-03",
        "2005-01-03",
        conversion=Conversion(price=50, from_date="2005-01-03"),
        reset=Reset(dates=["2000-01-03", "2005-01-03"], floor=1),
        put=Put(prices=[("2000-01-03", 1), ("2005-01-03", 1)]),
    )
    assert listed(at_last, "first-conversion") == [("2005-01-03", "first-conversion")]
    assert listed(at_last, "reset") == [("2000-01-03", "reset"), ("2005-01-03", "reset")]
    assert listed(at_last, "put", "last-put-election") == [
        ("2000-01-03", "last-put-election"),
        ("2000-01-03", "put"),
        ("2005-01-03", "last-put-election"),
        ("2005-01-03", "put"),
    ]
    steps = [("2003-01-03", "1.03"), ("2003-01-04", "1.02"), ("2005-01-02", "1.01")]
    stepped = made("2000-01-03", "2005-01-03", redemption=Redemption(prices=steps))
    assert listed(stepped, "first-call", "call-price") == [
        ("2003-01-03", "first-call"),
        ("2003-01-04", "call-price"),
        ("2005-01-02", "call-price"),
    ]


def test_cnv8_the_last_surrender_before_a_maturity_on_a_closed_day_may_be_on_the_issue_date():
    # Friday 7 January 2000 to Sunday the 9th
    weekend = made("2000-01-07", "2000-01-09", frequency=0, conversion=Conversion(price=50))
    assert listed(weekend, "last-conversion") == [("2000-01-07", "last-conversion")]
    sunday = made("2000-01-08", "2000-01-09", frequency=0, conversion=Conversion(price=50))
    assert listed(sunday, "last-conversion") == []


def test_wdr4_a_coupon_paid_late_for_a_holiday_is_not_yet_paid_on_the_day_of_the_notice():
    # coupon due on Saturday 2002-02-16, paid on Tuesday the 19th: a notice that day deducts nothing of it
    def amount(before):
        withdrawal = Withdrawal(trigger=100, before=before, make_whole_amount=200)
        note = made("2001-02-16", "2005-02-16", business_days="FED", conversion=Conversion(price=50), withdrawal=withdrawal)
        return only(note, "last-withdrawal-effective").amount

    assert amount("2002-03-22") == 200  # effective on the 21st, notice 30 days before, on 2002-02-19
    assert amount("2002-03-23") == 140  # notice on 2002-02-20


# --- a sequence of rows


def test_rows_are_made_when_iterated(note):
    rows = iter(cn.schedule(note))
    assert next(rows).kind == "record"
    assert next(rows) is not next(iter(cn.schedule(note)))


def test_rows_and_schedules_survive_the_way_to_another_process(note):
    schedule = cn.schedule(note)
    assert list(pickle.loads(pickle.dumps(schedule))) == list(schedule)
    assert "issue_day" not in schedule.note.principal.__getstate__() and "days" not in schedule.note.reset.__getstate__()
    assert pickle.loads(pickle.dumps(schedule[2])) == schedule[2]


def test_a_row_is_no_other_thing(note):
    row = cn.schedule(note)[2]
    assert row != cn.schedule(note)[3]
    assert row != "coupon"
    assert repr(row) == "Row(2001-02-16, coupon, INT-1, amount=68.93835616438356164383561643835616)"
    assert repr(cn.schedule(note)[1]) == "Row(2001-02-16, reset, RST-1)"
    assert repr(cn.schedule(note)) == "Schedule(amazon-peacs-2010, 27 rows)"
    again = cn.schedule(note)
    assert len({*again, *cn.schedule(note)}) == 27 and hash(again[2]) == hash(row) != hash(again[3])


def test_a_coupon_tells_the_days_that_its_amount_counts(note):
    interest = dataclasses.replace(note.interest, day_count="30/360", frequency=2)
    bond = dataclasses.replace(note, interest=interest)
    row = next(row for row in cn.schedule(bond) if row.kind == "coupon")
    assert (row.text, row.amount) == ("interest from 2000-02-16, 180 days by 30/360", Decimal("34.375"))  # 1000 x 6.875% / 2


def test_each_row_is_told_in_words(note):
    def words(some, *kinds):
        return [row.text for row in cn.schedule(some) if row.kind in kinds]

    first, second = words(note, "record")[:2]
    assert first == "the holders at the close of this day are paid the coupon due 2001-02-16"
    assert second == "the holders at the close of this day are paid the coupon due 2002-02-16"
    assert words(note, "coupon")[:2] == ["interest from 2000-02-16, 366 days", "interest from 2001-02-16, 365 days"]
    assert words(note, "reset") == [
        "the price may fall to the average of the 20 closes from 2001-01-19 to 2001-02-15",
        "the price may fall to the average of the 20 closes from 2002-01-18 to 2002-02-15",
    ]
    assert words(note, "maturity") == ["the principal is due"]
    assert words(note, "first-call") == ["first day on which the notes can be redeemed; its price with accrued interest"]
    assert words(cn.load("afv-2003"), "put") == ["the holder may put; the price with accrued interest"]


def test_a_table_is_headed_by_what_the_note_is_or_by_its_name(note):
    assert cn.schedule(note).table().title == "Amazon.com, Inc. 6 7/8% Convertible Subordinated Notes due 2010"
    plain = dataclasses.replace(note, description="")
    assert cn.schedule(plain).table().title == cn.schedule(plain)._page().title == "amazon-peacs-2010"


def test_replacing_a_provision_gives_another_schedule(note):
    kinds = {row.kind for row in cn.schedule(dataclasses.replace(note, redemption=None, reset=None))}
    assert kinds == {"record", "coupon", "last-withdrawal-notice", "last-withdrawal-effective", "maturity"}


# --- shown


def test_printed_one_line_a_row_under_the_name_of_the_note(note):
    lines = str(cn.schedule(note)).splitlines()
    assert lines[0] == "Amazon.com, Inc. 6 7/8% Convertible Subordinated Notes due 2010"
    assert [line[:10] for line in lines[-27:]] == [day for day, _ in listed(note)]
    assert lines[-22].split()[:5] == ["2002-02-16", "coupon", "INT-1", "68.750000", "2002-02-19"]


def test_shown_in_a_notebook_as_a_table(note):
    page = cn.schedule(note)._repr_html_()
    assert page.count("<tr>") == 28
    assert "last-withdrawal-effective" in page


def test_a_frame_has_typed_columns(note):
    pytest.importorskip("pandas", reason="frames need pandas")
    frame = cn.schedule(note).to_frame()
    for name in ("date", "payment_date", "window_first", "window_last"):
        assert frame[name].dtype.kind == "M", name
    assert frame["amount"].dtype == np.float64
    assert frame["amount"].sum() == pytest.approx(10 * 68.75 + 3 * 68.75 / 365 + 1000 + 1000.753424657534 + 68.561643835616)
    assert frame["kind"].tolist() == [kind for _, kind in listed(note)]
    assert str(frame["payment_date"][5].date()) == "2002-02-19"
    exact = cn.schedule(note).to_frame(exact=True)
    assert exact["amount"][26] == Decimal(1000)
    assert isinstance(exact["amount"][26], Decimal)


def test_a_frame_has_typed_columns_even_where_they_are_empty():
    pytest.importorskip("pandas", reason="frames need pandas")
    frame = cn.schedule(made("2000-01-03", "2005-01-03", frequency=0)).to_frame()
    assert frame["window_first"].dtype.kind == "M"
    assert frame["amount"].dtype == np.float64

"""Additional shares on a make-whole change, from a printed table (MWT-1, MWT-2, MWT-3)."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn
from convnote.provisions import MakeWholeChange
from convnote.provisions.fields import WrongParts
from convnote.provisions.number_tables import ascending
from tests.notes_made_whole import green_plains

NOTE = green_plains()
TABLE = NOTE.make_whole_change


def with_table(**settings):
    return dataclasses.replace(NOTE, make_whole_change=dataclasses.replace(TABLE, **settings))


@pytest.mark.parametrize(
    ("on", "price", "shares"),
    [
        ("2023-03-15", "31.62", "7.2127"),
        ("2022-09-15", "40.00", "4.686858"),
        ("2023-03-15", "22.99", "0"),
        ("2023-03-15", "350.01", "0"),
        ("2023-03-15", "23.00", "11.8576"),
        ("2023-03-15", "350.00", "0"),
        ("2021-03-01", "27", "10.0646"),
        ("2027-03-15", "27", "5.4164"),
        ("2021-02-28", "27", "0"),
        ("2027-03-16", "27", "0"),
    ],
)
def test_mwt1_the_table_is_linear_between_rows_and_columns_and_gives_nothing_outside(on, price, shares):
    exact = TABLE.additional(on, price)
    assert isinstance(exact, Decimal) and round(exact, 6) == Decimal(shares)
    many = TABLE.additional(np.array([on, on], "datetime64[D]"), np.array([float(price)] * 2))
    assert many.shape == (2,) and many == pytest.approx(float(exact), abs=1e-9)


def test_mwt1_an_average_in_float64_that_misses_an_edge_by_its_last_bit_is_at_the_edge():
    day = np.array(["2023-03-15"], "datetime64[D]")
    below, off = np.nextafter(23.0, 0), 22.99
    assert TABLE.additional(day, np.array([below])) == pytest.approx(11.8576)
    assert TABLE.additional(day, np.array([off])) == 0


def test_mwt2_the_cap_less_a_rate_that_no_decimal_equals_is_exact():
    """10 less 1,000 / 120 is 5 / 3; once the price is 60 it is 10 / 3, so that the rate is 20 and no more."""
    conversion = dataclasses.replace(NOTE.conversion, price=120, rate=None)
    table = dataclasses.replace(TABLE, cap_rate=10, shares=[[0] * len(row) for row in TABLE.shares])
    table = dataclasses.replace(NOTE, conversion=conversion, make_whole_change=table).make_whole_change
    assert table.moved(Fraction(2), Fraction(2)) == Fraction(10, 3)


def test_mwt1_columns_move_with_one_over_the_rate_and_entries_with_the_rate():
    # After 2 for 1 the rate is 63.2412, a column stands at half its price and its entry is twice what was printed.
    assert TABLE.additional("2023-03-15", "15.81", rate="63.2412") == Decimal("14.4254")
    assert TABLE.additional("2023-03-15", "11.495", rate="63.2412") == 0


def test_mwt1_a_table_of_one_row_and_one_column_holds_at_its_own_day_and_price():
    one = MakeWholeChange(prices=[30], dates=["2023-03-15"], shares=[["2.5"]])
    assert one.additional("2023-03-15", 30) == Decimal("2.5")
    assert one.additional("2023-03-15", "30.01") == one.additional("2023-03-16", 30) == 0
    assert list(one.additional(np.array(["2023-03-15", "2023-03-16"], "datetime64[D]"), np.array([30.0, 30.0]))) == [2.5, 0]


def test_mwt1_a_table_whose_rows_do_not_fit_its_dates_and_prices_is_refused():
    with pytest.raises(cn.TermsError, match=r"make_whole_change.shares \(MWT-1\).*expected a row for each of the 6 dates"):
        with_table(dates=TABLE.dates[:-1])
    with pytest.raises(cn.TermsError, match=r"make_whole_change.shares \(MWT-1\).*a column for each of the 9 prices"):
        with_table(prices=TABLE.prices[1:])
    with pytest.raises(cn.TermsError, match=r"make_whole_change.shares.2.3 \(MWT-1\): got -1; expected a number of 0 or more"):
        with_table(shares=[TABLE.shares[0], (*TABLE.shares[1][:2], -1, *TABLE.shares[1][3:]), *TABLE.shares[2:]])
    with pytest.raises(cn.TermsError, match=r"make_whole_change.prices \(MWT-1\).*ascending"):
        with_table(prices=TABLE.prices[::-1])
    with pytest.raises(cn.TermsError, match=r"expected rows of one length, not of 2, 1 numbers"):
        MakeWholeChange(prices=[30, 40], dates=["2023-03-15", "2024-03-15"], shares=[[2, 1], [1]])
    with pytest.raises(cn.TermsError, match=r"make_whole_change.additional price \(MWT-1\).*above 0"):
        TABLE.additional("2023-03-15", 0)


def test_mwt1_a_note_that_does_not_convert_has_no_rate_for_the_table():
    straight = dataclasses.replace(NOTE, conversion=None)
    with pytest.raises(cn.TermsError, match="does not convert"):
        straight.make_whole_change.additional("2023-03-15", 30, rate=31)
    assert ("MWT-1", "there are additional shares, and the note does not convert") in straight.check()


def test_mwt2_the_rate_with_additional_shares_is_at_most_the_cap():
    # 40 - 31.6206 = 8.3794 at most; after 2 for 1 twice that.
    capped = with_table(cap_rate=40).make_whole_change
    assert capped.additional("2023-03-15", 23) == Decimal("8.3794")
    assert capped.additional("2023-03-15", "11.5", rate="63.2412") == Decimal("16.7588")
    assert capped.additional("2023-03-15", "31.62") == Decimal("7.2127")
    assert with_table(cap_rate=31).make_whole_change.additional("2023-03-15", 23) == 0
    assert with_table(cap_rate=None).make_whole_change.additional("2023-03-15", 23) == Decimal("11.8576")


def found(note):
    return [message for rule, message in note.check() if rule == "MWT-3"]


def test_mwt3_the_printed_table_fits():
    assert found(NOTE) == []


def changed(row, column, value):
    rows = [list(each) for each in TABLE.shares]
    rows[row][column] = Decimal(value)
    return found(with_table(shares=rows))


def test_mwt3_each_misprint_is_found():
    message = changed(2, 0, "11.8574")[0]
    assert "the first entry of 2023-03-15, 11.8574, is not the cap less the rate: 43.4782 less 31.6206 is 11.8576" in message
    [message] = changed(6, 1, "5.4166")
    assert "the last row has 5.4166 at 27.00: 1,000 / 27.00 less the rate 31.6206 is 5.4164" in message
    [message] = changed(6, 2, "0.0049")  # the column at the conversion price prints 31.6250 as 31.62
    assert "the last row has 0.0049 at 31.62" in message
    assert changed(3, 4, "4.3978") == ["the column of 44.27 rises from 3.5822 to 4.3978 on 2024-03-15"]  # equal neighbours
    assert changed(3, 4, "4.3979")[0] == "the row of 2024-03-15 rises from 4.3978 to 4.3979 at 44.27"
    assert changed(3, 4, "1.8193")[0] == "the row of 2024-03-15 rises from 1.8193 to 1.8194 at 55.00"


def test_mwt3_a_cap_may_be_cut_and_not_more():
    assert found(with_table(cap_rate="43.4783")) == []  # 1,000 / 23 = 43.47826…
    [cap, *firsts] = found(with_table(cap_rate="43.4784"))
    assert cap == "the cap 43.4784 is not 1,000 / 23.00, which is 43.4783"
    assert len(firsts) == 7
    assert found(with_table(cap_rate=None)) == []


def test_mwt3_one_unit_of_the_last_decimal_is_no_fault():
    for entry, fits in (("11.8575", True), ("11.8577", True), ("11.8574", False)):
        shares = [(Decimal(entry), *row[1:]) for row in TABLE.shares[:-1]]
        assert (found(with_table(dates=TABLE.dates[:-1], shares=shares)) == []) is fits


def test_mwt3_a_table_that_ends_before_maturity_has_no_last_row_to_check():
    shorter = with_table(dates=TABLE.dates[:-1], shares=TABLE.shares[:-1])
    assert found(shorter) == []


def test_mwt1_it_is_written_to_a_sheet_and_read_back():
    assert cn.loads(cn.dumps(NOTE)) == NOTE
    assert "    [11.8576, 10.0646, 7.6522" in cn.dumps(NOTE)


def test_mwt1_the_summary_tells_it():
    [row] = [row for row in NOTE.summary().rows if row[2] == "MWT-1"]
    assert row[1] == "on a change or a call: up to 11.8576 per 1,000 for share prices from 23.00 to 350.00, rate at most 43.4782"
    [row] = [row for row in with_table(on_call=False, cap_rate=None).summary().rows if row[2] == "MWT-1"]
    assert row[1] == "on a change: up to 11.8576 per 1,000 for share prices from 23.00 to 350.00"


def test_mwt1_the_settings_that_are_not_said_are_assumed():
    assert [each[1] for each in NOTE.assumed if each[1].startswith("make_whole")] == ["make_whole_change.stock_price"]


def consent(before, after):
    noted = dataclasses.replace(NOTE, consent=cn.provisions.Consent())
    old, new = (dataclasses.replace(noted, make_whole_change=each) for each in (before, after))
    return {each.setting.split(".")[1]: each.requirement.rule for each in old.amendments(new)}


def test_mwt1_whose_consent_a_change_of_the_table_needs():
    lower = dataclasses.replace(TABLE, shares=[*TABLE.shares[:-1], (*TABLE.shares[-1][:1], 5, *TABLE.shares[-1][2:])])
    assert consent(TABLE, lower) == {"shares": "AMD-2"} and consent(lower, TABLE) == {"shares": "AMD-1"}
    mixed = dataclasses.replace(lower, shares=[(12, *lower.shares[0][1:]), *lower.shares[1:]])
    assert consent(TABLE, mixed) == {"shares": "AMD-2"} == consent(mixed, TABLE)
    never = dataclasses.replace(TABLE, on_call=False)
    assert consent(TABLE, never) == {"on_call": "AMD-2"} and consent(never, TABLE) == {"on_call": "AMD-1"}
    free = dataclasses.replace(TABLE, cap_rate=None)
    assert consent(free, TABLE) == {"cap_rate": "AMD-2"} and consent(TABLE, free) == {"cap_rate": "AMD-1"}
    assert set(consent(TABLE, None).values()) == {"AMD-2"} and set(consent(None, TABLE).values()) == {"AMD-1"}


def test_mwt2_the_cap_is_reached_by_what_brings_the_rate_to_it_and_never_without_one():
    # 1,000 / 31.6206 shares; 43.4782 - 31.6206 = 11.8576
    price = 1000 / Fraction("31.6206")
    capped, free = (with_table(cap_rate=cap).make_whole_change for cap in ("43.4782", None))
    assert capped.is_at_cap(Fraction("11.8576"), price) and not capped.is_at_cap(Fraction("11.8575"), price)
    assert not free.is_at_cap(Fraction("11.8576"), price)


def test_mwt1_prices_that_cannot_be_read_are_named_by_their_place():
    with pytest.raises(WrongParts) as error:
        ascending([23, "x", -1])
    assert error.value.parts == [("2", "expected a finite number", "x"), ("3", "expected a number above 0", -1)]

"""What a ledger says of itself: the file note, its rules and where each is printed, its totals, its frame."""

import dataclasses
import re
from decimal import Decimal

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import day_number
from convnote.provisions import RULES

from .walk import HIGH, NOTE, course, money, play


def told(ledger):
    """The file note, with each line that was folded in one again."""
    return re.sub(r"\n {8,12}(?=\S)(?!\S+ \(printed|\S+ \(a conv)", " ", ledger.explain())


@pytest.fixture(scope="module")
def as_it_was():
    return cn.replay(NOTE, cn.scenario("as-it-was"))


def test_as_it_was_the_ten_coupons_the_two_resets_the_trigger_and_maturity(as_it_was):
    leap = {"2001-02-16", "2005-02-16", "2009-02-16"}
    assert money(as_it_was, "coupon") == [
        (f"{year}-02-16", "47567465.75" if f"{year}-02-16" in leap else "47437500.00") for year in range(2001, 2011)
    ]
    assert money(as_it_was, "maturity") == [("2010-02-16", "690000000.00")]
    # 3 x 47,567,465.75 + 7 x 47,437,500.00, and with the principal
    assert as_it_was.total("coupon") == Decimal("474764897.25")
    assert as_it_was.total() == Decimal("1164764897.25")
    first, second = as_it_was.of_kind("reset")
    assert (str(first.date), str(second.date)) == ("2001-02-16", "2002-02-16")
    assert "the conversion price is now 84.883 (the floor), 1,000 / 84.883 = 11.780922 shares per 1,000" in first.text
    assert "stays at 84.883" in second.text
    [lapse] = as_it_was.of_kind("withdrawal-lapse")
    assert "167.915 was never met" in lapse.text and "75.293 on 2000-03-27" in lapse.text


def test_the_file_note_has_a_line_for_every_entry_and_cites_each_rule_once_more_at_the_end(as_it_was):
    text = told(as_it_was)
    for entry in as_it_was:
        assert f"{entry.date}  {entry.text}" in text
    end = text[text.index("Rules cited:") :].splitlines()[1:]
    cited = {rule for entry in as_it_was for rule in entry.rules}
    assert [line.split()[0] for line in end if line] == [rule for rule in RULES if rule in cited]
    assert "days between published closes are interpolated" in text


def test_the_file_note_says_where_each_rule_is_printed_and_what_is_a_convention(as_it_was):
    text = told(as_it_was)
    assert "RST-1 (printed in the note); RST-2 (printed on the cover of the prospectus); RST-3 (a convention)." in text
    for line in text[text.index("Rules cited:") :].splitlines():
        rule = line.split()[0] if line else ""
        if rule in RULES:
            authority = NOTE.authority(rule)
            assert ("a convention]" in line) is ("convention" in authority), line
            assert ("printed in the note" in line) is ("note" in authority.split("+")), line


def test_no_line_of_the_file_note_is_longer_than_a_hundred_columns_and_no_figure_is_cut(as_it_was):
    lines = as_it_was.explain().splitlines()
    assert max(map(len, lines)) <= 100 < max(len(entry.text) for entry in as_it_was)
    figures = re.findall(r"[\d,.]+\d", "".join(entry.text for entry in as_it_was))
    assert all(any(figure in line for line in lines) for figure in figures)


def test_where_the_closes_come_from_is_said_before_the_first_entry(as_it_was):
    assert "interpolated" in "\n".join(str(as_it_was).splitlines()[:5])


def test_the_file_note_shows_the_arithmetic():
    ledger = play(cn.RedemptionNotice("2003-05-01", "2003-06-02"), cn.Convert("2003-05-15", 1_000_000))
    texts = {entry.kind: entry.text for entry in ledger}
    assert "EUR 690,000,000 x 0.06875 x 365/365 = 47,437,500.00" in texts["coupon"]
    # 1,000,000 / 84.883 = 11,780.921975…, the rest x 50 = 46.0987…; 689,000 x 1019.965753… = 702,756,404.1096
    assert "EUR 1,000,000 / 84.883 = 11,780.921975 shares, 11,780 whole" in texts["conversion"]
    assert "0.921975 x the last close of 50 = 46.10 in cash for the fraction" in texts["conversion"]
    assert "EUR 689,000,000 at par plus interest accrued from 2003-02-16 of 13,756,404.109589" in texts["redemption"]
    assert "(689,000,000 x 0.06875 x 106/365) = 702,756,404.11" in texts["redemption"]


def test_the_file_note_tells_open_rights_and_what_was_passed_over():
    gone = told(play(cn.Convert("2001-03-01", 690_000_000), cn.Split("2005-03-01", 2, 1)))
    assert "Passed over: Split of 2005-03-01: nothing is outstanding any more." in gone
    assert "Rights without a decision" not in gone
    high = told(play(over=HIGH))
    assert "Rights without a decision on record:\n2010-02-16  CNV-1: conversion before maturity would have been worth" in high
    assert "a share was worth 110 on 2010-02-12, the conversion price is 104.947" in high


def test_a_reset_between_floor_and_price_names_its_average():
    # Twenty closes of 90: below 104.947 and above 84.883.
    [first, second] = play(over=course(90)).of_kind("reset")
    assert "average 90" in first.text and "the conversion price is now 90, 1,000 / 90 = 11.111111 shares per 1,000" in first.text
    assert "stays at 90" in second.text


def test_a_withdrawal_that_could_never_take_effect_lapses_without_a_close():
    never = dataclasses.replace(NOTE, withdrawal=dataclasses.replace(NOTE.withdrawal, before="2000-02-16"))
    [lapse] = play(note=never).of_kind("withdrawal-lapse")
    assert str(lapse.date) == "2000-02-16" and lapse.text.endswith("was never met.")


def test_the_frame_holds_float64_and_with_exact_the_decimals(as_it_was):
    pandas = pytest.importorskip("pandas")
    frame = as_it_was.to_frame()
    assert len(frame) == len(as_it_was)
    assert frame["cash"].dtype == np.float64 and frame["cash"].sum() == 1164764897.25
    assert frame["date"].iloc[-1] == pandas.Timestamp("2010-02-16")
    assert sum(as_it_was.to_frame(exact=True)["cash"]) == Decimal("1164764897.25")


def test_a_state_of_many_paths_says_so(as_it_was):
    assert "matured" in repr(as_it_was.state)
    many = dataclasses.replace(as_it_was.state, day=np.array([day_number("2010-02-16")] * 3))
    assert repr(many) == "State(of 3 paths)" and many._repr_html_() is None

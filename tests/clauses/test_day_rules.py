"""Day rules (END-1, END-2): words to a value and back, and the days that the paper's own examples give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import day_number, to_date
from convnote.provisions.day_rules import DayRule, day_or_rule, day_rule, resolved, worse_if_earlier, worse_if_later

PRINCIPAL = cn.load("amazon-peacs-2010").principal


def before(words: str, on: str) -> str:
    return str(to_date(DayRule.of(words).before(day_number(on), PRINCIPAL)))


@pytest.mark.parametrize(
    ("words", "on", "expected"),
    [
        ("2 trading days before", "2029-08-15", "2029-08-13"),
        ("2 business days before", "2006-06-19", "2006-06-15"),
        ("1 calendar day before", "2013-11-29", "2013-11-28"),  # Thanksgiving: a holiday counts
        ("2 trading days before", "2025-02-24", "2025-02-20"),
        ("0 calendar days before", "2013-11-28", "2013-11-28"),
        ("0 business days before", "2013-11-28", "2013-11-28"),  # the day itself, open or not
        ("0 trading days before", "2013-11-30", "2013-11-30"),
    ],
)
def test_end1_end2_a_day_rule_gives_the_printed_day(words: str, on: str, expected: str) -> None:
    assert before(words, on) == expected
    several = np.array([day_number(on)] * 2)
    assert DayRule.of(words).before(several, PRINCIPAL).tolist() == [day_number(expected)] * 2


@pytest.mark.parametrize(
    ("unit", "on", "expected"),
    [
        ("business", "2006-10-10", "2006-10-06"),  # Columbus Day is a holiday of banks and a trading day
        ("trading", "2006-10-10", "2006-10-09"),
        ("business", "2006-04-17", "2006-04-14"),  # Good Friday is a Business Day and no trading day
        ("trading", "2006-04-17", "2006-04-13"),
        ("calendar", "2006-04-17", "2006-04-16"),
    ],
)
def test_end1_banks_and_exchange_have_days_of_their_own(unit: str, on: str, expected: str) -> None:
    principal = cn.load("amazon-peacs-2010").principal
    assert str(to_date(DayRule(1, unit).before(day_number(on), principal))) == expected


def test_end1_singular_and_plural_are_read_alike_and_written_as_english_has_it() -> None:
    assert DayRule.of("1 business days before") == DayRule.of("1 business day before") == DayRule(1, "business")
    assert str(DayRule.of("2 trading day before")) == "2 trading days before"
    assert str(DayRule(0, "calendar")) == "0 calendar days before"


@pytest.mark.parametrize(
    "wrong", ["2 days before", "two trading days before", "2 trading days", "-1 business days before", "", 2]
)
def test_other_words_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="2 trading days before"):
        day_rule(wrong)
    with pytest.raises(ValueError, match=r"a date or a day rule|a day rule such as"):
        day_or_rule(wrong)


@pytest.mark.parametrize("wrong", [(-1, "business"), (True, "business"), (1.0, "business"), (1, "working"), (1000, "calendar")])
def test_a_wrong_value_is_refused(wrong: tuple[Any, Any]) -> None:
    with pytest.raises(ValueError, match=r"a whole number of days|allowed: business"):
        DayRule(*wrong)


def test_end1_a_setting_may_be_a_date_or_a_rule() -> None:
    maturity = PRINCIPAL.maturity_day
    assert str(to_date(resolved(day_or_rule("2010-02-01"), maturity, PRINCIPAL))) == "2010-02-01"
    assert resolved(day_or_rule("1 calendar day before"), maturity, PRINCIPAL) == maturity - 1


@pytest.mark.parametrize(
    ("judge", "old", "new", "effect"),
    [
        (worse_if_earlier, "1 business day before", "2 business days before", "worse"),
        (worse_if_earlier, "2 business days before", "1 business day before", "better"),
        (worse_if_earlier, "1 business day before", "1 trading day before", "depends"),
        (worse_if_earlier, "2010-02-01", "2010-01-31", "worse"),
        (worse_if_earlier, "2010-02-01", "1 trading day before", "depends"),
        (worse_if_later, "2 business days before", "1 business day before", "worse"),
        (worse_if_later, "2010-02-01", "2010-01-31", "better"),
    ],
)
def test_amd1_an_earlier_last_day_is_for_the_worse(judge: Callable[[str], Any], old: str, new: str, effect: str) -> None:
    assert judge("impaired conversion")(day_or_rule(old), day_or_rule(new)).effect == effect

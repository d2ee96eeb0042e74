"""Conditions on closes: what they say, what they refuse, how a sheet states them, and the printed figures."""

from __future__ import annotations

import importlib.util
import pickle
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import convnote as cn
from convnote.calendars import calendar, day_number, to_date
from convnote.provisions import ContingentConversion, TradingPrice
from convnote.provisions.conditions import Condition, condition, worse_if_easier, worse_if_harder
from convnote.provisions.fields import WrongParts
from convnote.provisions.toml_values import written
from convnote.termsheet import parsed

SOFT = Condition(days=20, period=30, multiple=Decimal("1.40"), of="in-force", strict=True, ends="day-before-notice")
NASDAQ = calendar("NASDAQ")


def test_sft1_140_percent_of_a_price_stated_as_a_rate() -> None:
    left, right = SOFT.sides("44.27", rate="31.6206", base=1000)
    assert (round(float(left), 3), right) == (1399.844, 1400)
    assert SOFT.compared(left, right) is False
    left, right = SOFT.sides("44.28", rate="31.6206", base=1000)
    assert round(float(left), 3) == 1400.160
    assert SOFT.compared(left, right) is True


def test_20_of_30_closes_and_one_fewer() -> None:
    held = np.array([True] * 19 + [False] * 10 + [True])
    assert SOFT.met(held)[-1]
    assert not SOFT.met(held[:-1])[-1]
    held[0] = False
    assert not SOFT.met(held)[-1] and SOFT.counts(held)[-1] == 19


def test_a_condition_on_quarter_ends_asks_for_the_days_and_the_calendar() -> None:
    quarterly, held = replace(SOFT, looked_at="quarter-end"), np.array([True] * 30)
    days = np.array(NASDAQ.between(day_number("2024-01-01"), day_number("2024-12-31")))[:30]
    for missing in ({}, {"days": days}, {"sessions": NASDAQ}):
        with pytest.raises(cn.TermsError, match="a condition on quarter-ends needs the days and the calendar") as refused:
            quarterly.met(held, **missing)
        assert refused.value.field == "condition.met"


def test_fewer_closes_than_a_whole_period_are_enough_only_with_short_period() -> None:
    held = np.ones(29, dtype=bool)
    assert not SOFT.met(held).any()
    assert replace(SOFT, short_period=True).met(held).tolist() == [False] * 19 + [True] * 10


def test_the_close_of_the_last_day_must_itself_count_with_and_last() -> None:
    held = np.array([True] * 29 + [False])
    assert SOFT.met(held)[-1] and not replace(SOFT, and_last=True).met(held)[-1]


def test_within_5_a_period_that_ended_four_trading_days_before_is_enough() -> None:
    held = np.array([False] * 10 + [True] * 20 + [False] * 20)
    met = replace(SOFT, within=5).met(held)
    last = int(np.flatnonzero(SOFT.met(held))[-1])
    assert met[last + 4] and not met[last + 5]
    assert replace(SOFT, within=5).reach == 34


@pytest.mark.parametrize(
    ("ends", "notice", "expected"),
    [
        ("day-before-notice", "2003-02-20", "2003-02-19"),
        ("day-before-notice", "2003-02-18", "2003-02-14"),  # Monday was Washington's Birthday
        ("day-before-notice", "2003-02-16", "2003-02-14"),  # a Sunday
        ("notice", "2003-02-20", "2003-02-20"),
        ("notice", "2003-02-16", "2003-02-14"),
    ],
)
def test_the_period_ends_on_the_trading_day_that_the_condition_says(ends: str, notice: str, expected: str) -> None:
    assert str(to_date(replace(SOFT, ends=ends).end(day_number(notice), NASDAQ))) == expected
    several = np.array([day_number(notice)])
    assert replace(SOFT, ends=ends).end(several, NASDAQ).tolist() == [day_number(expected)]


@pytest.mark.parametrize(
    ("strict", "below", "counting"),
    [
        (True, False, [False, False, True]),
        (False, False, [False, True, True]),
        (True, True, [True, False, False]),
        (False, True, [True, True, False]),
    ],
)
def test_strict_and_below_turn_the_comparison(strict: bool, below: bool, counting: list[bool]) -> None:
    term = Condition(days=1, period=1, figure=Decimal(100), of="figure", strict=strict, below=below, ends="notice")
    assert [term.compared(*term.sides(close)) for close in ("99.99", 100, "100.01")] == counting
    assert term.compared(*term.sides(np.array([99.99, 100.0, 100.01]))).tolist() == counting


def test_a_figure_moves_by_the_factor_of_adjustments() -> None:
    term = Condition(days=1, period=1, figure=Decimal("167.915"), of="figure", strict=True, ends="notice")
    assert term.sides("84", factor=Fraction(1, 2)) == (84, Fraction("83.9575"))


# --- what is refused

WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"days": 0}, "days", "a whole number from 1 to 250"),
    ({"days": 31}, "days", "no more than the period of 30 is possible"),
    ({"period": "30"}, "period", "a whole number"),
    ({"multiple": 130}, "multiple", "130% is 1.3"),
    ({"of": "price"}, "of", "allowed: in-force, initial, accreted, figure"),
    ({"of": "figure"}, "multiple", "compared with a figure alone"),
    ({"figure": 100}, "figure", 'a figure needs of = "figure"'),
    ({"multiple": None}, "multiple", 'required with of = "in-force"'),
    ({"of": "figure", "multiple": None}, "figure", 'required with of = "figure"'),
    ({"strict": "yes"}, "strict", "true or false"),
    ({"ends": "later"}, "ends", "allowed: day-before-notice, notice"),
    ({"looked_at": "month-end"}, "looked_at", "allowed: each-day, quarter-end"),
    ({"within": 0}, "within", "a whole number from 1 to 250"),
    ({"dayz": 3}, "dayz", "did you mean days?"),
]
SAID = {"days": 20, "period": 30, "multiple": Decimal("1.4"), "of": "in-force", "strict": True, "ends": "notice"}


@pytest.mark.parametrize(("change", "part", "words"), WRONG)
def test_a_fault_names_its_part(change: dict[str, Any], part: str, words: str) -> None:
    with pytest.raises(WrongParts) as refused:
        condition({**SAID, **change})
    assert [name for name, _, _ in refused.value.parts] == [part]
    assert words in str(refused.value)
    if part != "dayz":
        with pytest.raises(cn.TermsError, match=rf"^condition\.{part}: "):
            Condition(**{**SAID, **change})


@pytest.mark.parametrize("part", ["days", "period", "of", "strict", "ends"])
def test_what_a_condition_must_say(part: str) -> None:
    with pytest.raises(WrongParts, match=rf"{part}: required"):
        condition({key: value for key, value in SAID.items() if key != part})


def test_all_faults_are_found_at_once() -> None:
    with pytest.raises(cn.TermsError) as refused:
        Condition(days=0, period=0, of="x", strict=1, ends=2)  # type: ignore[arg-type]
    assert len(refused.value.faults) == 5


def test_the_parts_of_a_condition_know_what_they_take() -> None:
    """Read afresh, since the parts are made while the module is read."""
    spec = importlib.util.find_spec("convnote.provisions.conditions")
    assert spec is not None and spec.loader is not None
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    with pytest.raises(cn.TermsError) as refused:
        fresh.Condition(**SAID | {"days": "many", "multiple": 0, "strict": "yes"})
    for words in (
        "days: got 'many'; expected a whole",
        "multiple: got 0; expected a number above 0",
        "strict: got 'yes'; expected",
    ):
        assert words in str(refused.value)


# --- in a sheet


def test_a_condition_is_an_inline_table_read_and_written() -> None:
    line = '{days = 20, period = 30, multiple = 1.40, of = "in-force", strict = true, ends = "day-before-notice"}'
    assert condition.written(SOFT) == line
    read = parsed(f"condition = {line}", "sheet")["condition"]
    assert condition(condition.read(read)) == SOFT
    spelled = {**SAID, "multiple": "140%"}
    assert condition(condition.read(spelled)) == replace(SOFT, ends="notice")
    with pytest.raises(WrongParts, match="expected a number"):
        condition.read({**SAID, "multiple": "dear"})


def test_every_part_is_written_that_is_not_at_its_default() -> None:
    rare = Condition(
        days=1,
        period=2,
        figure=Decimal("167.915"),
        of="figure",
        strict=False,
        below=True,
        short_period=True,
        looked_at="quarter-end",
        ends="notice",
        and_last=True,
        within=5,
    )
    assert condition(condition.read(parsed(f"c = {condition.written(rare)}", "sheet")["c"])) == rare
    assert pickle.loads(pickle.dumps(rare)) == rare
    assert written(condition.as_toml(rare)).count("=") == 11


def test_a_condition_reads_as_a_sentence() -> None:
    assert str(replace(SOFT, strict=False, and_last=True, within=5)) == (
        "20 of 30 closes at or above 140% of the conversion price in force, the last one among them, "
        "ending on one of the last 5 trading days"
    )
    low = Condition(days=30, period=30, multiple=Decimal("0.7"), of="initial", below=True, strict=True, ends="notice")
    assert str(low) == "30 of 30 closes below 70% of the initial conversion price"


@pytest.mark.parametrize(
    ("parts", "odd"),
    [
        ({"multiple": "1.01"}, None),
        ({"multiple": 1}, "above it is odd: 100% of the initial conversion price"),
        ({"multiple": "0.99", "below": True}, None),
        ({"multiple": 1, "below": True}, "below it is odd: 100% of the initial conversion price"),
        ({"of": "figure", "figure": "40.01"}, None),
        ({"of": "figure", "figure": 40}, "above it is odd: 40 against the initial price 40"),
        ({"of": "figure", "figure": "39.99", "below": True}, None),
        ({"of": "figure", "figure": "40.01", "below": True}, "below it is odd: 40.01 against the initial price 40"),
    ],
)
def test_a_level_on_the_usual_side_of_the_initial_price_is_not_odd(parts: dict[str, Any], odd: str | None) -> None:
    condition = Condition(**{"days": 5, "period": 9, "of": "initial", "strict": True, "ends": "notice", **parts})
    assert condition.oddities(Decimal(40)) == ([] if odd is None else [f"the level of closes {odd}"])


# --- withdrawal is its first user


def test_wdr1_is_a_condition() -> None:
    withdrawal = cn.load("amazon-peacs-2010").withdrawal
    assert str(withdrawal.condition) == "20 of 30 closes above 167.915"
    assert withdrawal.condition.short_period and withdrawal.condition.ends == "notice"
    held = np.array([True] * 20 + [False] * 12)
    assert withdrawal.met(held).tolist() == withdrawal.condition.met(held).tolist()


def test_wdr7_a_trigger_stated_as_a_multiple_is_a_condition_of_it() -> None:
    peacs = cn.load("amazon-peacs-2010")
    moving = replace(peacs.withdrawal, trigger=None, trigger_multiple=Decimal("1.4"), trigger_of="in-force", strict=False)
    term = replace(peacs, withdrawal=moving).withdrawal.condition
    assert str(term) == "20 of 30 closes at or above 140% of the conversion price in force"
    fixed = replace(peacs, withdrawal=replace(moving, trigger_of="initial")).withdrawal.condition
    assert (fixed.of, fixed.multiple, fixed.figure) == ("initial", Decimal("1.4"), None)


# --- consent


@pytest.mark.parametrize(
    ("change", "effect"),
    [
        ({"days": 21}, "better"),
        ({"days": 19}, "worse"),
        ({"period": 31}, "worse"),
        ({"multiple": "1.5"}, "better"),
        ({"strict": False}, "worse"),
        ({"and_last": True}, "better"),
        ({"within": 5}, "worse"),
        ({"days": 21, "period": 31}, "depends"),
        ({"ends": "notice"}, "depends"),
    ],
)
def test_amd1_a_soft_call_that_is_met_more_easily_is_for_the_worse(change: dict[str, Any], effect: str) -> None:
    new = replace(SOFT, **change)
    assert worse_if_easier("lower redemption amount")(SOFT, new).effect == effect
    turned = {"better": "worse", "worse": "better"}.get(effect, effect)
    assert worse_if_harder("impaired conversion")(SOFT, new).effect == turned
    for judge in (worse_if_easier, worse_if_harder):
        depends_on = judge("impaired conversion")(SOFT, new).depends_on
        assert depends_on == ("which of the two conditions the closes meet more easily" if effect == "depends" else "")


def test_amd1_what_opens_conversion_is_worse_gone_and_better_new() -> None:
    """A quarter that opens conversion, or a price of the note that does, is a way to convert: none at all is the hardest."""
    price = TradingPrice(share="0.98", days=5, open_days=5)
    judges = {each.name: each.metadata["change"].direction for each in ContingentConversion.settings()}
    for name, value in (("quarter", SOFT), ("trading_price", price)):
        assert (judges[name](None, value), judges[name](value, None)) == ("better", "worse")
    harder = {"quarter": replace(SOFT, days=21), "trading_price": replace(price, days=6)}
    for name, value in harder.items():
        old = SOFT if name == "quarter" else price
        assert (judges[name](old, value), judges[name](value, old)) == ("worse", "better")
    shorter, lower = replace(price, open_days=4), replace(price, share="0.97")
    assert {judges["trading_price"](price, each) for each in (shorter, lower)} == {"worse"}
    assert judges["trading_price"](price, replace(price, share="0.99", days=6)) == "depends"
    assert judges["trading_price"](price, replace(price, share="0.99", open_days=6)) == "better"


def test_amd1_a_condition_that_goes_or_comes() -> None:
    assert worse_if_easier("lower redemption amount")(SOFT, None).effect == "worse"
    assert worse_if_easier("lower redemption amount")(None, SOFT).effect == "better"
    assert worse_if_harder("impaired conversion")(None, SOFT).effect == "worse"

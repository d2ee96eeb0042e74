"""Green Plains 2.25% due 2027: rate, soft call, record dates and the whole make-whole table of the pricing term sheet."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import convnote as cn

NOTE = cn.load("gpre-2027")
TABLE = NOTE.make_whole_change
HISTORY = cn.scenario("gpre-2027")
LEDGER = cn.replay(NOTE, HISTORY)
#: the same paper, converting on any day: before 2026-09-15 it needs a call or a change (CNT-1)
FREELY = dataclasses.replace(NOTE, contingent_conversion=None)


def test_rte1_230m_are_7272738_shares_and_10m_316206_without_cash() -> None:
    for principal, shares in ((230_000_000, 7_272_738), (10_000_000, 316_206)):
        event = cn.Convert("2021-06-01", principal)
        (one,) = cn.replay(FREELY, HISTORY, events=[event], until="2021-06-30").of_kind("conversion")
        assert (one.shares, one.cash) == (shares, 0)


def test_mwt3_the_first_column_is_the_cap_less_the_rate_and_the_table_is_whole() -> None:
    assert TABLE is not None
    assert Decimal("43.4782") - Decimal("31.6206") == Decimal("11.8576") == TABLE.shares[0][0]
    assert {row[0] for row in TABLE.shares} == {Decimal("11.8576")} and (len(TABLE.dates), len(TABLE.prices)) == (7, 10)
    assert not [found for found in NOTE.check() if found.rule.startswith("MWT")]


@pytest.mark.parametrize(
    ("on", "price", "additional"),
    [
        ("2023-03-15", "31.62", "7.2127"),
        ("2022-09-15", "22.99", "0"),
        ("2022-09-15", "350.01", "0"),
        ("2027-03-15", "23", "11.8576"),
    ],
)
def test_mwt1_additional_shares_as_printed(on: str, price: str, additional: str) -> None:
    assert TABLE is not None
    assert TABLE.additional(on, Decimal(price)) == Decimal(additional)
    assert float(TABLE.additional(on, np.float64(price))) == pytest.approx(float(additional), abs=1e-9)


def test_mwt1_between_rows_and_columns_and_the_rate() -> None:
    assert TABLE is not None
    weight = Fraction(184, 365)  # from 2022-03-15 to 2022-09-15
    columns = []
    for at in (3, 4):  # 38.00 and 44.27
        early, late = (Fraction(TABLE.shares[row][at]) for row in (1, 2))
        columns.append(early + (late - early) * weight)
    value = columns[0] + (columns[1] - columns[0]) * (40 - 38) / (Fraction("44.27") - 38)
    assert round(value, 6) == Fraction("4.686858") and round(value + Fraction("31.6206"), 4) == Fraction("36.3075")
    assert round(Fraction(TABLE.additional("2022-09-15", 40)), 6) == round(value, 6)


@pytest.mark.parametrize(("close", "allowed"), [("44.27", False), ("44.28", True)])
def test_sft1_140_percent_equals_or_exceeds(close: str, allowed: bool) -> None:
    sessions = [cn.calendars.to_date(day) for day in NOTE.principal.sessions.between(18680, 19900)]
    history = cn.MarketHistory(dates=sessions, closes=[Decimal(close)] * len(sessions), currency="USD")
    call = [cn.RedemptionNotice("2024-04-15", "2024-05-28")]
    assert (Fraction(close) * Fraction("31.6206") >= 1400) is allowed
    if allowed:
        assert cn.replay(NOTE, history, events=call, until="2024-05-28").of_kind("redemption")
    else:
        with pytest.raises(cn.LifecycleError, match=r"SFT-1.*0 of 30"):
            cn.replay(NOTE, history, events=call, until="2024-05-28")


def test_rec1_record_dates_are_the_first_of_march_and_september() -> None:
    assert {(each.record_date.month, each.record_date.day) for each in NOTE.interest.coupons()} == {(3, 1), (9, 1)}


def test_mwt1_the_called_notes_of_the_scenario_get_additional_shares() -> None:
    """The average of the five closes before April 15, 2024 and the rows of 2024 and 2025 give the rate of all that convert."""
    assert TABLE is not None
    closes = [HISTORY.exact_close(day) for day in NOTE.principal.sessions.between(19820, 19827)][-5:]  # to 2024-04-12
    price, weight = sum(closes) / 5, Fraction(31, 365)
    columns = []
    for at in (4, 5):  # 44.27 and 55.00
        early, late = (Fraction(TABLE.shares[row][at]) for row in (3, 4))
        columns.append(early + (late - early) * weight)
    extra = columns[0] + (columns[1] - columns[0]) * (price - Fraction("44.27")) / (55 - Fraction("44.27"))
    rate = round(extra + Fraction("31.6206"), 4)
    first, second = LEDGER.of_kind("conversion")
    assert (first.shares, second.shares) == (int(200_000 * rate), int(28_500 * rate))
    assert LEDGER.of_kind("redemption")[0].cash == 1_506_843.75  # 1.5m and 73 days


def test_stl1_the_company_may_settle_in_cash_instead() -> None:
    """At a flat close of 40: 1,000 x 31.6206 shares are worth 1,264.824 per 1,000, paid in cash."""
    sessions = [cn.calendars.to_date(day) for day in NOTE.principal.sessions.between(18680, 19000)]
    history = cn.MarketHistory(dates=sessions, closes=[Decimal(40)] * len(sessions), currency="USD")
    chosen = cn.SettlementElection("2021-05-03", "cash")
    ledger = cn.replay(FREELY, history, events=[chosen, cn.Convert("2021-06-01", 1_000_000)], until="2021-09-01")
    (entry,) = ledger.of_kind("settlement")
    assert (entry.cash, entry.shares) == (Decimal("1264824.00"), 0)

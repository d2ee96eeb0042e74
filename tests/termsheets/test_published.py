"""Figures published about notes that are not bundled, each under the rule that gives it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

import convnote as cn
from convnote.calendars import calendar, day_number, to_date
from convnote.provisions import Adjustment, Conversion, Interest, Principal, Redemption


def a_note(issue: str, maturity: str, size: int, rate: str, **provisions: object) -> cn.ConvertibleNote:
    """A note in dollars with half-yearly interest on 30/360."""
    principal = Principal(issue_date=issue, maturity_date=maturity, issue_size=size, denomination=1000, currency="USD")
    return cn.ConvertibleNote(
        name="published", principal=principal, interest=Interest(rate=rate, frequency=2, day_count="30/360"), **provisions
    )


def flat(first: str, last: str, close: str) -> cn.MarketHistory:
    """The same close on every trading day."""
    days = [to_date(day) for day in calendar("NASDAQ").between(day_number(first), day_number(last))]
    return cn.MarketHistory(dates=days, closes=[close] * len(days), currency="USD")


def test_adj2_eight_stock_dividends_of_5_percent_take_21_50_to_68_718858_shares() -> None:
    """Vector Group 2026: 1,000 / 21.50 is 46.511628 shares; 1.05 to the eighth is 1.477455."""
    note = a_note(
        "2006-07-12", "2026-06-15", 110_000_000, "0.03875", conversion=Conversion(price="21.50"), adjustment=Adjustment()
    )
    dividends = [cn.StockDividend(f"{year}-09-29", shares=5, outstanding=100) for year in range(2006, 2014)]
    ledger = cn.replay(note, flat("2006-07-03", "2013-12-31", "15.00"), events=dividends, until="2013-12-30")
    assert round(Fraction(1000) / Fraction("21.50") * Fraction("1.05") ** 8, 6) == Fraction("68.718858")
    assert round(Fraction(ledger.state.conversion_rate), 6) == Fraction("68.718858")


def test_red1_part_of_an_issue_called_at_1_042_and_17_50_of_interest() -> None:
    """DaVita 2003: USD 200m of 345m at 1,042 per 1,000 and 17.50 of interest, which is 90 days at 7%."""
    call = Redemption(prices=[("2003-01-01", "1.042")], notice_at_least=30, notice_at_most=60)
    note = a_note("2001-05-15", "2009-05-15", 345_000_000, "0.07", redemption=call)
    notice = cn.RedemptionNotice("2003-07-01", "2003-08-15", 200_000_000)
    ledger = cn.replay(note, flat("2001-05-01", "2003-12-31", "30"), events=[notice], until="2003-08-15")
    (paid,) = ledger.of_kind("redemption")
    assert (paid.principal, paid.cash) == (200_000_000, 200_000 * (1042 + Decimal("17.50")))
    assert ledger.state.outstanding == 145_000_000


def test_int2_six_days_at_2_625_percent_are_0_4375_per_1000() -> None:
    """Novellus 2041: 1,000 x 0.02625 x 6 / 360."""
    note = a_note("2011-05-10", "2041-05-15", 700_000_000, "0.02625")
    assert note.interest.accrued("2011-11-21") == Decimal("0.4375")
    assert note.interest.accrued("2011-11-21", 700_000_000) == 306_250


def test_day2_thirty_trading_days_with_good_friday_out() -> None:
    """AMD 6%: the closes of 2001-03-27 to 2001-05-08, without 2001-04-13, are the thirty that a call looks at."""
    days = [str(to_date(day)) for day in calendar("NYSE").between(day_number("2001-03-27"), day_number("2001-05-08"))]
    assert len(days) == 30 and "2001-04-13" not in days
    assert str(to_date(calendar("NYSE").before(day_number("2001-05-09"), 30))) == "2001-03-27"


@pytest.mark.parametrize(("name", "on"), [("NASDAQ", "2025-01-09"), ("TARGET", "1999-12-31"), ("TARGET", "2001-12-31")])
def test_day2_closed_on_days_that_no_rule_of_thumb_gives(name: str, on: str) -> None:
    assert not calendar(name).is_open(day_number(on))

"""Adjustments over a life: ADJ-1…9, RST-4. The initial price is 104.947, the closes are 50 where nothing else is said."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import pytest

import convnote as cn

from .walk import AFV, LOW, NOTE, PAR, course, money, play, shares

MILLION = cn.Convert("2000-09-05", 1_000_000)
SPLIT = cn.Split("2000-09-01", 2, 1)
HALVED = course(50, ("2000-09-01", 25))


def price(*events, over=LOW, note=NOTE, until="2000-12-31"):
    return play(*events, over=over, note=note, until=until).state.conversion_price


def with_adjustment(**settings):
    return dataclasses.replace(NOTE, adjustment=dataclasses.replace(NOTE.adjustment, **settings))


def test_adj1_a_split_halves_the_price_and_doubles_the_shares():
    # 1,000,000 / 52.4735 = 19,057.2384…: 0.2384 x 25 = 5.9603…; before it 9,528.6192…: 0.6192 x 50 = 30.9603…
    assert price(SPLIT) == Decimal("52.4735")
    assert shares(play(SPLIT, MILLION, over=HALVED, until="2000-12-31")) == [("2000-09-05", 19_057, "5.96")]
    assert shares(play(MILLION, until="2000-12-31")) == [("2000-09-05", 9_528, "30.96")]


def test_adj1_on_the_day_of_the_split_itself_conversion_is_in_new_shares_at_yesterdays_close():
    # The close of 31 August is 50 for an old share: 25 for a new one.
    same_day = cn.Convert("2000-09-01", 1_000_000)
    assert shares(play(SPLIT, same_day, over=HALVED, until="2000-12-31")) == [("2000-09-01", 19_057, "5.96")]


def test_adj1_a_reverse_split_raises_the_price():
    assert price(cn.Split("2000-09-01", 1, 5)) == Decimal("524.735")


def test_adj1_a_price_without_a_last_decimal_keeps_every_share():
    # 104.947 x 3 / 7 three times over, and back again.
    there = [cn.Split(f"2000-0{month}-01", 7, 3) for month in (5, 6, 7)]
    back = [cn.Split(f"2000-{month}-02", 3, 7) for month in (10, 11, 12)]
    state = play(*there, *back, until="2000-12-31").state
    assert state.price == Fraction("104.947")


def test_rst4_the_floor_and_the_window_move_with_a_split():
    # Split inside the window: nine closes of 100 and eleven of 50 are all 50 of a new share, above the new floor of 42.4415.
    over = course(100, ("2001-02-01", 50))
    ledger = play(cn.Split("2001-02-01", 2, 1), over=over, until="2001-03-01")
    [reset] = ledger.of_kind("reset")
    assert "average 50.0000;" in reset.text and "the floor is 42.4415, the price in effect 52.4735" in reset.text
    assert ledger.state.conversion_price == 50
    assert "RST-4" in reset.rules
    # And to that floor where the share is low.
    low = play(cn.Split("2001-02-01", 2, 1), over=course(50, ("2001-02-01", 25)), until="2001-03-01")
    assert low.state.conversion_price == Decimal("42.4415")
    assert "RST-4" not in play(until="2001-03-01").of_kind("reset")[0].rules


@pytest.mark.parametrize("day", ["2000-06-15", "2000-06-27", "2000-06-28"])
def test_rst4_the_trigger_moves_with_a_split_inside_the_thirty_days(day):
    # Twenty sessions above, 1 to 28 June: at 170 above 167.915, from the split on at 85 above 83.9575.
    over = course(110, ("2000-06-01", 170), (day, 85), ("2000-06-29", 55))
    ledger = play(cn.Split(day, 2, 1), over=over)
    assert [str(entry.date) for entry in ledger.of_kind("trigger-met")] == ["2000-06-28"]
    assert "exceed 83.9575" in ledger.of_kind("trigger-met")[0].text
    # As quoted, without the split, 85 is no close above.
    assert not play(over=over).of_kind("trigger-met")


def test_rst4_a_close_that_exceeded_only_as_quoted_counts_no_more_after_a_reverse_split():
    over = course(110, ("2000-06-15", 170), ("2000-07-14", 110))  # 20 sessions at 170, but of shares five times as large
    assert len(play(over=over).of_kind("trigger-met")) == 1
    assert not play(cn.Split("2000-06-15", 1, 5), over=over).of_kind("trigger-met")


def test_rst4_the_highest_close_is_told_in_todays_shares():
    over = course(50, ("2000-06-01", 120), ("2000-06-02", 50), ("2000-09-01", 25))
    [entry] = play(SPLIT, over=over).of_kind("withdrawal-lapse")
    # 60 of 83.9575 is 120 of 167.915: 71.5%.
    assert "83.9575 was never met: the highest close was 60 on 2000-06-01 (60 / 83.9575 = 71.5%" in entry.text


def test_rst4_a_state_that_goes_on_remembers_the_highest_close_as_it_is_today():
    over = course(50, ("2000-06-01", 120), ("2000-06-02", 50), ("2000-09-01", 25))
    half = play(over=over, until="2000-08-01")
    [entry] = play(SPLIT, over=over, state=half.state).of_kind("withdrawal-lapse")
    assert "60 on 2000-06-01" in entry.text


def test_adj2_a_stock_dividend():
    # 104.947 x 100 / 105 = 99.949523…; 10,005.0501… shares, 0.0501 x 50 = 2.508…
    event = cn.StockDividend("2000-09-01", 5, 100)
    assert price(event).quantize(Decimal("0.000001")) == Decimal("99.949524")
    assert shares(play(event, MILLION, until="2000-12-31")) == [("2000-09-05", 10_005, "2.51")]


def test_adj3_rights_below_market():
    # (1000 + 2500/50) / 1100 = 1050/1100: 100.176681…; 9,982.3629… shares, x 50 = 18.148…
    event = cn.RightsIssue("2000-09-01", 100, 2500, 1000)
    assert price(event).quantize(Decimal("0.000001")) == Decimal("100.176682")
    assert shares(play(event, MILLION, until="2000-12-31")) == [("2000-09-05", 9_982, "18.15")]
    # At market or above it nothing happens.
    assert price(cn.RightsIssue("2000-09-01", 100, 6000, 1000)) == Decimal("104.947")


def test_adj3_market_price_is_the_average_of_the_ten_trading_days_before_in_todays_shares():
    # Five sessions at 40, five at 60 before 1 September 2000 (from the 18th and from the 25th of August on).
    over = course(50, ("2000-08-18", 40), ("2000-08-25", 60), ("2000-09-01", 10))
    assert price(cn.CashDividend("2000-09-01", 5), over=over) == Decimal("94.4523")
    # After a split on 28 August those before it are halved: half a share's dividend does the same to half the price.
    over = course(50, ("2000-08-18", 40), ("2000-08-25", 60), ("2000-08-28", 30), ("2000-09-01", 5))
    events = cn.Split("2000-08-28", 2, 1), cn.CashDividend("2000-09-01", "2.5")
    assert price(*events, over=over) == Decimal("47.22615")
    # It can also be on record.
    assert price(cn.CashDividend("2000-09-01", 5, market_price=100)) == Decimal("99.69965")


def test_adj4_a_spin_off():
    # 104.947 x (50 - 10) / 50; 11,910.7740… shares, x 50 = 38.7004…
    event = cn.SpinOff("2000-09-01", 10)
    assert price(event) == Decimal("83.9576")
    assert shares(play(event, MILLION, until="2000-12-31")) == [("2000-09-05", 11_910, "38.70")]


def test_adj4_assets_worth_the_share_or_more_are_delivered_on_conversion():
    ledger = play(cn.SpinOff("2000-09-01", 60), cn.SpinOff("2000-09-04", 50), MILLION, until="2000-12-31")
    assert ledger.state.conversion_price == Decimal("104.947")
    assert shares(ledger) == [("2000-09-05", 9_528, "30.96")]
    [conversion] = ledger.of_kind("conversion")
    assert "ADJ-4" in conversion.rules and "worth 110 a share" in conversion.text
    assert "conversion instead" in ledger.of_kind("adjustment")[0].text


def test_adj5_a_cash_dividend_and_its_threshold():
    # 104.947 x (50 - 5) / 50; 10,587.3546… shares, x 50 = 17.733…
    event = cn.CashDividend("2000-09-01", 5)
    assert price(event) == Decimal("94.4523")
    assert shares(play(event, MILLION, until="2000-12-31")) == [("2000-09-05", 10_587, "17.73")]
    # Of which only what lies above the threshold counts: 104.947 x (50 - 2) / 50.
    assert price(event, note=with_adjustment(dividend_threshold=3)) == Decimal("100.74912")
    assert price(event, note=with_adjustment(dividend_threshold=5)) == Decimal("104.947")


def test_adj6_a_tender_offer():
    # 1000 x 50 / (6000 + 900 x 50) = 50/51; 9,719.1915… shares, x 50 = 9.579…
    event = cn.TenderOffer("2000-09-01", 100, 6000, 1000)
    assert price(event).quantize(Decimal("0.000001")) == Decimal("102.889216")
    assert shares(play(event, MILLION, until="2000-12-31")) == [("2000-09-05", 9_719, "9.58")]


def test_adj7_nothing_but_a_reverse_split_raises_the_price():
    # A tender below market: 1000 x 50 / (4000 + 900 x 50) would be 50/49.
    assert price(cn.TenderOffer("2000-09-01", 100, 4000, 1000)) == Decimal("104.947")


def test_adj7_less_than_one_percent_is_carried_forward():
    # Half a percent twice: nothing, then 0.995 x 0.995 at once. 9,624.6248… shares, x 50 = 31.242…
    first, second = cn.CashDividend("2000-08-01", "0.25"), cn.CashDividend("2000-09-01", "0.25")
    assert price(first) == Decimal("104.947")
    assert price(first, second) == Decimal("103.900153675")
    ledger = play(first, second, MILLION, until="2000-12-31")
    assert shares(ledger) == [("2000-09-05", 9_624, "31.24")]
    carried, applied = ledger.of_kind("adjustment")
    assert "0.5% in total are carried forward" in carried.text and "ADJ-7" in carried.rules
    assert "with what was carried 0.995 x 0.995 = 0.990025" in applied.text and {"ADJ-5", "ADJ-7", "ADJ-9", "RST-4"} <= set(
        applied.rules
    )
    # Just below one percent in all it is still carried: 0.25 + 0.245 of 50.
    assert price(first, cn.CashDividend("2000-09-01", "0.245")) == Decimal("104.947")


def test_adj7_what_is_carried_is_kept_by_a_state_that_goes_on():
    half = play(cn.CashDividend("2000-08-01", "0.25"), until="2000-08-15").state
    ledger = play(cn.CashDividend("2000-09-01", "0.25"), state=half, until="2000-12-31")
    assert ledger.state.conversion_price == Decimal("103.900153675")


MERGER = cn.Merger("2000-09-01", shares="0.5", cash=20)


def test_adj8_a_merger_gives_what_a_holder_of_the_conversion_shares_received():
    # 100,000 / 104.947 = 952.8619… shares of old: 476 and 0.4309… of the successor at 100, and 19,057.238… in cash.
    over = course(70, ("2000-09-01", 100))
    ledger = play(MERGER, cn.Convert("2000-09-05", 100_000), over=over, until="2000-12-31")
    [conversion] = ledger.of_kind("conversion")
    assert (conversion.shares, str(conversion.cash)) == (476, "19100.34")  # 43.096 -> 43.10, and 19,057.24
    assert "ADJ-8" in conversion.rules and "19,057.24 in cash under the merger" in conversion.text
    assert "stands for 0.5 shares of the successor and EUR 20 in cash" in ledger.of_kind("merger")[0].text


def test_adj8_for_cash_alone():
    ledger = play(cn.Merger("2000-09-01", cash=120), cn.Convert("2000-09-05", 100_000), until="2000-12-31")
    [conversion] = ledger.of_kind("conversion")
    # 952.8619… x 120 = 114,343.430…
    assert (conversion.shares, str(conversion.cash)) == (0, "114343.43")
    assert play(cn.Merger("2000-09-01", cash=120), until="2000-12-31").state.closes[-1] == 120


def test_adj8_two_mergers_one_after_the_other():
    # Half a share and 20, of each of which two shares and 3 come: one share and 21.50.
    second = cn.Merger("2000-09-04", shares=2, cash=3)
    ledger = play(MERGER, second, MILLION, until="2000-12-31")
    assert "stands for 1 shares of the successor and EUR 21.5 in cash" in ledger.of_kind("merger")[1].text


def test_adj8_the_trigger_sees_what_a_conversion_share_stands_for():
    # Half of 300 and 20 is 170, on 20 sessions from 1 June 2000.
    merger = cn.Merger("2000-06-01", shares="0.5", cash=20)
    over = course(110, ("2000-06-01", 300), ("2000-06-29", 110))
    assert [str(e.date) for e in play(merger, over=over).of_kind("trigger-met")] == ["2000-06-28"]
    assert not play(merger, over=course(110, ("2000-06-01", 295), ("2000-06-29", 110))).of_kind("trigger-met")


def test_adj8_after_a_merger_for_cash_a_split_changes_what_a_conversion_share_stands_for():
    over = course(70, ("2000-09-01", 100), ("2000-10-02", 50))
    events = MERGER, cn.Split("2000-10-02", 2, 1), cn.Convert("2000-10-03", 100_000)
    ledger = play(*events, over=over, until="2000-12-31")
    # 952.8619… of the successor's new shares at 50, and the cash as before.
    [conversion] = ledger.of_kind("conversion")
    assert (conversion.shares, str(conversion.cash)) == (952, "19100.34")
    assert ledger.state.conversion_price == Decimal("104.947")
    assert "after the merger it changes what a conversion share stands for instead" in ledger.of_kind("adjustment")[0].text


def test_adj9_prices_are_kept_exact_unless_a_rounding_is_set():
    rounded = with_adjustment(rounding="0.001")
    assert price(SPLIT, note=rounded) == Decimal("52.474")  # 52.4735, half up
    # 19,057.0568… shares, x 25 = 1.4207…
    assert shares(play(SPLIT, MILLION, over=HALVED, note=rounded, until="2000-12-31")) == [("2000-09-05", 19_057, "1.42")]


def test_adj_on_any_day_and_after_the_end_it_is_nothing_to_the_note():
    assert price(cn.Split("2000-09-02", 2, 1)) == Decimal("52.4735")  # a Saturday
    gone = play(cn.Convert("2000-03-01", 690_000_000), SPLIT)
    assert not gone.of_kind("adjustment")
    assert gone.warnings == ("Split of 2000-09-01: nothing is outstanding any more",)


def test_adj_events_that_the_terms_do_not_name_leave_the_price():
    splits_only = with_adjustment(adjusts=["split"])
    ledger = play(cn.CashDividend("2000-09-01", 5), MERGER, note=splits_only, until="2000-12-31")
    assert ledger.state.conversion_price == Decimal("104.947")
    assert ledger.warnings == (
        "CashDividend of 2000-09-01: the terms do not adjust the price for it",
        "Merger of 2000-09-01: the terms do not adjust the price for it",
    )


def test_adj_a_split_leaves_conversion_value_and_coupons_as_they_are():
    halved = course(90, ("2005-06-01", 45))
    convert = cn.Convert("2009-06-01", 690_000_000)
    split, plain = play(cn.Split("2005-06-01", 2, 1), convert, over=halved), play(convert, over=course(90))
    [one], [two] = split.of_kind("conversion"), plain.of_kind("conversion")
    assert one.shares * 45 + one.cash == two.shares * 90 + two.cash
    assert money(split, "coupon") == money(plain, "coupon")


def test_adj_a_note_without_the_provision():
    with pytest.raises(cn.LifecycleError, match="no provision on adjustments") as error:
        play(cn.Split("2004-01-05", 2, 1), note=AFV, over=PAR)
    assert error.value.rule == "ADJ-1"


def test_adj8_after_a_merger_for_cash_no_close_is_needed():
    # 120 for each share: 1,000 / 104.947 x 120 = 1143.434305…; the resets and the trigger look at cash from then on.
    over = course(100)
    days = [day for day in over.dates.astype("datetime64[D]").astype(object) if str(day) < "2000-06-01"]
    ends = cn.MarketHistory(currency="EUR", dates=days, closes=[100] * len(days))
    merger = cn.Merger("2000-06-01", cash=120)
    ledger = play(merger, cn.Convert("2003-06-02", 1000), over=ends)
    [conversion] = ledger.of_kind("conversion")
    assert (conversion.shares, conversion.cash) == (0, Decimal("1143.43"))
    assert ledger.state.status == "matured"
    # Without the merger the closes that are missing are missed.
    with pytest.raises(cn.MarketError, match="2000-06-01"):
        play(over=ends)
